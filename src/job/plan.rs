//! The job: what is to be done in one night.

use std::path::PathBuf;

use jiff::civil::Date;

use super::diagnostics::as_keys;
use super::rule_config::JobRule;
use crate::alert::Channel;
use crate::error::{Error, Result};
use crate::evaluation::{EvaluationContext, ExecutionOptions, Settings};
use crate::history::Identity;
use crate::input::Request;
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
    pub run_date: Date,
    /// The history.
    pub history: PathBuf,
    /// Where to count.
    pub execution: ExecutionOptions,
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
    pub evaluations: Vec<EvaluationSpec>,
    /// Files that are written, and services that are told.
    pub outputs: Outputs,
    /// Who is told when something breaks or recovers.
    pub channels: Vec<Channel>,
}

/// One evaluation of a job.
#[derive(Clone, Debug)]
pub struct EvaluationSpec {
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
    /// The options of the engine for one of its evaluations.
    ///
    /// # Errors
    ///
    /// As [`Settings::options`], in the words of a config.
    pub fn options(&self, work: &EvaluationSpec) -> Result<crate::engine::Options> {
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
    let context = EvaluationContext {
        rules,
        has_scores: request.has_scores(),
        curves: false,
        recorded: true,
    };
    settings.options(context).map_err(|error| Error::Usage(as_keys(&error.to_string())))
}
