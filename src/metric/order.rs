//! Metrics of rows in order: areas under curves.

use super::bounded::{self, Bounded};
use super::measure::{Interval, Measure, NO_ROWS};
use super::summary::Summary;
use crate::stat::Placements;
use crate::tally::{Counts, ExactOrder, MOST_PAIRED, Order, Ordered, ScoreBins, Sums, Wide};

/// Why a metric of an exact order that was merged is undefined.
const MERGED: &str = "exact AUC does not merge; use --auc binned or evaluate together";
/// Why a metric is undefined that bins cannot bound.
const BINNED: &str = "bins do not tell; use --auc exact";
/// Why a metric is undefined that was not thought of when rows were put in order.
pub(super) const UNASKED: &str =
    "it was not asked for when the rows were put in order; evaluate again with it";

/// Why an area has no interval.
const ALONE: &str = "one row of a class does not tell how its rows differ";

/// The order of one class's scores.
pub(super) enum ClassOrder<'a> {
    Exact(&'a Sums),
    Binned(&'a ScoreBins),
}

impl ClassOrder<'_> {
    pub(super) fn all(&self) -> Counts {
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

pub(super) fn order<'a>(summary: &Summary<'a>) -> &'a Order {
    summary.aggregate()
}

/// The order of a class: its own, or that of the positive one.
fn class_order<'a>(summary: &Summary<'a>, class: usize) -> Result<ClassOrder<'a>, String> {
    if !summary.spec().has_each_class() {
        return positive_order(summary);
    }
    match order(summary) {
        Order::Merged => Err(MERGED.into()),
        Order::Exact(order) => Ok(ClassOrder::Exact(&order.classes[class])),
        Order::Binned(order) => Ok(ClassOrder::Binned(&order.classes[class])),
    }
}

/// The order of the positive class.
fn positive_order<'a>(summary: &Summary<'a>) -> Result<ClassOrder<'a>, String> {
    let found = match order(summary) {
        Order::Merged => return Err(MERGED.into()),
        Order::Exact(order) => order.positive(summary.spec()).map(ClassOrder::Exact),
        Order::Binned(order) => order.positive(summary.spec()).map(ClassOrder::Binned),
    };
    found.ok_or_else(|| UNASKED.into())
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

/// The class that metrics of one class are about.
fn positive(summary: &Summary<'_>) -> usize {
    match summary.spec().positive_class() {
        Some(positive) => positive,
        None => unreachable!("Request::check comes first"),
    }
}

/// What `measure` makes of the order of the positive class, with rows of both kinds.
pub(super) fn binary(
    summary: &Summary<'_>,
    measure: impl Fn(&ClassOrder<'_>) -> Measure,
) -> Measure {
    let order = match positive_order(summary) {
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

/// Area under the ROC curve of the positive class.
pub(super) fn roc_auc(summary: &Summary<'_>) -> Measure {
    let measure = of_area(summary, |area| area);
    match measure.value {
        Ok(_) => measure.with_note(beside_softmax(summary)),
        Err(_) => measure,
    }
}

/// By how much the area by differences of two logits is another than that by their
/// softmax, if that shows: in fixed point, and near 1, rows tie.
fn beside_softmax(summary: &Summary<'_>) -> Option<String> {
    let spec = summary.spec();
    let Order::Exact(order) = order(summary) else { return None };
    if spec.ordered != Ordered::Both || !spec.orders_differences() {
        return None;
    }
    let by_softmax = bounded::area_of(order.classes.get(spec.positive?)?);
    let differs = (bounded::area_of(order.positive(spec)?) - by_softmax).abs() > SHOWS;
    differs.then(|| {
        format!(
            "of the difference of two logits; their softmax, as in roc_auc_ovr_macro, does not tell \
             all rows apart and gives {by_softmax:.6}"
        )
    })
}

/// A difference of two areas that is seen in a report.
const SHOWS: f64 = 1e-6;

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
    let found = positive_order(summary);
    match found.and_then(|order| precision(summary, positive(summary), &order)) {
        Ok(value) => value.measure(),
        Err(reason) => Measure::undefined(reason),
    }
}

/// The standard error of the area under the curve of the positive class.
pub(super) fn area_error(summary: &Summary<'_>) -> Option<f64> {
    area_variance(summary).map(libm::sqrt)
}

/// The positive and the negative rows of that class.
pub(super) fn kinds(summary: &Summary<'_>) -> Option<(u64, u64)> {
    let all = positive_order(summary).ok()?.all();
    Some((all.positive, all.negative))
}

/// The same of twice that area less 1.
pub(super) fn gini_error(summary: &Summary<'_>) -> Option<f64> {
    area_error(summary).map(|error| 2.0 * error)
}

/// DeLong's variance of the area of binary scores, if their order is exact.
fn area_variance(summary: &Summary<'_>) -> Option<f64> {
    match positive_order(summary) {
        Ok(ClassOrder::Exact(sums)) => placements(sums)?.variance(),
        _ => None,
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

/// Area under the ROC curve of one class against the rest.
pub(super) fn class_area(summary: &Summary<'_>, class: usize) -> Result<Bounded, String> {
    // Of two classes both have the same area: one's scores are the other's, reversed.
    let order = class_order(summary, class)?;
    let own = if summary.spec().has_each_class() { class } else { positive(summary) };
    match one_kind(summary, own, order.all()) {
        Some(reason) => Err(reason),
        None => Ok(order.area()),
    }
}

/// Average precision of one class against the rest.
pub(super) fn class_precision(summary: &Summary<'_>, class: usize) -> Result<Bounded, String> {
    if !summary.spec().has_each_class() && class != positive(summary) {
        let name = &summary.tallies.classes.names()[positive(summary)];
        return Err(format!("the scores are those of class {name}"));
    }
    precision(summary, class, &class_order(summary, class)?)
}

/// Average precision of the class whose order that is.
fn precision(
    summary: &Summary<'_>,
    class: usize,
    order: &ClassOrder<'_>,
) -> Result<Bounded, String> {
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
    for class in summary.averaged() {
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
    let classes = summary.averaged().count();
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
        Order::Exact(_) if summary.averaged().count() < summary.classes() => {
            Measure::undefined("the one order of all pairs holds every class; use --auc binned")
        }
        Order::Exact(order) => match &order.micro {
            Some(sums) => measure(&ClassOrder::Exact(sums)).measure(),
            None => Measure::undefined(UNASKED),
        },
        Order::Binned(order) => {
            let classes = summary.averaged().map(|class| &order.classes[class]);
            let all = classes.flat_map(|class| class.bins()).copied();
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
    for a in summary.averaged() {
        for b in summary.averaged().filter(|b| *b > a) {
            let rows = u128::from(support(a)) * u128::from(support(b));
            if rows > 0 {
                let twice = order.pairs[a * classes + b] + order.pairs[b * classes + a];
                let weight = weight(support(a) + support(b));
                sum += weight * (twice as f64 / (4.0 * rows as f64));
                weights += weight;
            }
        }
    }
    let absent = summary.averaged().filter(|class| support(*class) == 0).count();
    if weights == 0.0 {
        return Measure::undefined("fewer than two classes have rows");
    }
    let classes = summary.averaged().count();
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

pub(super) fn exact<'a>(summary: &Summary<'a>) -> Result<&'a ExactOrder, String> {
    match order(summary) {
        Order::Exact(order) => Ok(order),
        Order::Merged => Err(MERGED.into()),
        Order::Binned(_) => Err(BINNED.into()),
    }
}
