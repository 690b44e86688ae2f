//! Whether a value has got worse beyond chance, or surely has not.

use std::cell::OnceCell;

use super::baseline::{self, Rows};
use super::bound::{Level, Op};
use super::difference::{Compared, Tested};
use super::finding::{Finding, Lack, Stop, judgement};
use super::judge::{Pending, Stage};
use super::quantity::Quantity;
use super::scene::{Case, Scene, counts};
use super::subject::{Subject, What};
use super::verdict::{Judgement, Outcomes, Verdict};
use super::wording;
use crate::metric::{Better, Summary};
use crate::stat::holm;

/// An alarm before its p-values are corrected.
#[derive(Clone, Debug)]
pub(super) struct Alarm {
    pub rule: String,
    pub outcomes: Outcomes,
    pub level: Level,
    /// One for each class, or one alone.
    pub cases: Vec<Tried>,
}

/// One test of an alarm.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub class: Option<String>,
    pub value: Option<f64>,
    pub baseline: Option<i64>,
    /// The test, or why there is none.
    pub test: Result<Trial, Lack>,
}

/// A p-value and what to say about it.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub p: f64,
    /// What was compared, with the numbers.
    pub words: String,
    /// What it means if the alarm goes off, and if it does not.
    pub means: [String; 2],
}

/// Corrects all alarms of a night together, by Holm's method, and says what came
/// of every rule; in the order given.
///
/// Each p-value, of every class of a `[*]`, is one test. An alarm goes off if its
/// corrected p-value is below the risk that its level leaves.
pub fn settle(pending: Vec<Pending>) -> Vec<Judgement> {
    let mut p_values = Vec::new();
    for Pending(stage) in &pending {
        if let Stage::Alarm(alarm) = stage {
            p_values.extend(alarm.cases.iter().filter_map(|it| Some(it.test.as_ref().ok()?.p)));
        }
    }
    let mut corrected = holm(&p_values).into_iter();
    let tests = p_values.len();
    let settled = pending.into_iter().map(|Pending(stage)| match stage {
        Stage::Judged(judgement) => judgement,
        Stage::Alarm(Alarm { rule, outcomes, level, cases }) => {
            let found = cases.into_iter().map(|it| it.settled(level, &mut corrected, tests));
            judgement(rule, outcomes, found.collect())
        }
    });
    settled.collect()
}

impl Tried {
    fn settled(
        self,
        level: Level,
        corrected: &mut impl Iterator<Item = f64>,
        tests: usize,
    ) -> Finding {
        let Self { class, value, baseline, test } = self;
        let Trial { p, words, means: [off, quiet] } = match test {
            Ok(trial) => trial,
            Err(lack) => return Finding { baseline, ..lack.finding(class, value) },
        };
        // There are as many corrected values as tests.
        let fair = corrected.next().unwrap_or(1.0);
        let broken = fair < level.risk();
        let mut reason = format!("{words}; {}", wording::p_value(p));
        if tests > 1 {
            let shown = wording::p_value(fair);
            reason.push_str(&format!(
                ", corrected for {} tests {shown}",
                wording::count(tests as u64)
            ));
        }
        let meaning = if broken { off } else { quiet };
        reason.push_str(&format!(": {meaning}"));
        let verdict = if broken { Verdict::Broken } else { Verdict::Holds };
        Finding { class, verdict, value, baseline, slack: p, reason }
    }
}

/// `worse(subject, reference, by by) @ level`, pending.
pub(super) fn worse(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    by: f64,
    level: Level,
) -> Result<Alarm, Stop> {
    let sign = if subject.better() == Better::Lower { -1.0 } else { 1.0 };
    let cases = tested(scene, subject, sign)?;
    let more =
        if by > 0.0 { format!(" by more than {}", wording::number(by)) } else { String::new() };
    let tried = cases.into_iter().map(|(case, compared)| {
        let (baseline, test) = match compared {
            Err(lack) => (None, Err(lack)),
            Ok(Comparison { tested, words, run }) => {
                let high = tested.difference.bounds(level.risk()).1;
                let bound = bound(sign, "at most", high, level);
                let rows = tested.difference.rows();
                let trial = Trial {
                    p: tested.difference.p_worse(by),
                    words: format!("{words}, {bound}; {rows}"),
                    means: [format!("worse{more}"), format!("not shown to be worse{more}")],
                };
                (run, Ok(trial))
            }
        };
        Tried { class: case.class.clone(), value: case.measure.value.ok(), baseline, test }
    });
    Ok(Alarm {
        rule: scene.text.clone(),
        outcomes: scene.rule.terms.outcomes,
        level,
        cases: tried.collect(),
    })
}

