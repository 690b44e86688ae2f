//! Rows side by side, a lane to each: blocks on every level against the same rows one by
//! one, word for word in every plane.

use tallyho::exact::ScoreType;
use tallyho::kernel::planes::Plane;
use tallyho::kernel::rows::shader::PLANES;
use tallyho::kernel::rows::{self, ANY_SUM, Decision, Params, PlanesOut};
use tallyho::kernel::{Level, Score};

use crate::common::Rng;

/// What planes hold before rows are written, and must hold beside them.
const UNTOUCHED: u32 = 0xdead_beef;

/// Words of a plane before the first row, and behind the last.
const FIRST: usize = 3;
const BEHIND: usize = 5;

/// Rows of a block and how they are read.
#[derive(Clone)]
struct Case<T> {
    params: Params,
    decision: Decision,
    /// Of scores, and of classes.
    shape: [usize; 2],
    scores: Vec<T>,
    labels: Vec<u32>,
    predictions_only: bool,
}

impl<T: Score> Case<T> {
    /// The planes with rows from the fourth on, and room behind them.
    fn planes(&self, level: Level) -> Vec<u32> {
        let params = Params { level, ..self.params.clone() };
        self.planes_of(&params, &self.scores, &self.labels)
    }

    fn planes_of(&self, params: &Params, scores: &[T], labels: &[u32]) -> Vec<u32> {
        let stride = FIRST + labels.len() + BEHIND;
        let mut words = vec![UNTOUCHED; PLANES * stride];
        let mut out = PlanesOut::new(&mut words, stride, self.predictions_only);
        rows::score_block(params, self.decision, self.shape, scores, labels, FIRST, &mut out);
        words
    }

    /// The planes of rows one by one.
    fn expected(&self) -> Vec<u32> {
        let params = Params { level: Level::PLAIN, ..self.params.clone() };
        let stride = FIRST + self.labels.len() + BEHIND;
        let mut words = vec![UNTOUCHED; PLANES * stride];
        let rows = self.labels.iter().zip(self.scores.chunks(self.shape[0]));
        for (place, (&label, scores)) in rows.enumerate() {
            let row = self.planes_of(&params, scores, &[label]);
            for (plane, alone) in row.chunks(FIRST + 1 + BEHIND).enumerate() {
                words[plane * stride + FIRST + place] = alone[FIRST];
            }
        }
        words
    }

    /// Fails unless every level gives the words of rows one by one.
    #[track_caller]
    fn check(&self, seed: u64) {
        let expected = self.expected();
        for level in Level::available() {
            let found = self.planes(level);
            if found == expected {
                continue;
            }
            let stride = expected.len() / PLANES;
            let at = (0..expected.len()).find(|&at| found[at] != expected[at]).unwrap();
            let (plane, row) = (at / stride, (at % stride).wrapping_sub(FIRST));
            let scores = self
                .scores
                .chunks(self.shape[0])
                .nth(row)
                .map(|row| row.iter().map(|score| score.widen()).collect::<Vec<f64>>());
            panic!(
                "seed {seed}, {level:?}: plane {plane} of row {row} is {} and not {}: label {:?}, scores {scores:?}, {:?}, {:?}, {} rows",
                found[at],
                expected[at],
                self.labels.get(row),
                self.decision,
                self.params,
                self.labels.len(),
            );
        }
    }
}

/// How rows are read: each option now and then.
fn params(rng: &mut Rng, probabilities: bool, score_type: ScoreType) -> Params {
    let bins = [1, 2, 3, 10, 15, 15, 16, 17, 100, 1 << 10][rng.below(10) as usize];
    Params {
        probabilities,
        higher_first: rng.below(4) == 0,
        epsilon: match rng.below(5) {
            0 => f64::from(half::f16::EPSILON),
            1 => f64::EPSILON,
            _ if score_type == ScoreType::F64 => f64::EPSILON,
            _ => f32::EPSILON.into(),
        },
        sum_tolerance: match rng.below(6) {
            0 => ANY_SUM,
            1 => rng.below(100).into(),
            2 => rows::sum_tolerance(ScoreType::Bf16),
            _ => rows::sum_tolerance(ScoreType::F32),
        },
        edges: rows::edges(bins),
        right_closed: rng.below(3) > 0,
        level: Level::PLAIN,
    }
}

