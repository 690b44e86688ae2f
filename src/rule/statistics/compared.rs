//! The comparison of two sets of rows: which test applies to a value.

use super::common_classes::Common;
use super::difference::{Difference, Kind, Share};
use crate::metric::{ClassMeasures, ClassMetric, Measure, Needs, Request, Side, Summary};
use crate::rule::syntax::quantity::Quantity;
use crate::rule::syntax::subject::What;
use crate::stat::Agreement;

/// Two sets of rows, and what is asked of their difference.
pub(crate) struct Compared<'a> {
    pub new: &'a Summary<'a>,
    pub baseline: &'a Summary<'a>,
    /// Rows by whether the baseline (first) and tonight (second) are right.
    pub agreement: Option<Agreement>,
    /// 1 if more is better, −1 if less is.
    pub sign: f64,
    pub question: Question,
}

/// What is asked of a difference, turned so that more is better.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    /// Whether it has fallen by more than `by`.
    Worse { by: f64 },
    /// Whether it surely lies above `margin`.
    Above { margin: f64, risk: f64 },
}

/// The values that a test compares, and their difference.
pub(crate) struct Tested {
    /// Tonight's value and the earlier one.
    pub measures: (Measure, Measure),
    pub difference: Difference,
    /// "over 8 common classes; came: zebra", of an average over not all classes.
    pub note: Option<String>,
}

/// Why a value cannot be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Untested {
    /// No test applies, or there is no value.
    Undefined(String),
    /// The rows do not tell.
    Undecided(String),
}

impl From<String> for Untested {
    fn from(why: String) -> Self {
        Self::Undefined(why)
    }
}

/// The fewest rows for a test of means.
pub(super) const LEAST_ROWS: u64 = 30;

