//! `tallyho run`: a nightly job.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueHint};

use super::args::ColorArg;
use super::{
    BROKEN, DONE, FAILED, INTERRUPTED, present, print, print_page, progress, start_threads,
};
use crate::engine::threads;
use crate::error::{Error, Result};
use crate::history::{Date, Identity};
use crate::input::Stream;
use crate::job::{self, Checked, Job, JobRun, Selection, Start};
use crate::memory;
use crate::publish::{EXAMPLES, example};
use crate::report::counted;
use crate::terminal::told;

const USAGE: &str = "\
tallyho run [OPTIONS] <CONFIG>
       tallyho run --schema
       tallyho run --example <WHAT>";

const AFTER: &str = "\
A config in short:
  [[dataset]]
  name = \"cats\"
  files = [\"cats-{date}.parquet\"]
  labels = \"label\"

  [[model]]
  name = \"steady\"
  predictions = \"steady\"          # or scores = \"steady_*\"

  [[rule]]
  require = \"accuracy >= 0.8\"

Every run is recorded in the history, tallyho.db beside the config, if it does
not name another; `tallyho history` shows it. An evaluation that fails does not
stop the others. Started again for the same night, a job does only what is
missing or what has changed, and judges the whole night.

Exit status: 0 every evaluation is done and no rule is broken or undefined;
1 a rule is broken or undefined; 2 bad usage, a mistake in the config, or an
evaluation that failed (2 wins over 1); 130 interrupted.";

#[derive(Debug, Args)]
#[command(after_help = AFTER, override_usage = USAGE)]
pub(super) struct Run {
    /// The config of the job, in TOML
    #[arg(value_name = "CONFIG", value_hint = ValueHint::FilePath, required_unless_present_any = ["schema", "example"])]
    config: Option<PathBuf>,

    /// Night that the runs stand for [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,

    /// Evaluate only this: model=NAME, dataset=NAME or split=NAME (repeatable)
    #[arg(long, value_name = "KIND=NAME")]
    only: Vec<String>,

    /// Evaluate again what the history has of this night already
    #[arg(long)]
    again: bool,

    /// Only look for mistakes, in the config and in the files that are there
    #[arg(long, conflicts_with = "again")]
    check: bool,

    /// Print the JSON Schema of configs
    #[arg(long, exclusive = true)]
    schema: bool,

    /// Print an example to start from: units of systemd, lines of a crontab, or a
    /// Grafana dashboard
    #[arg(long, value_name = "WHAT", exclusive = true, value_parser = PossibleValuesParser::new(EXAMPLES.map(|(name, _)| name)))]
    example: Option<String>,

    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,

    /// When to colour the table
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: ColorArg,

    /// Print nothing and no progress
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
}

pub(super) fn run(
    args: &Run,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<u8> {
    if args.schema {
        return print(stdout, &job::schema()?).map(|()| DONE);
    }
    if let Some(text) = args.example.as_deref().and_then(example) {
        return print(stdout, text).map(|()| DONE);
    }
    let Some(path) = &args.config else {
        return Err(Error::Usage("name the config of the job".into()));
    };
    let only = Selection::parse(&args.only)?;
    let mut job = Job::read(path, night(args)?)?;
    memory::settle(job.memory);
    job.threads = threads::settle(job.threads);
    // Resampling keeps to the threads of the job.
    start_threads(job.threads)?;
    if args.check {
        let checked = job.check(&only, stop)?;
        let text = checked_text(&job, &checked);
        print(stdout, &text)?;
        return Ok(if checked.wrong.is_empty() && checked.untold.is_empty() {
            DONE
        } else {
            FAILED
        });
    }
    let watch = |_: &Identity, bytes, stream: &Stream, work: &mut dyn FnMut()| {
        let so_far = || {
            let read = stream.bytes_read();
            progress::SoFar { done: read, rows: stream.rows_read(), bytes: read }
        };
        progress::watch(bytes, &so_far, args.quiet, work);
    };
    let night = job.run(&Start { selection: only, again: args.again }, stop, &watch)?;
    if args.json {
        print(stdout, &job::night_json(&night))?;
    } else if !args.quiet {
        let text = job::night_text(&night, present::width(), present::color(args.color));
        print_page(stdout, &text)?;
    }
    if args.quiet || !std::io::stdout().is_terminal() {
        lament(&night, stderr);
    }
    warn(&night, stderr);
    Ok(status(&night))
}

/// What went wrong, for whoever does not look at the page: cron mails it.
fn lament(night: &JobRun, stderr: &mut dyn Write) {
    let failed = night.failed().map(|(of, reason)| format!("{}: {reason}", of.subject()));
    for problem in failed.chain(night.problems.iter().cloned()) {
        let _ = writeln!(stderr, "tallyho: {}", told(&problem));
    }
}

/// What the numbers of the night may not mean.
fn warn(night: &JobRun, stderr: &mut dyn Write) {
    for (done, _) in night.done() {
        let report = done.report(Vec::new());
        for warning in report.warnings() {
            let (of, code) = (done.identity.subject(), warning.code.id);
            let line = format!("{of}: warning {code}: {}", warning.sentence());
            let _ = writeln!(stderr, "tallyho: {}", told(&line));
        }
    }
}

fn night(args: &Run) -> Result<Date> {
    match &args.date {
        None => Ok(jiff::Zoned::now().date()),
        Some(text) => text.parse().map_err(|_| {
            Error::Usage(format!("--date takes a date such as 2026-11-21, found '{text}'"))
        }),
    }
}

fn status(night: &JobRun) -> u8 {
    match () {
        () if night.left > 0 => INTERRUPTED,
        () if night.has_failures() => FAILED,
        () if night.has_broken_rules() => BROKEN,
        () => DONE,
    }
}

/// What `--check` found.
fn checked_text(job: &Job, checked: &Checked) -> String {
    let mut text = format!(
        "{}: the config is in order: {}, {}\n",
        told(&job.path.display().to_string()),
        counted(job.evaluations.len() as u64, "evaluation", "evaluations"),
        counted(job.rules.len() as u64, "rule", "rules"),
    );
    for (what, found) in [("not there yet", &checked.missing), ("would fail", &checked.wrong)] {
        for (identity, problem) in found {
            text.push_str(&told(&format!("{what}: {}: {problem}", identity.subject())));
            text.push('\n');
        }
    }
    for problem in &checked.untold {
        text.push_str(&told(&format!("nobody would be told: {problem}")));
        text.push('\n');
    }
    text
}
