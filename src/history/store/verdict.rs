//! The verdicts of a run on its rules.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::database::History;
use super::identity::RunId;
use super::{checksum, columns};
use crate::error::Result;
use crate::rule::Judgement;

/// What became of a rule in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The rule in its canonical spelling.
    pub rule: String,
    /// "holds", "broken", "undefined", "undecided", …
    pub verdict: String,
    /// What was compared; `None` if it is undefined.
    pub value: Option<f64>,
    /// The run that it was compared with, which may be gone by now.
    pub baseline: Option<RunId>,
    /// The verdict in a sentence, with the numbers.
    pub reason: String,
    /// When the run was accepted in spite of it.
    pub accepted: Option<Timestamp>,
}

impl Verdict {
    /// Whether the rule holds.
    pub fn holds(&self) -> bool {
        self.verdict == "holds"
    }

    /// From the columns rule, verdict, value, baseline, reason, accepted.
    pub(in crate::history) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            rule: row.get(0)?,
            verdict: row.get(1)?,
            value: row.get(2)?,
            baseline: row.get::<_, Option<i64>>(3)?.map(RunId),
            reason: row.get(4)?,
            accepted: columns::optional(row, 5)?,
        })
    }
}

impl From<&Judgement> for Verdict {
    fn from(judgement: &Judgement) -> Self {
        Self {
            rule: judgement.rule.clone(),
            verdict: judgement.verdict.name().to_owned(),
            value: judgement.value,
            baseline: judgement.baseline.map(RunId),
            reason: judgement.reason.clone(),
            accepted: None,
        }
    }
}

/// Writes the verdicts of a run; of a rule that is given twice, one.
pub(in crate::history) fn store(
    connection: &Connection,
    run: RunId,
    verdicts: &[Verdict],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(
        "INSERT OR REPLACE INTO verdict (run, rule, verdict, value, baseline, reason, accepted) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for Verdict { rule, verdict, value, baseline, reason, accepted } in verdicts {
        let baseline = baseline.map(|it| it.0);
        let accepted = accepted.map(|it| it.to_string());
        insert.execute(params![run.0, rule, verdict, value, baseline, reason, accepted])?;
    }
    Ok(())
}

impl History {
    /// Writes what became of rules, in place of what stood there: of all runs, or
    /// of none. What was accepted stays accepted while its verdict is the same.
    ///
    /// # Errors
    ///
    /// [`Error::History`](crate::error::Error::History) if the file cannot be written.
    pub fn judge(&self, judged: &[(RunId, Vec<Verdict>)]) -> Result<()> {
        let failed = self.fails("record the verdicts");
        let transaction = self.begin("record the verdicts")?;
        for (run, verdicts) in judged {
            self.is_as_written(*run)?;
            let old = self.verdicts(*run)?;
            let known = |new: &Verdict| {
                old.iter().find(|old| (&old.rule, &old.verdict) == (&new.rule, &new.verdict))
            };
            let kept: Vec<Verdict> = verdicts
                .iter()
                .map(|new| Verdict {
                    accepted: known(new).and_then(|it| it.accepted),
                    ..new.clone()
                })
                .collect();
            let delete = "DELETE FROM verdict WHERE run = ?1";
            transaction.execute(delete, [run.0]).map_err(&failed)?;
            store(&transaction, *run, &kept).map_err(&failed)?;
            let update = "UPDATE run SET judged = 1 WHERE id = ?1";
            transaction.execute(update, [run.0]).map_err(&failed)?;
            checksum::renew(&transaction, &checksum::RUN, run.0).map_err(&failed)?;
            checksum::renew(&transaction, &checksum::VERDICT, run.0).map_err(&failed)?;
        }
        transaction.commit().map_err(&failed)
    }

    /// The verdicts of a run, by rule.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn verdicts(&self, run: RunId) -> Result<Vec<Verdict>> {
        let select = "SELECT rule, verdict, value, baseline, reason, accepted FROM verdict \
                      WHERE run = ?1 ORDER BY rule";
        self.rows(select, [run.0], Verdict::read)
    }
}
