//! Counts of label and prediction pairs against counts made one by one.

use std::collections::{BTreeMap, HashMap};

use tallyho::batch::Names;
use tallyho::class::Classes;
use tallyho::kernel::Level;
use tallyho::kernel::confusion::{self, BLOCK, Counters, Entry, Table, WIDE_SHIFT, WideCounters};

use crate::common::Rng;
use crate::common::memory::{Memory, plan, run};

/// Pairs of classes below `classes`, of which about `right` of eight are equal.
fn pairs(rng: &mut Rng, rows: usize, classes: u32, right: u32) -> (Vec<i64>, Vec<i64>) {
    let pair = |_| {
        let label = rng.below(classes);
        let prediction = if rng.below(8) < right { label } else { rng.below(classes) };
        (i64::from(label), i64::from(prediction))
    };
    (0..rows).map(pair).unzip()
}

/// Counts one block, `times` over.
fn counted(level: Level, table: Table, pairs: &(Vec<i64>, Vec<i64>), times: usize) -> Counters {
    let rows = pairs.0.len();
    let (mut labels, mut predictions) = ([u32::MAX; BLOCK], [u32::MAX; BLOCK]);
    let (labels, predictions) = (&mut labels[..rows], &mut predictions[..rows]);
    confusion::classes(level, &pairs.0, table.base, labels);
    confusion::classes(level, &pairs.1, table.base, predictions);
    let numbers = confusion::counter_numbers(level, table, labels, predictions);
    let mut counters = Counters::new(level, table);
    (0..times).for_each(|_| counters.count(numbers));
    counters
}

/// All cells of a table, row by row.
fn cells(counters: &Counters) -> Vec<Vec<u64>> {
    let side = counters.table().side();
    let row = |label| {
        let mut row = vec![0; side];
        counters.add_row(label, 0, &mut row);
        row
    };
    (0..side).map(row).collect()
}

#[test]
fn every_level_counts_every_row_once_where_it_belongs() {
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let shift = [1, 4, 5, 6, 7, 8][rng.below(6) as usize];
        let rows = [1, 15, 16, 17, 100, BLOCK - 1, BLOCK][rng.below(7) as usize];
        let right = rng.below(9);
        let pairs = pairs(&mut rng, rows, 1 << shift, right);
        // Often enough that counters of one byte carry, too.
        let times = if seed % 4 == 0 { 300 } else { 1 };
        let mut expected = vec![vec![0; 1 << shift]; 1 << shift];
        for (&label, &prediction) in pairs.0.iter().zip(&pairs.1) {
            expected[label as usize][prediction as usize] += times as u64;
        }
        for level in Level::available() {
            let counters = counted(level, Table { base: 0, shift }, &pairs, times);
            assert!(cells(&counters) == expected, "seed {seed}, {level:?}, {rows} rows");
        }
    }
}

/// More rows than wait to be put in order at once, at every level.
#[test]
fn wide_counters_count_every_row_once() {
    let table = Table { base: 0, shift: WIDE_SHIFT };
    let mut rng = Rng::new(7);
    for level in Level::available() {
        let mut counters = WideCounters::default();
        let mut expected = HashMap::<(u32, u32), u64>::new();
        for block in 0..1_400 {
            // From cells that come again and again to all there are.
            let classes = [3, 100, 1 << 16][block % 3];
            let (labels, predictions) = pairs(&mut rng, BLOCK - block % 20, classes, 1);
            for (&label, &prediction) in labels.iter().zip(&predictions) {
                *expected.entry((label as u32, prediction as u32)).or_default() += 1;
            }
            let (mut of_labels, mut of_predictions) = ([0; BLOCK], [0; BLOCK]);
            let (of_labels, of_predictions) =
                (&mut of_labels[..labels.len()], &mut of_predictions[..labels.len()]);
            confusion::classes(level, &labels, 0, of_labels);
            confusion::classes(level, &predictions, 0, of_predictions);
            counters.count(confusion::counter_numbers(level, table, of_labels, of_predictions));
        }
        let entries = counters.into_runs().into_entries();
        let ascending = |pair: &[Entry]| {
            (pair[0].label, pair[0].prediction) < (pair[1].label, pair[1].prediction)
        };
        assert!(entries.windows(2).all(ascending), "{level:?}");
        assert_eq!(entries.len(), expected.len(), "{level:?}");
        for Entry { label, prediction, rows } in entries {
            assert_eq!(expected[&(label, prediction)], rows, "{level:?}: {label}, {prediction}");
        }
    }
}

#[test]
fn a_part_of_a_row_is_that_part() {
    let pairs = pairs(&mut Rng::new(1), BLOCK, 64, 6);
    let counters = counted(Level::PLAIN, Table { base: 0, shift: 6 }, &pairs, 300);
    for (label, row) in cells(&counters).iter().enumerate() {
        let mut part = vec![1; 20];
        counters.add_row(label, 30, &mut part);
        let expected: Vec<u64> = row[30..50].iter().map(|count| count + 1).collect();
        assert_eq!(part, expected, "label {label}");
    }
}

