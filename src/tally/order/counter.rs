//! Rows to be put in order, by their scores and by their confidence: what one
//! worker keeps, and what comes of all of them.

use std::any::Any;

use super::absorb::Room;
use super::column_bins::{ColumnBins, of_bin};
use super::one_vs_rest;
use super::{BinnedOrder, ConfidenceOrder, ExactOrder, Order, OrderWish, ScoreBins};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::exact::grid::{self, BINS};
use crate::exact::key;
use crate::exact::order::{Counts, Curve, MassBins, Questions, RiskSum, Sums};
use crate::kernel::Score;
use crate::kernel::order::shader::By;
use crate::kernel::order::{Held, fold, keys, of_surprise, to_surprise};
use crate::kernel::planes::Plane;
use crate::kernel::rows::{self, Block, Decision, with_block_scores};
use crate::tally::aggregate::{self, Counter, Counting, Finish};
use crate::tally::{Auc, Counted, Ordered, Row, ScoresAre, Task};

/// The most rows that are put in exact order: places of rows have 32 bits.
const MOST_ROWS: u64 = (1 << 32) - (1 << 26);

/// The most of a matrix: twice as many have 32 bits.
const MOST_MATRIX_ROWS: u64 = (1 << 31) - 1;

/// What one worker keeps of its rows.
pub struct OrderCounter {
    /// By the score of the positive class.
    pub(super) scores: Kept,
    /// Of a matrix, by the scores of each class.
    pub(super) classes: Kept,
    pub(super) confidence: Kept,
    probabilities: bool,
    /// The positive class, if it has an order of its own.
    positive: Option<usize>,
    /// Whether keys of a row are those of doubles.
    doubles: bool,
    keys: Vec<u64>,
}

/// Rows by one number: a score or a confidence.
pub(super) enum Kept {
    /// Not asked for.
    Nothing,
    /// Keys of 32 bits.
    Single(Held<u32>),
    /// Keys of 64 bits.
    Double(Held<u64>),
    /// Rows by bin.
    Bins(Vec<Counts>),
    /// Of a matrix: each row's class, and the key of its score for it.
    Labels(Vec<u32>, Vec<u64>),
    /// Of a matrix: for each class, negatives and positives by bin.
    Columns(ColumnBins),
}

impl OrderCounter {
    fn rows<T: Score>(&mut self, block: &Block<'_>, scores: &[T]) {
        let rows = || block.scored();
        let label_is = |row: usize, class: usize| block.labels[row] as usize == class;
        match (self.positive, block.decision) {
            (None, _) => {}
            (Some(positive), Decision::OneScore { .. }) if block.is_all_scored() => {
                let labels = block.labels.iter().map(|&label| label as usize == positive);
                self.by_score(scores.iter().copied().zip(labels));
            }
            (Some(positive), Decision::OneScore { .. }) => {
                self.by_score(rows().map(|row| (scores[row], label_is(row, positive))));
            }
            (Some(positive), _) if self.probabilities => {
                self.by_score(
                    rows().map(|row| {
                        (scores[row * block.columns + positive], label_is(row, positive))
                    }),
                );
            }
            (Some(positive), _) => {
                self.by_score(rows().map(|row| {
                    let pair = &scores[row * block.columns..][..block.columns];
                    let score = rows::positive_score(block.params, pair, positive);
                    (score, label_is(row, positive))
                }));
            }
        }
        match self.classes {
            Kept::Labels(..) => self.by_label(block, scores),
            Kept::Columns(_) => self.by_column(block, scores),
            _ => {}
        }
    }

