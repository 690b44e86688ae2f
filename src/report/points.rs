//! Thresholds that were asked for, and what holds at each.

use serde::Serialize;

use super::Report;
use super::curves::Operating;
use crate::tally::{self, Counts, Order, Question};

/// A threshold that was asked for, in schema order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// What was asked for: "recall >= 0.95", "cost fp=1,fn=10".
    pub asked: String,
    /// The least score of a positive prediction; `None` if nothing is positive, or
    /// if no threshold will do.
    pub threshold: Option<f64>,
    /// Positive rows at or above it.
    pub tp: u64,
    /// Negative rows at or above it.
    pub fp: u64,
    /// Positive rows below it.
    #[serde(rename = "fn")]
    pub fn_: u64,
    /// Negative rows below it.
    pub tn: u64,
    /// tp / (tp + fn).
    pub recall: Option<f64>,
    /// tp / (tp + fp).
    pub precision: Option<f64>,
    /// fp / (fp + tn).
    pub false_positive_rate: Option<f64>,
    /// The cost of all rows, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Why there is no such threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<&'static str>,
}

/// Every threshold that was asked for, in the order of the options.
pub fn operating_points(report: &Report) -> Vec<OperatingPoint> {
    let spec = &report.tallies.spec;
    let asked = spec.order.questions.iter().filter_map(|question| match question {
        Question::Threshold(rate, bound) => {
            let op = if rate.at_most() { "<=" } else { ">=" };
            Some((question, format!("{} {op} {bound}", rate.name())))
        }
        Question::Cost { false_positive, false_negative } => {
            Some((question, format!("cost fp={false_positive},fn={false_negative}")))
        }
        _ => None,
    });
    asked.map(|(question, asked)| found(report, *question, asked)).collect()
}

fn found(report: &Report, question: Question, asked: String) -> OperatingPoint {
    let none = |undefined| OperatingPoint {
        asked: asked.clone(),
        threshold: None,
        tp: 0,
        fp: 0,
        fn_: 0,
        tn: 0,
        recall: None,
        precision: None,
        false_positive_rate: None,
        cost: None,
        undefined: Some(undefined),
    };
    let Some(Order::Exact(order)) = report.tallies.order() else {
        return none("exact AUC does not merge; evaluate together");
    };
    let answer = order.answers.iter().find(|(known, _)| *known == question);
    let (Some((_, answer)), Some(sums)) = (answer, order.positive(&report.tallies.spec)) else {
        return none("it was not asked for when the rows were put in order");
    };
    let Some(point) = answer.point else { return none("no threshold will do") };
    let threshold = tally::threshold(&report.tallies.spec, &point);
    let at = Operating { threshold, above: point.above, all: sums.all };
    let Counts { positive, negative } = point.above;
    let (fn_, tn) = (sums.all.positive - positive, sums.all.negative - negative);
    let of = |value: f64| Some(value).filter(|value| value.is_finite());
    #[allow(clippy::cast_precision_loss, reason = "the one rounding that a product needs")]
    let cost = match question {
        Question::Cost { false_positive, false_negative } => {
            Some(negative as f64 * false_positive + fn_ as f64 * false_negative)
        }
        _ => None,
    };
    OperatingPoint {
        asked,
        threshold,
        tp: positive,
        fp: negative,
        fn_,
        tn,
        recall: of(at.recall()),
        precision: Some(at.precision()).filter(|_| point.above.rows() > 0),
        false_positive_rate: of(at.false_positive_rate()),
        cost,
        undefined: None,
    }
}

/// The recalls that the sweep of thresholds shows.
const RECALLS: [f64; 9] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1.0];

/// For each of some recalls the first point of the curve that has it, by rising
/// threshold; none without an exact order.
pub(super) fn sweep(report: &Report) -> Vec<Operating> {
    let Some(points) = super::curves::points(report) else { return Vec::new() };
    let mut chosen: Vec<usize> = RECALLS
        .iter()
        .filter_map(|least| points.iter().position(|point| point.recall() >= *least))
        .collect();
    chosen.dedup();
    let mut points: Vec<Option<Operating>> = points.into_iter().map(Some).collect();
    let shown = chosen.into_iter().filter_map(|at| points[at].take());
    shown.filter(|point| point.threshold.is_some()).collect()
}