#[test]
fn a_wider_table_holds_the_same_counts() {
    let pairs = pairs(&mut Rng::new(2), BLOCK, 16, 4);
    let narrow = counted(Level::PLAIN, Table { base: 0, shift: 4 }, &pairs, 1_000);
    for (base, shift) in [(0, 5), (-3, 5), (-20, 6), (-200, 8)] {
        let wide = cells(&narrow.widened(Table { base, shift }));
        let offset = usize::try_from(-base).unwrap();
        for (label, row) in wide.iter().enumerate() {
            for (prediction, &count) in row.iter().enumerate() {
                let at = |class: usize| class.checked_sub(offset).filter(|class| *class < 16);
                let expected = match (at(label), at(prediction)) {
                    (Some(label), Some(prediction)) => cells(&narrow)[label][prediction],
                    _ => 0,
                };
                assert_eq!(count, expected, "base {base}, {label} as {prediction}");
            }
        }
    }
}

/// Spells classes `name(k)`, some of them ignored, and counts them one by one.
fn check(name: impl Fn(i64) -> i64, ignore: &[i64], given: Option<&[i64]>, threads: usize) {
    let (mut labels, mut predictions) = pairs(&mut Rng::new(3), 20_000, 40, 5);
    labels.iter_mut().chain(&mut predictions).for_each(|class| *class = name(*class));
    let kept = |(label, _): &(i64, i64)| !ignore.contains(label);
    let mut expected = BTreeMap::<(i64, i64), u64>::new();
    for pair in labels.iter().copied().zip(predictions.iter().copied()).filter(kept) {
        *expected.entry(pair).or_default() += 1;
    }
    let names = |classes: &[i64]| classes.iter().map(i64::to_string).collect::<Vec<_>>();
    let mut plan = plan(threads);
    plan.ignore = names(ignore);
    plan.classes = given.map(|given| Classes::given(names(given)).unwrap());
    let ignored = labels.iter().filter(|label| ignore.contains(label)).count();
    let source = Memory::pairs(Names::I64(labels), Names::I64(predictions)).batch_rows(600);
    let tallies = run(&source, &plan).unwrap().tallies;

    let value = |class: u32| tallies.classes.names()[class as usize].parse::<i64>().unwrap();
    let cells = tallies.confusion.cells();
    let found: BTreeMap<_, _> =
        cells.map(|cell| ((value(cell.label), value(cell.prediction)), cell.count)).collect();
    assert_eq!(found, expected);
    assert_eq!(tallies.rows.ignored, ignored as u64);
    assert_eq!(tallies.rows.scored + tallies.rows.ignored, tallies.rows.read);
    if given.is_none() {
        let mut occur: Vec<i64> = expected.keys().flat_map(|&(l, p)| [l, p]).collect();
        occur.sort_unstable();
        occur.dedup();
        assert_eq!(tallies.classes.names(), names(&occur), "only what occurs, in order");
    }
}

#[test]
fn any_integers_are_counted_like_one_by_one() {
    for threads in [1, 3] {
        // Dense, from 1 on, with gaps, below zero, and too far apart for a table.
        check(|class| class, &[], None, threads);
        check(|class| class + 1, &[], None, threads);
        check(|class| class * 7 + 3, &[], None, threads);
        check(|class| class - 20, &[], None, threads);
        check(|class| class * 1_000_003, &[], None, threads);
        check(|class| if class < 30 { class } else { class << 40 }, &[], None, threads);
        check(|class| class, &[0, 17, 39], None, threads);
        check(|class| class * 1_000_003, &[0, 17_000_051], None, threads);
        // Too many for a dense table, in a window of their own.
        check(|class| class * 1_500, &[], None, threads);
        check(|class| class * 1_500 - 30_000, &[0, -28_500], None, threads);
        check(|class| i64::MIN + class * 1_500, &[], None, threads);
        check(|class| i64::MAX - class * 1_500, &[i64::MAX], None, threads);
        check(|class| if class < 5 { class } else { class * 1_600 }, &[], None, threads);
        check(|class| if class < 39 { class * 100 } else { class << 30 }, &[], None, threads);
        let given: Vec<i64> = (-5..5_000).collect();
        check(|class| class * 100, &[], Some(&given), threads);
        check(|class| class * 100 - 5, &[95, -5], Some(&given), threads);
        let given: Vec<i64> = (0..41).collect();
        check(|class| class, &[], Some(&given), threads);
        check(|class| class, &[5], Some(&given), threads);
        let reversed: Vec<i64> = (0..40).rev().collect();
        check(|class| class, &[5], Some(&reversed), threads);
    }
}
