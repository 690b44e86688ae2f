//! The values of one column in their own type, with the levels that say which
//! rows they belong to.

use std::mem;

use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::DataType;

/// Lists that are stepped over together.
const SKIPPED_ROWS: usize = 1024;

/// Definition and repetition levels of the values last read.
#[derive(Default)]
pub(super) struct Levels {
    pub(super) definition: Vec<i16>,
    pub(super) repetition: Vec<i16>,
}

/// A column reader, and the values read since they were last taken.
pub(super) struct Typed<T: DataType> {
    pub(super) reader: Option<ColumnReaderImpl<T>>,
    pub(super) values: Vec<T::T>,
    /// What stands in the place of a null.
    blank: T::T,
}

impl<T: DataType> Typed<T> {
    pub(super) fn new(blank: T::T) -> Self {
        Self { reader: None, values: Vec::new(), blank }
    }

    fn reader(&mut self) -> Result<&mut ColumnReaderImpl<T>, String> {
        self.reader.as_mut().ok_or_else(|| "a column was read before it was opened".into())
    }

    /// Steps over rows of one value each.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), String> {
        let skipped = self.reader()?.skip_records(rows).map_err(|error| error.to_string())?;
        if skipped == rows { Ok(()) } else { Err(ended(rows, skipped)) }
    }

    /// Steps over rows of lists by reading them: where a damaged page has fewer
    /// levels than it says, `skip_records` would never return.
    pub(super) fn skip_lists(&mut self, rows: usize, levels: &mut Levels) -> Result<(), String> {
        let start = self.values.len();
        let mut left = rows;
        while left > 0 {
            let (records, _) = self.read_levels(left.min(SKIPPED_ROWS), levels)?;
            self.values.truncate(start);
            if records == 0 {
                return Err(ended(rows, rows - left));
            }
            left -= records;
        }
        Ok(())
    }

    /// Appends the values of up to `rows` rows. Returns how many rows and
    /// values these are; there is a level for each value and each null.
    pub(super) fn read_levels(
        &mut self,
        rows: usize,
        levels: &mut Levels,
    ) -> Result<(usize, usize), String> {
        let Levels { definition, repetition } = levels;
        definition.clear();
        repetition.clear();
        let reader = self.reader.as_mut().ok_or("a column was read before it was opened")?;
        let (records, values, _) = reader
            .read_records(rows, Some(definition), Some(repetition), &mut self.values)
            .map_err(|error| error.to_string())?;
        Ok((records, values))
    }

    /// Checks that no row is left.
    pub(super) fn check_ended(&mut self, levels: &mut Levels) -> Result<(), String> {
        let start = self.values.len();
        let (records, _) = self.read_levels(1, levels)?;
        self.values.truncate(start);
        match records {
            0 => Ok(()),
            _ => Err("a column has more rows than its row group".into()),
        }
    }

    /// Appends a value for each of `rows` rows.
    pub(super) fn read_scalars(
        &mut self,
        rows: usize,
        present: i16,
        levels: &mut Levels,
        mut null: impl FnMut(usize),
    ) -> Result<(), String> {
        let start = self.values.len();
        let (records, found) = self.read_levels(rows, levels)?;
        if records != rows {
            return Err(ended(rows, records));
        }
        if found == rows {
            return Ok(());
        }
        // Spread the values out, from the last on, so that none is overwritten.
        self.values.resize(start + rows, self.blank.clone());
        let mut from = start + found;
        for (row, &level) in levels.definition.iter().enumerate().rev() {
            if level == present {
                from -= 1;
                let value = mem::replace(&mut self.values[from], self.blank.clone());
                self.values[start + row] = value;
            } else {
                null(row);
            }
        }
        Ok(())
    }

    /// Appends `width` values for each of `rows` rows.
    pub(super) fn read_lists(
        &mut self,
        rows: usize,
        present: i16,
        width: usize,
        levels: &mut Levels,
        ragged: impl FnMut(usize, String),
    ) -> Result<(), String> {
        let start = self.values.len();
        let (records, found) = self.read_levels(rows, levels)?;
        if records != rows {
            return Err(ended(rows, records));
        }
        let begins_row = |levels: &[i16]| levels[0] == 0 && levels[1..].iter().all(|&l| l != 0);
        let regular = found == rows * width
            && levels.repetition.len() == found
            && levels.repetition.chunks_exact(width).all(begins_row);
        if !regular {
            self.straighten(start, present, width, levels, ragged);
        }
        Ok(())
    }

    /// Replaces every list that is not `width` values by blanks.
    fn straighten(
        &mut self,
        start: usize,
        present: i16,
        width: usize,
        levels: &Levels,
        mut ragged: impl FnMut(usize, String),
    ) {
        let found: Vec<T::T> = self.values.drain(start..).collect();
        let mut found = found.into_iter();
        let mut begin = 0;
        let mut row = 0;
        while begin < levels.repetition.len() {
            let more = levels.repetition[begin + 1..].iter().take_while(|&&level| level != 0);
            let list = &levels.definition[begin..begin + 1 + more.count()];
            begin += list.len();
            let there = list.iter().filter(|&&level| level == present).count();
            if list.len() == width && there == width {
                self.values.extend(found.by_ref().take(width));
            } else {
                found.by_ref().take(there).for_each(drop);
                self.values.resize(self.values.len() + width, self.blank.clone());
                ragged(row, why_ragged(list, present, width));
            }
            row += 1;
        }
    }
}

fn why_ragged(list: &[i16], present: i16, width: usize) -> String {
    match list.iter().position(|&level| level != present) {
        Some(0) if list.len() == 1 => "the list of scores is null or empty".into(),
        Some(place) if list.len() == width => format!("score {place} is null"),
        _ => format!("the list has {} scores, expected {width}", list.len()),
    }
}

fn ended(expected: usize, found: usize) -> String {
    format!("a column ends early: {expected} rows expected, found {found}")
}
