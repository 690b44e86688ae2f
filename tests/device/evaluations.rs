//! Whole evaluations: the device's tallies, remarks and errors are the CPU's.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use libtest_mimic::Failed;
use tallyho::batch::{Names, Scores, Text};
use tallyho::class::Classes;
use tallyho::engine::{self, Backend, Evaluation, OnDevice, OnInvalid, Plan, Rescale, evaluate};
use tallyho::gpu::Device;
use tallyho::input::{Input, Request};
use tallyho::notice;
use tallyho::tally::{self, Auc, Counted, RowSums, ScoreType, ScoresAre, Task};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, of_each_type, plan, score_plan};

/// Bytes of device memory, small so that there are many chunks.
pub const MEMORY: u64 = 24 << 20;

pub fn on_device(device: &Arc<Device>) -> Backend {
    Backend::Gpu(OnDevice::new(Arc::clone(device), MEMORY))
}

/// What an evaluation comes to, in words that can be compared.
pub fn outcome(source: &Memory, plan: &Plan, backend: &Backend) -> String {
    describe(evaluate_anew(source, plan, backend))
}

fn evaluate_anew(
    source: &Memory,
    plan: &Plan,
    backend: &Backend,
) -> tallyho::error::Result<Evaluation> {
    source.cursor.store(0, Ordering::Relaxed);
    evaluate(source, plan, backend, &AtomicBool::new(false))
}

fn describe(evaluation: tallyho::error::Result<Evaluation>) -> String {
    match evaluation {
        Err(error) => format!("error: {error}"),
        Ok(Evaluation { tallies, notices: mut remarks, .. }) => {
            // Where rows were counted is no difference.
            remarks.retain(|remark| remark.code != notice::DEVICE_NOT_USED);
            let moments = tallies.get::<RowSums>();
            let digest = tally::digest(&tallies);
            // An exact order is not in the digest.
            let mut order = DefaultHasher::new();
            format!("{:?}", tallies.order()).hash(&mut order);
            let order = order.finish();
            format!("{digest:?} {:?} {moments:?} {order:x} {remarks:?}", tallies.rows)
        }
    }
}

/// Fails unless both backends come to the same.
fn agree(what: &str, source: &Memory, plan: &Plan, device: &Arc<Device>) -> Result<(), Failed> {
    let cpu = outcome(source, plan, &Backend::Cpu);
    let gpu = outcome(source, plan, &on_device(device));
    if cpu == gpu { Ok(()) } else { Err(format!("{what}:\ncpu {cpu}\ngpu {gpu}").into()) }
}

/// Fails if rows of a source are not counted on the device.
fn is_on_device(source: &Memory, plan: &Plan, device: &Arc<Device>) -> Result<(), Failed> {
    // Nothing is told of rows that are all at fault.
    let Ok(Evaluation { notices, .. }) = evaluate_anew(source, plan, &on_device(device)) else {
        return Ok(());
    };
    match notices.iter().find(|notice| notice.code == notice::DEVICE_NOT_USED) {
        Some(notice) => Err(format!("{notice:?}").into()),
        None => Ok(()),
    }
}

fn logits(rng: &mut Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| (rng.normal() * 16.0).round() / 4.0).collect()
}

/// Rows of probabilities with few digits, so that there are ties and edges.
fn probabilities(rng: &mut Rng, rows: usize, columns: usize) -> Vec<f32> {
    let row = |rng: &mut Rng| {
        let parts: Vec<f32> = (0..columns).map(|_| rng.below(5) as f32).collect();
        let sum: f32 = parts.iter().sum();
        parts
            .into_iter()
            .map(move |part| if sum == 0.0 { 1.0 / columns as f32 } else { part / sum })
            .collect::<Vec<_>>()
    };
    (0..rows).flat_map(|_| row(rng)).collect()
}

pub fn labels(rng: &mut Rng, rows: usize, classes: usize) -> Vec<i64> {
    (0..rows).map(|_| i64::from(rng.below(classes as u32))).collect()
}

