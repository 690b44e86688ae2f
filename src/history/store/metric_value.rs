//! The values of metrics, beside the tallies that they follow from.

use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::database::History;
use super::identity::RunId;
use crate::error::Result;
use crate::metric::Measure;

/// A value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The value; `Err` says in words why it is undefined.
    pub value: Result<f64, String>,
    /// Numerator and denominator, when the value is a quotient of counts.
    pub ratio: Option<(u64, u64)>,
    /// How sure the value is.
    pub interval: Option<ValueInterval>,
    /// What a reader should know about the value.
    pub note: Option<String>,
}

/// A confidence interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueInterval {
    /// The level, in (0, 1).
    pub level: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The method: "wilson".
    pub method: String,
}

impl Value {
    /// A plain number.
    pub(in crate::history) fn plain(value: f64) -> Self {
        Self { value: Ok(value), ratio: None, interval: None, note: None }
    }

    /// No value.
    pub(in crate::history) fn undefined(reason: impl Into<String>) -> Self {
        Self { value: Err(reason.into()), ratio: None, interval: None, note: None }
    }

    /// From columns of [`COLUMNS`] that begin at `first`; `None` if the run has
    /// no such metric.
    pub(in crate::history) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Self>> {
        let value: Option<f64> = row.get(first)?;
        let undefined: Option<String> = row.get(first + 1)?;
        let count = |at| row.get::<_, Option<i64>>(at).map(|it| it?.try_into().ok());
        let end = |at| row.get::<_, Option<f64>>(first + at);
        let (part, whole): (Option<u64>, Option<u64>) = (count(first + 2)?, count(first + 3)?);
        let ends = (end(4)?, end(5)?, end(6)?, row.get::<_, Option<String>>(first + 7)?);
        let interval = match ends {
            (Some(low), Some(high), Some(level), Some(method)) => {
                Some(ValueInterval { level, low, high, method })
            }
            _ => None,
        };
        let value = match (value, undefined) {
            (Some(value), _) => Ok(value),
            (None, Some(reason)) => Err(reason),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { value, ratio: part.zip(whole), interval, note: row.get(first + 8)? }))
    }
}

/// The columns that [`Value::read`] expects, of a table `metric`.
pub(in crate::history) const COLUMNS: &str = "metric.value, metric.undefined, metric.numerator, \
    metric.denominator, metric.low, metric.high, metric.level, metric.method, metric.note";

impl From<Measure> for Value {
    fn from(measure: Measure) -> Self {
        let Measure { value, ratio, interval, note, .. } = measure;
        let interval = interval.map(|it| ValueInterval {
            level: it.level,
            low: it.low,
            high: it.high,
            method: it.method.to_owned(),
        });
        Self { value, ratio, interval, note }
    }
}

/// Writes the metrics of a run.
pub(in crate::history) fn store(
    connection: &Connection,
    run: RunId,
    metrics: &[(String, Measure)],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO metric (name, run, value, undefined, numerator, denominator, low, high, \
         level, method, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (name, measure) in metrics {
        let count = |count: u64| i64::try_from(count).ok();
        let ratio = measure.ratio;
        let interval = measure.interval.as_ref();
        insert.execute(params![
            name,
            run.0,
            measure.value.as_ref().ok(),
            measure.value.as_ref().err(),
            ratio.and_then(|(part, _)| count(part)),
            ratio.and_then(|(_, whole)| count(whole)),
            interval.map(|it| it.low),
            interval.map(|it| it.high),
            interval.map(|it| it.level),
            interval.map(|it| it.method),
            measure.note,
        ])?;
    }
    Ok(())
}

impl History {
    /// The metrics that were stored with a run, by name.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn stored_metrics(&self, run: RunId) -> Result<Vec<(String, Value)>> {
        let failed = self.fails("read the values of a run");
        let select = format!("SELECT metric.name, {COLUMNS} FROM metric WHERE run = ?1");
        let mut statement = self.connection.prepare(&select).map_err(&failed)?;
        let rows = statement
            .query_map([run.0], |row| Ok((row.get(0)?, Value::read(row, 1)?)))
            .map_err(&failed)?;
        let found: Vec<(String, Option<Value>)> =
            rows.collect::<rusqlite::Result<_>>().map_err(&failed)?;
        Ok(found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }
}
