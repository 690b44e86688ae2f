//! Computing everything anew and comparing it with what is stored.

use super::query::show_as_stored;
use super::{Filter, History, Run, RunId, Value};
use crate::error::{Error, Result};
use crate::metric::measures;
use crate::tally;

/// What verifying a history found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// Runs whose tallies were looked at.
    pub runs: usize,
    /// Metric values that were computed anew.
    pub metrics: usize,
    /// Metrics of which nothing is stored: the tool has learned them since.
    pub new_metrics: usize,
    /// Stored metrics that this version of the tool does not compute.
    pub unknown_metrics: usize,
    /// What the database itself complains of.
    pub damage: Vec<String>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Something that is stored and is not what the tallies give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The run.
    pub run: RunId,
    /// "digest", "tallies", "rows", or the name of a metric.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What was computed.
    pub computed: String,
}

impl Verification {
    /// Whether all is as it should be.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.differences.is_empty()
    }
}

impl History {
    /// Checks the file's own structure, then every digest and every metric value
    /// of the runs that `filter` matches against the tallies.
    ///
    /// # Errors
    ///
    /// What reading the file may give, but for what [`Verification`] tells.
    pub fn verify(&self, filter: &Filter) -> Result<Verification> {
        let mut found = Verification { damage: self.damage()?, ..Verification::default() };
        for run in self.runs(filter)? {
            found.runs += 1;
            match self.tallies(&run) {
                Ok(tallies) => self.verify_run(&run, tallies, &mut found)?,
                Err(Error::Format { problem, .. }) => found.differences.push(Difference {
                    run: run.id,
                    what: "tallies".into(),
                    stored: problem,
                    computed: "cannot be read".into(),
                }),
                Err(other) => return Err(other),
            }
            self.verify_outcomes(&run, &mut found)?;
        }
        Ok(found)
    }

    /// The complaints of SQLite about pages, indices and references.
    fn damage(&self) -> Result<Vec<String>> {
        let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let mut damage = self.rows("PRAGMA integrity_check(20)", [], text)?;
        damage.retain(|line| line != "ok");
        // SQLite takes what is missing for zeros, which may or may not be right.
        let page = self.rows("PRAGMA page_size", [], |row| row.get::<_, u32>(0))?;
        let length = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        if page.iter().any(|page| !length.is_multiple_of(u64::from(*page))) {
            damage.push("the file ends within a page; it was cut off".into());
        }
        let references = self.rows("PRAGMA foreign_key_check", [], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of {table} refers to a row of {parent} that is not there"))
        })?;
        damage.extend(references);
        Ok(damage)
    }

    fn verify_run(
        &self,
        run: &Run,
        mut tallies: tally::Tallies,
        found: &mut Verification,
    ) -> Result<()> {
        let mut differs = |what: &str, stored: String, computed: String| {
            if stored != computed {
                let what = what.to_owned();
                found.differences.push(Difference { run: run.id, what, stored, computed });
            }
        };
        if !tally::has_digest(&tallies, &run.digest) {
            differs("digest", run.digest.clone(), tally::digest(&tallies));
        }
        let rows = run.rows;
        let counts = [rows.read, rows.scored, rows.ignored, rows.invalid, run.classes];
        let tally::Rows { read, scored, ignored, invalid, .. } = tallies.rows;
        let computed = [read, scored, ignored, invalid, tallies.class_count() as u64];
        differs("rows", format!("{counts:?}"), format!("{computed:?}"));
        let stored = self.stored_metrics(run.id)?;
        show_as_stored(&mut tallies, &stored);
        let computed = measures(&tallies)?;
        for (name, measure) in &computed {
            match stored.iter().find(|(known, _)| known == name) {
                Some((_, value)) => {
                    found.metrics += 1;
                    differs(name, words(value), words(&Value::from(measure.clone())));
                }
                None => found.new_metrics += 1,
            }
        }
        let unknown = |name: &String| computed.iter().all(|(known, _)| known != name);
        found.unknown_metrics += stored.iter().filter(|(name, _)| unknown(name)).count();
        Ok(())
    }

    /// As many rows are right, and were scored, as the tallies say.
    fn verify_outcomes(&self, run: &Run, found: &mut Verification) -> Result<()> {
        let problem = match self.outcomes(run) {
            Ok(Some(outcomes)) if outcomes.scored.ones() != run.rows.scored => {
                format!("{} rows are marked as scored", outcomes.scored.ones())
            }
            Ok(_) => return Ok(()),
            Err(Error::Format { problem, .. }) => problem,
            Err(other) => return Err(other),
        };
        found.differences.push(Difference {
            run: run.id,
            what: "outcomes".into(),
            stored: problem,
            computed: format!("{} rows were scored", run.rows.scored),
        });
        Ok(())
    }
}

/// A value to the bit, and what follows from the tallies besides; 0 and -0 are
/// one number, which SQLite stores alike.
fn words(value: &Value) -> String {
    let ratio = value.ratio.map_or(String::new(), |(part, whole)| format!(" ({part} / {whole})"));
    match &value.value {
        Ok(number) => format!("{:?}{ratio}", number + 0.0),
        Err(reason) => format!("undefined: {reason}"),
    }
}
