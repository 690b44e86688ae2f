//! The language of rules: its grammar, and what is known of a rule before any rows are read.

pub(super) mod ast;
pub(super) mod bound;
pub(super) mod format;
pub(super) mod grammar;
pub(super) mod job_measure;
pub(super) mod quantity;
pub(super) mod reader;
pub(super) mod rule;
pub(super) mod subject;
pub(super) mod validate;
