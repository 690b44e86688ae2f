//! One worker's counts of rows with scores.

use super::cells::CellCounts;
use super::invalid::Invalid;
use super::labels::Labels;
use super::order::OrderRows;
use super::outcome::{Place, RowCounts};
use super::plan::{Plan, may_all_pass, params};
use super::score_faults::{Mended, ScoreFaults};
use crate::batch::{Batch, Role, Widened};
use crate::class::Classes;
use crate::error::Result;
use crate::exact::{Denominator, exp};
use crate::kernel::Score;
use crate::kernel::rows::narrow::{LANES, MOST_COLUMNS};
use crate::kernel::rows::{self, Params, Row};
use crate::tally::{
    Cell, Confusion, Counted, ScoreTallies, Spec, Tallies, Task, inverse_temperatures,
};

/// The counts of one worker.
pub(super) struct ScoreRows {
    pub(super) params: Params,
    pub(super) spec: Spec,
    /// From where on a score is positive, as scores of their type hold it.
    pub(super) threshold: Option<f64>,
    faults: ScoreFaults,
    classes: Classes,
    pub(super) labels: Labels,
    pub(super) cells: CellCounts,
    tallies: ScoreTallies,
    pub(super) order: Option<OrderRows>,
    /// Rows of binary scores by label and prediction, where they are counted apart.
    pub(super) quarters: [[u64; 2]; 2],
    pub(super) keys: Vec<u64>,
    /// Whether every row so far could be one of probabilities.
    pub(super) all_pass: bool,
    /// The first row that gives its label probability 0.
    pub(super) first_infinite: Option<Place>,
    label_ids: Vec<u32>,
    widened: Vec<f32>,
    /// What logits are multiplied by for the loss at other temperatures.
    factors: Vec<f64>,
}

impl ScoreRows {
    pub(super) fn new(plan: &Plan, classes: &Classes) -> Self {
        let spec = &plan.spec;
        Self {
            params: params(plan),
            spec: spec.clone(),
            threshold: plan.threshold(),
            faults: ScoreFaults::new(plan),
            classes: classes.clone(),
            labels: Labels::new(plan, classes),
            cells: CellCounts::new(plan.threads),
            tallies: ScoreTallies::new(spec, classes.len()),
            order: OrderRows::new(spec, classes.len()),
            quarters: [[0; 2]; 2],
            keys: Vec::new(),
            all_pass: may_all_pass(spec),
            first_infinite: None,
            label_ids: Vec::new(),
            widened: Vec::new(),
            factors: inverse_temperatures(),
        }
    }

    /// Counts a batch.
    pub(super) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Invalid> {
        self.cells.expect(batch.rows);
        if let Some(recorder) = &mut rows.recorder {
            recorder.begin(batch);
        }
        let mut label_ids = std::mem::take(&mut self.label_ids);
        self.labels.of(batch, &mut label_ids);
        let mut buffer = std::mem::take(&mut self.widened);
        let counted = match batch.scores.widened(&mut buffer) {
            Widened::F32(scores) => self.rows(batch, scores, &label_ids, rows),
            Widened::F64(scores) => self.rows(batch, scores, &label_ids, rows),
        };
        self.widened = buffer;
        if let Some(recorder) = &mut rows.recorder {
            recorder.end(batch, &label_ids, self.labels.ids());
        }
        self.label_ids = label_ids;
        counted
    }

