//! The commands to a device, recorded and then submitted as one.

use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};

use super::alloc_budget::Buffer;
use super::buffer::{Download, Mapped, Storage, Uniform, Upload};
use super::clock::Taking;
use super::device::{Device, Pipeline};
use crate::error::Result;
use crate::kernel::{Kernel, Launch};

/// What a kernel is given at one binding.
#[derive(Clone, Copy, Debug)]
pub enum Binding<'a> {
    /// Parameters.
    Uniform(&'a Uniform),
    /// All of a buffer.
    Storage(&'a Storage),
    /// Bytes of a buffer, from a multiple of 256 on.
    Part(&'a Storage, u64, u64),
    /// What the host filled.
    Upload(&'a Upload),
}

impl Binding<'_> {
    fn buffer(&self) -> &Buffer {
        match self {
            Self::Uniform(uniform) => &uniform.buffer,
            Self::Storage(storage) | Self::Part(storage, ..) => &storage.buffer,
            Self::Upload(upload) => upload.buffer(),
        }
    }

    fn resource(&self) -> wgpu::BindingResource<'_> {
        match self {
            Self::Part(storage, offset, bytes) => {
                wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &storage.buffer,
                    offset: *offset,
                    size: std::num::NonZeroU64::new(*bytes),
                })
            }
            _ => self.buffer().as_entire_binding(),
        }
    }
}

/// A kernel with its bindings, ready to be run again and again.
#[derive(Debug)]
pub struct Dispatch {
    pipeline: Arc<Pipeline>,
    group: wgpu::BindGroup,
    /// What it is bound to, which is in use as long as it is.
    _buffers: Vec<Buffer>,
    workgroups: u32,
}

/// Work for the device, in order.
#[derive(Debug)]
pub struct Commands<'d> {
    device: &'d Device,
    encoder: wgpu::CommandEncoder,
    time: Option<Taking>,
}

impl Device {
    /// Binds what a kernel reads and writes.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the kernel cannot be
    /// made or a binding does not fit.
    pub fn bind(
        &self,
        kernel: &Kernel,
        launch: &Launch,
        bindings: &[Binding<'_>],
    ) -> Result<Dispatch> {
        let pipeline = self.pipeline(kernel, launch)?;
        let entries: Vec<_> = (0..)
            .zip(bindings)
            .map(|(binding, bound)| wgpu::BindGroupEntry { binding, resource: bound.resource() })
            .collect();
        let descriptor = wgpu::BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &pipeline.layout,
            entries: &entries,
        };
        let group = self.caught(kernel.name, || self.device.create_bind_group(&descriptor))?;
        let buffers = bindings.iter().map(|binding| binding.buffer().clone()).collect();
        Ok(Dispatch { pipeline, group, _buffers: buffers, workgroups: launch.workgroups })
    }

    /// Begins recording.
    pub fn commands(&self) -> Commands<'_> {
        let encoder = self.device.create_command_encoder(&Default::default());
        Commands { device: self, encoder, time: self.take_time() }
    }

    /// Sets parameters, for what is submitted from now on.
    pub fn set<T: bytemuck::NoUninit>(&self, uniform: &Uniform, params: &T) {
        self.queue.write_buffer(&uniform.buffer, 0, bytemuck::bytes_of(params));
    }

    /// Sets words on the device, for what is submitted from now on. For small
    /// tables; rows go through [`Upload`].
    pub fn put(&self, storage: &Storage, words: &[u32]) {
        self.queue.write_buffer(&storage.buffer, 0, bytemuck::cast_slice(words));
    }
}

impl Commands<'_> {
    /// Sends the first `bytes` that were written; the host gets the memory back
    /// by [`Device::regain`].
    pub fn send(&mut self, upload: &mut Upload, bytes: u64) {
        let sender = upload.close();
        if let Some(storage) = &upload.storage {
            if let Some(time) = &mut self.time {
                time.mark(&mut self.encoder);
            }
            let bytes = bytes.next_multiple_of(4);
            self.encoder.copy_buffer_to_buffer(&upload.staging, 0, storage, 0, bytes);
        }
        self.encoder.map_buffer_on_submit(
            &upload.staging,
            wgpu::MapMode::Write,
            ..,
            move |mapped| {
                let _ = sender.send(mapped);
            },
        );
    }

    /// Zeroes words.
    pub fn clear(&mut self, storage: &Storage) {
        self.encoder.clear_buffer(&storage.buffer, 0, None);
    }

    /// Runs kernels one after another, each seeing what those before it wrote.
    pub fn run<'b>(&mut self, kernels: impl IntoIterator<Item = &'b Dispatch>) {
        let timestamp_writes = self.time.as_mut().and_then(Taking::pass);
        let descriptor = wgpu::ComputePassDescriptor { label: None, timestamp_writes };
        let mut pass = self.encoder.begin_compute_pass(&descriptor);
        for bound in kernels {
            pass.set_pipeline(&bound.pipeline.compute);
            pass.set_bind_group(0, &bound.group, &[]);
            pass.dispatch_workgroups(bound.workgroups, 1, 1);
        }
    }

    /// Copies the first bytes of one buffer to another.
    pub fn duplicate(&mut self, from: &Storage, to: &Storage, bytes: u64) {
        self.encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, bytes);
    }

    /// Fetches bytes of the device, from a multiple of 4 on; [`Device::read`]
    /// has them in the end.
    pub fn fetch(&mut self, storage: &Storage, from: u64, bytes: u64, download: &mut Download) {
        self.copy(&storage.buffer, from, bytes, download);
    }

    /// Fetches bytes of what was uploaded.
    pub fn fetch_back(
        &mut self,
        upload: &mut Upload,
        from: u64,
        bytes: u64,
        download: &mut Download,
    ) {
        // Memory that is shared is the host's at present.
        let given = upload.storage.is_none().then(|| upload.close());
        self.copy(upload.buffer(), from, bytes, download);
        if let Some(sender) = given {
            self.map_for_writing(upload, sender);
        }
    }

    fn map_for_writing(&self, upload: &Upload, sender: Sender<Mapped>) {
        self.encoder.map_buffer_on_submit(
            &upload.staging,
            wgpu::MapMode::Write,
            ..,
            move |mapped| {
                let _ = sender.send(mapped);
            },
        );
    }

    fn copy(&mut self, from: &wgpu::Buffer, at: u64, bytes: u64, download: &mut Download) {
        self.encoder.copy_buffer_to_buffer(from, at, &download.buffer, 0, bytes);
        let sender = download.expect(bytes);
        let range = ..bytes;
        self.encoder.map_buffer_on_submit(
            &download.buffer,
            wgpu::MapMode::Read,
            range,
            move |mapped| {
                let _ = sender.send(mapped);
            },
        );
    }

    /// Hands the work over and returns at once.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the device was lost or
    /// objects.
    pub fn submit(self) -> Result<()> {
        let Self { device, mut encoder, time } = self;
        if let Some(time) = time {
            device.stop_time(time, &mut encoder);
        }
        device.submission()?;
        let gate = device.gate.write().unwrap_or_else(PoisonError::into_inner);
        let submitted = device.caught("submission", || device.queue.submit([encoder.finish()]));
        drop(gate);
        submitted.map(drop)
    }
}