pub fn scores_count_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(7);
    for (columns, rows, batch_rows) in [
        (1, 70, 9),
        (2, 5_000, 333),
        (10, 3_001, 1_024),
        (17, 900, 100),
        (100, 700, 64),
        (1_000, 90, 7),
        (4_100, 12, 5),
    ] {
        for scores_are in [ScoresAre::Logits, ScoresAre::Probabilities] {
            let mut values = match scores_are {
                ScoresAre::Logits => logits(&mut rng, rows * columns),
                ScoresAre::Probabilities => probabilities(&mut rng, rows, columns),
            };
            if scores_are == ScoresAre::Logits {
                for value in values.iter_mut().skip(1).step_by(97) {
                    *value = [f32::NEG_INFINITY, -0.0, 3e38, -3e38, 1e-40][rng.below(5) as usize];
                }
            }
            let labels = Names::I64(labels(&mut rng, rows, columns));
            for (scores, of) in of_each_type(&values) {
                let what = format!("{rows} rows of {columns} {scores_are:?} of type {of:?}");
                let source = Memory::scores(labels.clone(), scores, columns).batch_rows(batch_rows);
                let mut plan = score_plan(2, columns, scores_are, of);
                plan.on_invalid = OnInvalid::Skip;
                agree(&what, &source, &plan, device)?;
                is_on_device(&source, &plan, device)?;
                plan.ignore = vec!["0".into()];
                plan.spec.ties = tally::Ties::SklearnTopK;
                plan.spec.bin_edges = tally::BinEdges::LeftClosed;
                plan.spec.bins = 7;
                agree(&format!("{what}, other options"), &source, &plan, device)?;
                plan.spec.counted = Counted::Counts;
                agree(&format!("{what}, counts alone"), &source, &plan, device)?;
                plan.on_invalid = OnInvalid::Error;
                agree(&format!("{what}, the first at fault"), &source, &plan, device)?;
            }
        }
    }
    Ok(())
}

pub fn binary_scores_count_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(8);
    let rows = 4_000;
    let mut values = logits(&mut rng, rows);
    values[..6].copy_from_slice(&[0.0, -0.0, 0.5, 1e-42, -1e-42, 3e38]);
    let unit: Vec<f32> = (0..rows).map(|_| rng.below(1_001) as f32 / 1_000.0).collect();
    // Doubles have digits of their own, and thresholds between two singles.
    let double = |single: f32| match (single * 1_000.0).round() {
        thousands if thousands.abs() < 1e6 => f64::from(thousands) / 1_000.0,
        _ => f64::from(single),
    };
    let labels = Names::U8(labels(&mut rng, rows, 2).into_iter().map(|it| it as u8).collect());
    for (scores_are, values) in [(ScoresAre::Logits, values), (ScoresAre::Probabilities, unit)] {
        for positive in [0, 1] {
            for threshold in [0.0, 0.25, 0.1, 0.999_999_999] {
                let doubles = values.iter().map(|&value| double(value)).collect();
                for scores in [Scores::F32(values.clone()), Scores::F64(doubles)] {
                    let mut plan = score_plan(2, 2, scores_are, scores.score_type());
                    let source = Memory::scores(labels.clone(), scores, 1).batch_rows(500);
                    plan.spec.task = Task::Binary { positive };
                    plan.spec.threshold = Some(threshold);
                    let of = plan.stored_as;
                    let what = format!("{scores_are:?} {of:?} of class {positive}, {threshold}");
                    agree(&what, &source, &plan, device)?;
                    is_on_device(&source, &plan, device)?;
                    plan.spec.counted = Counted::Counts;
                    agree(&format!("{what}, counts alone"), &source, &plan, device)?;
                }
            }
        }
    }
    Ok(())
}

/// Of the columns below, those that a device counts come first.
const FOR_THE_DEVICE: usize = 10;

