//! The plan: all that is settled before the first row is counted.

use std::sync::Arc;

use super::clip::nearest;
use super::options::OnInvalid;
use super::part_scores::PartScores;
use super::preparation::Preparation;
use super::seen_names::SeenNames;
use super::sum_tolerance;
use crate::class::Classes;
use crate::kernel::Level;
use crate::kernel::rows::{self, Decision, Params};
use crate::notice::Notice;
use crate::tally::{Auc, BinEdges, Counted, Outside, ScoreType, ScoresAre, Spec, Task, Ties};

/// What will be counted.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The options, all settled.
    pub spec: Spec,
    /// The type that scores are stored in; `spec.score_type` is what they count as.
    pub stored_as: Option<ScoreType>,
    /// What is done to the scores first.
    pub preparation: Preparation,
    /// The classes; `None` to discover them.
    pub classes: Option<Classes>,
    /// Labels whose rows are ignored.
    pub ignore: Vec<String>,
    /// What to do with rows that cannot be scored.
    pub on_invalid: OnInvalid,
    /// What becomes of predictions of no class, if it was said.
    pub outside: Option<Outside>,
    /// The scores of each part as they are in its file.
    pub part_scores: Arc<[PartScores]>,
    /// The names of the columns by whose values rows are put into groups.
    pub slices: Vec<String>,
    /// What is met in the rows; each evaluation has its own.
    pub seen: Arc<SeenNames>,
    /// Number of threads, at least 1.
    pub threads: usize,
    /// Whether the two classes of binary scores were found in the labels: then a
    /// third one is an error even where invalid rows are skipped, or else which
    /// rows are skipped would depend on their order.
    pub binary_classes_found: bool,
    /// Keep the outcome of every row, unless there are more rows than this.
    pub correctness_up_to: Option<u64>,
    /// What the user should know about these choices.
    pub notices: Vec<Notice>,
}

impl Plan {
    /// How often the rows are read.
    pub fn passes(&self) -> u64 {
        if self.spec.auc == Auc::Exact && self.spec.has_each_class() { 2 } else { 1 }
    }

    /// The classes of the tallies, if they are given: with a last one for predictions of
    /// no class, where these count.
    pub(crate) fn tallied(&self) -> Option<Classes> {
        let classes = self.classes.as_ref()?;
        Some(match self.spec.class_options.outside_is_wrong {
            true => classes.and_outside(),
            false => classes.clone(),
        })
    }

    /// The threshold as scores of their type hold it: 0.9 of single precision is at
    /// least 0.9, as it is in numpy. What is reported is what was asked for.
    ///
    /// Differences of two logits are doubles, whatever the type: there a threshold
    /// that was found must count what was found for it.
    pub(crate) fn threshold(&self) -> Option<f64> {
        let is_difference =
            self.spec.task == Task::Matrix && self.spec.scores_are == Some(ScoresAre::Logits);
        let stored_as = match self.stored_as.unwrap_or(ScoreType::F32) {
            _ if is_difference => ScoreType::F64,
            stored_as => stored_as,
        };
        self.spec.threshold.map(|threshold| {
            let rounded = nearest(stored_as, threshold);
            if rounded.is_finite() { rounded } else { threshold }
        })
    }

    /// The type that the scores of a part are stored in.
    pub(crate) fn stored_in(&self, part: usize) -> ScoreType {
        let own = self.part_scores.get(part).and_then(|part| part.stored_as);
        own.or(self.stored_as).unwrap_or(ScoreType::F32)
    }

    /// How far rows of any part may be from summing to 1, in units of 2⁻³⁰, as far as
    /// those of the type that takes the most; `rounding` as in [`sum_tolerance::in_units`].
    pub(crate) fn sum_tolerance(&self, columns: usize, rounding: Option<f64>) -> u64 {
        let in_units = |part| sum_tolerance::in_units(self.stored_in(part), columns, rounding);
        (0..self.part_scores.len().max(1)).map(in_units).max().unwrap_or(0)
    }
}

/// The row kernel's parameters for a plan.
pub(crate) fn params(plan: &Plan) -> Params {
    let stored_as = plan.stored_as.unwrap_or(ScoreType::F32);
    let columns = plan.classes.as_ref().map_or(0, Classes::len);
    let reading = reading(&plan.spec, stored_as);
    Params {
        sum_tolerance: match counts_highest(&plan.spec) {
            true => rows::ANY_SUM,
            false => plan.sum_tolerance(columns, plan.preparation.sum_tolerance),
        },
        ..reading
    }
}

/// How predictions are found.
pub(crate) fn decision(plan: &Plan) -> Decision {
    let threshold = plan.threshold();
    match (plan.spec.task, plan.spec.positive.zip(threshold)) {
        (Task::Binary { positive }, _) => {
            Decision::OneScore { positive, threshold: threshold.unwrap_or(0.0) }
        }
        (_, Some((positive, threshold))) => Decision::TwoScores { positive, threshold },
        _ => Decision::Highest,
    }
}

/// Whether it is to be seen if every row could be one of probabilities.
pub(crate) fn may_all_pass(spec: &Spec) -> bool {
    spec.scores_are == Some(ScoresAre::Logits) && spec.task == Task::Matrix && !counts_highest(spec)
}

/// Whether of each row only the class of its highest score is counted: then it does
/// not matter what scores sum to.
pub(crate) fn counts_highest(spec: &Spec) -> bool {
    spec.task == Task::Matrix && spec.counted == Counted::Counts && spec.threshold.is_none()
}

/// The row kernel's parameters for scores of a type.
pub(crate) fn reading(spec: &Spec, stored_as: ScoreType) -> Params {
    Params {
        probabilities: spec.scores_are == Some(ScoresAre::Probabilities),
        higher_first: spec.ties == Ties::SklearnTopK,
        epsilon: match stored_as.counted_as() {
            ScoreType::F16 => f64::from(half::f16::EPSILON),
            ScoreType::F64 => f64::EPSILON,
            ScoreType::F32 | ScoreType::Bf16 => f64::from(f32::EPSILON),
        },
        sum_tolerance: rows::sum_tolerance(stored_as),
        edges: rows::edges(spec.bins),
        right_closed: spec.bin_edges == BinEdges::RightClosed,
        level: Level::best(),
    }
}
