//! The baselines of a night: the runs that it may be compared with.

use jiff::civil::Date;
use rusqlite::params;

use crate::error::Result;
use crate::history::store::columns;
use crate::history::store::database::History;
use crate::history::store::identity::{Identity, RunId};
use crate::history::store::run::Run;
use crate::history::store::verdict::Verdict;

/// What became of a rule in one run of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The run.
    pub run: RunId,
    /// Its night.
    pub night: Date,
    /// The verdict.
    pub verdict: Verdict,
}

impl History {
    /// The runs that a night may be compared with by `rule`, oldest first: of
    /// every earlier night the last run, unless it broke the rule and was not
    /// accepted, so that a lasting fault does not become the new normal.
    ///
    /// `previous` is the last of them; means and windows are over the last N.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn baselines(&self, identity: &Identity, rule: &str, night: Date) -> Result<Vec<Run>> {
        let _moment = self.snapshot()?;
        let nights = self.comparable(identity, rule, night, None, usize::MAX)?;
        nights.into_iter().rev().map(|night| self.run(night.run)).collect()
    }

    /// What became of `rule` in the runs of a series, oldest first.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn judged(&self, identity: &Identity, rule: &str) -> Result<Vec<Judged>> {
        let select = "SELECT rule, verdict, value, baseline, reason, verdict.accepted, run.id, \
                      run.night FROM run JOIN verdict ON verdict.run = run.id AND rule = ?5 \
                      WHERE job = ?1 AND dataset = ?2 AND model = ?3 AND split = ?4 \
                      ORDER BY run.night, run.id";
        let Identity { job, dataset, model, split } = identity;
        self.rows(select, params![job, dataset, model, split, rule], |row| {
            let verdict = Verdict::read(row)?;
            Ok(Judged { run: RunId(row.get(6)?), night: columns::parsed(row, 7)?, verdict })
        })
    }
}
