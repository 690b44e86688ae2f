//! The loading of a job: its config, read, checked and put together.

use std::path::Path;

use jiff::civil::Date;

use super::diagnostics::Mistakes;
use super::plan::Job;
use super::planner::Planner;
use super::read::read;
use crate::error::{Error, Result};
use crate::memory;
use crate::mistake::TEXT_BYTES;

impl Job {
    /// Reads and checks the config in the file `path`, for one night.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, and [`Error::Lines`] with every mistake
    /// in it, a line each, with line and column.
    pub fn read(path: &Path, night: Date) -> Result<Self> {
        memory::need_for_file(path, TEXT_BYTES, "split the job")?;
        let text = std::fs::read_to_string(path).map_err(Error::io(path, "read the config"))?;
        let mut mistakes = Mistakes::new(path, &text, "the config of a job");
        let config = read(&text, &mut mistakes);
        let plan = |config| Planner::new(path, config, night, &mut mistakes).plan(path, night);
        let job = config.as_ref().map(plan);
        mistakes.finish()?;
        job.ok_or_else(|| Error::Internal("a config that is wrong without a mistake".into()))
    }
}
