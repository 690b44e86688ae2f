//! The options of an evaluation, as the user gave them.

use super::preparation::Rescale;
use crate::tally::{Auc, Outside, Spec};

/// What to do with a row that cannot be scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnInvalid {
    /// Stop, and name the first such row.
    #[default]
    Error,
    /// Leave it out, and count it.
    Skip,
}

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Options of counting and showing. `task`, `score_type` and `auc` are not
    /// read; `scores_are` of `None` means to look at the scores; `counted` is held
    /// to what the input has and `auc` asks for.
    pub spec: Spec,
    /// How rows are put in order; of `None`, exactly for binary scores, unless only
    /// counts are made, and not at all for others.
    pub auc: Option<Auc>,
    /// What two score columns are put in order for.
    pub two_columns: TwoColumns,
    /// The options given, by name, that are about the order of one positive class.
    pub of_one_class: Vec<&'static str>,
    /// The classes, if named.
    pub classes: Option<Vec<String>>,
    /// What scores are to be divided by; then `spec.scores_are` says probabilities.
    pub rescale: Option<Rescale>,
    /// The positive class of binary scores or of two score columns, by name.
    pub positive: Option<String>,
    /// Labels whose rows are to be ignored.
    pub ignore: Vec<String>,
    /// What to do with rows that cannot be scored.
    pub on_invalid: OnInvalid,
    /// What becomes of predictions of no class, if it was said.
    pub outside: Option<Outside>,
    /// Number of threads.
    pub threads: usize,
    /// Number of threads that were asked for, where it was more.
    pub threads_asked: Option<usize>,
    /// Rows in a batch, if not for us to choose.
    pub batch_rows: Option<usize>,
    /// Keep the outcome of every row, unless there are more rows than this.
    pub correctness_up_to: Option<u64>,
}

/// What is asked of the order of two score columns. Of other inputs it is not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TwoColumns {
    /// Whether something is asked about the positive class.
    pub positive: bool,
    /// Whether something is asked about each class.
    pub each_class: bool,
    /// Whether everything is reported that there is.
    pub everything: bool,
}
