//! Tables of very many columns: what costs more than their columns do would take
//! minutes here.

use std::fmt::Write;

use tallyho::input::{Input, Request, Shape, describe};

use crate::common::files::Folder;

const COLUMNS: usize = 50_000;

/// Two rows of a label and scores, whose columns stand in the order of `columns`.
fn table(columns: impl Iterator<Item = usize> + Clone) -> String {
    let mut text = "y".to_owned();
    columns.clone().for_each(|column| write!(text, ",p_k{column}").unwrap());
    for row in 0..2 {
        write!(text, "\nk{row}").unwrap();
        columns.clone().for_each(|column| write!(text, ",0.{}", column % 7).unwrap());
    }
    text + "\n"
}

fn request(folder: &Folder, tables: &[&str], scores: Vec<String>) -> Request {
    let tables = tables.iter().map(|table| folder.path(table)).collect();
    Request { tables, labels: "y".into(), scores, ..Request::default() }
}

fn classes(input: &Input) -> Vec<String> {
    match input.shape() {
        Shape::Matrix { names: Some(names), .. } => names.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn columns_in_another_order_are_matched_without_comparing_all_of_them() {
    let folder = Folder::new();
    folder.file("a.csv", table(0..COLUMNS));
    folder.file("b.csv", table((0..COLUMNS).rev()));
    let input = Input::open(&request(&folder, &["a.csv", "b.csv"], vec!["p_*".into()])).unwrap();
    assert_eq!(classes(&input).len(), COLUMNS);
    assert!(input.notices().iter().any(|it| it.code.id == "TH103"), "{:?}", input.notices());
}

#[test]
fn columns_that_are_listed_are_found_without_comparing_all_of_them() {
    let folder = Folder::new();
    folder.file("a.csv", table(0..COLUMNS));
    let listed = (0..COLUMNS).rev().map(|column| format!("p_k{column}"));
    for scores in [listed.clone().collect(), vec![listed.collect::<Vec<_>>().join(",")]] {
        let input = Input::open(&request(&folder, &["a.csv"], scores)).unwrap();
        assert_eq!(classes(&input).len(), COLUMNS);
    }
}

/// Bytes that this thread has read.
#[cfg(target_os = "linux")]
fn bytes_read() -> u64 {
    let counted = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let line = counted.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap();
    line.parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_listing_reads_a_table_once_however_many_columns_it_shows() {
    let folder = Folder::new();
    let text = table(0..COLUMNS);
    let bytes = text.len() as u64;
    folder.file("a.csv", text);
    let before = bytes_read();
    let (described, _) = describe(&folder.path("a.csv")).unwrap();
    let read = bytes_read() - before;
    assert_eq!(described.fields.len(), COLUMNS + 1);
    assert_eq!(described.fields[39].first, ["0.3", "0.3"]);
    assert!(read >= bytes && read < 4 * bytes, "{read} of {bytes}");
}
