//! The attempts at something that may fail, within bounds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::config::Channel;
use crate::http::{self, Timeout};

/// What became of one attempt.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It arrived.
    Arrived(String),
    /// It did not, and may if tried again, not before the time that was asked for.
    Failed(String, Option<Duration>),
    /// It never will.
    Refused(String),
}

/// What became of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub attempts: u32,
    pub delivered: bool,
    pub answer: String,
}

impl Outcome {
    /// What can't even be tried.
    pub(super) fn untried(answer: String) -> Self {
        Self { attempts: 0, delivered: false, answer }
    }
}

/// How often and how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    timeout: Duration,
    attempts: u32,
    pause: Duration,
    pub limit: Duration,
}

impl From<&Channel> for Bounds {
    fn from(channel: &Channel) -> Self {
        let Channel { timeout, attempts, pause, limit, .. } = channel;
        Self { timeout: timeout.0, attempts: *attempts, pause: pause.0, limit: limit.0 }
    }
}

impl Bounds {
    /// Tries `once`, which gets the time it may take, until it arrives, is
    /// refused, or there is no attempt or time left. The same waits every time:
    /// one sender needs no random ones.
    pub(super) fn run(
        self,
        halt: &AtomicBool,
        mut once: impl FnMut(Duration) -> Attempt,
    ) -> Outcome {
        let started = Instant::now();
        let left = || self.limit.saturating_sub(started.elapsed());
        let (mut attempts, mut pause) = (0, self.pause);
        loop {
            attempts += 1;
            let (why, wish) = match once(self.timeout.min(left())) {
                Attempt::Arrived(answer) => return Outcome { attempts, delivered: true, answer },
                Attempt::Refused(answer) => return Outcome { attempts, delivered: false, answer },
                Attempt::Failed(why, wish) => (why, wish.unwrap_or_default()),
            };
            let wait = pause.max(wish);
            let failed = |answer: String| Outcome { attempts, delivered: false, answer };
            if attempts >= self.attempts || halt.load(Ordering::Relaxed) {
                return failed(why);
            }
            if wait >= left() {
                let (wait, limit) = (Timeout(wait), Timeout(self.limit));
                return failed(format!(
                    "{why}; the next attempt in {wait} would be after the limit of {limit}"
                ));
            }
            if !http::wait(wait, halt) {
                return failed(format!("{why}; interrupted before the next attempt"));
            }
            pause = pause.saturating_mul(2);
        }
    }
}