    fn rows<T: Score>(
        &mut self,
        batch: &Batch,
        scores: &[T],
        label_ids: &[u32],
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        if self.spec.counted != Counted::All && self.count_plainly(batch, scores, label_ids, rows) {
            return Ok(());
        }
        if self.spec.counted == Counted::Counts {
            return self.count_predictions(batch, scores, label_ids, rows);
        }
        let columns = self.columns();
        let blocks = scores.chunks(columns * LANES).zip(label_ids.chunks(LANES));
        for (block, (scores, labels)) in blocks.enumerate() {
            let first = block * LANES;
            if let Some(labels) = self.narrow_labels(batch, labels)
                && let Some(scored) = T::narrow(&self.params, scores, labels)
            {
                for (lane, scored) in scored.into_iter().enumerate() {
                    let scores = &scores[lane * columns..][..columns];
                    self.add(batch, first + lane, scores, labels[lane], scored, rows);
                }
                continue;
            }
            let each = scores.chunks_exact(columns).zip(labels);
            for (row, (scores, &label)) in (first..).zip(each) {
                if !self.labels.admit(batch, row, label, rows)? {
                    continue;
                }
                match self.score(scores, label as usize) {
                    Ok(scored) => self.add(batch, row, scores, label, scored, rows),
                    Err(reason) => self.score_again(batch, row, scores, label, reason, rows)?,
                }
            }
        }
        Ok(())
    }

    /// Scores in a row.
    pub(super) fn columns(&self) -> usize {
        if self.spec.task == Task::Matrix { self.classes.len() } else { 1 }
    }

    /// The positive class of two score columns and its threshold, if that was given.
    pub(super) fn positive_from(&self) -> Option<(usize, f64)> {
        self.spec.positive.zip(self.threshold)
    }

