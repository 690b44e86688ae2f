//! Rows in memory: their distribution, and that nothing else shows in them.

use tallyho::batch::Scores;
use tallyho::stat::philox4x32;
use tallyho::synth::{Block, Content, MOST_CLASSES, Recipe, Rows, ScoreKind, Wanted};
use tallyho::tally::{ScoreType, ScoresAre};

const TYPES: [ScoreType; 4] = [ScoreType::F16, ScoreType::F32, ScoreType::F64, ScoreType::Bf16];
const KINDS: [ScoresAre; 2] = [ScoresAre::Logits, ScoresAre::Probabilities];

/// 12 rows of 10 classes, 9 in 10 right, seed 0.
const LABELS: [i64; 12] = [3, 9, 0, 7, 9, 4, 7, 6, 2, 5, 8, 6];
const PREDICTIONS: [i64; 12] = [3, 9, 0, 7, 8, 4, 7, 6, 8, 0, 8, 8];
/// Logits of 2 rows of 3 classes.
const SCORES: [f32; 6] =
    [1.098_517_1, 3.446_241_9, 1.294_233, 0.609_471_8, -0.273_626_95, 5.412_956_7];

fn pairs(rows: u64, classes: u32) -> Recipe {
    Recipe {
        rows,
        first_row: 0,
        classes,
        content: Content::Predictions,
        accuracy: 0.9,
        skew: 0.0,
        seed: 0,
    }
}

fn scores(rows: u64, classes: u32, scores_are: ScoresAre, score_type: ScoreType) -> Recipe {
    let content = Content::Scores(ScoreKind { scores_are, score_type, binary: false });
    Recipe { content, ..pairs(rows, classes) }
}

fn generate(recipe: &Recipe) -> Block {
    let mut block = Block::default();
    let rows = Rows::new(recipe.clone()).unwrap();
    rows.fill(recipe.first_row, recipe.rows as usize, Wanted::ALL, &mut block);
    block
}

fn wide(scores: &Scores) -> Vec<f64> {
    match scores {
        Scores::F16(values) => values.iter().map(|value| value.to_f64()).collect(),
        Scores::Bf16(values) => values.iter().map(|value| value.to_f64()).collect(),
        Scores::F32(values) => values.iter().map(|&value| value.into()).collect(),
        Scores::F64(values) => values.clone(),
    }
}

/// Whether `hits` of `trials` are what a probability leads to, within 5
/// standard deviations.
fn likely(hits: usize, trials: usize, probability: f64) -> bool {
    let (hits, trials) = (hits as f64, trials as f64);
    let deviation = (trials * probability * (1.0 - probability)).sqrt();
    (hits - trials * probability).abs() <= 5.0 * deviation
}

fn right(block: &Block) -> usize {
    block.labels.iter().zip(&block.predictions).filter(|(label, other)| label == other).count()
}

/// The answers of the authors' own program, from its `kat_vectors`.
#[test]
fn philox_gives_the_known_answers() {
    let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
    for (counter, key, answer) in [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ] {
        assert_eq!(philox4x32(counter, key), answer);
    }
}

/// The first draw of row 0 and seed 0 is the first known answer of Philox:
/// 0x6627e8d5 of 2³² is 3.99 tenths, so the label is 3; 0xbc57ac4c of 2³² is
/// 0.736, so the prediction is right for an accuracy of 0.9.
#[test]
fn the_first_rows_are_known() {
    let block = generate(&pairs(12, 10));
    assert_eq!(block.labels, LABELS);
    assert_eq!(block.predictions, PREDICTIONS);
    let block = generate(&scores(2, 3, ScoresAre::Logits, ScoreType::F32));
    assert_eq!(wide(&block.scores), SCORES.map(f64::from));
}

