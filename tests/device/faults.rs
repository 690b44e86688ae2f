//! Devices that fail, or have little memory.

use std::sync::Arc;

use libtest_mimic::Failed;
use tallyho::batch::{Names, Scores};
use tallyho::engine::{Backend, OnDevice, Plan, kernels};
use tallyho::gpu::{Device, Kind, idle_adapter, self_test};
use tallyho::kernel::order::twin::SCATTER;
use tallyho::kernel::{Kernel, Launch, Slot};
use tallyho::tally::{Auc, Counted, ScoreType, ScoresAre};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, plan, score_plan};
use crate::evaluations::outcome;

/// What is counted, and how much memory of the device it takes.
struct Workload {
    what: &'static str,
    source: Memory,
    plan: Plan,
    /// Bytes that are not enough for one worker.
    too_little: u64,
    /// Bytes that are: for one worker, and for two.
    enough: [u64; 2],
    /// Bytes of a round, so that there are several.
    round_bytes: u64,
}

impl Workload {
    fn new(what: &'static str, source: Memory, plan: Plan) -> Self {
        let (too_little, enough, round_bytes) = (100, [64 << 10, 300 << 10], 100 << 10);
        Self { what, source, plan, too_little, enough, round_bytes }
    }

    /// Of one score per row, which is little.
    fn binary(self) -> Self {
        Self { round_bytes: 20 << 10, ..self }
    }

    /// `bytes` more, as many for every order.
    fn above(self, bytes: u64) -> Self {
        let enough = self.enough.map(|enough| enough + bytes);
        Self { too_little: bytes, enough, ..self }
    }
}

/// Every kind of work: each has kernels, slots or counters of its own.
fn workloads() -> Vec<Workload> {
    let mut rng = Rng::new(11);
    let (rows, columns) = (30_000, 10);
    let labels: Vec<i64> = rng.words(rows, 10).into_iter().map(i64::from).collect();
    let scores: Vec<f32> = (0..rows * columns).map(|_| rng.normal()).collect();
    let predictions = Names::U32(rng.words(rows, 12));
    let matrix = || {
        let (labels, scores) = (Names::I64(labels.clone()), Scores::F32(scores.clone()));
        Memory::scores(labels, scores, columns).batch_rows(500)
    };
    let of_matrix = score_plan(2, columns, ScoresAre::Logits, ScoreType::F32);
    let counts = |plan: &Plan| {
        let mut plan = plan.clone();
        (plan.spec.counted, plan.spec.auc) = (Counted::Counts, Auc::None);
        plan
    };
    let binary: Vec<i64> = rng.words(rows, 2).into_iter().map(i64::from).collect();
    let logits = (0..rows).map(|_| (rng.normal() * 100.0).round() / 50.0).collect();
    let units = (0..rows).map(|_| rng.below(1_001) as f32 / 1_000.0).collect();
    let one = |scores: &Vec<f32>| {
        let (labels, scores) = (Names::I64(binary.clone()), Scores::F32(scores.clone()));
        Memory::scores(labels, scores, 1).batch_rows(500)
    };
    let (logits, units): (Vec<f32>, Vec<f32>) = (logits, units);
    let mut exact = binary_plan(2, ScoresAre::Logits, ScoreType::F32);
    exact.spec.order.confidence = true;
    let binned = |scores_are| {
        let mut plan = binary_plan(2, scores_are, ScoreType::F32);
        plan.spec.auc = Auc::Binned;
        plan
    };
    let of_units = binned(ScoresAre::Probabilities);
    // Counters of two orders, each with what it is fetched into: of the whole, and
    // of each of two slots or more of 65,536 rows, of 48 bytes, for each worker.
    let bins = 2 << 20;
    let slots = 2 * (6 * (512 << 10) + (48 << 16));
    vec![
        Workload::new("matrix", matrix(), of_matrix.clone()),
        Workload::new("matrix, counts", matrix(), counts(&of_matrix)),
        Workload::new(
            "pairs",
            Memory::pairs(Names::I64(labels.clone()), predictions).batch_rows(500),
            plan(2),
        ),
        Workload::new("pairs of many classes", many_classes(&mut rng), plan(2)),
        Workload::new("matrix whose confusion the host counts", host_counts(&mut rng), {
            score_plan(2, 200, ScoresAre::Logits, ScoreType::F32)
        }),
        Workload::new("binary, counts", one(&logits), counts(&exact)).binary(),
        Workload::new("logits by bins", one(&logits), binned(ScoresAre::Logits))
            .binary()
            .above(bins),
        Workload::new("probabilities by bins", one(&units), of_units).binary().above(bins),
        Workload {
            enough: [slots + (64 << 10), 2 * slots + (300 << 10)],
            ..Workload::new("exactly in order", one(&logits), exact).binary().above(slots)
        },
    ]
}

/// Pairs of more classes than a dense table can have, most of them right.
fn many_classes(rng: &mut Rng) -> Memory {
    let labels: Vec<i64> = (0..30_000).map(|_| i64::from(rng.below(1 << 18)) - 9).collect();
    let guess = |&label: &i64| if rng.below(8) > 0 { label } else { i64::from(rng.below(9)) };
    let predictions = labels.iter().map(guess).collect();
    Memory::pairs(Names::I64(labels), Names::I64(predictions)).batch_rows(500)
}

