//! Devices that fail, or have little memory.

use std::sync::Arc;

use libtest_mimic::Failed;
use tallyho::batch::{Names, Scores};
use tallyho::engine::{Backend, OnDevice, Plan, kernels};
use tallyho::gpu::{Device, idle_adapter, self_test};
use tallyho::tally::{ScoreType, ScoresAre};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, plan, score_plan};
use crate::evaluations::outcome;

/// Sources with their plans, and the bytes of device memory that they take however
/// few rows there are: two workers with two slots of two orders.
fn sources() -> [(Memory, Plan, u64); 3] {
    let mut rng = Rng::new(11);
    let (rows, columns) = (30_000, 10);
    let labels: Vec<i64> = rng.words(rows, 10).into_iter().map(i64::from).collect();
    let scores = (0..rows * columns).map(|_| rng.normal()).collect();
    let predictions = Names::U32(rng.words(rows, 12));
    let binary = rng.words(rows, 2).into_iter().map(i64::from).collect();
    let logits = (0..rows).map(|_| (rng.normal() * 100.0).round() / 50.0).collect();
    let mut in_order = binary_plan(2, ScoresAre::Logits, ScoreType::F32);
    in_order.spec.order.confidence = true;
    [
        (
            Memory::scores(Names::I64(labels.clone()), Scores::F32(scores), columns)
                .batch_rows(500),
            score_plan(2, columns, ScoresAre::Logits, ScoreType::F32),
            0,
        ),
        (Memory::pairs(Names::I64(labels), predictions).batch_rows(500), plan(2), 0),
        (
            Memory::scores(Names::I64(binary), Scores::F32(logits), 1).batch_rows(500),
            in_order,
            8 << 20,
        ),
    ]
}

/// The device goes away after ever more submissions: the rest is counted on the
/// CPU, and only the remark tells.
pub fn a_device_lost_at_any_time_loses_no_row(_: &Arc<Device>) -> Result<(), Failed> {
    for (source, plan, fixed) in &sources() {
        let expected = outcome(source, plan, &Backend::Cpu);
        let (mut fell_back, mut midway) = (0, 0);
        for submissions in [0, 1, 2, 3, 5, 8, 12, 20] {
            let device = Arc::new(crate::open()?);
            device.lose_after(submissions);
            // Short rounds, so that some are over when the device goes.
            let backend = Backend::Gpu(OnDevice {
                round_bytes: if *fixed > 0 { 10 << 10 } else { 100 << 10 },
                ..OnDevice::new(device, fixed + (300 << 10))
            });
            let found = outcome(source, plan, &backend);
            let (tallies, remarks) = found.split_once(" [").ok_or(found.clone())?;
            if !expected.starts_with(tallies) {
                return Err(format!("{submissions}:\ncpu {expected}\ngpu {found}").into());
            }
            fell_back += usize::from(remarks.contains("device-failed"));
            midway += usize::from(remarks.contains("on were counted on the CPU"));
        }
        if fell_back < 5 || midway < 2 {
            return Err(format!("{fell_back} devices were lost, {midway} of them midway").into());
        }
    }
    Ok(())
}

pub fn too_little_memory_is_an_error(device: &Arc<Device>) -> Result<(), Failed> {
    for (source, plan, fixed) in &sources() {
        let backend = Backend::Gpu(OnDevice::new(Arc::clone(device), fixed + 100));
        let found = outcome(source, plan, &backend);
        if !(found.contains("MiB of its memory") && found.contains("--device-memory")) {
            return Err(found.into());
        }
    }
    Ok(())
}

pub fn little_memory_is_enough(device: &Arc<Device>) -> Result<(), Failed> {
    for (source, plan, fixed) in &sources() {
        let expected = outcome(source, plan, &Backend::Cpu);
        for memory in [64 << 10, 300 << 10] {
            let backend = Backend::Gpu(OnDevice::new(Arc::clone(device), fixed + memory));
            let found = outcome(source, plan, &backend);
            if found != expected {
                return Err(format!("{memory} bytes:\ncpu {expected}\ngpu {found}").into());
            }
        }
    }
    Ok(())
}

/// A device that computes nothing is found out by the rows that are missing, and
/// the CPU counts. It has memory of its own, so rows go through staging.
pub fn a_device_that_computes_nothing_is_found_out(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(1 << 28, 1_024).ok_or("no idle adapter in this build")?;
    for (source, plan, fixed) in &sources() {
        let device = Arc::new(Device::open(&adapter)?);
        let expected = outcome(source, plan, &Backend::Cpu);
        let found = outcome(source, plan, &Backend::Gpu(OnDevice::new(device, fixed + (4 << 20))));
        let (tallies, remarks) = found.split_once(" [").ok_or(found.clone())?;
        if !expected.starts_with(tallies) || !remarks.contains("device-failed") {
            return Err(format!("cpu {expected}\ngpu {found}").into());
        }
    }
    Ok(())
}

pub fn a_device_that_computes_nothing_fails_its_self_test(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(1 << 28, 1_024).ok_or("no idle adapter in this build")?;
    let device = Device::open(&adapter)?;
    for (_, plan, _) in &sources() {
        let kernels = kernels(plan, &device);
        let tested = self_test::check(&device, &kernels.iter().collect::<Vec<_>>(), None);
        let message = tested.err().ok_or("it passed")?.to_string();
        if !(message.contains("word") && message.contains("not used")) {
            return Err(message.into());
        }
    }
    Ok(())
}

/// Absurd limits: an error where the device was asked for, the CPU where not.
pub fn absurd_limits_are_an_error_or_leave_it_to_the_cpu(_: &Arc<Device>) -> Result<(), Failed> {
    let adapter = idle_adapter(64, 1).ok_or("no idle adapter in this build")?;
    let mut failed = 0;
    for (source, plan, fixed) in &sources() {
        let expected = outcome(source, plan, &Backend::Cpu);
        for required in [true, false] {
            let device = Arc::new(Device::open(&adapter)?);
            let backend = OnDevice { required, ..OnDevice::new(device, fixed + (4 << 20)) };
            let found = outcome(source, plan, &Backend::Gpu(backend));
            let fits = match required {
                // Pairs that no window can hold are counted by the host anyway.
                true => found.starts_with("error: device") || found == expected,
                false => {
                    let tallies = found.split_once(" [").ok_or(found.clone())?.0;
                    expected.starts_with(tallies)
                        && (found.contains("device-failed") || found == expected)
                }
            };
            failed += usize::from(found != expected);
            if !fits {
                return Err(format!("required {required}:\ncpu {expected}\ngpu {found}").into());
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
    for (source, plan, fixed) in &sources() {
        let expected = outcome(source, plan, &Backend::Cpu);
        let found = outcome(
            source,
            plan,
            &Backend::Gpu(OnDevice::new(Arc::clone(&device), fixed + (1 << 20))),
        );
        if found != expected {
            return Err(format!("cpu {expected}\ngpu {found}").into());
        }
    }
    Ok(())
}
