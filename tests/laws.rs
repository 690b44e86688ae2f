//! Laws that need no oracle: order, splits, renaming, transposing, repetition.

use proptest::prelude::*;

use tallyho::batch::{Names, Scores, Text};
use tallyho::metric;
use tallyho::tally::{AverageOver, Matching, Outside, ScoreType, ScoresAre, Tallies, digest};

use crate::common::Rng;
use crate::common::memory::{Memory, plan, run, score_plan, slice, slice_scores, tallies};

/// Random pairs over classes that are narrow, wide, negative or far apart.
fn pairs() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let class = prop_oneof![
        6 => 0_i64..5,
        2 => -3_i64..300,
        1 => 0_i64..100_000,
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(1_000_000_000_000)],
    ];
    proptest::collection::vec((class.clone(), class), 1..400)
        .prop_filter("something in common", |rows| rows.iter().any(|(a, b)| a == b))
}

fn split(rows: &[(i64, i64)]) -> (Vec<i64>, Vec<i64>) {
    rows.iter().copied().unzip()
}

fn values(tallies: &Tallies) -> Vec<(String, Result<f64, String>)> {
    let mut tallies = tallies.clone();
    tallies.spec.replicates = Some(0);
    metric::measures(&tallies).unwrap().into_iter().map(|(name, m)| (name, m.value)).collect()
}

fn value(tallies: &Tallies, name: &str) -> f64 {
    let found = values(tallies).into_iter().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("no metric {name}")).1.unwrap()
}

