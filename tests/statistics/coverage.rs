//! How often intervals cover the truth, by simulation from fixed seeds.
//!
//! The figures are those of the documentation of `stat`; a test compares them.

use tallyho::exact::Wide;
use tallyho::metric::measures;
use tallyho::stat::{Chance, Draws, Placements, Resampler, clopper_pearson, wilson};
use tallyho::stat::{normal_interval, standard_error_of_mean};
use tallyho::tally::{Cell, Confusion, Moments, Tallies};

use crate::metrics::{confusion, with};

/// Simulated sets behind each figure.
const SETS: u32 = 2_000;
const LEVEL: f64 = 0.95;
/// Keeps these draws apart from those of the product.
const PURPOSE: u32 = 100;

/// The share of sets whose interval covers `truth`.
fn coverage(truth: f64, mut interval: impl FnMut(u32) -> (f64, f64)) -> f64 {
    let covers = |set: &u32| {
        let (low, high) = interval(*set);
        low <= truth && truth <= high
    };
    (0..SETS).filter(covers).count() as f64 / f64::from(SETS)
}

/// The line of the documentation's table that holds these figures.
fn documented(what: &str, figures: &[f64]) {
    let shown: Vec<String> =
        figures.iter().map(|figure| format!("{:.1} %", figure * 100.0)).collect();
    let line = format!("//! | {what} | {} |", shown.join(", "));
    assert!(include_str!("../../src/stat/mod.rs").contains(&line), "should read\n{line}");
}

/// The Brown, Cai and DasGupta cases: np from 50 up.
const SHARES: [(u64, u64, u64); 4] =
    [(1_000, 1, 20), (1_000, 1, 2), (2_000, 39, 40), (1_000_000, 1, 1_000)];

fn of_shares(method: fn(u64, u64, f64) -> Option<(f64, f64)>) -> Vec<f64> {
    let of = |&(rows, part, whole): &(u64, u64, u64)| {
        let chance = Chance::new(part, whole);
        coverage(part as f64 / whole as f64, |set| {
            let hits = Draws::new(1, set, PURPOSE).binomial(rows, &chance);
            method(hits, rows, LEVEL).unwrap()
        })
    };
    SHARES.iter().map(of).collect()
}

#[test]
fn wilson_intervals_cover_as_often_as_they_say() {
    let figures = of_shares(wilson);
    assert!(figures.iter().all(|figure| (figure - LEVEL).abs() <= 0.015), "{figures:?}");
    documented("Wilson", &figures);
}

#[test]
fn clopper_pearson_intervals_cover_at_least_as_often_as_they_say() {
    let figures = of_shares(clopper_pearson);
    assert!(figures.iter().all(|figure| *figure >= 0.94), "{figures:?}");
    documented("Clopper–Pearson", &figures);
}

/// Losses of a calibrated model: −ln U is exponential with mean 1; and of a
/// very good one, as small as a few units of the tally.
#[test]
fn normal_intervals_of_means_cover_as_often_as_they_say() {
    let unit = 2_f64.powi(32);
    let of = |rows: u64, scale: f64| {
        coverage(scale, |set| {
            let mut draws = Draws::new(2, set, PURPOSE);
            let mut moments = Moments::default();
            for _ in 0..rows / 2 {
                for u in draws.uniforms() {
                    moments.add((-(1.0 - u).ln() * scale * unit + 0.5) as u64);
                }
            }
            let deviation = moments.deviation(rows).unwrap() / unit / unit;
            let error = standard_error_of_mean(deviation, rows).unwrap();
            normal_interval(moments.sum as f64 / unit / rows as f64, error, LEVEL)
        })
    };
    let figures = [of(1_000, 1.0), of(1_000, 1e-8)];
    assert!(figures.iter().all(|figure| (figure - LEVEL).abs() <= 0.015), "{figures:?}");
    documented("normal, of means", &figures);
}