pub fn pairs_count_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(9);
    let rows = 20_000;
    let mut text = Text::default();
    for _ in 0..rows {
        text.push(["cat", "dog", "7"][rng.below(3) as usize]);
    }
    let i64s = |rng: &mut Rng, base: i64, classes: u32| {
        Names::I64((0..rows).map(|_| base + i64::from(rng.below(classes))).collect())
    };
    // First those before the end of all integers, then those at their beginning.
    let end = |row: i64| if row < 10_000 { i64::MAX - row % 6 } else { i64::MIN + row % 2 };
    let both_ends = Names::I64((0..rows as i64).map(end).collect());
    let sorted = Names::I64((0..rows as i64).map(|row| row / 50).collect());
    let widths = [
        (Names::U8(rng.words(rows, 3).iter().map(|&it| it as u8).collect()), i64s(&mut rng, 0, 3)),
        (
            Names::U16(rng.words(rows, 90).iter().map(|&it| it as u16).collect()),
            Names::U32(rng.words(rows, 95)),
        ),
        (
            Names::I32(rng.words(rows, 9).iter().map(|&it| it as i32 - 4).collect()),
            i64s(&mut rng, -5, 12),
        ),
        (i64s(&mut rng, i64::MAX - 9, 10), i64s(&mut rng, i64::MAX - 9, 10)),
        (i64s(&mut rng, i64::MIN, 4), i64s(&mut rng, i64::MIN, 4)),
        (i64s(&mut rng, i64::MAX - 69_999, 70_000), i64s(&mut rng, i64::MAX - 4, 5)),
        (i64s(&mut rng, 5, 3_000), i64s(&mut rng, 0, 4_000)),
        (i64s(&mut rng, 1 << 40, 100), i64s(&mut rng, 1 << 40, 100)),
        (i64s(&mut rng, 0, 30_000), i64s(&mut rng, 0, 30_000)),
        (sorted.clone(), sorted),
        // From here on most rows are not for a device.
        (both_ends.clone(), both_ends),
        (i64s(&mut rng, -1_000_000_000_000, 2), i64s(&mut rng, 1_000_000_000_000, 2)),
        (Names::Text(text.clone()), Names::Text(text)),
    ];
    for (number, (labels, predictions)) in widths.into_iter().enumerate() {
        let source = Memory::pairs(labels, predictions).batch_rows(777);
        let mut plan = plan(2);
        agree(&format!("columns {number}"), &source, &plan, device)?;
        let found = evaluate_anew(&source, &plan, &on_device(device))?;
        let elsewhere = found.notices.iter().any(|notice| notice.code == notice::DEVICE_NOT_USED);
        if elsewhere != (number >= FOR_THE_DEVICE) {
            return Err(format!("columns {number}: {:?}", found.notices).into());
        }
        plan.ignore = vec!["1".into(), "cat".into()];
        agree(&format!("columns {number}, one label ignored"), &source, &plan, device)?;
        plan.classes = Some(Classes::given((0..3).map(|it| it.to_string()).collect()).unwrap());
        agree(&format!("columns {number}, three classes given"), &source, &plan, device)?;
        plan.on_invalid = OnInvalid::Skip;
        agree(&format!("columns {number}, others skipped"), &source, &plan, device)?;
    }
    Ok(())
}

/// Whoever named a device is told if the rows were not for it.
pub fn rows_that_were_counted_elsewhere_are_told_of(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(12);
    let rows = 6_000;
    let mut text = Text::default();
    (0..rows).for_each(|_| text.push(["cat", "dog"][rng.below(2) as usize]));
    let far = |class: u32| i64::from(class) << 40;
    let mut i64s = |spread: fn(u32) -> i64, classes| {
        Names::I64((0..rows).map(|_| spread(rng.below(classes))).collect())
    };
    for (what, labels, elsewhere) in [
        ("text", Names::Text(text), true),
        ("far apart", i64s(far, 3), true),
        ("ten classes", i64s(i64::from, 10), false),
        ("as many as there are rows", i64s(i64::from, 1 << 20), false),
        ("all integers of a word", i64s(|word| i64::from(word) - 77, u32::MAX), false),
    ] {
        let source = Memory::pairs(labels.clone(), labels).batch_rows(500);
        let plan = plan(1);
        let Evaluation { tallies, notices, .. } =
            evaluate(&source, &plan, &on_device(device), &AtomicBool::new(false))?;
        let told = notices.iter().any(|it| it.code == notice::DEVICE_NOT_USED);
        if tallies.rows.scored != rows || told != elsewhere {
            return Err(format!("{what}: {notices:?}, {:?}", tallies.rows).into());
        }
    }
    Ok(())
}

pub fn the_first_bad_row_is_named_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(10);
    let (rows, columns) = (3_000, 10);
    for scores_are in [ScoresAre::Logits, ScoresAre::Probabilities] {
        for case in 0..12 {
            let mut values = match scores_are {
                ScoresAre::Logits => logits(&mut rng, rows * columns),
                ScoresAre::Probabilities => probabilities(&mut rng, rows, columns),
            };
            let mut labels = labels(&mut rng, rows, columns);
            for _ in 0..3 {
                let row = rng.below(rows as u32) as usize;
                match (case + row) % 5 {
                    0 => values[row * columns + 3] = f32::NAN,
                    1 => values[row * columns] = f32::INFINITY,
                    2 => values[row * columns..][..columns].fill(f32::NEG_INFINITY),
                    3 => values[row * columns + 9] = 1.5,
                    _ => labels[row] = 10,
                }
            }
            let labels = Names::I64(labels);
            for (scores, of) in of_each_type(&values).into_iter().skip(2) {
                let source = Memory::scores(labels.clone(), scores, columns);
                let source = source.batch_rows(100 + 50 * case);
                let mut plan = score_plan(2, columns, scores_are, of);
                let what = format!("{scores_are:?} of {of:?}, case {case}");
                agree(&what, &source, &plan, device)?;
                plan.on_invalid = OnInvalid::Skip;
                agree(&format!("{what}, skipped"), &source, &plan, device)?;
            }
        }
    }
    Ok(())
}

