//! Curves as points, and the files of them.

use std::path::Path;

use serde::Serialize;

use super::{Report, calibration};
use crate::error::{Error, Result};
use crate::tally::{self, Counts, Order, Point, ScoreBins};

/// A curve at the resolution of a plot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// "roc", "precision_recall", …
    pub name: &'static str,
    /// What x is.
    pub x: &'static str,
    /// What y is.
    pub y: &'static str,
    /// x and y, and the score from which rows are positive there, where there is one.
    pub points: Vec<(f64, f64, Option<f64>)>,
}

/// The form of a file of curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveFormat {
    /// A line for each point: curve, x, y, threshold.
    Csv,
    /// Schema `tallyho.curves/1`.
    Json,
}

impl CurveFormat {
    /// The format that a file name asks for.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the extension is neither `.csv` nor `.json`.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            _ => Err(Error::Usage(format!(
                "{}: curves are written as .csv or .json",
                path.display()
            ))),
        }
    }

    /// The curves of `report` in this format.
    pub fn render(self, report: &Report) -> String {
        let curves = curves(report);
        match self {
            Self::Csv => csv(&curves),
            Self::Json => json(report, &curves),
        }
    }
}

/// Every curve that the tallies of a report have.
pub fn curves(report: &Report) -> Vec<Curve> {
    let mut curves = Vec::new();
    if let Some(points) = points(report) {
        curves.extend(of_thresholds(&points));
    }
    let bins = calibration::bins(report.tallies);
    let filled = bins.iter().filter(|bin| bin.rows > 0);
    let reliability = Curve {
        name: "reliability",
        x: "mean confidence",
        y: "accuracy",
        points: filled.map(|bin| (bin.confidence(), bin.accuracy(), None)).collect(),
    };
    curves.extend((!reliability.points.is_empty()).then_some(reliability));
    curves.extend(by_confidence(report));
    curves
}

/// A point of the curve of the positive class with its score.
pub(super) struct Operating {
    pub(super) threshold: Option<f64>,
    pub(super) above: Counts,
    pub(super) all: Counts,
}

#[allow(clippy::cast_precision_loss, reason = "the one rounding that a division needs")]
impl Operating {
    pub(super) fn recall(&self) -> f64 {
        self.above.positive as f64 / self.all.positive as f64
    }

    pub(super) fn false_positive_rate(&self) -> f64 {
        self.above.negative as f64 / self.all.negative as f64
    }

    /// 1 where nothing is positive, as is usual for the start of the curve.
    pub(super) fn precision(&self) -> f64 {
        match self.above.rows() {
            0 => 1.0,
            rows => self.above.positive as f64 / rows as f64,
        }
    }

    pub(super) fn f1(&self) -> f64 {
        let whole = self.all.positive + self.above.rows();
        2.0 * self.above.positive as f64 / whole as f64
    }

    pub(super) fn share(&self) -> f64 {
        self.above.rows() as f64 / self.all.rows() as f64
    }
}

/// The points of the curve of the positive class, with rows of both kinds.
pub(super) fn points(report: &Report) -> Option<Vec<Operating>> {
    let spec = &report.tallies.spec;
    let (points, all) = match report.tallies.order()? {
        Order::Exact(order) => (order.curve.clone(), order.positive(spec)?.all),
        Order::Binned(order) => (binned(order.positive(spec)?), order.positive(spec)?.all()),
        Order::Merged => return None,
    };
    let exact = matches!(report.tallies.order(), Some(Order::Exact(_)));
    let operating = |point: Point| Operating {
        threshold: tally::threshold(spec, &point).filter(|_| exact),
        above: point.above,
        all,
    };
    let both = all.positive > 0 && all.negative > 0 && !points.is_empty();
    both.then(|| points.into_iter().map(operating).collect())
}

/// The edges of bins; their scores are not told.
fn binned(bins: &ScoreBins) -> Vec<Point> {
    let mut points = vec![Point::START];
    let mut curve = tally::Curve::new(bins.all());
    let rising = bins.bins().iter().rev().map(|&(bin, rows)| (bin.into(), rows));
    curve.add(Counts::default(), rising);
    points.extend(curve.finish().into_iter().skip(1));
    points
}

fn of_thresholds(points: &[Operating]) -> Vec<Curve> {
    type Axis = fn(&Operating) -> f64;
    let curve = |name, (x, of_x): (&'static str, Axis), (y, of_y): (&'static str, Axis)| Curve {
        name,
        x,
        y,
        points: points.iter().map(|it| (of_x(it), of_y(it), it.threshold)).collect(),
    };
    let recall: (&str, Axis) = ("recall", Operating::recall);
    let precision: (&str, Axis) = ("precision", Operating::precision);
    let rate: (&str, Axis) = ("false positive rate", Operating::false_positive_rate);
    let share: (&str, Axis) = ("share of rows", Operating::share);
    let mut curves = vec![
        curve("roc", rate, recall),
        curve("precision_recall", recall, precision),
        curve("gains", share, recall),
    ];
    let sweep = |name, (y, of_y): (&'static str, Axis)| Curve {
        name,
        x: "threshold",
        y,
        points: points
            .iter()
            .filter_map(|it| Some((it.threshold?, of_y(it), it.threshold)))
            .collect(),
    };
    if points.iter().any(|point| point.threshold.is_some()) {
        let f1: (&str, Axis) = ("f1", Operating::f1);
        curves.extend([
            sweep("threshold_precision", precision),
            sweep("threshold_recall", recall),
            sweep("threshold_f1", f1),
        ]);
    }
    curves
}

/// Risk over coverage: the positive rows of these counts are the wrong ones.
fn by_confidence(report: &Report) -> Option<Curve> {
    let points = match report.tallies.order()? {
        Order::Exact(order) => order.confidence.as_ref()?.curve.clone(),
        Order::Binned(order) => binned(order.confidence.as_ref()?),
        Order::Merged => return None,
    };
    let rows = report.tallies.rows.scored;
    #[allow(clippy::cast_precision_loss, reason = "the one rounding that a division needs")]
    let point = |above: Counts| {
        let (wrong, covered) = (above.positive as f64, above.rows() as f64);
        (covered / rows as f64, wrong / covered, None)
    };
    let covering = points.iter().filter(|point| point.above.rows() > 0);
    Some(Curve {
        name: "risk_coverage",
        x: "coverage",
        y: "risk",
        points: covering.map(|it| point(it.above)).collect(),
    })
}

fn csv(curves: &[Curve]) -> String {
    let mut text = String::from("curve,x,y,threshold\n");
    for curve in curves {
        for (x, y, threshold) in &curve.points {
            // `{:?}` of an f64 is the shortest text that reads back as the same bits.
            let threshold = threshold.map_or(String::new(), |it| format!("{it:?}"));
            text.push_str(&format!("{},{x:?},{y:?},{threshold}\n", curve.name));
        }
    }
    text
}

fn json(report: &Report, curves: &[Curve]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        digest: &'a str,
        curves: &'a [Curve],
    }
    // JSON has no infinity; a masked class's score is given as null.
    let document = Document { schema: "tallyho.curves/1", digest: &report.digest, curves };
    let mut text = serde_json::to_string(&document)
        .unwrap_or_else(|_| unreachable!("strings, numbers and lists always have a JSON form"));
    text.push('\n');
    text
}
