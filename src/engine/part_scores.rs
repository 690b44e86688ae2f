//! What each part of the input calls its scores and stores them as, which is what they
//! are told of and rounded by: parts are read as one type and in one order.

use std::sync::Arc;

use super::plan::Plan;
use super::sum_tolerance;
use crate::exact::ScoreType;
use crate::input::Dataset;

/// The scores of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartScores {
    /// The names of its columns in the order of the classes; none where they have none.
    pub names: Arc<[String]>,
    /// The type that they are stored in.
    pub stored_as: Option<ScoreType>,
}

/// Those of every part. Names that parts have in common are held once.
pub(super) fn of(input: &dyn Dataset) -> Arc<[PartScores]> {
    let mut parts: Vec<PartScores> = Vec::new();
    for part in 0..input.parts() {
        let names = input.score_names(part);
        let known = parts.last().map(|last| &last.names).filter(|known| ***known == *names);
        let names = known.map_or_else(|| names.into(), Arc::clone);
        parts.push(PartScores { names, stored_as: input.stored_type(part) });
    }
    parts.into()
}

impl Plan {
    /// The type that the scores of a part are stored in.
    pub(super) fn stored_in(&self, part: usize) -> ScoreType {
        let own = self.part_scores.get(part).and_then(|part| part.stored_as);
        own.or(self.stored_as).unwrap_or(ScoreType::F32)
    }

    /// How far rows of any part may be from summing to 1, in units of 2⁻³⁰, as far as
    /// those of the type that takes the most; `rounding` as in [`sum_tolerance::in_units`].
    pub(super) fn sum_tolerance(&self, columns: usize, rounding: Option<f64>) -> u64 {
        let in_units = |part| sum_tolerance::in_units(self.stored_in(part), columns, rounding);
        (0..self.part_scores.len().max(1)).map(in_units).max().unwrap_or(0)
    }
}
