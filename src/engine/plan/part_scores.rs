//! The scores of each part of the input as they are in its file: their names and type, by which
//! messages call them and rounding goes; parts are read as one type and in one order.

use std::sync::Arc;

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
pub(crate) fn of(input: &dyn Dataset) -> Arc<[PartScores]> {
    let mut parts: Vec<PartScores> = Vec::new();
    for part in 0..input.parts() {
        let names = input.score_names(part);
        let known = parts.last().map(|last| &last.names).filter(|known| ***known == *names);
        let names = known.map_or_else(|| names.into(), Arc::clone);
        parts.push(PartScores { names, stored_as: input.stored_type(part) });
    }
    parts.into()
}
