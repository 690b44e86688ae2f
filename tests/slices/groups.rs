//! What is counted of groups, of rows in memory.

use std::collections::BTreeSet;

use tallyho::batch::{Batch, Fault, Names, Role, Scores, SliceColumn, Text};
use tallyho::engine::{Backend, Evaluation, OnInvalid, Plan, evaluate};
use tallyho::error::Result;
use tallyho::input::Source;
use tallyho::tally::{Auc, Outside, ScoreType, ScoresAre, SliceValue, Tallies, digest};

use crate::common::Rng;
use crate::common::memory::{self, Memory, binary_plan, plan, score_plan};

/// Rows with two slice columns and some faults.
#[derive(Clone)]
pub struct Rows {
    pub labels: Vec<i64>,
    pub predictions: Vec<i64>,
    pub scores: Vec<f64>,
    pub columns: usize,
    pub lands: Vec<Option<&'static str>>,
    pub ages: Vec<Option<i64>>,
    pub faults: Vec<bool>,
}

const LANDS: [Option<&str>; 5] = [Some("DE"), Some("FR"), Some("ünïcode, \"x\""), Some(""), None];

impl Rows {
    /// Random rows; with `columns` 0 there are predictions, else logits.
    pub fn random(rng: &mut Rng, rows: usize, classes: u32, columns: usize) -> Self {
        let mut made = Self {
            labels: Vec::new(),
            predictions: Vec::new(),
            scores: Vec::new(),
            columns,
            lands: Vec::new(),
            ages: Vec::new(),
            faults: Vec::new(),
        };
        for _ in 0..rows {
            let label = i64::from(rng.below(classes));
            made.labels.push(label);
            let right = rng.below(3) > 0;
            made.predictions.push(if right { label } else { i64::from(rng.below(classes)) });
            made.scores.extend((0..columns).map(|_| f64::from(rng.normal())));
            made.lands.push(LANDS[rng.below(5).min(rng.below(5)) as usize]);
            made.ages.push((rng.below(9) > 0).then(|| i64::from(rng.below(40)) - 3));
            made.faults.push(rng.below(50) == 0);
        }
        made
    }

    /// Those rows for which `keep`.
    fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.labels.len()).filter(|&row| keep(row)).collect();
        let columns = self.columns;
        Self {
            labels: kept.iter().map(|&row| self.labels[row]).collect(),
            predictions: kept.iter().map(|&row| self.predictions[row]).collect(),
            scores: kept
                .iter()
                .flat_map(|&row| self.scores[row * columns..][..columns].iter().copied())
                .collect(),
            columns,
            lands: kept.iter().map(|&row| self.lands[row]).collect(),
            ages: kept.iter().map(|&row| self.ages[row]).collect(),
            faults: kept.iter().map(|&row| self.faults[row]).collect(),
        }
    }

    /// Evaluates them in batches of so many rows, by `plan`.
    pub fn evaluate(&self, plan: &Plan, scores: ScoreType, batch_rows: usize) -> Evaluation {
        let labels = Names::I64(self.labels.clone());
        let inner = match self.columns {
            0 => Memory::pairs(labels, Names::I64(self.predictions.clone())),
            columns => Memory::scores(labels, typed(&self.scores, scores), columns),
        };
        let source = Sliced { rows: self, inner: inner.batch_rows(batch_rows) };
        evaluate(&source, plan, &Backend::Cpu, &false.into()).unwrap()
    }
}

fn typed(scores: &[f64], of: ScoreType) -> Scores {
    let narrow: Vec<f32> = scores.iter().map(|&score| score as f32).collect();
    match of {
        ScoreType::F64 => Scores::F64(scores.to_vec()),
        _ => memory::of_each_type(&narrow).into_iter().find(|(_, it)| *it == of).unwrap().0,
    }
}

/// A source whose batches have slice columns.
struct Sliced<'a> {
    rows: &'a Rows,
    inner: Memory,
}

