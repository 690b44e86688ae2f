//! `tallyho history`: what was recorded, over time.

mod args;
mod interrupt;
mod when;

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use self::args::Action;
pub(super) use self::args::History as HistoryArgs;
use super::{BROKEN, DONE, INTERRUPTED, present, print_page};
use crate::atomic_file::{AtomicFile, Commit, Kept};
use crate::error::{Error, Result};
use crate::history::{
    self, ExportFormat, History, Pruning, Quantity, RunName, Sheet, Span, Timestamp, TrendOptions,
};
use crate::memory;
use crate::terminal::{printable, told};

/// Runs that a table lists unasked.
const LISTED: usize = 20;

pub(super) fn history(
    args: &HistoryArgs,
    stdout: &mut dyn Write,
    stop: &Arc<AtomicBool>,
) -> Result<u8> {
    memory::settle(args.memory);
    let sheet = Sheet { width: present::width(), color: present::color(args.color) };
    let shell = Shell { args, sheet, stop };
    let may_end = Arc::new(AtomicBool::new(args.action.only_reads()));
    interrupt::end_in_time(stop, &may_end);
    let (text, status) = shell.act().map_err(|error| match stop.load(Ordering::Relaxed) {
        true => Error::Interrupted,
        false => error,
    })?;
    may_end.store(true, Ordering::Relaxed);
    print_page(stdout, &text)?;
    Ok(status)
}

/// What all actions share.
struct Shell<'a> {
    args: &'a HistoryArgs,
    sheet: Sheet,
    stop: &'a Arc<AtomicBool>,
}