proptest! {
    #[test]
    fn threads_batches_widths_and_spelling_never_show(rows in pairs(), threads in 1_usize..4, batch_rows in 1_usize..100) {
        let (labels, predictions) = split(&rows);
        let expected = tallies(&labels, &predictions);
        let text = |values: &[i64]| {
            let mut text = Text::default();
            values.iter().for_each(|value| text.push(&value.to_string()));
            Names::Text(text)
        };
        let mixed = [
            (Names::I64(labels.clone()), Names::I64(predictions.clone())),
            (text(&labels), Names::I64(predictions.clone())),
            (text(&labels), text(&predictions)),
        ];
        for (labels, predictions) in mixed {
            let source = Memory::pairs(labels, predictions).batch_rows(batch_rows);
            let found = run(&source, &plan(threads)).unwrap().tallies;
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(digest(&found), digest(&expected));
        }
    }

    #[test]
    fn the_order_of_rows_never_shows(rows in pairs(), seed in any::<u64>()) {
        let (labels, predictions) = split(&rows);
        let mut shuffled = rows;
        let mut rng = Rng::new(seed);
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, rng.below(at as u32 + 1) as usize);
        }
        let (shuffled_labels, shuffled_predictions) = split(&shuffled);
        prop_assert_eq!(tallies(&labels, &predictions), tallies(&shuffled_labels, &shuffled_predictions));
    }

    #[test]
    fn any_split_merges_to_the_whole_in_any_order(rows in pairs(), cut in 0.0..1.0_f64) {
        let (labels, predictions) = split(&rows);
        let whole = tallies(&labels, &predictions);
        let cut = (rows.len() as f64 * cut) as usize;
        prop_assume!(cut > 0);
        let part = |from: usize, to: usize| {
            let source = Memory::pairs(
                slice(&Names::I64(labels.clone()), from, to),
                slice(&Names::I64(predictions.clone()), from, to),
            );
            run(&source, &plan(2)).unwrap().tallies
        };
        let (first, second) = (part(0, cut), part(cut, rows.len()));
        let (mut forwards, mut backwards) = (first.clone(), second.clone());
        forwards.merge(&second).unwrap();
        backwards.merge(&first).unwrap();
        prop_assert_eq!(&forwards, &whole);
        prop_assert_eq!(&backwards, &whole);
        prop_assert_eq!(digest(&forwards), digest(&whole));
    }

    #[test]
    fn confusion_cells_add_up_to_scored_rows(rows in pairs()) {
        let (labels, predictions) = split(&rows);
        let whole = tallies(&labels, &predictions);
        let sum: u64 = whole.confusion.cells().map(|cell| cell.count).sum();
        prop_assert_eq!(sum, rows.len() as u64);
        prop_assert_eq!(whole.rows.scored, rows.len() as u64);
        for (label, prediction) in rows {
            let at = |class: i64| whole.classes.index_of(&class.to_string()).unwrap() as u32;
            prop_assert!(whole.confusion.count(at(label), at(prediction)) > 0);
        }
    }

    #[test]
    fn swapping_labels_and_predictions_swaps_precision_and_recall(rows in pairs()) {
        let (labels, predictions) = split(&rows);
        let (forwards, swapped) = (tallies(&labels, &predictions), tallies(&predictions, &labels));
        for cell in forwards.confusion.cells() {
            prop_assert_eq!(swapped.confusion.count(cell.prediction, cell.label), cell.count);
        }
        prop_assert_eq!(value(&forwards, "precision_macro").to_bits(), value(&swapped, "recall_macro").to_bits());
        prop_assert_eq!(value(&forwards, "f1_macro").to_bits(), value(&swapped, "f1_macro").to_bits());
        prop_assert_eq!(value(&forwards, "accuracy").to_bits(), value(&swapped, "accuracy").to_bits());
    }

    #[test]
    fn micro_averages_are_accuracy_and_macro_is_the_mean_of_the_classes(rows in pairs()) {
        let (labels, predictions) = split(&rows);
        let whole = tallies(&labels, &predictions);
        for name in ["precision_micro", "recall_micro", "f1_micro"] {
            prop_assert_eq!(value(&whole, name).to_bits(), value(&whole, "accuracy").to_bits());
        }
        let per_class = metric::per_class(&whole);
        let mean: f64 = per_class.iter().map(|class| class.f1.unwrap_or(0.0)).sum::<f64>()
            / per_class.len() as f64;
        prop_assert!((value(&whole, "f1_macro") - mean).abs() < 1e-12);
    }

    #[test]
    fn renaming_classes_permutes_them(rows in pairs()) {
        let (labels, predictions) = split(&rows);
        let renamed = |values: &[i64]| {
            let mut text = Text::default();
            // Reversed digits: another order, still one name per class.
            values.iter().for_each(|v| text.push(&format!("x{}", v.to_string().chars().rev().collect::<String>())));
            Names::Text(text)
        };
        let whole = tallies(&labels, &predictions);
        let other = run(&Memory::pairs(renamed(&labels), renamed(&predictions)), &plan(1)).unwrap().tallies;
        for ((name, a), (_, b)) in values(&whole).into_iter().zip(values(&other)) {
            if name.starts_with("cohen_kappa_") {
                continue;
            }
            match (a, b) {
                (Ok(a), Ok(b)) => prop_assert!((a - b).abs() <= 1e-12 * a.abs().max(1e-3), "{} {} {}", name, a, b),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err(), "{}", name),
            }
        }
    }

    #[test]
    fn repeating_all_rows_changes_no_value(rows in pairs()) {
        let (labels, predictions) = split(&rows);
        let once = tallies(&labels, &predictions);
        let mut thrice = once.clone();
        thrice.merge(&once).unwrap();
        thrice.merge(&once).unwrap();
        let repeated = tallies(&labels.repeat(3), &predictions.repeat(3));
        prop_assert_eq!(&thrice, &repeated);
        for ((name, a), (_, b)) in values(&once).into_iter().zip(values(&repeated)) {
            let (Ok(a), Ok(b)) = (&a, &b) else { prop_assert_eq!(&a, &b); continue };
            prop_assert!((a - b).abs() <= 1e-12, "{}", name);
        }
    }
}