impl Source for Sliced<'_> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        if !self.inner.next(batch)? {
            return Ok(false);
        }
        let rows = batch.first_row as usize..batch.first_row as usize + batch.rows;
        let lands = &self.rows.lands[rows.clone()];
        let mut text = Text::default();
        lands.iter().for_each(|land| text.push(land.unwrap_or("anything")));
        let ages = &self.rows.ages[rows.clone()];
        let numbers = ages.iter().map(|age| age.unwrap_or(7)).collect();
        batch.slices = vec![
            SliceColumn { names: Names::Text(text), missing: missing(lands) },
            SliceColumn { names: Names::I64(numbers), missing: missing(ages) },
        ];
        let faults = self.rows.faults[rows].iter().enumerate().filter(|(_, fault)| **fault);
        batch.faults = faults
            .map(|(row, _)| Fault { row, role: Role::Labels, problem: "the label is null".into() })
            .collect();
        Ok(true)
    }

    fn rewind(&self) -> Result<()> {
        self.inner.rewind()
    }

    fn path(&self, part: usize, role: Role) -> &std::path::Path {
        self.inner.path(part, role)
    }
}

fn missing<T>(values: &[Option<T>]) -> Vec<usize> {
    (0..values.len()).filter(|&row| values[row].is_none()).collect()
}

/// The plans that groups are tried with, each with its classes and score columns.
fn plans(threads: usize) -> Vec<(&'static str, Plan, u32, usize, ScoreType)> {
    use ScoreType::{F16, F32, F64};
    let logits = ScoresAre::Logits;
    let mut given = plan(threads);
    given.classes = Some(tallyho::class::Classes::numbered(5));
    let mut outside = plan(threads);
    outside.outside = Some(Outside::Wrong);
    outside.spec.class_options.outside_is_wrong = true;
    let mut asked = score_plan(threads, 3, logits, F32);
    for name in ["loss_by_class", "brier_by_class", "confidence_powers"] {
        asked.spec.asked.insert(name);
    }
    let mut binned = score_plan(threads, 3, logits, F32);
    binned.spec.auc = Auc::Binned;
    let mut exact = binary_plan(threads, logits, F64);
    exact.spec.auc = Auc::Exact;
    let mut narrow = binary_plan(threads, logits, F32);
    narrow.spec.auc = Auc::Exact;
    let mut counts = score_plan(threads, 20, logits, F32);
    counts.spec.counted = tallyho::tally::Counted::Counts;
    vec![
        ("pairs", plan(threads), 7, 0, F32),
        ("many classes", plan(threads), 3000, 0, F32),
        ("given classes", given, 5, 0, F32),
        ("outside", outside, 6, 0, F32),
        ("matrix", score_plan(threads, 3, logits, F32), 3, 3, F32),
        ("halves", score_plan(threads, 40, logits, F16), 40, 40, F16),
        ("doubles", score_plan(threads, 4, logits, F64), 4, 4, F64),
        ("asked", asked, 3, 3, F32),
        ("binned", binned, 3, 3, F32),
        ("binary doubles", exact, 2, 1, F64),
        ("binary", narrow, 2, 1, F32),
        ("counts", counts, 20, 20, F32),
    ]
}

fn sliced(mut plan: Plan) -> Plan {
    plan.slices = vec!["land".into(), "age".into()];
    plan.on_invalid = OnInvalid::Skip;
    plan.ignore = vec!["1".into()];
    plan
}

/// The rows of a group by column and value.
fn rows_of(rows: &Rows, column: &str, value: &SliceValue) -> Rows {
    rows.only(|row| match column {
        "land" => rows.lands[row] == value.as_deref(),
        _ => rows.ages[row].map(|age| age.to_string()) == *value,
    })
}

#[test]
fn the_tallies_of_a_group_are_those_of_its_rows_alone() {
    for threads in [1, 3] {
        for (name, plan, classes, columns, of) in plans(threads) {
            let mut rng = Rng::new(classes.into());
            let rows = Rows::random(&mut rng, 1500, classes, columns);
            let plan = sliced(plan);
            let mut alone = plan.clone();
            alone.slices.clear();
            let batch_rows = [1, 97, 600, 4000][rng.below(4) as usize];
            let found = rows.evaluate(&plan, of, batch_rows).tallies;
            assert_eq!(found.slice_columns(), ["land", "age"], "{name}");
            let whole = rows.evaluate(&alone, of, 512).tallies;
            assert_eq!(found.without_slices(), whole, "{name}");
            for grouped in &found.slices {
                let mut read = 0;
                for (value, group) in &grouped.groups {
                    let own = rows_of(&rows, &grouped.column, value);
                    read += own.labels.len() as u64;
                    if group.rows.scored == 0 {
                        assert_eq!(group.rows.read, own.labels.len() as u64);
                        continue;
                    }
                    let expected = own.evaluate(&alone, of, 512).tallies;
                    assert_eq!(group, &expected, "{name}: {}={value:?}", grouped.column);
                    assert_eq!(digest(group), digest(&expected));
                }
                assert_eq!(read, 1500, "{name}");
            }
        }
    }
}

