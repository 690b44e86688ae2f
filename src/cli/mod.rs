//! The command line: one file per subcommand. Parsing is not doing: arguments
//! hold what was typed; files are opened later.

mod args;
mod bench;
#[cfg(feature = "gpu")]
mod devices;
mod eval;
mod foreign;
mod help;
#[cfg(feature = "history")]
mod history;
mod hyphen;
mod inspect;
mod judge;
mod listing;
mod merge;
mod options_file;
mod output;
mod present;
mod progress;
#[cfg(feature = "history")]
mod record;
#[cfg(not(feature = "history"))]
#[path = "record_disabled.rs"]
mod record;
#[cfg(feature = "job")]
mod run;
mod stop;
mod synth;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::error::{Error, Result};
use crate::evaluation;
use crate::evaluation::all_cores;
use crate::memory;
use crate::terminal::{Plain, plain, styled, told};

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
#[command(name = "tallyho", version, max_term_width = 80, propagate_version = true, disable_help_subcommand = true, after_help = AFTER)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "\
`tallyho eval TABLE` lists what is in a table. Options by topic:
  tallyho help input | classes | metrics | order | output | running | history

Exit status: 0 done and every rule holds; 1 a rule is broken or undefined;
2 bad usage, bad input or a failure; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Score a prediction set and print a report
    Eval(Box<args::Eval>),
    /// Show what `eval` would read with the same options, and what it would warn of
    Inspect(Box<args::Eval>),
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
    /// Explain the options of `eval` by topic, or a subcommand
    Help {
        /// input, classes, metrics, order, output, running, history, or a
        /// subcommand
        #[arg(value_name = "TOPIC")]
        what: Vec<String>,
    },
}

impl Command {
    /// What helps where there is no memory to go on.
    fn way_out(&self) -> &'static str {
        match self {
            Self::Eval(_) | Self::Synth(_) | Self::Bench(_) => {
                "allow more with --memory, or use fewer --threads"
            }
            Self::Merge(_) => "allow more with --memory, or merge states of fewer classes",
            #[cfg(feature = "history")]
            Self::History(_) => "allow more with --memory, or look at fewer runs",
            #[cfg(feature = "job")]
            Self::Run(_) => "allow more with memory, or fewer threads, in its config",
            _ => "end other programs first",
        }
    }
}

/// Runs the program and returns its exit status.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let stderr: &mut dyn Write = &mut Plain(stderr);
    // What is typed may be much, too.
    memory::Counting::end_by(stop::out_of_memory);
    memory::settle(None);
    let cli = match parse(args) {
        Ok(cli) => cli,
        Err(Mistyped::Ours(error)) => return fail(&error, stderr),
        Err(Mistyped::Clap(error)) => return explain(error, stderr),
    };
    stop::settle_way_out(cli.command.way_out());
    let stop = stop::on_interrupt();
    let result = match cli.command {
        Command::Eval(args) => eval::eval(&args, stdout, stderr, &stop),
        Command::Inspect(args) => inspect::inspect(&args, stdout, &stop),
        Command::Merge(args) => merge::merge(&args, stdout, stderr),
        #[cfg(feature = "job")]
        Command::Run(args) => run::run(&args, stdout, stderr, &stop),
        #[cfg(feature = "history")]
        Command::History(args) => history::history(&args, stdout, &stop),
        Command::Synth(args) => synth::synth(&args, stdout, &stop),
        Command::Bench(args) => bench::bench(&args, stdout, &stop),
        #[cfg(feature = "gpu")]
        Command::Devices(args) => devices::devices(&args, stdout),
        Command::Completions { shell } => completions(shell, stdout),
        Command::Help { what } => {
            let page = help::page(command(false), &what);
            page.and_then(|page| print(stdout, &page)).map(|()| DONE)
        }
    };
    result.unwrap_or_else(|error| fail(&error, stderr))
}

/// What is wrong with the arguments, or the help that they ask for.
enum Mistyped {
    Clap(clap::Error),
    Ours(Error),
}

impl From<clap::Error> for Mistyped {
    fn from(error: clap::Error) -> Self {
        Self::Clap(error)
    }
}

/// What was typed, with what a file of options adds.
fn parse(args: Vec<OsString>) -> std::result::Result<Cli, Mistyped> {
    let words: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let is_short = words.iter().take_while(|word| *word != "--").any(|word| word == "-h");
    let args = options_file::add(args).map_err(Mistyped::Ours)?;
    let matches = command(is_short).try_get_matches_from(args);
    let matches = matches.map_err(|error| match foreign::answer(&error, &words) {
        Some(answer) => Mistyped::Ours(Error::Usage(answer)),
        None => Mistyped::Clap(error),
    })?;
    Ok(Cli::from_arg_matches(&matches)?)
}

