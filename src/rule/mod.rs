//! Rules on metrics: `accuracy >= 0.9`, `recall[cat] >= 0.8`.
//!
//! ```text
//! rule   = metric [ "(" parameter ")" ] [ "[" class "]" ] [ "{" slices "}" ] op number
//! slices = column "=" value { "," column "=" value }
//! op     = ">=" | "<=" | ">" | "<" | "==" | "!="
//! ```
//!
//! Names may be double-quoted, with `\"` and `\\` for the two marks themselves.
//! A rule compares the metric's f64 as it is: no tolerance, no rounding.

mod judge;
mod parse;
mod wording;

use std::fmt;
use std::str::FromStr;

pub use judge::{Judgement, Verdict, check, judge, judge_all};

use crate::class::nearest;
use crate::error::{Error, Result};
use crate::metric::{ClassMetric, Needs, PER_CLASS, Request};

/// A metric and a bound that it has to keep. Displays in one canonical spelling.
#[derive(Clone, Debug)]
pub struct Rule {
    subject: Subject,
    /// Column and value of each slice selected, in the order written.
    slices: Vec<(String, String)>,
    op: Op,
    bound: f64,
}

/// What a rule looks at.
#[derive(Clone, Debug)]
enum Subject {
    /// A metric of all rows.
    All(Request),
    /// A value of the class with that name.
    Class(&'static ClassMetric, String),
}

/// How a value is compared with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
    NotEqual,
}

/// Longer spellings come before those that they begin with.
const OPS: [(&str, Op); 6] = [
    (">=", Op::AtLeast),
    ("<=", Op::AtMost),
    ("==", Op::Equal),
    ("!=", Op::NotEqual),
    (">", Op::Above),
    ("<", Op::Below),
];

impl Op {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::AtMost => value <= bound,
            Self::Above => value > bound,
            Self::Below => value < bound,
            Self::Equal => value == bound,
            Self::NotEqual => value != bound,
        }
    }

    fn spelling(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

impl Rule {
    /// Reads a rule. Whether its class exists is for [`judge`] to say.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with the column if `text` does not follow the grammar,
    /// or if there is no such metric.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = parse::parts(text)?;
        let in_rule = |error: Error| match error {
            Error::Usage(problem) => Error::Usage(format!("rule '{}': {problem}", text.trim())),
            other => other,
        };
        let subject = Subject::new(&parts).map_err(in_rule)?;
        Ok(Self { subject, slices: parts.slices, op: parts.op, bound: parts.bound })
    }

    /// What its metric is computed from.
    pub fn needs(&self) -> Needs {
        match &self.subject {
            Subject::All(request) => request.metric().needs,
            Subject::Class(metric, _) => metric.needs(),
        }
    }

    /// What it asks of the order of rows.
    pub fn request(&self) -> Option<&Request> {
        match &self.subject {
            Subject::All(request) => Some(request),
            Subject::Class(..) => None,
        }
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

impl Subject {
    fn new(parts: &parse::Parts) -> Result<Self> {
        let Some(class) = &parts.class else {
            return Request::new(&parts.metric, parts.argument.as_deref()).map(Self::All);
        };
        let Some(metric) = ClassMetric::find(&parts.metric) else {
            return Err(not_of_a_class(&parts.metric));
        };
        match &parts.argument {
            None => Ok(Self::Class(metric, class.clone())),
            Some(text) => {
                Err(Error::Usage(format!("{} takes no parameter, found '({text})'", metric.name)))
            }
        }
    }
}

/// Why `metric[class]` means nothing.
fn not_of_a_class(metric: &str) -> Error {
    let names = || PER_CLASS.iter().map(|known| known.name);
    if Request::is_known(metric) {
        let names: Vec<&str> = names().collect();
        return Error::Usage(format!(
            "{metric} has no value of its own for a class; these have: {}",
            names.join(", ")
        ));
    }
    let hint =
        nearest(metric, names()).map_or(String::new(), |near| format!("; did you mean '{near}'?"));
    Error::Usage(format!("there is no value '{metric}' of a class{hint}"))
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(request) => write!(f, "{request}"),
            Self::Class(metric, class) => write!(f, "{}[{}]", metric.name, wording::name(class)),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.subject)?;
        if !self.slices.is_empty() {
            let slice = |(column, value): &(String, String)| {
                format!("{}={}", wording::name(column), wording::name(value))
            };
            let slices: Vec<String> = self.slices.iter().map(slice).collect();
            write!(f, "{{{}}}", slices.join(","))?;
        }
        write!(f, " {} {}", self.op.spelling(), wording::number(self.bound))
    }
}
