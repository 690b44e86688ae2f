//! One evaluation of a night: done and recorded, or found done already.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::diagnostics::as_keys;
use super::{EvaluationSpec, Job};
use crate::engine::{self, OnInvalid, RowCorrectness};
use crate::error::{Error, Result};
use crate::evaluation::{self, provenance, read_classes};
use crate::finding::findings;
use crate::history::{
    FINGERPRINTED_WHOLE, History, Identity, Input as RecordedInput, MOST_CORRECTNESS_ROWS, Record,
    Run, RunId, Timestamp, fingerprint,
};
use crate::input::{Input, Request, Stream};
use crate::metric::{self, ClassMeasures, Measure};
use crate::notice::Notice;
use crate::report::{self, Provenance, Report, Slice};
use crate::rule::{self, Judgement};
use crate::tally::{self, Tallies};

/// What one evaluation gave.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// What it is of.
    pub identity: Identity,
    /// Its run in the history.
    pub run: RunId,
    /// Whether an earlier start of the job had done it.
    pub found: bool,
    /// What was counted.
    pub tallies: Tallies,
    /// The digest of that.
    pub digest: String,
    /// How it came about.
    pub provenance: Provenance,
    /// When it was recorded.
    pub time: Timestamp,
    /// Which rows were right, if it was done now.
    pub correctness: Option<RowCorrectness>,
    apart: Option<Tallies>,
    replicates: u32,
    metrics: Vec<(String, Measure)>,
    per_class: Vec<ClassMeasures>,
    slices: Arc<[Slice]>,
}

impl Evaluated {
    /// Its report.
    pub fn report(&self, judgements: Vec<Judgement>) -> Report<'_> {
        Report {
            provenance: self.provenance.clone(),
            digest: self.digest.clone(),
            tallies: &self.tallies,
            apart: self.apart.clone(),
            replicates: self.replicates,
            metrics: self.metrics.clone(),
            per_class: self.per_class.clone(),
            slices: Arc::clone(&self.slices),
            judgements,
            findings: findings(&self.tallies).into_iter().map(in_keys).collect(),
        }
    }

    /// The metrics by name, in the order of the registry.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &Measure)> {
        self.metrics.iter().map(|(name, measure)| (name.as_str(), measure))
    }

    /// A metric by its name.
    pub fn metric(&self, name: &str) -> Option<&Measure> {
        self.metrics.iter().find(|(known, _)| known == name).map(|(_, measure)| measure)
    }
}

/// Shows how far an evaluation has come while it does the work.
pub type Watch<'a> = dyn Fn(&Identity, u64, &Stream, &mut dyn FnMut()) + 'a;

/// Opens, counts and records what `work` says, unless the history has it.
///
/// # Errors
///
/// Whatever is wrong with the files or the options; those of the history.
pub(super) fn evaluate(
    job: &Job,
    work: &EvaluationSpec,
    history: &History,
    again: bool,
    stop: &AtomicBool,
    watch: &Watch<'_>,
) -> Result<Evaluated> {
    let started = Instant::now();
    provenance::forget_peak_memory();
    let opened = Opened::new(job, work)?;
    let prints: Vec<Option<String>> = opened.fingerprints();
    let request_hash = request_hash(work, &opened);
    if !again
        && let Some(run) = history.done(&work.identity, job.run_date, &request_hash, &prints)?
    {
        return found(history, run);
    }
    let plan = engine::plan(&opened.input, &opened.options, stop)?;
    metric::check_spec(&plan.spec)?;
    for &at in &work.rules {
        rule::check(&job.rules[at].rule, &plan.spec, slices(&plan))?;
    }
    let watch = |bytes, stream: &Stream, run: &mut dyn FnMut()| {
        watch(&work.identity, bytes, stream, run);
    };
    let (evaluation, mut provenance) =
        evaluation::evaluate(&opened.input, &plan, &job.execution, started, stop, watch)?;
    provenance.warnings = provenance.warnings.into_iter().map(in_keys).collect();
    let tallies = evaluation.tallies;
    let digest = tally::digest(&tallies);
    let report = Report::new(&tallies, digest.clone(), provenance.clone(), Vec::new())?;
    if work.settings.strict == Some(true) {
        report.refuse_warnings().map_err(|error| Error::Usage(as_keys(&error.to_string())))?;
    }
    let time = Timestamp::now();
    let files = provenance.inputs.iter().cloned().zip(prints);
    let run = history.record(&Record {
        identity: &work.identity,
        night: job.run_date,
        time,
        host: &provenance::host(),
        report: &report,
        inputs: files.map(|(input, fingerprint)| RecordedInput { input, fingerprint }).collect(),
        verdicts: Vec::new(),
        correctness: evaluation.correctness.as_ref(),
        request_hash: Some(&request_hash),
    })?;
    let Report { apart, replicates, metrics, per_class, slices, .. } = report;
    Ok(Evaluated {
        identity: work.identity.clone(),
        run,
        found: false,
        tallies,
        digest,
        provenance,
        time,
        correctness: evaluation.correctness,
        apart,
        replicates,
        metrics,
        per_class,
        slices,
    })
}

