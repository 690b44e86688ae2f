//! Scores that are clipped or divided count as those that were so beforehand.

use half::{bf16, f16};
use tallyho::batch::{Names, Scores};
use tallyho::engine::{Evaluation, OnInvalid, Plan, Preparation, Rescale};
use tallyho::notice;
use tallyho::tally::{
    Aggregate, Auc, Classwise, Counted, ScoreType, ScoresAre, Task, digest, encode,
};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, of_each_type, run, score_plan};

/// Does the same to every value, which is rounded as its type is.
fn each(scores: &Scores, change: impl Fn(f64) -> f64) -> Scores {
    match scores {
        Scores::F16(values) => {
            let change = |it: &f16| f16::from_f32(change(it.to_f64()) as f32);
            Scores::F16(values.iter().map(change).collect())
        }
        Scores::Bf16(values) => {
            let change = |it: &bf16| bf16::from_f32(change(it.to_f64()) as f32);
            Scores::Bf16(values.iter().map(change).collect())
        }
        Scores::F32(values) => {
            Scores::F32(values.iter().map(|it| change(f64::from(*it)) as f32).collect())
        }
        Scores::F64(values) => Scores::F64(values.iter().map(|it| change(*it)).collect()),
    }
}

fn value(scores: &Scores, at: usize) -> f64 {
    match scores {
        Scores::F16(values) => values[at].to_f64(),
        Scores::Bf16(values) => values[at].to_f64(),
        Scores::F32(values) => values[at].into(),
        Scores::F64(values) => values[at],
    }
}

/// Every row divided by its sum, in double precision first.
fn divided_by_sums(scores: &Scores, columns: usize) -> Scores {
    let sums: Vec<f64> = (0..scores.len() / columns)
        .map(|row| (row * columns..(row + 1) * columns).map(|at| value(scores, at)).sum())
        .collect();
    let quotient = |at: usize| value(scores, at) / sums[at / columns];
    match scores {
        Scores::F16(all) => {
            Scores::F16((0..all.len()).map(|at| f16::from_f32(quotient(at) as f32)).collect())
        }
        Scores::Bf16(all) => {
            Scores::Bf16((0..all.len()).map(|at| bf16::from_f32(quotient(at) as f32)).collect())
        }
        Scores::F32(all) => Scores::F32((0..all.len()).map(|at| quotient(at) as f32).collect()),
        Scores::F64(all) => Scores::F64((0..all.len()).map(quotient).collect()),
    }
}

fn labels(rng: &mut Rng, rows: usize, classes: u32) -> Names {
    Names::I64((0..rows).map(|_| i64::from(rng.below(classes))).collect())
}

/// Rows that sum to 1, but for what their type rounds.
fn shares(rng: &mut Rng, rows: usize, columns: usize) -> Vec<f32> {
    let row = |_| {
        let parts: Vec<f32> = (0..columns).map(|_| (rng.below(40) + 1) as f32).collect();
        let sum: f32 = parts.iter().sum();
        parts.into_iter().map(move |part| part / sum).collect::<Vec<_>>()
    };
    (0..rows).flat_map(row).collect()
}

/// The plans to try: everything, every order, predictions alone. Bins of the order are
/// many for each class.
fn plans(plan: &Plan) -> Vec<Plan> {
    let few = plan.classes.as_ref().is_some_and(|classes| classes.len() == 2);
    let binary = plan.spec.task != Task::Matrix;
    let kinds = [
        (true, Counted::All, Auc::Exact),
        (few, Counted::All, Auc::Binned),
        (binary, Counted::Order, Auc::Exact),
        (true, Counted::Counts, Auc::None),
    ];
    let wanted = kinds.into_iter().filter(|(wanted, ..)| *wanted);
    let plan_of = |((_, counted, auc), threads): ((bool, Counted, Auc), usize)| {
        let mut plan = plan.clone();
        (plan.spec.counted, plan.spec.auc, plan.threads) = (counted, auc, threads);
        if counted == Counted::All {
            plan.spec.asked.insert(Classwise::NAME);
        }
        plan
    };
    wanted.zip([1, 3].into_iter().cycle()).map(plan_of).collect()
}

