//! Where only predictions are counted, they are those of the whole.

use tallyho::batch::{Names, Scores};
use tallyho::engine::{Evaluation, OnInvalid, Plan};
use tallyho::notice;
use tallyho::tally::{
    Aggregates, Auc, Counted, Rows, ScoreType, ScoresAre, Tallies, Task, Ties, decode, digest,
    encode,
};

use crate::common::Rng;
use crate::common::memory::{Memory, of_each_type, run, score_plan};

/// Scores of every kind that goes wrong somewhere, most of them usual.
fn logits(rng: &mut Rng, count: usize) -> Vec<f32> {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 3e38, -3e38, 1e-42, 0.0];
    let score = |rng: &mut Rng| match rng.below(40) {
        0 => odd[rng.below(odd.len() as u32) as usize],
        1..8 => (rng.normal() * 2.0).round(),
        _ => rng.normal() * 4.0,
    };
    (0..count).map(|_| score(rng)).collect()
}

/// Rows of probabilities: whole, a little off, far off, or none.
fn probabilities(rng: &mut Rng, rows: usize, columns: usize) -> Vec<f32> {
    let mut all = Vec::new();
    for _ in 0..rows {
        let mut row: Vec<f32> = (0..columns).map(|_| rng.below(9) as f32 + 0.5).collect();
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|it| *it /= sum);
        let place = rng.below(columns as u32) as usize;
        match rng.below(12) {
            0 => row[place] += 0.0009,
            1 => row[place] += 0.01,
            2 => row[place] = f32::NAN,
            3 => row[place] = -0.001,
            4 => row[place] = f32::NEG_INFINITY,
            _ => {}
        }
        all.extend(row);
    }
    all
}

/// Everything that counts have in common with the whole.
fn common(evaluation: &Evaluation) -> (Rows, Tallies, Vec<String>) {
    let mut tallies = evaluation.tallies.clone();
    tallies.rows.infinite_loss = 0;
    tallies.aggregates = Aggregates::default();
    tallies.spec.counted = Counted::All;
    tallies.spec.auc = Auc::None;
    tallies.spec.scores_are = None;
    let of_scores = [notice::INFINITE_LOSS, notice::ALL_PASS];
    let notices = evaluation.notices.iter().filter(|it| !of_scores.contains(&it.code));
    let notices = notices.map(|it| format!("{}: {}", it.code.id, it.text)).collect();
    (tallies.rows, tallies, notices)
}

/// Evaluates both ways; the number of rows that were invalid. Where only the highest
/// of a row is counted, sums do not matter.
fn compare(what: &str, source: &Memory, plan: &Plan) -> u64 {
    let (mut counts, mut whole) = (plan.clone(), plan.clone());
    counts.spec.counted = Counted::Counts;
    counts.spec.auc = Auc::None;
    if plan.spec.task == Task::Matrix {
        whole.preparation.sum_tolerance = Some(1e6);
    }
    let (whole, found) = (run(source, &whole), run(source, &counts));
    let (whole, found) = match (whole, found) {
        (Ok(whole), Ok(found)) => (whole, found),
        (Err(whole), Err(found)) => {
            assert_eq!(found.to_string(), whole.to_string(), "{what}");
            return 0;
        }
        other => panic!("{what}: {other:?}"),
    };
    assert_eq!(common(&found), common(&whole), "{what}");
    assert_eq!(found.tallies.aggregates, Aggregates::default(), "{what}");
    assert_eq!(found.correctness, whole.correctness, "{what}");
    found.tallies.rows.invalid
}

