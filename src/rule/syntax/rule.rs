//! The rule itself, and the configuration that its text leaves open.

use std::fmt;
use std::str::FromStr;

use super::ast::Form;
use super::bound::Reference;
use super::subject::Subject;
use super::{grammar, validate};
use crate::error::{Error, Result};
use crate::metric::{Better, Needs, Request};
use crate::rule::verdict::VerdictOverrides;

/// What has to hold. Displays in one canonical spelling, without its configuration.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(in crate::rule) form: Form<Subject>,
    /// What it does not say itself.
    pub config: RuleConfig,
}

/// What a rule does not say itself, as a caller configures it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleConfig {
    /// What `baseline` stands for.
    pub baseline: Reference,
    /// Scored rows below which it is not judged.
    pub min_rows: u64,
    /// What outcomes that are neither holding nor broken count as.
    pub overrides: VerdictOverrides,
}

impl Rule {
    /// Reads a rule. Whether its class exists is for [`judge`](crate::rule::judge) to say.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with the column if `text` does not follow the grammar,
    /// or if there is no such metric.
    pub fn parse(text: &str) -> Result<Self> {
        let written = grammar::form(text)?;
        let looked_up = written.look_up(Subject::new);
        let form = looked_up.and_then(validate::checked).map_err(|error| match error {
            Error::Usage(problem) => Error::Usage(format!("rule '{}': {problem}", text.trim())),
            other => other,
        })?;
        Ok(Self { form, config: RuleConfig::default() })
    }

    /// The same rule under another configuration.
    #[must_use]
    pub fn under(self, config: RuleConfig) -> Self {
        Self { config, ..self }
    }

    /// What its metrics are computed from.
    pub fn needs(&self) -> Vec<Needs> {
        let distribution = self.form.distribution().map(|distribution| distribution.needs());
        self.form.subjects().iter().filter_map(|it| it.needs()).chain(distribution).collect()
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
