//! `tallyho eval`: files to report.

use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::args::{Eval, OnInvalidArg};
use super::output::Outputs;
use super::{DONE, check_threads, judge, listing, present, print, progress, record, start_threads};
use crate::atomic_file::Kept;
use crate::engine::{self, OnInvalid, Options};
use crate::error::{Error, Result};
use crate::evaluation::{EvaluationContext, ExecutionOptions, Settings, evaluate, read_classes};
use crate::input::{CsvOptions, Input, Request, Stream};
use crate::metric;
use crate::report::Report;
use crate::rule::{self, Rule};
use crate::tally::{Matching, ScoreType};

pub(super) fn eval(
    args: &Eval,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<u8> {
    if args.metrics.list_metrics {
        return print(stdout, &present::metric_list()).map(|()| DONE);
    }
    if !listing::has_roles(args) {
        return Err(listing::missing(args, &request(args, None)));
    }
    let started = Instant::now();
    let rules = rule::parse_all(&args.show.require)?;
    judge::check(&rules, &args.record)?;
    let mut options = options(args, &rules)?;
    // Resampling is to keep to the threads that were asked for. Where a pool is
    // there already, as in tests, it stays.
    start_threads(options.threads)?;
    let input = Input::open(&request(args, options.classes.clone()))?;
    let files = input.files();
    if files.iter().all(|file| file.format != "csv") {
        refuse_options_of_text(args)?;
    }
    let read = files.iter().map(|file| file.path.as_path()).chain(args.classes.classes.as_deref());
    let read = read.chain(args.show.sign.as_deref());
    let kept: Vec<Kept> = read.map(Kept::input).chain(args.record.files()).collect();
    let outputs = Outputs::open(&args.show.output, &args.show.curves, &kept)?;
    let outputs = outputs.named(args.shard.as_deref())?.signed(args.show.sign.as_deref())?;
    let target = args.record.open()?;
    options.correctness_up_to = target.as_ref().map(record::Target::correctness_up_to);
    let plan = engine::plan(&input, &options, stop)?;
    metric::check_spec(&plan.spec)?;
    rules.iter().try_for_each(|rule| rule::check(rule, &plan.spec, Some(&plan.slices)))?;

    let execution = ExecutionOptions {
        device: args.running.device.clone(),
        device_memory: args.running.device_memory,
        batch_rows: args.running.batch_rows,
    };
    let watch = |bytes, stream: &Stream, work: &mut dyn FnMut()| {
        let so_far = || {
            let read = stream.bytes_read();
            progress::SoFar { done: read, rows: stream.rows_read(), bytes: read }
        };
        progress::watch(bytes, &so_far, args.show.quiet, work);
    };
    let (evaluation, provenance) = evaluate(&input, &plan, &execution, started, stop, watch)?;
    let (correctness, tallies) = (evaluation.correctness.as_ref(), &evaluation.tallies);
    let timing = &provenance.timing;
    let judgements = judge::judge(&rules, tallies, timing, target.as_ref(), correctness)?;
    let record = |report: &Report<'_>| target.map(|it| it.record(report, correctness)).transpose();
    let to = present::Streams { stdout, stderr };
    present::present(tallies, provenance, &args.show, judgements, outputs, record, to)
}

/// Refuses options that say something of text alone, where none is read.
fn refuse_options_of_text(args: &Eval) -> Result<()> {
    if !args.input.csv.is_empty() {
        return Err(Error::Usage("--csv has no effect: no input file is CSV".to_owned()));
    }
    match args.input.score_type {
        // Arrays do not say by themselves that they hold these.
        None | Some(ScoreType::Bf16) => Ok(()),
        Some(found) => Err(Error::Usage(format!(
            "--score-type {} has no effect: no input file is CSV, and other formats have the type \
             that they store",
            found.name()
        ))),
    }
}

pub(super) fn request(args: &Eval, classes: Option<Vec<String>>) -> Request {
    Request {
        slices: args.input.slice.clone(),
        tables: args.input.tables.clone(),
        labels: args.input.labels.clone().unwrap_or_default(),
        predictions: args.input.predictions.clone(),
        scores: args.input.scores.clone(),
        score_type: args.input.score_type,
        labels_are: args.input.labels_are,
        csv: CsvOptions::merged(&args.input.csv),
        loose_classes: args.classes.match_classes == Some(Matching::Loose),
        classes,
    }
}

fn settings(args: &Eval) -> Settings {
    Settings {
        scores_are: args.input.scores_are.settled(),
        score_type: args.input.score_type,
        labels_are: args.input.labels_are,
        csv: Some(CsvOptions::merged(&args.input.csv)),
        ignore_label: Some(args.classes.ignore_label.clone()),
        on_invalid: Some(match args.input.on_invalid {
            OnInvalidArg::Error => OnInvalid::Error,
            OnInvalidArg::Skip => OnInvalid::Skip,
        }),
        strict: Some(args.show.strict),
        match_classes: args.classes.match_classes,
        outside: args.classes.outside,
        average_over: Some(args.metrics.average_over.clone()),
        positive: args.classes.positive.clone(),
        threshold: args.classes.threshold,
        metrics: Some(args.metrics.metrics.clone()),
        bins: args.metrics.bins,
        bin_edges: args.metrics.bin_edges,
        ties: args.metrics.ties,
        ordinal: Some(args.metrics.ordinal),
        zero_division: Some(args.metrics.zero_division),
        top_k: Some(args.metrics.top_k.clone()),
        beta: Some(args.metrics.beta.clone()),
        interval: Some(args.metrics.interval),
        interval_method: Some(args.metrics.interval_method),
        replicates: args.metrics.replicates,
        seed: Some(args.metrics.seed),
        auc: args.order.auc,
        max_fpr: Some(args.order.max_fpr.clone()),
        threshold_for: Some(args.order.threshold_for.clone()),
        cost: Some(args.order.cost.clone()),
    }
}

pub(super) fn options(args: &Eval, rules: &[Rule]) -> Result<Options> {
    args.running.memory.settle();
    let asked = check_threads(args.running.threads)?;
    if args.running.batch_rows == Some(0) {
        return Err(Error::Usage("--batch-rows must be at least 1, found 0".to_owned()));
    }
    let curves = !args.show.curves.is_empty();
    let context = EvaluationContext {
        rules,
        has_scores: !args.input.scores.is_empty(),
        curves,
        recorded: args.record.is_on(),
    };
    Ok(Options {
        classes: args.classes.classes.as_deref().map(read_classes).transpose()?,
        threads: engine::threads::settle(asked),
        threads_asked: args.running.threads,
        batch_rows: args.running.batch_rows,
        ..settings(args).options(context)?
    })
}