/// Numbers of rows around those of vectors and of blocks.
fn length(rng: &mut Rng) -> usize {
    match rng.below(4) {
        0 => rng.below(50) as usize,
        1 => [15, 16, 17, 31, 32, 33, 48][rng.below(7) as usize],
        2 => [511, 512, 513, 500][rng.below(4) as usize],
        _ => 64 + rng.below(100) as usize,
    }
}

/// Labels: of all cases in some none is skipped, and in some few.
fn labels(rng: &mut Rng, rows: usize, classes: usize) -> Vec<u32> {
    let skipped = [0, 0, 1, 8, 500][rng.below(5) as usize];
    let label = |rng: &mut Rng| match rng.below(1_000) < skipped {
        true => [u32::MAX, classes as u32, 1 << 31, (1 << 31) - 1][rng.below(4) as usize],
        false => rng.below(classes as u32),
    };
    (0..rows).map(|_| label(rng)).collect()
}

/// Probabilities on edges of bins, beside them, at both ends and anywhere; in some cases
/// a few that are none.
fn probability(rng: &mut Rng, bins: usize, faults: u32) -> f64 {
    let beside = |value: f32, rng: &mut Rng| match rng.below(3) {
        0 => f64::from(value.next_up()),
        1 => f64::from(value.next_down()),
        _ => f64::from(value),
    };
    if rng.below(1_000) < faults {
        let odd = [f32::NAN, f32::INFINITY, -1e-30, 1.0_f32.next_up(), 2.0, f32::NEG_INFINITY];
        return odd[rng.below(6) as usize].into();
    }
    let p = match rng.below(12) {
        0 => 0.0,
        1 => -0.0,
        2 => 1.0,
        3 => f64::from(f32::from_bits(rng.below(1 << 23))),
        4 => beside(f32::EPSILON, rng),
        5 => beside(1.0 - f32::EPSILON, rng),
        6 => beside(0.5, rng),
        7 => beside((rng.below(bins as u32 + 1) as f64 / bins as f64) as f32, rng),
        8 => rng.below(bins as u32 + 1) as f64 / bins as f64,
        9 => 1.0 - f64::from(rng.below(1 << 20)) / f64::from(1 << 30),
        _ => f64::from(rng.below(1 << 24)) / f64::from(1 << 24),
    };
    p.min(1.0)
}

/// Logits with ties, both zeros, subnormals and, in some cases, some that are huge, −∞ or
/// none.
fn logit(rng: &mut Rng, kind: u32) -> f64 {
    f64::from(match rng.below(40) {
        0 => 0.0,
        1 => -0.0,
        2 => f32::from_bits(rng.below(1 << 23)),
        3 => -f32::from_bits(rng.below(1 << 23)),
        4 if kind == 1 => 3e38,
        5 if kind == 1 => -3e38,
        6 if kind == 1 => 262_144.0,
        7 if kind == 1 => -262_143.98,
        8 if kind == 2 => f32::NEG_INFINITY,
        9 if kind == 3 => f32::from_bits(rng.next_u32()),
        10 => 262_143.98,
        11..=16 => rng.below(4) as f32,
        17 => rng.normal() * 1e-6,
        18 => rng.normal() * 1_000.0,
        _ => rng.normal() * 4.0,
    })
}

/// A double beside a score, or one that a rounding through single precision moves: about
/// half of all near ties are rounded to another one if twice.
fn between(rng: &mut Rng, score: f64) -> f64 {
    match rng.below(12) {
        0 => score.next_up(),
        1 => score.next_down(),
        2 => score + f64::from(rng.normal()) * 1e-9,
        3 => f64::from_bits(0x4000_0000_0000_0000 | 0x000b_7eb8_b802_681b),
        4 => -f64::from_bits(0x3e87_fd97_e532_290e),
        5 => f64::from_bits(rng.next_u64() >> 12),
        6 => f64::from((score as f32).next_up()) / 2.0 + f64::from(score as f32) / 2.0,
        _ => score,
    }
}

/// A threshold somewhere among the scores, seldom beyond them.
fn threshold(rng: &mut Rng, scores: &[f64]) -> f64 {
    match rng.below(8) {
        0 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 0.1][rng.below(5) as usize],
        1 | 2 if !scores.is_empty() => scores[rng.below(scores.len() as u32) as usize],
        3 if !scores.is_empty() => scores[rng.below(scores.len() as u32) as usize].next_up(),
        4 => 0.0,
        _ => 0.5,
    }
}

