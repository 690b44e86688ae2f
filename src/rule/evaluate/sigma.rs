//! Values in units of the spread of those before them.

use super::baseline;
use super::context::{Context, Observed};
use super::finding::{Abort, Finding, NoVerdict};
use super::run_history::{Earlier, Value};
use crate::rule::syntax::format;
use crate::rule::syntax::grammar::LEAST_NIGHTS;
use crate::rule::syntax::subject::Subject;
use crate::rule::verdict::Verdict;
use crate::stat::mean_and_deviation;

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
    let verdict = if away <= sigmas * deviation { Verdict::Holds } else { Verdict::Broken };
    Finding {
        class: case.class.clone(),
        verdict,
        value: Some(value),
        baseline: None,
        slack: if deviation > 0.0 { sigmas - away / deviation } else { -away },
        reason: reason(case, value, sigmas, (before.len(), mean, deviation)),
    }
}

fn reason(
    case: &Observed,
    value: f64,
    sigmas: f64,
    (nights, mean, deviation): (usize, f64, f64),
) -> String {
    let (words, nights) = (case.words(value, mean), format::nights(nights));
    let (allowed, middle) = (format::number(sigmas), format::short(mean));
    if deviation > 0.0 {
        let away = format::rounded((value - mean).abs() / deviation, sigmas);
        let side = if value < mean { "below" } else { "above" };
        let deviation = format::short(deviation);
        return format!(
            "{words}, {away} sigma {side} the mean of {nights}, {middle} with a deviation of \
             {deviation}; allowed are {allowed}{}",
            case.note()
        );
    }
    let said =
        if value == mean { "and so it is again" } else { "so that any other breaks the rule" };
    format!("{words}; it was {middle} in each of {nights}, {said}{}", case.note())
}
