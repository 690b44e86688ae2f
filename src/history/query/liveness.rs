//! The liveness of a job: how long ago it last recorded something.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::history::store::database::History;
use crate::history::store::filter::Filter;

/// The latest run of a job, or of a series of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Age {
    /// The job, or the identity in words.
    pub of: String,
    /// When its latest run was recorded.
    pub latest: Timestamp,
    /// How long ago that is.
    pub age: SignedDuration,
}

impl History {
    /// The age of the latest run of every job or, if `each`, of every series that
    /// `filter` matches; oldest first.
    ///
    /// # Errors
    ///
    /// What reading the file may give.
    pub fn ages(&self, filter: &Filter, each: bool, now: Timestamp) -> Result<Vec<Age>> {
        let mut latest = std::collections::BTreeMap::<String, Timestamp>::new();
        for run in self.runs(filter)? {
            let of = if each { run.identity.to_string() } else { run.identity.job };
            let known = latest.entry(of).or_insert(run.time);
            *known = run.time.max(*known);
        }
        let mut ages: Vec<Age> = latest
            .into_iter()
            .map(|(of, latest)| Age { of, latest, age: now.duration_since(latest) })
            .collect();
        ages.sort_by_key(|age| std::cmp::Reverse(age.age));
        Ok(ages)
    }
}
