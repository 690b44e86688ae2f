//! A block of consecutive rows of one part of the input.
//!
//! Weights will be one more column beside the labels.

mod scores;

pub(crate) use scores::with_scores;
pub use scores::{Scores, Widened};

/// Rows as they were read, in their own width.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Which part of the input (one table, or one set of array files).
    pub part: usize,
    /// The batch's first row within the part, counting from 0.
    pub first_row: u64,
    /// Number of rows.
    pub rows: usize,
    /// The true classes, `[rows]`.
    pub labels: Names,
    /// The predicted classes, `[rows]`, or empty when there are scores.
    pub predictions: Names,
    /// The scores, or empty when there are predictions.
    pub scores: Scores,
    /// The columns that rows are put into groups by.
    pub slices: Vec<SliceColumn>,
    /// Rows that could not be read as a value, sorted by row. Their places in
    /// the columns hold an arbitrary value.
    pub faults: Vec<Fault>,
}

impl Batch {
    /// Bytes of its columns.
    pub fn bytes(&self) -> u64 {
        (self.labels.bytes()
            + self.predictions.bytes()
            + self.slices.iter().map(|slice| slice.names.bytes()).sum::<usize>()
            + self.scores.bytes(0..self.scores.len()).len()) as u64
    }

    /// Leaves out the first `rows` rows, of as many or more.
    pub fn drop_first(&mut self, rows: usize) {
        let columns = self.scores.len() / self.rows.max(1);
        self.labels.drop_first(rows);
        if !self.predictions.is_empty() {
            self.predictions.drop_first(rows);
        }
        self.scores.drop_first(rows * columns);
        self.slices.iter_mut().for_each(|slice| slice.drop_first(rows));
        self.faults.retain_mut(|fault| {
            let kept = fault.row >= rows;
            fault.row = fault.row.saturating_sub(rows);
            kept
        });
        self.first_row += rows as u64;
        self.rows -= rows;
    }
}

/// A column whose values rows are put into groups by.
#[derive(Clone, Debug, Default)]
pub struct SliceColumn {
    /// The values, `[rows]`.
    pub names: Names,
    /// Rows without one, sorted. Their places hold an arbitrary value.
    pub missing: Vec<usize>,
}

impl SliceColumn {
    fn drop_first(&mut self, rows: usize) {
        self.names.drop_first(rows);
        self.missing.retain_mut(|row| {
            let kept = *row >= rows;
            *row = row.saturating_sub(rows);
            kept
        });
    }
}

/// A column that names classes.
#[derive(Clone, Debug)]
pub enum Names {
    /// Bools (0, 1) and 8-bit unsigned integers.
    U8(Vec<u8>),
    /// 16-bit unsigned integers.
    U16(Vec<u16>),
    /// 32-bit unsigned integers.
    U32(Vec<u32>),
    /// Signed integers of up to 32 bits.
    I32(Vec<i32>),
    /// 64-bit integers and integral floats.
    I64(Vec<i64>),
    /// Strings; also integers beyond 64 bits signed, in decimal.
    Text(Text),
}

impl Default for Names {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}

impl Names {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::I32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn bytes(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => size_of_val(values.as_slice()),
            Self::U32(values) => size_of_val(values.as_slice()),
            Self::I32(values) => size_of_val(values.as_slice()),
            Self::I64(values) => size_of_val(values.as_slice()),
            Self::Text(text) => text.bytes.len(),
        }
    }

    fn drop_first(&mut self, rows: usize) {
        match self {
            Self::U8(values) => drop(values.drain(..rows)),
            Self::U16(values) => drop(values.drain(..rows)),
            Self::U32(values) => drop(values.drain(..rows)),
            Self::I32(values) => drop(values.drain(..rows)),
            Self::I64(values) => drop(values.drain(..rows)),
            Self::Text(text) => text.drop_first(rows),
        }
    }

    /// The class name in `row`, as a report spells it.
    pub fn name(&self, row: usize) -> String {
        match self {
            Self::U8(values) => values[row].to_string(),
            Self::U16(values) => values[row].to_string(),
            Self::U32(values) => values[row].to_string(),
            Self::I32(values) => values[row].to_string(),
            Self::I64(values) => values[row].to_string(),
            Self::Text(text) => String::from_utf8_lossy(text.get(row)).into_owned(),
        }
    }
}

/// Strings end to end; UTF-8, checked by the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Text {
    /// Number of strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no strings.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of one string.
    pub fn get(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.bytes[start..self.ends[row]]
    }

    /// Appends a string.
    pub fn push(&mut self, string: &str) {
        self.bytes.extend_from_slice(string.as_bytes());
        self.ends.push(self.bytes.len());
    }

    fn drop_first(&mut self, rows: usize) {
        let dropped = if rows == 0 { 0 } else { self.ends[rows - 1] };
        self.bytes.drain(..dropped);
        self.ends.drain(..rows);
        self.ends.iter_mut().for_each(|end| *end -= dropped);
    }

    /// Removes all strings and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// The role of a column, and so the file that an error names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The true classes.
    Labels,
    /// The predicted classes.
    Predictions,
    /// The scores.
    Scores,
    /// Columns whose values rows are put into groups by.
    Slices,
}

impl Role {
    /// The word for it in messages and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Predictions => "predictions",
            Self::Scores => "scores",
            Self::Slices => "slice",
        }
    }
}

/// A row that cannot be scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The row within the batch.
    pub row: usize,
    /// The column at fault.
    pub role: Role,
    /// What was found: "the label is null", "score 3 is NaN".
    pub problem: String,
}

impl Fault {
    /// Whether the row is whole but for its prediction, which is not there: an empty
    /// field, a null, a NaN.
    pub fn is_missing(&self) -> bool {
        let found = self.problem.strip_prefix("the prediction is ");
        self.role == Role::Predictions && matches!(found, Some("missing" | "null" | "NaN"))
    }
}
