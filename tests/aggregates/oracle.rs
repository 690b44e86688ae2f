//! Rows with scores added up one at a time, as plainly as can be.

use tallyho::exact::grid::BINS;
use tallyho::exact::{Denominator, exp, grid};
use tallyho::kernel::order::{keys, to_surprise};
use tallyho::kernel::rows::{self, Decision, Params, Row};
use tallyho::kernel::{Level, Score};
use tallyho::tally::aggregate::{ALL, BrierByClass, ClassLoss, ConfidencePowers, LossByClass};
use tallyho::tally::{
    Aggregate, Aggregates, Auc, Bin, BinnedOrder, Calibration, Classwise, Counted, Counts, Order,
    Ordered, Ranks, RowSums, ScoreBins, ScoreType, ScoresAre, Spec, Task, Tempered, Wide,
    inverse_temperatures,
};

use crate::common::Rng;

/// Rows, and how they are read.
#[derive(Clone)]
pub struct Rows {
    pub params: Params,
    pub decision: Decision,
    pub classes: usize,
    pub columns: usize,
    pub labels: Vec<u32>,
    pub scores: Vec<f32>,
}

/// Rows of some kind; among them some that cannot be scored.
pub fn random(rng: &mut Rng) -> (Spec, Rows) {
    let logits = rng.below(2) == 0;
    let one = rng.below(3) == 0;
    let classes = if one { 2 } else { [2, 3, 5, 16, 17, 40][rng.below(6) as usize] };
    let columns = if one { 1 } else { classes };
    let rows = [1, 20, 300, 1_500][rng.below(4) as usize];
    let threshold = if logits { 0.5 } else { 0.375 };
    let (task, decision) = match (one, classes == 2 && rng.below(2) == 0) {
        (true, _) => (Task::Binary { positive: 1 }, Decision::OneScore { positive: 1, threshold }),
        (false, true) => (Task::Matrix, Decision::TwoScores { positive: 0, threshold }),
        (false, false) => (Task::Matrix, Decision::Highest),
    };
    let spec = Spec {
        task,
        scores_are: Some(if logits { ScoresAre::Logits } else { ScoresAre::Probabilities }),
        score_type: Some(ScoreType::F32),
        threshold: (decision != Decision::Highest).then_some(threshold),
        positive: matches!(decision, Decision::TwoScores { .. }).then_some(0),
        bins: [1, 7, 15][rng.below(3) as usize],
        auc: if rng.below(2) == 0 { Auc::Binned } else { Auc::None },
        asked: ALL
            .iter()
            .filter(|it| it.on_request.is_some_and(|it| logits || !it.of_logits))
            .map(|it| it.name)
            .collect(),
        ..Spec::default()
    };
    let params = Params {
        probabilities: !logits,
        higher_first: false,
        epsilon: f64::from(f32::EPSILON),
        sum_tolerance: rows::sum_tolerance(ScoreType::F32),
        edges: rows::edges(spec.bins),
        right_closed: true,
        level: Level::PLAIN,
    };
    let mut scores = Vec::new();
    for _ in 0..rows {
        if logits {
            scores.extend((0..columns).map(|_| logit(rng)));
        } else {
            scores.extend(shares(rng, columns));
        }
    }
    // One label more than there are classes: rows that are not to be scored.
    let labels = rng.words(rows, classes as u32 + 1);
    (spec, Rows { params, decision, classes, columns, labels, scores })
}

fn logit(rng: &mut Rng) -> f32 {
    match rng.below(300) {
        0 => f32::NAN,
        1..8 => f32::NEG_INFINITY,
        8..80 => rng.below(5) as f32 - 2.0,
        80 => 3e38 * rng.normal(),
        _ => 3.0 * rng.normal(),
    }
}

/// Shares of 1 in eighths, and now and then none.
fn shares(rng: &mut Rng, columns: usize) -> Vec<f32> {
    if columns == 1 {
        return vec![if rng.below(50) == 0 { 1.5 } else { rng.below(9) as f32 / 8.0 }];
    }
    let mut row = vec![0.0; columns];
    (0..8).for_each(|_| row[rng.below(columns as u32) as usize] += 0.125);
    if rng.below(50) == 0 {
        row[0] += 0.5;
    }
    row
}

/// The aggregates of the rows.
pub fn counted(rows: &Rows, spec: &Spec) -> Aggregates {
    let mut sums = Sums::new(spec, rows.classes);
    for (scores, &label) in rows.scores.chunks(rows.columns).zip(&rows.labels) {
        if (label as usize) < rows.classes
            && let Ok(row) = score(rows, scores, label as usize)
        {
            let each = match rows.decision {
                Decision::OneScore { positive, .. } => {
                    rows::pair(&rows.params, scores[0], positive).to_vec()
                }
                _ => scores.to_vec(),
            };
            sums.add(&rows.params, scores, &each, label as usize, &row);
        }
    }
    sums.finish(spec)
}

fn score(rows: &Rows, scores: &[f32], label: usize) -> Result<Row, rows::Invalid> {
    match rows.decision {
        Decision::Highest => rows::row(&rows.params, scores, label),
        Decision::OneScore { positive, threshold } => {
            rows::binary(&rows.params, scores[0], label, positive, threshold)
        }
        Decision::TwoScores { positive, threshold } => {
            rows::row_of_two(&rows.params, scores, label, positive, threshold)
        }
    }
}

