//! One worker's counts of rows with scores.

use half::slice::HalfFloatSliceExt;

use super::cells::CellCounts;
use super::cpu::{Invalid, Place, RowCounts};
use super::ids::Ids;
use super::order::OrderRows;
use super::plan::{Plan, params};
use crate::batch::{Batch, Role, Scores};
use crate::class::Classes;
use crate::error::Result;
use crate::exact::{Denominator, exp};
use crate::kernel::Score;
use crate::kernel::rows::narrow::{LANES, MOST_COLUMNS};
use crate::kernel::rows::{self, Params, Row};
use crate::tally::{Cell, Confusion, ScoreTallies, ScoresAre, Spec, Tallies, Task};

/// The counts of one worker.
pub(super) struct ScoreRows {
    pub(super) params: Params,
    pub(super) spec: Spec,
    classes: Classes,
    pub(super) ids: Ids,
    cells: CellCounts,
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
    third_label_is_an_error: bool,
}

impl ScoreRows {
    pub(super) fn new(plan: &Plan, classes: &Classes) -> Self {
        let spec = &plan.spec;
        Self {
            params: params(spec),
            spec: spec.clone(),
            classes: classes.clone(),
            ids: Ids::new(Some(classes), &plan.ignore),
            cells: CellCounts::new(plan.threads),
            tallies: ScoreTallies::new(spec, classes.len()),
            order: OrderRows::new(spec, classes.len()),
            quarters: [[0; 2]; 2],
            keys: Vec::new(),
            all_pass: spec.scores_are == Some(ScoresAre::Logits) && spec.task == Task::Matrix,
            first_infinite: None,
            label_ids: Vec::new(),
            widened: Vec::new(),
            third_label_is_an_error: plan.binary_classes_found,
        }
    }

    /// Counts a batch.
    pub(super) fn count(&mut self, batch: &Batch, rows: &mut RowCounts<'_>) -> Result<(), Invalid> {
        self.cells.expect(batch.rows);
        let mut label_ids = std::mem::take(&mut self.label_ids);
        self.ids.of(&batch.labels, 0..batch.rows, &mut label_ids);
        let counted = match &batch.scores {
            Scores::F32(scores) => self.rows(batch, scores, &label_ids, rows),
            Scores::F64(scores) => self.rows(batch, scores, &label_ids, rows),
            Scores::F16(scores) => {
                let mut widened = std::mem::take(&mut self.widened);
                widened.resize(scores.len(), 0.0);
                scores.convert_to_f32_slice(&mut widened);
                let counted = self.rows(batch, &widened, &label_ids, rows);
                self.widened = widened;
                counted
            }
        };
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
        if self.spec.order_only && self.order_plainly(batch, scores, label_ids, rows) {
            return Ok(());
        }
        let columns = if self.spec.task == Task::Matrix { self.classes.len() } else { 1 };
        let blocks = scores.chunks(columns * LANES).zip(label_ids.chunks(LANES));
        for (block, (scores, labels)) in blocks.enumerate() {
            let first = block * LANES;
            if let Some(scored) = self.narrow(batch, scores, labels) {
                for (lane, scored) in scored.into_iter().enumerate() {
                    let scores = &scores[lane * columns..][..columns];
                    self.add(batch, first + lane, scores, labels[lane], scored, rows);
                }
                continue;
            }
            let each = scores.chunks_exact(columns).zip(labels);
            for (row, (scores, &label)) in (first..).zip(each) {
                self.row(batch, row, scores, label, rows)?;
            }
        }
        Ok(())
    }

    /// Scores a whole block at once, if its rows are narrow and all to be scored.
    fn narrow<T: Score>(
        &self,
        batch: &Batch,
        scores: &[T],
        labels: &[u32],
    ) -> Option<[Row; LANES]> {
        let narrow = self.spec.task == Task::Matrix && self.classes.len() <= MOST_COLUMNS;
        let labels: &[u32; LANES] = labels.try_into().ok()?;
        let plain = |&label: &u32| self.ids.is_class(label) && !self.ids.is_ignored(label);
        if !narrow || !batch.faults.is_empty() || !labels.iter().all(plain) {
            return None;
        }
        T::narrow(&self.params, scores, labels)
    }

