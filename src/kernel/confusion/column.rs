//! Columns of integers as words, in their own width. Twin of
//! `shaders/columns.wgsl`.

use bytemuck::{Pod, Zeroable};

use super::{BLOCK, Integer, classes};
use crate::kernel::shader::fields;
use crate::kernel::simd::Level;

/// The class of values that are none.
pub(super) const NONE: u32 = u32::MAX;

/// What a column holds: little-endian integers without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ColumnType {
    /// One byte.
    U8 = 1,
    /// Two bytes.
    U16 = 2,
    /// Four bytes.
    U32 = 4,
    /// Four bytes, signed.
    I32 = 20,
    /// Eight bytes, signed.
    I64 = 8,
}

impl ColumnType {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::U8, Self::U16, Self::U32, Self::I32, Self::I64];

    /// Bytes of a row.
    pub const fn bytes(self) -> usize {
        self as usize & 15
    }

    fn of(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it as u32 == code)
    }
}

/// Mirrors `Params` in the shaders that count pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch, below 2³¹.
    pub rows: u32,
    /// Number of classes, C, below 2³² − 1.
    pub classes: u32,
    /// [`ColumnType`] of the labels.
    pub label_type: u32,
    /// [`ColumnType`] of the predictions.
    pub prediction_type: u32,
    /// The label of class 0 (an `i64`), low word first.
    pub label_base: [u32; 2],
    /// The prediction of class 0, low word first.
    pub prediction_base: [u32; 2],
    /// Counters of a cell in workgroup memory, as a power of 2.
    pub replicas: u32,
    /// Slots of the sparse table, as a power of 2.
    pub slots: u32,
    /// Pairs that the spill list has room for.
    pub room: u32,
    /// Nothing; uniforms come in units of 16 bytes.
    pub pad: u32,
}

/// A column of a dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub kind: ColumnType,
    /// The value of class 0; that of the last class fits an `i64` too.
    pub base: i64,
}

impl Params {
    pub(super) const FIELDS: &[(&str, usize)] = fields!(Params {
        rows,
        classes,
        label_type,
        prediction_type,
        label_base,
        prediction_base,
        replicas,
        slots,
        room
    });

    /// Parameters for `rows` rows of two columns and `classes` classes.
    pub fn new(rows: u32, classes: u32, labels: Column, predictions: Column) -> Self {
        Self {
            rows,
            classes,
            label_type: labels.kind as u32,
            prediction_type: predictions.kind as u32,
            label_base: bytemuck::cast(labels.base),
            prediction_base: bytemuck::cast(predictions.base),
            ..Self::default()
        }
    }
}

/// Calls `found` with the classes of every row, in order; a value that is no
/// class comes as some number from C on.
pub(super) fn pairs(
    params: &Params,
    labels: &[u32],
    predictions: &[u32],
    mut found: impl FnMut(u32, u32),
) {
    let (mut of_labels, mut of_predictions) = ([0; BLOCK], [0; BLOCK]);
    let rows = params.rows as usize;
    for from in (0..rows).step_by(BLOCK) {
        let count = BLOCK.min(rows - from);
        let (of_labels, of_predictions) = (&mut of_labels[..count], &mut of_predictions[..count]);
        read(params.label_type, labels, params.label_base, from, of_labels);
        read(params.prediction_type, predictions, params.prediction_base, from, of_predictions);
        for (&label, &prediction) in of_labels.iter().zip(&*of_predictions) {
            found(label, prediction);
        }
    }
}

/// The classes of the rows `from` on of a column.
fn read(code: u32, words: &[u32], base: [u32; 2], from: usize, into: &mut [u32]) {
    let base: i64 = bytemuck::cast(base);
    match ColumnType::of(code) {
        Some(ColumnType::U8) => typed::<u8>(words, base, from, into),
        Some(ColumnType::U16) => typed::<u16>(words, base, from, into),
        Some(ColumnType::U32) => typed::<u32>(words, base, from, into),
        Some(ColumnType::I32) => typed::<i32>(words, base, from, into),
        Some(ColumnType::I64) => {
            let words = &words[2 * from..2 * (from + into.len())];
            let mut values = [0_i64; BLOCK];
            let values = &mut values[..into.len()];
            // Words of eight bytes may lie at any multiple of four.
            bytemuck::cast_slice_mut(values).copy_from_slice(words);
            of_values(values, base, into);
        }
        None => unreachable!("the code of no column type: {code}"),
    }
}

fn typed<T: Integer + Pod>(words: &[u32], base: i64, from: usize, into: &mut [u32]) {
    let values: &[T] = bytemuck::cast_slice(words);
    of_values(&values[from..from + into.len()], base, into);
}

fn of_values<T: Integer>(values: &[T], base: i64, into: &mut [u32]) {
    if classes(Level::best(), values, base, into) == u64::MAX {
        for (class, value) in into.iter_mut().zip(values) {
            *class = u32::try_from(value.wide().wrapping_sub(base)).unwrap_or(NONE);
        }
    }
}
