//! Resamples of rows that have few of many classes: they are those of all classes,
//! at the cost of the few.

use tallyho::batch::Names;
use tallyho::class::Classes;
use tallyho::metric::measures;
use tallyho::stat::{Draws, Resampler, percentile_interval};
use tallyho::tally::{Cell, Confusion, Tallies, ZeroDivision};

use crate::common::memory::{Memory, plan, run};
use crate::metrics::with;

const CLASSES: usize = 300;
const REPLICATES: u32 = 40;

/// Rows of a few classes out of many, near each other and far apart.
fn tallies() -> Tallies {
    let (mut labels, mut predictions) = (Vec::new(), Vec::new());
    for row in 0..400_i64 {
        let class = [2, 3, 50, 51, 290][(row % 5) as usize];
        labels.push(class);
        predictions.push(if row % 7 < 4 { class } else { [2, 50, 290, 120][(row % 4) as usize] });
    }
    let source = Memory::pairs(Names::I64(labels), Names::I64(predictions));
    let plan = tallyho::engine::Plan { classes: Some(Classes::numbered(CLASSES)), ..plan(1) };
    let tallies = run(&source, &plan).unwrap().tallies;
    assert_eq!(tallies.classes.len(), CLASSES);
    with(&tallies, |spec| spec.replicates = Some(REPLICATES))
}

/// The percentiles of a metric in resamples that are whole tallies of their own.
fn naive(tallies: &Tallies, name: &str) -> Option<(f64, f64)> {
    let cells: Vec<Cell> = tallies.confusion.cells().collect();
    let counts: Vec<u64> = cells.iter().map(|cell| cell.count).collect();
    let sampler = Resampler::new(&counts);
    let alone = with(tallies, |spec| spec.replicates = Some(0));
    let mut values = Vec::new();
    let mut counts = counts.clone();
    for replicate in 0..REPLICATES {
        sampler.resample(&mut Draws::new(tallies.spec.seed, replicate, 0), &mut counts);
        let drawn = cells.iter().zip(&counts).map(|(cell, &count)| Cell { count, ..*cell });
        let drawn = drawn.filter(|cell| cell.count > 0).collect();
        let set = Tallies { confusion: Confusion::from_cells(drawn).unwrap(), ..alone.clone() };
        let found = measures(&set).unwrap();
        values.push(found.into_iter().find(|(it, _)| it == name)?.1.value.ok()?);
    }
    percentile_interval(&mut values, tallies.spec.interval)
}

#[test]
fn intervals_of_few_classes_out_of_many_are_those_of_all() {
    let divisions =
        [ZeroDivision::Undefined, ZeroDivision::Zero, ZeroDivision::One, ZeroDivision::Exclude];
    let mut compared = 0;
    for division in divisions {
        let tallies = with(&tallies(), |spec| {
            spec.zero_division = division;
            spec.betas = vec![2.0];
        });
        for (name, measure) in measures(&tallies).unwrap() {
            let Some(found) = measure.interval.filter(|it| it.method == "bootstrap") else {
                continue;
            };
            let (low, high) = naive(&tallies, &name).unwrap();
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-13 * b.abs().max(1e-3);
            assert!(
                near(found.low, low) && near(found.high, high),
                "{name}: {found:?} {low} {high}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 40, "{compared}");
}
