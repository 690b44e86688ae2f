//! Schema `tallyho.report/1`.
//!
//! Keys have one order and every element of a long list has a line of its own,
//! so that two reports can be compared with `diff`. Numbers read back as the
//! same bits; counts are integers of any size.

mod document;
pub(crate) mod slices;

use serde::Serialize;

use self::document::Document;
use self::slices::Slice;
use super::{Provenance, Report, calibration, operating_points};
use crate::metric::{ClassMeasures, Measure, Undefined};
use crate::rule::Judgement;
use crate::tally::{self, Cell, Confusion, Outside};

/// Classes up to which the confusion is written as a full matrix.
const DENSE_CLASSES: usize = 256;

/// `report` as JSON, ending with a newline.
pub fn json(report: &Report) -> String {
    let Provenance { device, inputs, timing, warnings } = &report.provenance;
    let tallies = report.tallies;
    let names = report.classes();
    let mut out = Document::new();
    out.value("schema", &"tallyho.report/1");
    out.value("tool", &Tool { name: "tallyho", version: env!("CARGO_PKG_VERSION") });
    out.value("device", device);
    out.list("inputs", inputs);
    out.value("timing", timing);
    out.value("digest", &report.digest);
    out.value("order_digest", &tally::order_digest(tallies, &report.digest));
    out.value("options", &Options::new(report));
    out.value("rows", &Rows::new(tallies.rows));
    out.value("classes", &names);
    let metrics = report.metrics.iter();
    out.map("metrics", metrics.map(|(name, measure)| (name.as_str(), Metric::new(measure))));
    out.list(
        "per_class",
        report.per_class.iter().map(|class| Class::new(report.class(class.class), class)),
    );
    out.key("confusion");
    confusion(&mut out, &report.shown().confusion, names.len(), report.outside());
    out.list("calibration", calibration::bins(tallies));
    let points = operating_points(report);
    if !points.is_empty() {
        out.list("operating_points", points);
    }
    out.list("slices", report.slices.iter().map(Slice::new));
    out.list("findings", &report.findings);
    out.list("rules", report.judgements.iter().map(Rule::new));
    out.list("warnings", warnings);
    out.finish()
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Options<'a> {
    scores_are: Option<&'static str>,
    zero_division: &'static str,
    bins: usize,
    bin_edges: &'static str,
    threshold: Option<f64>,
    positive: Option<&'a str>,
    ties: &'static str,
    auc: &'static str,
    counted: &'static str,
    interval_method: &'static str,
    replicates: u32,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    match_classes: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    average_over: Option<Vec<&'a String>>,
}

impl<'a> Options<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let (spec, names) = (&report.tallies.spec, report.classes());
        let class_options = &spec.class_options;
        let positive = spec.chosen_positive().and_then(|positive| names.get(positive));
        Self {
            scores_are: spec.scores_are.map(|it| it.name()),
            zero_division: spec.zero_division.name(),
            bins: spec.bins,
            bin_edges: spec.bin_edges.name(),
            threshold: spec.threshold,
            positive: positive.map(String::as_str),
            ties: spec.ties.name(),
            auc: spec.auc.name(),
            counted: spec.counted.name(),
            interval_method: spec.interval_method.name(),
            replicates: report.replicates,
            seed: spec.seed,
            match_classes: class_options.matching.map(|it| it.name()),
            outside: class_options.outside_is_wrong.then(|| Outside::Wrong.name()),
            average_over: report.averaged(),
        }
    }
}

#[derive(Serialize)]
struct Rows {
    read: u64,
    scored: u64,
    ignored: u64,
    invalid: u64,
    infinite_loss: u64,
}

