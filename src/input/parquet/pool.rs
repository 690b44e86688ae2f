//! The column readers of a Parquet file, lent to threads in row order.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::group::Group;

/// The column readers that are not in use.
pub(super) struct Pool {
    free: Mutex<Vec<Group>>,
    returned: Condvar,
}

impl Pool {
    pub(super) fn of(groups: Vec<Group>) -> Arc<Self> {
        Arc::new(Self { free: Mutex::new(groups), returned: Condvar::new() })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Group>> {
        // Nothing that could panic happens under this lock.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for column readers. Since rows are claimed in order, all of them
    /// are at or before the rows that they are wanted for; the most advanced
    /// have the least to skip.
    pub(super) fn lend(pool: &Arc<Self>) -> Loan {
        let mut free = pool.free();
        loop {
            let best = (0..free.len()).max_by_key(|&index| free[index].position());
            if let Some(best) = best {
                let group = Some(free.swap_remove(best));
                return Loan { group, pool: Arc::clone(pool) };
            }
            free = pool.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Column readers in use for one claim. They go back when it is dropped.
pub(in crate::input) struct Loan {
    pub(super) group: Option<Group>,
    pool: Arc<Pool>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.pool.free().extend(self.group.take());
        self.pool.returned.notify_one();
    }
}
