//! `tallyho eval`: files to report.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::args::{Eval, OnInvalidArg};
use super::output::Outputs;
use super::{DONE, present, print, progress, provenance};
use crate::class::Classes;
use crate::engine::{self, OnInvalid, Options};
use crate::error::{Error, Result};
use crate::input::{Input, InputFile, Request};
use crate::metric;
use crate::report;
use crate::rule;
use crate::tally::Spec;

pub(super) fn eval(args: &Eval, stdout: &mut dyn Write, stop: &AtomicBool) -> Result<u8> {
    if args.list_metrics {
        return print(stdout, present::metric_list().as_bytes()).map(|()| DONE);
    }
    let started = Instant::now();
    let options = options(args)?;
    let input = Input::open(&request(args))?;
    let files = input.files();
    let read = files.iter().map(|file| file.path.as_path()).chain(args.classes.as_deref());
    let outputs = Outputs::open(&args.show.output, read)?;
    let plan = engine::plan(&input, &options)?;
    metric::check_spec(&plan.spec)?;
    args.show.require.iter().try_for_each(|rule| rule::check(rule, &plan.spec))?;

    let stream = input.stream(options.batch_rows, plan.threads)?;
    let evaluation = progress::watch(&input, &stream, args.show.quiet, || {
        engine::evaluate(&stream, &plan, stop)
    })?;
    let rows = evaluation.tallies.rows.read;
    let provenance = provenance::Provenance {
        device: provenance::cpu(plan.threads),
        inputs: inputs(&files, &stream.part_rows()),
        timing: provenance::timing(started.elapsed(), rows, stream.bytes_read()),
        warnings: evaluation.remarks.iter().map(provenance::warning).collect(),
    };
    present::present(&evaluation.tallies, provenance, &args.show, outputs, stdout)
}

/// A table is a part of its own; files of one role each are one part together.
fn inputs(files: &[InputFile], part_rows: &[u64]) -> Vec<report::Input> {
    let last = part_rows.len().saturating_sub(1);
    let rows = |file: usize| part_rows.get(file.min(last)).copied().unwrap_or(0);
    let files = files.iter().enumerate();
    files.map(|(at, file)| provenance::input(file, rows(at))).collect()
}

fn request(args: &Eval) -> Request {
    Request {
        tables: args.tables.clone(),
        labels: args.labels.clone().unwrap_or_default(),
        predictions: args.predictions.clone(),
        scores: args.scores.clone(),
        score_type: args.score_type,
    }
}

fn options(args: &Eval) -> Result<Options> {
    let usage = |problem: &str| Err(Error::Usage(problem.to_owned()));
    if args.threads == Some(0) {
        return usage("--threads must be at least 1, found 0");
    }
    if args.batch_rows == Some(0) {
        return usage("--batch-rows must be at least 1, found 0");
    }
    if args.threshold.is_some_and(f64::is_nan) {
        return usage("--threshold must be a number, found NaN");
    }
    if args.score_type.is_some() && args.scores.is_none() {
        return usage("--score-type needs scores; these rows have only predictions (use --scores)");
    }
    metric::check_names(&args.metrics)?;
    let spec = Spec {
        scores_are: args.scores_are.settled(),
        threshold: args.threshold,
        ties: args.ties,
        bins: args.bins,
        bin_edges: args.bin_edges,
        classwise: asks_for_classwise(args),
        zero_division: args.zero_division,
        top_k: args.top_k.clone(),
        betas: args.beta.clone(),
        metrics: args.metrics.clone(),
        interval: args.interval,
        ..Spec::default()
    };
    Ok(Options {
        spec,
        classes: args.classes.as_deref().map(read_classes).transpose()?,
        positive: args.positive.clone(),
        ignore: args.ignore_label.clone(),
        on_invalid: match args.on_invalid {
            OnInvalidArg::Error => OnInvalid::Error,
            OnInvalidArg::Skip => OnInvalid::Skip,
        },
        threads: args.threads.unwrap_or_else(all_cores),
        batch_rows: args.batch_rows,
    })
}

/// Class-wise calibration costs a pass over every probability: only when asked
/// for by `--metrics` or by a rule.
fn asks_for_classwise(args: &Eval) -> bool {
    args.metrics.iter().any(|name| name == "classwise_ece")
        || args.show.require.iter().any(|rule| rule.needs() == metric::Needs::Classwise)
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Class names, one per line or as a JSON list of strings, numbers or bools.
fn read_classes(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read the class names"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let names: Vec<String> = match is_json || text.trim_start().starts_with('[') {
        true => class_list(path, text)?,
        false => text.lines().map(str::to_owned).filter(|name| !name.is_empty()).collect(),
    };
    match Classes::given(names) {
        Ok(classes) => Ok(classes.names().to_vec()),
        Err(Error::Usage(problem)) => Err(Error::format(path, problem)),
        Err(other) => Err(other),
    }
}

fn class_list(path: &Path, text: &str) -> Result<Vec<String>> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|error| {
        Error::format(path, format!("expected a JSON list of class names: {error}"))
    })?;
    values.iter().map(|value| class_name(path, value)).collect()
}

fn class_name(path: &Path, value: &serde_json::Value) -> Result<String> {
    match value {
        serde_json::Value::String(name) => Ok(name.clone()),
        serde_json::Value::Number(number) if number.is_i64() || number.is_u64() => {
            Ok(number.to_string())
        }
        serde_json::Value::Bool(value) => Ok(u8::from(*value).to_string()),
        other => Err(Error::format(
            path,
            format!("a class name must be a string or an integer, found {other}"),
        )),
    }
}
