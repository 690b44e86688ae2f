//! Arrays.

use std::path::Path;

use tallyho::input::Request;

use super::{file, table};

pub const WORDS: &[&str] = &[
    "descr",
    "fortran_order",
    "shape",
    "True",
    "False",
    "<f8",
    ">f4",
    "<f2",
    "|V2",
    "|b1",
    "<i8",
    "|u1",
    "|S3",
    "<U1",
    "(7, 3)",
    "(7,)",
    "()",
    "(0,)",
    "9223372036854775807",
    "'",
    "\u{93}",
];

/// Labels of seven rows, as most seeds have.
const LABELS: &[u8] = b"\x93NUMPY\x01\x00\x36\x00{'descr': '|u1', 'fortran_order': False, \
'shape': (7,)}\n\x00\x01\x02\x00\x01\x01\x00";

/// An array as labels and predictions, and as scores.
pub fn run(data: &[u8]) {
    let array = file::with("a.npy", data);
    let labels = file::with("y.npy", LABELS);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let pairs =
        Request { labels: text(&array), predictions: Some(text(&array)), ..Request::default() };
    let scores =
        Request { labels: text(&labels), scores: vec![text(&array)], ..Request::default() };
    [pairs, scores].iter().for_each(table::check);
}
