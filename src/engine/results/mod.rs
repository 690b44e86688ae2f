//! The results of workers, and the evaluation that they make together.

pub(super) mod common_names;
pub(super) mod finalize;
pub(super) mod merge;
pub(super) mod row_notices;
pub(super) mod second_pass;
pub(super) mod worker_result;
