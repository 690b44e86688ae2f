//! Metrics of rows in order: areas under curves, and points on them.

use super::bounded::{self, Bounded};
use super::calibration::BIASED;
use super::measure::{Interval, Measure, NO_ROWS};
use super::summary::Summary;
use crate::stat::Placements;
use crate::tally::{
    Answer, ConfidenceOrder, Counts, ExactOrder, MOST_PAIRED, Order, Point, Question, ScoreBins,
    Sums, Task, Wide,
};

/// Why a metric of an exact order that was merged is undefined.
const MERGED: &str = "exact AUC does not merge; use --auc binned or evaluate together";
/// Why a metric is undefined that bins cannot bound.
const BINNED: &str = "bins do not tell; use --auc exact";
/// Why a metric is undefined that was not thought of when rows were put in order.
const UNASKED: &str =
    "it was not asked for when the rows were put in order; evaluate again with it";

/// Why an area has no interval.
const ALONE: &str = "one row of a class does not tell how its rows differ";
/// Why a share of rows has no interval.
const CHOSEN: &str = "its threshold was chosen on the same rows";

/// The order of one class's scores.
enum ClassOrder<'a> {
    Exact(&'a Sums),
    Binned(&'a ScoreBins),
}

impl ClassOrder<'_> {
    fn all(&self) -> Counts {
        match self {
            Self::Exact(sums) => sums.all,
            Self::Binned(bins) => bins.all(),
        }
    }

    /// Area under the ROC curve, of rows of both kinds.
    fn area(&self) -> Bounded {
        match self {
            Self::Exact(sums) => Bounded::exact(bounded::area_of(sums)),
            Self::Binned(bins) => bounded::area(bins),
        }
    }

    /// Average precision, of rows of which some are positive.
    fn precision(&self) -> Bounded {
        match self {
            Self::Exact(sums) => Bounded::exact(bounded::precision_of(sums)),
            Self::Binned(bins) => bounded::precision(bins),
        }
    }
}

fn order<'a>(summary: &Summary<'a>) -> &'a Order {
    match &summary.tallies.order {
        Some(order) => order,
        None => unreachable!("Request::check and Summary::check come first"),
    }
}

/// The order of the class with that place among the ordered ones.
fn class_order<'a>(summary: &Summary<'a>, place: usize) -> Result<ClassOrder<'a>, String> {
    match order(summary) {
        Order::Merged => Err(MERGED.into()),
        Order::Exact(order) => Ok(ClassOrder::Exact(&order.classes[place])),
        Order::Binned(order) => Ok(ClassOrder::Binned(&order.classes[place])),
    }
}

/// Why an area is undefined: rows of one kind only.
fn one_kind(summary: &Summary<'_>, class: usize, all: Counts) -> Option<String> {
    let name = || &summary.tallies.classes.names()[class];
    match all {
        Counts { positive: 0, negative: 0 } => Some(NO_ROWS.into()),
        Counts { positive: 0, .. } => Some(format!("class {} has no rows", name())),
        Counts { negative: 0, .. } => Some(format!("all labels are class {}", name())),
        _ => None,
    }
}

/// The positive class of binary scores.
fn positive(summary: &Summary<'_>) -> usize {
    match summary.tallies.spec.task {
        Task::Binary { positive } => positive,
        _ => unreachable!("Request::check comes first"),
    }
}

/// What `measure` makes of binary scores with rows of both classes.
fn binary(summary: &Summary<'_>, measure: impl Fn(&ClassOrder<'_>) -> Measure) -> Measure {
    let order = match class_order(summary, 0) {
        Ok(order) => order,
        Err(reason) => return Measure::undefined(reason),
    };
    match one_kind(summary, positive(summary), order.all()) {
        Some(reason) => Measure::undefined(reason),
        None => measure(&order),
    }
}

/// A rising function of the area under the ROC curve of binary scores: of an
/// exact area with DeLong's interval, of a binned one with its bounds.
fn of_area(summary: &Summary<'_>, rising: impl Fn(f64) -> f64) -> Measure {
    binary(summary, |order| {
        let area = order.area().map(&rising);
        let ClassOrder::Exact(sums) = order else { return area.measure() };
        let level = summary.spec().interval;
        match placements(sums).and_then(|it| it.interval(level)) {
            None => Measure::value(area.value).without_interval(ALONE),
            Some((low, high)) => {
                let (low, high) = (rising(low), rising(high));
                let interval = Some(Interval { level, low, high, method: "delong" });
                Measure { interval, ..Measure::value(area.value) }
            }
        }
    })
}

