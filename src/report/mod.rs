//! The report: what a run found, and one renderer per form it is shown in.
//!
//! [`text()`] is for a terminal, [`json()`] for programs, [`markdown()`] for a
//! pull request, [`csv()`] for a spreadsheet; [`prometheus()`] and [`junit()`] tell
//! other systems of whole nights. Nothing here computes a metric or writes a file.

mod averages;
mod calibration;
mod csv;
mod curves;
mod entry;
pub(crate) mod figures;
mod intervals;
pub(crate) mod json;
mod junit;
pub(crate) mod page;
mod picks;
mod points;
mod prometheus;
mod run;
mod slices;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

pub use self::csv::csv;
pub use self::curves::{Curve, CurveFormat, curves};
pub use self::entry::{Entry, Figures, MOST_CLASSES, Subject};
pub use self::json::json;
pub use self::junit::junit;
pub use self::page::{markdown, text};
pub use self::points::{OperatingPoint, operating_points};
pub use self::prometheus::prometheus;
pub use self::slices::{Slice, slices};

#[cfg(feature = "history")]
pub(crate) use self::csv::{line as csv_line, name as csv_name};
pub(crate) use self::figures::{count, duration, scaled};
#[cfg(feature = "cli")]
pub(crate) use self::figures::{counted, printable};

use crate::error::{Error, Result};
use crate::finding;
use crate::memory;
use crate::metric::{self, ClassMeasures, Measure, Summary};
use crate::notice::{self, Notice};
use crate::rule::{JobFigures, Judgement};
use crate::tally::{Rows, Tallies};

/// Everything that a renderer shows.
///
/// All but the [`Provenance`] follows from the tallies and the rules, and is
/// the same bytes in every form however the rows were split, ordered or computed.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// How the tallies came about.
    pub provenance: Provenance,
    /// The digest of the tallies, in hexadecimal.
    pub digest: String,
    /// The counts: options, rows, classes, confusion and calibration.
    pub tallies: &'a Tallies,
    /// The same with all predictions of no class in the last column, where there may be
    /// some that count.
    pub apart: Option<Tallies>,
    /// Resamples behind bootstrap intervals; 0 if there are none.
    pub replicates: u32,
    /// The metrics by name, in the order of the registry.
    pub metrics: Vec<(String, Measure)>,
    /// The values of each class, `[C]`.
    pub per_class: Vec<ClassMeasures>,
    /// The same of the rows in groups, by column and value.
    pub slices: Arc<[Slice]>,
    /// What became of each rule.
    pub judgements: Vec<Judgement>,
    /// What the user should know about the rows.
    pub findings: Vec<Notice>,
}

/// Bytes that a report takes for a class, with its name and values, about.
const CLASS_BYTES: u64 = 320;

impl<'a> Report<'a> {
    /// The report on `tallies`.
    ///
    /// # Errors
    ///
    /// Those of [`Summary::measures`], [`Error::Memory`] for very many classes, and [`Error::Internal`] if a metric is not
    /// a finite number.
    pub fn new(
        tallies: &'a Tallies,
        digest: String,
        provenance: Provenance,
        judgements: Vec<Judgement>,
    ) -> Result<Self> {
        let classes = tallies.classes.len();
        let what = || format!("a report of {classes} classes");
        memory::need(classes as u64 * CLASS_BYTES, what, "use fewer classes")?;
        let apart = apart(tallies)?;
        let (metrics, per_class) = values(tallies, apart.as_ref(), Rigour::Whole)?;
        let replicates = metric::replicates(tallies);
        let slices = slices(tallies)?;
        let findings = finding::findings(tallies);
        Ok(Self {
            provenance,
            digest,
            tallies,
            apart,
            replicates,
            metrics,
            per_class,
            slices,
            judgements,
            findings,
        })
    }

    /// All that the user should know: warnings first, and of these those about the rows.
    /// That many rows were left out is told once, where the first of them is named.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        let names_first = |notice: &Notice| {
            [notice::INVALID_ROWS, notice::OUTSIDE_LEFT_OUT].contains(&notice.code)
        };
        let is_told = self.provenance.warnings.iter().any(names_first);
        let findings = move || {
            let is_first = move |it: &&Notice| !is_told || it.code != notice::MANY_INVALID;
            self.findings.iter().filter(is_first)
        };
        let all = move || findings().chain(&self.provenance.warnings);
        all().filter(|notice| notice.is_warning()).chain(all().filter(|it| !it.is_warning()))
    }

    /// Those that say that numbers may not mean what they seem to.
    pub fn warnings(&self) -> impl Iterator<Item = &Notice> {
        self.notices().filter(|notice| notice.is_warning())
    }

    /// The error that warnings are where they count as errors.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there are any.
    pub fn refuse_warnings(&self) -> Result<()> {
        let codes: Vec<&str> = self.warnings().map(|warning| warning.code.id).collect();
        match codes.as_slice() {
            [] => Ok(()),
            codes => Err(Error::Usage(format!(
                "--strict takes warnings for errors, and there {} ({}); nothing was written",
                if codes.len() == 1 { "is one".into() } else { format!("are {}", codes.len()) },
                codes.join(", ")
            ))),
        }
    }

    /// The name of a class, by index.
    fn class(&self, class: usize) -> &str {
        &self.shown().classes.names()[class]
    }

    /// The tallies with predictions of no class, where they count, in one column.
    fn shown(&self) -> &Tallies {
        self.apart.as_ref().unwrap_or(self.tallies)
    }

    /// The names of the classes.
    fn classes(&self) -> &[String] {
        self.shown().classes.proper_names()
    }

    /// The classes that averages are over, if not over all.
    fn averaged(&self) -> Option<Vec<&String>> {
        let options = &self.tallies.spec.class_options;
        let over = options.average_over.as_ref()?;
        let selected = over.selected(&self.shown().classes, options.matching);
        let classes = self.classes().iter().zip(selected).filter(|(_, selected)| *selected);
        Some(classes.map(|(name, _)| name).collect())
    }

    /// The rows of each class whose prediction is of no class, `[C]`, where such count.
    fn outside(&self) -> Option<Vec<u64>> {
        let shown = self.shown();
        let outside = u32::try_from(shown.classes.outside()?).ok()?;
        let labels = (0..).take(self.classes().len());
        Some(labels.map(|label| shown.confusion.count(label, outside)).collect())
    }
}

