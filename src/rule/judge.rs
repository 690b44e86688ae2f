//! Whether a set of rows keeps a rule.

use super::{Rule, Subject, wording};
use crate::class::{Classes, nearest};
use crate::error::{Error, Result};
use crate::metric::{ClassMeasures, Measure, Summary};
use crate::tally::{Spec, Tallies};

/// What came of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The rule in its canonical spelling.
    pub rule: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// The metric's value; `None` if it is undefined.
    pub value: Option<f64>,
    /// The number of the run that it was compared with, if there is one.
    pub baseline: Option<i64>,
    /// The verdict in a sentence, with the numbers.
    pub reason: String,
}

/// Whether a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not.
    Broken,
    /// Its metric has no value, which is as bad as broken.
    Undefined,
    /// The rows are too few to prove it either way.
    Undecided,
    /// There is no earlier run to compare with.
    NoBaseline,
    /// There are fewer rows than the rule is to be judged on.
    TooFewRows,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 6] = [
        Self::Holds,
        Self::Broken,
        Self::Undefined,
        Self::Undecided,
        Self::NoBaseline,
        Self::TooFewRows,
    ];

    /// Whether it makes a run fail, with status 1: a rule that is broken or
    /// undefined does. The others are shown and wake nobody.
    pub fn fails(self) -> bool {
        matches!(self, Self::Broken | Self::Undefined)
    }

    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Undefined => "undefined",
            Self::Undecided => "undecided",
            Self::NoBaseline => "no baseline",
            Self::TooFewRows => "too few rows",
        }
    }
}

/// Whether rows that are counted as `spec` says can answer `rule` at all. To be
/// called before any rows are read; only the class is left for [`judge`].
///
/// # Errors
///
/// [`Error::Usage`], saying what is needed, if they cannot.
pub fn check(rule: &Rule, spec: &Spec) -> Result<()> {
    if let Some((column, _)) = rule.slices.first() {
        return Err(Error::Usage(format!(
            "rule '{rule}': these rows are not counted by slice, so there is none by '{column}'; \
             leave out the braces"
        )));
    }
    match &rule.subject {
        Subject::Class(metric, _) => metric.check(spec),
        Subject::All(request) => request.check(spec),
    }
    .map_err(|error| match error {
        Error::Usage(problem) => Error::Usage(format!("rule '{rule}': {problem}")),
        other => other,
    })
}

/// Whether the rows behind `tallies` keep `rule`.
///
/// # Errors
///
/// [`Error::Usage`] if the rule names a class or slice that is not there, or a
/// metric that these tallies cannot have.
pub fn judge(rule: &Rule, tallies: &Tallies) -> Result<Judgement> {
    judge_by(rule, &Summary::new(tallies))
}

/// [`judge`] for several rules; the tallies are added up once.
///
/// # Errors
///
/// That of the first rule that has one.
pub fn judge_all(rules: &[Rule], tallies: &Tallies) -> Result<Vec<Judgement>> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let summary = Summary::new(tallies);
    rules.iter().map(|rule| judge_by(rule, &summary)).collect()
}

fn judge_by(rule: &Rule, summary: &Summary<'_>) -> Result<Judgement> {
    summary.check()?;
    check(rule, &summary.tallies.spec)?;
    let measure = measure(rule, summary)?;
    let subject = &rule.subject;
    let (verdict, value, reason) = match &measure.value {
        Ok(value) if rule.op.holds(*value, rule.bound) => {
            (Verdict::Holds, Some(*value), sentence(rule, &measure, *value))
        }
        Ok(value) => (Verdict::Broken, Some(*value), sentence(rule, &measure, *value)),
        Err(why) => (Verdict::Undefined, None, format!("{subject} is undefined: {why}")),
    };
    Ok(Judgement { rule: rule.to_string(), verdict, value, baseline: None, reason })
}

/// "accuracy is 0.97 (1743 of 1797), required >= 0.9"
fn sentence(rule: &Rule, measure: &Measure, value: f64) -> String {
    let counts =
        measure.ratio.map_or(String::new(), |(part, whole)| format!(" ({part} of {whole})"));
    let note = measure.note.as_ref().map_or(String::new(), |note| format!("; {note}"));
    let (op, bound) = (rule.op.spelling(), wording::number(rule.bound));
    let shown = wording::rounded(value, rule.bound);
    format!("{} is {shown}{counts}, required {op} {bound}{note}", rule.subject)
}

fn measure(rule: &Rule, summary: &Summary<'_>) -> Result<Measure> {
    match &rule.subject {
        Subject::All(request) => Ok(request.measure(summary)),
        Subject::Class(metric, name) => {
            let classes = &summary.tallies.classes;
            let class = classes.index_of(name).ok_or_else(|| no_class(rule, name, classes))?;
            Ok(metric.measure(&ClassMeasures::new(summary, class)))
        }
    }
}

/// An unknown class: the nearest one, else some of those that there are.
fn no_class(rule: &Rule, name: &str, classes: &Classes) -> Error {
    const SHOWN: usize = 5;
    let names = classes.names();
    let hint = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean '{near}'?"),
        None if names.len() <= SHOWN => format!("there are {}", names.join(", ")),
        None => format!("there are {} classes: {}, …", names.len(), names[..SHOWN].join(", ")),
    };
    Error::Usage(format!("rule '{rule}': there is no class '{name}'; {hint}"))
}
