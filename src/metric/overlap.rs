//! Precision, recall, F, Jaccard and specificity: quotients of the counts of a
//! class, and their averages over classes.

use super::measure::{Interval, Measure, NO_ROWS};
use super::summary::{Counts, Summary};
use crate::tally::ZeroDivision;

/// A quotient of the counts of one class against the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Overlap {
    Precision,
    Recall,
    /// F-β.
    F(f64),
    Jaccard,
    Specificity,
    FalsePositiveRate,
    FalseNegativeRate,
}

impl Overlap {
    /// The word for it in notes.
    fn name(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F(_) => "F",
            Self::Jaccard => "jaccard",
            Self::Specificity => "specificity",
            Self::FalsePositiveRate => "false positive rate",
            Self::FalseNegativeRate => "false negative rate",
        }
    }

    /// Its value for one class of `rows` rows; `None` if the denominator is 0.
    ///
    /// F comes from counts, not from P and R: it is 0 when only one of those is
    /// undefined.
    pub(super) fn of(self, class: &Counts, rows: u64) -> Option<f64> {
        let Counts { tp, support, predicted } = *class;
        let others = rows - support;
        let (part, whole) = match self {
            Self::Precision => (tp as f64, predicted as f64),
            Self::Recall => (tp as f64, support as f64),
            Self::F(beta) => {
                let weight = beta * beta;
                ((1.0 + weight) * tp as f64, weight * support as f64 + predicted as f64)
            }
            // Each row counts once here: support + predicted − tp ≤ n.
            Self::Jaccard => (tp as f64, (support + (predicted - tp)) as f64),
            Self::Specificity => ((others - (predicted - tp)) as f64, others as f64),
            Self::FalsePositiveRate => ((predicted - tp) as f64, others as f64),
            Self::FalseNegativeRate => ((support - tp) as f64, support as f64),
        };
        match self {
            Self::F(_) if whole == 0.0 && support > 0 => Some(0.0),
            _ => (whole > 0.0).then(|| part / whole),
        }
    }

    /// The mean over classes, all of one weight.
    pub(super) fn macro_average(self, summary: &Summary<'_>) -> Measure {
        self.average(summary, |_| 1)
    }

    /// The mean over classes, weighted by their support.
    pub(super) fn weighted_average(self, summary: &Summary<'_>) -> Measure {
        self.average(summary, |class| class.support)
    }

    /// The mean over classes of positive weight, in class order.
    fn average(self, summary: &Summary<'_>, weight: impl Fn(&Counts) -> u64) -> Measure {
        if summary.rows == 0 {
            return Measure::undefined(NO_ROWS);
        }
        let zero_division = summary.tallies.spec.zero_division;
        let (mut sum, mut weights) = (0.0, 0u64);
        let (mut weighted, mut undefined, mut defined) = (0, 0, 0);
        let mut classes = 0;
        let mut add = |class: &Counts, times: usize| {
            let weight = weight(class);
            let value = self.of(class, summary.rows);
            classes += times;
            weighted += times * usize::from(weight > 0);
            undefined += times * usize::from(weight > 0 && value.is_none());
            defined += times * usize::from(value.is_some());
            if let Some(value) = value.or(substitute(zero_division)) {
                let weight = weight * times as u64;
                sum += weight as f64 * value;
                weights += weight;
            }
        };
        let (averaged, empty) = summary.averaged_counts();
        averaged.for_each(|class| add(class, 1));
        if empty > 0 {
            add(&Counts::default(), empty);
        }
        let given = matches!(zero_division, ZeroDivision::Zero | ZeroDivision::One);
        if weights == 0 || defined == 0 && !given {
            let rows = if weighted < classes { " with rows" } else { "" };
            return Measure::undefined(format!(
                "{} is undefined for every class{rows}",
                self.name()
            ));
        }
        let note = (undefined > 0 && !given)
            .then(|| note(self.name(), undefined, weighted, zero_division));
        Measure::value(sum / weights as f64).with_note(note)
    }
}

