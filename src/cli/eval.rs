//! `tallyho eval`: files to report.

use std::io::Write;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::args::{Eval, OnInvalidArg};
use super::output::Outputs;
use super::{
    DONE, check_threads, classes, device, order, present, print, progress, provenance, record,
};
use crate::engine::{self, OnInvalid, Options};
use crate::error::{Error, Result};
use crate::input::{Input, InputFile, Request};
use crate::metric;
use crate::report::{self, Report};
use crate::rule::{self, Rule};
use crate::tally::{Auc, Counted, Spec};

pub(super) fn eval(args: &Eval, stdout: &mut dyn Write, stop: &AtomicBool) -> Result<u8> {
    if args.list_metrics {
        return print(stdout, present::metric_list().as_bytes()).map(|()| DONE);
    }
    let started = Instant::now();
    let rules = rule::parse_all(&args.show.require)?;
    let mut options = options(args, &rules)?;
    // Resampling is to keep to the threads that were asked for. Where a pool is
    // there already, as in tests, it stays.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global();
    let input = Input::open(&request(args))?;
    let files = input.files();
    let read = files.iter().map(|file| file.path.as_path()).chain(args.classes.as_deref());
    let outputs = Outputs::open(&args.show.output, &args.show.curves, read)?;
    let target = args.record.open()?;
    // Of a run that is kept, other metrics may be asked for later.
    if target.is_some() && options.spec.counted == Counted::Counts {
        options.spec.counted = Counted::All;
    }
    options.outcomes_up_to = target.as_ref().map(record::Target::outcomes_up_to);
    let plan = engine::plan(&input, &options, stop)?;
    metric::check_spec(&plan.spec)?;
    rules.iter().try_for_each(|rule| rule::check(rule, &plan.spec))?;

    let chosen = device::choose(&args.device, args.device_memory, &input, &plan)?;
    let stream = input.stream(options.batch_rows, plan.threads)?;
    let so_far = || {
        let bytes = stream.bytes_read();
        progress::SoFar { done: bytes, rows: stream.rows_read(), bytes }
    };
    let bytes = input.bytes() * plan.passes();
    let evaluation = progress::watch(bytes, &so_far, args.show.quiet, || {
        engine::evaluate(&stream, &plan, &chosen.backend, stop)
    })?;
    let rows = evaluation.tallies.rows.read;
    let provenance = provenance::Provenance {
        device: chosen.device,
        inputs: inputs(&files, &stream.part_rows()),
        timing: provenance::timing(started.elapsed(), rows, stream.bytes_read()),
        warnings: chosen
            .remarks
            .iter()
            .chain(&evaluation.remarks)
            .map(provenance::warning)
            .collect(),
    };
    let outcomes = evaluation.outcomes.as_ref();
    let record = |report: &Report<'_>| target.map(|it| it.record(report, outcomes)).transpose();
    present::present(&evaluation.tallies, provenance, &args.show, &rules, outputs, record, stdout)
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

fn options(args: &Eval, rules: &[Rule]) -> Result<Options> {
    let usage = |problem: &str| Err(Error::Usage(problem.to_owned()));
    let threads = check_threads(args.threads)?;
    if args.batch_rows == Some(0) {
        return usage("--batch-rows must be at least 1, found 0");
    }
    if let Some(threshold) = args.threshold.filter(|threshold| !threshold.is_finite()) {
        return usage(&format!("--threshold must be a finite number, found {threshold}"));
    }
    refuse_score_options(args)?;
    // A comma at the end is no name, but no name at all is a slip.
    let mut metrics = args.metrics.clone();
    if metrics.len() > 1 {
        metrics.retain(|name| !name.trim().is_empty());
    }
    metrics.iter_mut().for_each(|name| *name = name.trim().to_owned());
    metric::check_names(&metrics)?;
    let asked = order::asked(args, &metrics, rules)?;
    let usual = Spec::default();
    let spec = Spec {
        scores_are: args.scores_are.settled(),
        threshold: args.threshold,
        ties: args.ties.unwrap_or(usual.ties),
        bins: args.bins.unwrap_or(usual.bins),
        bin_edges: args.bin_edges.unwrap_or(usual.bin_edges),
        classwise: asks_for(args, rules, metric::Needs::Classwise),
        temperature: asks_for(args, rules, metric::Needs::Tempered),
        zero_division: args.zero_division,
        top_k: args.top_k.clone(),
        betas: args.beta.clone(),
        metrics,
        order: asked.wish,
        counted: asked.counted,
        interval: args.interval,
        interval_method: args.interval_method,
        replicates: args.replicates,
        seed: args.seed,
        ..usual
    };
    Ok(Options {
        spec,
        auc: asked.auc,
        classes: args.classes.as_deref().map(classes::read_classes).transpose()?,
        positive: args.positive.clone(),
        ignore: args.ignore_label.clone(),
        on_invalid: match args.on_invalid {
            OnInvalidArg::Error => OnInvalid::Error,
            OnInvalidArg::Skip => OnInvalid::Skip,
        },
        threads,
        batch_rows: args.batch_rows,
        outcomes_up_to: None,
    })
}

/// Options of scores would be without effect on predictions; say so.
fn refuse_score_options(args: &Eval) -> Result<()> {
    let given = [
        (args.score_type.is_some(), "--score-type"),
        (args.bins.is_some(), "--bins"),
        (args.bin_edges.is_some(), "--bin-edges"),
        (args.ties.is_some(), "--ties"),
        (args.auc.is_some_and(|auc| auc != Auc::None), "--auc"),
        (!args.max_fpr.is_empty(), "--max-fpr"),
        (!args.threshold_for.is_empty(), "--threshold-for"),
        (!args.cost.is_empty(), "--cost"),
        (!args.show.curves.is_empty(), "--curves"),
    ];
    match given.into_iter().find(|(given, _)| *given && args.scores.is_none()) {
        Some((_, option)) => Err(Error::Usage(format!(
            "{option} needs scores; these rows have only predictions (use --scores)"
        ))),
        None => Ok(()),
    }
}

/// Class-wise calibration and other temperatures cost passes over every score:
/// only when asked for by `--metrics` or by a rule.
fn asks_for(args: &Eval, rules: &[Rule], needs: metric::Needs) -> bool {
    let named = |metric: &metric::Metric| args.metrics.iter().any(|name| name == metric.name);
    metric::ALL.iter().any(|metric| metric.needs == needs && named(metric))
        || rules.iter().any(|rule| rule.needs() == needs)
}
