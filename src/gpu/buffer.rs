//! Memory of the device, and memory through which it is filled and read.
//!
//! Losing a device frees its buffers, mapped ones too. So whoever writes into
//! mapped memory holds the device's gate, and so does every call that might find
//! the device lost; a writer that comes later finds the trouble noted.

use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use wgpu::{BufferAsyncError, BufferUsages, BufferViewMut};

use super::alloc_budget::Buffer;
use super::device::Device;
use crate::error::Result;

/// How long the device may take for one submission; far above the longest.
const PATIENCE: Duration = Duration::from_secs(120);

/// Words on the device.
#[derive(Debug)]
pub struct Storage {
    pub(super) buffer: Buffer,
}

/// Parameters of a kernel, in a uniform.
#[derive(Debug)]
pub struct Uniform {
    pub(super) buffer: Buffer,
}

/// What became of a mapping that was asked for.
pub(super) type Mapped = Result<(), BufferAsyncError>;

/// Memory that the host writes and kernels read. Where both share memory it is
/// one buffer, else a staging buffer and one on the device.
#[derive(Debug)]
pub struct Upload {
    pub(super) staging: Buffer,
    pub(super) storage: Option<Buffer>,
    view: Option<BufferViewMut>,
    mapped: Option<Receiver<Mapped>>,
}

/// Memory that the device writes and the host reads.
#[derive(Debug)]
pub struct Download {
    pub(super) buffer: Buffer,
    mapped: Option<Receiver<Mapped>>,
    bytes: u64,
}

impl Device {
    /// Bytes that storage, parameters or a download of `bytes` takes.
    pub fn size_of(bytes: u64) -> u64 {
        bytes.max(16).next_multiple_of(16)
    }

    /// Bytes that an upload of `bytes` takes: twice as many where it is staged.
    pub fn size_of_upload(&self, bytes: u64) -> u64 {
        let buffers = if self.fills_in_place() { 1 } else { 2 };
        buffers * Self::size_of(bytes)
    }

    /// Whether the host writes where kernels read.
    fn fills_in_place(&self) -> bool {
        self.about().kind.shares_memory() && self.about().mappable_storage
    }

    /// Zeroed words on the device; a multiple of 16 bytes is made of `bytes`.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if there is no memory.
    pub fn storage(&self, what: &str, bytes: u64) -> Result<Storage> {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        Ok(Storage { buffer: self.buffer(what, bytes, usage, false)? })
    }

    /// A place for parameters.
    ///
    /// # Errors
    ///
    /// As [`storage`](Self::storage).
    pub fn uniform(&self, what: &str, bytes: u64) -> Result<Uniform> {
        let usage = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
        Ok(Uniform { buffer: self.buffer(what, bytes, usage, false)? })
    }

    /// Memory to fill from the host.
    ///
    /// # Errors
    ///
    /// As [`storage`](Self::storage).
    pub fn upload(&self, what: &str, bytes: u64) -> Result<Upload> {
        let (staging, storage) = if self.fills_in_place() {
            let usage = BufferUsages::STORAGE | BufferUsages::MAP_WRITE | BufferUsages::COPY_SRC;
            (self.buffer(what, bytes, usage, true)?, None)
        } else {
            let usage = BufferUsages::MAP_WRITE | BufferUsages::COPY_SRC;
            let storage = self.storage(what, bytes)?;
            (self.buffer(what, bytes, usage, true)?, Some(storage.buffer))
        };
        let mut upload = Upload { staging, storage, view: None, mapped: None };
        self.open_view(&mut upload)?;
        Ok(upload)
    }

    /// Memory to read results from.
    ///
    /// # Errors
    ///
    /// As [`storage`](Self::storage).
    pub fn download(&self, what: &str, bytes: u64) -> Result<Download> {
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let buffer = self.buffer(what, bytes, usage, false)?;
        Ok(Download { buffer, mapped: None, bytes: 0 })
    }

