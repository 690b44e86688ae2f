//! Metrics of rows in order: points on the curve of binary scores, and what the
//! order by confidence tells.

use super::bounded::{self, Bounded};
use super::calibration::BIASED;
use super::measure::{Measure, NO_ROWS};
use super::order::{ClassOrder, UNASKED, binary, exact, order};
use super::score::{SHARE_BITS, SHARE_UNIT};
use super::summary::Summary;
use crate::tally::{Answer, ConfidenceOrder, Counts, Order, Point, Question, ScoreBins};

/// Why a share of rows has no interval.
const CHOSEN: &str = "its threshold was chosen on the same rows";

/// A point on the curve of binary scores, and what its value is there.
pub(super) fn at_point(summary: &Summary<'_>, question: Question) -> Measure {
    binary(summary, |order| {
        let all = order.all();
        let value = |answer: &Answer| value_of(question, answer, all);
        match order {
            ClassOrder::Exact(_) => match answer(summary, question) {
                Err(reason) => Measure::undefined(reason),
                Ok(answer) => match value(&answer) {
                    Some(number) => {
                        let ratio = answer.point.and_then(|point| ratio_of(question, point, all));
                        match ratio {
                            None => Bounded::exact(number).measure(),
                            _ => {
                                Measure { ratio, ..Measure::value(number) }.without_interval(CHOSEN)
                            }
                        }
                    }
                    None => Measure::undefined(nowhere(question)),
                },
            },
            ClassOrder::Binned(bins) => {
                let [middle, low, high] = bounded::answers(bins, question).map(|it| value(&it));
                match middle {
                    Some(number) => {
                        let ends = [low.unwrap_or(number), high.unwrap_or(number)];
                        Bounded::between(number, ends, 0.0, 1.0).measure()
                    }
                    None => Measure::undefined(nowhere(question)),
                }
            }
        }
    })
}

/// What the exact order answers.
fn answer(summary: &Summary<'_>, question: Question) -> Result<Answer, String> {
    let order = exact(summary)?;
    let found = order.answers.iter().find(|(asked, _)| *asked == question);
    found.map(|(_, answer)| *answer).ok_or_else(|| UNASKED.into())
}

fn nowhere(question: Question) -> String {
    match question {
        Question::RecallAtPrecision(least) => format!("no threshold has a precision of {least}"),
        _ => "no threshold will do".into(),
    }
}

/// The value of a metric at its point.
fn value_of(question: Question, answer: &Answer, all: Counts) -> Option<f64> {
    match question {
        Question::PartialArea(most) => partial_area(most, answer, all),
        _ => {
            let (part, whole) = ratio_of(question, answer.point?, all)?;
            Some(part as f64 / whole as f64)
        }
    }
}

fn ratio_of(question: Question, point: Point, all: Counts) -> Option<(u64, u64)> {
    let above = point.above;
    match question {
        Question::PrecisionAtRecall(_) => {
            (above.rows() > 0).then_some((above.positive, above.rows()))
        }
        Question::RecallAtPrecision(_) | Question::TprAtFpr(_) => {
            Some((above.positive, all.positive))
        }
        Question::CoverageAtRisk(_) => Some((above.rows(), all.rows())),
        _ => None,
    }
}

/// The area up to a false positive rate, standardised to ½ for chance and 1 for
/// the best.
fn partial_area(most: f64, answer: &Answer, all: Counts) -> Option<f64> {
    let point = answer.point?.above;
    let (positives, negatives) = (all.positive as f64, all.negative as f64);
    let mut area = answer.twice_area as f64 / 2.0;
    if let Some(next) = answer.next {
        // The rest, under the straight line to the next point.
        let width = (most * negatives - point.negative as f64).max(0.0);
        let run = (next.above.negative - point.negative) as f64;
        let rise = (next.above.positive - point.positive) as f64;
        let end = point.positive as f64 + rise * width / run;
        area += width * (point.positive as f64 + end) / 2.0;
    }
    let area = area / (positives * negatives);
    let chance = most * most / 2.0;
    Some(((1.0 + (area - chance) / (most - chance)) / 2.0).clamp(0.0, 1.0))
}

/// The order by confidence.
fn confident<'a>(summary: &Summary<'a>) -> Result<&'a ConfidenceOrder, String> {
    exact(summary)?.confidence.as_ref().ok_or_else(|| UNASKED.into())
}

fn confidence_bins<'a>(summary: &Summary<'a>) -> Option<&'a ScoreBins> {
    match order(summary) {
        Order::Binned(order) => order.confidence.as_ref(),
        _ => None,
    }
}

/// Mean over rows of the risk at the coverage that includes them.
pub(super) fn aurc(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    if let Some(bins) = confidence_bins(summary) {
        return bounded::risk(bins).measure();
    }
    match confident(summary) {
        Ok(order) => Bounded::exact(bounded::units(order.risk) / summary.rows as f64).measure(),
        Err(reason) => Measure::undefined(reason),
    }
}

/// The largest coverage of at most that risk.
pub(super) fn coverage_at_risk(summary: &Summary<'_>, question: Question) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let rows = Counts { positive: summary.rows - summary.correct, negative: summary.correct };
    if let Some(bins) = confidence_bins(summary) {
        let [middle, best, _] = bounded::answers(bins, question);
        let covered = |answer: Answer| answer.point.map_or(0, |point| point.above.rows());
        // Right rows first; some wrong ones of that bin or of the next may still fit.
        let mut end = 0;
        for (_, rows) in bins.bins().iter().rev() {
            if end <= covered(best) {
                end += rows.rows();
            }
        }
        let share = |rows: u64| rows as f64 / summary.rows as f64;
        let value = share(covered(middle));
        return Bounded::between(value, [value, share(end)], 0.0, 1.0).measure();
    }
    let order = match confident(summary) {
        Ok(order) => order,
        Err(reason) => return Measure::undefined(reason),
    };
    match order.answers.iter().find(|(asked, _)| *asked == question) {
        Some((_, Answer { point: Some(point), .. })) => {
            let (part, whole) = (point.above.rows(), rows.rows());
            let share = Measure::value(part as f64 / whole as f64).without_interval(CHOSEN);
            Measure { ratio: Some((part, whole)), ..share }
        }
        Some(_) => Measure::undefined(nowhere(question)),
        None => Measure::undefined(UNASKED),
    }
}

/// Σ over bins of equal size of |right rows − Σ confidence|, over n.
pub(super) fn equal_mass_error(summary: &Summary<'_>) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    let order = match confident(summary) {
        Ok(order) => order,
        Err(reason) => return Measure::undefined(reason),
    };
    if order.bins.is_empty() {
        return Measure::undefined(UNASKED);
    }
    let gap = |right: u64, confidence: u128| (u128::from(right) << SHARE_BITS).abs_diff(confidence);
    let gaps: u128 = order.bins.iter().map(|bin| gap(bin.rows.negative, bin.keys)).sum();
    Measure::value(gaps as f64 / SHARE_UNIT / summary.rows as f64).without_interval(BIASED)
}
