//! The integrity of the file itself: its pages, its tables, its log, and every row against the
//! checksum that was written with it.

use super::verification::{ChangedRow, Verification};
use crate::error::Result;
use crate::history::store::checksum::{self, Covered, LENGTH, Reader, Stored};
use crate::history::store::database::History;
use crate::history::store::identity::RunId;
use crate::history::store::{schema, write_ahead_log};

const VERIFYING: &str = "verify the history";

impl History {
    /// The complaints of SQLite about pages, indices and references; tables that are
    /// not as they were made; a log that cannot be read to its end.
    pub(in crate::history) fn damage(&self) -> Result<Vec<String>> {
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
        damage.extend(self.redefined()?);
        damage.extend(write_ahead_log::damage(&self.path)?);
        Ok(damage)
    }

    /// Tables and indices that are not as this program makes them. What others have
    /// added is theirs.
    fn redefined(&self) -> Result<Vec<String>> {
        let failed = self.fails(VERIFYING);
        let found = schema::definitions(&self.connection).map_err(&failed)?;
        let expected = schema::expected().map_err(&failed)?;
        let missing = expected.into_iter().filter(|it| !found.contains(it));
        Ok(missing
            .map(|(kind, name, ..)| format!("the {kind} {name} is not as it was made"))
            .collect())
    }

    /// Every row of every table against its checksum.
    pub(in crate::history) fn verify_rows(&self, found: &mut Verification) -> Result<()> {
        let failed = self.fails(VERIFYING);
        for covered in &checksum::ALL {
            let mut stored =
                checksum::all_stored(&self.connection, covered.table).map_err(&failed)?;
            for owner in checksum::uncovered(&self.connection, covered).map_err(&failed)? {
                stored.insert(owner, Stored { is_late: false, sums: Vec::new() });
            }
            let mut reader = Reader::new(&self.connection, covered).map_err(&failed)?;
            for (owner, stored) in stored {
                self.go_on()?;
                let late = stored.is_late && covered.table == checksum::RUN.table;
                found.late_runs += usize::from(late);
                verify_owner(&mut reader, covered, owner, &stored, found).map_err(&failed)?;
            }
        }
        if !checksum::sum_holds(&self.connection).map_err(&failed)? {
            let lost = "the checksums do not add up: some were changed, lost or put back together \
                        with their rows";
            found.damage.push(lost.into());
        }
        Ok(())
    }

    /// Refuses a run whose own row or verdicts are not those that were written: to
    /// write more to it would hide that.
    pub(in crate::history) fn is_as_written(&self, run: RunId) -> Result<()> {
        for covered in [&checksum::RUN, &checksum::VERDICT] {
            let holds = checksum::holds(&self.connection, covered, run.0);
            if !holds.map_err(self.fails("read the history"))? {
                return Err(self.damaged(format!("run {run} is not what was recorded")));
            }
        }
        Ok(())
    }
}

/// The rows of one owner.
fn verify_owner(
    reader: &mut Reader<'_>,
    covered: &Covered,
    owner: i64,
    stored: &Stored,
    found: &mut Verification,
) -> rusqlite::Result<()> {
    let sums = reader.sums(owner)?;
    let rows = sums.len() / LENGTH;
    found.rows += rows;
    if sums == stored.sums {
        return Ok(());
    }
    let is_of_run = checksum::OF_RUN.iter().any(|of_run| of_run.table == covered.table);
    let run = is_of_run.then_some(RunId(owner));
    let number = (!is_of_run && covered.key.is_none()).then(|| owner.to_string());
    let mut changed = |row: Option<String>, problem: String| {
        found.changed.push(ChangedRow { run, table: covered.table, row, problem });
    };
    let written = stored.sums.len() / LENGTH;
    if rows != written {
        changed(number, format!("{rows} rows are there, {written} were written"));
        return Ok(());
    }
    for place in 0..rows {
        let range = place * LENGTH..(place + 1) * LENGTH;
        if sums[range.clone()] != stored.sums[range] {
            let row = reader.key(owner, place)?.or_else(|| number.clone());
            changed(row, "is not the row that was written".into());
        }
    }
    // Checksums that end within one.
    if !stored.sums.len().is_multiple_of(LENGTH) {
        changed(number, "its checksum was changed".into());
    }
    Ok(())
}
