//! The adapters of this machine, and the choice among them.

use super::memory;
use crate::error::{Error, Result};

/// What an adapter is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A GPU with memory of its own.
    Discrete,
    /// A GPU that shares the memory of the CPU.
    Integrated,
    /// A GPU of a virtual machine.
    Virtual,
    /// Something that does not say.
    Other,
    /// The CPU, by a software driver. Used only when named.
    Software,
}

impl Kind {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discrete => "discrete",
            Self::Integrated => "integrated",
            Self::Virtual => "virtual",
            Self::Other => "other",
            Self::Software => "software",
        }
    }

    /// Whether the host and the device read the same memory.
    pub fn shares_memory(self) -> bool {
        matches!(self, Self::Integrated | Self::Software)
    }
}

impl From<wgpu::DeviceType> for Kind {
    fn from(kind: wgpu::DeviceType) -> Self {
        match kind {
            wgpu::DeviceType::DiscreteGpu => Self::Discrete,
            wgpu::DeviceType::IntegratedGpu => Self::Integrated,
            wgpu::DeviceType::VirtualGpu => Self::Virtual,
            wgpu::DeviceType::Cpu => Self::Software,
            wgpu::DeviceType::Other => Self::Other,
        }
    }
}

/// What an adapter says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its place in the list of all adapters.
    pub index: usize,
    /// Its name: "NVIDIA H100 80GB HBM3".
    pub name: String,
    /// What it is made of.
    pub kind: Kind,
    /// "vulkan", "metal", "dx12".
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// The smallest and the largest subgroup, if it has subgroup operations.
    pub subgroup_sizes: Option<(u32, u32)>,
    /// Whether kernels can be timed on the device.
    pub timestamps: bool,
    /// Bytes that one binding can reach.
    pub max_binding_bytes: u64,
    /// Bytes of the largest buffer.
    pub max_buffer_bytes: u64,
    /// Bytes of memory that a workgroup shares.
    pub workgroup_bytes: u32,
    /// The most invocations of a workgroup.
    pub max_workgroup: u32,
    /// Whether storage buffers can be mapped: no copy where memory is shared.
    pub mappable_storage: bool,
    /// Bytes of its memory, where the driver tells them.
    pub memory_bytes: Option<u64>,
}

/// Something to compute on.
#[derive(Clone, Debug)]
pub struct Adapter {
    pub(super) adapter: wgpu::Adapter,
    /// What it says of itself.
    pub about: About,
}

/// Every adapter, the most able kind first. Opens no device.
pub fn adapters() -> Vec<Adapter> {
    list(wgpu::Backends::PRIMARY, wgpu::BackendOptions::default())
}

/// An adapter that takes every command and computes nothing, to test what becomes
/// of wrong results and of small limits. There is none unless wgpu has its feature
/// `noop`, as in tests.
pub fn idle_adapter(max_buffer_bytes: u64, max_workgroup: u32) -> Option<Adapter> {
    let limits = wgpu::Limits {
        max_buffer_size: max_buffer_bytes,
        max_storage_buffer_binding_size: max_buffer_bytes,
        max_compute_invocations_per_workgroup: max_workgroup,
        ..wgpu::Limits::default()
    };
    let noop = wgpu::NoopBackendOptions {
        limits: Some(limits),
        device_type: Some(wgpu::DeviceType::DiscreteGpu),
        subgroup_min_size: Some(8),
        subgroup_max_size: Some(64),
        ..wgpu::NoopBackendOptions::enabled()
    };
    let options = wgpu::BackendOptions { noop, ..wgpu::BackendOptions::default() };
    list(wgpu::Backends::NOOP, options).pop()
}

/// The adapters of the given backends.
pub(super) fn list(backends: wgpu::Backends, options: wgpu::BackendOptions) -> Vec<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = backends;
    descriptor.backend_options = options;
    // The usual flags clamp buffers for the sake of indirect dispatches.
    descriptor.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(descriptor);
    let mut found = pollster::block_on(instance.enumerate_adapters(backends));
    found.sort_by_key(|adapter| Kind::from(adapter.get_info().device_type));
    found.into_iter().enumerate().map(|(index, adapter)| Adapter::new(index, adapter)).collect()
}

impl Adapter {
    fn new(index: usize, adapter: wgpu::Adapter) -> Self {
        let (info, features, limits) = (adapter.get_info(), adapter.features(), adapter.limits());
        let sizes = (info.subgroup_min_size, info.subgroup_max_size);
        let driver = format!("{} {}", info.driver, info.driver_info);
        let about = About {
            index,
            name: info.name,
            kind: info.device_type.into(),
            backend: info.backend.to_str().to_owned(),
            driver: driver.trim().to_owned(),
            subgroup_sizes: features.contains(wgpu::Features::SUBGROUP).then_some(sizes),
            timestamps: features.contains(wgpu::Features::TIMESTAMP_QUERY),
            max_binding_bytes: limits.max_storage_buffer_binding_size,
            max_buffer_bytes: limits.max_buffer_size,
            workgroup_bytes: limits.max_compute_workgroup_storage_size,
            max_workgroup: limits.max_compute_invocations_per_workgroup,
            mappable_storage: features.contains(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS),
            memory_bytes: memory::bytes(&adapter),
        };
        Self { adapter, about }
    }
}

/// Which adapter is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The most able one that is not software.
    Gpu,
    /// One by its number or by a part of its name, of any kind.
    Named(String),
}

/// What to do where there is no adapter.
pub const NO_ADAPTER: &str = "install the GPU's Vulkan driver (Debian: nvidia-driver or \
mesa-vulkan-drivers, the latter also has a software device), or use --device cpu";

impl Selector {
    /// The adapter that is wanted, of those there are.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] that says what was found and what to install.
    pub fn choose(&self, adapters: &[Adapter]) -> Result<Adapter> {
        let found = match self {
            Self::Gpu => adapters.iter().find(|it| it.about.kind != Kind::Software),
            Self::Named(name) => match name.parse::<usize>() {
                Ok(index) => adapters.get(index),
                Err(_) => {
                    let wanted = name.to_lowercase();
                    let named = |it: &&Adapter| it.about.name.to_lowercase().contains(&wanted);
                    adapters.iter().find(named)
                }
            },
        };
        found.cloned().ok_or_else(|| self.not_found(adapters))
    }

    fn not_found(&self, adapters: &[Adapter]) -> Error {
        let names: Vec<String> = adapters
            .iter()
            .map(|it| format!("{} '{}' ({})", it.about.index, it.about.name, it.about.kind.name()))
            .collect();
        let problem = match (names.is_empty(), self) {
            (true, _) => format!("no adapter was found; {NO_ADAPTER}"),
            (false, Self::Gpu) => format!(
                "no hardware adapter was found, only {}; name one to use it all the same, or \
                 {NO_ADAPTER}",
                names.join(", ")
            ),
            (false, Self::Named(_)) => {
                format!("no adapter has that name or number; there are {}", names.join(", "))
            }
        };
        let device = match self {
            Self::Gpu => "gpu",
            Self::Named(name) => name,
        };
        Error::device(device, problem)
    }
}
