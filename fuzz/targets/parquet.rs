//! Parquet tables.

use super::{file, table};

/// A table of predictions, of a column for each class, and of one of lists.
pub fn run(data: &[u8]) {
    let path = file::with("t.parquet", data);
    table::requests(&path).iter().for_each(table::check);
}