/// Area under the ROC curve of binary scores.
pub(super) fn roc_auc(summary: &Summary<'_>) -> Measure {
    of_area(summary, |area| area)
}

/// 2 AUC − 1.
pub(super) fn gini(summary: &Summary<'_>) -> Measure {
    of_area(summary, |area| 2.0 * area - 1.0)
}

/// The largest distance between the two rates.
pub(super) fn ks_statistic(summary: &Summary<'_>) -> Measure {
    binary(summary, |order| match order {
        ClassOrder::Exact(sums) => Bounded::exact(bounded::distance_of(sums)).measure(),
        ClassOrder::Binned(bins) => bounded::distance(bins).measure(),
    })
}

/// Average precision of binary scores.
pub(super) fn average_precision(summary: &Summary<'_>) -> Measure {
    if !matches!(summary.tallies.spec.task, Task::Binary { .. }) {
        return Measure::undefined("there is a score for each class");
    }
    match class_precision(summary, positive(summary)) {
        Ok(value) => value.measure(),
        Err(reason) => Measure::undefined(reason),
    }
}

/// What DeLong's variance needs; `None` if no rows have these sums.
///
/// A positive row's placement counts the negatives below it: 2 N − w in halves,
/// where w counts those above. So Σ (2 N − w)² = Σ w² + 4 N · 2U − 4 N² P.
fn placements(sums: &Sums) -> Option<Placements> {
    let Counts { positive: positives, negative: negatives } = sums.all;
    let twice_u = sums.negative;
    let pairs = u128::from(positives) * u128::from(negatives);
    let squares = Wide::from(sums.positive_squares)
        .checked_add(Wide::product(twice_u.checked_mul(4)?, negatives))?
        .checked_sub(Wide::product(pairs.checked_mul(4)?, negatives))?;
    Some(Placements {
        positives,
        negatives,
        twice_u,
        positive_squares: squares,
        negative_squares: Wide::from(sums.negative_squares),
    })
}

/// A class's place among those in order, if its own scores are.
fn place(summary: &Summary<'_>, class: usize) -> Result<usize, String> {
    match summary.tallies.spec.task {
        Task::Binary { positive } if positive == class => Ok(0),
        Task::Binary { positive } => {
            let name = &summary.tallies.classes.names()[positive];
            Err(format!("the scores are those of class {name}"))
        }
        _ => Ok(class),
    }
}

/// Area under the ROC curve of one class against the rest.
pub(super) fn class_area(summary: &Summary<'_>, class: usize) -> Result<Bounded, String> {
    // Of two classes both have the same area: one's scores are the other's, reversed.
    let place = if summary.tallies.spec.task == Task::Matrix { class } else { 0 };
    let order = class_order(summary, place)?;
    let own = if summary.tallies.spec.task == Task::Matrix { class } else { positive(summary) };
    match one_kind(summary, own, order.all()) {
        Some(reason) => Err(reason),
        None => Ok(order.area()),
    }
}

/// Average precision of one class against the rest.
pub(super) fn class_precision(summary: &Summary<'_>, class: usize) -> Result<Bounded, String> {
    let order = class_order(summary, place(summary, class)?)?;
    match order.all() {
        Counts { positive: 0, negative: 0 } => Err(NO_ROWS.into()),
        Counts { positive: 0, .. } => {
            Err(format!("class {} has no rows", summary.tallies.classes.names()[class]))
        }
        _ => Ok(order.precision()),
    }
}

