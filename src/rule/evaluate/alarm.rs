//! Proofs and alarms: tests of a difference beyond chance.

use std::cell::OnceCell;

use super::baseline::{self, Rows};
use super::context::{Context, Observed, counts};
use super::finding::{Abort, Finding, NoVerdict};
use super::pending::{Alarm, AlarmTest, TestResult};
use crate::metric::{Better, Summary};
use crate::rule::statistics::difference::{Compared, Tested};
use crate::rule::syntax::bound::{Level, Op};
use crate::rule::syntax::format;
use crate::rule::syntax::quantity::Quantity;
use crate::rule::syntax::subject::{Subject, What};
use crate::rule::verdict::Verdict;

/// `worse(subject, reference, by by) @ level`, pending.
pub(crate) fn worse(
    context: &Context<'_, '_>,
    subject: &Subject,
    by: f64,
    level: Level,
) -> Result<Alarm, Abort> {
    let sign = if subject.better() == Better::Lower { -1.0 } else { 1.0 };
    let cases = tested(context, subject, sign)?;
    let more =
        if by > 0.0 { format!(" by more than {}", format::number(by)) } else { String::new() };
    let tried = cases.into_iter().map(|(case, compared)| {
        let (baseline, test) = match compared {
            Err(no_verdict) => (None, Err(no_verdict)),
            Ok(Comparison { tested, words, run }) => {
                let high = tested.difference.bounds(level.risk()).1;
                let bound = bound(sign, "at most", high, level);
                let rows = tested.difference.rows();
                let trial = TestResult {
                    p: tested.difference.p_worse(by),
                    words: format!("{words}, {bound}; {rows}"),
                    means: [format!("worse{more}"), format!("not shown to be worse{more}")],
                };
                (run, Ok(trial))
            }
        };
        AlarmTest { class: case.class.clone(), value: case.measure.value.ok(), baseline, test }
    });
    Ok(Alarm {
        rule: context.text.clone(),
        overrides: context.rule.config.overrides,
        level,
        cases: tried.collect(),
    })
}

/// `subject op reference + offset @ level`.
pub(crate) fn proof(
    context: &Context<'_, '_>,
    subject: &Subject,
    op: Op,
    offset: f64,
    level: Level,
) -> Result<Vec<Finding>, Abort> {
    let sign = op.upward().unwrap_or(1.0);
    let cases = tested(context, subject, sign)?;
    let found = cases.into_iter().map(|(case, compared)| {
        let value = case.measure.value.as_ref().ok().copied();
        match compared {
            Err(no_verdict) => no_verdict.finding(case.class, value),
            Ok(comparison) => {
                proven(context, (case.class, value), &comparison, (sign, offset, level))
            }
        }
    });
    Ok(found.collect())
}

fn proven(
    context: &Context<'_, '_>,
    (class, value): (Option<String>, Option<f64>),
    comparison: &Comparison,
    (sign, offset, level): (f64, f64, Level),
) -> Finding {
    let Comparison { tested, words, run } = comparison;
    let difference = &tested.difference;
    let margin = sign * offset;
    let (low, high) = difference.bounds(level.risk());
    let holds = low > margin;
    let side = if sign > 0.0 { "above" } else { "below" };
    let mut reason = format!(
        "{words}, {}, required {side} {}; {}",
        bound(sign, "at least", low, level),
        format::number(offset),
        difference.rows()
    );
    if !holds {
        let rows = difference.rows_needed(margin, level.risk(), context.summary.rows);
        reason.push_str(&match rows {
            Some(rows) => format!(
                "; about {} rows in each run would do if the values stay",
                format::count(rows)
            ),
            None if high < margin => {
                "; more rows would not help, the contrary is as good as proven".to_owned()
            }
            None => "; more rows would not help as long as the difference stays".to_owned(),
        });
    }
    let verdict = if holds { Verdict::Holds } else { Verdict::Undecided };
    Finding { class, verdict, value, baseline: *run, slack: low - margin, reason }
}

/// "at most -0.01 at 95%", for what was turned so that more is better.
fn bound(sign: f64, name: &str, bound: f64, level: Level) -> String {
    let name = match (sign > 0.0, name) {
        (true, name) => name,
        (false, "at most") => "at least",
        (false, _) => "at most",
    };
    format!("{name} {} at {level}", format::signed(sign * bound))
}