struct Sums {
    ranks: Vec<u64>,
    sums: RowSums,
    calibration: Vec<Bin>,
    classwise: Vec<Bin>,
    bins: usize,
    tempered: Vec<u128>,
    losses: Vec<ClassLoss>,
    errors: Vec<u128>,
    powers: ConfidencePowers,
    /// Of the positive class, or of each.
    orders: Vec<Vec<Counts>>,
    confidence: Vec<Counts>,
    is_one: bool,
}

impl Sums {
    fn new(spec: &Spec, classes: usize) -> Self {
        let is_one = spec.task != Task::Matrix;
        Self {
            ranks: vec![0; classes],
            sums: RowSums::default(),
            calibration: vec![Bin::default(); spec.bins],
            classwise: vec![Bin::default(); spec.bins * classes],
            bins: spec.bins,
            tempered: vec![0; inverse_temperatures().len()],
            losses: vec![ClassLoss::default(); classes],
            errors: vec![0; classes],
            powers: ConfidencePowers::default(),
            orders: vec![vec![Counts::default(); BINS]; if is_one { 1 } else { classes }],
            confidence: vec![Counts::default(); BINS],
            is_one,
        }
    }

    fn add(&mut self, params: &Params, scores: &[f32], each: &[f32], label: usize, row: &Row) {
        let right = row.prediction as usize == label;
        self.ranks[row.rank as usize] += 1;
        row.loss.into_iter().for_each(|loss| self.sums.loss.add(loss));
        self.sums.squared_error.add(row.squared_error.into());
        let losses = &mut self.losses[label];
        losses.loss += u128::from(row.loss.unwrap_or(0));
        losses.infinite += u64::from(row.loss.is_none());
        self.errors[label] += u128::from(row.squared_error);
        self.add_powers(row.confidence.into(), right);
        self.sums.confidence.add(row.confidence.into());
        fill(&mut self.calibration[row.bin as usize], right, row.confidence);
        let max = each.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let terms = each.iter().map(|score| exp::term(score.half_gap(max)).value);
        let whole = Denominator::new(if params.probabilities { exp::ONE } else { terms.sum() });
        for (class, &score) in each.iter().enumerate() {
            let (bin, probability) = match params.probabilities {
                true => (params.bin_of_value(score.into()), score.unit()),
                false => {
                    let term = exp::term(score.half_gap(max)).value;
                    (params.bin_of_quotient(term, whole), whole.ratio(term) >> 1)
                }
            };
            let cell = &mut self.classwise[class * self.bins + bin as usize];
            fill(cell, class == label, probability);
        }
        if row.loss.is_some() && !params.probabilities {
            for (sum, factor) in self.tempered.iter_mut().zip(inverse_temperatures()) {
                let loss = rows::loss_of_scaled(params, each, label, factor, &mut Vec::new());
                *sum += u128::from(loss.unwrap_or(0));
            }
        }
        self.add_to_orders(params, scores, label);
        add(&mut self.confidence[usize::from(grid::of_confidence(row.confidence))], !right);
    }

    fn add_powers(&mut self, c: u128, right: bool) {
        let powers = &mut self.powers;
        powers.confidence += c;
        powers.squares += c * c;
        powers.cubes = powers.cubes.checked_add(Wide::from(c * c * c)).unwrap();
        powers.fourths = powers.fourths.checked_add(Wide::from(c * c * c * c)).unwrap();
        powers.right += u64::from(right);
        powers.right_confidence += if right { c } else { 0 };
    }

    fn add_to_orders(&mut self, params: &Params, scores: &[f32], label: usize) {
        if self.is_one {
            let of = if params.probabilities { grid::of_probability } else { grid::of_logit };
            add(&mut self.orders[0][usize::from(of(scores[0].into()))], label == 1);
            return;
        }
        let mut found = Vec::new();
        keys(params, scores, &mut found);
        for (class, key) in found.into_iter().enumerate() {
            let bin = match params.probabilities {
                true => grid::of_probability(scores[class].into()),
                false => grid::of_surprise(to_surprise(key)),
            };
            add(&mut self.orders[class][usize::from(bin)], class == label);
        }
    }

    fn finish(self, spec: &Spec) -> Aggregates {
        assert_eq!((spec.counted, spec.ordered), (Counted::All, Ordered::Classes));
        let bins = |dense: Vec<Counts>| ScoreBins::new((0..=u16::MAX).zip(dense).collect());
        let mut found = Aggregates::default();
        found.set(Some(Ranks(self.ranks)));
        found.set(Some(self.sums));
        found.set(Some(Calibration(self.calibration)));
        let of = |name| spec.asks_for(name).then_some(());
        found.set(
            of(Classwise::NAME).map(|()| Classwise { bins: self.bins, cells: self.classwise }),
        );
        found.set(of(Tempered::NAME).map(|()| Tempered(self.tempered)));
        found.set(Some(LossByClass(self.losses)));
        found.set(Some(BrierByClass(self.errors)));
        found.set(Some(self.powers));
        found.set((spec.auc == Auc::Binned).then(|| {
            Order::Binned(BinnedOrder {
                classes: self.orders.into_iter().map(bins).collect(),
                confidence: Some(bins(self.confidence)),
            })
        }));
        found
    }
}

fn fill(bin: &mut Bin, right: bool, confidence: u32) {
    bin.rows += 1;
    bin.correct += u64::from(right);
    bin.confidence += u128::from(confidence);
}

fn add(rows: &mut Counts, positive: bool) {
    rows.positive += u64::from(positive);
    rows.negative += u64::from(!positive);
}
