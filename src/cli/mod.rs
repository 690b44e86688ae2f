//! The command line: one file per subcommand. Parsing is not doing: arguments
//! hold what was typed; files are opened later.

mod args;
mod bench;
#[cfg(feature = "gpu")]
mod devices;
mod eval;
#[cfg(feature = "history")]
mod history;
mod judge;
mod merge;
mod output;
mod present;
mod progress;
#[cfg(feature = "history")]
mod record;
#[cfg(not(feature = "history"))]
#[path = "unrecorded.rs"]
mod record;
#[cfg(feature = "job")]
mod run;
mod synth;

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{CommandFactory, Parser, Subcommand};

use crate::error::{Error, Result};
use crate::evaluation;
use crate::evaluation::all_cores;

/// Exit status: done, and every rule holds.
pub const DONE: u8 = 0;
/// Exit status: a rule is broken or undefined.
pub const BROKEN: u8 = 1;
/// Exit status: bad usage, bad input or a failure.
pub const FAILED: u8 = 2;
/// Exit status: interrupted by the user.
pub const INTERRUPTED: u8 = 130;

/// Score very large classifier prediction sets, exactly.
///
/// tallyho reads labels with predictions or scores, counts them in one pass on
/// all cores, and prints a report: accuracy, precision, recall, F1, calibration
/// and more, per class and overall.
#[derive(Debug, Parser)]
#[command(name = "tallyho", version, max_term_width = 80, propagate_version = true, after_help = EXIT_STATUS)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done and every rule holds; 1 a rule is broken or undefined; \
2 bad usage, bad input or a failure; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Score a prediction set and print a report
    Eval(Box<args::Eval>),
    /// Add up states written by `eval -o x.tally` and report on the whole
    Merge(args::Merge),
    /// Run a nightly job: every model on every dataset, recorded and judged
    #[cfg(feature = "job")]
    Run(run::Run),
    /// Show, compare and check the runs that were recorded
    #[cfg(feature = "history")]
    History(history::HistoryArgs),
    /// Write synthetic predictions, to try tallyho and to time it
    Synth(synth::Synth),
    /// Time the CPU against a GPU on this machine
    Bench(Box<bench::Bench>),
    /// List the devices to compute on, test them and measure them
    #[cfg(feature = "gpu")]
    Devices(devices::Devices),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the program and returns its exit status.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            return explain(&error, stderr);
        }
    };
    let result = match cli.command {
        Command::Eval(args) => eval::eval(&args, stdout, stderr, &stop_on_interrupt()),
        Command::Merge(args) => merge::merge(&args, stdout, stderr),
        #[cfg(feature = "job")]
        Command::Run(args) => run::run(&args, stdout, stderr, &stop_on_interrupt()),
        #[cfg(feature = "history")]
        Command::History(args) => history::history(&args, stdout),
        Command::Synth(args) => synth::synth(&args, stdout, &stop_on_interrupt()),
        Command::Bench(args) => bench::bench(&args, stdout, &stop_on_interrupt()),
        #[cfg(feature = "gpu")]
        Command::Devices(args) => devices::devices(&args, stdout),
        Command::Completions { shell } => completions(shell, stdout),
    };
    result.unwrap_or_else(|error| fail(&error, stderr))
}

fn fail(error: &Error, stderr: &mut dyn Write) -> u8 {
    let _ = writeln!(stderr, "tallyho: {error}");
    match error {
        Error::Interrupted => INTERRUPTED,
        _ => FAILED,
    }
}

/// Prints what clap has to say: help and version, which go to standard output
/// and are no failure, or what is wrong with the arguments.
fn explain(error: &clap::Error, stderr: &mut dyn Write) -> u8 {
    let printed = error.print();
    if error.use_stderr() {
        return FAILED;
    }
    match printed_or_closed(printed) {
        Ok(()) => DONE,
        Err(error) => fail(&error, stderr),
    }
}

/// A flag that the first interrupt sets; the second one ends the process.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    };
    // Without a handler an interrupt ends the process at once; temporary files stay.
    let _ = ctrlc::set_handler(handler);
    stop
}

fn completions(shell: clap_complete::Shell, stdout: &mut dyn Write) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tallyho", &mut script);
    print(stdout, &script).map(|()| DONE)
}

/// The number of threads that was asked for, or else that of the cores.
fn check_threads(asked: Option<usize>) -> Result<usize> {
    asked.map_or_else(|| Ok(all_cores()), |asked| evaluation::check_threads("--threads", asked))
}

/// Writes to standard output.
fn print(stdout: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    printed_or_closed(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// A reader that has gone away is no failure.
fn printed_or_closed(printed: io::Result<()>) -> Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Error::io("standard output".as_ref(), "write to it")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, CommandFactory};

    #[test]
    fn the_arguments_are_well_defined() {
        Cli::command().debug_assert();
    }
}
