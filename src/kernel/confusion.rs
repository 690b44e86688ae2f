//! Confusion counts of integer labels and predictions: one cell per pair.
//!
//! Two loops over a block that fits the first-level cache: the first turns
//! values into cell numbers and vectorises; the second increments counters.

use super::simd::Level;

/// Rows in a block: its cell numbers take 8 KiB.
pub const BLOCK: usize = 2_048;

/// Counter sets of a small table. Rows of one class in a row would wait for
/// their own counter; every fourth row uses the same set.
pub const SETS: usize = 4;

/// Tables of up to 2^this cells a side have [`SETS`] sets.
pub const SMALL_SHIFT: u32 = 5;

/// An integer type that classes are stored in.
pub trait Integer: Copy + Ord + Send + Sync + 'static {
    /// The value.
    fn wide(self) -> i64;
}

macro_rules! integers {
    ($($type:ty),+) => {
        $(impl Integer for $type {
            #[inline(always)]
            fn wide(self) -> i64 {
                i64::from(self)
            }
        })+
    };
}
integers!(u8, u16, u32, i32, i64);

/// The least and the greatest of `values`; `None` if there are none.
pub fn range<T: Integer>(values: &[T]) -> Option<(i64, i64)> {
    let (least, greatest) = values.iter().fold(None, |seen: Option<(T, T)>, &value| {
        let (least, greatest) = seen.unwrap_or((value, value));
        Some((least.min(value), greatest.max(value)))
    })?;
    Some((least.wide(), greatest.wide()))
}

/// Writes `value − base` of every value into `cells`, behind the `shift` low
/// bits if `behind` (the label comes first, then the prediction).
///
/// Returns the greatest offset, or `u64::MAX` if some value lies outside
/// `base..base + 2³²`; `cells` is then of no use.
pub fn offsets<T: Integer>(
    level: Level,
    values: &[T],
    base: i64,
    behind: Option<u32>,
    cells: &mut [u32],
) -> u64 {
    level.offsets(values, base, behind, cells)
}

/// [`offsets`] in plain Rust; compiled again for every level.
#[inline(always)]
pub(super) fn offsets_loop<T: Integer>(
    values: &[T],
    base: i64,
    behind: Option<u32>,
    cells: &mut [u32],
) -> u64 {
    let mut beyond = 0_u64;
    let mut greatest = 0_u32;
    let mut offset = |value: T| {
        let offset = value.wide().wrapping_sub(base).cast_unsigned();
        beyond |= offset >> 32;
        #[allow(clippy::cast_possible_truncation, reason = "checked by `beyond`")]
        let low = offset as u32;
        greatest = greatest.max(low);
        low
    };
    match behind {
        None => {
            for (cell, &value) in cells.iter_mut().zip(values) {
                *cell = offset(value);
            }
        }
        Some(shift) => {
            for (cell, &value) in cells.iter_mut().zip(values) {
                *cell = (*cell << shift) | offset(value);
            }
        }
    }
    if beyond == 0 { u64::from(greatest) } else { u64::MAX }
}

/// Counters that a table of `2^shift` cells a side needs.
pub fn counters(shift: u32) -> usize {
    let sets = if shift <= SMALL_SHIFT { SETS } else { 1 };
    sets << (2 * shift)
}

/// Adds 1 to the counter of every cell. `counters` is as long as
/// [`counters`]`(shift)` says; a cell is the sum of its counters in all sets.
pub fn count(shift: u32, cells: &[u32], counters: &mut [u32]) {
    let side = 1_usize << (2 * shift);
    if shift > SMALL_SHIFT {
        let counters = &mut counters[..side];
        for &cell in cells {
            counters[cell as usize] += 1;
        }
        return;
    }
    let (first, rest) = counters.split_at_mut(side);
    let (second, rest) = rest.split_at_mut(side);
    let (third, fourth) = rest.split_at_mut(side);
    let mut quads = cells.chunks_exact(SETS);
    for quad in &mut quads {
        first[quad[0] as usize] += 1;
        second[quad[1] as usize] += 1;
        third[quad[2] as usize] += 1;
        fourth[quad[3] as usize] += 1;
    }
    for &cell in quads.remainder() {
        first[cell as usize] += 1;
    }
}
