//! The run of one kernel on words in memory: for tests and self-tests, called like a twin.

use wgpu::BufferUsages;

use super::buffer::Storage;
use super::commands::Binding;
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
        let buffers = self.caught(kernel.name, || {
            let each = kernel.bindings.iter().zip(&*slots);
            each.map(|(access, slot)| self.buffer_of(kernel.name, *access, slot.words()))
                .collect::<Vec<_>>()
        })?;
        let bindings: Vec<_> = buffers.iter().map(Binding::Storage).collect();
        let bound = self.bind(kernel, launch, &bindings)?;
        let mut commands = self.commands();
        commands.run([&bound]);
        let mut outputs = Vec::new();
        for (slot, (access, buffer)) in slots.iter_mut().zip(kernel.bindings.iter().zip(&buffers)) {
            if *access == Access::ReadWrite && !slot.words().is_empty() {
                let bytes = size_of_val(slot.words()) as u64;
                let mut download = self.download(kernel.name, bytes)?;
                commands.fetch(buffer, 0, bytes, &mut download);
                outputs.push((slot, download));
            }
        }
        commands.submit()?;
        for (slot, mut download) in outputs {
            slot.write().copy_from_slice(&self.read(&mut download)?);
        }
        Ok(())
    }

    fn buffer_of(&self, name: &str, access: Access, words: &[u32]) -> Storage {
        let usage = match access {
            Access::Uniform => BufferUsages::UNIFORM,
            Access::Read | Access::ReadWrite => BufferUsages::STORAGE | BufferUsages::COPY_SRC,
        };
        // Shaders read in units of four words; what is beyond is never looked at.
        let mut words = words.to_vec();
        words.resize(words.len().max(1).next_multiple_of(4), 0);
        let descriptor = wgpu::BufferDescriptor {
            label: Some(name),
            size: size_of_val(words.as_slice()) as u64,
            usage: usage | BufferUsages::COPY_DST,
            // Mapping at creation would panic on a device that was lost.
            mapped_at_creation: false,
        };
        let storage = Storage { buffer: self.create(&descriptor) };
        self.put(&storage, &words);
        storage
    }
}
