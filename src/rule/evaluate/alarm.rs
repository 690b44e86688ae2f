//! Proofs and alarms: tests of a difference beyond chance.

use super::baseline::{self, Rows};
use super::context::{Context, Observed, counts};
use super::finding::{Abort, Finding, NoVerdict};
use super::pending::{Alarm, AlarmTest, TestResult};
use crate::metric::{Better, Summary};
use crate::rule::statistics::compared::{Compared, Question, Tested, Untested};
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
    let cases = tested(context, subject, sign, Question::Worse { by })?;
    let tried = cases.into_iter().map(|(case, compared)| {
        let (baseline, test) = match compared {
            Err(no_verdict) => (None, Err(no_verdict)),
            Ok(comparison) => (comparison.run, Ok(comparison.tried(sign, by, level))),
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

impl Comparison {
    fn tried(self, sign: f64, by: f64, level: Level) -> TestResult {
        let Self { tested, words, best_of, .. } = self;
        let difference = &tested.difference;
        // The best of several nights is lucky; no worse than any, it passes each test.
        let p = (difference.p_worse(by) * best_of as f64).min(1.0);
        // A bound by another test may contradict the p-value; then it is not shown.
        let high = difference.bounds(level.risk()).map(|it| it.1);
        let agrees = |high: &f64| (*high < -by) == (p < level.risk());
        let bound = high
            .filter(agrees)
            .map_or(String::new(), |high| format!(", {}", bound(sign, "at most", high, level)));
        let more =
            if by > 0.0 { format!(" by more than {}", format::number(by)) } else { String::new() };
        TestResult {
            p,
            words: format!("{words}{bound}; {}", difference.rows()),
            means: [format!("worse{more}"), format!("not shown to be worse{more}")],
            replicates: difference.replicates(),
        }
    }
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
    let question = Question::Above { margin: sign * offset, risk: level.risk() };
    let cases = tested(context, subject, sign, question)?;
    let found = cases.into_iter().map(|(case, compared)| {
        let value = case.measure.value.as_ref().ok().copied();
        match compared {
            Err(no_verdict) => {
                let optional = case.class.is_some() && no_verdict.verdict != Verdict::Undecided;
                Finding { optional, ..no_verdict.finding(case.class, value) }
            }
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
    let Comparison { tested, words, run, .. } = comparison;
    let difference = &tested.difference;
    let (margin, risk) = (sign * offset, level.risk());
    let holds = difference.proves(margin, risk);
    let side = if sign > 0.0 { "above" } else { "below" };
    let bounds = difference.bounds(risk).filter(|(low, _)| (*low > margin) == holds);
    let shown = bounds
        .map_or(String::new(), |(low, _)| format!(", {}", bound(sign, "at least", low, level)));
    let mut reason = format!(
        "{words}{shown}, required {side} {}; {}",
        format::number(offset),
        difference.rows()
    );
    if !holds {
        reason.push_str(&match difference.rows_needed(margin, risk, context.summary.rows) {
            Some(rows) => {
                let rows = format::count(rows);
                format!("; with about {rows} rows in each run it would hold 4 times of 5")
            }
            None if bounds.is_some_and(|(_, high)| high < margin) => {
                "; more rows would not help, the contrary is as good as proven".to_owned()
            }
            None if difference.value > margin => "; not proven".to_owned(),
            None => "; more rows would not help as long as the difference stays".to_owned(),
        });
    }
    let verdict = if holds { Verdict::Holds } else { Verdict::Undecided };
    let slack = bounds.map_or(difference.value, |(low, _)| low) - margin;
    Finding { class, verdict, value, baseline: *run, slack, reason, optional: false }
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
    /// The nights that the baseline is the best of.
    best_of: usize,
}

/// A case, and its comparison or why there is none.
type Against = (Observed, Result<Comparison, NoVerdict>);

/// Every case of `subject` against the baseline; `sign` is −1 if less is better.
fn tested(
    context: &Context<'_, '_>,
    subject: &Subject,
    sign: f64,
    question: Question,
) -> Result<Vec<Against>, Abort> {
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
    let places = matched(subject, &cases, &new, &earlier);
    let compared = Compared { new: &new, baseline: &baseline, agreement, sign, question };
    let of = |case: &Observed, class| {
        let (name, words) = (&case.name, &earlier.words);
        let tested = compared.test(&subject.what, class).map_err(|why| match why {
            Untested::Undefined(why) => {
                NoVerdict::undefined(format!("{name} cannot be tested against {words}: {why}"))
            }
            Untested::Undecided(why) => {
                NoVerdict::undecided(format!("{name} against {words}: {why}"))
            }
        })?;
        let words = spoken(case, &tested, words, sign);
        Ok(Comparison { tested, words, run: earlier.run, best_of: earlier.best_of })
    };
    let tested = cases.into_iter().zip(places).map(|(case, place)| {
        let comparison = case.value().and(place).and_then(|place| of(&case, place));
        (case, comparison)
    });
    Ok(tested.collect())
}

/// The places of a class tonight and in the baseline; `None` of a metric of all rows.
type Places = Result<Option<(usize, usize)>, NoVerdict>;

/// For each case where its class is tonight and in the baseline.
fn matched(
    subject: &Subject,
    cases: &[Observed],
    new: &Summary<'_>,
    earlier: &Rows,
) -> Vec<Places> {
    let (now, before) = (new.tallies.classes.places(), earlier.tallies.classes.places());
    let place = |case: &Observed| {
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
        Ok(Some((*now as usize, *before as usize)))
    };
    cases.iter().map(place).collect()
}

fn spoken(case: &Observed, tested: &Tested, earlier: &str, sign: f64) -> String {
    let (new, baseline) = &tested.measures;
    let value = |value: &Result<f64, String>| value.as_ref().map_or(f64::NAN, |it| *it);
    let (was, is) = (value(&baseline.value), value(&new.value));
    let (was_words, was_counts) = (format::rounded(was, is), counts(baseline));
    let difference = format::signed(sign * tested.difference.value);
    let note = tested.note.as_ref().map_or(String::new(), |note| format!(" {note}"));
    format!(
        "{}{note} is {}{}, in {earlier} {was_words}{was_counts}: difference {difference}",
        case.name,
        format::rounded(is, was),
        counts(new)
    )
}
