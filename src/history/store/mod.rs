//! The store: one SQLite file, its tables, and what is written and read as it stands there.

pub(super) mod acceptance;
pub(super) mod backup;
pub(super) mod blob;
pub(super) mod checksum;
pub(super) mod columns;
pub(super) mod correctness_blob;
pub(super) mod database;
pub(super) mod deliveries;
pub(super) mod file_fingerprint;
pub(super) mod files;
pub(super) mod filter;
pub(super) mod identity;
pub(super) mod metric_value;
pub(super) mod open;
pub(super) mod pruning;
pub(super) mod record;
pub(super) mod run;
pub(super) mod run_details;
pub(super) mod schema;
pub(super) mod snapshot;
pub(super) mod sqlite_error;
pub(super) mod verdict;
pub(super) mod write_ahead_log;
