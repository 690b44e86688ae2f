//! The table of runs as CSV, in which a name that a spreadsheet would compute has a `'`
//! before it.

use std::io::{self, Write};

use super::columns::{Cells, Column};
use crate::report::{csv_line, csv_name};

/// A header and a line for each run. Numbers read back as the same bits.
pub(super) fn write(columns: &[Column], mut file: impl Write) -> io::Result<()> {
    let names = columns.iter().map(|column| csv_name(&column.name));
    file.write_all(csv_line(names).as_bytes())?;
    let rows = columns.first().map_or(0, |column| match &column.cells {
        Cells::Text(cells) => cells.len(),
        Cells::Integer(cells) => cells.len(),
        Cells::Float(cells) => cells.len(),
    });
    for row in 0..rows {
        let cells = columns.iter().map(|column| cell(&column.cells, row));
        file.write_all(csv_line(cells).as_bytes())?;
    }
    file.flush()
}

fn cell(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Text(cells) => {
            cells[row].as_deref().map_or_else(String::new, |text| csv_name(text).into_owned())
        }
        Cells::Integer(cells) => cells[row].map_or_else(String::new, |cell| cell.to_string()),
        Cells::Float(cells) => cells[row].map_or_else(String::new, |cell| cell.to_string()),
    }
}