/// Fails unless both come to the same tallies, order and all; the first evaluation.
fn same(what: &str, given: &Memory, plan: &Plan, by_hand: &Memory, usual: &Plan) -> Evaluation {
    let (found, expected) = (run(given, plan).unwrap(), run(by_hand, usual).unwrap());
    assert_eq!(found.tallies, expected.tallies, "{what}");
    assert_eq!(digest(&found.tallies), digest(&expected.tallies), "{what}");
    assert_eq!(encode(&found.tallies), encode(&expected.tallies), "{what}");
    found
}

fn plan_of(columns: usize, of: ScoreType) -> Plan {
    let mut plan = match columns {
        1 => binary_plan(2, ScoresAre::Probabilities, of),
        _ => score_plan(2, columns, ScoresAre::Probabilities, of),
    };
    plan.on_invalid = OnInvalid::Skip;
    plan
}

#[test]
fn percentages_count_as_their_hundredths() {
    let mut rng = Rng::new(51);
    for (columns, rows) in [(1, 600), (2, 300), (7, 200), (60, 40)] {
        let shares = match columns {
            1 => (0..rows).map(|_| rng.below(10_001) as f32 / 10_000.0).collect(),
            _ => shares(&mut rng, rows, columns),
        };
        let mut values: Vec<f32> = shares.iter().map(|share| share * 100.0).collect();
        // Rows that cannot be scored stay so; hairs are clipped after the division.
        values[3] = f32::NAN;
        values[5 * columns] = 250.0;
        values[6 * columns] = -0.05;
        let labels = labels(&mut rng, rows, columns.max(2) as u32);
        for (scores, of) in of_each_type(&values) {
            let divided = match &scores {
                Scores::F64(values) => Scores::F64(values.iter().map(|it| it / 100.0).collect()),
                other => each(other, |it| f64::from(it as f32 / 100.0)),
            };
            let usual = plan_of(columns, of);
            for (usual, batch_rows) in
                plans(&usual).into_iter().zip([1, 64, 10_000].into_iter().cycle())
            {
                let mut plan = usual.clone();
                plan.preparation.rescale = Some(Rescale::Percent);
                let given =
                    Memory::scores(labels.clone(), scores.clone(), columns).batch_rows(batch_rows);
                let by_hand = Memory::scores(labels.clone(), divided.clone(), columns);
                let what = format!("{columns} of {of:?}, {:?}", usual.spec);
                let found = same(&what, &given, &plan, &by_hand, &usual);
                let notices = run(&by_hand, &usual).unwrap().notices;
                assert_eq!(found.notices, notices, "{what}");
                assert!(
                    found.tallies.rows.scored > rows as u64 / 2,
                    "{what}: {:?}",
                    found.tallies.rows
                );
            }
        }
    }
}

#[test]
fn unnormalized_rows_count_as_their_shares() {
    let mut rng = Rng::new(52);
    for (columns, rows) in [(2, 300), (7, 200), (60, 40)] {
        let mut values: Vec<f32> =
            (0..rows * columns).map(|_| rng.below(500) as f32 / 8.0).collect();
        values.iter_mut().step_by(columns).for_each(|first| *first += 1.0);
        values[3] = f32::NAN;
        let labels = labels(&mut rng, rows, columns as u32);
        for (scores, of) in of_each_type(&values) {
            let divided = divided_by_sums(&scores, columns);
            // What narrow types round away is within the tolerance of both.
            let tolerance = Preparation { rescale: None, sum_tolerance: Some(0.05) };
            for usual in plans(&Plan { preparation: tolerance, ..plan_of(columns, of) }) {
                let mut plan = usual.clone();
                plan.preparation.rescale = Some(Rescale::Sum);
                let given = Memory::scores(labels.clone(), scores.clone(), columns).batch_rows(50);
                let by_hand = Memory::scores(labels.clone(), divided.clone(), columns);
                let found = same(&format!("{columns} of {of:?}"), &given, &plan, &by_hand, &usual);
                assert_eq!(found.tallies.rows.invalid, 1);
            }
        }
    }
}

