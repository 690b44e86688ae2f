//! The device that is held against the CPU.

use super::DeviceLine;
#[cfg(feature = "gpu")]
use crate::engine::Backend;
#[cfg(feature = "gpu")]
use crate::error::Result;

/// A device to bench, opened and measured.
#[cfg(feature = "gpu")]
#[derive(Debug)]
pub struct Contender {
    pub(super) backend: Backend,
    line: DeviceLine,
}

/// Without a GPU in this build there is none.
#[cfg(not(feature = "gpu"))]
#[derive(Debug)]
pub enum Contender {}

#[cfg(feature = "gpu")]
impl Contender {
    /// Opens `adapter` and measures it.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if it cannot be used.
    pub fn open(adapter: &crate::gpu::Adapter, memory: u64, threads: usize) -> Result<Self> {
        use std::sync::Arc;
        use std::sync::atomic::AtomicBool;
        use std::time::{Duration, Instant};

        use super::Workload;
        use crate::engine::{self, OnDevice};
        use crate::gpu::{Device, measure};
        use crate::input::{Memory, Until};

        const MEASURING: Duration = Duration::from_millis(300);
        let workload = Workload { score_type: None, classes: 10 };
        let (batches, plan) = (workload.batches(1 << 20)?, workload.plan(threads));
        let started = Instant::now();
        let device = Arc::new(Device::open(adapter)?);
        let backend = Backend::Gpu(OnDevice::new(Arc::clone(&device), memory));
        let stop = AtomicBool::new(false);
        engine::evaluate(&Memory::new(&batches, Until::Batches(1)), &plan, &backend, &stop)?;
        let first_use_seconds = started.elapsed().as_secs_f64();
        device.keep_time();
        let about = &adapter.about;
        let line = DeviceLine {
            name: about.name.clone(),
            kind: about.kind.name().into(),
            backend: about.backend.clone(),
            driver: about.driver.clone(),
            first_use_seconds,
            upload_bytes_per_second: measure::upload_rate(&device, threads, memory, MEASURING)?,
            copy_bytes_per_second: measure::copy_rate(&device, memory, MEASURING)?,
        };
        Ok(Self { backend, line })
    }

    /// What a report says of it.
    pub(super) fn line(&self) -> &DeviceLine {
        &self.line
    }

    pub(super) fn is_software(&self) -> bool {
        self.line.kind == crate::gpu::Kind::Software.name()
    }
}

#[cfg(not(feature = "gpu"))]
impl Contender {
    pub(super) fn line(&self) -> &DeviceLine {
        match *self {}
    }

    pub(super) fn is_software(&self) -> bool {
        match *self {}
    }
}