/// The mean of a value over the classes that have it.
fn mean(
    summary: &Summary<'_>,
    name: &str,
    value: fn(&Summary<'_>, usize) -> Result<Bounded, String>,
    weight: impl Fn(usize) -> f64,
) -> Measure {
    let mut sum = Bounded::exact(0.0);
    let (mut weights, mut left_out, mut why) = (0.0, 0, None);
    for class in 0..summary.classes() {
        match value(summary, class) {
            Ok(value) => {
                let weight = weight(class);
                weights += weight;
                sum.value += weight * value.value;
                sum.low += weight * value.low;
                sum.high += weight * value.high;
            }
            Err(reason) => {
                left_out += 1;
                why.get_or_insert(reason);
            }
        }
    }
    if weights == 0.0 {
        return Measure::undefined(why.unwrap_or_else(|| NO_ROWS.into()));
    }
    let classes = summary.classes();
    let note = (left_out > 0)
        .then(|| format!("{name} is undefined for {left_out} of {classes} classes, left out"));
    sum.map(|sum| sum / weights).measure().with_note(note)
}

/// Mean area over classes, each against the rest.
pub(super) fn ovr_macro(summary: &Summary<'_>) -> Measure {
    mean(summary, "roc_auc", class_area, |_| 1.0)
}

/// The same, weighted by support.
pub(super) fn ovr_weighted(summary: &Summary<'_>) -> Measure {
    mean(summary, "roc_auc", class_area, |class| summary.counts[class].support as f64)
}

/// Mean average precision over classes, each against the rest.
pub(super) fn precision_macro(summary: &Summary<'_>) -> Measure {
    mean(summary, "average_precision", class_precision, |_| 1.0)
}

/// The same, weighted by support.
pub(super) fn precision_weighted(summary: &Summary<'_>) -> Measure {
    mean(summary, "average_precision", class_precision, |class| {
        summary.counts[class].support as f64
    })
}

/// What `measure` makes of all pairs of a row and a class in one order.
fn micro(summary: &Summary<'_>, measure: fn(&ClassOrder<'_>) -> Bounded) -> Measure {
    if summary.rows == 0 {
        return Measure::undefined(NO_ROWS);
    }
    if summary.classes() < 2 {
        return Measure::undefined("there is only one class");
    }
    match order(summary) {
        Order::Merged => Measure::undefined(MERGED),
        Order::Exact(order) => match &order.micro {
            Some(sums) => measure(&ClassOrder::Exact(sums)).measure(),
            None => Measure::undefined(UNASKED),
        },
        Order::Binned(order) => {
            let all = order.classes.iter().flat_map(|class| class.bins()).copied();
            measure(&ClassOrder::Binned(&ScoreBins::adding(all))).measure()
        }
    }
}

/// Area over all pairs of a row and a class.
pub(super) fn ovr_micro(summary: &Summary<'_>) -> Measure {
    micro(summary, |order| order.area())
}

/// Average precision over all pairs of a row and a class.
pub(super) fn precision_micro(summary: &Summary<'_>) -> Measure {
    micro(summary, |order| order.precision())
}

/// Mean area over pairs of classes, each by the scores of both.
fn ovo(summary: &Summary<'_>, weight: impl Fn(u64) -> f64) -> Measure {
    let order = match exact(summary) {
        Ok(order) => order,
        Err(reason) => return Measure::undefined(reason),
    };
    let classes = summary.classes();
    if order.pairs.is_empty() {
        return match classes > MOST_PAIRED {
            true => Measure::undefined(format!("there are {classes} classes, over {MOST_PAIRED}")),
            false => Measure::undefined(UNASKED),
        };
    }
    let support = |class: usize| summary.counts[class].support;
    let (mut sum, mut weights) = (0.0, 0.0);
    for a in 0..classes {
        for b in a + 1..classes {
            let rows = u128::from(support(a)) * u128::from(support(b));
            if rows > 0 {
                let twice = order.pairs[a * classes + b] + order.pairs[b * classes + a];
                let weight = weight(support(a) + support(b));
                sum += weight * (twice as f64 / (4.0 * rows as f64));
                weights += weight;
            }
        }
    }
    let absent = (0..classes).filter(|class| support(*class) == 0).count();
    if weights == 0.0 {
        return Measure::undefined("fewer than two classes have rows");
    }
    let have = if absent == 1 { "has" } else { "have" };
    let note =
        (absent > 0).then(|| format!("{absent} of {classes} classes {have} no rows, left out"));
    Bounded::exact(sum / weights).measure().with_note(note)
}

/// All pairs of one weight.
pub(super) fn ovo_macro(summary: &Summary<'_>) -> Measure {
    ovo(summary, |_| 1.0)
}

/// Pairs weighted by their rows.
pub(super) fn ovo_weighted(summary: &Summary<'_>) -> Measure {
    ovo(summary, |rows| rows as f64)
}

fn exact<'a>(summary: &Summary<'a>) -> Result<&'a ExactOrder, String> {
    match order(summary) {
        Order::Exact(order) => Ok(order),
        Order::Merged => Err(MERGED.into()),
        Order::Binned(_) => Err(BINNED.into()),
    }
}

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
                        Measure { ratio, ..Measure::value(number) }.without_interval(CHOSEN)
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
    let gap = |right: u64, confidence: u128| {
        (u128::from(right) << super::score::SHARE_BITS).abs_diff(confidence)
    };
    let gaps: u128 = order.bins.iter().map(|bin| gap(bin.rows.negative, bin.keys)).sum();
    Measure::value(gaps as f64 / super::score::SHARE_UNIT / summary.rows as f64)
        .without_interval(BIASED)
}