/// The values of metrics by name, and those of each class.
type Values = (Vec<(String, Measure)>, Vec<ClassMeasures>);

/// Which intervals are worth their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rigour {
    /// All.
    Whole,
    /// Those by resampling only where they were asked for: there may be many groups.
    Group,
    /// The same without values of classes: there are too many of all groups.
    ManyGroups,
}

/// The values of all metrics and of each class; those of `apart` where predictions of no
/// class count.
///
/// # Errors
///
/// Those of [`Summary::measures`], and [`Error::Internal`] if a metric is not a finite
/// number.
fn values(tallies: &Tallies, apart: Option<&Tallies>, rigour: Rigour) -> Result<Values> {
    let summary = Summary::new(tallies);
    let metrics = match rigour {
        Rigour::Whole => summary.measures()?,
        Rigour::Group | Rigour::ManyGroups => summary.group_measures()?,
    };
    for (name, measure) in &metrics {
        if let Ok(value) = measure.value
            && !value.is_finite()
        {
            return Err(Error::Internal(format!("{name} is {value}")));
        }
    }
    let per_class = match apart {
        _ if rigour == Rigour::ManyGroups => Vec::new(),
        None => summary.per_class(),
        Some(apart) => {
            let mut classes = metric::per_class(apart);
            classes.truncate(apart.classes.proper_names().len());
            classes
        }
    };
    Ok((metrics, per_class))
}

/// See [`Report::apart`].
pub(crate) fn apart(tallies: &Tallies) -> Result<Option<Tallies>> {
    Ok(match tallies.with_outside_as_one()? {
        Cow::Owned(apart) => Some(apart),
        Cow::Borrowed(_) => None,
    })
}

/// Where a report comes from: the part that may differ for equal tallies.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// What did the counting.
    pub device: Device,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// How long it took.
    pub timing: Timing,
    /// What the user should know about reading and running.
    pub warnings: Vec<Notice>,
}

/// What did the counting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// "cpu", "gpu".
    pub kind: String,
    /// The model, in the maker's words.
    pub name: String,
    /// The graphics API, for a GPU.
    pub backend: Option<String>,
    /// Threads of the CPU.
    pub threads: usize,
    /// Why this device and no other.
    pub chosen_because: String,
}

/// One file in one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// "labels", "predictions", "scores"; `None` for a table that holds several.
    pub role: Option<String>,
    /// The path as the user wrote it.
    pub path: String,
    /// "npy", "csv", …
    pub format: String,
    /// The stored type, in the format's words.
    pub dtype: String,
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether it carries checksums of what was read, which were verified; `None` if
    /// that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksums: Option<bool>,
}

/// How long the evaluation took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// Wall time, in seconds.
    pub seconds: f64,
    /// Rows read per second.
    pub rows_per_second: f64,
    /// Bytes read per second.
    pub bytes_per_second: f64,
    /// The largest resident size, where the system tells it.
    pub peak_memory_bytes: Option<u64>,
}

impl Timing {
    /// What rules on the job itself look at.
    pub fn figures(&self, rows: Rows) -> JobFigures {
        JobFigures {
            rows: rows.read,
            rows_scored: rows.scored,
            rows_ignored: rows.ignored,
            rows_invalid: rows.invalid,
            seconds: self.seconds,
            rows_per_second: self.rows_per_second,
            bytes_per_second: self.bytes_per_second,
            peak_memory_bytes: self.peak_memory_bytes,
        }
    }
}

/// The form of a report file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Schema `tallyho.report/1`.
    Json,
    /// GitHub-flavoured Markdown.
    Markdown,
    /// The per-class table.
    Csv,
    /// Gauges for Prometheus.
    Prometheus,
    /// The verdicts as JUnit XML.
    Junit,
}

impl Format {
    /// Every format with the extension that asks for it.
    pub const ALL: &[(&str, Self)] = &[
        ("json", Self::Json),
        ("md", Self::Markdown),
        ("csv", Self::Csv),
        ("prom", Self::Prometheus),
        ("xml", Self::Junit),
    ];

    /// The format that a file name asks for.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the extension is none of [`Format::ALL`].
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        let known = Self::ALL.iter().find(|(name, _)| Some(*name) == extension.as_deref());
        known.map(|(_, format)| *format).ok_or_else(|| {
            Error::Usage(format!(
                "{}: the extension of an output says what to write; \
                 use .json, .md, .csv, .prom, .xml or .tally",
                path.display()
            ))
        })
    }

    /// `report` in this format; for other systems, as of an evaluation that has
    /// no name and ends now.
    pub fn render(self, report: &Report) -> String {
        let entry = || [Entry::new(Subject::default(), report, SystemTime::now())];
        match self {
            Self::Json => json(report),
            Self::Markdown => markdown(report),
            Self::Csv => csv(report),
            Self::Prometheus => prometheus(&entry()),
            Self::Junit => junit("tallyho", &entry()),
        }
    }
}