#[test]
fn a_row_depends_on_nothing_but_the_recipe_and_its_number() {
    for recipe in [
        Recipe { skew: 1.5, seed: u64::MAX, ..pairs(40_000, 7) },
        Recipe { first_row: u64::MAX - 9_000, ..scores(9_000, 5, KINDS[0], ScoreType::F32) },
    ] {
        let rows = Rows::new(recipe.clone()).unwrap();
        let whole = generate(&recipe);
        let width = recipe.width();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut block = Block::default();
            for (start, length) in [(0, 1), (8_999, 1), (17, 1_000), (3_000, 6_000)] {
                let first = recipe.first_row + start as u64;
                pool.install(|| rows.fill(first, length, Wanted::ALL, &mut block));
                let end = start + length;
                assert_eq!(block.labels, whole.labels[start..end]);
                if width == 0 {
                    assert_eq!(block.predictions, whole.predictions[start..end]);
                } else {
                    assert!(block.predictions.is_empty());
                    let expected = wide(&whole.scores)[start * width..end * width].to_vec();
                    assert_eq!(wide(&block.scores), expected);
                }
            }
        }
    }
    let (one, two) = (generate(&pairs(100, 10)), generate(&Recipe { seed: 1, ..pairs(100, 10) }));
    assert_ne!(one.labels, two.labels);
    let high = Recipe { seed: 1 << 32, ..pairs(100, 10) };
    assert_ne!(one.labels, generate(&high).labels);
    assert_ne!(two.labels, generate(&high).labels);
}

#[test]
fn predictions_are_right_as_often_as_asked_for() {
    for classes in [2, 10, 1_000] {
        for accuracy in [0.0, 0.01, 0.5, 0.9, 0.999, 1.0] {
            let block = generate(&Recipe { accuracy, ..pairs(100_000, classes) });
            let right = right(&block);
            assert!(likely(right, block.rows, accuracy), "{right} right for {accuracy}");
        }
    }
}

#[test]
fn wrong_predictions_are_any_other_class_alike() {
    let block = generate(&Recipe { accuracy: 0.0, skew: 1.0, ..pairs(200_000, 5) });
    for label in 0..5 {
        let of: Vec<i64> = (block.labels.iter().zip(&block.predictions))
            .filter(|pair| *pair.0 == label)
            .map(|pair| *pair.1)
            .collect();
        for other in (0..5).filter(|&other| other != label) {
            let hits = of.iter().filter(|&&prediction| prediction == other).count();
            assert!(likely(hits, of.len(), 0.25), "{hits} of {} for {label}, {other}", of.len());
        }
    }
}

#[test]
fn labels_follow_zipf_s_law() {
    for (classes, skew) in [(2, 0.0), (10, 0.0), (10, 1.0), (300, 1.0), (7, 2.5), (3, 64.0)] {
        let block = generate(&Recipe { skew, ..pairs(300_000, classes) });
        let weights: Vec<f64> = (1..=classes).map(|rank| f64::from(rank).powf(-skew)).collect();
        let sum: f64 = weights.iter().sum();
        let mut counts = vec![0; classes as usize];
        block.labels.iter().for_each(|&label| counts[label as usize] += 1);
        for (class, (&count, weight)) in counts.iter().zip(&weights).enumerate() {
            assert!(likely(count, block.rows, weight / sum), "{count} of {class}, skew {skew}");
        }
    }
}

/// In every type and kind, for accuracies that leave confidences no room too.
#[test]
fn the_highest_score_is_at_the_prediction_and_there_only() {
    for classes in [2, 3, 10, 257, 1_000] {
        for (at, accuracy) in [0.0, 0.3, 0.9, 1.0].into_iter().enumerate() {
            let of_pairs = generate(&Recipe { accuracy, ..pairs(400, classes) });
            for (kind, of) in KINDS.into_iter().flat_map(|kind| TYPES.map(|of| (kind, of))) {
                let seedless = scores(400, classes, kind, of);
                let block = generate(&Recipe { accuracy, ..seedless });
                assert_eq!(block.labels, of_pairs.labels, "case {at}");
                let values = wide(&block.scores);
                let rows = values.chunks_exact(classes as usize);
                for (row, prediction) in rows.zip(&of_pairs.predictions) {
                    let top = row[*prediction as usize];
                    let others = row.iter().filter(|&&score| score >= top).count();
                    assert_eq!(others, 1, "{kind:?} {of:?} {classes} {accuracy}: {row:?}");
                    assert!(row.iter().all(|score| score.is_finite()));
                }
            }
        }
    }
}