/// Logits and labels, some classes masked and some scores tied. The first class
/// is never masked, so every row has something to predict.
fn scored(seed: u64, rows: usize, classes: usize) -> (Names, Scores) {
    let mut rng = Rng::new(seed);
    let labels = (0..rows).map(|_| i64::from(rng.below(classes as u32))).collect();
    let scores = (0..rows * classes)
        .map(|at| match rng.below(20) {
            0 if at % classes > 0 => f32::NEG_INFINITY,
            1 => 0.0,
            _ => rng.normal() * 3.0,
        })
        .collect();
    (Names::I64(labels), Scores::F32(scores))
}

#[test]
fn scores_give_one_digest_for_any_threads_batches_and_splits() {
    let mut infinite = 0;
    for seed in 0..30 {
        let classes = [1, 2, 3, 10, 17, 300][seed as usize % 6];
        let rows = 1 + Rng::new(seed).below(500) as usize;
        let (labels, scores) = scored(seed, rows, classes);
        let plan = |threads| score_plan(threads, classes, ScoresAre::Logits, ScoreType::F32);
        let source = Memory::scores(labels.clone(), scores.clone(), classes);
        let whole = run(&source, &plan(1)).unwrap().tallies;
        infinite += whole.rows.infinite_loss;
        for (threads, batch_rows) in [(2, 7), (3, 1), (4, 1_000)] {
            let source =
                Memory::scores(labels.clone(), scores.clone(), classes).batch_rows(batch_rows);
            assert_eq!(run(&source, &plan(threads)).unwrap().tallies, whole, "seed {seed}");
        }
        if rows > 1 {
            let cut = rows / 2;
            let part = |from, to| {
                let scores = slice_scores(&scores, from * classes, to * classes);
                let source = Memory::scores(slice(&labels, from, to), scores, classes);
                run(&source, &plan(1)).unwrap().tallies
            };
            let mut merged = part(cut, rows);
            merged.merge(&part(0, cut)).unwrap();
            assert_eq!(merged, whole, "seed {seed}");
            assert_eq!(digest(&merged), digest(&whole), "seed {seed}");
        }
    }
    assert!(infinite > 100, "only {infinite} labels were masked");
}

#[test]
fn adding_an_integer_to_a_row_of_integer_logits_changes_nothing() {
    let mut rng = Rng::new(5);
    let (rows, classes) = (200, 7);
    let labels = Names::I64((0..rows).map(|_| i64::from(rng.below(classes))).collect());
    let scores: Vec<f32> = (0..rows * classes).map(|_| rng.below(9) as f32).collect();
    let moved: Vec<f32> = scores
        .chunks(classes as usize)
        .enumerate()
        .flat_map(|(row, scores)| scores.iter().map(move |score| score + (row % 50) as f32))
        .collect();
    let plan = score_plan(2, classes as usize, ScoresAre::Logits, ScoreType::F32);
    let of = |scores| {
        run(&Memory::scores(labels.clone(), Scores::F32(scores), classes as usize), &plan)
            .unwrap()
            .tallies
    };
    assert_eq!(of(scores), of(moved));
}

#[test]
fn a_cell_counts_beyond_2_to_24_exactly() {
    let rows = (1 << 24) + 3;
    let labels = vec![1_u8; rows];
    let mut predictions = labels.clone();
    predictions[rows - 1] = 0;
    let source = Memory::pairs(Names::U8(labels), Names::U8(predictions)).batch_rows(1 << 20);
    let found = run(&source, &plan(2)).unwrap().tallies;
    assert_eq!(found.confusion.count(1, 1), (1 << 24) + 2);
    assert_eq!(found.confusion.count(1, 0), 1);
    let accuracy = &metric::measures(&found).unwrap()[0];
    assert_eq!(accuracy.1.ratio, Some(((1 << 24) + 2, (1 << 24) + 3)));
}

/// Spellings of a few classes, and names that no label has.
fn spelled() -> impl Strategy<Value = Vec<(String, String)>> {
    let spellings = ["1", "1.0", "+1", "cat", "Cat", " cat", "dog", "DOG"];
    let label = proptest::sample::select(spellings.to_vec());
    let others = [&spellings[..], &["none", "None", "?"]].concat();
    let prediction = proptest::sample::select(others);
    let pair = (label, prediction).prop_map(|(a, b)| (a.to_owned(), b.to_owned()));
    proptest::collection::vec(pair, 1..80)
        .prop_filter("something in common", |rows| rows.iter().any(|(a, b)| a == b))
}

