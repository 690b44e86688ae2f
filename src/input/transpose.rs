//! The transposition of columns into rows.

use std::array;

use crate::batch::Scores;
use crate::exact::ScoreType;

/// Rows that are filled together: their target stays in the second-level cache.
const ROWS: usize = 64;

/// Columns that are read together: about a cache line of each row.
const COLUMNS: usize = 16;

/// Fills `scores` with the transpose of `columns` whole columns of `rows`
/// scores each, which lie end to end in `block`.
pub(super) fn transpose(
    block: &[u8],
    rows: usize,
    columns: usize,
    score_type: ScoreType,
    scores: &mut Scores,
) {
    let target = scores.room(score_type, rows * columns);
    match score_type {
        ScoreType::F16 | ScoreType::Bf16 => transpose_words::<2>(block, rows, columns, target),
        ScoreType::F32 => transpose_words::<4>(block, rows, columns, target),
        ScoreType::F64 => transpose_words::<8>(block, rows, columns, target),
    }
}

/// The same for values of `SIZE` bytes.
fn transpose_words<const SIZE: usize>(
    block: &[u8],
    rows: usize,
    columns: usize,
    target: &mut [u8],
) {
    let (from, _) = block.as_chunks::<SIZE>();
    let (to, _) = target.as_chunks_mut::<SIZE>();
    for (number, to) in to.chunks_mut(ROWS * columns).enumerate() {
        let first = number * ROWS;
        let count = to.len() / columns;
        let column = |column: usize| &from[column * rows + first..][..count];
        let whole = columns - columns % COLUMNS;
        for start in (0..whole).step_by(COLUMNS) {
            let group: [&[[u8; SIZE]]; COLUMNS] = array::from_fn(|offset| column(start + offset));
            for (row, to) in to.chunks_exact_mut(columns).enumerate() {
                let values: [[u8; SIZE]; COLUMNS] = array::from_fn(|offset| group[offset][row]);
                to[start..start + COLUMNS].copy_from_slice(&values);
            }
        }
        for rest in whole..columns {
            let values = column(rest);
            for (to, value) in to.chunks_exact_mut(columns).zip(values) {
                to[rest] = *value;
            }
        }
    }
}