impl Compared<'_> {
    /// The difference of a value of all rows, or of the class with those places tonight
    /// and in the baseline.
    ///
    /// # Errors
    ///
    /// Why no test applies, in words.
    pub(crate) fn test(
        &self,
        what: &What,
        class: Option<(usize, usize)>,
    ) -> Result<Tested, Untested> {
        match (what, class) {
            (What::One(Quantity::Metric(request)), _) => self.metric(request),
            (What::One(Quantity::Class(metric, _)) | What::Each(metric), Some(class)) => {
                self.class(metric, class)
            }
            _ => unreachable!("figures are refused when a rule is read, and classes have places"),
        }
    }

    fn metric(&self, request: &Request) -> Result<Tested, Untested> {
        let measures = (request.measure(self.new), request.measure(self.baseline));
        let value = self.sign * defined(&measures)?;
        let rows = (self.new.rows, self.baseline.rows);
        if let (Some(agreement), Some(right)) = (self.agreement, right(request)) {
            let difference = self.paired(agreement, right);
            return Ok(Tested { measures, difference, note: None });
        }
        let of_counts = matches!(request.metric().needs, Needs::Confusion | Needs::Ranks);
        let share = |measure: &Measure, rows: u64| {
            measure.ratio.filter(|(_, whole)| of_counts && *whole == rows)
        };
        if let Some((new, baseline)) = share(&measures.0, rows.0).zip(share(&measures.1, rows.1)) {
            let difference = Difference { value, kind: self.unpaired(new, baseline) };
            return Ok(Tested { measures, difference, note: None });
        }
        if let Some((new, baseline)) =
            request.class_shares(self.new).zip(request.class_shares(self.baseline))
        {
            return self.averages(request, &new, &baseline);
        }
        if let Some((new, baseline)) =
            request.sampling(self.new).zip(request.sampling(self.baseline))
        {
            let kind = self.sampled(request, (new, baseline), &measures)?;
            return Ok(Tested { measures, difference: Difference { value, kind }, note: None });
        }
        if request.metric().needs == Needs::Confusion {
            return self.resampled(request, measures);
        }
        Err(format!("no test compares {request} of different rows").into())
    }

    /// Means of shares over the classes of both.
    fn averages(
        &self,
        request: &Request,
        new: &[(usize, Share)],
        baseline: &[(usize, Share)],
    ) -> Result<Tested, Untested> {
        let of = |shares: &[(usize, Share)]| shares.iter().map(|(class, _)| *class).collect();
        let common = Common::new((self.new, of(new)), (self.baseline, of(baseline)));
        let common = if request.is_macro() { common.with_empty(self.new) } else { common };
        let shares = |all: &[(usize, Share)], places: &[usize]| -> Vec<Share> {
            places.iter().map(|&place| all[place].1).collect()
        };
        let (now, before) = common.places();
        let (new, baseline) = (shares(new, &now), shares(baseline, &before));
        if new.is_empty() {
            return Err("no class has rows on both nights".to_owned().into());
        }
        let of_rows = |shares: &[Share]| shares.iter().map(|(_, rows)| *rows).sum::<u64>();
        let have = (of_rows(&new), of_rows(&baseline));
        if have.0.min(have.1) < LEAST_ROWS {
            return Err(few(request, LEAST_ROWS, have, "rows"));
        }
        let mean = |shares: &[Share]| {
            let sum = shares.iter().map(|(hits, rows)| *hits as f64 / *rows as f64).sum::<f64>();
            sum / shares.len() as f64
        };
        let values = (mean(&new), mean(&baseline));
        let value = self.sign * (values.0 - values.1);
        let rows = (self.new.rows, self.baseline.rows);
        let (first, second) = if self.sign > 0.0 { (baseline, new) } else { (new, baseline) };
        Ok(Tested {
            measures: (plain(values.0), plain(values.1)),
            difference: Difference { value, kind: Kind::Averages { first, second, rows } },
            note: common.note(),
        })
    }

    fn class(
        &self,
        metric: &'static ClassMetric,
        (new, baseline): (usize, usize),
    ) -> Result<Tested, Untested> {
        let of = |rows: &Summary<'_>, class: usize| {
            let class = ClassMeasures::new(rows, class);
            let overlap = (class.tp, class.tp + class.fp + class.fn_);
            (metric.measure(&class), overlap)
        };
        let ((now, overlap), (before, earlier)) = (of(self.new, new), of(self.baseline, baseline));
        let measures = (now, before);
        let value = self.sign * defined(&measures)?;
        let kind = match measures.0.ratio.zip(measures.1.ratio) {
            Some((new, baseline)) => self.unpaired(new, baseline),
            None if metric.name == "f1" && overlap.1 > 0 && earlier.1 > 0 => {
                match self.sign > 0.0 {
                    true => Kind::UnpairedF(earlier, overlap),
                    false => Kind::UnpairedF(overlap, earlier),
                }
            }
            None if metric.needs() == Needs::Confusion => {
                let value = |rows: &Summary<'_>, side| {
                    let class = if side == Side::New { new } else { baseline };
                    metric.measure(&ClassMeasures::new(rows, class)).value.ok()
                };
                self.differences((self.new, self.baseline), value, value_of(&measures, self.sign))?
            }
            None => {
                return Err(format!("no test compares {} of different rows", metric.name).into());
            }
        };
        Ok(Tested { measures, difference: Difference { value, kind }, note: None })
    }

    fn paired(&self, rows: Agreement, right: bool) -> Difference {
        // Turned by what is counted, and by what is better.
        let turned = if right == (self.sign > 0.0) {
            rows
        } else {
            Agreement { first: rows.second, second: rows.first, ..rows }
        };
        let Agreement { both, first, second, neither } = turned;
        let all = (both + first + second + neither) as f64;
        Difference { value: (second as f64 - first as f64) / all, kind: Kind::Paired(turned) }
    }

    fn unpaired(&self, new: Share, baseline: Share) -> Kind {
        if self.sign > 0.0 { Kind::Unpaired(baseline, new) } else { Kind::Unpaired(new, baseline) }
    }
}

pub(super) fn few(
    request: &Request,
    least: u64,
    (new, baseline): (u64, u64),
    what: &str,
) -> Untested {
    Untested::Undecided(format!(
        "{request} is compared from {least} {what} on; there are {new}, and {baseline} in the \
         baseline"
    ))
}

fn plain(value: f64) -> Measure {
    Measure { value: Ok(value), ratio: None, interval: None, no_interval: None, note: None }
}

/// Whether a metric counts the rows that are right, or those that are wrong.
fn right(request: &Request) -> Option<bool> {
    match request.metric().name {
        "accuracy" => Some(true),
        "error_rate" => Some(false),
        _ => None,
    }
}

fn value_of(measures: &(Measure, Measure), sign: f64) -> f64 {
    sign * defined(measures).unwrap_or(f64::NAN)
}

/// Tonight's value less the earlier one.
pub(super) fn defined((new, baseline): &(Measure, Measure)) -> Result<f64, String> {
    let earlier = |why: &String| format!("it had no value earlier: {why}");
    Ok(new.value.clone()? - baseline.value.as_ref().map_err(earlier)?)
}
