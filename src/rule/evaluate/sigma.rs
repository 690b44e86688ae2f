//! Values in units of the spread of those before them.

use super::baseline;
use super::context::{Context, Observed};
use super::finding::{Abort, Finding, NoVerdict};
use super::run_history::{Earlier, Value};
use crate::rule::syntax::format;
use crate::rule::syntax::grammar::LEAST_NIGHTS;
use crate::rule::syntax::subject::Subject;
use crate::rule::verdict::Verdict;
use crate::stat::{mean_and_deviation, normal_survival, student_quantile};

/// Whether each value of `subject` is within `sigmas` deviations of the mean of
/// up to `last` nights.
pub(crate) fn within(
    context: &Context<'_, '_>,
    subject: &Subject,
    sigmas: f64,
    last: usize,
) -> Result<Vec<Finding>, Abort> {
    let cases = context.cases(subject)?;
    let earlier = baseline::before(context, subject, &cases, last)?;
    let found = cases
        .iter()
        .enumerate()
        .map(|(place, case)| finding(case, sigmas, &values(&earlier, place)));
    Ok(found.collect())
}

fn values(earlier: &[(Earlier, Vec<Value>)], case: usize) -> Vec<f64> {
    // Oldest first, as series are everywhere else.
    let known = earlier.iter().rev().filter_map(|(_, values)| values.get(case)?.as_ref().ok());
    known.copied().collect()
}

fn finding(case: &Observed, sigmas: f64, before: &[f64]) -> Finding {
    let value = match case.value() {
        Ok(value) => value,
        Err(no_verdict) => return no_verdict.finding(case.class.clone(), None),
    };
    let window = mean_and_deviation(before).filter(|_| before.len() >= LEAST_NIGHTS);
    let Some((mean, Some(deviation))) = window else {
        let no_verdict = NoVerdict::no_baseline(format!(
            "{}; a deviation takes {LEAST_NIGHTS} earlier nights with a value that did not break \
             the rule, and there are {}",
            case.words(value, f64::NAN),
            before.len()
        ));
        return no_verdict.finding(case.class.clone(), Some(value));
    };
    let away = (value - mean).abs();
    let allowed = predicted(sigmas, before.len());
    let verdict = if away <= allowed * deviation { Verdict::Holds } else { Verdict::Broken };
    Finding {
        class: case.class.clone(),
        verdict,
        value: Some(value),
        baseline: None,
        slack: if deviation > 0.0 { allowed - away / deviation } else { -away },
        reason: reason(case, value, (sigmas, allowed), (before.len(), mean, deviation)),
        optional: false,
    }
}

/// How many deviations of `nights` values from their mean hold the next one as often as
/// `sigmas` deviations hold a normal value whose distribution is known: t √(1 + 1/n).
///
/// # Source
///
/// G. J. Hahn, W. Q. Meeker, "Statistical Intervals", 1991, doi:10.1002/9780470316771,
/// section 4.7.
fn predicted(sigmas: f64, nights: usize) -> f64 {
    let outside = normal_survival(sigmas).max(f64::MIN_POSITIVE);
    let nights = nights as f64;
    student_quantile(outside, nights - 1.0) * libm::sqrt(1.0 + 1.0 / nights)
}

fn reason(
    case: &Observed,
    value: f64,
    (sigmas, allowed): (f64, f64),
    (nights, mean, deviation): (usize, f64, f64),
) -> String {
    let (words, nights) = (case.words(value, mean), format::nights(nights));
    let middle = format::short(mean);
    if deviation > 0.0 {
        let away = format::rounded((value - mean).abs() / deviation, allowed);
        let side = if value < mean { "below" } else { "above" };
        let deviation = format::short(deviation);
        return format!(
            "{words}, {away} deviations {side} the mean of {nights}, {middle} with a deviation of \
             {deviation}; allowed are {}, for {} sigma of so many nights{}",
            format::short(allowed),
            format::number(sigmas),
            case.note()
        );
    }
    let said =
        if value == mean { "and so it is again" } else { "so that any other breaks the rule" };
    format!("{words}; it was {middle} in each of {nights}, {said}{}", case.note())
}
