//! The memory that this process may use, and errors where that is not enough.
//!
//! What grows with the input asks before it allocates, where the size is known
//! ([`need`]), and as it grows, where it is not ([`check`]). The program counts its
//! allocations ([`Counting`]); in a program that does not, sizes that are known are
//! still held to the limit. What nobody asked for ends the program with a message.

mod counting;
mod limits;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Once, OnceLock};

pub use self::counting::{Counting, allocated};
use crate::error::{Error, Result};

/// The part of the limit that is left for what does not ask: one in as many.
const RESERVE: u64 = 8;

/// The limit that [`settle`] set, in bytes; 0 before.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Sets the limit: the bytes given, or else what the machine, the control group and the
/// resource limits of the process leave it. What was given before stays where nothing is.
pub fn settle(given: Option<u64>) {
    static DEFAULT: Once = Once::new();
    static FIRST: Once = Once::new();
    // What is used from now on is counted.
    FIRST.call_once(|| {
        used();
        if limits::address_space().is_some() {
            counting::share_heaps();
        }
    });
    match given {
        Some(bytes) => LIMIT.store(bytes.max(1), Ordering::Relaxed),
        None => DEFAULT.call_once(|| {
            let found = limits::found().unwrap_or(u64::MAX);
            let _ = LIMIT.compare_exchange(0, found, Ordering::Relaxed, Ordering::Relaxed);
        }),
    }
}

/// Most bytes that this process may use.
pub fn limit() -> u64 {
    settle(None);
    LIMIT.load(Ordering::Relaxed)
}

/// The limit without asking the system, so without allocating.
fn limit_if_settled() -> u64 {
    match LIMIT.load(Ordering::Relaxed) {
        0 => u64::MAX,
        limit => limit,
    }
}

/// Bytes that are in use: allocated, or more where the address space is limited and
/// something else takes it up.
pub fn used() -> u64 {
    static AT_FIRST: OnceLock<Option<u64>> = OnceLock::new();
    let mapped = || limits::address_space().and_then(|_| limits::mapped());
    let at_first = *AT_FIRST.get_or_init(mapped);
    let since = at_first.and_then(|first| Some(limits::mapped()?.saturating_sub(first)));
    allocated().max(since.unwrap_or(0))
}

/// Bytes that may still be asked for.
pub fn free() -> u64 {
    let limit = limit();
    (limit - limit / RESERVE).saturating_sub(used())
}

/// Asks for memory for `what` before it is allocated.
///
/// # Errors
///
/// [`Error::Memory`] if the limit does not allow for it; `instead` says what else could
/// be done: "use fewer classes".
pub fn need(bytes: u64, what: impl FnOnce() -> String, instead: &'static str) -> Result<()> {
    match bytes <= free() {
        true => Ok(()),
        false => Err(Error::Memory {
            what: what(),
            needed: bytes,
            free: free(),
            limit: limit(),
            instead,
        }),
    }
}

/// Asks for the memory of a file that is read as a whole: so many bytes for each of its.
///
/// # Errors
///
/// As [`need`].
pub fn need_for_file(path: &Path, each: u64, instead: &'static str) -> Result<()> {
    // What is wrong with it is told by who reads it.
    let bytes = std::fs::metadata(path).map_or(0, |found| found.len());
    let what = || format!("{}: a file of {bytes} bytes", path.display());
    need(bytes.saturating_mul(each), what, instead)
}

/// Asks whether there is memory for some more of `what`, which has grown.
///
/// # Errors
///
/// As [`need`].
pub fn check(what: &'static str, instead: &'static str) -> Result<()> {
    match free() {
        0 => {
            let limit = limit();
            Err(Error::Memory { what: what.to_owned(), needed: limit, free: limit, limit, instead })
        }
        _ => Ok(()),
    }
}
