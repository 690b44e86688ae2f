//! Questions about the curve of one positive class that only the whole order
//! answers: which threshold, and what holds there.

use super::{Counts, Fold, Group, Key, Point};

/// A question. Bounds are compared with the nearest double of a quotient of
/// counts, so that an answer never contradicts the value that is shown of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Question {
    /// The area under the ROC curve up to a false positive rate.
    PartialArea(f64),
    /// The point of highest precision among those of at least this recall.
    PrecisionAtRecall(f64),
    /// The point of highest recall among those of at least this precision.
    RecallAtPrecision(f64),
    /// The lowest threshold with at most this false positive rate.
    TprAtFpr(f64),
    /// The lowest threshold with at most this share of positives above it.
    CoverageAtRisk(f64),
    /// The threshold where this rate is at least (or at most) so much: the
    /// highest, if lower ones reach it too, else the lowest.
    Threshold(Rate, f64),
    /// The threshold of least cost, of several the highest.
    Cost {
        /// Cost of a false positive.
        false_positive: f64,
        /// Cost of a false negative.
        false_negative: f64,
    },
}

/// A rate that a threshold can be chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// tp / P, at least.
    Recall,
    /// tp / (tp + fp), at least.
    Precision,
    /// (N − fp) / N, at least.
    Specificity,
    /// fp / N, at most.
    FalsePositiveRate,
}

/// The answer to a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The point; `None` if no threshold will do.
    pub point: Option<Point>,
    /// The point after it; only for a partial area.
    pub next: Option<Point>,
    /// Twice the area to the left of the point, in pairs of rows; only for a
    /// partial area.
    pub twice_area: u128,
}

/// Answers to several questions at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Questions {
    all: Counts,
    open: Vec<(Question, Answer)>,
}

impl Questions {
    /// Questions about `all` rows to come.
    pub fn new(all: Counts, questions: &[Question]) -> Self {
        Self { all, open: questions.iter().map(|&it| (it, Answer::default())).collect() }
    }

    /// Takes in groups of any size, each with its key.
    pub fn add(&mut self, before: Counts, groups: impl Iterator<Item = (u64, Counts)> + Clone) {
        for (question, answer) in &mut self.open {
            let mut above = before;
            for (key, rows) in groups.clone() {
                let start = above;
                above += rows;
                let point = Point { key: Some(key), above };
                question.point(answer, start, point, self.all);
            }
        }
    }

    /// The answers, in the order of the questions.
    pub fn finish(self) -> Vec<Answer> {
        let all = self.all;
        let answer = |(question, answer): (Question, Answer)| {
            let first = Answer { point: Some(Point::START), ..Answer::default() };
            if question.admits(Point::START, all) {
                question.join(first, answer, all)
            } else {
                answer
            }
        };
        self.open.into_iter().map(answer).collect()
    }
}

impl<K: Key> Fold<K> for Questions {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        self.add(before, groups.iter().map(|group| (group.key.wide(), group.counts())));
    }

    fn join(&mut self, next: Self) {
        let all = self.all;
        for ((question, answer), (_, next)) in self.open.iter_mut().zip(next.open) {
            *answer = question.join(*answer, next, all);
        }
    }
}

impl Question {
    /// The one number that it is about, if it is about one.
    pub fn share(&self) -> Option<f64> {
        match *self {
            Self::PartialArea(share)
            | Self::PrecisionAtRecall(share)
            | Self::RecallAtPrecision(share)
            | Self::TprAtFpr(share)
            | Self::CoverageAtRisk(share) => Some(share),
            Self::Threshold(..) | Self::Cost { .. } => None,
        }
    }

    /// Whether an answer keeps the bound that was asked for and could be that of some
    /// `all` rows.
    pub fn allows(&self, answer: &Answer, all: Counts) -> bool {
        let Some(point) = answer.point else {
            return answer.twice_area == 0 && (answer.next.is_none() || self.is_area());
        };
        let pairs = u128::from(point.above.positive) * u128::from(point.above.negative);
        let beyond = |next: &Point| {
            next.above.negative > point.above.negative
                && next.above.positive >= point.above.positive
                && !self.admits(*next, all)
        };
        self.admits(point, all)
            && if self.is_area() { answer.twice_area <= 2 * pairs } else { answer.twice_area == 0 }
            && (self.is_area() || answer.next.is_none())
            && answer.next.as_ref().is_none_or(beyond)
    }