impl Rows {
    fn new(rows: tally::Rows) -> Self {
        let tally::Rows { read, scored, ignored, invalid, infinite_loss } = rows;
        Self { read, scored, ignored, invalid, infinite_loss }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Metric<'a> {
    Defined {
        value: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        numerator: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        denominator: Option<u64>,
        interval: Option<Interval>,
        #[serde(skip_serializing_if = "Option::is_none")]
        no_interval: Option<&'a str>,
        note: Option<&'a str>,
    },
    Undefined {
        value: (),
        undefined: &'a str,
    },
}

#[derive(Serialize)]
struct Interval {
    level: f64,
    low: f64,
    high: f64,
    method: &'static str,
}

impl<'a> Metric<'a> {
    fn new(measure: &'a Measure) -> Self {
        let value = match &measure.value {
            Ok(value) => *value,
            Err(undefined) => return Self::Undefined { value: (), undefined },
        };
        let interval = measure.interval.as_ref().map(|interval| Interval {
            level: interval.level,
            low: interval.low,
            high: interval.high,
            method: interval.method,
        });
        Self::Defined {
            value,
            numerator: measure.ratio.map(|(numerator, _)| numerator),
            denominator: measure.ratio.map(|(_, denominator)| denominator),
            interval,
            no_interval: measure.no_interval.as_deref(),
            note: measure.note.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Class<'a> {
    class: &'a str,
    tp: u64,
    fp: u64,
    #[serde(rename = "fn")]
    fn_: u64,
    tn: u64,
    support: u64,
    predicted: u64,
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
    specificity: Option<f64>,
    jaccard: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roc_auc: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    average_precision: Option<Option<f64>>,
    #[serde(flatten)]
    asked: Values<Option<f64>>,
    undefined: Reasons<'a>,
}

/// Why values are null.
#[derive(Serialize)]
struct Reasons<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    f1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    specificity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jaccard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roc_auc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    average_precision: Option<&'a str>,
    #[serde(flatten)]
    asked: Values<&'a str>,
}

/// Values by name, in their order.
struct Values<T>(Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for Values<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'a> Class<'a> {
    fn new(name: &'a str, measures: &'a ClassMeasures) -> Self {
        let reason = |value: Result<f64, Undefined>| value.err().map(|it| measures.why(it));
        let area = |area: &Result<f64, String>| area.as_ref().ok().copied();
        let why = |area: &'a Result<f64, String>| area.as_ref().err().map(String::as_str);
        let order = measures.order.as_ref();
        Self {
            class: name,
            tp: measures.tp,
            fp: measures.fp,
            fn_: measures.fn_,
            tn: measures.tn,
            support: measures.support,
            predicted: measures.predicted,
            precision: measures.precision.ok(),
            recall: measures.recall.ok(),
            f1: measures.f1.ok(),
            specificity: measures.specificity.ok(),
            jaccard: measures.jaccard.ok(),
            roc_auc: order.map(|areas| area(&areas.roc_auc)),
            average_precision: order.map(|areas| area(&areas.average_precision)),
            asked: Values(measures.asked.iter().map(|(name, it)| (*name, area(it))).collect()),
            undefined: Reasons {
                precision: reason(measures.precision),
                recall: reason(measures.recall),
                f1: reason(measures.f1),
                specificity: reason(measures.specificity),
                jaccard: reason(measures.jaccard),
                roc_auc: order.and_then(|areas| why(&areas.roc_auc)),
                average_precision: order.and_then(|areas| why(&areas.average_precision)),
                asked: Values(
                    measures
                        .asked
                        .iter()
                        .filter_map(|(name, it)| Some((*name, why(it)?)))
                        .collect(),
                ),
            },
        }
    }
}

/// The matrix, row by row; only its non-zero cells where it would be large. After it,
/// how many rows of each class have a prediction of no class, where such count.
fn confusion(out: &mut Document, confusion: &Confusion, classes: usize, outside: Option<Vec<u64>>) {
    let is_class = |cell: &Cell| (cell.prediction as usize) < classes;
    if classes > DENSE_CLASSES {
        out.push(r#"{"layout":"sparse","cells":"#);
        let indices: Vec<String> = (0..classes).map(|class| class.to_string()).collect();
        let triple = |cell: Cell| (cell.label as usize, cell.prediction as usize, cell.count);
        let cells = confusion.cells().filter(is_class);
        out.triples(&indices, confusion.len(), cells.map(triple));
    } else {
        out.push(r#"{"layout":"dense","counts":"#);
        let mut rows = vec![vec![0; classes]; classes];
        for cell in confusion.cells().filter(is_class) {
            rows[cell.label as usize][cell.prediction as usize] = cell.count;
        }
        out.elements(rows);
    }
    if let Some(outside) = outside {
        out.push(r#","outside":"#);
        out.compact(&outside);
    }
    out.push("}");
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    verdict: &'static str,
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<i64>,
    reason: &'a str,
}

impl<'a> Rule<'a> {
    fn new(judgement: &'a Judgement) -> Self {
        let Judgement { rule, verdict, value, baseline, reason } = judgement;
        Self { rule, verdict: verdict.name(), value: *value, baseline: *baseline, reason }
    }
}
