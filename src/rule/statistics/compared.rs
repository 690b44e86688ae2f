//! The comparison of two sets of rows: which test applies to a value.

use super::common_classes::Common;
use super::difference::{Area, Difference, Kind, Mean, Share};
use crate::metric::{
    ClassMeasures, ClassMetric, Measure, Needs, Request, Sampling, Side, Summary, first_resamples,
    resamples,
};
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
const LEAST_ROWS: u64 = 30;
/// The fewest rows for a proof about means.
const LEAST_FOR_PROOF: u64 = 200;
/// The fewest rows of either kind for a test of areas.
const LEAST_OF_A_KIND: u64 = 10;
/// The fewest rows that are resampled for a test.
const LEAST_RESAMPLED: u64 = 200;
/// The most resamples of a test, and the most cells that they draw in all.
const MOST_REPLICATES: u32 = 100_000;
const MOST_DRAWS: usize = 20_000_000;
/// Resamples beyond a limit that make a p-value of them.
const ENOUGH_BEYOND: usize = 10;

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

    /// A mean over rows, or an area.
    fn sampled(
        &self,
        request: &Request,
        (new, baseline): (Sampling, Sampling),
        measures: &(Measure, Measure),
    ) -> Result<Kind, Untested> {
        let rows = (self.new.rows, self.baseline.rows);
        match (new, baseline) {
            (Sampling::Mean { error, most }, Sampling::Mean { error: earlier, .. }) => {
                let least = match self.question {
                    Question::Worse { .. } => LEAST_ROWS,
                    Question::Above { .. } => LEAST_FOR_PROOF,
                };
                if rows.0.min(rows.1) < least {
                    return Err(few(request, least, rows, "rows"));
                }
                if let Question::Above { .. } = self.question
                    && (error == 0.0 || earlier == 0.0)
                {
                    return Err(Untested::Undecided(
                        "all rows have the same value, which does not tell how others vary".into(),
                    ));
                }
                // Where more is better, rows that nobody saw may lie in either set.
                let seen = if self.sign > 0.0 { rows.0.min(rows.1) } else { rows.0 };
                Ok(Kind::Means {
                    new: Mean { error, rows: rows.0 },
                    baseline: Mean { error: earlier, rows: rows.1 },
                    unseen: most / seen as f64,
                })
            }
            (Sampling::Area { .. }, Sampling::Area { .. }) => {
                let area = |sampling: Sampling, measure: &Measure| match sampling {
                    Sampling::Area { error, scale, positives, negatives } => {
                        let shown = measure.value.as_ref().map_or(f64::NAN, |it| *it);
                        let value = if scale == 2.0 { f64::midpoint(shown, 1.0) } else { shown };
                        Area { value, error: error / scale, positives, negatives }
                    }
                    Sampling::Mean { .. } => unreachable!("both are areas"),
                };
                let (now, before) = (area(new, &measures.0), area(baseline, &measures.1));
                let fewest = |area: Area| area.positives.min(area.negatives);
                let have = (fewest(now), fewest(before));
                if have.0.min(have.1) < LEAST_OF_A_KIND {
                    return Err(few(request, LEAST_OF_A_KIND, have, "rows of the rarer kind"));
                }
                let (first, second) = if self.sign > 0.0 { (before, now) } else { (now, before) };
                let scale = if request.metric().name == "gini" { 2.0 } else { 1.0 };
                Ok(Kind::Areas { first, second, scale, rows })
            }
            _ => Err(format!("no test compares {request} of different rows").into()),
        }
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

    /// A function of counts, of the common classes if it is an average over classes.
    fn resampled(
        &self,
        request: &Request,
        measures: (Measure, Measure),
    ) -> Result<Tested, Untested> {
        let rows = (self.new.rows, self.baseline.rows);
        if rows.0.min(rows.1) < LEAST_RESAMPLED {
            return Err(few(request, LEAST_RESAMPLED, rows, "rows"));
        }
        let common = request.is_macro().then(|| Common::of_rows(self.new, self.baseline));
        let Some(common) = common else {
            return self.of_resamples(request, (self.new, self.baseline), measures, None);
        };
        if common.is_empty() {
            return Err(Untested::Undecided(format!(
                "no class has {} rows on both nights",
                Common::LEAST_ROWS
            )));
        }
        let (now, before) = common.kept();
        let (new, baseline) = (self.new.averaged_over(&now), self.baseline.averaged_over(&before));
        let measures = (request.measure(&new), request.measure(&baseline));
        self.of_resamples(request, (&new, &baseline), measures, common.note())
    }

    fn of_resamples(
        &self,
        request: &Request,
        rows: (&Summary<'_>, &Summary<'_>),
        measures: (Measure, Measure),
        note: Option<String>,
    ) -> Result<Tested, Untested> {
        let value = self.sign * defined(&measures)?;
        let of = |rows: &Summary<'_>, _| request.measure(rows).value.ok();
        let kind = self.differences(rows, of, value)?;
        Ok(Tested { measures, difference: Difference { value, kind }, note })
    }

    /// Differences of resamples, as many as the question takes, less the bias that
    /// resampling shows.
    fn differences(
        &self,
        (new, baseline): (&Summary<'_>, &Summary<'_>),
        value: impl Fn(&Summary<'_>, Side) -> Option<f64> + Sync,
        observed: f64,
    ) -> Result<Kind, Untested> {
        let ((first, cells), (other, more)) = (first_resamples(new)?, first_resamples(baseline)?);
        let most = u32::try_from(MOST_DRAWS / (cells + more).max(1)).unwrap_or(MOST_REPLICATES);
        let mut replicates = first.max(other);
        loop {
            let of = |rows, side| {
                let found = resamples(rows, side, 1, replicates, |it, _| value(it, side)).pop();
                found.unwrap_or_else(|| Ok(Vec::new()))
            };
            let (now, before) = (of(new, Side::New)?, of(baseline, Side::Baseline)?);
            let pairs = now.iter().zip(&before);
            let mut differences: Vec<f64> = pairs.map(|(a, b)| self.sign * (a - b)).collect();
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            let twice = 2.0 * (mean - observed);
            differences.iter_mut().for_each(|it| *it -= twice);
            differences.sort_unstable_by(f64::total_cmp);
            let (least, last) = (differences.first(), differences.last());
            if let (Question::Above { .. }, true) = (self.question, least == last) {
                return Err(Untested::Undecided(
                    "no resample of these rows changes the value, which does not tell how others \
                     vary"
                        .into(),
                ));
            }
            let next = replicates.saturating_mul(10).min(MOST_REPLICATES).min(most);
            if next <= replicates || self.is_answered(&differences) {
                let rows = (self.new.rows, self.baseline.rows);
                return Ok(Kind::Resampled { differences, rows });
            }
            replicates = next;
        }
    }

    /// Whether so many differences give a p-value that is small enough, or not too small.
    fn is_answered(&self, differences: &[f64]) -> bool {
        let (beyond, least) = match self.question {
            Question::Worse { by } => {
                (differences.len() - differences.partition_point(|it| *it < -by), 0.0)
            }
            Question::Above { margin, risk } => {
                (differences.partition_point(|it| *it <= margin), risk)
            }
        };
        beyond >= ENOUGH_BEYOND || (ENOUGH_BEYOND as f64) < least * differences.len() as f64
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

fn few(request: &Request, least: u64, (new, baseline): (u64, u64), what: &str) -> Untested {
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
fn defined((new, baseline): &(Measure, Measure)) -> Result<f64, String> {
    let earlier = |why: &String| format!("it had no value earlier: {why}");
    Ok(new.value.clone()? - baseline.value.as_ref().map_err(earlier)?)
}
