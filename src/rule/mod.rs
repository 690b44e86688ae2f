//! Rules: what must hold of an evaluation, by itself or beside earlier runs.
//!
//! ```text
//! rule       = comparison | within | alarm | distance | drift
//! comparison = subject [ "-" subject ] op bound [ "@" level ]
//! within     = subject "within" number "sigma of last" N
//! alarm      = "worse(" subject "," reference [ "," "by" number ] ")" [ "@" level ]
//! distance   = statistic "(" spread "," reference ")" op number
//! drift      = "drifted(" spread "," reference ")" [ "@" level ]
//!
//! subject    = name [ "(" parameter ")" ] [ "[" class | "*" "]" ] [ "{" slices "}" ]
//! slices     = column "=" value { "," column "=" value }
//! op         = ">=" | "<=" | ">" | "<" | "==" | "!="
//! bound      = number | [ number "*" ] reference [ ( "+" | "-" ) number ]
//! reference  = "previous" | "best" | "mean of last" N | "run" number | "baseline"
//! statistic  = "psi" | "jensen_shannon" | "ks" | "chi_square"
//! spread     = "predictions" | "confidence"
//! level      = number "%"
//! ```
//!
//! A subject is a metric (`accuracy`), a value of a class (`recall[cat]`), of
//! every class of the run (`recall[*]`; then the worst decides), or a figure of
//! the job ([`JobMeasure`]: `seconds`). Names may be double-quoted, with `\"` and
//! `\\` for the two marks themselves; `["*"]` is the class of that name.
//! `{split=train}` selects a split of the dataset.
//!
//! # Comparisons
//!
//! `accuracy >= 0.9`, `f1_macro >= previous - 0.01`, `seconds <= 1.5 * mean of
//! last 7`, `accuracy{split=train} - accuracy{split=validation} <= 0.05`. The f64
//! is compared as it is: no tolerance, no rounding. `previous`, `best` and means
//! know only runs that did not break the rule, or were accepted; `baseline` is
//! what the caller configures, see [`Terms`]. Which way `best` lies is
//! [`Better`]'s to say.
//!
//! # Proofs and alarms
//!
//! Both are about the difference new − baseline beyond chance.
//! `accuracy >= previous - 0.005 @ 95%` is a *proof*: it holds only if the
//! one-sided lower bound of the difference lies above −0.005. Else it is
//! undecided, never broken: to fail on chance is what alarms are corrected for,
//! and proofs are not. The reason then has the rows that would do if the shares
//! of both runs stay: counts are scaled up until the bound holds; where there
//! are only standard errors, they shrink with the root of the rows.
//!
//! `worse(accuracy, previous, by 0.005) @ 95%` is an *alarm*: broken only if the
//! one-sided upper bound lies below −0.005 (of a metric of which less is better,
//! the lower bound above 0.005). All alarms of a night are corrected together
//! by Holm's method, each class of a `[*]` counting as one: [`judge_all`] leaves
//! them pending and [`settle`] decides. The p-value is the risk at which the
//! alarm would just go off.
//!
//! | the metric is | its difference is bounded by |
//! |---|---|
//! | accuracy or error rate, and the outcomes of the same rows are at hand | Newcombe's interval of paired shares |
//! | another share of counts | Newcombe's interval of shares of different rows |
//! | a mean over rows (log loss, Brier, confidence) or a binary area | the normal interval of independent values |
//! | another function of counts (F1, kappa, Matthews) | resamples of both counts, percentiles of all pairs |
//!
//! Anything else is undefined, with the reason. Only the first is paired; on the
//! same rows the others err on the side of silence. `mean of last N` stands for
//! the rows of those nights together.
//!
//! # Windows
//!
//! `accuracy within 3 sigma of last 30` breaks on both sides, whichever way the
//! metric gets better: a jump is worth a look either way. It takes the mean and
//! the sample deviation of up to 30 nights, and at least five. If they are all
//! equal, any difference breaks it.
//!
//! # Distributions
//!
//! `psi(predictions, previous) <= 0.2` compares rows by predicted class, matched
//! by name, and `ks(confidence, previous) <= 0.1` rows by confidence in the bins
//! of the calibration, without any label. `drifted(predictions, previous) @ 99%`
//! (chi-square) and `drifted(confidence, …)` (Kolmogorov–Smirnov) are alarms and
//! corrected with the others.

