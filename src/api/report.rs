//! A report that owns what it shows.

use std::ops::Index;
use std::sync::Arc;

use ndarray::Array2;

use crate::error::Result;
use crate::metric::{self, ClassMeasures, Interval, Measure};
use crate::notice::Notice;
use crate::report::{self, Curve, Provenance, Slice};
use crate::rule::{Judgement, Verdict};
use crate::tally::{Rows, Tallies};

/// What an evaluation found: `report["accuracy"]` is a [`Metric`]. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Report(Arc<Found>);

#[derive(Debug)]
struct Found {
    tallies: Arc<Tallies>,
    digest: String,
    provenance: Provenance,
    apart: Option<Tallies>,
    replicates: u32,
    metrics: Vec<(String, Metric)>,
    per_class: Vec<ClassMeasures>,
    slices: Arc<[Slice]>,
    judgements: Vec<Judgement>,
    findings: Vec<Notice>,
}

/// A metric of a report: its value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric(Measure);

impl Metric {
    /// The value; `None` where it is undefined, never a 0 instead.
    pub fn value(&self) -> Option<f64> {
        self.0.value.as_ref().ok().copied()
    }

    /// Why there is no value.
    pub fn undefined(&self) -> Option<&str> {
        self.0.value.as_ref().err().map(String::as_str)
    }

    /// Its confidence interval; `None` where it has none, for which
    /// [`measure`](Self::measure) has the reason.
    pub fn interval(&self) -> Option<&Interval> {
        self.0.interval.as_ref()
    }

    /// Numerator and denominator, where it is a quotient of counts.
    pub fn ratio(&self) -> Option<(u64, u64)> {
        self.0.ratio
    }

    /// All that is known of it.
    pub fn measure(&self) -> &Measure {
        &self.0
    }
}

impl Report {
    pub(super) fn new(
        tallies: Arc<Tallies>,
        digest: String,
        provenance: Provenance,
        judgements: Vec<Judgement>,
    ) -> Result<Self> {
        let found = report::Report::new(&tallies, digest, provenance, judgements)?;
        let report::Report {
            provenance,
            digest,
            tallies: _,
            apart,
            replicates,
            metrics,
            per_class,
            slices,
            judgements,
            findings,
        } = found;
        let metrics = metrics.into_iter().map(|(name, measure)| (name, Metric(measure))).collect();
        let findings = findings.into_iter().map(super::terms::notice).collect();
        Ok(Self(Arc::new(Found {
            tallies,
            digest,
            provenance,
            apart,
            replicates,
            metrics,
            per_class,
            slices,
            judgements,
            findings,
        })))
    }

    /// The metric of that name, of those in [`metrics`](Self::metrics), or of another name
    /// for it; `None` if the report has none such.
    pub fn get(&self, name: &str) -> Option<&Metric> {
        let find = |name: &str| self.metrics().find(|(known, _)| *known == name);
        let found = find(name).or_else(|| find(&metric::canonical(name).ok()?));
        found.map(|(_, metric)| metric)
    }

    /// Every metric by name.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &Metric)> {
        self.0.metrics.iter().map(|(name, metric)| (name.as_str(), metric))
    }

    /// The values of each class, `[C]`.
    pub fn per_class(&self) -> &[ClassMeasures] {
        &self.0.per_class
    }

    /// The names of the classes, in the order of all that has one entry for each.
    pub fn classes(&self) -> &[String] {
        self.shown().classes.proper_names()
    }

    /// How many rows were read, scored and left out.
    pub fn rows(&self) -> Rows {
        self.0.tallies.rows
    }

    /// Rows by label and prediction, `[C, C]`; 8 C² bytes. Of very many classes,
    /// [`Tallies::confusion`] has the cells that are not 0.
    ///
    /// Predictions of no class that count as wrong have no column; a row of labels sums
    /// to the rows of its class without those.
    pub fn confusion(&self) -> Array2<u64> {
        let shown = self.shown();
        let classes = self.classes().len();
        let mut counts = Array2::zeros((classes, classes));
        for cell in shown.confusion.cells() {
            if let Some(count) = counts.get_mut((cell.label as usize, cell.prediction as usize)) {
                *count = cell.count;
            }
        }
        counts
    }

    /// The curves that there are, as points for a plot: "roc", "precision_recall",
    /// "reliability" and others.
    pub fn curves(&self) -> Vec<Curve> {
        report::curves(&self.borrowed())
    }

    /// The x and y of a curve, `[points, 2]`; `None` if there is none of that name.
    pub fn curve(&self, name: &str) -> Option<Array2<f64>> {
        let curve = self.curves().into_iter().find(|curve| curve.name == name)?;
        let axis = |at: usize, axis: usize| {
            let (x, y, _) = curve.points[at];
            if axis == 0 { x } else { y }
        };
        Some(Array2::from_shape_fn((curve.points.len(), 2), |(at, of)| axis(at, of)))
    }

    /// The values of the rows in groups, by column and value.
    pub fn slices(&self) -> &[Slice] {
        &self.0.slices
    }

    /// Those of the rows with one value of a slice column; `None` if there are none such.
    pub fn slice(&self, column: &str, value: &str) -> Option<&Slice> {
        let is_it = |it: &&Slice| it.column == column && it.value.as_deref() == Some(value);
        self.slices().iter().find(is_it)
    }

    /// What became of each rule.
    pub fn judgements(&self) -> &[Judgement] {
        &self.0.judgements
    }

    /// Whether no rule fails.
    pub fn passes(&self) -> bool {
        !self.0.judgements.iter().any(|it| Verdict::fails(it.verdict))
    }

    /// What a user should know beside the numbers, warnings first.
    pub fn notices(&self) -> Vec<Notice> {
        self.borrowed().notices().cloned().collect()
    }

    /// One number for all that was counted: the same for the same rows, wherever they
    /// came from and however they were split.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// The counts that all of it follows from.
    pub fn tallies(&self) -> &Tallies {
        &self.0.tallies
    }

    /// The report in the JSON of schema `tallyho.report/1`.
    pub fn to_json(&self) -> String {
        report::json(&self.borrowed())
    }

    /// The report in Markdown.
    pub fn to_markdown(&self) -> String {
        report::markdown(&self.borrowed())
    }

    /// The error that warnings are where they count as errors.
    pub(super) fn refuse_warnings(&self) -> Result<()> {
        self.borrowed().refuse_warnings()
    }

    pub(super) fn provenance(&self) -> &Provenance {
        &self.0.provenance
    }

    fn shown(&self) -> &Tallies {
        self.0.apart.as_ref().unwrap_or(&self.0.tallies)
    }

    /// What renderers show.
    fn borrowed(&self) -> report::Report<'_> {
        let found = &self.0;
        let metrics = found.metrics.iter().map(|(name, Metric(it))| (name.clone(), it.clone()));
        report::Report {
            provenance: found.provenance.clone(),
            digest: found.digest.clone(),
            tallies: &found.tallies,
            apart: found.apart.clone(),
            replicates: found.replicates,
            metrics: metrics.collect(),
            per_class: found.per_class.clone(),
            slices: Arc::clone(&found.slices),
            judgements: found.judgements.clone(),
            findings: found.findings.clone(),
        }
    }
}

/// Panics where there is no such metric, as the index of a map does; see
/// [`Report::get`].
impl Index<&str> for Report {
    type Output = Metric;

    fn index(&self, name: &str) -> &Metric {
        match self.get(name) {
            Some(metric) => metric,
            None => panic!("the report has no metric '{name}'; Report::metrics has those it has"),
        }
    }
}
