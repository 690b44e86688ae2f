//! The identity of a run: job, dataset, model, split.

use std::fmt;

use serde::Serialize;

use crate::report::Subject;

/// The number of a run; never used again when the run is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What was evaluated. Runs of one identity are a series over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Identity {
    /// The job that evaluates it: "nightly".
    pub job: String,
    /// The rows.
    pub dataset: String,
    /// What made the predictions.
    pub model: String,
    /// The part of the dataset: "test"; empty if it has no name.
    pub split: String,
}

impl Identity {
    /// "steady on cats (test)", without the job.
    pub fn subject(&self) -> String {
        let Self { dataset, model, split, .. } = self;
        match split.as_str() {
            // A job as a whole is of no dataset.
            _ if dataset.is_empty() && model.is_empty() => "the job".to_owned(),
            "" => format!("{model} on {dataset}"),
            split => format!("{model} on {dataset} ({split})"),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, job {}", self.subject(), self.job)
    }
}

impl From<&Identity> for Subject {
    fn from(identity: &Identity) -> Self {
        let Identity { job, dataset, model, split } = identity.clone();
        Self { job, dataset, model, split }
    }
}