/// Values a hair outside of 0 to 1, percentages, rows to be divided by their sums and
/// rounded ones, with rows that stay at fault among them.
pub fn prepared_scores_count_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(41);
    for (columns, rows) in [(1, 3_000), (2, 1_500), (10, 1_001), (40, 300), (1_100, 20)] {
        let mut values = match columns {
            1 => (0..rows).map(|_| rng.below(1_001) as f32 / 1_000.0).collect(),
            _ => probabilities(&mut rng, rows, columns),
        };
        for row in 0..rows {
            let row = &mut values[row * columns..(row + 1) * columns];
            match rng.below(16) {
                0 => {
                    row.fill(-0.000_01);
                    row[rng.below(columns as u32) as usize] = 1.000_9;
                }
                1 => row[0] = -0.000_9,
                2 => row[0] = [1.5, -0.002, f32::NAN, f32::NEG_INFINITY][rng.below(4) as usize],
                3 => row[columns - 1] += 0.02,
                4 => row.fill(0.0),
                _ => {}
            }
        }
        let labels = Names::I64(labels(&mut rng, rows, columns.max(2)));
        for (rescale, scale) in
            [(None, 1.0), (Some(Rescale::Percent), 100.0), (Some(Rescale::Sum), 7.0)]
        {
            if columns == 1 && rescale == Some(Rescale::Sum) {
                continue;
            }
            let values: Vec<f32> = values.iter().map(|value| value * scale).collect();
            for (scores, of) in of_each_type(&values) {
                let source = Memory::scores(labels.clone(), scores, columns).batch_rows(99);
                let mut plan = match columns {
                    1 => binary_plan(2, ScoresAre::Probabilities, of),
                    _ => score_plan(2, columns, ScoresAre::Probabilities, of),
                };
                plan.ignore = vec!["1".into()];
                plan.preparation.rescale = rescale;
                for sum_tolerance in [None, Some(0.03)] {
                    plan.preparation.sum_tolerance = sum_tolerance;
                    for counted in [Counted::All, Counted::Counts] {
                        plan.spec.counted = counted;
                        if counted == Counted::Counts {
                            plan.spec.auc = Auc::None;
                        }
                        for on_invalid in [OnInvalid::Skip, OnInvalid::Error] {
                            plan.on_invalid = on_invalid;
                            let what = format!(
                                "{columns} {of:?}, {:?}, {counted:?}, {on_invalid:?}",
                                plan.preparation
                            );
                            agree(&what, &source, &plan, device)?;
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

/// Every table of the datasets that comes with scores or predictions.
pub fn the_datasets_count_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let (mut seen, mut in_order) = (0, 0);
    for (folder, labels, predictions, scores) in [
        ("iris", "label", Some("prediction"), None),
        ("iris", "label", None, Some("p*")),
        ("digits", "label", None, Some("p*")),
        ("breast_cancer", "label", None, Some("score")),
    ] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if !path.extension().is_some_and(|it| it == "parquet" || it == "csv" || it == "npz") {
                continue;
            }
            let request = Request {
                tables: vec![path.clone()],
                labels: labels.into(),
                predictions: predictions.map(Into::into),
                scores: scores.into_iter().map(Into::into).collect(),
                score_type: Some(ScoreType::F32),
                ..Request::default()
            };
            let Ok(input) = Input::open(&request) else { continue };
            let stop = AtomicBool::new(false);
            // Not in order; and as usual, which of one score per row is exactly.
            for auc in [Some(Auc::None), None] {
                let options = engine::Options { auc, threads: 2, ..engine::Options::default() };
                let plan = engine::plan(&input, &options, &stop)?;
                if engine::cpu_only(&plan).is_some() {
                    continue;
                }
                let run = |backend: &Backend| {
                    let stream = input.stream(Some(64), 2).unwrap();
                    describe(evaluate(&stream, &plan, backend, &stop))
                };
                let (cpu, gpu) = (run(&Backend::Cpu), run(&on_device(device)));
                if cpu != gpu {
                    return Err(format!("{}:\ncpu {cpu}\ngpu {gpu}", path.display()).into());
                }
                seen += 1;
                in_order += usize::from(plan.spec.auc == Auc::Exact);
            }
        }
    }
    match seen >= 6 && in_order > 0 {
        true => Ok(()),
        false => Err(format!("only {seen} datasets were counted, {in_order} in order").into()),
    }
}