    fn is_area(&self) -> bool {
        matches!(self, Self::PartialArea(_))
    }

    /// Takes in the point that follows the one where `before` rows are above.
    fn point(&self, answer: &mut Answer, before: Counts, point: Point, all: Counts) {
        let admitted = self.admits(point, all);
        if let Self::PartialArea(_) = self {
            if admitted {
                let width = point.above.negative - before.negative;
                let height = before.positive + point.above.positive;
                answer.twice_area += u128::from(width) * u128::from(height);
                answer.point = Some(point);
            } else if answer.next.is_none() {
                answer.next = Some(point);
            }
        } else if admitted && answer.point.is_none_or(|best| self.prefers(point, best, all)) {
            answer.point = Some(point);
        }
    }

    /// The answer of two stretches of points, the second below the first.
    fn join(&self, first: Answer, second: Answer, all: Counts) -> Answer {
        let better = |point: &Point| first.point.is_none_or(|best| self.prefers(*point, best, all));
        Answer {
            point: second.point.filter(better).or(first.point),
            next: first.next.or(second.next),
            twice_area: first.twice_area + second.twice_area,
        }
    }

    /// Whether a point will do.
    fn admits(&self, point: Point, all: Counts) -> bool {
        let above = point.above;
        match *self {
            Self::PartialArea(most) | Self::TprAtFpr(most) => {
                quotient(above.negative, all.negative) <= most
            }
            Self::PrecisionAtRecall(least) => {
                above.rows() > 0 && Rate::Recall.holds(above, all, least)
            }
            Self::RecallAtPrecision(least) => Rate::Precision.holds(above, all, least),
            Self::CoverageAtRisk(most) => {
                above.rows() == 0 || quotient(above.positive, above.rows()) <= most
            }
            Self::Threshold(rate, bound) => point.key.is_some() && rate.holds(above, all, bound),
            Self::Cost { .. } => true,
        }
    }

    /// Whether a lower point is better than `best`; both will do.
    fn prefers(&self, point: Point, best: Point, all: Counts) -> bool {
        match *self {
            Self::PartialArea(_)
            | Self::TprAtFpr(_)
            | Self::CoverageAtRisk(_)
            | Self::Threshold(Rate::Precision | Rate::Specificity | Rate::FalsePositiveRate, _) => {
                true
            }
            Self::Threshold(Rate::Recall, _) => false,
            Self::RecallAtPrecision(_) => point.above.positive > best.above.positive,
            Self::PrecisionAtRecall(_) => {
                let product = |a: Counts, b: Counts| u128::from(a.positive) * u128::from(b.rows());
                let (own, others) =
                    (product(point.above, best.above), product(best.above, point.above));
                own > others
            }
            Self::Cost { false_positive, false_negative } => {
                let cost = |above: Counts| {
                    above.negative as f64 * false_positive
                        + (all.positive - above.positive) as f64 * false_negative
                };
                cost(point.above) < cost(best.above)
            }
        }
    }
}

impl Rate {
    /// Every rate with its names in options and whether it is bounded from above.
    pub const ALL: &[(&str, Self)] = &[
        ("recall", Self::Recall),
        ("true_positive_rate", Self::Recall),
        ("precision", Self::Precision),
        ("specificity", Self::Specificity),
        ("false_positive_rate", Self::FalsePositiveRate),
    ];

    /// Whether it is to be at most its bound, not at least.
    pub fn at_most(self) -> bool {
        self == Self::FalsePositiveRate
    }

    /// The name in options.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, rate)| *rate == self).map_or("", |(name, _)| name)
    }

    fn holds(self, above: Counts, all: Counts, bound: f64) -> bool {
        match self {
            Self::Recall => quotient(above.positive, all.positive) >= bound,
            Self::Precision => quotient(above.positive, above.rows()) >= bound,
            Self::Specificity => quotient(all.negative - above.negative, all.negative) >= bound,
            Self::FalsePositiveRate => quotient(above.negative, all.negative) <= bound,
        }
    }
}

/// NaN without a denominator, which is neither below nor above a bound.
fn quotient(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
