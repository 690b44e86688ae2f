//! Stopping: an interrupt ends every command within a second, in whatever phase.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use super::{FAILED, INTERRUPTED};
use crate::atomic_file;

/// How long a command has to end by itself: most look at the flag more often than
/// ten times a second, and clean up better than this does.
const PATIENCE: Duration = Duration::from_millis(700);

/// A flag that the first interrupt sets. What does not end by itself within a
/// moment, or at the second interrupt at once, is ended: its temporary files are
/// removed, and no file is replaced by half.
pub(super) fn on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            end();
        }
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            end();
        });
    };
    // Without a handler an interrupt ends the process at once; what it leaves is
    // swept by the next one.
    let _ = ctrlc::set_handler(handler);
    stop
}

fn end() -> ! {
    atomic_file::abandon();
    #[cfg(feature = "job")]
    crate::alert::end_commands();
    // Others may hold the standard error, and wait for this.
    eprint("tallyho: interrupted; what was not yet written stays as it was\n");
    std::process::exit(INTERRUPTED.into());
}

/// What to do where there is no memory to go on, of the command that runs.
static WAY_OUT: OnceLock<&str> = OnceLock::new();

/// Says what helps the command that runs where there is no memory to go on.
pub(super) fn settle_way_out(way_out: &'static str) {
    let _ = WAY_OUT.set(way_out);
}

/// Ends the program where there is no memory to go on. Nothing is allocated here, and
/// no lock is waited for that the same thread may hold.
pub(super) fn out_of_memory(found: &str) -> ! {
    use std::io::Write;
    atomic_file::abandon_at_once();
    let mut stderr = std::io::stderr();
    let way_out = WAY_OUT.get().unwrap_or(&"end other programs first");
    let parts = ["tallyho: ", found, "; ", way_out, "\n"];
    parts.iter().for_each(|part| _ = stderr.write_all(part.as_bytes()));
    std::process::exit(FAILED.into());
}

fn eprint(text: &'static str) {
    use std::io::Write;
    let printed = thread::spawn(move || std::io::stderr().write_all(text.as_bytes()));
    // A terminal that takes nothing is not waited for.
    for _ in 0..10 {
        if printed.is_finished() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
}
