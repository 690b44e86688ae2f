//! Confusion counts of integer labels and predictions: one counter per cell.
//!
//! Two loops over a block that fits the first-level cache: the first turns
//! values into counter numbers and vectorises; the second increments counters.

mod choice;
mod column;
mod counters;
mod runs;
mod sample;
mod shader;
mod sparse;
mod wide;

pub use choice::{Traits, choose, launch};
pub use column::{Column, ColumnType, Params};
pub use counters::{Counters, MAX_SHIFT, Numbers, Table, counter_numbers};
pub(super) use counters::{SETS, add_bytes, all_hot, split};
pub use runs::Runs;
pub use shader::{DIAGONAL, GLOBAL, SUBGROUP, WORKGROUP, WORKGROUP_WORDS, confusion};
pub use sparse::{Entry, SPARSE, SPILL_HEAD, entries, sparse};
pub use wide::{WIDE_SHIFT, WideCounters};

use super::simd::Level;

/// Rows in a block: its cell numbers take 8 KiB.
pub const BLOCK: usize = 2_048;

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

/// Writes the class of every value, `value − base`, into `classes`.
///
/// Returns the greatest class, or `u64::MAX` if some value lies outside
/// `base..base + 2³²`; `classes` is then of no use.
pub fn classes<T: Integer>(level: Level, values: &[T], base: i64, classes: &mut [u32]) -> u64 {
    level.classes(values, base, classes)
}

/// [`classes`] in plain Rust; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn classes_loop<T: Integer>(
    values: &[T],
    base: i64,
    classes: &mut [u32],
) -> u64 {
    let mut beyond = 0_u64;
    let mut greatest = 0_u32;
    for (class, &value) in classes.iter_mut().zip(values) {
        let offset = value.wide().wrapping_sub(base).cast_unsigned();
        beyond |= offset >> 32;
        #[allow(clippy::cast_possible_truncation, reason = "checked by `beyond`")]
        let low = offset as u32;
        greatest = greatest.max(low);
        *class = low;
    }
    if beyond == 0 { u64::from(greatest) } else { u64::MAX }
}