    fn row<T: Score>(
        &mut self,
        batch: &Batch,
        row: usize,
        scores: &[T],
        label: u32,
        rows: &mut RowCounts<'_>,
    ) -> Result<(), Invalid> {
        let ignored = self.ids.is_ignored(label);
        if let Some(fault) = rows.fault(batch, row, ignored) {
            rows.invalid(batch, row, fault.role, || fault.problem.clone())
        } else if ignored {
            rows.counts.ignored += 1;
            Ok(())
        } else if !self.ids.is_class(label) {
            let problem = || self.not_a_class(&batch.labels.name(row));
            match self.third_label_is_an_error {
                true => Err(Invalid::third_label(batch, row, problem())),
                false => rows.invalid(batch, row, Role::Labels, problem),
            }
        } else {
            match self.score(scores, label as usize) {
                Ok(scored) => {
                    self.add(batch, row, scores, label, scored, rows);
                    Ok(())
                }
                Err(reason) => rows.invalid(batch, row, Role::Scores, || describe(scores, reason)),
            }
        }
    }

    #[inline]
    fn score<T: Score>(&self, scores: &[T], label: usize) -> Result<Row, rows::Invalid> {
        match self.spec.task {
            Task::Binary { positive } => {
                let threshold = self.spec.threshold.unwrap_or(0.0);
                rows::binary(&self.params, scores[0], label, positive, threshold)
            }
            _ => rows::row(&self.params, scores, label),
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
        rows.counts.scored += 1;
        self.cells.add(label, scored.prediction);
        self.put_in_order(scores, label, &scored);
        if self.spec.order_only {
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
        if self.all_pass {
            self.all_pass = rows::passes_as_probabilities(&self.params, scores);
        }
        if tallies.classwise.is_some() {
            self.add_classwise(scores, label as usize);
        }
    }

    /// Counts the probability of every class in its own bins.
    fn add_classwise<T: Score>(&mut self, scores: &[T], label: usize) {
        let pair;
        let scores = match self.spec.task {
            Task::Binary { positive } => {
                pair = rows::pair(&self.params, scores[0], positive);
                &pair[..]
            }
            _ => scores,
        };
        let max = scores
            .iter()
            .copied()
            .fold(T::LEAST, |max, score| if score > max { score } else { max });
        let sum = if self.params.probabilities {
            exp::ONE
        } else {
            T::softmax_sums(self.params.level, scores, max).values
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
                (self.params.bin_of_quotient(term, sum), whole.ratio(term) >> 1)
            };
            let cell = &mut cells[bin as usize];
            cell.rows += 1;
            cell.correct += u64::from(class == label);
            cell.confidence += u128::from(probability);
        }
    }

    fn not_a_class(&self, label: &str) -> String {
        match (self.spec.task, self.classes.names()) {
            (Task::Matrix, [only]) => format!(
                "label '{label}' has no score: there is one column, class '{only}'; scores of two \
                 classes in one column must be one-dimensional, as by a.ravel()"
            ),
            (_, [first, second]) => {
                format!("label '{label}' has no score: the classes are '{first}' and '{second}'")
            }
            (_, names) => {
                let (first, last) = (&names[0], &names[names.len() - 1]);
                let count = names.len();
                format!(
                    "label '{label}' has no score: the {count} classes are '{first}' to '{last}'"
                )
            }
        }
    }

    /// The tallies.
    pub(super) fn finish(mut self, rows: &RowCounts<'_>) -> Result<Tallies> {
        for (label, counts) in (0..).zip(self.quarters) {
            for (prediction, count) in (0..).zip(counts) {
                self.cells.take_over(Cell { label, prediction, count });
            }
        }
        let confusion = Confusion::from_cells(self.cells.into_cells())?;
        Ok(Tallies {
            classes: self.classes,
            rows: rows.counts,
            confusion,
            scores: (!self.spec.order_only).then_some(self.tallies),
            order: None,
            spec: self.spec,
        })
    }
}

/// What is wrong with a row, in words.
fn describe<T: Score>(scores: &[T], reason: rows::Invalid) -> String {
    let find = |wrong: fn(f64) -> bool| {
        scores.iter().map(|score| score.widen()).enumerate().find(|(_, score)| wrong(*score))
    };
    match reason {
        rows::Invalid::NotFinite => match find(|score| score.is_nan() || score == f64::INFINITY) {
            Some((class, score)) if score.is_nan() => format!("score {class} is NaN"),
            Some((class, _)) => format!("score {class} is infinite"),
            None => "every score is -inf, so no class is likely".into(),
        },
        rows::Invalid::NotProbability => {
            let (class, score) = find(|score| !(0.0..=1.0).contains(&score)).unwrap_or((0, 0.0));
            format!(
                "score {class} is {score}, but a probability lies in 0 to 1; \
                 if these are logits, say --scores-are logits"
            )
        }
        rows::Invalid::Sum => {
            let sum: f64 = scores.iter().map(|score| score.widen()).sum();
            format!(
                "the probabilities sum to {sum:.6}, not to 1 within 0.001; \
                 if these are logits, say --scores-are logits"
            )
        }
    }
}
