//! A rule and all that it is judged on.

use std::borrow::Cow;

use super::Rule;
use super::finding::{Lack, Stop};
use super::past::{Evaluated, Past};
use super::quantity::Quantity;
use super::subject::{Subject, What};
use super::wording;
use crate::class::{Classes, nearest};
use crate::error::{Error, Result};
use crate::metric::{ClassMeasures, ClassMetric, Measure, Summary};

/// A rule and all that it is judged on.
pub(super) struct Scene<'s, 'e> {
    pub rule: &'s Rule,
    /// The rule in its canonical spelling.
    pub text: String,
    pub evaluated: &'s Evaluated<'e>,
    pub summary: &'s Summary<'e>,
    pub past: &'s dyn Past,
}

/// One value that is judged.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The class, where every class is looked at.
    pub class: Option<String>,
    /// What has the value: "recall[cat]".
    pub name: String,
    pub measure: Measure,
}

impl Case {
    /// The value, or why it is undefined.
    pub(super) fn value(&self) -> std::result::Result<f64, Lack> {
        let undefined =
            |why: &String| Lack::undefined(format!("{} is undefined: {why}", self.name));
        self.measure.value.as_ref().copied().map_err(undefined)
    }

    /// "accuracy is 0.97 (1743 of 1797)", on the side of `bound` that it is on.
    pub(super) fn words(&self, value: f64, bound: f64) -> String {
        format!("{} is {}{}", self.name, wording::rounded(value, bound), counts(&self.measure))
    }

    /// "; …" if there is something else to know about the value.
    pub(super) fn note(&self) -> String {
        self.measure.note.as_ref().map_or(String::new(), |note| format!("; {note}"))
    }
}

/// " (1743 of 1797)"
pub(super) fn counts(measure: &Measure) -> String {
    measure.ratio.map_or(String::new(), |(part, whole)| format!(" ({part} of {whole})"))
}

impl<'e> Scene<'_, 'e> {
    /// Tonight's rows of the split that `subject` selects.
    pub(super) fn rows(
        &self,
        subject: &Subject,
    ) -> std::result::Result<Cow<'_, Summary<'e>>, Stop> {
        let Some(split) = subject.split().filter(|split| *split != self.evaluated.split) else {
            return Ok(Cow::Borrowed(self.summary));
        };
        let Some(tallies) = (self.evaluated.others)(split) else {
            return Err(Lack::undefined(format!("there is no split '{split}' tonight")).into());
        };
        let other = Summary::new(tallies);
        other.check()?;
        subject
            .check(&tallies.spec)
            .map_err(|why| Lack::undefined(format!("split '{split}': {why}")))?;
        Ok(Cow::Owned(other))
    }

    /// Tonight's values of `subject`.
    pub(super) fn cases(&self, subject: &Subject) -> std::result::Result<Vec<Case>, Stop> {
        let rows = self.rows(subject)?;
        match &subject.what {
            What::One(quantity) => {
                let measure = self.measure(quantity, &rows)?;
                Ok(vec![Case { class: None, name: subject.to_string(), measure }])
            }
            What::Each(metric) => Ok(each(metric, &rows).collect()),
        }
    }

    fn measure(&self, quantity: &Quantity, rows: &Summary<'_>) -> Result<Measure> {
        Ok(match quantity {
            Quantity::Metric(request) => request.measure(rows),
            Quantity::Class(metric, name) => {
                let classes = &rows.tallies.classes;
                let loose = rows.tallies.spec.class_options.is_loose();
                let class = classes.find(name, loose).filter(|class| rows.is_class(*class));
                let class = class.ok_or_else(|| no_class(&self.text, name, classes))?;
                metric.measure(&ClassMeasures::new(rows, class))
            }
            Quantity::Job(figure) => Measure {
                value: figure.of(&self.evaluated.figures),
                ratio: None,
                interval: None,
                no_interval: None,
                note: None,
            },
        })
    }
}

/// The value of every class.
fn each<'a>(
    metric: &'static ClassMetric,
    rows: &'a Summary<'_>,
) -> impl Iterator<Item = Case> + 'a {
    let names = rows.tallies.classes.names().iter().enumerate();
    names.filter(|(class, _)| rows.is_class(*class)).map(move |(class, name)| Case {
        class: Some(name.clone()),
        name: format!("{}[{}]", metric.name, wording::name(name)),
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
