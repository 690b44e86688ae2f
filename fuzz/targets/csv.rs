//! Text tables.

use super::{file, table};

pub const WORDS: &[&str] = &[
    "label",
    "prediction",
    "s_0",
    "s_1",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "nan",
    "-inf",
    "1e308",
    "-0",
    "0.5",
    "\u{feff}",
    "\0",
    "é",
    "\n\n",
    ",,",
    "#",
    "1,5",
];

/// A table of predictions, and of scores.
pub fn run(data: &[u8]) {
    let path = file::with("t.csv", data);
    table::requests(&path).iter().for_each(table::check);
}
