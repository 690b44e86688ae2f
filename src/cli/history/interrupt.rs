//! The end of a command within a second, whatever it is about.

use std::io::{self, Write};
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::cli::INTERRUPTED;

/// How long a command has to end by itself, which leaves no file of SQLite behind.
const GRACE: Duration = Duration::from_millis(700);
const STEP: Duration = Duration::from_millis(20);

/// Ends the process some time after `stop` was set, if nothing would be left half done:
/// a long computation, or a write that nobody reads, does not look at `stop`.
pub(super) fn end_in_time(stop: &Arc<AtomicBool>, may_end: &Arc<AtomicBool>) {
    let (stop, may_end) = (Arc::clone(stop), Arc::clone(may_end));
    let is_set = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
    thread::spawn(move || {
        while !is_set(&stop) {
            thread::sleep(STEP);
        }
        thread::sleep(GRACE);
        while !is_set(&may_end) {
            thread::sleep(STEP);
        }
        exit(INTERRUPTED.into());
    });
}

/// A file that takes no more once `stop` is set.
pub(super) struct Stoppable<'a, W> {
    pub(super) file: W,
    pub(super) stop: &'a AtomicBool,
}

impl<W: Write> Write for Stoppable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(io::Error::other("interrupted")),
            false => self.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