/// `subject op reference + offset @ level`.
pub(super) fn proof(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    op: Op,
    offset: f64,
    level: Level,
) -> Result<Vec<Finding>, Stop> {
    let sign = op.upward().unwrap_or(1.0);
    let cases = tested(scene, subject, sign)?;
    let found = cases.into_iter().map(|(case, compared)| {
        let value = case.measure.value.as_ref().ok().copied();
        match compared {
            Err(lack) => lack.finding(case.class, value),
            Ok(comparison) => {
                proven(scene, (case.class, value), &comparison, (sign, offset, level))
            }
        }
    });
    Ok(found.collect())
}

fn proven(
    scene: &Scene<'_, '_>,
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
        wording::number(offset),
        difference.rows()
    );
    if !holds {
        let rows = difference.rows_needed(margin, level.risk(), scene.summary.rows);
        reason.push_str(&match rows {
            Some(rows) => format!(
                "; about {} rows in each run would do if the values stay",
                wording::count(rows)
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
    format!("{name} {} at {level}", wording::signed(sign * bound))
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
type Against = (Case, Result<Comparison, Lack>);

/// Every case of `subject` against the baseline; `sign` is −1 if less is better.
fn tested(scene: &Scene<'_, '_>, subject: &Subject, sign: f64) -> Result<Vec<Against>, Stop> {
    let cases = scene.cases(subject)?;
    let earlier = baseline::rows(scene, Some(subject))?;
    subject.check(&earlier.tallies.spec).map_err(|why| {
        Lack::no_baseline(format!("there is no value in {}: {why}", earlier.words))
    })?;
    let (new, baseline) = (scene.rows(subject)?, Summary::new(&earlier.tallies));
    baseline.check()?;
    let agreement = match (&subject.what, earlier.run) {
        (What::One(Quantity::Metric(_)), Some(run)) => scene.past.agreement(run)?,
        _ => None,
    };
    // Of no rows in common nothing follows.
    let agreement = agreement.filter(|it| it.both + it.first + it.second + it.neither > 0);
    // First all classes, which are resampled together.
    let (classes, places) = matched(subject, &cases, &new, &earlier);
    let resampled = OnceCell::new();
    let compared = Compared { new: &new, baseline: &baseline, agreement, sign, classes, resampled };
    let of = |case: &Case, class: Option<usize>| {
        let tested = compared.test(&subject.what, class).map_err(|why| {
            let (name, earlier) = (&case.name, &earlier.words);
            Lack::undefined(format!("{name} cannot be tested against {earlier}: {why}"))
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
type Place = Result<Option<usize>, Lack>;

/// The places of the classes of `cases` tonight and earlier, and for each case
/// which of them is its own.
fn matched(
    subject: &Subject,
    cases: &[Case],
    new: &Summary<'_>,
    earlier: &Rows,
) -> (Vec<(usize, usize)>, Vec<Place>) {
    let (now, before) = (new.tallies.classes.places(), earlier.tallies.classes.places());
    let mut classes = Vec::new();
    let mut place = |case: &Case| {
        let name = match (&subject.what, &case.class) {
            (_, Some(class)) | (What::One(Quantity::Class(_, class)), _) => class.as_str(),
            _ => return Ok(None),
        };
        let Some((now, before)) = now.get(name).zip(before.get(name)) else {
            let (what, words) = (&case.name, &earlier.words);
            return Err(Lack::no_baseline(format!("{what}: there is no such class in {words}")));
        };
        classes.push((*now as usize, *before as usize));
        Ok(Some(classes.len() - 1))
    };
    let places = cases.iter().map(&mut place).collect();
    (classes, places)
}

fn words(case: &Case, tested: &Tested, earlier: &str, sign: f64) -> String {
    let (new, baseline) = &tested.measures;
    let value = |value: &Result<f64, String>| value.as_ref().map_or(f64::NAN, |it| *it);
    let (was, is) = (value(&baseline.value), value(&new.value));
    let (was_words, was_counts) = (wording::rounded(was, is), counts(baseline));
    let difference = wording::signed(sign * tested.difference.value);
    format!(
        "{}, in {earlier} {was_words}{was_counts}: difference {difference}",
        case.words(is, was)
    )
}