/// The program's options. Numbers may be negative everywhere, to be refused for what they
/// are where they make no sense. `is_short` is for `-h`, for which `eval` has a page of
/// its own.
fn command(is_short: bool) -> clap::Command {
    let command = with_numbers(Cli::command());
    match is_short {
        true => command
            .mut_subcommands(without_examples)
            .mut_subcommand("eval", |eval| eval.override_help(help::EVAL)),
        false => command,
    }
}

/// A subcommand whose help is of options alone.
fn without_examples(command: clap::Command) -> clap::Command {
    let command = match command.get_after_help().is_some() {
        true => command.after_help("--help has examples, and says more."),
        false => command,
    };
    command.mut_subcommands(without_examples)
}

fn with_numbers(command: clap::Command) -> clap::Command {
    let named = |arg: &clap::Arg| !arg.is_positional();
    let takes = |arg: &clap::Arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let command = command.mut_args(|arg| match named(&arg) && takes(&arg) {
        true => arg.allow_negative_numbers(true),
        false => arg,
    });
    command.mut_subcommands(with_numbers)
}

fn fail(error: &Error, stderr: &mut dyn Write) -> u8 {
    let message = error.to_string();
    let text = match error {
        Error::Lines(_) => message.lines().map(told).collect::<Vec<_>>().join("\n"),
        _ => told(&message),
    };
    let _ = writeln!(stderr, "tallyho: {text}");
    match error {
        Error::Interrupted => INTERRUPTED,
        _ => FAILED,
    }
}

/// Prints what clap has to say: help and version, which go to standard output
/// and are no failure, or what is wrong with the arguments.
fn explain(mut error: clap::Error, stderr: &mut dyn Write) -> u8 {
    if error.use_stderr() {
        let typed = |(kind, value): (ContextKind, &ContextValue)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(told(text)))),
            _ => None,
        };
        for (kind, value) in error.context().filter_map(typed).collect::<Vec<_>>() {
            error.insert(kind, value);
        }
        let lines = error.to_string();
        match io::stderr().is_terminal() && is_harmless(&error) {
            true => drop(error.print()),
            false => lines.lines().for_each(|line| drop(writeln!(stderr, "{}", told(line)))),
        }
        return FAILED;
    }
    match printed_or_closed(error.print()) {
        Ok(()) => DONE,
        Err(error) => fail(&error, stderr),
    }
}

/// Whether what clap would print has no escape sequences but those of its colours.
fn is_harmless(error: &clap::Error) -> bool {
    let styles = ["0", "1", "4", "31", "32", "33"].map(|style| format!("\x1b[{style}m"));
    let text = error.render().ansi().to_string();
    let text = styles.iter().fold(text, |text, style| text.replace(style, ""));
    text.lines().all(|line| told(line) == line)
}

fn completions(shell: clap_complete::Shell, stdout: &mut dyn Write) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(false), "tallyho", &mut script);
    printed_or_closed(stdout.write_all(&script)).map(|()| DONE)
}

/// The number of threads that was asked for, or else that of the cores.
fn check_threads(asked: Option<usize>) -> Result<usize> {
    asked.map_or_else(|| Ok(all_cores()), |asked| evaluation::check_threads("--threads", asked))
}

/// Starts the threads of what is not counted row by row. Where some are there already,
/// as in tests, they stay.
fn start_threads(threads: usize) -> Result<()> {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build_global() {
        // Only where the system starts no thread is there a cause.
        Err(error) if std::error::Error::source(&error).is_some() => Err(Error::Usage(format!(
            "cannot start {threads} threads: {error}; use fewer --threads"
        ))),
        _ => Ok(()),
    }
}

/// Writes text or JSON to standard output.
fn print(stdout: &mut dyn Write, text: &str) -> Result<()> {
    let text = plain(text);
    printed_or_closed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Writes a page to standard output, with its colours.
fn print_page(stdout: &mut dyn Write, page: &str) -> Result<()> {
    let page = styled(page);
    printed_or_closed(stdout.write_all(page.as_bytes()).and_then(|()| stdout.flush()))
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
    use super::{command, is_harmless};

    #[test]
    fn the_arguments_are_well_defined() {
        command(false).debug_assert();
        command(true).debug_assert();
    }

    #[test]
    fn colours_are_left_to_clap_where_nothing_else_would_be_obeyed() {
        for (word, harmless) in [
            ("--no-such", true),
            ("--größe", true),
            ("--no-such\u{1b}[2J", false),
            ("--\u{9b}2J", false),
            ("--x\u{202e}", false),
            ("--top-k=\u{1b}]0;x\u{7}", false),
        ] {
            let error = command(false).try_get_matches_from(["tallyho", "eval", word]).err();
            assert_eq!(error.map(|error| is_harmless(&error)), Some(harmless), "{word:?}");
        }
    }
}
