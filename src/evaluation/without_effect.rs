//! Settings that would be without effect beside others, which are refused.

use super::settings::{EvaluationContext, Settings};
use crate::error::{Error, Result};
use crate::metric;
use crate::rule::Rule;
use crate::tally::Auc;

impl Settings {
    /// Refuses settings that nothing asked for by `metrics` or a rule depends on. A run
    /// that is recorded may be asked for more later.
    pub(super) fn refuse_without_metrics(
        &self,
        metrics: &[String],
        context: EvaluationContext<'_>,
    ) -> Result<()> {
        if metrics.is_empty() || context.recorded {
            return Ok(());
        }
        let is_average = |name: &String| metric::asked(name).is_ok_and(|(it, _)| it.is_average());
        let mut judged = context.rules.iter().flat_map(Rule::requests);
        if self.average_over.as_ref().is_some_and(|names| !names.is_empty())
            && !metrics.iter().any(is_average)
            && !judged.any(|request| request.metric().is_average())
        {
            return Err(Error::Usage(
                "--average-over has no effect: --metrics names no average over classes, such as \
                 f1_macro"
                    .into(),
            ));
        }
        let is_of_order = |name: &String| name.starts_with("cohen_kappa_");
        if self.ordinal == Some(true) && !metrics.iter().any(is_of_order) {
            return Err(Error::Usage(
                "--ordinal has no effect: --metrics names neither cohen_kappa_linear nor \
                 cohen_kappa_quadratic"
                    .into(),
            ));
        }
        Ok(())
    }

    /// Settings of scores would be without effect on predictions; say so.
    pub(super) fn refuse_without_scores(&self, context: EvaluationContext<'_>) -> Result<()> {
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let given = [
            (self.score_type.is_some(), "--score-type"),
            (self.bins.is_some(), "--bins"),
            (self.bin_edges.is_some(), "--bin-edges"),
            (self.ties.is_some(), "--ties"),
            (self.auc.is_some_and(|auc| auc != Auc::None), "--auc"),
            (self.max_fpr.as_ref().is_some_and(|rates| !rates.is_empty()), "--max-fpr"),
            (some(&self.threshold_for), "--threshold-for"),
            (some(&self.cost), "--cost"),
            (context.curves, "--curves"),
        ];
        match given.into_iter().find(|(given, _)| *given && !context.has_scores) {
            Some((_, option)) => Err(Error::Usage(format!(
                "{option} needs scores; these rows have only predictions (use --scores)"
            ))),
            None => Ok(()),
        }
    }
}
