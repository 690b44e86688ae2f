//! The tables for a terminal of 80 columns, and the cells they share with
//! Markdown.

use super::{Bench, Line, Side};
use crate::doc::width::wrap;
use crate::report::{count, duration, printable, scaled};

const WIDTH: usize = 80;

/// A table: its head and its rows.
pub(super) type Cells = Vec<Vec<String>>;

/// `bench` as text.
pub fn text(bench: &Bench) -> String {
    let mut out = String::new();
    for line in head(bench) {
        lines(&mut out, &line);
    }
    for (title, cells) in tables(bench) {
        out.push_str(&format!("\n{title}\n"));
        table(&mut out, &cells);
    }
    out.push('\n');
    for note in &bench.notes {
        lines(&mut out, note);
    }
    out
}

fn lines(out: &mut String, text: &str) {
    for line in wrap(&printable(text), WIDTH) {
        out.push_str(&line);
        out.push('\n');
    }
}

/// What was benched.
pub(super) fn head(bench: &Bench) -> Vec<String> {
    let mut head = vec![format!("CPU: {}, {} threads", bench.cpu, bench.threads)];
    if let Some(device) = &bench.device {
        head.push(format!(
            "Device: {} ({}, {}, {}); first use {}, upload {}, copy {}",
            device.name,
            device.kind,
            device.backend,
            device.driver,
            duration(device.first_use_seconds),
            scaled(device.upload_bytes_per_second, "B/s"),
            scaled(device.copy_bytes_per_second, "B/s")
        ));
    }
    head
}

/// The tables with their titles.
pub(super) fn tables(bench: &Bench) -> Vec<(&'static str, Cells)> {
    let mut tables = vec![("Speed", speed(bench))];
    if bench.device.is_some() {
        tables.push(("Where the device's time goes", parts(bench)));
    }
    tables
}

fn name(line: &Line) -> [String; 2] {
    [printable(&line.workload).into_owned(), count(line.classes as u64)]
}

fn speed(bench: &Bench) -> Cells {
    let mut head = vec!["workload", "classes", "rows", "CPU rows/s", "B/s"];
    if bench.device.is_some() {
        head.extend(["device rows/s", "B/s", "speed-up"]);
    }
    let rates = |side: &Side| [scaled(side.rows_per_second, ""), scaled(side.bytes_per_second, "")];
    let row = |line: &Line| {
        let mut row = name(line).to_vec();
        row.push(scaled(line.rows as f64, ""));
        row.extend(rates(&line.cpu));
        if let Some(device) = &line.device {
            row.extend(rates(device));
            row.push(format!("{:.2}x", device.rows_per_second / line.cpu.rows_per_second));
        }
        row
    };
    with_head(head, bench.lines.iter().map(row))
}

fn parts(bench: &Bench) -> Cells {
    let head = ["workload", "classes", "whole", "read", "upload", "compute", "download", "of copy"];
    let time = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), duration);
    let row = |line: &Line| {
        let side = line.device.as_ref()?;
        let mut row = name(line).to_vec();
        row.extend([
            duration(side.seconds),
            duration(side.read_seconds),
            time(side.upload_seconds),
            time(side.compute_seconds),
            time(side.download_seconds),
            side.copy_share.map_or("–".into(), |share| format!("{:.1}%", 100.0 * share)),
        ]);
        Some(row)
    };
    with_head(head.to_vec(), bench.lines.iter().filter_map(row))
}

fn with_head(head: Vec<&str>, rows: impl Iterator<Item = Vec<String>>) -> Cells {
    let head = head.into_iter().map(str::to_owned).collect();
    std::iter::once(head).chain(rows.map(|row| row.into_iter().map(trimmed).collect())).collect()
}

/// A number without a unit has a prefix at its end, or a blank.
fn trimmed(cell: String) -> String {
    cell.trim_end().to_owned()
}

fn table(out: &mut String, cells: &Cells) {
    let columns = cells.first().map_or(0, Vec::len);
    let widest = |column: usize| cells.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    for row in cells {
        let padded = row.iter().zip(&widths).enumerate().map(|(place, (cell, &width))| {
            if place == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
}
