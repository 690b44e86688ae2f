//! A progress bar for what takes more than half a second.

use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{BinaryBytes, HumanCount, ProgressBar, ProgressStyle};

use crate::input::{Input, Stream};

const SILENCE: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(100);

/// Runs `work` while a second thread shows how far `stream` has come. Nothing
/// is shown if standard error is no terminal.
pub(super) fn watch<T>(
    input: &Input,
    stream: &Stream<'_>,
    quiet: bool,
    work: impl FnOnce() -> T,
) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || show(input, stream, &waiting));
        let result = work();
        drop(done);
        result
    })
}

/// Draws until the other end of `done` is gone.
fn show(input: &Input, stream: &Stream<'_>, done: &mpsc::Receiver<()>) {
    if done.recv_timeout(SILENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let started = std::time::Instant::now() - SILENCE;
    let bar = ProgressBar::new(input.bytes().max(1));
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
        bar.set_position(stream.bytes_read());
        bar.set_message(format!(
            "{} rows/s  {}/s",
            HumanCount(rate(stream.rows_read())),
            BinaryBytes(rate(stream.bytes_read()))
        ));
        if done.recv_timeout(STEP) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    bar.finish_and_clear();
}
