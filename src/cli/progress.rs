//! A progress bar for what takes more than half a second.

use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{BinaryBytes, HumanCount, ProgressBar, ProgressStyle};

const SILENCE: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(100);

/// How far the work has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct SoFar {
    /// The part of the whole that is done, in the whole's unit.
    pub(super) done: u64,
    /// Rows read or written.
    pub(super) rows: u64,
    /// Bytes read or written.
    pub(super) bytes: u64,
}

/// Runs `work` while a second thread shows how far of `whole` it has come.
/// Nothing is shown if standard error is no terminal.
pub(super) fn watch<T>(
    whole: u64,
    so_far: &(impl Fn() -> SoFar + Sync),
    quiet: bool,
    work: impl FnOnce() -> T,
) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let show = move || show(whole, so_far, &waiting);
        // Where the system starts no thread, nothing is shown.
        drop(std::thread::Builder::new().spawn_scoped(scope, show));
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of `done` is gone.
fn show(whole: u64, so_far: &impl Fn() -> SoFar, done: &mpsc::Receiver<()>) {
    if done.recv_timeout(SILENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let started = std::time::Instant::now() - SILENCE;
    let bar = ProgressBar::new(whole.max(1));
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}") {
        bar.set_style(style);
    }
    loop {
        let seconds = started.elapsed().as_secs_f64();
        let rate = |count: u64| {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a rate to show; the count is not negative"
            )]
            let rate = (count as f64 / seconds) as u64;
            rate
        };
        let so_far = so_far();
        bar.set_position(so_far.done);
        bar.set_message(format!(
            "{} rows/s  {}/s",
            HumanCount(rate(so_far.rows)),
            BinaryBytes(rate(so_far.bytes))
        ));
        if done.recv_timeout(STEP) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    bar.finish_and_clear();
}
