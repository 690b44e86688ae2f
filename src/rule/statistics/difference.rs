//! The difference of a value tonight and earlier, and how sure it is.

use std::cell::OnceCell;

use crate::metric::{
    ClassMeasures, ClassMetric, Measure, Needs, Request, Side, Summary, resamples,
};
use crate::rule::syntax::format;
use crate::rule::syntax::quantity::Quantity;
use crate::rule::syntax::subject::What;
use crate::stat::{
    Agreement, difference_paired, difference_quantile, difference_unpaired, differences_below,
    normal_quantile, normal_survival,
};

/// A difference, turned so that more is better.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub value: f64,
    pub(crate) kind: Kind,
}

/// How its bounds are found.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The same rows; the second is the better one.
    Paired(Agreement),
    /// Shares (hits, rows) of different rows, the second less the first.
    Unpaired((u64, u64), (u64, u64)),
    /// Standard error and rows, tonight and earlier.
    Normal((f64, u64), (f64, u64)),
    /// Resampled values in rising order, the second less the first, and the rows
    /// tonight and earlier.
    Resampled { first: Vec<f64>, second: Vec<f64>, rows: (u64, u64) },
}

/// What is compared.
pub(crate) struct Compared<'a> {
    pub new: &'a Summary<'a>,
    pub baseline: &'a Summary<'a>,
    /// Rows by whether the baseline (first) and tonight (second) are right.
    pub agreement: Option<Agreement>,
    /// 1 if more is better, −1 if less is.
    pub sign: f64,
    /// The places of each class tonight and in the baseline.
    pub classes: Vec<(usize, usize)>,
    /// Resampled values of all `classes`, once they are needed.
    pub resampled: OnceCell<Resampled>,
}

/// Values in rising order, or why there are none.
type Values = Result<Vec<f64>, Untested>;
/// Resampled values tonight and in the baseline, `[classes]`; or why there are
/// none of any class.
pub(crate) type Resampled = Result<[Vec<Values>; 2], Untested>;

/// The values that a test compares, and their difference.
pub(crate) struct Tested {
    /// Tonight's value and the earlier one.
    pub measures: (Measure, Measure),
    pub difference: Difference,
}

/// The fewest rows for a test of means.
const LEAST_ROWS: u64 = 30;

/// Why a metric cannot be tested.
type Untested = String;

impl Compared<'_> {
    /// The difference of a value of all rows, or of the class with that place
    /// among `classes`.
    ///
    /// # Errors
    ///
    /// Why no test applies, in words.
    pub(crate) fn test(&self, what: &What, class: Option<usize>) -> Result<Tested, Untested> {
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
        let value = defined(&measures)?;
        let rows = (self.new.rows, self.baseline.rows);
        if let (Some(agreement), Some(right)) = (self.agreement, right(request)) {
            let difference = self.paired(agreement, right);
            return Ok(Tested { measures, difference });
        }
        let of_counts = matches!(request.metric().needs, Needs::Confusion | Needs::Ranks);
        let share = |measure: &Measure, rows: u64| {
            measure.ratio.filter(|(_, whole)| of_counts && *whole == rows)
        };
        let shares = share(&measures.0, rows.0).zip(share(&measures.1, rows.1));
        let errors = request.standard_error(self.new).zip(request.standard_error(self.baseline));
        let kind = match (shares, errors) {
            (Some((new, baseline)), _) => self.unpaired(new, baseline),
            // Of fewer rows neither the mean is normal nor its deviation known.
            (None, Some(_)) if rows.0.min(rows.1) < LEAST_ROWS => {
                let (new, baseline) = rows;
                return Err(format!(
                    "{request} is compared from {LEAST_ROWS} rows on; there are {new}, and \
                     {baseline} in the baseline"
                ));
            }
            (None, Some((new, baseline))) => Kind::Normal((new, rows.0), (baseline, rows.1)),
            (None, None) if request.metric().needs == Needs::Confusion => {
                let value = |it: &Summary<'_>| request.measure(it).value.ok();
                let of = |rows: &Summary<'_>, side| {
                    let mut found = resamples(rows, side, 1, |it, _| value(it))?;
                    found.pop().unwrap_or_else(|| Ok(Vec::new()))
                };
                self.pairs(of(self.new, Side::New)?, of(self.baseline, Side::Baseline)?)
            }
            (None, None) => return Err(format!("no test compares {request} of different rows")),
        };
        Ok(Tested { measures, difference: Difference { value: self.sign * value, kind } })
    }

    fn class(&self, metric: &'static ClassMetric, class: usize) -> Result<Tested, Untested> {
        let (new, baseline) = self.classes[class];
        let measures = (of_class(metric, self.new, new), of_class(metric, self.baseline, baseline));
        let value = self.sign * defined(&measures)?;
        let kind = match measures.0.ratio.zip(measures.1.ratio) {
            Some((new, baseline)) => self.unpaired(new, baseline),
            None if metric.needs() == Needs::Confusion => {
                let [new, baseline] = self
                    .resampled
                    .get_or_init(|| self.resample(metric))
                    .as_ref()
                    .map_err(Clone::clone)?;
                self.pairs(new[class].clone()?, baseline[class].clone()?)
            }
            None => return Err(format!("no test compares {} of different rows", metric.name)),
        };
        Ok(Tested { measures, difference: Difference { value, kind } })
    }

    /// All classes in the same resamples: drawing them takes the time.
    fn resample(&self, metric: &'static ClassMetric) -> Resampled {
        let classes = &self.classes;
        let new = resamples(self.new, Side::New, classes.len(), |rows, class| {
            of_class(metric, rows, classes[class].0).value.ok()
        })?;
        let baseline = resamples(self.baseline, Side::Baseline, classes.len(), |rows, class| {
            of_class(metric, rows, classes[class].1).value.ok()
        })?;
        Ok([new, baseline])
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

    fn unpaired(&self, new: (u64, u64), baseline: (u64, u64)) -> Kind {
        if self.sign > 0.0 { Kind::Unpaired(baseline, new) } else { Kind::Unpaired(new, baseline) }
    }

    fn pairs(&self, new: Vec<f64>, baseline: Vec<f64>) -> Kind {
        let rows = (self.new.rows, self.baseline.rows);
        let (first, second) = if self.sign > 0.0 { (baseline, new) } else { (new, baseline) };
        Kind::Resampled { first, second, rows }
    }
}