/// A notice that names options as a config does.
fn in_keys(notice: Notice) -> Notice {
    let hint = notice.hint.as_deref().map(as_keys);
    Notice { text: as_keys(&notice.text), hint, ..notice }
}

/// Opens the files of `work` and settles how they would be counted, to see that
/// this is possible.
///
/// # Errors
///
/// As an evaluation has before it counts.
pub(super) fn rehearse(job: &Job, work: &EvaluationSpec, stop: &AtomicBool) -> Result<()> {
    let opened = Opened::new(job, work)?;
    let plan = engine::plan(&opened.input, &opened.options, stop)?;
    metric::check_spec(&plan.spec)?;
    work.rules
        .iter()
        .try_for_each(|&at| rule::check(&job.rules[at].rule, &plan.spec, slices(&plan)))
}

/// The files of an evaluation, and the options for them.
struct Opened {
    input: Input,
    options: engine::Options,
    /// The contents of the file that names the classes.
    classes: Option<Vec<String>>,
}

impl Opened {
    fn new(job: &Job, work: &EvaluationSpec) -> Result<Self> {
        let classes = work.classes.as_deref().map(read_classes).transpose()?;
        let request = Request { classes: classes.clone(), ..work.request.clone() };
        let input = Input::open(&request)?;
        let options = engine::Options {
            classes: classes.clone(),
            correctness_up_to: job.paired.then_some(MOST_CORRECTNESS_ROWS),
            ..job.options(work)?
        };
        Ok(Self { input, options, classes })
    }

    /// Of a file that cannot be read again there is none.
    fn fingerprints(&self) -> Vec<Option<String>> {
        self.input.files().iter().map(|file| fingerprint(&file.path).ok()).collect()
    }
}

/// A hash of all that an evaluation depends on beside its files: by this a job
/// started again knows what it has done.
fn request_hash(work: &EvaluationSpec, opened: &Opened) -> String {
    let EvaluationSpec { request, settings, .. } = work;
    let engine::Options { spec, auc, .. } = &opened.options;
    let skips = opened.options.on_invalid == OnInvalid::Skip;
    // Debug output of options names every one of them with its value.
    let text = format!(
        "{} {} {:?} {:?} {:?} {spec:?} {auc:?} {skips} {settings:?} {:?}",
        env!("CARGO_PKG_VERSION"),
        request.labels,
        request.predictions,
        request.scores,
        request.tables,
        opened.classes,
    );
    let text = match request.slices.as_slice() {
        [] => text,
        slices => format!("{text} {slices:?}"),
    };
    let files = opened.input.files();
    let changed: Vec<String> = files.iter().filter_map(|file| last_change(&file.path)).collect();
    let text = format!("{text} {changed:?}");
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// When a file was changed last, if it is too large for its fingerprint to tell.
fn last_change(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok().filter(|found| found.len() > FINGERPRINTED_WHOLE)?;
    Some(format!("{:?}", found.modified().ok()?))
}

/// What a run of the history gave, as if it was done now.
pub(super) fn found(history: &History, run: Run) -> Result<Evaluated> {
    let tallies = history.tallies(&run)?;
    let inputs = history.inputs(run.id)?;
    let provenance = Provenance {
        device: report::Device {
            kind: run.device.kind.clone(),
            name: run.device.name.clone(),
            backend: run.device.backend.clone(),
            threads: usize::try_from(run.device.threads).unwrap_or(usize::MAX),
            chosen_because: format!("of run {}, which was there", run.id),
        },
        inputs: inputs.into_iter().map(|input| input.input).collect(),
        timing: run.timing.clone(),
        warnings: Vec::new(),
    };
    let correctness = history.correctness(&run)?;
    let report = Report::new(&tallies, run.digest.clone(), provenance.clone(), Vec::new())?;
    let Report { apart, replicates, metrics, per_class, slices, .. } = report;
    Ok(Evaluated {
        identity: run.identity,
        run: run.id,
        found: true,
        digest: run.digest,
        time: run.time,
        tallies,
        provenance,
        correctness,
        apart,
        replicates,
        metrics,
        per_class,
        slices,
    })
}

/// Makes the folder that a file is to lie in.
///
/// # Errors
///
/// [`Error::Io`] if that is not possible.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => {
            fs::create_dir_all(folder).map_err(Error::io(folder, "make the folder"))
        }
        _ => Ok(()),
    }
}

/// The columns that rules of slices are held to: of a dataset without slices none, so that
/// a rule about those of another one is undefined for it and its numbers are recorded.
fn slices(plan: &engine::Plan) -> Option<&[String]> {
    Some(plan.slices.as_slice()).filter(|slices| !slices.is_empty())
}