/// A case of one score to a row.
fn of_one(seed: u64, score_type: ScoreType) -> Case<f64> {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    let params = params(rng, seed.is_multiple_of(2), score_type);
    let (rows, kind) = (length(rng), rng.below(6));
    let faults = if kind == 0 { 20 } else { 0 };
    let scores: Vec<f64> = (0..rows)
        .map(|_| match params.probabilities {
            true => probability(rng, params.edges.len(), faults),
            false => logit(rng, kind),
        })
        .collect();
    let decision =
        Decision::OneScore { positive: rng.below(2) as usize, threshold: threshold(rng, &scores) };
    let labels = labels(rng, rows, 2);
    let predictions_only = rng.below(8) == 0;
    Case { params, decision, shape: [1, 2], scores, labels, predictions_only }
}

/// A case of a score for each class, of at most so many.
fn of_classes(seed: u64, most: u32, score_type: ScoreType) -> Case<f64> {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    let params = params(rng, seed.is_multiple_of(2), score_type);
    let classes = 1 + match rng.below(8) {
        0 | 1 => rng.below(4.min(most)),
        2..5 => rng.below(17.min(most)),
        5 => rng.below(most),
        _ => rng.below(135.min(most)),
    } as usize;
    let (rows, kind) = (length(rng).min(20_000 / classes), rng.below(8));
    let row = |rng: &mut Rng| match params.probabilities {
        true => distribution(rng, classes, params.edges.len(), kind),
        false if kind == 4 => (0..classes).map(|_| f64::from(rng.below(3))).collect(),
        false => (0..classes).map(|_| logit(rng, kind)).collect::<Vec<f64>>(),
    };
    let scores: Vec<f64> = (0..rows).flat_map(|_| row(rng)).collect();
    let labels = labels(rng, rows, classes);
    let predictions_only = rng.below(6) == 0;
    let decision = match (classes, rng.below(2)) {
        (2, 0) => Decision::TwoScores {
            positive: rng.below(2) as usize,
            threshold: threshold(rng, &scores),
        },
        _ => Decision::Highest,
    };
    Case { params, decision, shape: [classes; 2], scores, labels, predictions_only }
}

/// Probabilities of one row: of a softmax, of equal ones, of one that has it all, of an
/// edge of a bin and the rest; in some cases of a sum that is just or not quite 1.
fn distribution(rng: &mut Rng, classes: usize, bins: usize, kind: u32) -> Vec<f64> {
    let mut p: Vec<f64> = match rng.below(5) {
        0 => vec![1.0 / classes as f64; classes],
        1 => vec![0.0; classes],
        _ => {
            let spread = [0.1, 2.0, 30.0][rng.below(3) as usize];
            let terms: Vec<f64> =
                (0..classes).map(|_| f64::from(rng.normal() * spread).exp()).collect();
            let sum: f64 = terms.iter().sum();
            terms.into_iter().map(|term| term / sum).collect()
        }
    };
    let first = rng.below(classes as u32) as usize;
    if p[first] == 0.0 {
        let second = rng.below(classes as u32) as usize;
        let share = probability(rng, bins, if kind == 1 { 30 } else { 0 });
        p[second] = 1.0 - share;
        p[first] = if first == second { 1.0 } else { share };
    }
    if kind == 2 && rng.below(20) == 0 {
        // About where 1/1000 is too much.
        let off = [0.000_9, 0.000_999_9, 0.001, 0.001_000_1, 0.002][rng.below(5) as usize];
        p[first] = (p[first] + if rng.below(2) == 0 { off } else { -off }).clamp(0.0, 1.0);
    }
    p
}

impl Case<f64> {
    /// The same with scores that single precision does not have.
    fn beside(mut self, seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0xf64);
        for score in self.scores.iter_mut().filter(|score| score.is_finite()) {
            *score = match self.params.probabilities {
                true if *score < 0.0 || *score > 1.0 => *score,
                true if rng.below(2) == 0 => score.next_down().max(0.0),
                true => *score,
                false => between(&mut rng, *score),
            };
        }
        self
    }

    fn in_single(self) -> Case<f32> {
        let scores = self.scores.into_iter().map(|score| score as f32).collect();
        let Case { params, decision, shape, labels, predictions_only, .. } = self;
        Case { params, decision, shape, scores, labels, predictions_only }
    }
}