    /// Keeps scores of the positive class, each with whether its row is positive.
    #[inline]
    fn by_score<T: Score>(&mut self, rows: impl Iterator<Item = (T, bool)>) {
        match &mut self.scores {
            #[allow(clippy::cast_possible_truncation, reason = "keys of 32 bits, widened")]
            Kept::Single(held) => {
                rows.for_each(|(score, positive)| held.push(score.key() as u32, positive));
            }
            Kept::Double(held) => {
                rows.for_each(|(score, positive)| held.push(score.key(), positive));
            }
            Kept::Bins(bins) => {
                let bin = if self.probabilities { grid::of_probability } else { grid::of_logit };
                for (score, positive) in rows {
                    count(&mut bins[usize::from(bin(score.widen()))], positive);
                }
            }
            _ => {}
        }
    }

    /// Keeps rows of a matrix by their labels.
    fn by_label<T: Score>(&mut self, block: &Block<'_>, scores: &[T]) {
        let Kept::Labels(classes, keys) = &mut self.classes else { return };
        for row in block.scored() {
            let label = block.labels[row];
            classes.push(label);
            keys.push(match self.probabilities {
                true => scores[row * block.columns + label as usize].key(),
                false => block.loss(row).map_or(0, of_surprise),
            });
        }
    }

    /// Counts the keys of rows of a matrix.
    fn by_column<T: Score>(&mut self, block: &Block<'_>, scores: &[T]) {
        let Kept::Columns(columns) = &mut self.classes else { return };
        for row in block.scored() {
            let scores = &scores[row * block.columns..][..block.columns];
            let label = block.labels[row] as usize;
            keys(block.params, scores, &mut self.keys);
            columns.begin_row();
            let bins = columns.bins.chunks_exact_mut(BINS);
            for ((class, &key), bins) in self.keys.iter().enumerate().zip(bins) {
                let bin = match (self.probabilities, self.doubles) {
                    (false, _) => grid::of_surprise(to_surprise(key)),
                    (true, true) => grid::of_probability(key::to_f64(key)),
                    (true, false) => grid::of_probability(single(key)),
                };
                let rows = &mut bins[usize::from(bin)][usize::from(class == label)];
                // They are drained before they can wrap.
                *rows = rows.wrapping_add(1);
            }
        }
    }

    /// Keeps rows by their confidence.
    fn by_confidence(&mut self, block: &Block<'_>) {
        if matches!(self.confidence, Kept::Nothing) {
            return;
        }
        let (predictions, confidences) =
            (block.plane(Plane::Prediction), block.plane(Plane::Confidence));
        for row in block.scored() {
            let wrong = predictions[row] != block.labels[row];
            match &mut self.confidence {
                Kept::Single(held) => held.push(confidences[row], wrong),
                Kept::Bins(bins) => {
                    count(&mut bins[usize::from(grid::of_confidence(confidences[row]))], wrong);
                }
                _ => {}
            }
        }
    }

    /// Keeps rows that a device has put in buckets by their scores, or by their
    /// confidence: the negatives and positives of each, and the lower halves of
    /// their keys. Of bins there is no lower half.
    fn extend(&mut self, by_confidence: bool, counts: &[u32], lows: &[u16]) {
        match if by_confidence { &mut self.confidence } else { &mut self.scores } {
            Kept::Single(held) => held.extend(counts, lows),
            Kept::Bins(bins) => {
                for (bin, counts) in bins.iter_mut().zip(counts.chunks_exact(2)) {
                    let [negative, positive] = [counts[0], counts[1]].map(u64::from);
                    *bin += Counts { positive, negative };
                }
            }
            _ => {}
        }
    }
}

/// Keeps rows that a device has put in order.
pub(super) fn take(counter: &mut dyn Counter, by: By, counts: &[u32], lows: &[u16]) {
    match (counter as &mut dyn Any).downcast_mut::<OrderCounter>() {
        Some(counter) => counter.extend(by.is_confidence(), counts, lows),
        None => unreachable!("an order is kept by its own counter"),
    }
}

impl Counter for OrderCounter {
    fn update(&mut self, block: &Block<'_>) {
        with_block_scores!(block.scores, scores => self.rows(block, scores));
        self.by_confidence(block);
    }

