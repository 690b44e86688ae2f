//! The values of a run: those that are stored, and those that follow from its
//! tallies.

use crate::error::Result;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::metric::{ClassMeasures, Summary};
use crate::rule::{self, JobFigures, Quantity};
use crate::tally::Tallies;

impl From<&Run> for JobFigures {
    fn from(run: &Run) -> Self {
        Self {
            rows: run.rows.read,
            rows_scored: run.rows.scored,
            rows_ignored: run.rows.ignored,
            rows_invalid: run.rows.invalid,
            seconds: run.timing.seconds,
            rows_per_second: run.timing.rows_per_second,
            bytes_per_second: run.timing.bytes_per_second,
            peak_memory_bytes: run.timing.peak_memory_bytes,
        }
    }
}

impl Quantity {
    /// The name under which its values are stored, if they are.
    pub(in crate::history) fn stored(&self) -> Option<String> {
        match self {
            Self::Metric(request) => Some(request.to_string()),
            Self::Class(..) | Self::Job(_) | Self::Slice(..) => None,
        }
    }

    /// Its value of a run, if that follows from other things than tallies.
    pub(in crate::history) fn of_run(&self, run: &Run) -> Option<Value> {
        let Self::Job(figure) = self else { return None };
        Some(figure.of(&run.into()).map_or_else(Value::undefined, Value::plain))
    }

    /// Its value of some rows, without interval; undefined if they cannot have it.
    pub(in crate::history) fn value(&self, rows: &Summary<'_>) -> rule::Value {
        self.check(&rows.tallies.spec).map_err(|why| why.to_string())?;
        match self {
            Self::Metric(request) => request.measure(rows).value,
            Self::Class(metric, name) => match rows.tallies.classes.index_of(name) {
                Some(class) => metric.measure(&ClassMeasures::new(rows, class)).value,
                None => Err(format!("there is no class '{name}' in this run")),
            },
            Self::Job(figure) => Err(format!("{} is not counted in rows", figure.name)),
            Self::Slice(of, column, value) => {
                of.value(&Summary::new(rows.tallies.slice(column, value)?))
            }
        }
    }

    /// Its value of some tallies; undefined if they cannot have it.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`](crate::error::Error::Internal) if the tallies
    /// contradict themselves.
    pub fn of_tallies(&self, tallies: &Tallies) -> Result<Value> {
        if let Self::Slice(of, column, value) = self {
            return match tallies.slice(column, value) {
                Ok(group) => of.of_tallies(group),
                Err(why) => Ok(Value::undefined(why)),
            };
        }
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
            Self::Slice(..) => unreachable!("its rows were selected above"),
        })
    }
}
