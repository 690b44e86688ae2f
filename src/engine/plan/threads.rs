//! The number of threads that are started: as many as were asked for, if there is
//! memory for them and the system starts them.

use crate::memory;
use crate::notice::{self, Notice};

/// Bytes that a thread takes at the least, about: its stack and its part of the heap.
/// There is another thread beside each, for what is not counted row by row.
const THREAD_BYTES: u64 = 2 * (2 << 20) + (2 << 20);

/// The part of the memory that threads may take: one in as many.
const PART: u64 = 3;

/// Up to as many threads as are tried without asking whether they start.
const USUAL: usize = 64;

/// The number of threads to start where `asked` are asked for, at least 1.
pub fn settle(asked: usize) -> usize {
    let fit = usize::try_from(memory::free() / PART / THREAD_BYTES).unwrap_or(usize::MAX);
    let mut threads = asked.clamp(1, fit.max(1));
    // What else the system limits is not to be known but by trying.
    while threads > USUAL && !start(2 * threads) {
        threads /= 2;
    }
    threads
}

fn start(threads: usize) -> bool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().is_ok()
}

/// What is said where fewer threads are started than were asked for.
pub(crate) fn notice(asked: usize, threads: usize) -> Option<Notice> {
    (threads < asked).then(|| {
        let text = format!(
            "{threads} threads are used though {asked} were asked for: the system has no memory \
             for more, or starts no more"
        );
        Notice::new(notice::FEWER_THREADS, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_started_whatever_is_asked() {
        assert_eq!(settle(0), 1);
        assert_eq!(settle(1), 1);
        assert_eq!(notice(2, 2), None);
    }
}
