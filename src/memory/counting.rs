//! The allocator that counts, and ends the process in good order where there is no
//! memory: the system's own would abort it.

#![allow(unsafe_code, reason = "an allocator; every block says why it is sound")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Cursor, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use super::limit_if_settled;

/// Bytes that a thread may allocate before all know of them, and from which on a single
/// allocation is held to the limit.
const STEP: i64 = 64 << 10;

/// Bytes that are allocated, but for up to [`STEP`] on each thread.
static ALLOCATED: AtomicI64 = AtomicI64::new(0);

thread_local! {
    /// Bytes that this thread has not told of yet.
    static UNTOLD: Cell<i64> = const { Cell::new(0) };
}

/// Bytes that are allocated, about; 0 in a program that does not count them.
pub fn allocated() -> u64 {
    u64::try_from(ALLOCATED.load(Ordering::Relaxed)).unwrap_or(0)
}

/// What is called where there is no memory, to end the process: with what to tell.
static END: OnceLock<fn(&str) -> !> = OnceLock::new();

/// The system's allocator, with its bytes counted.
///
/// An allocation that fails, or that takes the process beyond its limit, ends the
/// process by the function that was given to [`Counting::end_by`].
#[derive(Debug)]
pub struct Counting;

impl Counting {
    /// Says how the process ends where there is no memory. `end` should allocate
    /// nothing.
    pub fn end_by(end: fn(&str) -> !) {
        let _ = END.set(end);
    }
}

// SAFETY: every call is passed on to the system's allocator as it is; what is done
// beside neither unwinds nor allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller keeps to the contract of the same function.
        checked(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as above.
        checked(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: as above.
        checked(unsafe { System.realloc(place, layout, size) }, size)
    }
}

/// Keeps threads from having heaps of their own, of which each sets 64 MiB of addresses
/// apart: for where these are limited. Threads that allocate wait for one another then.
pub(super) fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// `M_ARENA_MAX` of glibc's `malloc.h`.
        const ARENA_MAX: i32 = -8;
        unsafe extern "C" {
            safe fn mallopt(parameter: i32, value: i32) -> i32;
        }
        mallopt(ARENA_MAX, 1);
    }
}

/// Counts what is allocated and what is freed.
fn count(more: usize, less: usize) {
    let change = more as i64 - less as i64;
    let untold = UNTOLD.with(Cell::get) + change;
    if untold.abs() < STEP {
        UNTOLD.with(|it| it.set(untold));
        return;
    }
    UNTOLD.with(|it| it.set(0));
    let before = ALLOCATED.fetch_add(untold, Ordering::Relaxed);
    let after = u64::try_from(before + untold).unwrap_or(0);
    if change > 0 && after > limit_if_settled() {
        exhausted(more);
    }
}

fn checked(place: *mut u8, bytes: usize) -> *mut u8 {
    if place.is_null() {
        exhausted(bytes);
    }
    place
}

/// Ends the process, unless that is what needs memory.
#[cold]
fn exhausted(bytes: usize) {
    /// The thread that ends the process, by the address of its own variable.
    static ENDING: AtomicUsize = AtomicUsize::new(0);
    let own = UNTOLD.with(|it| std::ptr::from_ref(it) as usize);
    match ENDING.compare_exchange(0, own, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => {}
        Err(ending) if ending == own => return,
        Err(_) => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
    }
    let Some(end) = END.get() else {
        ENDING.store(0, Ordering::Relaxed);
        return;
    };
    let mut text = Cursor::new([0; 256]);
    // In whole units, and without the heap.
    let whole = |bytes: u64| match bytes >> 20 {
        0 => (bytes.div_ceil(1024), "KiB"),
        mib => (mib, "MiB"),
    };
    let (used, limit) = (whole(allocated()), whole(limit_if_settled()));
    let _ = write!(
        text,
        "out of memory: {} {} in use, {} KiB more are needed, and {} {} may be used in all",
        used.0,
        used.1,
        bytes.div_ceil(1024),
        limit.0,
        limit.1
    );
    let length = usize::try_from(text.position()).unwrap_or(0);
    end(std::str::from_utf8(&text.get_ref()[..length]).unwrap_or("out of memory"))
}
