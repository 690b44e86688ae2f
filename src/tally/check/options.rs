//! The limits of options, and which go together.

use crate::exact::order::Question;
use crate::tally::{Auc, Counted, Spec, Tallies, Task, aggregate};

/// The most bins of any kind.
const MOST_BINS: usize = 1 << 20;
/// The most resamples that may be asked for.
const MOST_REPLICATES: u32 = 1_000_000;
/// The largest β.
const MOST_BETA: f64 = 1e9;

/// The highest cost of a row.
const MOST_COST: f64 = 1e9;

/// Whether the options are some that an evaluation takes.
pub(super) fn fit(tallies: &Tallies) -> bool {
    counted_fit(&tallies.spec, tallies.classes.len()) && shown_fit(&tallies.spec)
}

/// Whether the options are those of the task.
fn counted_fit(spec: &Spec, classes: usize) -> bool {
    let has_scores = spec.task != Task::Predictions;
    let is_binary = matches!(spec.task, Task::Binary { .. });
    spec.scores_are.is_some() == has_scores
        && spec.score_type.is_some() == has_scores
        && (is_binary || spec.positive.is_some() || spec.threshold.is_none())
        && (!is_binary || spec.threshold.is_some())
        && (spec.positive.is_none() || classes == 2)
        && spec.threshold.is_none_or(f64::is_finite)
        && spec.asked.iter().all(|name| is_wanted(spec, name))
        && (1..=MOST_BINS).contains(&spec.bins)
        && match spec.counted {
            Counted::All => true,
            Counted::Order => is_binary,
            Counted::Counts => has_scores && spec.auc == Auc::None,
        }
        && (!is_binary || classes == 2)
}

/// Whether rows counted so have an aggregate that was asked for.
fn is_wanted(spec: &Spec, name: &str) -> bool {
    aggregate::ALL.iter().any(|entry| entry.name == name && (entry.is_wanted)(spec))
}

fn shown_fit(spec: &Spec) -> bool {
    !spec.top_k.contains(&0)
        && spec.betas.iter().all(|beta| beta.is_sign_positive() && *beta <= MOST_BETA)
        && spec.interval > 0.0
        && spec.interval < 1.0
        && spec.replicates.is_none_or(|replicates| replicates <= MOST_REPLICATES)
        && spec.order.mass_bins <= MOST_BINS
        && spec.order.questions.iter().all(is_question)
}

/// Whether a question has bounds that can be asked for.
fn is_question(question: &Question) -> bool {
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    let is_cost = |cost: f64| (0.0..=MOST_COST).contains(&cost);
    match *question {
        Question::PartialArea(most) => is_share(most) && most > 0.0,
        Question::Cost { false_positive, false_negative } => {
            is_cost(false_positive) && is_cost(false_negative)
        }
        Question::Threshold(_, bound)
        | Question::PrecisionAtRecall(bound)
        | Question::RecallAtPrecision(bound)
        | Question::TprAtFpr(bound)
        | Question::CoverageAtRisk(bound) => is_share(bound),
    }
}
