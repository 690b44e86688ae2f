//! One worker's rows with scores, where nothing but predictions is counted.

use super::invalid::Invalid;
use super::outcome::RowCounts;
use super::scores::ScoreRows;
use crate::batch::Batch;
use crate::kernel::Score;
use crate::kernel::rows;
use crate::kernel::rows::narrow::LANES;
use crate::tally::Task;

impl ScoreRows {
    /// Counts a batch by label and prediction. One score per row is scored or invalid
    /// as it is where everything is counted; of a row of several any finite ones
    /// will do.
    pub(super) fn count_predictions<T: Score>(
        &mut self,
        batch: &Batch,
        scores: &[T],
        labels: &[u32],
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        let columns = self.columns();
        let blocks = scores.chunks(columns * LANES).zip(labels.chunks(LANES));
        for (block, (scores, labels)) in blocks.enumerate() {
            let first = block * LANES;
            let each = (first..).zip(scores.chunks_exact(columns)).zip(labels);
            if let Some(labels) = self.narrow_labels(batch, labels)
                && let Some(predictions) = T::narrow_predictions(&self.params, scores, labels)
            {
                for (((row, scores), &label), prediction) in each.zip(predictions) {
                    self.add_prediction(row, scores, label, prediction, rows);
                }
                continue;
            }
            for ((row, scores), &label) in each {
                if !self.labels.admit(batch, row, label, rows)? {
                    continue;
                }
                match self.predict(scores, label as usize) {
                    Ok(found) => self.add_prediction(row, scores, label, found, rows),
                    Err(reason) => self.predict_again(batch, row, scores, label, reason, rows)?,
                }
            }
        }
        Ok(())
    }

    /// Predicts of a row at fault with values a hair outside of 0 to 1 clipped.
    #[cold]
    fn predict_again<T: Score>(
        &mut self,
        batch: &Batch,
        row: usize,
        scores: &[T],
        label: u32,
        reason: rows::Invalid,
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        let predict = |scores: &[T]| self.predict(scores, label as usize);
        if let Some(mended) = self.mend(batch, row, scores, reason, rows, predict)? {
            self.add_prediction(row, &mended.scores, label, mended.scored, rows);
        }
        Ok(())
    }

    #[inline]
    fn predict<T: Score>(&self, scores: &[T], label: usize) -> Result<u32, rows::Invalid> {
        match self.spec.task {
            Task::Binary { positive } => {
                let threshold = self.threshold.unwrap_or(0.0);
                rows::binary_prediction(&self.params, scores[0], positive, threshold)
            }
            _ => match self.positive_from() {
                Some((positive, threshold)) => {
                    rows::prediction_of_two(&self.params, scores, label, positive, threshold)
                }
                None => rows::prediction(&self.params, scores, label),
            },
        }
    }

    /// Counts a row that was scored. Every row that is comes through here, but
    /// for those of [`count_plainly`](Self::count_plainly).
    #[inline]
    pub(super) fn add_prediction<T: Score>(
        &mut self,
        row: usize,
        scores: &[T],
        label: u32,
        prediction: u32,
        rows: &mut RowCounts<'_>,
    ) {
        rows.counts.scored += 1;
        if let Some(recorder) = &mut rows.recorder {
            recorder.scored(row, prediction == label);
        }
        self.cells.add(label, prediction);
        if self.all_pass {
            self.all_pass = rows::passes_as_probabilities(&self.params, scores);
        }
    }
}
