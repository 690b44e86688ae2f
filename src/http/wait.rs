//! The wait between requests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often a wait looks whether it is to end.
pub const LOOK: Duration = Duration::from_millis(10);

/// Waits; `false` if `halt` was set before the time was over.
pub fn wait(time: Duration, halt: &AtomicBool) -> bool {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if halt.load(Ordering::Relaxed) {
            return false;
        }
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(LOOK));
    }
}
