//! The table of runs as CSV.

use std::io::{self, Write};

use super::columns::{Cells, Column};

/// A header and a line for each run. Numbers read back as the same bits.
pub(super) fn write(columns: &[Column], file: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(columns.iter().map(|column| &column.name))?;
    let rows = columns.first().map_or(0, |column| match &column.cells {
        Cells::Text(cells) => cells.len(),
        Cells::Integer(cells) => cells.len(),
        Cells::Float(cells) => cells.len(),
    });
    for row in 0..rows {
        writer.write_record(columns.iter().map(|column| cell(&column.cells, row)))?;
    }
    writer.flush()
}

fn cell(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Text(cells) => cells[row].clone().unwrap_or_default(),
        Cells::Integer(cells) => cells[row].map_or_else(String::new, |cell| cell.to_string()),
        Cells::Float(cells) => cells[row].map_or_else(String::new, |cell| cell.to_string()),
    }
}