#[test]
fn rows_of_one_score_are_alike_side_by_side_and_one_by_one() {
    for seed in 0..1_000 {
        of_one(seed, ScoreType::F32).in_single().check(seed);
        of_one(seed, ScoreType::F64).beside(seed).check(seed);
    }
}

#[test]
fn rows_of_few_classes_are_alike_side_by_side_and_one_by_one() {
    for seed in 0..1_000 {
        of_classes(seed, 700, ScoreType::F32).in_single().check(seed);
        of_classes(seed, 700, ScoreType::F64).beside(seed).check(seed);
    }
}

/// Sums of terms are as large as they get where all scores are equal, and doubles hold
/// them up to 4,095 of these.
#[test]
fn rows_of_equal_scores_are_alike_up_to_the_most_columns() {
    let mut rng = Rng::new(1);
    for columns in [24, 25, 40, 41, 64, 65, 1_000, 4_095, 4_096, 4_097] {
        for probabilities in [false, true] {
            let score = if probabilities { 1.0 / columns as f32 } else { 7.5 };
            let labels = rng.words(33, columns as u32);
            let case = Case {
                params: Params {
                    right_closed: false,
                    ..params(&mut rng, probabilities, ScoreType::F32)
                },
                decision: Decision::Highest,
                shape: [columns; 2],
                scores: vec![score; 33 * columns],
                labels,
                predictions_only: false,
            };
            case.check(columns as u64);
        }
    }
}

/// As many bins as there may be, whose edges lie a float or two apart.
#[test]
fn bins_are_alike_where_there_are_a_million() {
    for bins in [(1 << 20) - 1, 1 << 20] {
        for seed in 0..8 {
            let mut case = of_one(seed, ScoreType::F64);
            case.params.edges = rows::edges(bins);
            let mut rng = Rng::new(seed);
            let is_shares = case.params.probabilities;
            for score in case.scores.iter_mut().filter(|_| is_shares) {
                let edge = rng.below(1 << 20).min(bins as u32) as f64 / bins as f64;
                *score = [edge, edge.next_up(), edge.next_down().max(0.0)][rng.below(3) as usize];
            }
            case.scores.iter_mut().for_each(|score| *score = score.min(1.0));
            case.clone().check(seed);
            case.in_single().check(seed);
        }
    }
}

/// Each thing that a vector form may get wrong by the least there is shows in some case:
/// the edge of a bin, a tie, the threshold, ε, what is skipped, and every plane.
#[test]
fn the_cases_tell_forms_apart_that_differ_in_one_step() {
    type Change = fn(&mut Case<f32>);
    let changes: [(&str, Change); 7] = [
        ("edges of bins", |case| case.params.right_closed ^= true),
        ("ε", |case| case.params.epsilon *= 2.0),
        ("the positive class", |case| {
            if let Decision::OneScore { positive, .. } = &mut case.decision {
                *positive ^= 1;
            }
        }),
        ("the threshold", |case| {
            if let Decision::OneScore { threshold, .. } = &mut case.decision {
                *threshold = f64::from(*threshold as f32).next_up();
            }
        }),
        ("what is skipped", |case| {
            case.labels.iter_mut().for_each(|label| *label = (*label).min(1));
        }),
        ("the last bit of a score", |case| {
            case.scores.iter_mut().for_each(|score| *score = score.next_up());
        }),
        ("a lane", |case| case.scores.rotate_left(1)),
    ];
    for (what, change) in changes {
        let tells = (0..60).filter(|&seed| {
            let mut case = of_one(seed, ScoreType::F32).in_single();
            let before = case.planes(Level::best());
            change(&mut case);
            case.planes(Level::best()) != before
        });
        assert!(tells.count() >= 3, "few cases depend on {what}");
    }
    let case = Case { predictions_only: false, ..of_one(2, ScoreType::F32).in_single() };
    let planes = case.planes(Level::best());
    for plane in [Plane::Rank, Plane::Confidence, Plane::SquaredError, Plane::LossLow, Plane::Bin] {
        let mut wrong = planes.clone();
        wrong[plane as usize * (planes.len() / PLANES) + FIRST] ^= 1;
        assert_ne!(wrong, case.expected(), "{plane:?}");
    }
}
