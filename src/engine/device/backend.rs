//! The device as a place to count, and what it is of use for.

use std::sync::Arc;

use crate::engine::plan::settled::{Plan, decision};
use crate::gpu::Device;
use crate::kernel::rows::Decision;
use crate::tally::aggregate::{self, DeviceForm};

/// A round ends after as many bytes, so that little is lost with a device.
const ROUND_BYTES: u64 = 4 << 30;

/// More threads than this do not fill memory faster.
const MOST_WORKERS: usize = 8;

/// Bytes to use on a device unless the user says otherwise.
pub const DEVICE_MEMORY: u64 = 512 << 20;

/// Why a device cannot count what a plan wants, if so.
pub fn cpu_only(plan: &Plan) -> Option<String> {
    if !plan.slices.is_empty() && plan.spec.scores_are.is_some() {
        return Some("slices of rows with scores are counted on the CPU".into());
    }
    let of_two = matches!(decision(plan), Decision::TwoScores { .. });
    of_two.then(|| "a threshold of two columns is applied on the CPU".into())
}

/// Why a device would be of little use for a plan, if so: most of what it wants is counted
/// by the host.
pub fn better_on_cpu(plan: &Plan) -> Option<String> {
    let spec = &plan.spec;
    let on_host = aggregate::ALL
        .iter()
        .find(|entry| (entry.is_wanted)(spec) && matches!((entry.device)(spec), DeviceForm::Host));
    let on_host = on_host.map(|entry| format!("{} are counted on the CPU", entry.what));
    let correctness =
        plan.correctness_up_to.map(|_| "which rows were right is noted on the CPU".into());
    cpu_only(plan).or(on_host).or(correctness)
}

/// A device, and how much of its memory to use.
#[derive(Debug)]
pub struct OnDevice {
    /// The device.
    pub device: Arc<Device>,
    /// The most bytes to allocate there.
    pub memory: u64,
    /// Bytes of rows after which counters are fetched.
    pub round_bytes: u64,
    /// Whether the user named it: then it is an error if it cannot begin, else
    /// the CPU counts.
    pub required: bool,
}

impl OnDevice {
    /// A device of which at most `memory` bytes are to be used.
    pub fn new(device: Arc<Device>, memory: u64) -> Self {
        Self { device, memory, round_bytes: ROUND_BYTES, required: true }
    }
}

/// How many threads fill the device's memory, if that is not too short for them.
pub fn workers(plan: &Plan) -> usize {
    plan.threads.min(MOST_WORKERS)
}
