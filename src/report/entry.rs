//! One evaluation as other systems are told of it: names, numbers, verdicts.

use std::fmt;
use std::time::SystemTime;

use super::{Report, Timing};
use crate::metric::{ClassMetric, PER_CLASS};
use crate::notice::Notice;
use crate::rule::Judgement;
use crate::tally::Rows;

/// What an evaluation is of. An empty name is no name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The job that evaluates it.
    pub job: String,
    /// The rows.
    pub dataset: String,
    /// What made the predictions.
    pub model: String,
    /// The part of the dataset.
    pub split: String,
}

impl Subject {
    /// The names that are there, each by what it names.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let names = [
            ("job", &self.job),
            ("dataset", &self.dataset),
            ("model", &self.model),
            ("split", &self.split),
        ];
        names.into_iter().filter(|(_, name)| !name.is_empty()).map(|(of, name)| (of, name.as_str()))
    }
}

/// "steady on cats (test)"; without the job, unless that is all there is.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.model.as_str(), self.dataset.as_str()) {
            ("", "") if self.job.is_empty() => f.write_str("tallyho")?,
            ("", "") => f.write_str(&self.job)?,
            (name, "") | ("", name) => f.write_str(name)?,
            (model, dataset) => write!(f, "{model} on {dataset}")?,
        }
        match self.split.as_str() {
            "" => Ok(()),
            split => write!(f, " ({split})"),
        }
    }
}

/// One evaluation as other systems are told of it. It owns its few numbers, so
/// that the tallies of a whole night need not be held.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was evaluated.
    pub subject: Subject,
    /// Its numbers; `Err` says why there are none: the evaluation failed.
    pub figures: Result<Figures, String>,
    /// What became of each rule.
    pub judgements: Vec<Judgement>,
    /// When the evaluation ended.
    pub finished: SystemTime,
    /// When it last succeeded: `finished`, or, of one that failed, the time of an
    /// earlier run, if there is one.
    pub last_success: Option<SystemTime>,
}

/// The numbers of an evaluation.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The digest of the tallies, in hexadecimal.
    pub digest: String,
    /// How many rows went where.
    pub rows: Rows,
    /// Number of classes.
    pub classes: usize,
    /// How long it took.
    pub timing: Timing,
    /// Every metric that has a value, by its full name.
    pub metrics: Vec<(String, f64)>,
    /// Values of single classes, a metric after the other; none if there are
    /// more than [`MOST_CLASSES`].
    pub per_class: Vec<(&'static ClassMetric, String, f64)>,
    /// What the numbers may not mean.
    pub warnings: Vec<Notice>,
}

/// Classes up to which the values of each are passed on.
///
/// It is all or none: the worst or the largest few would be others every night,
/// and a series that comes and goes can be neither drawn nor watched.
pub const MOST_CLASSES: usize = 32;

/// The values of a class that are passed on.
const OF_A_CLASS: [&str; 6] =
    ["support", "predicted", "precision", "recall", "f1", "false_positive_rate"];

impl Entry {
    /// The evaluation behind `report`, which ended at `finished`.
    pub fn new(subject: Subject, report: &Report<'_>, finished: SystemTime) -> Self {
        Self {
            subject,
            figures: Ok(Figures::new(report)),
            judgements: report.judgements.clone(),
            finished,
            last_success: Some(finished),
        }
    }

    /// An evaluation that gave no numbers, because of `reason`.
    pub fn failed(
        subject: Subject,
        reason: String,
        finished: SystemTime,
        last_success: Option<SystemTime>,
    ) -> Self {
        Self { subject, figures: Err(reason), judgements: Vec::new(), finished, last_success }
    }
}

impl Figures {
    fn new(report: &Report<'_>) -> Self {
        let defined = |name: &String, value: &Result<f64, String>| {
            value.as_ref().ok().map(|value| (name.clone(), *value))
        };
        let metrics = report.metrics.iter();
        Self {
            digest: report.digest.clone(),
            rows: report.tallies.rows,
            classes: report.tallies.classes.len(),
            timing: report.provenance.timing.clone(),
            metrics: metrics.filter_map(|(name, it)| defined(name, &it.value)).collect(),
            per_class: per_class(report),
            warnings: report.warnings().cloned().collect(),
        }
    }

    /// What the evaluation itself took and met, by the names that rules use.
    pub fn of_the_job(&self) -> Vec<(&'static str, &'static str, f64)> {
        let Timing { seconds, rows_per_second, bytes_per_second, peak_memory_bytes } = self.timing;
        let mut figures = vec![
            ("rows", "Rows in the input.", self.rows.read as f64),
            ("rows_scored", "Rows that count.", self.rows.scored as f64),
            ("rows_ignored", "Rows whose label is to be ignored.", self.rows.ignored as f64),
            ("rows_invalid", "Rows that cannot be scored.", self.rows.invalid as f64),
            ("classes", "Number of classes.", self.classes as f64),
            ("seconds", "How long the evaluation took.", seconds),
            ("rows_per_second", "Rows read per second.", rows_per_second),
            ("bytes_per_second", "Bytes read per second.", bytes_per_second),
        ];
        let peak = peak_memory_bytes
            .map(|bytes| ("peak_memory_bytes", "The most memory that was resident.", bytes as f64));
        figures.extend(peak);
        figures
    }
}

fn per_class(report: &Report<'_>) -> Vec<(&'static ClassMetric, String, f64)> {
    if report.per_class.len() > MOST_CLASSES {
        return Vec::new();
    }
    let metrics = PER_CLASS.iter().filter(|metric| OF_A_CLASS.contains(&metric.name));
    let values = metrics.flat_map(|metric| {
        report.per_class.iter().filter_map(move |class| {
            let value = metric.measure(class).value.ok()?;
            Some((metric, report.class(class.class).to_owned(), value))
        })
    });
    values.collect()
}