fn of_text(rows: &[(String, String)]) -> Memory {
    let (mut labels, mut predictions) = (Text::default(), Text::default());
    for (label, prediction) in rows {
        labels.push(label);
        predictions.push(prediction);
    }
    Memory::pairs(Names::Text(labels), Names::Text(predictions))
}

/// How a class is spelled where spellings are one, the plain way.
fn plainly(name: &str) -> String {
    let name = name.trim().to_lowercase();
    name.parse::<f64>().map_or(name, |number| number.to_string())
}

proptest! {
    /// Counting spellings as one class is counting names that were rewritten before, and
    /// neither threads, batches, order nor splits show.
    #[test]
    fn spellings_counted_as_one_are_names_rewritten_beforehand(
        rows in spelled(), threads in 1_usize..4, batch_rows in 1_usize..20, at in 0_usize..80,
    ) {
        let mut loose = plan(threads);
        loose.spec.class_options.matching = Some(Matching::Loose);
        let whole = run(&of_text(&rows).batch_rows(batch_rows), &loose).unwrap().tallies;
        let rewritten: Vec<_> = rows.iter().map(|(a, b)| (plainly(a), plainly(b))).collect();
        let mut expected = run(&of_text(&rewritten), &plan(1)).unwrap().tallies;
        prop_assert_eq!(digest(&whole), digest(&expected));
        expected.spec = whole.spec.clone();
        prop_assert_eq!(&whole, &expected);
        let (first, second) = rows.split_at(at.min(rows.len()));
        let parts = [second, first].map(|rows| run(&of_text(rows), &loose));
        if let [Ok(mut sum), Ok(more)] = parts {
            sum.tallies.merge(&more.tallies).unwrap();
            prop_assert_eq!(&sum.tallies, &whole);
        }
    }

    /// Predictions of no class are wrong: as if one name stood for all of them and
    /// averages were over the labels' classes; the parts give the whole.
    #[test]
    fn predictions_of_no_class_are_of_one_name_that_averages_leave_out(
        rows in spelled(), threads in 1_usize..4, at in 0_usize..80,
    ) {
        let mut wrong = plan(threads);
        wrong.outside = Some(Outside::Wrong);
        wrong.spec.class_options.outside_is_wrong = true;
        let whole = run(&of_text(&rows), &wrong).unwrap().tallies;
        let labels: std::collections::BTreeSet<&String> = rows.iter().map(|(a, _)| a).collect();
        let one = |name: &String| if labels.contains(name) { name.clone() } else { "zzz".into() };
        let renamed: Vec<_> = rows.iter().map(|(a, b)| (a.clone(), one(b))).collect();
        let mut expected = run(&of_text(&renamed), &plan(1)).unwrap().tallies;
        let names = labels.iter().map(|name| (*name).clone()).collect();
        let over = Some(AverageOver { names, all_but: false });
        expected.spec.class_options.average_over = over;
        for (name, expected) in values(&expected) {
            // No class is at no distance from a class.
            if name != "cohen_kappa_linear" && name != "cohen_kappa_quadratic" {
                let found = values(&whole).into_iter().find(|(known, _)| *known == name);
                match (found.unwrap().1, expected) {
                    (Ok(found), Ok(expected)) => {
                        prop_assert!((found - expected).abs() <= 1e-12, "{} {} {}", name, found, expected);
                    }
                    (found, expected) => prop_assert_eq!(found.is_err(), expected.is_err(), "{}", name),
                }
            }
        }
        let (first, second) = rows.split_at(at.min(rows.len()));
        let parts = [second, first].map(|rows| run(&of_text(rows), &wrong));
        if let [Ok(mut sum), Ok(more)] = parts {
            sum.tallies.merge(&more.tallies).unwrap();
            prop_assert_eq!(&sum.tallies, &whole);
        }
    }
}
