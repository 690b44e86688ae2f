//! The entries of the registry: what is said of each metric.

use std::borrow::Cow;

use super::better::Better;
use super::measure::Measure;
use super::summary::Summary;
use crate::tally::aggregate::{self, OnRequest};
use crate::tally::{Auc, Counted, Question, ScoresAre, Spec, Task};

/// A metric of a whole set of rows: an entry of [`ALL`](super::ALL).
///
/// Formulas write n for the scored rows, c for the correct ones, C for the
/// number of classes, and tp, t, p for the rows of a class predicted as it, of
/// the class, and predicted as it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name in options, reports and rules; of a family, with the parameter
    /// as a letter: `top_K_accuracy`.
    pub name: &'static str,
    /// Other names for it. A report shows `name`.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub formula: &'static str,
    /// The values it can take.
    pub range: &'static str,
    /// What it is computed from.
    pub needs: Needs,
    /// When it is undefined, apart from there being no rows.
    pub undefined: &'static str,
    /// The paper or standard text that defines it.
    pub source: &'static str,
    /// Whether a report shows it only when asked.
    pub on_request: bool,
    /// Which way it gets better.
    pub better: Better,
    /// The standard error of its value, of a mean over rows or an area.
    pub(super) standard_error: Option<fn(&Summary<'_>) -> Option<f64>>,
    pub(super) compute: Compute,
}

impl Metric {
    /// Whether it is an average over classes, and so over those that were chosen.
    pub fn is_average(&self) -> bool {
        ["_macro", "_micro", "_weighted"].iter().any(|average| self.name.ends_with(average))
    }
}

/// What a metric is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Counts by label and prediction.
    Confusion,
    /// The rank of each row's label among its scores.
    Ranks,
    /// Sums and bins of scores: loss, squared error, confidence.
    Scores,
    /// An aggregate that is counted only when asked for, by its name.
    Asked(&'static str),
    /// The scores of a positive class in order: one per row, or of two columns one.
    BinaryOrder,
    /// The scores of each class in order.
    ClassOrder,
    /// The scores of one class or of each in order.
    AnyOrder,
    /// Rows in order by confidence.
    ConfidenceOrder,
}

/// The function of a metric, by the parameter that it takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Compute {
    Plain(fn(&Summary<'_>) -> Measure),
    OfK(fn(&Summary<'_>, usize) -> Measure),
    OfBeta(fn(&Summary<'_>, f64) -> Measure),
    /// Of a share between 0 and 1, which makes a question about the order.
    OfShare(fn(f64) -> Question, fn(&Summary<'_>, Question) -> Measure),
}

/// What to say of a metric that the metrics asked for did not need.
const LEFT_OUT: &str =
    "needs what --metrics left out; evaluate without --metrics, or name it there, too";

/// The same of one that needs an order, which nothing but its name may bring.
const LEFT_UNORDERED: &str = "needs rows in order, which --metrics left out; name it there, too";

/// What is said of an aggregate that is counted only when asked for.
fn on_request(aggregate: &str) -> Option<OnRequest> {
    aggregate::entry(aggregate)?.on_request
}

/// Why rows with scores, counted as `spec` says, lack an aggregate that is counted only
/// when asked for.
fn not_counted(aggregate: &str, spec: &Spec) -> Option<Cow<'static, str>> {
    let what = aggregate::entry(aggregate)?.what;
    let OnRequest { metric, of_logits } = on_request(aggregate)?;
    if of_logits && spec.scores_are != Some(ScoresAre::Logits) {
        return Some("needs logits, and these scores are probabilities".into());
    }
    if !spec.asks_for(aggregate) {
        return Some(
            format!("needs {what}, which were not counted; evaluate with --metrics {metric}")
                .into(),
        );
    }
    (!spec.counts_scores()).then_some(LEFT_OUT.into())
}

impl Needs {
    /// A word for it in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confusion => "labels and predictions",
            Self::Ranks | Self::Scores => "scores",
            Self::Asked(aggregate) => match on_request(aggregate) {
                Some(OnRequest { of_logits: true, .. }) => "logits, and to be asked for",
                _ => "scores, and to be asked for",
            },
            Self::BinaryOrder => "one score per row, or of two columns one, in order",
            Self::ClassOrder => "a score for each class, in order",
            Self::AnyOrder => "scores, in order",
            Self::ConfidenceOrder => "scores, in order, and to be asked for",
        }
    }

    /// Why rows counted as `spec` says cannot have it; `None` if they can.
    pub(crate) fn missing(self, spec: &Spec) -> Option<Cow<'static, str>> {
        if let (Self::Asked(aggregate), true) = (self, spec.task != Task::Predictions) {
            return not_counted(aggregate, spec);
        }
        self.not_there(spec).map(Cow::Borrowed)
    }

    fn not_there(self, spec: &Spec) -> Option<&'static str> {
        match (self, spec.task) {
            (Self::Confusion, _) => None,
            (_, Task::Predictions) => {
                Some("needs scores, and these rows have predictions only; give --scores")
            }
            (Self::Ranks | Self::Scores, _) if spec.counted != Counted::All => Some(LEFT_OUT),
            (Self::BinaryOrder, Task::Matrix) if spec.positive.is_none() => Some(
                "needs one score per row or two score columns; these rows have a score for each \
                 class: name an average such as roc_auc_ovr_macro, or give the scores of one class",
            ),
            (Self::BinaryOrder, Task::Matrix)
                if spec.auc == Auc::Binned && spec.orders_differences() =>
            {
                Some(
                    "needs the exact order of two columns of logits, whose differences are not \
                     binned; evaluate with --auc exact, or give the differences as one score per row",
                )
            }
            (Self::ClassOrder, Task::Matrix) if !spec.has_each_class() => {
                Some("needs each class in order, not one alone; name it with --metrics, too")
            }
            (Self::ClassOrder, Task::Binary { .. }) => {
                Some("needs a score for each class; these rows have one for the positive class")
            }
            _ if self.is_order() && spec.counted == Counted::Counts => Some(LEFT_UNORDERED),
            _ if self.is_order() && spec.auc == Auc::None => {
                Some("needs rows in order; evaluate with --auc exact or --auc binned")
            }
            (Self::ConfidenceOrder, _) if spec.counted == Counted::Order => {
                Some("needs confidences, which --metrics left out; name it there, too")
            }
            _ => None,
        }
    }

    /// Whether it is an order of rows.
    pub fn is_order(self) -> bool {
        matches!(
            self,
            Self::BinaryOrder | Self::ClassOrder | Self::AnyOrder | Self::ConfidenceOrder
        )
    }

    /// Whether an order of binary scores, together with labels and predictions, is
    /// all that it needs.
    pub fn is_plain_order(self) -> bool {
        matches!(self, Self::Confusion | Self::BinaryOrder | Self::AnyOrder)
    }
}
