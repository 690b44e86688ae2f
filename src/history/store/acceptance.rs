//! The acceptance of a run as a baseline in spite of its verdicts.

use jiff::Timestamp;
use rusqlite::params;

use super::checksum;
use super::database::History;
use super::identity::RunId;
use crate::error::{Error, Result};

/// What accepting a run changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The run.
    pub run: RunId,
    /// Rules that did not hold and are accepted now.
    pub rules: Vec<String>,
    /// Whether the run had been accepted before.
    pub again: bool,
}

const ACCEPTING: &str = "accept the run";

impl History {
    /// Lets a run count as a baseline although rules were broken: all of them,
    /// or the one given.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is no such run, or if it was not judged by such
    /// a rule.
    pub fn accept(
        &self,
        run: RunId,
        rule: Option<&str>,
        because: Option<&str>,
        time: Timestamp,
    ) -> Result<Acceptance> {
        let failed = self.fails(ACCEPTING);
        let transaction = self.begin(ACCEPTING)?;
        let again = self.run(run)?.accepted.is_some();
        let verdicts = self.verdicts(run)?;
        if let Some(rule) = rule
            && !verdicts.iter().any(|verdict| verdict.rule == rule)
        {
            let rules: Vec<&str> = verdicts.iter().map(|verdict| verdict.rule.as_str()).collect();
            let rules = if rules.is_empty() { "none".to_owned() } else { rules.join(" · ") };
            return Err(Error::Usage(format!(
                "run {run} was not judged by the rule '{rule}'; its rules: {rules}"
            )));
        }
        self.is_as_written(run)?;
        let accepted: Vec<String> = verdicts
            .into_iter()
            .filter(|it| !it.holds() && rule.is_none_or(|rule| it.rule == rule))
            .map(|it| it.rule)
            .collect();
        let time = time.to_string();
        for rule in &accepted {
            let update = "UPDATE verdict SET accepted = ?1 WHERE run = ?2 AND rule = ?3";
            transaction.execute(update, params![time, run.0, rule]).map_err(&failed)?;
        }
        let update = "UPDATE run SET accepted = ?1, accepted_because = coalesce(?2, \
                      accepted_because) WHERE id = ?3";
        transaction.execute(update, params![time, because, run.0]).map_err(&failed)?;
        checksum::renew(&transaction, &checksum::RUN, run.0).map_err(&failed)?;
        checksum::renew(&transaction, &checksum::VERDICT, run.0).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
        Ok(Acceptance { run, rules: accepted, again })
    }
}
