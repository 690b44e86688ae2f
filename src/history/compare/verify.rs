//! The verification of a history: everything computed anew and compared with what is stored.

use super::verification::{Difference, Verification};
use crate::error::{Error, Result};
use crate::history::query::runs::show_as_stored;
use crate::history::store::database::History;
use crate::history::store::filter::Filter;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::metric::measures;
use crate::tally;

impl History {
    /// Checks the file's own structure, and every row of every table against the
    /// checksum that was written with it; then every digest and every metric value of
    /// the runs that `filter` matches against the tallies.
    ///
    /// # Errors
    ///
    /// What reading the file may give, but for what [`Verification`] tells.
    pub fn verify(&self, filter: &Filter) -> Result<Verification> {
        let _moment = self.snapshot()?;
        let mut found = Verification { damage: self.damage()?, ..Verification::default() };
        self.verify_rows(&mut found)?;
        match self.verify_runs(filter, &mut found) {
            Err(error @ (Error::Format { .. } | Error::History { .. })) if !found.is_sound() => {
                found.damage.push(error.to_string());
                Ok(found)
            }
            result => result.map(|()| found),
        }
    }

    fn verify_runs(&self, filter: &Filter, found: &mut Verification) -> Result<()> {
        for run in self.runs(filter)? {
            self.go_on()?;
            found.runs += 1;
            match self.tallies(&run) {
                Ok(tallies) => self.verify_run(&run, tallies, found)?,
                Err(other) => found.differences.push(Difference {
                    run: run.id,
                    what: "tallies".into(),
                    stored: unreadable(other)?,
                    computed: "cannot be read".into(),
                }),
            }
            self.verify_outcomes(&run, found)?;
        }
        Ok(())
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
        // Values are compared, and intervals are not.
        tallies.spec.replicates = Some(0);
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
        let problem = match self.correctness(run) {
            Ok(Some(correctness)) if correctness.scored.ones() != run.rows.scored => {
                format!("{} rows are marked as scored", correctness.scored.ones())
            }
            Ok(_) => return Ok(()),
            Err(other) => unreadable(other)?,
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

/// Why something that is stored cannot be read, where the rest can be looked at.
fn unreadable(error: Error) -> Result<String> {
    match error {
        Error::Format { problem, .. } => Ok(problem),
        Error::Memory { .. } => Ok(error.to_string()),
        other => Err(other),
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
