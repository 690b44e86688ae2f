//! An opened device and its pipelines, made when first needed.

#![allow(
    unsafe_code,
    reason = "shader modules without loop counters; the block says why it is sound"
)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use super::adapter::{About, Adapter};
use super::alloc_budget::{Buffer, Meter};
use super::clock::Clock;
use crate::error::{Error, Result};
use crate::kernel::{Access, Kernel, Launch};

/// A device to run kernels on. Cheap to share; all methods take `&self`.
#[derive(Debug)]
pub struct Device {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    about: About,
    pipelines: Mutex<HashMap<Key, Arc<Pipeline>>>,
    trouble: Arc<OnceLock<String>>,
    /// Held while mapped memory is written to, and by whatever may find the
    /// device lost; see [`super::buffer`].
    pub(super) gate: RwLock<()>,
    submissions_left: AtomicU64,
    pub(super) clock: Clock,
    meter: Arc<Meter>,
}

/// A kernel's name and the constants that its module was made with.
type Key = (&'static str, u32, &'static [(&'static str, u32)]);

/// A kernel ready to run.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) compute: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
}

impl Device {
    /// Opens `adapter` with all the limits it has.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] if the driver refuses.
    pub fn open(adapter: &Adapter) -> Result<Self> {
        let wanted = wgpu::Features::SUBGROUP
            | wgpu::Features::TIMESTAMP_QUERY
            | wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("tallyho"),
            required_features: adapter.adapter.features() & wanted,
            required_limits: adapter.adapter.limits(),
            ..wgpu::DeviceDescriptor::default()
        };
        let opened = pollster::block_on(adapter.adapter.request_device(&descriptor));
        let (device, queue) = opened.map_err(|error| {
            Error::device(&adapter.about.name, format!("cannot be opened: {error}"))
        })?;
        let trouble = Arc::new(OnceLock::new());
        let seen = Arc::clone(&trouble);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let _ = seen.set(error.to_string());
        }));
        let seen = Arc::clone(&trouble);
        device.set_device_lost_callback(move |reason, message| {
            let _ = seen.set(format!("was lost ({reason:?}): {message}"));
        });
        let about = adapter.about.clone();
        Ok(Self {
            device,
            queue,
            about,
            pipelines: Mutex::default(),
            trouble,
            gate: RwLock::default(),
            submissions_left: AtomicU64::new(u64::MAX),
            clock: Clock::default(),
            meter: Arc::default(),
        })
    }

    /// What the adapter says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Whether a kernel can run here.
    pub fn supports(&self, kernel: &Kernel) -> bool {
        (!kernel.subgroups || self.about.subgroup_sizes.is_some())
            && kernel.launch.workgroup <= self.about.max_workgroup
    }

    /// The most bytes of buffers that there were at any time since this was last
    /// asked: storage, uploads with their staging, downloads and parameters.
    /// Pipelines and timestamps do not count.
    pub fn most_bytes(&self) -> u64 {
        self.meter.most()
    }

    /// A buffer that counts.
    pub(super) fn create(&self, descriptor: &wgpu::BufferDescriptor<'_>) -> Buffer {
        self.meter.count(self.device.create_buffer(descriptor))
    }

    /// Fails if anything has gone wrong since the device was opened.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] with the first trouble.
    pub fn check(&self) -> Result<()> {
        self.trouble.get().map_or(Ok(()), |problem| Err(self.error(problem)))
    }

    /// An error of this device.
    pub fn error(&self, problem: impl Into<String>) -> Error {
        Error::device(&self.about.name, problem)
    }

    /// Loses the device after as many more submissions, as a driver may at any
    /// time; to test what follows.
    pub fn lose_after(&self, submissions: u64) {
        self.submissions_left.store(submissions, Ordering::Relaxed);
    }

    /// Counts a submission down.
    pub(super) fn submission(&self) -> Result<()> {
        if self.submissions_left.fetch_sub(1, Ordering::Relaxed) == 0 {
            let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            self.device.destroy();
            let _ = self.trouble.set("was lost on request".into());
            drop(gate);
        }
        self.check()
    }

    /// The pipeline of a kernel, made at its first use.
    pub(super) fn pipeline(&self, kernel: &Kernel, launch: &Launch) -> Result<Arc<Pipeline>> {
        let key = (kernel.name, launch.workgroup, launch.constants);
        let mut pipelines = self.pipelines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pipelines.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.caught(kernel.name, || self.make(kernel, launch))?);
        pipelines.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// Runs `make` and turns what the driver objects to into an error.
    pub(super) fn caught<T>(&self, what: &str, make: impl FnOnce() -> T) -> Result<T> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let internal = self.device.push_error_scope(wgpu::ErrorFilter::Internal);
        let made = make();
        let scopes = [internal, validation, memory];
        let errors = scopes.map(|scope| pollster::block_on(scope.pop()));
        match errors.into_iter().flatten().next() {
            None => self.check().map(|()| made),
            Some(wgpu::Error::OutOfMemory { .. }) => {
                Err(self.error(format!("{what}: out of memory")))
            }
            Some(error) => Err(self.error(format!("{what}: {error}"))),
        }
    }

    fn make(&self, kernel: &Kernel, launch: &Launch) -> Pipeline {
        let label = Some(kernel.name);
        let module = self.module(kernel);
        let entries: Vec<_> =
            (0..).zip(kernel.bindings).map(|(at, access)| entry(at, *access)).collect();
        let layout = self.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label,
            entries: &entries,
        });
        let pipeline_layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let mut constants = vec![("WORKGROUP", f64::from(launch.workgroup))];
        constants.extend(launch.constants.iter().map(|(name, value)| (*name, f64::from(*value))));
        let compute = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label,
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                zero_initialize_workgroup_memory: false,
            },
            cache: None,
        });
        Pipeline { compute, layout }
    }

    fn module(&self, kernel: &Kernel) -> wgpu::ShaderModule {
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: Some(kernel.name),
            source: wgpu::ShaderSource::Wgsl(kernel.source().into()),
        };
        let checks = wgpu::ShaderRuntimeChecks {
            force_loop_bounding: false,
            ..wgpu::ShaderRuntimeChecks::checked()
        };
        // SAFETY: all bounds stay checked; only the counters that end endless
        // loops are left out, and every loop of the shaders is bounded by a
        // parameter or a constant.
        unsafe { self.device.create_shader_module_trusted(descriptor, checks) }
    }
}

fn entry(binding: u32, access: Access) -> wgpu::BindGroupLayoutEntry {
    let ty = match access {
        Access::Uniform => wgpu::BufferBindingType::Uniform,
        Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
        Access::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}