    fn absorb(&mut self, more: Box<dyn Counter>) -> Option<Box<dyn Counter>> {
        let Ok(more) = (more as Box<dyn Any>).downcast::<Self>() else {
            unreachable!("counters of one aggregate are of one kind")
        };
        if !self.has_room_for(&more) {
            return Some(more);
        }
        self.add(&more);
        None
    }
}

impl aggregate::Counts<Order> for OrderCounter {
    fn new(Counting { spec, classes }: Counting<'_>) -> Self {
        let bins = || Kept::Bins(vec![Counts::default(); BINS]);
        let scores = match (spec.auc, spec.task) {
            (Auc::None, _) | (_, Task::Predictions) => Kept::Nothing,
            (_, Task::Matrix) if spec.ordered == Ordered::Classes => Kept::Nothing,
            (Auc::Binned, _) => bins(),
            (Auc::Exact, _) if spec.orders_doubles() => Kept::Double(Held::default()),
            (Auc::Exact, _) => Kept::Single(Held::default()),
        };
        let each_class = match spec.auc {
            _ if !spec.has_each_class() => Kept::Nothing,
            Auc::Binned => Kept::Columns(ColumnBins::new(classes)),
            _ => Kept::Labels(Vec::new(), Vec::new()),
        };
        let confidence = match spec.auc {
            Auc::Binned if spec.counted != Counted::Order => bins(),
            Auc::Exact if spec.order.confidence => Kept::Single(Held::default()),
            _ => Kept::Nothing,
        };
        let is_apart = !matches!(scores, Kept::Nothing);
        Self {
            scores,
            classes: each_class,
            confidence,
            probabilities: spec.scores_are == Some(ScoresAre::Probabilities),
            positive: spec.positive_class().filter(|_| is_apart),
            doubles: spec.score_type == Some(ScoreType::F64),
            keys: Vec::new(),
        }
    }

    /// Puts the rows of all workers in order.
    fn finish(counters: Vec<Self>, of: &Finish<'_>) -> Result<Order> {
        let (spec, scored) = (of.counting.spec, of.rows.scored);
        let most = if spec.has_each_class() { MOST_MATRIX_ROWS } else { MOST_ROWS };
        if spec.auc == Auc::Exact && scored > most {
            return Err(Error::Usage(format!(
                "an exact order holds at most {most} rows, found {scored}; use --auc binned"
            )));
        }
        let (mut scores, mut confidence) = (Parts::default(), Parts::default());
        for counter in counters {
            scores.push(counter.scores);
            scores.push(counter.classes);
            confidence.push(counter.confidence);
        }
        Held::settle(&mut scores.single);
        Held::settle(&mut scores.double);
        Held::settle(&mut confidence.single);
        if spec.auc == Auc::Binned {
            return Ok(Order::Binned(BinnedOrder {
                classes: scores.bins.chunks_exact(BINS).map(bins).collect(),
                confidence: confidence.bins.chunks_exact(BINS).map(bins).next(),
            }));
        }
        let mut order = ExactOrder::default();
        let is_apart = spec.task != Task::Matrix || spec.ordered != Ordered::Classes;
        if let Some(positive) = spec.positive_class().filter(|_| is_apart) {
            let own = of.confusion.rows().filter(|row| row.label() as usize == positive);
            let own: u64 = own.flat_map(Row::cells).map(|cell| cell.count).sum();
            binary(
                &mut order,
                &scores,
                Counts { positive: own, negative: scored - own },
                &spec.order,
            );
        }
        if spec.order.confidence && scored > 0 {
            let right: u64 = of.confusion.diagonal().sum();
            let rows = Counts { positive: scored - right, negative: right };
            order.confidence = Some(by_confidence(&confidence.single, rows, &spec.order));
        }
        if spec.has_each_class() {
            one_vs_rest::count(of, scores.labels, &mut order)?;
        }
        Ok(Order::Exact(Box::new(order)))
    }
}