impl Shell<'_> {
    /// What to print, and the exit status. What was typed is looked at first, then the
    /// file.
    fn act(&self) -> Result<(String, u8)> {
        Ok(match &self.args.action {
            Action::List(list) => (self.list(list)?, DONE),
            Action::Show(show) => (self.show(show)?, DONE),
            Action::Trend(trend) => (self.trend(trend)?, DONE),
            Action::Compare(compare) => (self.compare(compare)?, DONE),
            Action::Export(export) => (self.export(export)?, DONE),
            Action::Backup(backup) => (self.backup(backup)?, DONE),
            Action::Prune(prune) => self.prune(prune)?,
            Action::Verify(verify) => self.verify(verify)?,
            Action::Accept(accept) => (self.accept(accept)?, DONE),
            Action::Check(check) => self.check(check)?,
        })
    }

    fn open(&self) -> Result<History> {
        History::open_until(&self.args.db, self.stop)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn list(&self, list: &args::List) -> Result<String> {
        let (filter, metric) = (list.which.filter()?, Quantity::parse(&list.metric)?);
        let history = self.open()?;
        let _moment = history.snapshot()?;
        let mut runs = history.values(&filter, &metric)?;
        if runs.is_empty() {
            return Err(history.no_match(&filter)?);
        }
        let usual = if self.args.json { runs.len() } else { LISTED };
        let older = runs.len().saturating_sub(list.last.unwrap_or(usual));
        runs.drain(..older);
        let metric = metric.to_string();
        Ok(match self.args.json {
            true => history::list_json(&runs, &metric),
            false => history::list(&runs, &metric, older, self.sheet),
        })
    }

    fn show(&self, show: &args::Show) -> Result<String> {
        let (filter, run) = (show.which.filter()?, RunName::parse(&show.run)?);
        let history = self.open()?;
        let _moment = history.snapshot()?;
        let details = history.details(history.find(run, &filter)?)?;
        let slices = crate::report::slices(&details.tallies)?;
        Ok(match self.args.json {
            true => history::run_json(&details, &slices),
            false => history::run_page(&details, &slices, self.sheet),
        })
    }

    fn trend(&self, trend: &args::Trend) -> Result<String> {
        let (mut filter, metric) = (trend.which.filter()?, Quantity::parse(&trend.metric)?);
        let window = trend.window.as_deref().map(Span::parse).transpose()?;
        if trend.look_back == 0 || trend.last == Some(0) {
            return Err(Error::Usage("--look-back and --last count nights from 1, found 0".into()));
        }
        let history = self.open()?;
        let _moment = history.snapshot()?;
        let shown = filter.clone();
        // Windows and means of the first night shown know those before it.
        let since = filter.since.take();
        let options = TrendOptions {
            window,
            look_back: trend.look_back,
            all: trend.all,
            last: trend.last,
            since,
        };
        let trends = history.trends(&filter, &metric, &options)?;
        if trends.is_empty() {
            return Err(history.no_match(&shown)?);
        }
        let metric = metric.to_string();
        Ok(match self.args.json {
            true => history::trends_json(&trends, &metric),
            false => history::trends(&trends, &metric, trend.table, self.sheet),
        })
    }

    fn compare(&self, compare: &args::Compare) -> Result<String> {
        let filter = compare.which.filter()?;
        let (first, second) = (RunName::parse(&compare.first)?, RunName::parse(&compare.second)?);
        let history = self.open()?;
        let _moment = history.snapshot()?;
        let (first, second) = (history.find(first, &filter)?, history.find(second, &filter)?);
        let compared = history.compare(first, second)?;
        Ok(match self.args.json {
            true => history::compare_json(&compared),
            false => history::comparison(&compared, self.sheet),
        })
    }

    fn export(&self, export: &args::Export) -> Result<String> {
        let (filter, format) = (export.which.filter()?, ExportFormat::from_path(&export.file)?);
        let history = self.open()?;
        let places = AtomicFile::open_all(std::slice::from_ref(&export.file), &self.kept())?;
        let mut written = 0;
        for mut place in places {
            let file = BufWriter::new(interrupt::Stoppable { file: place.file(), stop: self.stop });
            written = history::export(&history, &filter, format, &export.file, file)?;
            place.sync("write the runs")?;
            if self.is_stopped() {
                return Err(Error::Interrupted);
            }
            let _commit = Commit::begin();
            place.commit()?;
        }
        self.told(
            &format!("{written} runs in {}", export.file.display()),
            &Written { runs: written as u64 },
        )
    }

    /// The files of the history, which no output may replace.
    fn kept(&self) -> Vec<Kept> {
        let files = history::files(&self.args.db).into_iter();
        files.map(|path| Kept::named(path, history::FILE_IS)).collect()
    }

    fn backup(&self, backup: &args::Backup) -> Result<String> {
        let history = self.open()?;
        let runs = history.backup(&backup.file)?;
        self.told(&format!("{runs} runs copied to {}", backup.file.display()), &Written { runs })
    }

    fn prune(&self, prune: &args::Prune) -> Result<(String, u8)> {
        let filter = prune.which.filter()?;
        let before = prune.older_than.as_deref();
        let pruning = Pruning {
            before: before.map(|age| when::night("--older-than", age)).transpose()?,
            keep_last: prune.keep_last,
            accepted: prune.accepted,
        };
        let pruned = self.open()?.prune(&filter, pruning, prune.dry_run)?;
        let ids = |runs: &[history::Run]| runs.iter().map(|run| run.id.0).collect::<Vec<_>>();
        let (gone, kept) = (ids(&pruned.runs), ids(&pruned.kept));
        let accepted = pruned.runs.iter().filter(|run| run.accepted.is_some()).count();
        let mut text = match prune.dry_run {
            true => format!("{} runs would be forgotten", gone.len()),
            false => format!("{} runs forgotten", gone.len()),
        };
        if accepted > 0 {
            text.push_str(&format!(", {accepted} of them accepted baselines"));
        }
        if !gone.is_empty() {
            text.push_str(&format!(": {}", few(&gone)));
        }
        if !kept.is_empty() {
            text.push_str(&format!(
                "\nkept as accepted baselines: {} (--accepted forgets them too)",
                few(&kept)
            ));
        }
        let status = match self.is_stopped() {
            true => {
                text.push_str("\ninterrupted; the file has not given back all of their room yet");
                INTERRUPTED
            }
            false => DONE,
        };
        let done = Pruned { dry_run: prune.dry_run, forgotten: gone, kept_accepted: kept };
        Ok((self.told(&text, &done)?, status))
    }

    fn verify(&self, verify: &args::Verify) -> Result<(String, u8)> {
        let filter = verify.which.filter()?;
        let found = self.open()?.verify(&filter)?;
        let text = match self.args.json {
            true => history::verification_json(&found),
            false => history::verification(&found, self.sheet),
        };
        Ok((text, if found.is_sound() { DONE } else { BROKEN }))
    }

    fn accept(&self, accept: &args::Accept) -> Result<String> {
        let (filter, run) = (accept.which.filter()?, RunName::parse(&accept.run)?);
        let history = self.open()?;
        let run = history.find(run, &filter)?;
        let (rule, because) = (accept.rule.as_deref(), accept.because.as_deref());
        let done = history.accept(run.id, rule, because, Timestamp::now())?;
        let again = if done.again { " (again)" } else { "" };
        let text = match done.rules.is_empty() {
            true => format!(
                "run {} is accepted as a baseline{again}; no rule of it was broken",
                done.run
            ),
            false => format!(
                "run {} is accepted as a baseline{again} in spite of {}",
                done.run,
                printable(&done.rules.join(" · "))
            ),
        };
        self.told(&text, &Accepted { run: done.run.0, rules: done.rules })
    }

    fn check(&self, check: &args::Check) -> Result<(String, u8)> {
        let (filter, most) = (check.which.filter()?, when::age("--max-age", &check.max_age)?);
        let history = self.open()?;
        let _moment = history.snapshot()?;
        let ages = history.ages(&filter, check.each, Timestamp::now())?;
        if ages.is_empty() {
            return Err(history.no_match(&filter)?);
        }
        let old = ages.iter().filter(|age| age.age > most).count();
        let line = |age: &history::Age| {
            let verdict = if age.age > most { "too old" } else { "ok" };
            let ago = when::spoken(age.age);
            let (of, latest) = (printable(&age.of), history::utc(age.latest));
            format!("{verdict:8} {of}: last run {ago} ago, {latest}")
        };
        let text = ages.iter().map(line).collect::<Vec<_>>().join("\n");
        let checked = |age: &history::Age| Checked {
            of: age.of.clone(),
            latest: age.latest.to_string(),
            age_seconds: age.age.as_secs_f64(),
            too_old: age.age > most,
        };
        let text = self.told(&text, &ages.iter().map(checked).collect::<Vec<_>>())?;
        Ok((text, if old == 0 { DONE } else { BROKEN }))
    }

    /// What was done: in words, or as JSON.
    fn told(&self, text: &str, done: &impl Serialize) -> Result<String> {
        match self.args.json {
            false => Ok(text.lines().map(|line| told(line) + "\n").collect()),
            true => serde_json::to_string_pretty(done)
                .map(|json| json + "\n")
                .map_err(|error| Error::Internal(error.to_string())),
        }
    }
}

/// The first of many runs.
fn few(runs: &[i64]) -> String {
    let shown: Vec<String> = runs.iter().take(10).map(ToString::to_string).collect();
    match runs.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[derive(Serialize)]
struct Written {
    runs: u64,
}

#[derive(Serialize)]
struct Pruned {
    dry_run: bool,
    forgotten: Vec<i64>,
    kept_accepted: Vec<i64>,
}

#[derive(Serialize)]
struct Accepted {
    run: i64,
    rules: Vec<String>,
}

#[derive(Serialize)]
struct Checked {
    of: String,
    latest: String,
    age_seconds: f64,
    too_old: bool,
}