    fn buffer(&self, what: &str, bytes: u64, usage: BufferUsages, mapped: bool) -> Result<Buffer> {
        let size = Self::size_of(bytes);
        if size > self.about().max_buffer_bytes {
            let most = self.about().max_buffer_bytes;
            return Err(self.error(format!("{what}: {size} bytes, but a buffer holds {most}")));
        }
        let descriptor =
            wgpu::BufferDescriptor { label: Some(what), size, usage, mapped_at_creation: mapped };
        self.caught(what, || self.create(&descriptor))
    }

    /// Fills `upload` from byte `at` on.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the device was lost.
    pub fn write(&self, upload: &mut Upload, at: usize, bytes: &[u8]) -> Result<()> {
        let started = self.now();
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        match &mut upload.view {
            Some(view) => view.slice(at..at + bytes.len()).copy_from_slice(bytes),
            None => return Err(self.error("wrote to memory that the device holds")),
        }
        drop(gate);
        self.note_fill(started, bytes.len());
        Ok(())
    }

    /// Waits until the host may write to `upload` again.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the device was lost or
    /// does not answer.
    pub fn regain(&self, upload: &mut Upload) -> Result<()> {
        if let Some(mapped) = upload.mapped.take() {
            self.await_mapped(&mapped)?;
            self.open_view(upload)?;
        }
        Ok(())
    }

    fn open_view(&self, upload: &mut Upload) -> Result<()> {
        let view = upload.staging.get_mapped_range_mut(..);
        upload.view =
            Some(view.map_err(|error| self.error(format!("cannot be written to: {error}")))?);
        Ok(())
    }

    /// The words fetched into `download`, once they have arrived.
    ///
    /// # Errors
    ///
    /// As [`regain`](Self::regain).
    pub fn read(&self, download: &mut Download) -> Result<Vec<u32>> {
        let Some(mapped) = download.mapped.take() else { return Ok(Vec::new()) };
        let started = self.now();
        self.await_mapped(&mapped)?;
        let gate = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        let view = download.buffer.get_mapped_range(..download.bytes);
        let view = view.map_err(|error| self.error(format!("cannot be read: {error}")))?;
        let words = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        download.buffer.unmap();
        drop(gate);
        self.note_download(started);
        Ok(words)
    }

    /// Asks the driver for news until the mapping has arrived.
    pub(super) fn await_mapped(&self, mapped: &Receiver<Mapped>) -> Result<()> {
        let started = Instant::now();
        let mut nap = Duration::from_micros(20);
        loop {
            self.poll()?;
            match mapped.try_recv() {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => return Err(self.error(format!("cannot map memory: {error}"))),
                Err(TryRecvError::Disconnected) => {
                    return Err(self.error("gave up a mapping that was asked for"));
                }
                Err(TryRecvError::Empty) if started.elapsed() > PATIENCE => {
                    return Err(self.error(format!("did not answer for {PATIENCE:?}")));
                }
                Err(TryRecvError::Empty) => std::thread::sleep(nap),
            }
            nap = (nap * 2).min(Duration::from_micros(500));
        }
    }

    fn poll(&self) -> Result<()> {
        let gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        let polled = self.device.poll(wgpu::PollType::Poll);
        drop(gate);
        self.check()?;
        polled.map(drop).map_err(|error| self.error(format!("cannot be asked for news: {error}")))
    }
}

impl Upload {
    /// What kernels read.
    pub(super) fn buffer(&self) -> &Buffer {
        self.storage.as_ref().unwrap_or(&self.staging)
    }

    /// Ends writing; the mapping that is to follow reports to the sender.
    pub(super) fn close(&mut self) -> Sender<Mapped> {
        self.view = None;
        self.staging.unmap();
        let (sender, receiver) = channel();
        self.mapped = Some(receiver);
        sender
    }
}

impl Download {
    pub(super) fn expect(&mut self, bytes: u64) -> Sender<Mapped> {
        let (sender, receiver) = channel();
        self.mapped = Some(receiver);
        self.bytes = bytes;
        sender
    }
}