#[test]
fn there_is_a_group_for_each_value_and_one_for_rows_without() {
    let rows = Rows::random(&mut Rng::new(1), 3000, 4, 0);
    let found = rows.evaluate(&sliced(plan(2)), ScoreType::F32, 100).tallies;
    let lands: BTreeSet<_> = rows.lands.iter().map(|land| land.map(str::to_owned)).collect();
    let groups: BTreeSet<_> = found.slices[0].groups.keys().cloned().collect();
    assert_eq!(groups, lands);
    assert!(groups.contains(&None) && groups.contains(&Some(String::new())));
    let order: Vec<_> = found.slices[1].in_order().into_iter().map(|(value, _)| value).collect();
    let numbers = order.iter().map_while(|value| value.as_ref()?.parse::<i64>().ok());
    assert!(numbers.clone().is_sorted(), "numbers are in the order of numbers");
    assert_eq!(numbers.count() + 1, order.len());
    assert_eq!(order.last(), Some(&&None), "rows without a value come last");
}

#[test]
fn the_groups_of_a_column_merge_to_the_whole() {
    for (name, plan, classes, columns, of) in plans(2) {
        let rows = Rows::random(&mut Rng::new(9), 900, classes, columns);
        let found = rows.evaluate(&sliced(plan), of, 200).tallies;
        for grouped in &found.slices {
            let mut groups = grouped.groups.values();
            let mut whole: Tallies = groups.next().unwrap().clone();
            groups.for_each(|group| whole.merge(group).unwrap());
            assert_eq!(whole.rows, found.rows, "{name}");
            assert_eq!(digest(&whole), digest(&found), "{name}");
        }
    }
}

#[test]
fn slices_of_parts_merge_to_those_of_the_whole() {
    for (name, plan, classes, columns, of) in plans(2) {
        if plan.spec.auc == Auc::Exact {
            continue;
        }
        let plan = sliced(plan);
        let rows = Rows::random(&mut Rng::new(5), 1200, classes, columns);
        let whole = rows.evaluate(&plan, of, 300).tallies;
        let part = |from: usize, to: usize| {
            rows.only(|row| (from..to).contains(&row)).evaluate(&plan, of, 64).tallies
        };
        let [first, second, third] = [part(0, 100), part(100, 101 + 600), part(701, 1200)];
        for order in [[&first, &second, &third], [&third, &first, &second]] {
            let mut merged = order[0].clone();
            merged.merge(order[1]).unwrap();
            merged.merge(order[2]).unwrap();
            assert_eq!(merged, whole, "{name}");
        }
    }
}

/// Groups of a column that not all rows have would not make up the whole.
#[test]
fn a_column_that_one_part_lacks_is_left_out_of_both_together() {
    let rows = Rows::random(&mut Rng::new(2), 300, 3, 0);
    let both = rows.evaluate(&sliced(plan(1)), ScoreType::F32, 64).tallies;
    let mut one = both.clone();
    one.slices.truncate(1);
    for (own, other) in [(&both, &one), (&one, &both)] {
        let mut merged = own.clone();
        merged.merge(other).unwrap();
        assert_eq!(merged.slice_columns(), ["land"]);
    }
    let mut none = both.clone();
    none.merge(&both.without_slices()).unwrap();
    assert!(none.slices.is_empty());
    let mut nothing = Tallies::of_confusion(
        both.spec.clone(),
        tallyho::class::Classes::discovered(Vec::new()),
        Default::default(),
        Default::default(),
    );
    nothing.merge(&both).unwrap();
    assert_eq!(nothing, both, "nothing is the identity");
}

#[test]
fn a_column_of_too_many_values_is_refused_by_name() {
    let mut rows = Rows::random(&mut Rng::new(2), 20_000, 3, 0);
    rows.ages = (0..20_000).map(Some).collect();
    let source = Sliced {
        rows: &rows,
        inner: Memory::pairs(Names::I64(rows.labels.clone()), Names::I64(rows.predictions.clone())),
    };
    let plan = sliced(plan(2));
    let error = evaluate(&source, &plan, &Backend::Cpu, &false.into()).unwrap_err();
    assert!(error.to_string().starts_with("slice 'age' has more than 10000 values ('"), "{error}");
}
