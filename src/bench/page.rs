//! The page of a bench, for a terminal of 80 columns and for a document.

use super::{Bench, Line, Side};
use crate::doc::{Align, Block, Cell, Column, Doc, Fact, Medium, Style, Table, markdown, terminal};
use crate::report::{count, duration, scaled};

const WIDTH: usize = 80;

/// `bench` as text.
pub fn text(bench: &Bench) -> String {
    terminal::render(&doc(bench), WIDTH, false)
}

/// `bench` as Markdown.
pub fn markdown(bench: &Bench) -> String {
    markdown::render(&doc(bench))
}

fn doc(bench: &Bench) -> Doc {
    let title = Block::title(1, "CPU against device");
    let mut blocks = vec![Block::Only(Medium::Markdown, title.into())];
    blocks.extend(head(bench));
    blocks.extend([Block::title(2, "Speed"), Block::Table(speed(bench))]);
    if bench.device.is_some() {
        let title = Block::title(2, "Where the device's time goes");
        blocks.extend([title, Block::Table(parts(bench))]);
    }
    blocks.push(Block::Gap);
    blocks.extend(bench.notes.iter().map(|note| Block::paragraph(note.as_str(), Style::Plain)));
    Doc::new(0, [blocks])
}

/// What was benched: sentences on a terminal, a list in a document.
fn head(bench: &Bench) -> [Block; 2] {
    let mut head = vec![("CPU", format!("{}, {} threads", bench.cpu, bench.threads))];
    head.extend(bench.device.as_ref().map(|device| {
        let text = format!(
            "{} ({}, {}, {}); first use {}, upload {}, copy {}",
            device.name,
            device.kind,
            device.backend,
            device.driver,
            duration(device.first_use_seconds),
            scaled(device.upload_bytes_per_second, "B/s"),
            scaled(device.copy_bytes_per_second, "B/s")
        );
        ("Device", text)
    }));
    let sentence = |(name, text): &_| Block::paragraph(format!("{name}: {text}"), Style::Plain);
    let sentences = head.iter().map(sentence).collect();
    let facts = head.iter().map(|(name, text)| Fact::plain(*name, text.as_str())).collect();
    [
        Block::Only(Medium::Terminal, sentences),
        Block::Only(Medium::Markdown, Block::Facts(facts).into()),
    ]
}

fn name(line: &Line) -> Vec<Cell> {
    vec![Cell::words(line.workload.as_str()), Cell::term(count(line.classes as u64))]
}

/// The first column is what is timed, the others are numbers.
fn table(heads: &[&str]) -> Table {
    let column = |(place, head): (usize, &&str)| {
        Column::new(if place == 0 { Align::Left } else { Align::Right }, *head)
    };
    let columns = heads.iter().enumerate().map(column).collect();
    Table { is_whole: true, ..Table::new(columns) }
}

fn speed(bench: &Bench) -> Table {
    let mut heads = vec!["workload", "classes", "rows", "CPU rows/s", "B/s"];
    if bench.device.is_some() {
        heads.extend(["device rows/s", "B/s", "speed-up"]);
    }
    let mut table = table(&heads);
    // A number without a unit has a prefix at its end, or a blank.
    let plain = |number: f64| Cell::term(scaled(number, "").trim_end());
    let rates = |side: &Side| [side.rows_per_second, side.bytes_per_second].map(plain);
    for line in &bench.lines {
        let mut row = name(line);
        row.push(plain(line.rows as f64));
        row.extend(rates(&line.cpu));
        if let Some(device) = &line.device {
            row.extend(rates(device));
            let ratio = device.rows_per_second / line.cpu.rows_per_second;
            row.push(Cell::term(format!("{ratio:.2}x")));
        }
        table.row(row);
    }
    table
}

fn parts(bench: &Bench) -> Table {
    let heads =
        ["workload", "classes", "whole", "read", "upload", "compute", "download", "of copy"];
    let mut table = table(&heads);
    let time = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), duration);
    for line in &bench.lines {
        let Some(side) = &line.device else { continue };
        let share = side.copy_share.map_or("–".into(), |share| format!("{:.1}%", 100.0 * share));
        let cells = [
            duration(side.seconds),
            duration(side.read_seconds),
            time(side.upload_seconds),
            time(side.compute_seconds),
            time(side.download_seconds),
            share,
        ];
        table.row(name(line).into_iter().chain(cells.map(Cell::term)).collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::DeviceLine;

    fn side(seconds: f64, upload: Option<f64>) -> Side {
        Side {
            seconds,
            rows_per_second: 1e6 / seconds,
            bytes_per_second: 8e6 / seconds,
            read_seconds: seconds / 4.0,
            upload_seconds: upload,
            compute_seconds: upload,
            download_seconds: None,
            copy_share: upload.map(|_| 0.4567),
        }
    }

    fn bench() -> Bench {
        let line = |workload: &str, classes, slow: f64| Line {
            workload: workload.to_owned(),
            classes,
            rows: 1_000_000,
            bytes: 8_000_000,
            digest: String::new(),
            cpu: side(0.5 * slow, None),
            device: Some(side(0.0123 * slow, Some(0.004))),
        };
        let device = DeviceLine {
            name: "NVIDIA_H200".to_owned(),
            kind: "discrete".to_owned(),
            backend: "vulkan".to_owned(),
            driver: "NVIDIA 570.1".to_owned(),
            first_use_seconds: 1.25,
            upload_bytes_per_second: 2.5e10,
            copy_bytes_per_second: 4e12,
        };
        Bench {
            cpu: "Xeon".to_owned(),
            threads: 2,
            device: Some(device),
            lines: vec![line("scores bf16", 32_000, 1.0), line("pairs", 2, 300.0)],
            notes: vec!["A `note`.".to_owned()],
        }
    }

    #[test]
    fn lines_of_a_table_are_longer_than_the_page_rather_than_cut() {
        let expected = "\
CPU: Xeon, 2 threads
Device: NVIDIA_H200 (discrete, vulkan, NVIDIA 570.1); first use 1.25 s, upload
25 GB/s, copy 4 TB/s

Speed
workload     classes  rows  CPU rows/s     B/s  device rows/s     B/s  speed-up
scores bf16   32,000   1 M         2 M    16 M         81.3 M   650 M    40.65x
pairs              2   1 M      6.67 k  53.3 k          271 k  2.17 M    40.65x

Where the device's time goes
workload     classes   whole    read  upload  compute  download  of copy
scores bf16   32,000   12 ms  3.1 ms  4.0 ms   4.0 ms         –    45.7%
pairs              2  3.69 s  922 ms  4.0 ms   4.0 ms         –    45.7%

A `note`.
";
        assert_eq!(text(&bench()), expected);
        let mut bench = bench();
        bench.lines[0].workload = "a path ".repeat(20);
        assert!(text(&bench).contains(&bench.lines[0].workload));
    }

    #[test]
    fn a_document_has_titles_a_list_and_the_same_tables() {
        let document = markdown(&bench());
        let start = "# CPU against device\n\n- CPU: Xeon, 2 threads\n- Device: NVIDIA_H200 (";
        assert!(document.starts_with(start), "{document}");
        let part = "\n\n## Speed\n\n| workload    | classes | rows |";
        assert!(
            document.contains(part) && document.ends_with("|\n\nA \\`note\\`.\n"),
            "{document}"
        );
    }
}
