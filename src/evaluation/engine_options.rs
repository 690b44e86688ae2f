//! The options of the engine that the settings of an evaluation come to.

use super::requirements;
use super::settings::{EvaluationContext, Settings};
use crate::engine::{Options, ScoresGiven};
use crate::error::{Error, Result};
use crate::metric::{self, Needs};
use crate::rule::Rule;
use crate::tally::{AverageOver, ClassOptions, Outside, Spec, aggregate};

impl Settings {
    /// The options of the engine. Threads, classes and whatever depends on the
    /// machine are the caller's to add.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a setting makes no sense, or needs scores where there
    /// are none.
    pub fn options(&self, context: EvaluationContext<'_>) -> Result<Options> {
        if let Some(threshold) = self.threshold.filter(|threshold| !threshold.is_finite()) {
            let problem = format!("--threshold must be a finite number, found {threshold}");
            return Err(Error::Usage(problem));
        }
        self.refuse_without_scores(context)?;
        let metrics = self.metric_names()?;
        metric::check_names(&metrics)?;
        self.refuse_without_metrics(&metrics, context)?;
        let asked = requirements::asked(self, &metrics, context)?;
        let default = Spec::default();
        let asks_for = |needs| asks_for(&metrics, context.rules, needs);
        let spec = Spec {
            scores_are: self.scores_are.map(ScoresGiven::counted_as),
            threshold: self.threshold,
            ties: self.ties.unwrap_or(default.ties),
            bins: self.bins.unwrap_or(default.bins),
            bin_edges: self.bin_edges.unwrap_or(default.bin_edges),
            asked: aggregate::ALL
                .iter()
                .map(|aggregate| aggregate.name)
                .filter(|name| asks_for(Needs::Asked(name)))
                .collect(),
            zero_division: self.zero_division.unwrap_or(default.zero_division),
            top_k: self.top_k.clone().unwrap_or_default(),
            betas: self.beta.clone().unwrap_or_default(),
            order: asked.wish,
            counted: asked.counted,
            interval: self.interval.unwrap_or(default.interval),
            interval_method: self.interval_method.unwrap_or(default.interval_method),
            replicates: self.replicates,
            seed: self.seed.unwrap_or_default(),
            class_options: ClassOptions {
                matching: self.match_classes,
                outside_is_wrong: self.outside == Some(Outside::Wrong),
                average_over: AverageOver::parse(self.average_over.as_deref().unwrap_or_default())?,
            },
            ordinal: self.ordinal.unwrap_or_default(),
            metrics,
            ..default
        };
        Ok(Options {
            spec,
            auc: asked.auc,
            rescale: self.scores_are.and_then(ScoresGiven::rescale),
            two_columns: asked.two_columns,
            of_one_class: self.of_one_class(),
            positive: self.positive.clone(),
            ignore: self.ignore_label.clone().unwrap_or_default(),
            on_invalid: self.on_invalid.unwrap_or_default(),
            outside: self.outside,
            ..Options::default()
        })
    }

    /// The metrics asked for, by the names that reports have. A comma at the end is no name, but no name at all
    /// is a slip.
    fn metric_names(&self) -> Result<Vec<String>> {
        let mut names = self.metrics.clone().unwrap_or_default();
        if names.len() > 1 {
            names.retain(|name| !name.trim().is_empty());
        }
        names.into_iter().map(|name| metric::canonical(name.trim())).collect()
    }

    /// Those given that are about the order of one positive class.
    fn of_one_class(&self) -> Vec<&'static str> {
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let given = [
            (self.max_fpr.as_ref().is_some_and(|rates| !rates.is_empty()), "--max-fpr"),
            (some(&self.threshold_for), "--threshold-for"),
            (some(&self.cost), "--cost"),
        ];
        given.into_iter().filter(|(given, _)| *given).map(|(_, option)| option).collect()
    }
}

/// Whether something is asked for by the name of a metric or by a rule: what costs more
/// than the usual is counted only then.
fn asks_for(metrics: &[String], rules: &[Rule], needs: Needs) -> bool {
    let named = |metric: &metric::Metric| metrics.iter().any(|name| name == metric.name);
    metric::ALL.iter().any(|metric| metric.needs == needs && named(metric))
        || rules.iter().any(|rule| rule.needs().contains(&needs))
}
