//! Settings of an evaluation, and what it is of.

use std::sync::atomic::AtomicBool;

use super::terms::told;
use super::{Evaluation, Source};
use crate::engine::{self, OnInvalid, Plan, ScoresGiven};
use crate::error::{Error, Result};
use crate::evaluation::{DeviceRequest, EvaluationContext, Settings, all_cores, check_threads};
use crate::input::Dataset;
use crate::metric;
use crate::rule::{self, Rule};
use crate::tally::Auc;

/// What an evaluation counts, and how; with a [`source`](Self::source), what of.
#[derive(Clone, Debug, Default)]
pub struct EvaluationBuilder<S = ()> {
    source: S,
    pub(super) settings: Settings,
    pub(super) classes: Option<Vec<String>>,
    pub(super) device: Option<DeviceRequest>,
    pub(super) threads: Option<usize>,
    rules: Vec<String>,
    curves: bool,
}

/// The settings of an evaluation, before there is anything to evaluate.
pub type Options = EvaluationBuilder;

impl Options {
    /// Does the work of an evaluation on as many threads as were asked for, resampling
    /// too; and refuses its warnings, if they count as errors.
    pub(super) fn on_threads(
        &self,
        work: impl FnOnce() -> Result<Evaluation> + Send,
    ) -> Result<Evaluation> {
        let evaluation = match self.threads {
            None => work()?,
            Some(threads) => {
                let threads = engine::threads::settle(check_threads("threads", threads)?);
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                let failed =
                    |error| Error::Usage(format!("cannot start {threads} threads: {error}"));
                pool.map_err(failed)?.install(work)?
            }
        };
        if self.settings.strict == Some(true) {
            evaluation.report().refuse_warnings()?;
        }
        Ok(evaluation)
    }

    /// Everything as usual.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is to be evaluated: [`Arrays`](super::Arrays),
    /// [`Batches`](super::Batches) or [`Files`](super::Files).
    pub fn source<S: Source>(self, source: S) -> EvaluationBuilder<S> {
        let Self { source: (), settings, classes, device, threads, rules, curves } = self;
        EvaluationBuilder { source, settings, classes, device, threads, rules, curves }
    }
}

fn strings<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}

