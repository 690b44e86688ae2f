//! The rules of a night before its alarms are corrected together, and that correction.

use super::finding::{Finding, NoVerdict, judgement};
use crate::rule::syntax::bound::Level;
use crate::rule::syntax::format;
use crate::rule::syntax::rule::Rule;
use crate::rule::verdict::{Judgement, Verdict, VerdictOverrides};
use crate::stat::holm;

/// What came of a rule so far: alarms wait for all others of the night, see
/// [`apply_holm`].
#[derive(Clone, Debug)]
pub struct Pending(pub(in crate::rule) Stage);

#[derive(Clone, Debug)]
pub(crate) enum Stage {
    Judged(Judgement),
    Alarm(Alarm),
}

impl Pending {
    /// What comes of a rule that rows do not fit: undefined, unless its config says
    /// otherwise.
    pub fn unfit(rule: &Rule, reason: impl Into<String>) -> Self {
        let found = vec![NoVerdict::undefined(reason).finding(None, None)];
        Self(Stage::Judged(judgement(rule.to_string(), rule.config.overrides, found)))
    }
}

/// An alarm before its p-values are corrected.
#[derive(Clone, Debug)]
pub(crate) struct Alarm {
    pub rule: String,
    pub overrides: VerdictOverrides,
    pub level: Level,
    /// One for each class, or one alone.
    pub cases: Vec<AlarmTest>,
}

/// One test of an alarm.
#[derive(Clone, Debug)]
pub(crate) struct AlarmTest {
    pub class: Option<String>,
    pub value: Option<f64>,
    pub baseline: Option<i64>,
    /// The test, or why there is none.
    pub test: Result<TestResult, NoVerdict>,
}

/// A p-value and what to say about it.
#[derive(Clone, Debug)]
pub(crate) struct TestResult {
    pub p: f64,
    /// What was compared, with the numbers.
    pub words: String,
    /// What it means if the alarm goes off, and if it does not.
    pub means: [String; 2],
    /// The resamples that it comes from, if it does.
    pub replicates: Option<usize>,
}

/// A resampled p-value below so many of the resamples is not known well.
const TOO_SMALL: f64 = 10.0;

/// Corrects all alarms of a night together, by Holm's method, and says what came
/// of every rule; in the order given.
///
/// Each p-value, of every class of a `[*]`, is one test. An alarm goes off if its
/// corrected p-value is below the risk that its level leaves.
pub fn apply_holm(pending: Vec<Pending>) -> Vec<Judgement> {
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
        Stage::Alarm(Alarm { rule, overrides, level, cases }) => {
            let found = cases.into_iter().map(|it| it.settled(level, &mut corrected, tests));
            judgement(rule, overrides, found.collect())
        }
    });
    settled.collect()
}

impl AlarmTest {
    fn settled(
        self,
        level: Level,
        corrected: &mut impl Iterator<Item = f64>,
        tests: usize,
    ) -> Finding {
        let Self { class, value, baseline, test } = self;
        let TestResult { p, words, means: [off, quiet], replicates } = match test {
            Ok(result) => result,
            Err(no_verdict) => {
                let optional = class.is_some() && no_verdict.verdict != Verdict::Undecided;
                return Finding { baseline, optional, ..no_verdict.finding(class, value) };
            }
        };
        // There are as many corrected values as tests.
        let fair = corrected.next().unwrap_or(1.0);
        let broken = fair < level.risk();
        let mut reason = format!("{words}; {}", format::p_value(p));
        if tests > 1 {
            let shown = format::p_value(fair);
            reason.push_str(&format!(
                ", corrected for {} tests {shown}",
                format::count(tests as u64)
            ));
        }
        // With less than ten resamples beyond the margin, more might give any smaller p.
        let few = replicates.filter(|all| p < TOO_SMALL / *all as f64);
        let (verdict, meaning) = match (broken, few) {
            (true, _) => (Verdict::Broken, off),
            (false, None) => (Verdict::Holds, quiet),
            (false, Some(all)) => {
                (Verdict::Undecided, format!("{} resamples do not tell", format::count(all as u64)))
            }
        };
        reason.push_str(&format!(": {meaning}"));
        Finding { class, verdict, value, baseline, slack: p, reason, optional: false }
    }
}
