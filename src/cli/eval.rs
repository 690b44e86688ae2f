//! `tallyho eval`: files to report.

use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::args::{Eval, OnInvalidArg};
use super::output::Outputs;
use super::{DONE, check_threads, judge, present, print, progress, record};
use crate::engine::{self, OnInvalid, Options};
use crate::error::{Error, Result};
use crate::evaluation::{Machine, Setting, Settings, evaluate, read_classes};
use crate::input::{Input, Request, Stream};
use crate::metric;
use crate::report::Report;
use crate::rule::{self, Rule};

pub(super) fn eval(
    args: &Eval,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<u8> {
    if args.list_metrics {
        return print(stdout, present::metric_list().as_bytes()).map(|()| DONE);
    }
    let started = Instant::now();
    let rules = rule::parse_all(&args.show.require)?;
    judge::check(&rules, &args.record)?;
    let mut options = options(args, &rules)?;
    // Resampling is to keep to the threads that were asked for. Where a pool is
    // there already, as in tests, it stays.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global();
    let input = Input::open(&request(args))?;
    let files = input.files();
    let read = files.iter().map(|file| file.path.as_path()).chain(args.classes.as_deref());
    let outputs = Outputs::open(&args.show.output, &args.show.curves, read)?;
    let target = args.record.open()?;
    options.outcomes_up_to = target.as_ref().map(record::Target::outcomes_up_to);
    let plan = engine::plan(&input, &options, stop)?;
    metric::check_spec(&plan.spec)?;
    rules.iter().try_for_each(|rule| rule::check(rule, &plan.spec))?;

    let machine = Machine {
        device: args.device.clone(),
        device_memory: args.device_memory,
        batch_rows: args.batch_rows,
    };
    let watch = |bytes, stream: &Stream, work: &mut dyn FnMut()| {
        let so_far = || {
            let read = stream.bytes_read();
            progress::SoFar { done: read, rows: stream.rows_read(), bytes: read }
        };
        progress::watch(bytes, &so_far, args.show.quiet, work);
    };
    let (evaluation, provenance) = evaluate(&input, &plan, &machine, started, stop, watch)?;
    let (outcomes, tallies) = (evaluation.outcomes.as_ref(), &evaluation.tallies);
    let timing = &provenance.timing;
    let judgements = judge::judge(&rules, tallies, timing, target.as_ref(), outcomes)?;
    let record = |report: &Report<'_>| target.map(|it| it.record(report, outcomes)).transpose();
    let to = present::Streams { stdout, stderr };
    present::present(tallies, provenance, &args.show, judgements, outputs, record, to)
}

fn request(args: &Eval) -> Request {
    Request {
        tables: args.tables.clone(),
        labels: args.labels.clone().unwrap_or_default(),
        predictions: args.predictions.clone(),
        scores: args.scores.clone(),
        score_type: args.score_type,
        labels_are: args.labels_are,
    }
}

fn settings(args: &Eval) -> Settings {
    Settings {
        scores_are: args.scores_are.settled(),
        score_type: args.score_type,
        labels_are: args.labels_are,
        ignore_label: Some(args.ignore_label.clone()),
        on_invalid: Some(match args.on_invalid {
            OnInvalidArg::Error => OnInvalid::Error,
            OnInvalidArg::Skip => OnInvalid::Skip,
        }),
        positive: args.positive.clone(),
        threshold: args.threshold,
        metrics: Some(args.metrics.clone()),
        bins: args.bins,
        bin_edges: args.bin_edges,
        ties: args.ties,
        zero_division: Some(args.zero_division),
        top_k: Some(args.top_k.clone()),
        beta: Some(args.beta.clone()),
        interval: Some(args.interval),
        interval_method: Some(args.interval_method),
        replicates: args.replicates,
        seed: Some(args.seed),
        auc: args.auc,
        max_fpr: Some(args.max_fpr.clone()),
        threshold_for: Some(args.threshold_for.clone()),
        cost: Some(args.cost.clone()),
    }
}

fn options(args: &Eval, rules: &[Rule]) -> Result<Options> {
    let threads = check_threads(args.threads)?;
    if args.batch_rows == Some(0) {
        return Err(Error::Usage("--batch-rows must be at least 1, found 0".to_owned()));
    }
    let curves = !args.show.curves.is_empty();
    let setting = Setting {
        rules,
        has_scores: !args.scores.is_empty(),
        curves,
        recorded: args.record.is_on(),
    };
    Ok(Options {
        classes: args.classes.as_deref().map(read_classes).transpose()?,
        threads,
        batch_rows: args.batch_rows,
        ..settings(args).options(setting)?
    })
}
