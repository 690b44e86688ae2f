//! `tallyho bench`: CPU against device on this machine.

mod args;

use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;

pub(super) use self::args::Bench;
use super::{DONE, check_threads, print};
use crate::atomic_file::{AtomicFile, Commit, Kept};
use crate::bench::{self, Contender, Settings, Workload};
use crate::engine::{self, Options, ScoresGiven, threads};
use crate::error::{Error, Result};
use crate::evaluation::DeviceRequest;
use crate::input::{CsvOptions, Input, Request};
use crate::tally::{Auc, Spec};

pub(super) fn bench(args: &Bench, stdout: &mut dyn Write, stop: &AtomicBool) -> Result<u8> {
    args.memory.settle();
    let threads = threads::settle(check_threads(args.threads)?);
    if !(args.seconds > 0.0 && args.seconds <= 86_400.0) {
        let found = args.seconds;
        return Err(Error::Usage(format!("--seconds must be above 0, to 86400, found {found}")));
    }
    let formats = args.output.iter().map(|path| Format::of(path)).collect::<Result<Vec<_>>>()?;
    let inputs = request(args).map_or_else(Vec::new, |request| request.paths());
    let kept: Vec<Kept> = inputs.iter().map(|path| Kept::input(path)).collect();
    let mut places = AtomicFile::open_all(&args.output, &kept)?;
    let settings = Settings { threads, seconds: args.seconds };
    let contender = contender(args, threads)?;
    let found = match request(args) {
        None => {
            let workloads: Vec<_> = Workload::standard();
            bench::run(&workloads, contender.as_ref(), settings, stop)?
        }
        Some(request) => files(&request, args, contender.as_ref(), settings, stop)?,
    };
    for (place, format) in places.iter_mut().zip(formats) {
        let text = match format {
            Format::Json => bench::json(&found)?,
            Format::Markdown => bench::markdown(&found),
        };
        let written = place.file().write_all(text.as_bytes());
        written.map_err(Error::io("the bench".as_ref(), "write it"))?;
        place.sync("write the bench")?;
    }
    let commit = Commit::begin();
    places.into_iter().try_for_each(AtomicFile::commit)?;
    drop(commit);
    let shown = if args.json { bench::json(&found)? } else { bench::text(&found) };
    print(stdout, &shown).map(|()| DONE)
}

/// How a file is written.
#[derive(Clone, Copy)]
enum Format {
    Json,
    Markdown,
}

impl Format {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => Ok(Self::Json),
            Some("md") => Ok(Self::Markdown),
            _ => {
                Err(Error::Usage(format!("{}: a bench is written as .json or .md", path.display())))
            }
        }
    }
}

fn request(args: &Bench) -> Option<Request> {
    args.labels.as_ref().map(|labels| Request {
        tables: args.tables.clone(),
        labels: labels.clone(),
        predictions: args.predictions.clone(),
        scores: args.scores.iter().cloned().collect(),
        score_type: args.score_type,
        csv: CsvOptions::merged(&args.csv),
        ..Request::default()
    })
}

/// Times the user's files: reading is part of it.
fn files(
    request: &Request,
    args: &Bench,
    contender: Option<&Contender>,
    settings: Settings,
    stop: &AtomicBool,
) -> Result<bench::Bench> {
    let input = Input::open(request)?;
    let given = args.scores_are.settled();
    let spec = Spec { scores_are: given.map(ScoresGiven::counted_as), ..Spec::default() };
    let rescale = given.and_then(ScoresGiven::rescale);
    // Rows are not put in order: not every order can be found on a device.
    let auc = Some(Auc::None);
    let options = Options { spec, auc, rescale, threads: settings.threads, ..Options::default() };
    let plan = engine::plan(&input, &options, stop)?;
    let stream = input.stream(None, plan.threads)?;
    let first = input.files().first().map(|file| file.path.display().to_string());
    let name = first.unwrap_or_default();
    bench::run_source(&name, &stream, &plan, contender, settings, stop)
}

/// The device that was asked for; with `auto`, a GPU if there is one.
#[cfg(feature = "gpu")]
fn contender(args: &Bench, threads: usize) -> Result<Option<Contender>> {
    use crate::gpu::{Selector, adapters};
    let selector = match &args.device {
        DeviceRequest::Cpu => return Ok(None),
        DeviceRequest::Auto | DeviceRequest::Gpu => Selector::Gpu,
        DeviceRequest::Named(name) => Selector::Named(name.clone()),
    };
    let memory = args.device_memory.unwrap_or(engine::DEVICE_MEMORY);
    match selector.choose(&adapters()) {
        Ok(adapter) => Contender::open(&adapter, memory, threads).map(Some),
        Err(_) if args.device == DeviceRequest::Auto => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(feature = "gpu"))]
fn contender(args: &Bench, _threads: usize) -> Result<Option<Contender>> {
    match &args.device {
        DeviceRequest::Cpu | DeviceRequest::Auto => Ok(None),
        DeviceRequest::Gpu | DeviceRequest::Named(_) => Err(Error::Usage(
            "this build has no GPU support; leave --device out to bench the CPU alone".into(),
        )),
    }
}
