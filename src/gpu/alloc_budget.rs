//! The budget of allocations: how many bytes of buffers there are on a device, and were at
//! most.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts bytes.
#[derive(Debug, Default)]
pub(super) struct Meter {
    now: AtomicU64,
    most: AtomicU64,
}

impl Meter {
    /// The most since this was last asked.
    pub(super) fn most(&self) -> u64 {
        self.most.swap(self.now.load(Ordering::Relaxed), Ordering::Relaxed)
    }

    /// Counts `buffer` until nothing holds it any more.
    pub(super) fn count(self: &Arc<Self>, buffer: wgpu::Buffer) -> Buffer {
        let bytes = buffer.size();
        let now = self.now.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.most.fetch_max(now, Ordering::Relaxed);
        let counted = Arc::new(Counted { meter: Arc::clone(self), bytes });
        Buffer { buffer, _counted: counted }
    }
}

/// A buffer that is counted; what is bound to a kernel holds a clone of it, as
/// the driver holds the memory.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    buffer: wgpu::Buffer,
    _counted: Arc<Counted>,
}

impl Deref for Buffer {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        &self.buffer
    }
}

/// Bytes that are counted as long as this lives.
#[derive(Debug)]
struct Counted {
    meter: Arc<Meter>,
    bytes: u64,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.meter.now.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