fn count(rows: &mut Counts, positive: bool) {
    // Cannot wrap: there are fewer than 2⁶⁴ rows.
    rows.positive = rows.positive.wrapping_add(positive.into());
    rows.negative = rows.negative.wrapping_add((!positive).into());
}

/// The score of a single-precision key that was widened.
pub(super) fn single(key: u64) -> f64 {
    key::to_f32(u32::try_from(key).unwrap_or(u32::MAX)).into()
}

/// The class of each row, and the key of its score for it.
pub(super) type Labels = (Vec<u32>, Vec<u64>);

/// What the workers kept, together.
#[derive(Default)]
struct Parts {
    single: Vec<Held<u32>>,
    double: Vec<Held<u64>>,
    bins: Vec<Counts>,
    labels: Vec<Labels>,
}

impl Parts {
    fn push(&mut self, kept: Kept) {
        match kept {
            Kept::Nothing => {}
            Kept::Single(part) => self.single.push(part),
            Kept::Double(part) => self.double.push(part),
            Kept::Labels(classes, keys) => self.labels.push((classes, keys)),
            Kept::Bins(bins) => self.add(bins.len(), bins.into_iter()),
            Kept::Columns(ColumnBins { bins, drained, .. }) => {
                self.add(bins.len(), drained.into_iter());
                self.add(bins.len(), bins.into_iter().map(of_bin));
            }
        }
    }

    fn add(&mut self, len: usize, more: impl Iterator<Item = Counts>) {
        self.bins.resize(len, Counts::default());
        self.bins.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

fn bins(dense: &[Counts]) -> ScoreBins {
    ScoreBins::new((0..=u16::MAX).zip(dense.iter().copied()).collect())
}

fn binary(order: &mut ExactOrder, parts: &Parts, all: Counts, wish: &OrderWish) {
    let questions = wish.questions(false);
    let new = || {
        let asked = (!questions.is_empty()).then(|| Questions::new(all, &questions));
        ((Sums::new(all), Curve::new(all)), asked)
    };
    let ((sums, curve), asked) = match parts.double.is_empty() {
        true => fold(&parts.single, new),
        false => fold(&parts.double, new),
    };
    order.classes = vec![sums];
    order.curve = curve.finish();
    order.answers =
        questions.into_iter().zip(asked.map_or(Vec::new(), Questions::finish)).collect();
}

fn by_confidence(parts: &[Held<u32>], rows: Counts, wish: &OrderWish) -> ConfidenceOrder {
    let questions = wish.questions(true);
    let ((risk, curve), (asked, bins)) = fold(parts, || {
        let bins = (wish.mass_bins > 0).then(|| MassBins::new(rows.rows(), wish.mass_bins));
        let asked = Questions::new(rows, &questions);
        ((RiskSum::default(), Curve::new(rows)), (asked, bins))
    });
    ConfidenceOrder {
        risk: risk.risk,
        curve: curve.finish(),
        answers: questions.into_iter().zip(asked.finish()).collect(),
        bins: bins.map_or(Vec::new(), MassBins::finish),
    }
}

#[cfg(test)]
mod tests {
    use super::super::column_bins::DRAIN_ROWS;
    use super::*;

    #[test]
    fn bins_of_columns_are_drained_before_they_wrap() {
        let mut columns = ColumnBins::new(1);
        columns.bins[7] = [u32::MAX, 5];
        columns.rows = DRAIN_ROWS;
        columns.begin_row();
        columns.bins[7][0] += 1;
        assert_eq!(columns.rows, 1);
        let mut parts = Parts::default();
        parts.push(Kept::Columns(columns));
        assert_eq!(parts.bins[7], Counts { positive: 5, negative: 1 << 32 });
        assert_eq!(parts.bins.len(), BINS);
    }
}