#[test]
fn binary_scores_are_on_the_side_of_the_prediction() {
    for (scores_are, score_type) in KINDS.into_iter().flat_map(|kind| TYPES.map(|of| (kind, of))) {
        for accuracy in [0.0, 0.5, 0.50001, 0.8, 1.0] {
            let base = Recipe { accuracy, skew: 0.5, ..pairs(5_000, 2) };
            let content = Content::Scores(ScoreKind { scores_are, score_type, binary: true });
            let block = generate(&Recipe { content, ..base.clone() });
            let threshold = if scores_are == ScoresAre::Logits { 0.0 } else { 0.5 };
            for (score, prediction) in
                wide(&block.scores).into_iter().zip(generate(&base).predictions)
            {
                assert_eq!(i64::from(score >= threshold), prediction, "{score} at {accuracy}");
                assert!(scores_are == ScoresAre::Logits || (0.0..=1.0).contains(&score));
            }
        }
    }
}

/// Rounding to 16 bits keeps sums within what probabilities are allowed.
#[test]
fn probabilities_sum_to_1() {
    let halves = [2, 1_000, 1 << 14].map(|classes| (classes, ScoreType::F16));
    let narrow = [2, 3, 10, 1_000, 1 << 16].map(|classes| (classes, ScoreType::Bf16));
    for (classes, of) in halves.into_iter().chain(narrow).chain([(50, ScoreType::F32)]) {
        let most = if of == ScoreType::Bf16 { 4.5e-3 } else { 9e-4 };
        let block = generate(&scores(40, classes, ScoresAre::Probabilities, of));
        for row in wide(&block.scores).chunks_exact(classes as usize) {
            let sum: f64 = row.iter().sum();
            assert!((sum - 1.0).abs() < most, "{sum} for {classes} {of:?}");
        }
    }
}

#[test]
fn recipes_that_make_no_sense_are_refused() {
    let half = scores(1, 1 << 15, ScoresAre::Probabilities, ScoreType::F16);
    let binary = Content::Scores(ScoreKind {
        scores_are: ScoresAre::Logits,
        score_type: ScoreType::F32,
        binary: true,
    });
    for (recipe, word) in [
        (pairs(0, 2), "--rows must be at least 1"),
        (pairs(1, 1), "--classes must be 2 to 1048576, found 1"),
        (pairs(1, MOST_CLASSES + 1), "--classes"),
        (pairs(u64::MAX, 2), "more than a file can hold"),
        (scores(1 << 50, 1 << 20, KINDS[0], TYPES[1]), "4194312 bytes are more than"),
        (Recipe { first_row: u64::MAX, ..pairs(1, 2) }, "beyond row 2^64"),
        (Recipe { accuracy: f64::NAN, ..pairs(1, 2) }, "--accuracy must be 0 to 1, found NaN"),
        (Recipe { accuracy: 1.5, ..pairs(1, 2) }, "--accuracy"),
        (Recipe { skew: -1.0, ..pairs(1, 2) }, "--skew must be 0 to 64, found -1"),
        (Recipe { skew: f64::INFINITY, ..pairs(1, 2) }, "--skew"),
        (half, "f16 probabilities of 32768 classes would not sum to 1"),
        (Recipe { content: binary, ..pairs(1, 3) }, "--binary scores have 2 classes"),
    ] {
        let problem = Rows::new(recipe).map(|_| ()).unwrap_err().to_string();
        assert!(problem.contains(word), "{problem}");
    }
}
