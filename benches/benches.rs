//! Every bench, in one binary. Labels are built from the inputs; each result is
//! checked once before it is timed; throughput is in rows or scores.
//!
//! Side-by-side figures with other tools come from `benches/peers/peers.py`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should say where")]
#![allow(clippy::cast_possible_truncation, reason = "bench inputs are small")]
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

mod counting;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};

use tallyho::class::Classes;
use tallyho::exact::order::{Counts, Sums};
use tallyho::exact::{ScoreType, key};
use tallyho::kernel::confusion::{self, BLOCK, Counters, Table};
use tallyho::kernel::order::{Held, Locator, fold};
use tallyho::kernel::planes::Plane;
use tallyho::kernel::rows::shader::PLANES;
use tallyho::kernel::rows::{self, Decision, Params, PlanesOut};
use tallyho::kernel::{Level, Score};
use tallyho::metric;
use tallyho::tally::{Aggregates, Cell, Confusion, Rows, Spec, Tallies};

fn params(level: Level) -> Params {
    Params {
        probabilities: false,
        higher_first: false,
        epsilon: f64::from(f32::EPSILON),
        sum_tolerance: rows::sum_tolerance(ScoreType::F32),
        edges: rows::edges(15),
        right_closed: true,
        level,
    }
}

/// A fixed sequence of words; the benches need variety, not quality.
fn words(count: usize) -> impl Iterator<Item = u32> {
    let mut state = 1_u64;
    (0..count).map(move |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    })
}

/// Scores in -8..8, row-major.
fn logits(rows: usize, classes: usize) -> Vec<f32> {
    words(rows * classes).map(|word| (word >> 8) as f32 / (1 << 19) as f32 - 8.0).collect()
}

fn score_rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("rows");
    for classes in [2, 10, 100, 1_000, 32_000] {
        let rows = (64_000 / classes).max(4);
        let scores = logits(rows, classes);
        let doubles: Vec<f64> = scores.iter().copied().map(f64::from).collect();
        let labels: Vec<usize> = words(rows).map(|word| word as usize % classes).collect();
        group.throughput(Throughput::Elements((rows * classes) as u64));
        on_every_level(&mut group, classes, "", |params| losses(params, &scores, &labels));
        on_every_level(&mut group, classes, "f64, ", |params| losses(params, &doubles, &labels));
        on_every_level(&mut group, classes, "predictions, ", |params| {
            let each = scores.chunks_exact(classes).zip(&labels);
            each.map(|(row, &label)| rows::prediction(params, row, label).unwrap())
                .map(u64::from)
                .sum()
        });
    }
    group.finish();
}

/// Blocks of rows, from scores to planes.
fn score_blocks(c: &mut Criterion) {
    let mut group = c.benchmark_group("blocks");
    for columns in [1, 2, 10, 40, 100, 1_000] {
        let rows = 512 * (1 + 64 / columns);
        let classes = columns.max(2);
        let scores = logits(rows, columns);
        let doubles: Vec<f64> = scores.iter().copied().map(f64::from).collect();
        let shares: Vec<f32> = match columns {
            1 => words(rows).map(|word| (word >> 8) as f32 / (1 << 24) as f32).collect(),
            _ => vec![1.0 / columns as f32; rows * columns],
        };
        let labels: Vec<u32> = words(rows).map(|word| word % classes as u32).collect();
        group.throughput(Throughput::Elements(rows as u64));
        on_every_level(&mut group, columns, "", |params| {
            losses_of_blocks(params, columns, &scores, &labels)
        });
        on_every_level(&mut group, columns, "f64, ", |params| {
            losses_of_blocks(params, columns, &doubles, &labels)
        });
        on_every_level(&mut group, columns, "probabilities, ", |params| {
            let params = Params { probabilities: true, ..params.clone() };
            losses_of_blocks(&params, columns, &shares, &labels)
        });
    }
    group.finish();
}

