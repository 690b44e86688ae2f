//! The evaluations that failed, and the log of what was told to whom.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};

use super::database::History;
use super::filter::Filter;
use super::identity::{Identity, RunId};
use super::run::Run;
use super::{checksum, columns};
use crate::error::Result;

/// An evaluation that failed, so that its night has no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was to be evaluated.
    pub identity: Identity,
    /// The date that the run would have stood for.
    pub night: Date,
    /// When it failed.
    pub time: Timestamp,
    /// The message.
    pub reason: String,
}

/// One message to one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub identity: Identity,
    /// The rule, in its canonical spelling; empty if it is about none.
    pub rule: String,
    /// The night that it is about.
    pub night: Date,
    /// When it was sent, or given up.
    pub time: Timestamp,
    /// "broken", "recovered", "reminder", …
    pub kind: String,
    /// The name of the channel; never its secrets.
    pub channel: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it arrived.
    pub delivered: bool,
    /// What the other side said, or the error.
    pub answer: String,
    /// The run that it is about.
    pub run: Option<RunId>,
    /// The run that it was compared with.
    pub baseline: Option<RunId>,
}

const NOTING: &str = "write to the history";
const READING: &str = "read the history";

impl History {
    /// Notes that an evaluation failed.
    ///
    /// # Errors
    ///
    /// [`Error::History`](crate::error::Error::History) if the file cannot be written.
    pub fn record_failure(&self, failure: &Failure) -> Result<()> {
        let Identity { job, dataset, model, split } = &failure.identity;
        let (night, time) = (failure.night.to_string(), failure.time.to_string());
        let insert = "INSERT INTO failure (job, dataset, model, split, night, time, reason) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let values = params![job, dataset, model, split, night, time, failure.reason];
        self.note(|connection| {
            connection.execute(insert, values)?;
            checksum::renew(connection, &checksum::FAILURE, connection.last_insert_rowid())
        })
    }

    /// The evaluations that failed, oldest first.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn failures(&self, filter: &Filter) -> Result<Vec<Failure>> {
        let (condition, values) = filter.condition();
        let select = format!(
            "SELECT job, dataset, model, split, night, time, reason FROM failure AS run \
             WHERE {condition} ORDER BY night, id"
        );
        let read = |row: &Row<'_>| {
            Ok(Failure {
                identity: identity(row)?,
                night: columns::parsed(row, 4)?,
                time: columns::parsed(row, 5)?,
                reason: row.get(6)?,
            })
        };
        self.rows(&select, rusqlite::params_from_iter(values), read)
    }

    /// Notes what was told to whom.
    ///
    /// # Errors
    ///
    /// [`Error::History`](crate::error::Error::History) if the file cannot be written.
    pub fn record_notice(&self, notice: &Notice) -> Result<()> {
        self.record_notices(std::slice::from_ref(notice))
    }

    /// Notes what was told to whom: all of it, or nothing if it fails.
    ///
    /// # Errors
    ///
    /// [`Error::History`](crate::error::Error::History) if the file cannot be written.
    pub fn record_notices(&self, notices: &[Notice]) -> Result<()> {
        if notices.is_empty() {
            return Ok(());
        }
        self.note(|connection| notices.iter().try_for_each(|notice| insert(connection, notice)))
    }

    /// Writes rows that get numbers, in one transaction.
    fn note(&self, write: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<()> {
        let failed = self.fails(NOTING);
        let transaction = self.begin(NOTING)?;
        checksum::numbering(&transaction, write).map_err(&failed)?;
        transaction.commit().map_err(&failed)
    }

    /// What was told to whom, oldest first.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn notices(&self, filter: &Filter) -> Result<Vec<Notice>> {
        let (condition, values) = filter.condition();
        let select =
            format!("SELECT {COLUMNS} FROM notice AS run WHERE {condition} ORDER BY run.id");
        self.rows(&select, rusqlite::params_from_iter(values), Notice::read)
    }

    /// What was told to whom about a run, oldest first.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn notices_of(&self, run: &Run) -> Result<Vec<Notice>> {
        // By the series first, which has an index.
        let select = format!(
            "SELECT {COLUMNS} FROM notice AS run WHERE job = ?1 AND dataset = ?2 AND model = ?3 \
             AND split = ?4 AND run.run = ?5 ORDER BY id"
        );
        let Identity { job, dataset, model, split } = &run.identity;
        self.rows(&select, params![job, dataset, model, split, run.id.0], Notice::read)
    }

    /// All rows of a query.
    pub(in crate::history) fn rows<T>(
        &self,
        select: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let failed = self.fails(READING);
        let mut statement = self.connection.prepare(select).map_err(&failed)?;
        let rows = statement.query_map(values, read).map_err(&failed)?;
        rows.collect::<rusqlite::Result<_>>().map_err(&failed)
    }
}

/// The columns that [`Notice::read`] expects, of a table `run`.
const COLUMNS: &str = "job, dataset, model, split, rule, night, time, kind, channel, attempts, \
                       delivered, answer, run.run, baseline";

impl Notice {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            identity: identity(row)?,
            rule: row.get(4)?,
            night: columns::parsed(row, 5)?,
            time: columns::parsed(row, 6)?,
            kind: row.get(7)?,
            channel: row.get(8)?,
            attempts: row.get(9)?,
            delivered: row.get(10)?,
            answer: row.get(11)?,
            run: row.get::<_, Option<i64>>(12)?.map(RunId),
            baseline: row.get::<_, Option<i64>>(13)?.map(RunId),
        })
    }
}

fn insert(connection: &Connection, notice: &Notice) -> rusqlite::Result<()> {
    let Identity { job, dataset, model, split } = &notice.identity;
    let (night, time) = (notice.night.to_string(), notice.time.to_string());
    let values = params![
        job,
        dataset,
        model,
        split,
        notice.rule,
        night,
        time,
        notice.kind,
        notice.channel,
        notice.attempts,
        notice.delivered,
        notice.answer,
        notice.run.map(|it| it.0),
        notice.baseline.map(|it| it.0),
    ];
    let mut insert = connection.prepare(
        "INSERT INTO notice (job, dataset, model, split, rule, night, time, kind, channel, \
         attempts, delivered, answer, run, baseline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
         ?10, ?11, ?12, ?13, ?14)",
    )?;
    insert.execute(values)?;
    checksum::renew(connection, &checksum::NOTICE, connection.last_insert_rowid())
}

/// From the first four columns.
fn identity(row: &Row<'_>) -> rusqlite::Result<Identity> {
    Ok(Identity { job: row.get(0)?, dataset: row.get(1)?, model: row.get(2)?, split: row.get(3)? })
}