fn of_class(metric: &ClassMetric, rows: &Summary<'_>, class: usize) -> Measure {
    metric.measure(&ClassMeasures::new(rows, class))
}

/// Whether a metric counts the rows that are right, or those that are wrong.
fn right(request: &Request) -> Option<bool> {
    match request.metric().name {
        "accuracy" => Some(true),
        "error_rate" => Some(false),
        _ => None,
    }
}

/// Tonight's value less the earlier one.
fn defined((new, baseline): &(Measure, Measure)) -> Result<f64, Untested> {
    let earlier = |why: &String| format!("it had no value earlier: {why}");
    Ok(new.value.clone()? - baseline.value.as_ref().map_err(earlier)?)
}

/// Risks that bounds and p-values are told apart at.
const LEAST_RISK: f64 = 1e-15;

impl Difference {
    /// The one-sided lower and upper bound, each wrong with the chance `risk`,
    /// below one half.
    pub(crate) fn bounds(&self, risk: f64) -> (f64, f64) {
        let level = 1.0 - 2.0 * risk;
        let nothing = (f64::NEG_INFINITY, f64::INFINITY);
        match &self.kind {
            Kind::Paired(rows) => difference_paired(*rows, level).unwrap_or(nothing),
            Kind::Unpaired(first, second) => {
                difference_unpaired(*first, *second, level).unwrap_or(nothing)
            }
            Kind::Normal((new, _), (baseline, _)) => {
                let reach = -normal_quantile(risk) * libm::hypot(*new, *baseline);
                (self.value - reach, self.value + reach)
            }
            Kind::Resampled { first, second, .. } => (
                difference_quantile(first, second, risk),
                difference_quantile(first, second, 1.0 - risk),
            ),
        }
    }

    /// The risk at which the upper bound reaches −`by`: how likely a difference
    /// as bad is by chance, if the value is not worse by more than that.
    pub(crate) fn p_worse(&self, by: f64) -> f64 {
        match &self.kind {
            Kind::Normal((new, _), (baseline, _)) => {
                let error = libm::hypot(*new, *baseline);
                match (self.value + by, error > 0.0) {
                    (above, true) => normal_survival(-above / error),
                    (above, false) if above < 0.0 => 0.0,
                    _ => 1.0,
                }
            }
            Kind::Resampled { first, second, .. } => {
                let pairs = first.len() as f64 * second.len() as f64;
                let below = differences_below(first, second, -by) as f64;
                (pairs - below + 1.0) / (pairs + 1.0)
            }
            Kind::Paired(_) | Kind::Unpaired(..) if self.value < -by => {
                risk_where(|risk| self.bounds(risk).1 < -by)
            }
            Kind::Paired(_) | Kind::Unpaired(..) => {
                1.0 - risk_where(|risk| self.bounds(risk).0 > -by)
            }
        }
    }

    /// "paired on 1,000 rows"
    pub(crate) fn rows(&self) -> String {
        let unpaired = |first: u64, second: u64| {
            format!("unpaired, {} against {} rows", format::count(second), format::count(first))
        };
        match &self.kind {
            Kind::Paired(rows) => {
                let all = rows.both + rows.first + rows.second + rows.neither;
                format!("paired on {} rows", format::count(all))
            }
            Kind::Unpaired(first, second) => unpaired(first.1, second.1),
            Kind::Normal((_, new), (_, baseline)) => unpaired(*baseline, *new),
            Kind::Resampled { rows: (new, baseline), .. } => unpaired(*baseline, *new),
        }
    }
}

/// The least risk at which a bound still holds; it holds at one half if any.
fn risk_where(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (libm::log(LEAST_RISK), libm::log(0.5));
    if holds(LEAST_RISK) {
        return LEAST_RISK;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if holds(libm::exp(middle)) { high = middle } else { low = middle }
    }
    libm::exp(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p_value_is_the_risk_at_which_the_bound_is_reached() {
        let kinds = [
            Kind::Unpaired((930, 1000), (900, 1000)),
            Kind::Paired(Agreement { both: 880, first: 50, second: 20, neither: 50 }),
            Kind::Normal((0.004, 1000), (0.003, 1000)),
        ];
        for kind in kinds {
            let difference = Difference { value: -0.03, kind };
            for by in [0.0, 0.01, 0.05] {
                let p = difference.p_worse(by);
                let risk = p.min(1.0 - p);
                let (low, high) = difference.bounds(risk);
                let end = if p < 0.5 { high } else { low };
                assert!((end + by).abs() < 1e-9, "{difference:?} {by}: {p} {low} {high}");
            }
        }
    }
}