/// Scores of so many classes that little memory has no room for their confusion.
fn host_counts(rng: &mut Rng) -> Memory {
    let (rows, columns) = (3_000, 200);
    let labels = rng.words(rows, columns as u32).into_iter().map(i64::from).collect();
    let scores = (0..rows * columns).map(|_| rng.normal()).collect();
    Memory::scores(Names::I64(labels), Scores::F32(scores), columns).batch_rows(50)
}

fn with(workload: &Workload, device: &Arc<Device>, memory: u64) -> String {
    let backend = Backend::Gpu(OnDevice::new(Arc::clone(device), memory));
    outcome(&workload.source, &workload.plan, &backend)
}

/// Whether there was said to be too little memory, and how much is needed.
fn is_refused(found: &str) -> bool {
    let needed = ["KiB", "MiB"].map(|unit| format!(" {unit} of its memory; raise --device-memory"));
    found.contains("needs at least ") && needed.iter().any(|needed| found.contains(needed))
}

fn on_cpu(workload: &Workload) -> String {
    outcome(&workload.source, &workload.plan, &Backend::Cpu)
}

/// The device goes away after ever more submissions: the rest is counted on the
/// CPU, and only the remark tells.
pub fn a_device_lost_at_any_time_loses_no_row(_: &Arc<Device>) -> Result<(), Failed> {
    for workload in &workloads() {
        let expected = on_cpu(workload);
        let (mut fell_back, mut midway) = (0, 0);
        for submissions in [0, 1, 2, 3, 5, 8, 12, 20] {
            let device = Arc::new(crate::open()?);
            device.lose_after(submissions);
            let round_bytes = workload.round_bytes;
            let backend = OnDevice { round_bytes, ..OnDevice::new(device, workload.enough[1]) };
            let found = outcome(&workload.source, &workload.plan, &Backend::Gpu(backend));
            let (tallies, remarks) = found.split_once(" [").ok_or(found.clone())?;
            if !expected.starts_with(tallies) {
                let what = format!("{}, {submissions}", workload.what);
                return Err(format!("{what}:\ncpu {expected}\ngpu {found}").into());
            }
            fell_back += usize::from(remarks.contains("TH302"));
            midway += usize::from(remarks.contains("on were counted on the CPU"));
        }
        if fell_back < 5 || midway < 2 {
            let what = workload.what;
            let lost = format!("{what}: {fell_back} devices were lost, {midway} of them midway");
            return Err(lost.into());
        }
    }
    Ok(())
}

pub fn too_little_memory_is_an_error(device: &Arc<Device>) -> Result<(), Failed> {
    for workload in &workloads() {
        let found = with(workload, device, workload.too_little);
        if !is_refused(&found) {
            return Err(format!("{}: {found}", workload.what).into());
        }
    }
    Ok(())
}

pub fn little_memory_is_enough(device: &Arc<Device>) -> Result<(), Failed> {
    for workload in &workloads() {
        let expected = on_cpu(workload);
        for memory in workload.enough {
            let found = with(workload, device, memory);
            if found != expected {
                let what = workload.what;
                return Err(format!("{what}, {memory}:\ncpu {expected}\ngpu {found}").into());
            }
        }
    }
    Ok(())
}

/// Whatever is allocated counts, with staging and without, however little may be
/// taken, and while a window of integers gives way to a wider one.
pub fn no_run_takes_more_memory_than_it_may(_: &Arc<Device>) -> Result<(), Failed> {
    let mut staged = crate::adapter()?;
    staged.about.mappable_storage = false;
    let devices = [crate::open()?, Device::open(&staged)?].map(Arc::new);
    let rising = (0..30_000).map(|row| row / 300).collect::<Vec<i64>>();
    let rising = Memory::pairs(Names::I64(rising.clone()), Names::I64(rising)).batch_rows(500);
    let mut workloads = workloads();
    workloads.push(Workload::new("ever more classes", rising, plan(2)));
    for workload in &workloads {
        let [one, two] = workload.enough;
        let expected = on_cpu(workload);
        for memory in [one, one + one / 7, two, two + (3 << 20), 64 << 20] {
            for device in &devices {
                device.most_bytes();
                let found = with(workload, device, memory);
                let taken = device.most_bytes();
                let what = format!("{} in {memory} bytes: {taken} taken", workload.what);
                let refused = is_refused(&found);
                if taken > memory || (found != expected && !(refused && memory < two)) {
                    return Err(format!("{what}\ncpu {expected}\ngpu {found}").into());
                }
                // All of little memory is made use of, or else the bound is no bound.
                if !refused && memory <= two && taken < memory / 4 {
                    return Err(what.into());
                }
            }
        }
    }
    Ok(())
}

