//! Files of class names.

use std::collections::HashSet;

use tallyho::evaluation::read_classes;

use super::file;
use super::table::said;

pub const WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "\"cat\"",
    "\"dog\"",
    ":",
    ",",
    "\"0\"",
    "1",
    "id2label",
    "label2id",
    "null",
    "true",
    "\\u0000",
    "\n",
    "\r\n",
    "\u{feff}",
    "é",
    "18446744073709551616",
    "-1",
    "1.0",
];

/// Names that are read are different ones, and the same when written as a list.
pub fn run(data: &[u8]) {
    for name in ["c.txt", "c.json"] {
        let path = file::with(name, data);
        // A message quotes what it found, however long.
        let Ok(names) = read_classes(&path).map_err(|error| error.to_string()) else { continue };
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(!names.is_empty());
        let list = serde_json::to_vec(&names).expect("a list");
        let again = said(read_classes(&file::with("again.json", &list)));
        assert_eq!(again, Ok(names));
    }
}
