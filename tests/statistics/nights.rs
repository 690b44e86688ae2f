//! Simulated nights: rows drawn from known models, and what rules say of them.

use tallyho::rule::Verdict;
use tallyho::stat::{Agreement, Draws, Resampler};
use tallyho::tally::{
    Aggregates, Auc, Counts, ExactOrder, Moments, Order, RowSums, ScoreType, ScoresAre, Spec, Sums,
    Tallies, Task,
};

use crate::metrics::confusion;
use crate::rules::made::{Made, after, hits};

/// Keeps these draws apart from those of the product and of other tests.
const PURPOSE: u32 = 300;

pub fn draws(seed: u64, night: u32) -> Draws {
    Draws::new(seed, night, PURPOSE)
}

/// Cells of a confusion in proportion to their chances: as many rows as they have.
#[derive(Clone)]
pub struct Model {
    classes: usize,
    cells: Vec<(u32, u32, u64)>,
}

impl Model {
    pub fn new(classes: usize, cells: &[(u32, u32, u64)]) -> Self {
        let cells = cells.iter().copied().filter(|cell| cell.2 > 0).collect();
        Self { classes, cells }
    }

    /// Of each class so many rows and so many of them right; the others are predicted as
    /// the next class.
    pub fn of_classes(classes: &[(u64, u64)]) -> Self {
        let count = classes.len() as u32;
        let cells = (0..).zip(classes).flat_map(|(class, &(rows, right))| {
            [(class, class, right), (class, (class + 1) % count, rows - right)]
        });
        Self::new(classes.len(), &cells.collect::<Vec<_>>())
    }

    /// A night of `times` as many rows.
    pub fn night(&self, times: u64, draws: &mut Draws) -> Tallies {
        let counts: Vec<u64> = self.cells.iter().map(|cell| cell.2 * times).collect();
        let mut drawn = vec![0; counts.len()];
        Resampler::new(&counts).resample(draws, &mut drawn);
        let cells = self.cells.iter().zip(drawn).map(|(cell, count)| (cell.0, cell.1, count));
        confusion(self.classes, &cells.filter(|cell| cell.2 > 0).collect::<Vec<_>>())
    }
}

/// Zipf's classes: the rows of class k fall as 1 / (k + 1), with recalls from 0.7 to 0.98.
pub fn zipf(classes: u64, rows: u64) -> Model {
    let sum: f64 = (1..=classes).map(|k| 1.0 / k as f64).sum();
    let mut cells = Vec::new();
    for class in 0..classes {
        let of = (rows as f64 / sum / (class + 1) as f64).round().max(1.0) as u64;
        let wrong = (of as f64 * (0.02 + 0.28 * ((class * 7) % 11) as f64 / 10.0)).round() as u64;
        let (a, b) = ((class * 5 + 1) % classes, (class * 3 + 2) % classes);
        let half = wrong / 2;
        cells.push((class as u32, class as u32, of - wrong));
        for (other, count) in [(a, half), (b, wrong - half)] {
            let place = if other == class { (other + 1) % classes } else { other };
            cells.push((class as u32, place as u32, count));
        }
    }
    cells.sort_unstable();
    let mut merged: Vec<(u32, u32, u64)> = Vec::new();
    for cell in cells {
        match merged.last_mut() {
            Some(last) if (last.0, last.1) == (cell.0, cell.1) => last.2 += cell.2,
            _ => merged.push(cell),
        }
    }
    Model::new(classes as usize, &merged)
}

/// Rows with a loss each, in nats.
pub fn with_losses(rows: u64, mut loss: impl FnMut() -> f64) -> Tallies {
    let spec = Spec {
        task: Task::Matrix,
        scores_are: Some(ScoresAre::Logits),
        score_type: Some(ScoreType::F32),
        ..Spec::default()
    };
    let mut sums = RowSums::default();
    let add = |moments: &mut Moments, value: f64, bits: i32| {
        moments.add((value * 2_f64.powi(bits)) as u64);
    };
    for _ in 0..rows {
        let loss = loss();
        add(&mut sums.loss, loss, 32);
        add(&mut sums.squared_error, 2.0 * (1.0 - (-loss).exp()).powi(2), 30);
    }
    let mut aggregates = Aggregates::empty(&spec, 2);
    aggregates.set(Some(sums));
    Tallies { spec, aggregates, ..confusion(2, &[(0, 0, rows)]) }
}

/// Binary scores of 64 levels: (positive, negative) rows of each, from the highest down.
pub fn in_order(levels: &[(u64, u64)]) -> Tallies {
    let spec = Spec {
        task: Task::Binary { positive: 1 },
        scores_are: Some(ScoresAre::Probabilities),
        score_type: Some(ScoreType::F32),
        positive: Some(1),
        auc: Auc::Exact,
        ..Spec::default()
    };
    let groups = levels.iter().map(|&(positive, negative)| Counts { positive, negative });
    let groups: Vec<Counts> = groups.filter(|it| it.positive + it.negative > 0).collect();
    let all = Counts {
        positive: levels.iter().map(|it| it.0).sum(),
        negative: levels.iter().map(|it| it.1).sum(),
    };
    let mut sums = Sums::new(all);
    sums.add(Counts::default(), groups.into_iter());
    let mut aggregates = Aggregates::empty(&spec, 2);
    let order = ExactOrder { classes: vec![sums], ..ExactOrder::default() };
    aggregates.set(Some(Order::Exact(Box::new(order))));
    let cells = [(0, 0, all.negative), (1, 1, all.positive)];
    Tallies { spec, aggregates, ..confusion(2, &cells) }
}

/// The share of nights on which a rule comes out as `verdict`.
pub fn share(
    nights: u32,
    rule: &str,
    verdict: Verdict,
    mut night: impl FnMut(u32) -> (Made, Tallies),
) -> f64 {
    let comes = |at: &u32| {
        let (past, tonight) = night(*at);
        after(&past, rule, &tonight).verdict == verdict
    };
    f64::from((0..nights).filter(comes).count() as u32) / f64::from(nights)
}

/// The same rows on two nights, by whether both are right, only the first, only the second,
/// or neither: drawn from so many of each.
pub fn paired(counts: [u64; 4], draws: &mut Draws) -> (Made, Tallies) {
    let mut drawn = [0; 4];
    Resampler::new(&counts).resample(draws, &mut drawn);
    let [both, first, second, neither] = drawn;
    let rows = both + first + second + neither;
    let agreement = Some(Agreement { both, first, second, neither });
    let past = Made { agreement, ..Made::of(&[hits(both + first, rows)]) };
    (past, hits(both + second, rows))
}