mod alarm;
mod baseline;
mod bound;
mod compare;
mod difference;
mod drift;
mod figure;
mod finding;
mod form;
mod grammar;
mod judge;
mod needed;
mod parse;
mod past;
mod quantity;
mod scene;
mod sigma;
mod sound;
mod subject;
mod verdict;
mod wording;

use std::fmt;
use std::str::FromStr;

pub use alarm::settle;
pub use bound::Reference;
pub use figure::{JobFigures, JobMeasure};
pub use judge::{Pending, check, judge, judge_all};
pub use past::{Earlier, Evaluated, NoPast, Past, Value};
pub use quantity::Quantity;
pub use verdict::{Judgement, Outcomes, Verdict};

use self::form::Form;
use self::subject::Subject;
use crate::error::{Error, Result};
use crate::metric::{Better, Needs, Request};

/// What has to hold. Displays in one canonical spelling, without its terms.
#[derive(Clone, Debug)]
pub struct Rule {
    form: Form<Subject>,
    /// What it does not say itself.
    pub terms: Terms,
}

/// What a rule does not say itself, as a caller configures it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What `baseline` stands for.
    pub baseline: Reference,
    /// Scored rows below which it is not judged.
    pub min_rows: u64,
    /// What outcomes that are neither holding nor broken count as.
    pub outcomes: Outcomes,
}

impl Rule {
    /// Reads a rule. Whether its class exists is for [`judge`] to say.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with the column if `text` does not follow the grammar,
    /// or if there is no such metric.
    pub fn parse(text: &str) -> Result<Self> {
        let written = grammar::form(text)?;
        let looked_up = written.look_up(Subject::new);
        let form = looked_up.and_then(sound::checked).map_err(|error| match error {
            Error::Usage(problem) => Error::Usage(format!("rule '{}': {problem}", text.trim())),
            other => other,
        })?;
        Ok(Self { form, terms: Terms::default() })
    }

    /// The same rule on other terms.
    #[must_use]
    pub fn under(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// What its metrics are computed from.
    pub fn needs(&self) -> Vec<Needs> {
        let spread = self.form.spread().map(|spread| spread.needs());
        self.form.subjects().iter().filter_map(|it| it.needs()).chain(spread).collect()
    }

    /// The metrics of all rows that it looks at, with what they ask of the order
    /// of rows.
    pub fn requests(&self) -> Vec<&Request> {
        self.form.subjects().into_iter().filter_map(Subject::request).collect()
    }

    /// Whether it compares with earlier runs.
    pub fn needs_history(&self) -> bool {
        self.form.reference().is_some() || matches!(self.form, Form::Within { .. })
    }

    /// How much further from keeping the rule `value` is than `other`, in the unit
    /// of what is judged; below 0 if it is nearer.
    pub fn worsening(&self, value: f64, other: f64) -> f64 {
        let upward = match &self.form {
            Form::Compare { op, .. } | Form::Distance { op, .. } => op.upward(),
            Form::Worse { subject, .. } => match subject.better() {
                Better::Higher => Some(1.0),
                Better::Lower => Some(-1.0),
                Better::Neither => None,
            },
            Form::Drifted { .. } => Some(-1.0),
            Form::Within { .. } => None,
        };
        // Where both sides are bad, any other value is further.
        upward.map_or((value - other).abs(), |sign| sign * (other - value))
    }

    /// The splits that it selects, in the order written; none if it is about
    /// whatever is evaluated.
    pub fn splits(&self) -> Vec<&str> {
        self.form.subjects().into_iter().filter_map(Subject::split).collect()
    }
}

/// [`Rule::parse`] of each text.
///
/// # Errors
///
/// That of the first text that is no rule.
pub fn parse_all(texts: &[String]) -> Result<Vec<Rule>> {
    texts.iter().map(|text| Rule::parse(text)).collect()
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.form.fmt(f)
    }
}
