//! The runs before a night, as rules compare with them.

use std::cell::RefCell;
use std::sync::Arc;

use crate::history::store::columns;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};

use super::window;
use crate::engine::RowCorrectness;
use crate::error::Result;
use crate::history::store::database::History;
use crate::history::store::identity::{Identity, RunId};
use crate::history::store::run::Run;
use crate::metric::Summary;
use crate::rule::{Earlier, JobFigures, Quantity, RunHistory, Value};
use crate::stat::Agreement;
use crate::tally::Tallies;

/// The runs of one series before a night.
#[derive(Debug)]
pub struct PriorRuns<'a> {
    history: &'a History,
    identity: &'a Identity,
    night: Date,
    /// Which of tonight's rows are right.
    correctness: Option<&'a RowCorrectness>,
    /// What was read last: several rules compare with the same run.
    read: RefCell<Option<(i64, Arc<Tallies>)>>,
}

const READING: &str = "read the runs before this one";

impl History {
    /// What a run of `identity` and `night` may be compared with. `correctness` are
    /// those of the run itself, for paired tests.
    pub fn past<'a>(
        &'a self,
        identity: &'a Identity,
        night: Date,
        correctness: Option<&'a RowCorrectness>,
    ) -> PriorRuns<'a> {
        PriorRuns { history: self, identity, night, correctness, read: RefCell::new(None) }
    }

    /// Of each night before `night` the run recorded last, unless it broke `rule`,
    /// or had nothing to be judged by, and was not accepted: up to `last` of them, newest first, with the stored
    /// value of `quantity`. No more of the file is read than that takes.
    pub(in crate::history) fn comparable(
        &self,
        identity: &Identity,
        rule: &str,
        night: Date,
        quantity: Option<&Quantity>,
        last: usize,
    ) -> Result<Vec<PriorRun>> {
        // The table itself is read for figures alone: all else is in indices.
        let with_figures = matches!(quantity, Some(Quantity::Job(_)));
        let figures = if with_figures { FIGURES } else { "" };
        let select = format!(
            "SELECT run.id, run.night, \
             coalesce(verdict.verdict IN ('broken', 'undefined', 'too few rows') \
             AND verdict.accepted IS NULL, 0), \
             metric.value, metric.undefined, verdict.value {figures} FROM run \
             LEFT JOIN metric ON metric.name = ?7 AND metric.run = run.id \
             LEFT JOIN verdict ON verdict.run = run.id AND verdict.rule = ?6 \
             WHERE job = ?1 AND dataset = ?2 AND model = ?3 AND split = ?4 AND night < ?5 \
             AND run.id NOT IN (SELECT id FROM run WHERE judged = 0) \
             ORDER BY night DESC, id DESC"
        );
        let failed = self.fails(READING);
        let mut statement = self.connection.prepare(&select).map_err(&failed)?;
        let Identity { job, dataset, model, split } = identity;
        let (night, metric) = (night.to_string(), quantity.and_then(Quantity::stored));
        let values = params![job, dataset, model, split, night, rule, metric];
        let mut rows = statement.query(values).map_err(&failed)?;
        let (mut found, mut seen) = (Vec::new(), String::new());
        while found.len() < last
            && let Some(row) = rows.next().map_err(&failed)?
        {
            let of: String = row.get(1).map_err(&failed)?;
            // The first of equal nights is the one recorded last.
            if of != seen && !row.get::<_, bool>(2).map_err(&failed)? {
                found.push(PriorRun::read(row, with_figures).map_err(&failed)?);
            }
            seen = of;
        }
        Ok(found)
    }
}

/// The columns of [`figures`].
const FIGURES: &str = ", rows_read, rows_scored, rows_ignored, rows_invalid, seconds, \
    rows_per_second, bytes_per_second, peak_memory_bytes";

/// A run that a rule may be compared with.
pub(in crate::history) struct PriorRun {
    pub(in crate::history) run: RunId,
    night: String,
    /// The metric as it was stored with the run.
    stored: Option<Value>,
    /// What was judged by the same rule.
    judged: Option<f64>,
    /// What it took, if that was asked for.
    figures: Option<JobFigures>,
}

impl PriorRun {
    fn read(row: &Row<'_>, with_figures: bool) -> rusqlite::Result<Self> {
        let (value, undefined): (Option<f64>, Option<String>) = (row.get(3)?, row.get(4)?);
        Ok(Self {
            run: RunId(row.get(0)?),
            night: row.get(1)?,
            stored: value.map(Ok).or(undefined.map(Err)),
            judged: row.get(5)?,
            figures: if with_figures { Some(figures(row, 6)?) } else { None },
        })
    }

    fn earlier(self) -> Earlier {
        Earlier { run: self.run.0, night: self.night, of: None }
    }
}

