//! The context of a rule: all that it is judged on.

use std::borrow::Cow;

use super::finding::{Abort, NoVerdict};
use super::run_history::{Evaluated, RunHistory};
use super::slice;
use crate::class::{Classes, nearest};
use crate::error::{Error, Result};
use crate::metric::{ClassMeasures, ClassMetric, Measure, Summary};
use crate::rule::syntax::bound::Reference;
use crate::rule::syntax::format;
use crate::rule::syntax::quantity::Quantity;
use crate::rule::syntax::rule::Rule;
use crate::rule::syntax::subject::{Subject, What};

/// A rule and all that it is judged on.
pub(crate) struct Context<'s, 'e> {
    pub rule: &'s Rule,
    /// The rule in its canonical spelling.
    pub text: String,
    pub evaluated: &'s Evaluated<'e>,
    pub summary: &'s Summary<'e>,
    pub past: &'s dyn RunHistory,
}

/// One value that is judged.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    /// The class, where every class is looked at.
    pub class: Option<String>,
    /// What has the value: "recall[cat]".
    pub name: String,
    pub measure: Measure,
}

impl Observed {
    /// The value, or why it is undefined.
    pub(crate) fn value(&self) -> std::result::Result<f64, NoVerdict> {
        let undefined =
            |why: &String| NoVerdict::undefined(format!("{} is undefined: {why}", self.name));
        self.measure.value.as_ref().copied().map_err(undefined)
    }

    /// "accuracy is 0.97 (1743 of 1797)", on the side of `bound` that it is on.
    pub(crate) fn words(&self, value: f64, bound: f64) -> String {
        format!("{} is {}{}", self.name, format::rounded(value, bound), counts(&self.measure))
    }

    /// "; …" if there is something else to know about the value.
    pub(crate) fn note(&self) -> String {
        self.measure.note.as_ref().map_or(String::new(), |note| format!("; {note}"))
    }
}

/// " (1743 of 1797)"
pub(crate) fn counts(measure: &Measure) -> String {
    measure.ratio.map_or(String::new(), |(part, whole)| format!(" ({part} of {whole})"))
}

impl<'e> Context<'_, 'e> {
    /// Tonight's rows of the split and slice that `subject` selects.
    pub(crate) fn rows(
        &self,
        subject: &Subject,
    ) -> std::result::Result<Cow<'_, Summary<'e>>, Abort> {
        let split = subject.split().filter(|split| *split != self.evaluated.split);
        if split.is_none() && !subject.is_of_slice() {
            return Ok(Cow::Borrowed(self.summary));
        }
        let (whole, of) = match split {
            None => (self.evaluated.tallies, String::new()),
            Some(split) => {
                let tallies = (self.evaluated.others)(split).ok_or_else(|| {
                    NoVerdict::undefined(format!("there is no split '{split}' tonight"))
                })?;
                (tallies, format!(" in split '{split}'"))
            }
        };
        let tallies = slice::select(subject, whole, &of)?;
        let other = Summary::new(tallies);
        other.check()?;
        if let Some(split) = split {
            subject
                .check(&tallies.spec)
                .map_err(|why| NoVerdict::undefined(format!("split '{split}': {why}")))?;
        }
        Ok(Cow::Owned(other))
    }

    /// Tonight's values of `subject`.
    pub(crate) fn cases(&self, subject: &Subject) -> std::result::Result<Vec<Observed>, Abort> {
        let rows = self.rows(subject)?;
        match &subject.what {
            What::One(quantity) => {
                let measure = self.measure(quantity, &rows)?;
                Ok(vec![Observed { class: None, name: subject.to_string(), measure }])
            }
            What::Each(metric) => Ok(each(metric, &rows).collect()),
        }
    }

    pub(crate) fn measure(&self, quantity: &Quantity, rows: &Summary<'_>) -> Result<Measure> {
        Ok(match quantity {
            Quantity::Metric(request) => request.measure(rows),
            Quantity::Class(metric, name) => {
                let classes = &rows.tallies.classes;
                let loose = rows.tallies.spec.class_options.is_loose();
                let class = classes.find(name, loose).filter(|class| rows.is_class(*class));
                let class = class.ok_or_else(|| no_class(&self.text, name, classes))?;
                metric.measure(&ClassMeasures::new(rows, class))
            }
            Quantity::Slice(of, column, value) => match rows.tallies.slice(column, value) {
                Ok(group) => self.measure(of, &Summary::new(group))?,
                Err(why) => plain(Err(why)),
            },
            Quantity::Job(figure) => plain(figure.of(&self.evaluated.figures)),
        })
    }

    /// The runs that the rule compares with; `baseline` as it is configured.
    pub(crate) fn reference(&self) -> Reference {
        match self.rule.form.reference() {
            Some(Reference::Baseline) => self.rule.config.baseline,
            Some(reference) => reference,
            None => Reference::Previous,
        }
    }
}

/// A value of which nothing else is known.
fn plain(value: std::result::Result<f64, String>) -> Measure {
    Measure { value, ratio: None, interval: None, no_interval: None, note: None }
}

/// The value of every class.
fn each<'a>(
    metric: &'static ClassMetric,
    rows: &'a Summary<'_>,
) -> impl Iterator<Item = Observed> + 'a {
    let names = rows.tallies.classes.names().iter().enumerate();
    names.filter(|(class, _)| rows.is_class(*class)).map(move |(class, name)| Observed {
        class: Some(name.clone()),
        name: format!("{}[{}]", metric.name, format::name(name)),
        measure: metric.measure(&ClassMeasures::new(rows, class)),
    })
}

/// An unknown class: the nearest one, else some of those that there are.
fn no_class(rule: &str, name: &str, classes: &Classes) -> Error {
    const SHOWN: usize = 5;
    let names = classes.proper_names();
    let hint = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean '{near}'?"),
        None if names.len() <= SHOWN => format!("there are {}", names.join(", ")),
        None => format!("there are {} classes: {}, …", names.len(), names[..SHOWN].join(", ")),
    };
    Error::Usage(format!("rule '{rule}': there is no class '{name}'; {hint}"))
}
