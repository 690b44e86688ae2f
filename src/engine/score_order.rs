//! How one worker's rows with scores come into their order.

use super::outcome::RowCounts;
use super::scores::ScoreRows;
use crate::batch::Batch;
use crate::kernel::Score;
use crate::kernel::order::keys;
use crate::kernel::rows::{self, Row};
use crate::tally::{ScoreType, Task};

impl ScoreRows {
    /// Counts a batch of binary scores by label and prediction and puts them in
    /// order, if they are to be, where all its rows are to be scored.
    pub(super) fn count_plainly<T: Score>(
        &mut self,
        batch: &Batch,
        scores: &[T],
        labels: &[u32],
        rows: &mut RowCounts<'_>,
    ) -> bool {
        let Task::Binary { positive } = self.spec.task else { return false };
        let is_class = labels.iter().all(|&label| label < 2) && !self.labels.ids().ignores();
        let most = if self.params.probabilities { 1.0 } else { f64::MAX };
        let least = if self.params.probabilities { 0.0 } else { f64::NEG_INFINITY };
        // False for NaN, too.
        let fit = |score: &T| (score.widen() >= least) & (score.widen() <= most);
        // Which rows are right is noted one by one.
        if !is_class
            || rows.recorder.is_some()
            || !batch.faults.is_empty()
            || !scores.iter().fold(true, |all, it| all & fit(it))
        {
            return false;
        }
        let threshold = self.threshold.unwrap_or(0.0);
        // Sums that the compiler turns into vector instructions; batches are small.
        let (mut ones, mut above, mut both) = (0_u32, 0_u32, 0_u32);
        for (score, &label) in scores.iter().zip(labels) {
            let is_above = u32::from(score.widen() >= threshold);
            ones += label;
            above += is_above;
            both += label & is_above;
        }
        let rows_above = [above - both, both].map(u64::from);
        let of_label = [labels.len() as u64 - u64::from(ones), u64::from(ones)];
        for (label, counts) in self.quarters.iter_mut().enumerate() {
            counts[positive] += rows_above[label];
            counts[1 - positive] += of_label[label] - rows_above[label];
        }
        if let Some(order) = &mut self.order {
            let is_positive = labels.iter().map(|&label| label as usize == positive);
            order.binary(scores.iter().copied().zip(is_positive));
        }
        rows.counts.scored += labels.len() as u64;
        true
    }

    /// Keeps a row for the order.
    #[inline]
    pub(super) fn put_in_order<T: Score>(&mut self, scores: &[T], label: u32, scored: &Row) {
        let Some(order) = &mut self.order else { return };
        if let Some(positive) = self.spec.positive
            && order.wants_positive()
        {
            let is_positive = label as usize == positive;
            if self.params.probabilities {
                order.binary(std::iter::once((scores[positive], is_positive)));
            } else {
                let score = rows::positive_score(&self.params, scores, positive);
                order.binary(std::iter::once((score, is_positive)));
            }
        }
        match self.spec.task {
            Task::Binary { positive } => {
                order.binary(std::iter::once((scores[0], label as usize == positive)));
            }
            _ if order.wants_columns() => {
                keys(&self.params, scores, &mut self.keys);
                order.columns(
                    label as usize,
                    &self.keys,
                    self.spec.score_type == Some(ScoreType::F64),
                );
            }
            _ => order.label(label, scores, scored.loss),
        }
        order.confidence(scored.confidence, scored.prediction != label);
    }
}