/// Tonight against the baseline.
struct Comparison {
    tested: Tested,
    /// "accuracy is 0.9 (900 of 1000), in run 12 of 2026-10-03 0.93 (930 of
    /// 1000): difference -0.03"
    words: String,
    run: Option<i64>,
}

/// A case, and its comparison or why there is none.
type Against = (Observed, Result<Comparison, NoVerdict>);

/// Every case of `subject` against the baseline; `sign` is −1 if less is better.
fn tested(context: &Context<'_, '_>, subject: &Subject, sign: f64) -> Result<Vec<Against>, Abort> {
    let cases = context.cases(subject)?;
    let earlier = baseline::rows(context, Some(subject))?;
    subject.check(&earlier.tallies.spec).map_err(|why| {
        NoVerdict::no_baseline(format!("there is no value in {}: {why}", earlier.words))
    })?;
    let (new, baseline) = (context.rows(subject)?, Summary::new(&earlier.tallies));
    baseline.check()?;
    let agreement = match (&subject.what, earlier.run) {
        // Which rows of a slice were right is not kept.
        _ if subject.is_of_slice() => None,
        (What::One(Quantity::Metric(_)), Some(run)) => context.past.agreement(run)?,
        _ => None,
    };
    // Of no rows in common nothing follows.
    let agreement = agreement.filter(|it| it.both + it.first + it.second + it.neither > 0);
    // First all classes, which are resampled together.
    let (classes, places) = matched(subject, &cases, &new, &earlier);
    let resampled = OnceCell::new();
    let compared = Compared { new: &new, baseline: &baseline, agreement, sign, classes, resampled };
    let of = |case: &Observed, class: Option<usize>| {
        let tested = compared.test(&subject.what, class).map_err(|why| {
            let (name, earlier) = (&case.name, &earlier.words);
            NoVerdict::undefined(format!("{name} cannot be tested against {earlier}: {why}"))
        })?;
        let words = words(case, &tested, &earlier.words, sign);
        Ok(Comparison { tested, words, run: earlier.run })
    };
    let tested = cases.into_iter().zip(places).map(|(case, place)| {
        let comparison = case.value().and(place).and_then(|place| of(&case, place));
        (case, comparison)
    });
    Ok(tested.collect())
}

/// The place among the classes that are compared; `None` of a metric of all rows.
type Place = Result<Option<usize>, NoVerdict>;

/// The places of the classes of `cases` tonight and earlier, and for each case
/// which of them is its own.
fn matched(
    subject: &Subject,
    cases: &[Observed],
    new: &Summary<'_>,
    earlier: &Rows,
) -> (Vec<(usize, usize)>, Vec<Place>) {
    let (now, before) = (new.tallies.classes.places(), earlier.tallies.classes.places());
    let mut classes = Vec::new();
    let mut place = |case: &Observed| {
        let name = match (&subject.what, &case.class) {
            (_, Some(class)) | (What::One(Quantity::Class(_, class)), _) => class.as_str(),
            _ => return Ok(None),
        };
        let Some((now, before)) = now.get(name).zip(before.get(name)) else {
            let (what, words) = (&case.name, &earlier.words);
            return Err(NoVerdict::no_baseline(format!(
                "{what}: there is no such class in {words}"
            )));
        };
        classes.push((*now as usize, *before as usize));
        Ok(Some(classes.len() - 1))
    };
    let places = cases.iter().map(&mut place).collect();
    (classes, places)
}

fn words(case: &Observed, tested: &Tested, earlier: &str, sign: f64) -> String {
    let (new, baseline) = &tested.measures;
    let value = |value: &Result<f64, String>| value.as_ref().map_or(f64::NAN, |it| *it);
    let (was, is) = (value(&baseline.value), value(&new.value));
    let (was_words, was_counts) = (format::rounded(was, is), counts(baseline));
    let difference = format::signed(sign * tested.difference.value);
    format!(
        "{}, in {earlier} {was_words}{was_counts}: difference {difference}",
        case.words(is, was)
    )
}
