//! Files as the source of an evaluation.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::evaluation::Evaluation;
use super::options::Options;
use crate::error::Result;
use crate::evaluation::{self, DeviceRequest, ExecutionOptions};
use crate::input::{Input, Request};
use crate::tally::Matching;

/// Files that hold labels, and predictions or scores: tables, or a file for each role.
#[derive(Clone, Debug, Default)]
pub struct Files(Request);

impl Files {
    /// A table, a folder or a glob of tables, whose columns have the roles.
    pub fn table(path: impl Into<PathBuf>) -> Self {
        Self(Request { tables: vec![path.into()], ..Request::default() })
    }

    /// Arrays: each role names its own file.
    pub fn arrays() -> Self {
        Self::default()
    }

    /// The column or file of the labels.
    #[must_use]
    pub fn labels(mut self, name: impl Into<String>) -> Self {
        self.0.labels = name.into();
        self
    }

    /// The column or file of the predictions.
    #[must_use]
    pub fn predictions(mut self, name: impl Into<String>) -> Self {
        self.0.predictions = Some(name.into());
        self
    }

    /// One more column, glob of columns, or file of scores.
    #[must_use]
    pub fn scores(mut self, name: impl Into<String>) -> Self {
        self.0.scores.push(name.into());
        self
    }

    /// One more column, or file of one, by whose values rows are put into groups.
    #[must_use]
    pub fn slice(mut self, name: impl Into<String>) -> Self {
        self.0.slices.push(name.into());
        self
    }

    /// Reads and counts all rows.
    pub(super) fn read(self, options: &Options) -> Result<Evaluation> {
        let started = Instant::now();
        let rules = options.rules()?;
        let settings = &options.settings;
        let request = Request {
            classes: options.classes.clone(),
            score_type: settings.score_type,
            labels_are: settings.labels_are,
            csv: settings.csv.clone().unwrap_or_default(),
            loose_classes: settings.match_classes == Some(Matching::Loose),
            ..self.0
        };
        let input = Input::open(&request)?;
        let threads = options.threads_for(usize::MAX)?;
        let plan = options.plan(&input, (request.has_scores(), None), threads, &rules)?;
        let device = options.device.clone().unwrap_or(DeviceRequest::Auto);
        let execution = ExecutionOptions { device, device_memory: None, batch_rows: None };
        let stop = AtomicBool::new(false);
        let (counted, provenance) =
            evaluation::evaluate(&input, &plan, &execution, started, &stop, |_, _, work| work())?;
        Evaluation::new(counted.tallies, provenance, rules)
    }
}
