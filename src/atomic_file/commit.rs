//! The moment in which what a command did becomes visible: its record in a history
//! and its files, one after the other, and never cut in between.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use super::temporary;

/// Held while it lasts, and for good by who ends the process.
static MOMENT: Mutex<()> = Mutex::new(());

/// How long an interrupt waits for the end of one. Whatever takes longer waits for
/// something itself, such as a history that another process writes to.
const PATIENCE: Duration = Duration::from_millis(250);

/// The moment, as long as it is held: an interrupt waits a little for its end.
#[derive(Debug)]
pub struct Commit {
    _moment: MutexGuard<'static, ()>,
}

impl Commit {
    /// Begins it, unless the process is being ended: then it waits for that.
    pub fn begin() -> Self {
        Self { _moment: MOMENT.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// Gives up what is not in place yet, before the process is ended: removes its
/// temporary files and lets no other thread begin to replace any.
pub fn abandon() {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match MOMENT.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
            moment => {
                mem::forget(moment);
                break;
            }
        }
    }
    temporary::remove_all();
}

/// The same where no lock can be waited for, since this thread may hold it: what stays
/// is swept by the next run.
pub fn abandon_at_once() {
    mem::forget(MOMENT.try_lock());
    temporary::remove_all_at_once();
}