    /// The labels of a whole block, if its rows are narrow and all to be scored:
    /// then they may be scored at once.
    pub(super) fn narrow_labels<'l>(
        &self,
        batch: &Batch,
        labels: &'l [u32],
    ) -> Option<&'l [u32; LANES]> {
        // Of rows that are scored at once, the highest score is the prediction.
        let highest = self.spec.task == Task::Matrix && self.spec.threshold.is_none();
        let narrow = highest && self.classes.len() <= MOST_COLUMNS;
        let labels: &[u32; LANES] = labels.try_into().ok()?;
        let plain = |&label: &u32| self.labels.is_plain(label);
        (narrow && batch.faults.is_empty() && labels.iter().all(plain)).then_some(labels)
    }

    /// Scores a row at fault with values a hair outside of 0 to 1 clipped.
    #[cold]
    fn score_again<T: Score>(
        &mut self,
        batch: &Batch,
        row: usize,
        scores: &[T],
        label: u32,
        reason: rows::Invalid,
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        let score = |scores: &[T]| self.score(scores, label as usize);
        if let Some(mended) = self.mend(batch, row, scores, reason, rows, score)? {
            self.add(batch, row, &mended.scores, label, mended.scored, rows);
        }
        Ok(())
    }

    /// What `score` makes of a row at fault once it is clipped; one that stays at
    /// fault is counted as such.
    pub(super) fn mend<T: Score, R>(
        &self,
        batch: &Batch,
        row: usize,
        scores: &[T],
        reason: rows::Invalid,
        rows: &mut RowCounts<'_>,
        score: impl FnOnce(&[T]) -> Result<R, rows::Invalid>,
    ) -> Result<Option<Mended<T, R>>, Invalid> {
        match self.faults.mend(batch.part, scores, reason, score) {
            Ok(mended) => {
                rows.clipped.add(Place::of(batch, row), mended.clipped);
                Ok(Some(mended))
            }
            Err(reason) => {
                let what = || self.faults.describe(batch.part, &self.params, scores, reason);
                let describe = |place| Invalid::new(place, Role::Scores, what());
                rows.invalid(batch, row, describe).map(|()| None)
            }
        }
    }

    #[inline]
    fn score<T: Score>(&self, scores: &[T], label: usize) -> Result<Row, rows::Invalid> {
        match self.spec.task {
            Task::Binary { positive } => {
                let threshold = self.threshold.unwrap_or(0.0);
                rows::binary(&self.params, scores[0], label, positive, threshold)
            }
            _ => match self.positive_from() {
                Some((positive, threshold)) => {
                    rows::row_of_two(&self.params, scores, label, positive, threshold)
                }
                None => rows::row(&self.params, scores, label),
            },
        }
    }

    #[inline]
    fn add<T: Score>(
        &mut self,
        batch: &Batch,
        row: usize,
        scores: &[T],
        label: u32,
        scored: Row,
        rows: &mut RowCounts<'_>,
    ) {
        self.add_prediction(row, scores, label, scored.prediction, rows);
        self.put_in_order(scores, label, &scored);
        if self.spec.counted == Counted::Order {
            return;
        }
        let tallies = &mut self.tallies;
        tallies.ranks[scored.rank as usize] += 1;
        tallies.squared_error.add(scored.squared_error.into());
        tallies.confidence.add(scored.confidence.into());
        match scored.loss {
            Some(loss) => tallies.loss.add(loss),
            None => {
                rows.counts.infinite_loss += 1;
                self.first_infinite.get_or_insert(Place::of(batch, row));
            }
        }
        let bin = &mut tallies.calibration[scored.bin as usize];
        bin.rows += 1;
        bin.correct += u64::from(scored.prediction == label);
        bin.confidence += u128::from(scored.confidence);
        if tallies.classwise.is_some() {
            self.add_classwise(scores, label as usize);
        }
        if self.tallies.tempered.is_some() && scored.loss.is_some() {
            self.add_tempered(scores, label as usize);
        }
    }

    /// A score of each class: one score of two classes stands for a pair.
    fn of_each_class<'s, T: Score>(&self, scores: &'s [T], pair: &'s mut [T; 2]) -> &'s [T] {
        match self.spec.task {
            Task::Binary { positive } => {
                *pair = rows::pair(&self.params, scores[0], positive);
                pair
            }
            _ => scores,
        }
    }

    /// Adds the loss at every temperature.
    fn add_tempered<T: Score>(&mut self, scores: &[T], label: usize) {
        let mut pair = [T::ZERO; 2];
        let scores = self.of_each_class(scores, &mut pair);
        let Some(sums) = &mut self.tallies.tempered else { return };
        let mut scaled = Vec::with_capacity(scores.len());
        for (sum, &factor) in sums.iter_mut().zip(&self.factors) {
            let loss = rows::loss_of_scaled(&self.params, scores, label, factor, &mut scaled);
            *sum += u128::from(loss.unwrap_or(0));
        }
    }

    /// Counts the probability of every class in its own bins.
    fn add_classwise<T: Score>(&mut self, scores: &[T], label: usize) {
        let mut pair = [T::ZERO; 2];
        let scores = self.of_each_class(scores, &mut pair);
        let max = scores
            .iter()
            .copied()
            .fold(T::LEAST, |max, score| if score > max { score } else { max });
        let sum = if self.params.probabilities {
            exp::ONE
        } else {
            self.params.level.softmax_sums(scores, max).values
        };
        let whole = Denominator::new(sum);
        let bins = self.spec.bins;
        let Some(cells) = &mut self.tallies.classwise else { return };
        for (class, (&score, cells)) in scores.iter().zip(cells.chunks_exact_mut(bins)).enumerate()
        {
            let (bin, probability) = if self.params.probabilities {
                (self.params.bin_of_value(score.widen()), score.unit())
            } else {
                let term = exp::term(score.half_gap(max)).value;
                (self.params.bin_of_quotient(term, whole), whole.ratio(term) >> 1)
            };
            let cell = &mut cells[bin as usize];
            cell.rows += 1;
            cell.correct += u64::from(class == label);
            cell.confidence += u128::from(probability);
        }
    }

    /// The tallies.
    pub(super) fn finish(self, rows: &RowCounts<'_>) -> Result<Tallies> {
        let mut cells = self.cells.into_cells();
        for (label, counts) in (0..).zip(self.quarters) {
            let counts = (0..).zip(counts).filter(|(_, count)| *count > 0);
            cells.extend(counts.map(|(prediction, count)| Cell { label, prediction, count }));
        }
        let confusion = Confusion::from_cells(cells)?;
        Ok(Tallies {
            classes: self.classes,
            rows: rows.counts,
            confusion,
            scores: (self.spec.counted == Counted::All).then_some(self.tallies),
            order: None,
            spec: self.spec,
        })
    }
}