/// The sum of the lower words of the losses of all rows.
fn losses_of_blocks<T: Score>(
    params: &Params,
    columns: usize,
    scores: &[T],
    labels: &[u32],
) -> u64 {
    let decision = match columns {
        1 => Decision::OneScore { positive: 1, threshold: 0.5 },
        _ => Decision::Highest,
    };
    let shape = [columns, columns.max(2)];
    let mut planes = vec![0; PLANES * rows::BLOCK];
    let blocks = scores.chunks(columns * rows::BLOCK).zip(labels.chunks(rows::BLOCK));
    let each = blocks.map(|(scores, labels)| {
        let mut out = PlanesOut::new(&mut planes, rows::BLOCK, false);
        rows::score_block(params, decision, shape, scores, labels, 0, &mut out);
        let losses = &planes[Plane::LossLow as usize * rows::BLOCK..][..labels.len()];
        losses.iter().map(|&word| u64::from(word)).sum::<u64>()
    });
    each.sum()
}

/// The sum of the losses of all rows.
fn losses<T: Score>(params: &Params, scores: &[T], labels: &[usize]) -> u64 {
    let each = scores.chunks_exact(scores.len() / labels.len()).zip(labels);
    each.map(|(row, &label)| rows::row(params, row, label).unwrap().loss.unwrap()).sum()
}

/// Times `run` on every level, which must give the same everywhere.
fn on_every_level(
    group: &mut BenchmarkGroup<'_, WallTime>,
    classes: usize,
    what: &str,
    run: impl Fn(&Params) -> u64,
) {
    let expected = run(&params(Level::PLAIN));
    for level in Level::available() {
        assert_eq!(run(&params(level)), expected);
        let id = BenchmarkId::new(format!("{what}{level:?}"), format!("{classes} classes"));
        group.bench_with_input(id, &level, |b, &level| b.iter(|| run(&params(black_box(level)))));
    }
}

fn confusion_counts(c: &mut Criterion) {
    let mut group = c.benchmark_group("confusion");
    for classes in [2_u32, 10, 100, 1_000] {
        let rows = 64 * BLOCK;
        let labels: Vec<i64> = words(rows).map(|word| i64::from(word % classes)).collect();
        // Nine of ten are right.
        let predictions: Vec<i64> = labels
            .iter()
            .zip(words(2 * rows).skip(rows))
            .map(
                |(&label, word)| {
                    if word % 10 == 0 { i64::from(word / 10 % classes) } else { label }
                },
            )
            .collect();
        let table = Table { base: 0, shift: classes.next_power_of_two().trailing_zeros() };
        let run = |level, counters: &mut Counters| {
            let (mut numbers, mut others) = ([0; BLOCK], [0; BLOCK]);
            for (labels, predictions) in labels.chunks(BLOCK).zip(predictions.chunks(BLOCK)) {
                confusion::classes(level, labels, table.base, &mut numbers);
                confusion::classes(level, predictions, table.base, &mut others);
                let (labels, predictions) = (&mut numbers, &mut others);
                counters.count(confusion::counter_numbers(level, table, labels, predictions));
            }
        };
        group.throughput(Throughput::Elements(rows as u64));
        for level in Level::available() {
            let mut counters = Counters::new(level, table);
            run(level, &mut counters);
            let mut predicted = vec![0; table.side()];
            (0..table.side()).for_each(|label| counters.add_row(label, 0, &mut predicted));
            assert_eq!(predicted.iter().sum::<u64>(), rows as u64);
            let id = BenchmarkId::new(format!("{level:?}"), format!("{classes} classes"));
            group.bench_with_input(id, &level, |b, &level| {
                b.iter(|| run(black_box(level), &mut counters));
            });
        }
    }
    group.finish();
}

fn merging(c: &mut Criterion) {
    let mut group = c.benchmark_group("merge");
    for classes in [10, 1_000] {
        let cells = (0..classes * classes)
            .map(|cell| Cell { label: cell / classes, prediction: cell % classes, count: 1 })
            .collect();
        let confusion = Confusion::from_cells(cells).unwrap();
        assert_eq!(confusion.len(), (classes * classes) as usize);
        group.throughput(Throughput::Elements(u64::from(classes * classes)));
        group.bench_function(format!("{classes} classes, every cell"), |b| {
            b.iter(|| {
                let mut sum = confusion.clone();
                sum.merge(black_box(&confusion)).unwrap();
                sum
            });
        });
    }
    group.finish();
}

