//! The limits of curves, and of answers about them.

use crate::exact::fixed::UNIT;
use crate::exact::key;
use crate::exact::order::{Answer, Counts, PRECISION_BITS, Point, Question, Sums};
use crate::tally::{ConfidenceOrder, ExactOrder, ScoresAre, Spec, Tallies, threshold};

/// Units that a share may be off by for being the nearest double.
const ROUNDED: u128 = 1 << 8;

/// Whether the curve of the positive class and the answers about it go with the sums
/// and with the predictions.
pub(super) fn fit(order: &ExactOrder, sums: &Sums, tallies: &Tallies) -> bool {
    let spec = &tallies.spec;
    is_curve(&order.curve, sums.all)
        && order.curve.iter().all(|point| point.key.is_none_or(|key| is_score(spec, key)))
        && area_fits(&order.curve, sums)
        && shares_fit(&order.curve, |rows| rows.positive, sums.precision)
        && predictions_fit(&order.curve, tallies)
        && answers_fit(&order.answers, &spec.order.questions(false), &order.curve, sums)
}

/// The same of rows by confidence, the wrong ones counted as positive.
pub(super) fn by_confidence_fit(
    order: &ConfidenceOrder,
    all: Counts,
    questions: &[Question],
) -> bool {
    let sums = Sums { negative: u128::MAX, ..Sums::new(all) };
    is_curve(&order.curve, all)
        && order.curve.iter().all(|point| point.key.is_none_or(|key| key <= UNIT))
        && shares_fit(&order.curve, Counts::rows, order.risk)
        && answers_fit(&order.answers, questions, &order.curve, &sums)
}

/// Whether points begin above all rows and go down to below all of them: keys fall and
/// rows rise.
fn is_curve(curve: &[Point], all: Counts) -> bool {
    let falls = |upper: &Point, lower: &Point| {
        lower.key.is_some_and(|key| upper.key.is_none_or(|above| key < above))
            && is_within(upper.above, lower.above)
            && upper.above != lower.above
    };
    curve.first() == Some(&Point::START)
        && curve.windows(2).all(|pair| falls(&pair[0], &pair[1]))
        && curve.last().is_some_and(|last| last.above == all)
}

/// Whether there are no more rows of either kind.
fn is_within(rows: Counts, all: Counts) -> bool {
    rows.positive <= all.positive && rows.negative <= all.negative
}

/// Whether a key is that of a score.
fn is_score(spec: &Spec, key: u64) -> bool {
    let score = match (spec.orders_doubles(), u32::try_from(key)) {
        (true, _) => key::to_f64(key),
        (false, Ok(key)) => f64::from(key::to_f32(key)),
        (false, Err(_)) => return false,
    };
    match spec.scores_are {
        Some(ScoresAre::Probabilities) => (0.0..=1.0).contains(&score),
        _ => !score.is_nan(),
    }
}

/// Between two points, each negative has as many positives above it as one of them, or
/// between; so 2U lies between two sums, and no point is further from the diagonal than
/// the furthest.
fn area_fits(curve: &[Point], sums: &Sums) -> bool {
    let (mut least, mut most, mut distance) = (0_u128, 0_u128, 0_u128);
    for pair in curve.windows(2) {
        let [upper, lower] = [pair[0].above, pair[1].above];
        let width = 2 * u128::from(lower.negative - upper.negative);
        least += width * u128::from(upper.positive);
        most += width * u128::from(lower.positive);
        let across = u128::from(lower.positive) * u128::from(sums.all.negative);
        let along = u128::from(lower.negative) * u128::from(sums.all.positive);
        distance = distance.max(across.abs_diff(along));
    }
    (least..=most).contains(&sums.negative) && distance <= sums.distance
}

/// Whether a sum of shares of positives among the rows above, one for each of some rows,
/// goes with the curve.
fn shares_fit(curve: &[Point], rows: impl Fn(Counts) -> u64, sum: u128) -> bool {
    let share = |positive: u64, negative: u64| match positive + negative {
        0 => 0,
        all => (u128::from(positive) << PRECISION_BITS) / u128::from(all),
    };
    let (mut least, mut most) = (0_u128, 0_u128);
    for pair in curve.windows(2) {
        let [upper, lower] = [pair[0].above, pair[1].above];
        let between = u128::from(rows(lower) - rows(upper));
        least += between * share(upper.positive, lower.negative).saturating_sub(ROUNDED);
        most += between * (share(lower.positive, upper.negative) + ROUNDED);
    }
    let end = curve.last().map_or(0, |last| u128::from(rows(last.above)));
    (least..=most.min(end << PRECISION_BITS)).contains(&sum)
}

/// Whether as many rows are predicted positive as lie above the threshold. A score that
/// is next to it may count on either side, as it is rounded in the type of the scores.
fn predictions_fit(curve: &[Point], tallies: &Tallies) -> bool {
    let spec = &tallies.spec;
    let (Some(from), Some(positive)) = (spec.threshold, spec.positive_class()) else {
        return true;
    };
    let [class, other] = [positive, 1 - positive].map(|class| u32::from(class == 1));
    let predicted = Counts {
        positive: tallies.confusion.count(class, class),
        negative: tallies.confusion.count(other, class),
    };
    let margin = (from.abs() / 128.0).max(1e-4);
    curve.iter().all(|point| match threshold(spec, point) {
        Some(score) if score > from + margin => is_within(point.above, predicted),
        Some(score) if score < from - margin => is_within(predicted, point.above),
        _ => true,
    })
}

/// Whether there is an answer to each question and nothing else, and each lies on a
/// curve through the points.
fn answers_fit(
    answers: &[(Question, Answer)],
    questions: &[Question],
    curve: &[Point],
    sums: &Sums,
) -> bool {
    answers.len() == questions.len()
        && answers.iter().zip(questions).all(|((asked, answer), question)| {
            let points = answer.point.iter().chain(&answer.next);
            asked == question
                && points.into_iter().all(|point| is_on(point, curve, sums.all))
                && asked.allows(answer, sums.all)
                && answer.twice_area <= sums.negative
        })
}

/// Whether a curve through these points may pass through another one.
fn is_on(point: &Point, curve: &[Point], all: Counts) -> bool {
    let fits = |known: &Point| match (known.key, point.key) {
        (a, b) if a == b => known.above == point.above,
        (None, _) => true,
        (_, None) => false,
        (Some(known_key), Some(key)) if known_key > key => is_within(known.above, point.above),
        _ => is_within(point.above, known.above),
    };
    is_within(point.above, all)
        && match point.key {
            None => *point == Point::START,
            Some(_) => point.above.rows() > 0 && curve.iter().all(fits),
        }
}
