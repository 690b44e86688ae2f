//! One device: what it says of itself, and what was found out.

use std::time::Duration;

use serde::Serialize;

use crate::engine::DEVICE_MEMORY;
use crate::error::Result;
use crate::gpu::self_test::{self, Outcome};
use crate::gpu::{About, Adapter, CacheDir, Device, Kind, measure};
use crate::kernel;

/// How long each rate is measured.
const MEASURING: Duration = Duration::from_millis(200);

/// A device as it is shown.
#[derive(Debug, Serialize)]
pub(super) struct Surveyed {
    pub(super) index: usize,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) backend: String,
    pub(super) driver: String,
    /// Software is used only when named.
    pub(super) used_by_auto: bool,
    pub(super) memory_bytes: Option<u64>,
    pub(super) shares_memory: bool,
    pub(super) limits: Limits,
    /// The smallest and the largest.
    pub(super) subgroup_sizes: Option<(u32, u32)>,
    pub(super) timestamps: bool,
    pub(super) self_test: Vec<Tested>,
    pub(super) upload_bytes_per_second: Option<f64>,
    pub(super) copy_bytes_per_second: Option<f64>,
    /// Why something above is missing.
    pub(super) problem: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Limits {
    pub(super) buffer_bytes: u64,
    pub(super) binding_bytes: u64,
    pub(super) workgroup_bytes: u32,
    pub(super) workgroup_invocations: u32,
}

/// What came of one kernel's self-test.
#[derive(Debug, Serialize)]
pub(super) struct Tested {
    pub(super) kernel: &'static str,
    /// "passed", "failed", "not supported".
    pub(super) outcome: &'static str,
    pub(super) problem: Option<String>,
}

impl Surveyed {
    /// Opens the device, tests it and measures it.
    pub(super) fn of(adapter: &Adapter, cache: Option<&CacheDir>) -> Self {
        let mut surveyed = Self::before(&adapter.about);
        if let Err(error) = surveyed.open(adapter, cache) {
            surveyed.problem = Some(error.to_string());
        }
        surveyed
    }

    /// What is known without opening it.
    fn before(about: &About) -> Self {
        Self {
            index: about.index,
            name: about.name.clone(),
            kind: about.kind.name(),
            backend: about.backend.clone(),
            driver: about.driver.clone(),
            used_by_auto: about.kind != Kind::Software,
            memory_bytes: about.memory_bytes,
            shares_memory: about.kind.shares_memory(),
            limits: Limits {
                buffer_bytes: about.max_buffer_bytes,
                binding_bytes: about.max_binding_bytes,
                workgroup_bytes: about.workgroup_bytes,
                workgroup_invocations: about.max_workgroup,
            },
            subgroup_sizes: about.subgroup_sizes,
            timestamps: about.timestamps,
            self_test: Vec::new(),
            upload_bytes_per_second: None,
            copy_bytes_per_second: None,
            problem: None,
        }
    }

    fn open(&mut self, adapter: &Adapter, cache: Option<&CacheDir>) -> Result<()> {
        let device = Device::open(adapter)?;
        let outcomes = self_test::survey(&device, kernel::ALL, cache);
        let kernels = kernel::ALL.iter().zip(outcomes);
        self.self_test =
            kernels.map(|(kernel, outcome)| Tested::new(kernel.name, outcome)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let upload = measure::upload_rate(&device, threads, DEVICE_MEMORY, MEASURING)?;
        self.upload_bytes_per_second = Some(upload);
        self.copy_bytes_per_second = Some(measure::copy_rate(&device, u64::MAX, MEASURING)?);
        Ok(())
    }

    /// Whether it can be used.
    pub(super) fn is_sound(&self) -> bool {
        self.problem.is_none() && self.self_test.iter().all(|tested| tested.problem.is_none())
    }
}

impl Tested {
    fn new(kernel: &'static str, outcome: Outcome) -> Self {
        let (outcome, problem) = match outcome {
            Outcome::Passed => ("passed", None),
            Outcome::NotSupported => ("not supported", None),
            Outcome::Failed(error) => ("failed", Some(error.to_string())),
        };
        Self { kernel, outcome, problem }
    }
}