/// Binary scores held by one worker, then put in order on all threads.
fn order_binary(c: &mut Criterion) {
    let mut group = c.benchmark_group("order");
    for rows in [100_000, 4_000_000] {
        let scores = logits(rows, 1);
        let keys: Vec<(u32, bool)> = scores
            .iter()
            .zip(words(2 * rows).skip(rows))
            .map(|(&score, word)| (key::of_f32(score), word % 3 == 0))
            .collect();
        let hold = || {
            let mut held = Held::default();
            keys.iter().for_each(|&(key, positive)| held.push(key, positive));
            held
        };
        let positive = keys.iter().filter(|(_, positive)| *positive).count() as u64;
        let all = Counts { positive, negative: rows as u64 - positive };
        let held = [hold()];
        let sums = fold(&held, || Sums::new(all));
        let area = sums.negative as f64 / 2.0 / all.positive as f64 / all.negative as f64;
        assert!((area - 0.5).abs() < 0.01, "{area}");
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(format!("hold, {rows} rows"), |b| b.iter(hold));
        group.bench_function(format!("sums, {rows} rows"), |b| {
            b.iter(|| fold(black_box(&held), || Sums::new(all)));
        });
    }
    group.finish();
}

/// A confusion with `cells` cells that are not empty, the diagonal among them.
fn sparse(classes: u32, cells: u32) -> Tallies {
    let apart = (cells / classes).max(1);
    let cells: Vec<Cell> = (0..classes)
        .flat_map(|label| {
            let cell = move |step| Cell {
                label,
                prediction: (label + step * 7) % classes,
                count: if step == 0 { 900 } else { 1 + u64::from((label + 31 * step) % 40) },
            };
            (0..apart).map(cell)
        })
        .collect();
    let scored = cells.iter().map(|cell| cell.count).sum();
    Tallies {
        spec: Spec { replicates: Some(1_000), ..Spec::default() },
        classes: Classes::numbered(classes as usize),
        rows: Rows { read: scored, scored, ..Rows::default() },
        confusion: Confusion::from_cells(cells).unwrap(),
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    }
}

/// Intervals of every metric of counts from 1,000 resamples, on all cores.
fn bootstrap(c: &mut Criterion) {
    let mut group = c.benchmark_group("bootstrap");
    group.sample_size(10);
    for (classes, cells) in [(2, 4), (10, 100), (1_000, 50_000)] {
        let tallies = sparse(classes, cells);
        let found = tallies.confusion.len();
        let intervals = metric::measures(&tallies).unwrap();
        assert!(intervals.iter().any(|(_, measure)| measure.interval.is_some()));
        let id = BenchmarkId::new(format!("{classes} classes"), format!("{found} cells"));
        group.throughput(Throughput::Elements(1_000 * found as u64));
        group.bench_with_input(id, &tallies, |b, tallies| {
            b.iter(|| metric::measures(black_box(tallies)).unwrap());
        });
    }
    group.finish();
}

/// Keys located among sorted positives.
fn order_located(c: &mut Criterion) {
    let mut group = c.benchmark_group("locate");
    for positives in [1_000, 10_000] {
        let keys: Vec<u64> =
            logits(100_000, 1).into_iter().map(|it| key::of_f32(it).into()).collect();
        let own: Vec<u64> = keys.iter().step_by(keys.len() / positives).copied().collect();
        let locator = Locator::new(own.clone());
        let run = || keys.iter().map(|&key| locator.placement(locator.slot(key))).sum::<u64>();
        let naive: u64 = keys[..100]
            .iter()
            .map(|key| {
                own.iter().map(|it| 2 * u64::from(it > key) + u64::from(it == key)).sum::<u64>()
            })
            .sum();
        let found = keys[..100].iter().map(|&key| locator.placement(locator.slot(key)));
        assert_eq!(found.sum::<u64>(), naive);
        group.throughput(Throughput::Elements(keys.len() as u64));
        group.bench_function(format!("among {positives} positives"), |b| b.iter(run));
    }
    group.finish();
}

criterion_group!(
    benches,
    score_rows,
    score_blocks,
    confusion_counts,
    merging,
    bootstrap,
    order_binary,
    order_located,
    counting::counting
);
criterion_main!(benches);
