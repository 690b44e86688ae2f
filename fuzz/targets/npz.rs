//! Archives of arrays.

use super::{file, table};

/// A table of predictions, and of scores.
pub fn run(data: &[u8]) {
    let path = file::with("t.npz", data);
    let [predictions, mut scores] = table::requests(&path);
    scores.scores = vec!["scores".into()];
    [predictions, scores].iter().for_each(table::check);
}
