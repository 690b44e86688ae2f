//! The temperature of least loss, counted by the engine.

use tallyho::batch::{Names, Scores};
use tallyho::engine::Plan;
use tallyho::metric::{check_spec, measures};
use tallyho::tally::{
    Aggregate, RowSums, ScoreType, ScoresAre, Tallies, Task, Tempered, inverse_temperatures,
};

use super::{measure, with};
use crate::common::memory::{Memory, run, score_plan};

const ROWS: i32 = 400;
const CLASSES: i32 = 4;

/// Logits that claim too much: three rows of five are right.
fn matrix(factor: f32) -> (Names, Scores) {
    let score =
        |row: i32, class: i32| ((row * 7 + class * 13 + row * class % 5) % 11) as f32 / 2.0 - 2.0;
    let best = |row: i32| {
        (0..CLASSES).rev().max_by(|a, b| score(row, *a).total_cmp(&score(row, *b))).unwrap()
    };
    let label = |row: i32| if row % 5 < 3 { best(row) } else { row * 3 % CLASSES };
    let scores =
        (0..ROWS).flat_map(|row| (0..CLASSES).map(move |class| factor * score(row, class)));
    (Names::I64((0..ROWS).map(|row| label(row).into()).collect()), Scores::F32(scores.collect()))
}

fn counted(labels: Names, scores: Scores, plan: &Plan) -> Tallies {
    let columns = if plan.spec.task == Task::Matrix { CLASSES as usize } else { 1 };
    run(&Memory::scores(labels, scores, columns), plan).unwrap().tallies
}

fn plan() -> Plan {
    let mut plan = score_plan(2, CLASSES as usize, ScoresAre::Logits, ScoreType::F32);
    plan.spec.asked.insert(Tempered::NAME);
    plan
}

/// scipy 1.17.1: `minimize_scalar(log_loss, bounds=(0.05, 20), method="bounded",
/// options={"xatol": 1e-12})` over the temperature, of these logits.
#[test]
fn the_temperature_is_that_of_scipy_within_a_thousandth() {
    for (factor, expected) in
        [(1.0, 1.444_653_738_5), (0.25, 0.361_163_434_6), (8.0, 11.557_229_908)]
    {
        let (labels, scores) = matrix(factor);
        let found = measure(&counted(labels, scores, &plan()), "temperature");
        let value = found.value.unwrap();
        assert!((value / expected - 1.0).abs() < 1e-3, "{factor}: {value}");
        assert!(found.no_interval.is_some());
    }
}

/// scipy as above, over the log loss of one logit a row.
#[test]
fn one_score_a_row_has_a_temperature_too() {
    let score = |row: i32| (row * 37 % 101) as f32 / 10.0 - 5.0;
    let noise = |row: i32| ((row * 53 % 97) as f32 / 97.0 - 0.5) * 16.0;
    let labels = (0..ROWS).map(|row| i64::from(score(row) + noise(row) > 0.0)).collect();
    let mut plan = plan();
    plan.spec.task = Task::Binary { positive: 1 };
    plan.spec.threshold = Some(0.0);
    plan.classes = Some(tallyho::class::Classes::numbered(2));
    let tallies = counted(Names::I64(labels), Scores::F32((0..ROWS).map(score).collect()), &plan);
    let value = measure(&tallies, "temperature").value.unwrap();
    assert!((value / 3.379_212_749_6 - 1.0).abs() < 1e-3, "{value}");
}

#[test]
fn the_loss_at_temperature_1_is_the_loss() {
    let (labels, scores) = matrix(1.0);
    let whole = counted(labels, scores, &plan());
    let one = inverse_temperatures().iter().position(|factor| *factor == 1.0).unwrap();
    let tempered = &whole.get::<Tempered>().unwrap().0;
    assert_eq!(tempered[one], whole.get::<RowSums>().unwrap().loss.sum);
    let mut doubled = whole.clone();
    doubled.merge(&whole).unwrap();
    assert_eq!(measure(&doubled, "temperature"), measure(&whole, "temperature"));
    assert!(measures(&whole).unwrap().iter().any(|(name, _)| name == "temperature"));
}

#[test]
fn a_temperature_without_an_end_is_undefined() {
    // Always right: the colder, the better. Labels that have nothing to do with
    // the logits: the warmer, the better.
    let always = Scores::F32([4.0, 0.0, 0.0, 0.0].repeat(10));
    let never =
        Scores::F32((0..160).map(|at| if at % 4 == at / 4 % 4 { 9.0 } else { 0.0 }).collect());
    let zeros = Scores::F32(vec![0.0; 40]);
    let masked = Scores::F32([f32::NEG_INFINITY, 1.0, 0.0, 0.0].repeat(10));
    for (scores, rows, step, reason) in [
        (always, 10, 0, "the log loss is least below temperature 1/16"),
        (never, 40, 3, "the log loss is least above temperature 16"),
        (zeros, 10, 1, "the log loss is the same at every temperature"),
        (masked, 10, 0, "10 rows give their label probability 0"),
    ] {
        let labels = Names::I64((0..rows).map(|row| row / 4 * step % 4).collect());
        let found = measure(&counted(labels, scores, &plan()), "temperature");
        assert_eq!(found.value.unwrap_err(), reason);
    }
}

#[test]
fn a_temperature_needs_logits() {
    let (labels, scores) = matrix(1.0);
    let tallies = counted(labels, scores, &plan());
    let asked = |scores_are| {
        with(&tallies, |spec| {
            spec.metrics = vec!["temperature".into()];
            spec.scores_are = Some(scores_are);
        })
        .spec
    };
    check_spec(&asked(ScoresAre::Logits)).unwrap();
    assert_eq!(
        check_spec(&asked(ScoresAre::Probabilities)).unwrap_err().to_string(),
        "temperature needs logits, and these scores are probabilities"
    );
}
