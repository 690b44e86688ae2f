//! What can be followed over time: a metric, a value of a class, or a figure of
//! the job itself.

use std::fmt;

use super::{Run, Value};
use crate::class::nearest;
use crate::error::{Error, Result};
use crate::metric::{Better, ClassMeasures, ClassMetric, PER_CLASS, Request, Summary};
use crate::tally::Tallies;

/// What a run has a value of. Displays as its one full name.
#[derive(Clone, Debug)]
pub enum Quantity {
    /// A metric of all rows: `accuracy`, `fbeta_macro(beta=2)`.
    Metric(Request),
    /// A value of the class with that name: `recall[cat]`.
    Class(&'static ClassMetric, String),
    /// A figure of the job: `seconds`.
    Job(&'static JobMeasure),
}

/// A figure of the job itself.
#[derive(Debug)]
pub struct JobMeasure {
    /// Its name.
    pub name: &'static str,
    /// Which way it gets better.
    pub better: Better,
    read: fn(&Run) -> Option<f64>,
}

impl JobMeasure {
    /// Every figure of a job.
    pub const ALL: &[Self] = &[
        Self { name: "rows", better: Better::Neither, read: |run| Some(run.rows.read as f64) },
        Self {
            name: "rows_scored",
            better: Better::Neither,
            read: |run| Some(run.rows.scored as f64),
        },
        Self {
            name: "rows_ignored",
            better: Better::Neither,
            read: |run| Some(run.rows.ignored as f64),
        },
        Self {
            name: "rows_invalid",
            better: Better::Lower,
            read: |run| Some(run.rows.invalid as f64),
        },
        Self { name: "seconds", better: Better::Lower, read: |run| Some(run.timing.seconds) },
        Self {
            name: "rows_per_second",
            better: Better::Higher,
            read: |run| Some(run.timing.rows_per_second),
        },
        Self {
            name: "bytes_per_second",
            better: Better::Higher,
            read: |run| Some(run.timing.bytes_per_second),
        },
        Self {
            name: "peak_memory_bytes",
            better: Better::Lower,
            read: |run| run.timing.peak_memory_bytes.map(|bytes| bytes as f64),
        },
    ];
}

impl Quantity {
    /// Reads a full name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is nothing of that name, with the nearest one.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(figure) = JobMeasure::ALL.iter().find(|figure| figure.name == text) {
            return Ok(Self::Job(figure));
        }
        if let Some((name, rest)) = text.split_once('[')
            && let Some(class) = rest.strip_suffix(']')
        {
            return of_class(name.trim(), class.trim());
        }
        Request::parse(text).map(Self::Metric).map_err(|error| {
            let name = text.split('(').next().unwrap_or(text);
            let figures = JobMeasure::ALL.iter().map(|figure| figure.name);
            // Metrics have their own hint; a slip in a figure's name is nearer to it.
            match nearest(name, figures).filter(|near| strsim::levenshtein(name, near) <= 2) {
                Some(near) if !Request::is_known(name) => {
                    Error::Usage(format!("there is no metric '{text}'; did you mean '{near}'?"))
                }
                _ => error,
            }
        })
    }

    /// Which way it gets better.
    pub fn better(&self) -> Better {
        match self {
            Self::Metric(request) => request.better(),
            Self::Class(metric, _) => metric.better(),
            Self::Job(figure) => figure.better,
        }
    }

    /// The name under which its values are stored, if they are.
    pub(super) fn stored(&self) -> Option<String> {
        match self {
            Self::Metric(request) => Some(request.to_string()),
            Self::Class(..) | Self::Job(_) => None,
        }
    }

    /// Its value of a run, if that follows from other things than tallies.
    pub(super) fn of_run(&self, run: &Run) -> Option<Value> {
        let Self::Job(figure) = self else { return None };
        let value = (figure.read)(run);
        Some(value.map_or_else(|| Value::undefined("the system did not tell"), Value::plain))
    }

    /// Its value of some tallies; undefined if they cannot have it.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if the tallies contradict themselves.
    pub fn of_tallies(&self, tallies: &Tallies) -> Result<Value> {
        let summary = Summary::new(tallies);
        summary.check()?;
        Ok(match self {
            Self::Metric(request) => match request.check(&tallies.spec) {
                Ok(()) => summary.measure(request).into(),
                Err(why) => Value::undefined(why.to_string()),
            },
            Self::Class(metric, name) => match tallies.classes.index_of(name) {
                Some(class) => metric.measure(&ClassMeasures::new(&summary, class)).into(),
                None => Value::undefined(format!("there is no class '{name}' in this run")),
            },
            Self::Job(figure) => {
                Value::undefined(format!("{} is not counted in rows", figure.name))
            }
        })
    }
}

fn of_class(name: &str, class: &str) -> Result<Quantity> {
    let inner = class.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let class = inner.map_or_else(|| class.to_owned(), |it| it.replace(r#"\""#, "\""));
    match ClassMetric::find(name) {
        Some(metric) => Ok(Quantity::Class(metric, class)),
        None => {
            let names = PER_CLASS.iter().map(|metric| metric.name);
            let hint = nearest(name, names.clone()).map_or_else(
                || format!("there are {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            Err(Error::Usage(format!("there is no value '{name}' of a class; {hint}")))
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(request) => request.fmt(f),
            Self::Class(metric, class) => write!(f, "{}[{class}]", metric.name),
            Self::Job(figure) => f.write_str(figure.name),
        }
    }
}