impl<S> EvaluationBuilder<S> {
    /// The classes by name, of scores in the order of their columns. Left out, those of
    /// columns are 0, 1, 2 and so on, and those of predictions are found in the rows.
    #[must_use]
    pub fn classes<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.classes = Some(strings(names));
        self
    }

    /// Only these metrics, by name; what no other needs is not counted.
    #[must_use]
    pub fn metrics<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.settings.metrics = Some(strings(names));
        self
    }

    /// The positive class of one score per row, or of two; the later one if left out.
    #[must_use]
    pub fn positive(mut self, name: impl Into<String>) -> Self {
        self.settings.positive = Some(name.into());
        self
    }

    /// Least score of a positive prediction; 0.5 for probabilities and 0 for logits if
    /// left out.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.settings.threshold = Some(threshold);
        self
    }

    /// How rows are put in order by score.
    #[must_use]
    pub fn auc(mut self, auc: Auc) -> Self {
        self.settings.auc = Some(auc);
        self
    }

    /// What to do with a row that cannot be scored.
    #[must_use]
    pub fn on_invalid(mut self, on_invalid: OnInvalid) -> Self {
        self.settings.on_invalid = Some(on_invalid);
        self
    }

    /// Labels whose rows are left out.
    #[must_use]
    pub fn ignore_label<T: Into<String>>(mut self, labels: impl IntoIterator<Item = T>) -> Self {
        self.settings.ignore_label = Some(strings(labels));
        self
    }

    /// Level of confidence intervals, between 0 and 1; 0.95 if left out.
    #[must_use]
    pub fn interval(mut self, level: f64) -> Self {
        self.settings.interval = Some(level);
        self
    }

    /// Seed of the resamples behind intervals; 0 if left out.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Number of threads; as many as there are cores if left out. The result does not
    /// depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Rules that the report says the verdicts of, such as "accuracy >= 0.9".
    #[must_use]
    pub fn require<T: Into<String>>(mut self, rules: impl IntoIterator<Item = T>) -> Self {
        self.rules = strings(rules);
        self
    }

    /// Whether all is counted that a curve can be drawn of.
    #[must_use]
    pub fn curves(mut self, curves: bool) -> Self {
        self.curves = curves;
        self
    }

    /// Where files are counted, on what is faster if left out. Arrays are counted on the
    /// cores of the CPU.
    #[must_use]
    pub fn device(mut self, device: DeviceRequest) -> Self {
        self.device = Some(device);
        self
    }

    /// Every other setting. What is left out there stays as it is.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings.or(&self.settings);
        self
    }

    /// Refuses what would be without effect on arrays.
    pub(super) fn refuse_settings_of_files(&self) -> Result<()> {
        if let Some(device @ (DeviceRequest::Gpu | DeviceRequest::Named(_))) = &self.device {
            let name = if let DeviceRequest::Named(name) = device { name } else { "gpu" };
            let problem = "arrays are counted on the CPU; leave the device out";
            return Err(Error::device(name, problem));
        }
        let settings = &self.settings;
        let given = [
            (settings.score_type.is_some(), "score_type"),
            (settings.labels_are.is_some(), "labels_are"),
            (settings.csv.is_some(), "csv"),
        ];
        match given.into_iter().find(|(given, _)| *given) {
            Some((_, name)) => Err(Error::Usage(format!(
                "{name} has no effect on arrays: it says how files are read; leave it out"
            ))),
            None => Ok(()),
        }
    }

    /// The rules, each fit to be judged without earlier runs.
    pub(super) fn rules(&self) -> Result<Vec<Rule>> {
        let rules = rule::parse_all(&self.rules)?;
        match rules.iter().find(|rule| rule.needs_history() || !rule.splits().is_empty()) {
            Some(rule) => Err(Error::Usage(format!(
                "rule '{rule}': it is about other runs, of which there are none here"
            ))),
            None => Ok(rules),
        }
    }

    /// As many threads as were asked for, or as there is work for.
    pub(super) fn threads_for(&self, batches: usize) -> Result<usize> {
        match self.threads {
            Some(threads) => check_threads("threads", threads),
            None => Ok(all_cores().min(batches.max(1))),
        }
    }

    /// What is to be counted of a dataset whose scores are `given` to be something.
    pub(super) fn plan(
        &self,
        dataset: &dyn Dataset,
        (has_scores, given): (bool, Option<ScoresGiven>),
        threads: usize,
        rules: &[Rule],
    ) -> Result<Plan> {
        let mut settings = self.settings.clone();
        settings.scores_are = match (settings.scores_are, given) {
            (Some(one), Some(other)) if one != other => {
                return Err(Error::Usage(
                    "the view of the scores says that they are one thing and the setting \
                     scores_are says another; leave one out"
                        .to_owned(),
                ));
            }
            (one, other) => one.or(other),
        };
        let context = EvaluationContext { rules, has_scores, curves: self.curves, recorded: false };
        let options = engine::Options {
            classes: self.classes.clone(),
            threads: engine::threads::settle(threads),
            threads_asked: self.threads,
            ..settings.options(context)?
        };
        let plan = engine::plan(dataset, &options, &AtomicBool::new(false))?;
        metric::check_spec(&plan.spec)?;
        rules.iter().try_for_each(|rule| rule::check(rule, &plan.spec, Some(&plan.slices)))?;
        Ok(plan)
    }
}

impl<S: Source> EvaluationBuilder<S> {
    /// Counts every row.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] names both shapes of arrays that do not fit one another;
    /// [`Error::Row`] the first row that cannot be scored; [`Error::Usage`] a setting
    /// that makes no sense.
    pub fn run(self) -> Result<Evaluation> {
        let Self { source, settings, classes, device, threads, rules, curves } = self;
        let options = Options { source: (), settings, classes, device, threads, rules, curves };
        told(options.on_threads(|| source.evaluate(&options)))
    }
}
