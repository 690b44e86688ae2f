//! The evaluation of rules: the context they are judged in, and the verdicts.

pub(super) mod alarm;
pub(super) mod baseline;
pub(super) mod compare;
pub(super) mod context;
pub(super) mod drift;
pub(super) mod finding;
pub(super) mod judge;
pub(super) mod pending;
pub(super) mod run_history;
pub(super) mod sigma;
pub(super) mod slice;
