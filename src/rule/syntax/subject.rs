//! The subject of a rule: the value it is about.

use std::fmt;

use super::format;
use super::format::braces;
use super::quantity::Quantity;
use crate::class::nearest;
use crate::error::{Error, Result};
use crate::metric::{Better, ClassMetric, Needs, PER_CLASS, Request};
use crate::tally::Spec;

/// A subject as it was written. No name is looked up yet.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub metric: String,
    /// The text between parentheses.
    pub argument: Option<String>,
    pub class: Option<WrittenClass>,
    pub slices: Vec<(String, String)>,
}

/// What stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WrittenClass {
    Named(String),
    /// `[*]`, unquoted.
    Each,
}

/// A value, or one of each class.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub what: What,
    /// Column and value of each slice selected, in the order written.
    pub slices: Vec<(String, String)>,
}

/// What has a value.
#[derive(Clone, Debug)]
pub(crate) enum What {
    One(Quantity),
    /// A value of every class of the run.
    Each(&'static ClassMetric),
}

/// The slice column that stands for the parts of a dataset.
const SPLIT: &str = "split";

impl Subject {
    pub(crate) fn new(written: Written) -> Result<Self> {
        let Written { metric, argument, class, slices } = written;
        let what = match class {
            None => What::One(Quantity::of_rows(&metric, argument.as_deref())?),
            Some(class) => {
                let of = class_metric(&metric, argument.as_deref())?;
                match class {
                    WrittenClass::Named(name) => What::One(Quantity::Class(of, name)),
                    WrittenClass::Each => What::Each(of),
                }
            }
        };
        Ok(Self { what, slices })
    }

    /// The split that it selects, if it selects one.
    pub(crate) fn split(&self) -> Option<&str> {
        let split = self.slices.iter().find(|(column, _)| column == SPLIT);
        split.map(|(_, value)| value.as_str())
    }

    /// The columns and values of its slices, splits apart.
    pub(crate) fn slices(&self) -> impl Iterator<Item = &(String, String)> {
        self.slices.iter().filter(|(column, _)| column != SPLIT)
    }

    /// Whether it is about the rows of a slice.
    pub(crate) fn is_of_slice(&self) -> bool {
        self.slices().next().is_some()
    }

    pub(crate) fn better(&self) -> Better {
        match &self.what {
            What::One(quantity) => quantity.better(),
            What::Each(metric) => metric.better(),
        }
    }

    pub(crate) fn needs(&self) -> Option<Needs> {
        match &self.what {
            What::One(quantity) => quantity.needs(),
            What::Each(metric) => Some(metric.needs()),
        }
    }

    pub(crate) fn request(&self) -> Option<&Request> {
        match &self.what {
            What::One(Quantity::Metric(request)) => Some(request),
            _ => None,
        }
    }

    pub(crate) fn is_figure(&self) -> bool {
        matches!(self.what, What::One(Quantity::Job(_)))
    }

    pub(crate) fn is_each(&self) -> bool {
        matches!(self.what, What::Each(_))
    }

    pub(crate) fn check(&self, spec: &Spec) -> Result<()> {
        match &self.what {
            What::One(quantity) => quantity.check(spec),
            What::Each(metric) => metric.check(spec),
        }
    }
}

fn class_metric(metric: &str, argument: Option<&str>) -> Result<&'static ClassMetric> {
    let Some(found) = ClassMetric::find(metric) else {
        return Err(not_of_a_class(metric));
    };
    match argument {
        None => Ok(found),
        Some(text) => {
            Err(Error::Usage(format!("{} takes no parameter, found '({text})'", found.name)))
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

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::One(Quantity::Class(metric, class)) => {
                write!(f, "{}[{}]", metric.name, format::name(class))?;
            }
            What::One(quantity) => write!(f, "{quantity}")?,
            What::Each(metric) => write!(f, "{}[*]", metric.name)?,
        }
        f.write_str(&braces(&self.slices))
    }
}