/// What an average counts in place of an undefined value; `None` leaves it out.
fn substitute(zero_division: ZeroDivision) -> Option<f64> {
    match zero_division {
        ZeroDivision::Undefined | ZeroDivision::Zero => Some(0.0),
        ZeroDivision::One => Some(1.0),
        ZeroDivision::Exclude => None,
    }
}

fn note(name: &str, undefined: usize, classes: usize, zero_division: ZeroDivision) -> String {
    let treated = match zero_division {
        ZeroDivision::Exclude => "left out",
        _ => "counted as 0",
    };
    format!("{name} is undefined for {undefined} of {classes} classes, {treated}")
}

/// The counts of the classes that averages are over, added up.
fn sum(summary: &Summary<'_>) -> Counts {
    let mut sum = Counts::default();
    for &Counts { tp, support, predicted } in summary.averaged_counts().0 {
        sum.tp += tp;
        sum.support += support;
        sum.predicted += predicted;
    }
    sum
}

impl Overlap {
    /// Precision, recall, F or Jaccard over the classes of an average at once. Over all
    /// classes, with one label and one prediction a row, all but the last are c / n.
    pub(super) fn micro_average(self, summary: &Summary<'_>) -> Measure {
        let sum = sum(summary);
        if summary.rows == 0 {
            return Measure::undefined(NO_ROWS);
        }
        let whole = sum.support == summary.rows && sum.predicted == summary.rows;
        match self {
            Self::Jaccard if whole => return jaccard_of_all(summary),
            _ if whole => {
                return Measure::proportion(summary.correct, summary.rows, summary.spec());
            }
            // Rows of these classes, and rows predicted as them, are independent of
            // each other, and each counts once.
            Self::Precision if sum.predicted > 0 => {
                return Measure::proportion(sum.tp, sum.predicted, summary.spec());
            }
            Self::Recall if sum.support > 0 => {
                return Measure::proportion(sum.tp, sum.support, summary.spec());
            }
            _ => {}
        }
        // A row may count twice, as the one class and as the other: no share of rows.
        let value = self.of_sums(&sum);
        match (value, summary.spec().zero_division) {
            (Some(value), _) => Measure::value(value),
            (None, ZeroDivision::Zero) => Measure::value(0.0),
            (None, ZeroDivision::One) => Measure::value(1.0),
            (None, ZeroDivision::Undefined | ZeroDivision::Exclude) => {
                Measure::undefined(match self {
                    Self::Precision => "none of these classes is predicted",
                    Self::Recall => "none of these classes has rows",
                    _ => "none of these classes has rows or is predicted",
                })
            }
        }
    }

    /// The quotient of counts added up over classes, where a row may count twice.
    fn of_sums(self, sum: &Counts) -> Option<f64> {
        match self {
            Self::Jaccard => {
                let union =
                    u128::from(sum.support) + u128::from(sum.predicted) - u128::from(sum.tp);
                (union > 0).then(|| sum.tp as f64 / union as f64)
            }
            _ => self.of(sum, sum.support),
        }
    }
}

/// Jaccard over all classes at once, c / (2 n − c).
fn jaccard_of_all(summary: &Summary<'_>) -> Measure {
    let union = 2 * u128::from(summary.rows) - u128::from(summary.correct);
    let ratio = u64::try_from(union).ok().map(|union| (summary.correct, union));
    // It increases with the accuracy a, as a / (2 − a), and so does its interval.
    let of_accuracy = |a: f64| a / (2.0 - a);
    let accuracy = Measure::proportion(summary.correct, summary.rows, summary.spec());
    let interval = accuracy.interval.map(|it| Interval {
        low: of_accuracy(it.low),
        high: of_accuracy(it.high),
        ..it
    });
    Measure { ratio, interval, ..Measure::value(summary.correct as f64 / union as f64) }
}