fn figures(row: &Row<'_>, first: usize) -> rusqlite::Result<JobFigures> {
    let peak: Option<i64> = row.get(first + 7)?;
    Ok(JobFigures {
        rows: columns::count(row, first)?,
        rows_scored: columns::count(row, first + 1)?,
        rows_ignored: columns::count(row, first + 2)?,
        rows_invalid: columns::count(row, first + 3)?,
        seconds: row.get(first + 4)?,
        rows_per_second: row.get(first + 5)?,
        bytes_per_second: row.get(first + 6)?,
        peak_memory_bytes: peak.and_then(|it| it.try_into().ok()),
    })
}

impl PriorRuns<'_> {
    /// The value of a run that was not stored.
    fn computed(&self, run: i64, quantity: &Quantity) -> Result<Value> {
        let tallies = self.tallies(run)?;
        let summary = Summary::new(&tallies);
        summary.check()?;
        Ok(quantity.value(&summary))
    }

    fn detail(&self, number: i64) -> Result<Run> {
        self.history.run(RunId(number))
    }
}

impl RunHistory for PriorRuns<'_> {
    fn runs(&self, rule: &str, last: usize) -> Result<Vec<Earlier>> {
        let nights = self.history.comparable(self.identity, rule, self.night, None, last)?;
        Ok(nights.into_iter().map(PriorRun::earlier).collect())
    }

    fn values(
        &self,
        rule: &str,
        quantity: &Quantity,
        last: usize,
    ) -> Result<Vec<(Earlier, Value)>> {
        let nights =
            self.history.comparable(self.identity, rule, self.night, Some(quantity), last)?;
        let value = |night: &PriorRun| match (quantity, &night.figures, &night.stored, night.judged)
        {
            (Quantity::Job(figure), Some(figures), ..) => Ok(figure.of(figures)),
            (_, _, Some(stored), _) => Ok(stored.clone()),
            (_, _, None, Some(judged)) => Ok(Ok(judged)),
            (_, _, None, None) => self.computed(night.run.0, quantity),
        };
        nights.into_iter().map(|night| Ok((value(&night)?, night.earlier()))).map(swap).collect()
    }

    fn run(&self, number: i64) -> Result<Option<Earlier>> {
        let select = "SELECT job, dataset, model, split, night FROM run WHERE id = ?1";
        let found = self.history.connection.query_row(select, [number], |row| {
            let identity = Identity {
                job: row.get(0)?,
                dataset: row.get(1)?,
                model: row.get(2)?,
                split: row.get(3)?,
            };
            Ok((identity, row.get(4)?))
        });
        let found = found.optional().map_err(self.history.fails(READING))?;
        Ok(found.map(|(identity, night)| {
            let of = (identity != *self.identity).then(|| identity.subject());
            Earlier { run: number, night, of }
        }))
    }

    fn value(&self, run: i64, quantity: &Quantity) -> Result<Value> {
        match quantity {
            Quantity::Job(figure) => Ok(figure.of(&(&self.detail(run)?).into())),
            _ => self.computed(run, quantity),
        }
    }

    fn tallies(&self, run: i64) -> Result<Arc<Tallies>> {
        if let Some((known, tallies)) = &*self.read.borrow()
            && *known == run
        {
            return Ok(Arc::clone(tallies));
        }
        let select = "SELECT tallies FROM run WHERE id = ?1";
        let blob = self.history.connection.query_row(select, [run], |row| row.get(0));
        let blob = blob.map_err(self.history.fails(READING))?;
        let tallies = Arc::new(self.history.tallies_of(blob)?);
        *self.read.borrow_mut() = Some((run, Arc::clone(&tallies)));
        Ok(tallies)
    }

    fn together(&self, runs: &[i64]) -> Result<std::result::Result<Tallies, String>> {
        let tallies = runs.iter().map(|run| self.tallies(*run).map(Arc::unwrap_or_clone));
        let tallies: Vec<Tallies> = tallies.collect::<Result<_>>()?;
        let numbers: Vec<RunId> = runs.iter().copied().map(RunId).collect();
        Ok(match tallies.is_empty() {
            true => Err("there are no runs to add up".to_owned()),
            false => window::sum(&tallies, &numbers),
        })
    }

    fn agreement(&self, run: i64) -> Result<Option<Agreement>> {
        let Some(tonight) = self.correctness else { return Ok(None) };
        let earlier = self.detail(run)?;
        if earlier.labels != Some(tonight.labels) {
            return Ok(None);
        }
        let earlier = self.history.correctness(&earlier)?;
        Ok(earlier.and_then(|earlier| earlier.agreement(tonight)).map(Into::into))
    }
}

/// The run moves last, after it was looked at.
fn swap(found: Result<(Value, Earlier)>) -> Result<(Earlier, Value)> {
    found.map(|(value, earlier)| (earlier, value))
}
