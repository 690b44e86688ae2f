//! What a job is to do: the config, read, checked and put together.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::judging::JobRule;
use super::mistake::{Mistakes, as_keys};
use super::planner::Planner;
use super::read::read;
use crate::alert::Channel;
use crate::error::{Error, Result};
use crate::evaluation::{Machine, Setting, Settings};
use crate::history::Identity;
use crate::input::Request;
use crate::memory;
use crate::mistake::TEXT_BYTES;
use crate::publish::{Mlflow, Pushgateway};
use crate::rule::Rule;

/// What a job is to do in one night.
#[derive(Clone, Debug)]
pub struct Job {
    /// The config.
    pub path: PathBuf,
    /// Its folder, that paths are relative to.
    pub folder: PathBuf,
    /// Its name.
    pub name: String,
    /// The date that its runs stand for.
    pub night: Date,
    /// The history.
    pub history: PathBuf,
    /// Where to count.
    pub machine: Machine,
    /// The most memory to use, in bytes, if that is said.
    pub memory: Option<u64>,
    /// Threads.
    pub threads: usize,
    /// Threads that the config asks for, if it does.
    pub threads_asked: Option<usize>,
    /// Whether it is kept which rows are right, for paired tests.
    pub paired: bool,
    /// The rules.
    pub rules: Vec<JobRule>,
    /// What is evaluated, dataset by dataset.
    pub evaluations: Vec<Work>,
    /// Files that are written, and services that are told.
    pub outputs: Outputs,
    /// Who is told when something breaks or recovers.
    pub channels: Vec<Channel>,
}

/// One evaluation of a job.
#[derive(Clone, Debug)]
pub struct Work {
    /// What it is of.
    pub identity: Identity,
    /// The rows.
    pub request: Request,
    /// The file that names the classes.
    pub classes: Option<PathBuf>,
    /// How they are counted and shown.
    pub settings: Settings,
    /// The rules that it is judged by, as places in [`Job::rules`].
    pub rules: Vec<usize>,
    /// Reports to be written.
    pub reports: Vec<PathBuf>,
}

/// Files that a job writes about a night, and services that it tells.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// JUnit XML.
    pub junit: Option<PathBuf>,
    /// Prometheus' text format.
    pub prometheus: Option<PathBuf>,
    /// The night as JSON.
    pub json: Option<PathBuf>,
    /// A push gateway.
    pub pushgateway: Option<Pushgateway>,
    /// An MLflow tracking server.
    pub mlflow: Option<Mlflow>,
}

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

    /// The options of the engine for one of its evaluations.
    ///
    /// # Errors
    ///
    /// As [`Settings::options`], in the words of a config.
    pub fn options(&self, work: &Work) -> Result<crate::engine::Options> {
        let rules: Vec<Rule> = work.rules.iter().map(|&at| self.rules[at].rule.clone()).collect();
        options(&work.settings, &work.request, &rules).map(|options| crate::engine::Options {
            threads: self.threads,
            threads_asked: self.threads_asked,
            ..options
        })
    }
}

/// The options of the engine for an evaluation by some rules.
pub(super) fn options(
    settings: &Settings,
    request: &Request,
    rules: &[Rule],
) -> Result<crate::engine::Options> {
    let setting =
        Setting { rules, has_scores: request.has_scores(), curves: false, recorded: true };
    settings.options(setting).map_err(|error| Error::Usage(as_keys(&error.to_string())))
}