/// Scores of 64 levels: uniform for negatives, the larger of two uniform ones
/// for positives, which makes many ties.
fn placements(set: u32, positives: usize, negatives: usize) -> Placements {
    const LEVELS: usize = 64;
    let mut draws = Draws::new(3, set, PURPOSE);
    let level = |u: f64| (u * LEVELS as f64) as usize;
    let (mut above, mut below) = ([0_u64; LEVELS], [0_u64; LEVELS]);
    for _ in 0..positives {
        let [a, b] = draws.uniforms();
        above[level(a.max(b))] += 1;
    }
    for _ in 0..negatives / 2 {
        draws.uniforms().into_iter().for_each(|u| below[level(u)] += 1);
    }
    let mut sums = Placements {
        positives: positives as u64,
        negatives: negatives as u64,
        twice_u: 0,
        positive_squares: Wide::default(),
        negative_squares: Wide::default(),
    };
    let add = |squares: &mut Wide, rows: u64, placement: u64| {
        let square = Wide::product(u128::from(placement) * u128::from(placement), rows);
        *squares = squares.checked_add(square).unwrap();
    };
    let (mut less, mut more) = (0, positives as u64);
    for (own, other) in above.into_iter().zip(below) {
        more -= own;
        add(&mut sums.positive_squares, own, 2 * less + other);
        add(&mut sums.negative_squares, other, 2 * more + own);
        sums.twice_u += u128::from(own) * u128::from(2 * less + other);
        less += other;
    }
    sums
}

#[test]
fn delong_intervals_cover_as_often_as_they_say() {
    // P(X > Y) + P(X = Y)/2 with P(X = k) = (2 k + 1)/64².
    let truth: f64 =
        (0..64).map(|k| f64::from(2 * k + 1) / 4096.0 * (f64::from(k) + 0.5) / 64.0).sum();
    let of = |positives, negatives| {
        coverage(truth, |set| placements(set, positives, negatives).interval(LEVEL).unwrap())
    };
    let figures = [of(500, 500), of(100, 1_000)];
    assert!(figures.iter().all(|figure| (figure - LEVEL).abs() <= 0.015), "{figures:?}");
    documented("DeLong", &figures);
}

/// A confusion in proportion to the chances of its cells, in units of rows.
fn population() -> Tallies {
    confusion(
        3,
        &[
            (0, 0, 900),
            (0, 1, 60),
            (0, 2, 40),
            (1, 0, 80),
            (1, 1, 500),
            (1, 2, 20),
            (2, 0, 70),
            (2, 1, 30),
            (2, 2, 300),
        ],
    )
}

#[test]
fn bootstrap_intervals_cover_nearly_as_often_as_they_say() {
    let names = ["f1_macro", "matthews_corrcoef", "balanced_accuracy", "cohen_kappa_quadratic"];
    let whole = with(&population(), |spec| {
        spec.metrics = names.map(str::to_owned).to_vec();
        spec.replicates = Some(400);
    });
    let truths: Vec<f64> =
        measures(&whole).unwrap().into_iter().map(|(_, it)| it.value.unwrap()).collect();
    let cells: Vec<Cell> = whole.confusion.cells().collect();
    // 2,000 rows are drawn from it; drawing as many as it has is the same.
    assert_eq!(whole.rows.scored, 2_000);
    let sampler = Resampler::new(&cells.iter().map(|cell| cell.count).collect::<Vec<_>>());
    let mut counts = vec![0; cells.len()];
    let mut covered = [0_u32; 4];
    for set in 0..SETS {
        sampler.resample(&mut Draws::new(4, set, PURPOSE), &mut counts);
        let drawn = cells.iter().zip(&counts).map(|(cell, count)| Cell { count: *count, ..*cell });
        let set =
            Tallies { confusion: Confusion::from_cells(drawn.collect()).unwrap(), ..whole.clone() };
        for (place, (_, measure)) in measures(&set).unwrap().iter().enumerate() {
            let interval = measure.interval.as_ref().unwrap();
            assert_eq!(interval.method, "bootstrap");
            covered[place] += u32::from((interval.low..=interval.high).contains(&truths[place]));
        }
    }
    let figures = covered.map(|covered| f64::from(covered) / f64::from(SETS));
    assert!(figures.iter().all(|figure| *figure >= 0.92), "{figures:?}");
    documented("percentile bootstrap", &figures);
}
