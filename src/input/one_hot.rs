//! One-hot rows: the class of a row is the column of its 1.

use super::convert::{Encoding, names_of, noun, read_names};
use crate::batch::{Batch, Fault, Names, Role};
use crate::error::Result;

/// The classes of the rows of a batch, of which some columns were seen.
pub(super) struct OneHot {
    role: Role,
    columns: usize,
    /// The last column in which each row has a 1.
    classes: Vec<u32>,
    /// How many ones each row has.
    ones: Vec<u32>,
    /// Rows with something else than 0 and 1, and what.
    odd: Vec<(usize, String)>,
}

impl OneHot {
    /// Before any column was seen.
    pub(super) fn new(role: Role, rows: usize, columns: usize) -> Self {
        Self { role, columns, classes: vec![0; rows], ones: vec![0; rows], odd: Vec::new() }
    }

    /// Reads all columns of all rows, whose bytes `fetch` delivers in row order.
    pub(super) fn read_rows(
        &mut self,
        encoding: Encoding,
        batch: &mut Batch,
        buffer: &mut Vec<u8>,
        fetch: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        let columns = self.columns;
        let values = self.classes.len() * columns;
        self.read(values, |at| (at / columns, at % columns), encoding, batch, buffer, fetch)
    }

    /// Reads one column of all rows.
    pub(super) fn read_column(
        &mut self,
        column: usize,
        encoding: Encoding,
        batch: &mut Batch,
        buffer: &mut Vec<u8>,
        fetch: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        self.read(self.classes.len(), |row| (row, column), encoding, batch, buffer, fetch)
    }

    /// Reads values, of which `place` tells row and column.
    fn read(
        &mut self,
        values: usize,
        place: impl Fn(usize) -> (usize, usize),
        encoding: Encoding,
        batch: &mut Batch,
        buffer: &mut Vec<u8>,
        fetch: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        let before = batch.faults.len();
        read_names(encoding, values, self.role, batch, buffer, fetch)?;
        // A value that is at fault has a 0 in its place.
        self.odd.extend(batch.faults.drain(before..).map(|it| (place(it.row).0, it.problem)));
        let (names, _) = names_of(batch, self.role);
        for at in 0..names.len() {
            match bit(names, at) {
                Some(false) => {}
                Some(true) => {
                    let (row, column) = place(at);
                    self.classes[row] = u32::try_from(column).unwrap_or(u32::MAX);
                    self.ones[row] += 1;
                }
                None => {
                    let (row, column) = place(at);
                    self.odd.push((row, format!("column {column} holds {}", names.name(at))));
                }
            }
        }
        Ok(())
    }

    /// Hands over the classes, and the rows that have none.
    pub(super) fn finish(self, batch: &mut Batch) {
        let Self { role, columns, classes, ones, odd } = self;
        let (names, faults) = names_of(batch, role);
        *names = Names::U32(classes);
        let noun = noun(role);
        let fault = |row, why: String| {
            let problem = format!("the {noun} is not one-hot: {why}");
            Fault { row, role, problem }
        };
        faults.extend(odd.into_iter().map(|(row, why)| fault(row, why)));
        let wrong = ones.into_iter().enumerate().filter(|(_, ones)| *ones != 1);
        faults.extend(wrong.map(|(row, ones)| {
            fault(row, format!("{ones} of its {columns} columns hold 1, expected exactly one"))
        }));
    }
}

/// Whether a value is 1; `None` if it is neither 0 nor 1.
pub(super) fn bit(names: &Names, at: usize) -> Option<bool> {
    let (zero, one) = match names {
        Names::U8(values) => (values[at] == 0, values[at] == 1),
        Names::U16(values) => (values[at] == 0, values[at] == 1),
        Names::U32(values) => (values[at] == 0, values[at] == 1),
        Names::I32(values) => (values[at] == 0, values[at] == 1),
        Names::I64(values) => (values[at] == 0, values[at] == 1),
        Names::Text(text) => (text.get(at) == b"0", text.get(at) == b"1"),
    };
    (zero || one).then_some(one)
}
