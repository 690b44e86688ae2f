//! The pruning of old runs.

use std::collections::HashMap;

use jiff::civil::Date;
use rusqlite::Connection;

use super::checksum;
use super::database::History;
use super::filter::Filter;
use super::identity::Identity;
use super::run::Run;
use crate::error::{Error, Result};

/// Which runs may go. Both conditions must hold where both are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruning {
    /// Runs of nights before this one.
    pub before: Option<Date>,
    /// Runs beyond the last so many of their series.
    pub keep_last: Option<usize>,
    /// Also runs that were accepted as baselines.
    pub accepted: bool,
}

/// What went, or would go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pruned {
    /// The runs.
    pub runs: Vec<Run>,
    /// Runs that stay because they were accepted as baselines.
    pub kept: Vec<Run>,
}

const PRUNING: &str = "prune the history";

impl History {
    /// Deletes runs that `filter` and `pruning` match, or says which it would.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if `pruning` has no condition; [`Error::History`] if the
    /// file cannot be written.
    pub fn prune(&self, filter: &Filter, pruning: Pruning, dry: bool) -> Result<Pruned> {
        if pruning.before.is_none() && pruning.keep_last.is_none() {
            return Err(Error::Usage(
                "say what may go: --older-than 365d, --keep-last 30, or both".into(),
            ));
        }
        if dry {
            return Ok(pruned(self.runs(filter)?, pruning));
        }
        let failed = self.fails(PRUNING);
        let transaction = self.begin(PRUNING)?;
        let found = pruned(self.runs(filter)?, pruning);
        for run in &found.runs {
            self.go_on()?;
            let delete = "DELETE FROM run WHERE id = ?1";
            transaction.execute(delete, [run.id.0]).map_err(&failed)?;
            for covered in &checksum::OF_RUN {
                checksum::renew(&transaction, covered, run.id.0).map_err(&failed)?;
            }
        }
        drop_unused_blobs(&transaction).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
        match self.connection.execute_batch("PRAGMA incremental_vacuum").map_err(&failed) {
            // The runs are gone all the same.
            Err(Error::Interrupted) => Ok(found),
            result => result.map(|()| found),
        }
    }
}

/// `runs`, which are ordered by night, by what becomes of them.
fn pruned(runs: Vec<Run>, pruning: Pruning) -> Pruned {
    let mut later: HashMap<Identity, usize> = HashMap::new();
    let mut found = Pruned::default();
    for run in runs.into_iter().rev() {
        let seen = later.entry(run.identity.clone()).or_default();
        let beyond = pruning.keep_last.is_none_or(|keep| *seen >= keep);
        *seen += 1;
        if !beyond || pruning.before.is_some_and(|night| run.night >= night) {
            continue;
        }
        match run.accepted {
            Some(_) if !pruning.accepted => found.kept.push(run),
            _ => found.runs.push(run),
        }
    }
    found.runs.reverse();
    found.kept.reverse();
    found
}

fn drop_unused_blobs(connection: &Connection) -> rusqlite::Result<()> {
    let mut delete = connection.prepare(
        "DELETE FROM blob WHERE NOT EXISTS (SELECT 1 FROM run WHERE tallies = blob.id) \
         AND NOT EXISTS (SELECT 1 FROM run WHERE scored = blob.id) \
         AND NOT EXISTS (SELECT 1 FROM run WHERE hits = blob.id) RETURNING id",
    )?;
    let gone: Vec<i64> = delete.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    gone.into_iter().try_for_each(|id| checksum::renew(connection, &checksum::BLOB, id))
}
