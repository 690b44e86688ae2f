//! The check of a job without running it.

use std::sync::atomic::AtomicBool;

use super::diagnostics::as_keys;
use super::evaluate::rehearse;
use super::outputs::Files;
use super::{Job, Outputs, Selection};
use crate::alert;
use crate::error::{Error, Result};
use crate::history::Identity;

/// What a job would do, and what stands in its way.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Evaluations whose files are not there, and which.
    pub missing: Vec<(Identity, String)>,
    /// Evaluations that would fail, and why.
    pub wrong: Vec<(Identity, String)>,
    /// What keeps this machine from telling somebody, or a service: secrets that are
    /// not set, programs that are not there.
    pub untold: Vec<String>,
}

impl Job {
    /// Opens the files of every evaluation that is wanted and settles how it would
    /// be counted; nothing is counted, recorded or written.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if `only` names what is not there, or if the job writes what
    /// it reads.
    pub fn check(&self, only: &Selection, stop: &AtomicBool) -> Result<Checked> {
        let mut checked = Checked { missing: Vec::new(), wrong: Vec::new(), untold: Vec::new() };
        for mistake in alert::check_here(&self.channels, &self.folder) {
            let alert::Mistake { name, key, problem, .. } = mistake;
            checked.untold.push(format!("{name}, `{key}`: {problem}"));
        }
        Files::check(self)?;
        let Outputs { pushgateway, mlflow, .. } = &self.outputs;
        let gateway = pushgateway.iter().map(|it| it.check_here(&self.folder));
        let server = mlflow.iter().map(|it| it.check_here(&self.folder));
        let problems = gateway.chain(server).filter_map(Result::err);
        checked.untold.extend(problems.map(|error| error.to_string()));
        for work in only.of(self)? {
            let problem = |error: &Error| (work.identity.clone(), as_keys(&error.to_string()));
            match rehearse(self, work, stop) {
                Ok(()) => {}
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) if is_missing(&error) => checked.missing.push(problem(&error)),
                Err(error) => checked.wrong.push(problem(&error)),
            }
        }
        Ok(checked)
    }
}

/// Whether a file is not there, as that of a night to come.
fn is_missing(error: &Error) -> bool {
    match error {
        Error::Io { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
        Error::Usage(text) => text.contains("no file matches"),
        _ => false,
    }
}
