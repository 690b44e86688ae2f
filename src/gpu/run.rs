//! One kernel on words in memory: for tests and self-tests, called like a twin.

use std::sync::mpsc;

use wgpu::BufferUsages;
use wgpu::util::{BufferInitDescriptor, DeviceExt};

use super::device::Device;
use crate::error::Result;
use crate::kernel::{Access, Kernel, Launch, Slot};

impl Device {
    /// Runs `kernel` once on the contents of `slots`, and reads its outputs
    /// back into them: what `(kernel.cpu)(slots)` does.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the device cannot.
    pub fn run(&self, kernel: &Kernel, launch: &Launch, slots: &mut [Slot<'_>]) -> Result<()> {
        let pipeline = self.pipeline(kernel, launch)?;
        let outputs = self.caught(kernel.name, || {
            let buffers: Vec<wgpu::Buffer> = kernel
                .bindings
                .iter()
                .zip(&*slots)
                .map(|(access, slot)| self.buffer_of(kernel.name, *access, slot.words()))
                .collect();
            let entries: Vec<_> = (0..)
                .zip(&buffers)
                .map(|(binding, buffer)| wgpu::BindGroupEntry {
                    binding,
                    resource: buffer.as_entire_binding(),
                })
                .collect();
            let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(kernel.name),
                layout: &pipeline.layout,
                entries: &entries,
            });
            let mut encoder = self.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&pipeline.compute);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(launch.workgroups, 1, 1);
            }
            let outputs: Vec<(usize, wgpu::Buffer)> = (0..buffers.len())
                .filter(|&at| kernel.bindings[at] == Access::ReadWrite)
                .map(|at| {
                    let download = self.download_buffer(buffers[at].size());
                    encoder.copy_buffer_to_buffer(&buffers[at], 0, &download, 0, None);
                    (at, download)
                })
                .collect();
            (outputs, self.queue.submit([encoder.finish()]))
        });
        let (outputs, submission) = outputs?;
        self.wait(submission)?;
        for (at, download) in outputs {
            let words = self.read(&download)?;
            let slot = slots[at].write();
            let length = slot.len();
            slot.copy_from_slice(&words[..length]);
        }
        Ok(())
    }

    fn buffer_of(&self, name: &str, access: Access, words: &[u32]) -> wgpu::Buffer {
        let usage = match access {
            Access::Uniform => BufferUsages::UNIFORM,
            Access::Read | Access::ReadWrite => BufferUsages::STORAGE | BufferUsages::COPY_SRC,
        };
        // Shaders read in units of four words; what is beyond is never looked at.
        let mut words = words.to_vec();
        words.resize(words.len().max(1).next_multiple_of(4), 0);
        self.device.create_buffer_init(&BufferInitDescriptor {
            label: Some(name),
            contents: bytemuck::cast_slice(&words),
            usage,
        })
    }

    pub(super) fn download_buffer(&self, size: u64) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("download"),
            size,
            usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    /// The words of a buffer made by [`download_buffer`](Self::download_buffer),
    /// once what fills it is done.
    pub(super) fn read(&self, download: &wgpu::Buffer) -> Result<Vec<u32>> {
        let (sender, receiver) = mpsc::channel();
        download.map_async(wgpu::MapMode::Read, .., move |mapped| {
            let _ = sender.send(mapped);
        });
        let polled = self.device.poll(wgpu::PollType::wait_indefinitely());
        self.check()?;
        polled.map_err(|error| self.error(format!("did not finish: {error}")))?;
        match receiver.try_recv() {
            Ok(Ok(())) => {}
            other => return Err(self.error(format!("cannot read results back: {other:?}"))),
        }
        let view = download.get_mapped_range(..);
        let view = view.map_err(|error| self.error(format!("cannot read results: {error}")))?;
        let words = bytemuck::cast_slice(&view).to_vec();
        drop(view);
        download.unmap();
        Ok(words)
    }
}