#[test]
fn a_row_that_cannot_be_divided_is_invalid_but_zeros_where_only_the_highest_score_counts() {
    let values = vec![1.0, 3.0, 0.0, 0.0, 2.0, -1.0, 6.0, 2.0, f64::INFINITY, 1.0];
    let source = Memory::scores(Names::I64(vec![1, 0, 0, 0, 0]), Scores::F64(values), 2);
    let mut plan = plan_of(2, ScoreType::F64);
    plan.preparation.rescale = Some(Rescale::Sum);
    let rows = run(&source, &plan).unwrap().tallies.rows;
    assert_eq!((rows.scored, rows.invalid), (2, 3));
    plan.spec.counted = Counted::Counts;
    let found = run(&source, &plan).unwrap().tallies;
    assert_eq!((found.rows.scored, found.rows.invalid), (3, 2));
    assert_eq!(found.confusion.diagonal().sum::<u64>(), 3);
    // A row without a label is not read, however bad it is.
    plan.spec.counted = Counted::All;
    plan.ignore = vec!["0".into()];
    let rows = run(&source, &plan).unwrap().tallies.rows;
    assert_eq!((rows.scored, rows.ignored, rows.invalid), (1, 4, 0));
}

#[test]
fn values_a_hair_outside_count_as_0_and_1_and_are_counted() {
    let mut rng = Rng::new(53);
    for (columns, rows) in [(1, 600), (2, 300), (7, 200), (60, 60)] {
        let mut values = match columns {
            1 => (0..rows).map(|_| rng.below(1_001) as f32 / 1_000.0).collect(),
            _ => shares(&mut rng, rows, columns),
        };
        for row in 0..rows {
            let row = &mut values[row * columns..(row + 1) * columns];
            match rng.below(12) {
                // A whole share, and hairs beside it.
                0 => {
                    row.fill(-0.000_01);
                    row[rng.below(columns as u32) as usize] = 1.000_9;
                }
                1 => row[0] = -0.000_9,
                2 => row[0] = [1.5, -0.002, f32::NAN][rng.below(3) as usize],
                _ => {}
            }
        }
        let labels = labels(&mut rng, rows, columns.max(2) as u32);
        for (scores, of) in of_each_type(&values) {
            let takes = |it: f64| (-0.001_01..=1.001_01).contains(&it);
            let clip = |it: f64| if takes(it) { it.clamp(0.0, 1.0) } else { it };
            let clipped = each(&scores, clip);
            let mut counts = Vec::new();
            for usual in plans(&plan_of(columns, of)) {
                let given = Memory::scores(labels.clone(), scores.clone(), columns).batch_rows(70);
                let by_hand = Memory::scores(labels.clone(), clipped.clone(), columns);
                let what = format!("{columns} of {of:?}, {:?}", usual.spec);
                let found = same(&what, &given, &usual, &by_hand, &usual);
                let mut told = found.notices.iter().filter(|it| it.code == notice::CLIPPED);
                let told = told.next().map(|it| it.text.clone());
                assert!(told.is_some(), "{what}");
                // Where sums do not matter, more rows are mended.
                let highest_only = columns > 1 && usual.spec.counted == Counted::Counts;
                counts.extend(told.filter(|_| !highest_only));
                let other = run(&by_hand, &usual).unwrap().notices;
                assert!(other.iter().all(|it| it.code != notice::CLIPPED), "{what}");
            }
            assert!(counts.iter().all(|told| *told == counts[0]), "{counts:?}");
        }
    }
}