#[test]
fn counts_alone_are_the_counts_of_the_whole_row_by_row() {
    let mut rng = Rng::new(31);
    let mut invalid = 0;
    for columns in [1, 2, 3, 10, 16, 17, 45, 300] {
        let rows = if columns > 40 { 90 } else { 700 };
        for scores_are in [ScoresAre::Logits, ScoresAre::Probabilities] {
            let values = match scores_are {
                ScoresAre::Logits => logits(&mut rng, rows * columns),
                ScoresAre::Probabilities => probabilities(&mut rng, rows, columns),
            };
            // A label too many: rows that have no score for it.
            let labels = (0..rows).map(|_| i64::from(rng.below(columns as u32 + 1))).collect();
            let labels = Names::I64(labels);
            for (scores, of) in of_each_type(&values) {
                for ties in [Ties::Lowest, Ties::SklearnTopK] {
                    let source = Memory::scores(labels.clone(), scores.clone(), columns);
                    let mut plan = score_plan(2, columns, scores_are, of);
                    plan.on_invalid = OnInvalid::Skip;
                    plan.spec.ties = ties;
                    plan.correctness_up_to = Some(1 << 20);
                    let what = format!("{columns} {scores_are:?} of type {of:?}, {ties:?}");
                    invalid += compare(&what, &source.batch_rows(64), &plan);
                    let source = Memory::scores(labels.clone(), scores.clone(), columns);
                    plan.ignore = vec!["0".into()];
                    compare(&what, &source, &plan);
                    plan.on_invalid = OnInvalid::Error;
                    compare(&what, &source, &plan);
                }
            }
        }
    }
    assert!(invalid > 1_000, "only {invalid} rows were invalid");
}

#[test]
fn counts_alone_of_one_score_per_row_are_those_of_the_whole() {
    let mut rng = Rng::new(32);
    let rows = 3_000;
    let unit = |rng: &mut Rng| match rng.below(30) {
        0 => [f32::NAN, -1e-3, 1.001, f32::INFINITY, -0.0, 1e-45][rng.below(6) as usize],
        _ => rng.below(101) as f32 / 100.0,
    };
    let labels = Names::I64((0..rows).map(|_| i64::from(rng.below(2))).collect());
    for scores_are in [ScoresAre::Logits, ScoresAre::Probabilities] {
        let values: Vec<f32> = match scores_are {
            ScoresAre::Logits => logits(&mut rng, rows),
            ScoresAre::Probabilities => (0..rows).map(|_| unit(&mut rng)).collect(),
        };
        for (scores, of) in of_each_type(&values) {
            for (positive, threshold) in [(0, 0.0), (1, 0.5), (1, 0.1)] {
                let source = Memory::scores(labels.clone(), scores.clone(), 1).batch_rows(50);
                let mut plan = score_plan(2, 2, scores_are, of);
                plan.spec.task = Task::Binary { positive };
                plan.spec.threshold = Some(threshold);
                plan.on_invalid = OnInvalid::Skip;
                let what = format!("{scores_are:?} of type {of:?}, class {positive}");
                assert!(compare(&what, &source, &plan) > 0, "{what}");
                plan.spec.auc = Auc::Exact;
                compare(&what, &source, &plan);
            }
        }
    }
}

#[test]
fn counts_alone_are_kept_in_states_and_do_not_merge_with_the_whole() {
    let labels = Names::I64(vec![0, 1, 2, 1]);
    let scores = Scores::F32((0..12).map(|at| (at * 7 % 5) as f32).collect());
    let source = Memory::scores(labels, scores, 3);
    let plan = score_plan(1, 3, ScoresAre::Logits, ScoreType::F32);
    let whole = run(&source, &plan).unwrap().tallies;
    let mut counts = plan;
    counts.spec.counted = Counted::Counts;
    let mut found = run(&source, &counts).unwrap().tallies;
    assert_ne!(digest(&found), digest(&whole));
    assert_eq!(decode("x.tally".as_ref(), &encode(&found)).unwrap(), found);
    let message = found.merge(&whole).unwrap_err().to_string();
    assert!(message.contains("what is counted is counts against all"), "{message}");
    let twice = found.clone();
    found.merge(&twice).unwrap();
    assert_eq!(found.rows.scored, 8);

    // With what they cannot have, or without what they must.
    for lie in [
        Tallies { aggregates: whole.aggregates.clone(), ..twice.clone() },
        Tallies { aggregates: Aggregates::default(), ..whole },
    ] {
        let message = decode("x.tally".as_ref(), &encode(&lie)).unwrap_err().to_string();
        assert!(message.contains("contradict"), "{message}");
    }
    let mut ordered = twice;
    ordered.spec.auc = Auc::Binned;
    assert!(decode("x.tally".as_ref(), &encode(&ordered)).is_err());
}
