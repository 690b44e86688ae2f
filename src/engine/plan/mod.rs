//! The plan of an evaluation: every option settled before the first row is counted.

pub(super) mod build;
pub(super) mod class_index;
pub(super) mod class_options;
pub(super) mod classes;
pub(super) mod clip;
pub(super) mod detect_score_kind;
pub(super) mod first_rows;
pub(super) mod guessed_positive;
pub(super) mod one_column;
pub(super) mod options;
pub(super) mod order_memory;
pub(super) mod part_scores;
pub(super) mod preparation;
pub(super) mod seen_names;
pub(super) mod settled;
pub(super) mod sum_tolerance;
pub mod threads;
pub(super) mod threshold;
pub(super) mod two_columns;
