//! From columns to rows.

use super::convert::score_bytes;
use crate::batch::Scores;
use crate::tally::ScoreType;

/// Rows and columns of a block that stays in the first-level cache.
const BLOCK: usize = 32;

/// Fills `scores` with the transpose of `columns` whole columns of `rows`
/// scores each, which lie end to end in `block`.
pub(super) fn transpose(
    block: &[u8],
    rows: usize,
    columns: usize,
    score_type: ScoreType,
    scores: &mut Scores,
) {
    let target = score_bytes(scores, score_type, rows * columns);
    match score_type {
        ScoreType::F16 => transpose_words::<2>(block, rows, columns, target),
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
    for row_start in (0..rows).step_by(BLOCK) {
        let row_end = rows.min(row_start + BLOCK);
        for column_start in (0..columns).step_by(BLOCK) {
            let column_end = columns.min(column_start + BLOCK);
            for row in row_start..row_end {
                let to = &mut to[row * columns..][column_start..column_end];
                for (column, to) in (column_start..column_end).zip(to) {
                    *to = from[column * rows + row];
                }
            }
        }
    }
}
