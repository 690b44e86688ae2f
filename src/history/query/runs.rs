//! The runs that a filter matches, and their tallies and values, read back.

use rusqlite::{OptionalExtension, params_from_iter};

use crate::error::{Error, Result};
use crate::history::store::columns;
use crate::history::store::database::History;
use crate::history::store::filter::{Filter, RunName};
use crate::history::store::identity::{Identity, RunId};
use crate::history::store::metric_value::{self, Value};
use crate::history::store::record::Input;
use crate::history::store::run::{self, Run};
use crate::history::store::run_details::RunDetails;
use crate::metric::measures;
use crate::report;
use crate::rule::Quantity;
use crate::tally::{self, Tallies};

const READING: &str = "read the history";

impl History {
    /// The runs that `filter` matches, by night and, within a night, in the order
    /// of recording.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn runs(&self, filter: &Filter) -> Result<Vec<Run>> {
        let (condition, values) = filter.condition();
        let columns = run::COLUMNS;
        let select =
            format!("SELECT {columns} FROM run WHERE {condition} ORDER BY run.night, run.id");
        self.rows(&select, params_from_iter(values), Run::read)
    }

    /// One run.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is none of that number.
    pub fn run(&self, id: RunId) -> Result<Run> {
        let select = format!("SELECT {} FROM run WHERE id = ?1", run::COLUMNS);
        let run = self.connection.query_row(&select, [id.0], Run::read).optional();
        run.map_err(self.fails(READING))?.ok_or_else(|| {
            Error::Usage(format!(
                "{}: there is no run {id}; `tallyho history list` shows all",
                self.path.display()
            ))
        })
    }

    /// The run that a user names; `latest` is that of `filter`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is none.
    pub fn find(&self, name: RunName, filter: &Filter) -> Result<Run> {
        match name {
            RunName::Id(id) => self.run(id),
            RunName::Latest(back) => {
                let mut runs = self.runs(filter)?;
                let Some(at) = runs.len().checked_sub(back as usize + 1) else {
                    return match runs.len() {
                        0 => Err(self.no_match(filter)?),
                        found => Err(Error::Usage(format!(
                            "{}: there is no latest~{back}: only {found} such runs are there",
                            self.path.display()
                        ))),
                    };
                };
                Ok(runs.swap_remove(at))
            }
        }
    }

    /// The run of a night that was recorded last, if there is one.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn of_night(&self, identity: &Identity, night: jiff::civil::Date) -> Result<Option<Run>> {
        let select = format!(
            "SELECT {} FROM run WHERE job = ?1 AND dataset = ?2 AND model = ?3 AND split = ?4 \
             AND night = ?5 ORDER BY id DESC LIMIT 1",
            run::COLUMNS
        );
        let Identity { job, dataset, model, split } = identity;
        let values = [job, dataset, model, split, &night.to_string()];
        let run = self.connection.query_row(&select, values, Run::read).optional();
        run.map_err(self.fails(READING))
    }

    /// The run of a night that did what has that `request_hash` on files of these
    /// fingerprints, if it is the last one of its night.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn done(
        &self,
        identity: &Identity,
        night: jiff::civil::Date,
        request_hash: &str,
        fingerprints: &[Option<String>],
    ) -> Result<Option<Run>> {
        let _moment = self.snapshot()?;
        let Some(run) = self.of_night(identity, night)? else { return Ok(None) };
        let select = "SELECT asked FROM run WHERE id = ?1";
        let known: Option<String> = self
            .connection
            .query_row(select, [run.id.0], |row| row.get(0))
            .map_err(self.fails(READING))?;
        let inputs = self.inputs(run.id)?;
        let same = known.as_deref() == Some(request_hash)
            && fingerprints.iter().all(Option::is_some)
            && inputs.iter().map(|input| &input.fingerprint).eq(fingerprints);
        Ok(same.then_some(run))
    }

    /// The tallies of a run.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] if they are damaged.
    pub fn tallies(&self, run: &Run) -> Result<Tallies> {
        self.tallies_of(run.tallies)
    }

    /// The tallies in a blob.
    pub(in crate::history) fn tallies_of(&self, blob: i64) -> Result<Tallies> {
        self.go_on()?;
        tally::decode(&self.path, &self.blob(blob)?)
    }

    /// The files that a run read.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn inputs(&self, run: RunId) -> Result<Vec<Input>> {
        let select = "SELECT role, path, format, dtype, rows, bytes, fingerprint FROM input \
                      WHERE run = ?1 ORDER BY place";
        self.rows(select, [run.0], |row| {
            let input = report::Input {
                role: row.get(0)?,
                path: row.get(1)?,
                format: row.get(2)?,
                dtype: row.get(3)?,
                rows: columns::count(row, 4)?,
                bytes: columns::count(row, 5)?,
                checksums: None,
            };
            Ok(Input { input, fingerprint: row.get(6)? })
        })
    }

    /// All that is known of a run.
    ///
    /// # Errors
    ///
    /// As [`History::tallies`].
    pub fn details(&self, run: Run) -> Result<RunDetails> {
        let _moment = self.snapshot()?;
        let stored = self.stored_metrics(run.id)?;
        let mut tallies = self.tallies(&run)?;
        show_as_stored(&mut tallies, &stored);
        let computed = measures(&tallies)?;
        let old = |name: &str| stored.iter().find(|(known, _)| known == name);
        let mut metrics: Vec<(String, Value)> = computed
            .into_iter()
            .map(|(name, measure)| {
                let value = old(&name).map_or_else(|| measure.into(), |(_, value)| value.clone());
                (name, value)
            })
            .collect();
        let gone: Vec<_> =
            stored.iter().filter(|(name, _)| metrics.iter().all(|it| it.0 != *name)).collect();
        metrics.extend(gone.into_iter().cloned());
        let because = "SELECT accepted_because FROM run WHERE id = ?1";
        let because = self.connection.query_row(because, [run.id.0], |row| row.get(0));
        Ok(RunDetails {
            accepted_because: because.map_err(self.fails(READING))?,
            inputs: self.inputs(run.id)?,
            metrics,
            verdicts: self.verdicts(run.id)?,
            notices: self.notices_of(&run)?,
            tallies,
            run,
        })
    }

    /// Runs and their values of one quantity, ordered as [`History::runs`]. A
    /// value that was not stored is computed from the run's tallies.
    ///
    /// # Errors
    ///
    /// As [`History::tallies`].
    pub fn values(&self, filter: &Filter, quantity: &Quantity) -> Result<Vec<(Run, Value)>> {
        let _moment = self.snapshot()?;
        let (condition, values) = filter.condition();
        let Some(name) = quantity.stored() else {
            let runs = self.runs(filter)?.into_iter();
            return runs.map(|run| Ok((self.value(&run, quantity)?, run))).map(flip).collect();
        };
        let select = format!(
            "SELECT {}, {} FROM run LEFT JOIN metric ON metric.run = run.id AND metric.name = ? \
             WHERE {condition} ORDER BY run.night, run.id",
            run::COLUMNS,
            metric_value::COLUMNS
        );
        let values = std::iter::once(name.into()).chain(values);
        let rows = self.rows(&select, params_from_iter(values), |row| {
            Ok((Run::read(row)?, Value::read(row, run::WIDTH)?))
        })?;
        rows.into_iter()
            .map(|(run, value)| match value {
                Some(value) => Ok((run, value)),
                None => flip(Ok((self.value(&run, quantity)?, run))),
            })
            .collect()
    }

    /// A value that is not stored.
    fn value(&self, run: &Run, quantity: &Quantity) -> Result<Value> {
        match quantity.of_run(run) {
            Some(value) => Ok(value),
            None => quantity.of_tallies(&self.tallies(run)?),
        }
    }
}

/// The run moves last, after it was looked at.
fn flip(found: Result<(Value, Run)>) -> Result<(Run, Value)> {
    found.map(|(value, run)| (run, value))
}

/// Has the weighted kappas computed where they were recorded: whether classes have an
/// order is told when a report is made, and a run does not keep it.
pub(in crate::history) fn show_as_stored(tallies: &mut Tallies, stored: &[(String, Value)]) {
    tallies.spec.ordinal = stored.iter().any(|(name, _)| name.starts_with("cohen_kappa_"));
    tallies.settle_slices();
}