/// A device that computes nothing is found out by the rows that are missing, and
/// the CPU counts. It has memory of its own, so rows go through staging.
pub fn a_device_that_computes_nothing_is_found_out(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(1 << 28, 1_024).ok_or("no idle adapter in this build")?;
    for workload in &workloads() {
        let device = Arc::new(Device::open(&adapter)?);
        let expected = on_cpu(workload);
        let found = with(workload, &device, workload.enough[1] + (4 << 20));
        let (tallies, remarks) = found.split_once(" [").ok_or(found.clone())?;
        if !expected.starts_with(tallies) || !remarks.contains("TH302") {
            return Err(format!("{}:\ncpu {expected}\ngpu {found}", workload.what).into());
        }
    }
    Ok(())
}

pub fn a_device_that_computes_nothing_fails_its_self_test(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(1 << 28, 1_024).ok_or("no idle adapter in this build")?;
    let device = Device::open(&adapter)?;
    for Workload { what, plan, .. } in &workloads() {
        for kernel in &kernels(plan, &device) {
            let tested = self_test::check(&device, &[kernel], None);
            let message = tested.err().ok_or("it passed")?.to_string();
            if !(message.contains("word") && message.contains("not used")) {
                return Err(format!("{what}: {message}").into());
            }
        }
    }
    Ok(())
}

/// Rows that go elsewhere than they were counted, of a device that passed its
/// self-test: found out, though not one is missing.
pub fn rows_put_in_wrong_places_are_found_out(_: &Arc<Device>) -> Result<(), Failed> {
    let workload = workloads().pop().ok_or("no workload in order")?;
    let expected = on_cpu(&workload);
    let put = "atomicOr(&lows[at >> 1u], place.low << ((at & 1u) << 4u));";
    let source = SCATTER.wgsl[2];
    for wrong in [
        "",
        "atomicOr(&lows[at >> 1u], (place.low ^ 1u) << ((at & 1u) << 4u));",
        "atomicOr(&lows[at >> 1u], place.low);",
        "atomicOr(&lows[(at ^ 2u) >> 1u], place.low << ((at & 1u) << 4u));",
        "if row != 777u { atomicOr(&lows[at >> 1u], place.low << ((at & 1u) << 4u)); }",
    ] {
        assert!(source.contains(put), "{source}");
        let wrong = Box::leak(source.replace(put, wrong).into_boxed_str());
        let wgsl = Box::leak(Box::new([SCATTER.wgsl[0], SCATTER.wgsl[1], &*wrong]));
        let device = Arc::new(crate::open()?);
        // Kernels are made once and known by name: this one takes the place of the
        // right one, in the launch of the engine.
        let software = device.about().kind == Kind::Software;
        let kernel = Kernel { wgsl, ..SCATTER };
        let mut slots = (SCATTER.samples)().swap_remove(0);
        let mut bound: Vec<_> = slots.iter_mut().map(|words| Slot::InOut(words)).collect();
        device.run(&kernel, &Launch::over_rows(software), &mut bound)?;
        let found = with(&workload, &device, workload.enough[1]);
        let (tallies, remarks) = found.split_once(" [").ok_or(found.clone())?;
        if !expected.starts_with(tallies) || !remarks.contains("put rows elsewhere") {
            return Err(format!("{wrong}\ncpu {expected}\ngpu {found}").into());
        }
    }
    Ok(())
}

/// Absurd limits: an error where the device was asked for, the CPU where not.
pub fn absurd_limits_are_an_error_or_leave_it_to_the_cpu(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(64, 1).ok_or("no idle adapter in this build")?;
    let mut failed = 0;
    for workload in &workloads() {
        let expected = on_cpu(workload);
        for required in [true, false] {
            let device = Arc::new(Device::open(&adapter)?);
            let memory = workload.enough[1] + (4 << 20);
            let backend = OnDevice { required, ..OnDevice::new(device, memory) };
            let found = outcome(&workload.source, &workload.plan, &Backend::Gpu(backend));
            let fits = match required {
                // Pairs that no window can hold are counted by the host anyway.
                true => found.starts_with("error: device") || found == expected,
                false => {
                    let tallies = found.split_once(" [").ok_or(found.clone())?.0;
                    expected.starts_with(tallies) && (found.contains("TH302") || found == expected)
                }
            };
            failed += usize::from(found != expected);
            if !fits {
                let what = format!("{}, required {required}", workload.what);
                return Err(format!("{what}:\ncpu {expected}\ngpu {found}").into());
            }
        }
    }
    if failed < 2 { Err("the limits did no harm".into()) } else { Ok(()) }
}

/// Rows through staging buffers, as on a device with memory of its own.
pub fn staging_gives_the_same(_: &Arc<Device>) -> Result<(), Failed> {
    let mut adapter = crate::adapter()?;
    adapter.about.mappable_storage = false;
    let device = Arc::new(Device::open(&adapter)?);
    for workload in &workloads() {
        let expected = on_cpu(workload);
        let found = with(workload, &device, workload.enough[1] + (3 << 20));
        if found != expected {
            return Err(format!("{}:\ncpu {expected}\ngpu {found}", workload.what).into());
        }
    }
    Ok(())
}
