//! The operations that loops need of a vector, whatever its scores and its width.

use super::score::Score;
use super::softmax::Softmax;

/// A vector of scores, with the few operations the loops need.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Vector: Copy {
    /// What a lane holds.
    type Score: Score;
    const LANES: usize;
    /// As many scores in single precision as one step of softmax takes.
    type Single: Softmax;
    /// Unsigned integers, as wide as lanes or of 64 bits.
    type Words: Words;
    /// A flag per lane.
    type Flags: Copy;

    unsafe fn splat(value: Self::Score) -> Self;
    unsafe fn load(from: *const Self::Score) -> Self;
    /// Up to [`LANES`](Self::LANES) scores, and `filler` in the lanes behind.
    unsafe fn load_part(from: &[Self::Score], filler: Self::Score) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn highest(self) -> Self::Score;
    /// `counts` and 1 more in lanes with `self >= threshold`.
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words;
    unsafe fn sum_counts(counts: Self::Words) -> u32;
    /// Lanes with `self == other`.
    unsafe fn equal(self, other: Self) -> u32;
    unsafe fn no_flags() -> Self::Flags;
    /// `flags` and those of lanes where `self < limit` fails, NaN included.
    unsafe fn flag_not_lt(self, limit: Self, flags: Self::Flags) -> Self::Flags;
    unsafe fn any(flags: Self::Flags) -> bool;
    /// Lanes where `low <= self <= high` fails, NaN included.
    unsafe fn outside(self, low: Self, high: Self) -> u32;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn blend(self, on: Self, mask: u32) -> Self;
    /// Adds ⌊p·2³⁰⌋ of every lane p in 0..=1 to `values` and its square to `squares`.
    unsafe fn add_units(self, values: &mut Self::Words, squares: &mut Self::Words);
    /// `self` − score for as many scores as [`Single`](Self::Single) has lanes.
    unsafe fn gaps(self, scores: *const Self::Score) -> Self::Single;
    /// The same for fewer scores; a gap is +∞ in the lanes behind.
    unsafe fn gaps_part(self, scores: &[Self::Score]) -> Self::Single;
}

/// A vector of unsigned integers.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Words: Copy {
    /// 0 in every lane.
    unsafe fn none() -> Self;
    /// The sum of the 64-bit lanes.
    unsafe fn sum(self) -> u64;
    /// Writes the 64-bit lanes.
    unsafe fn store(self, to: *mut u64);
}

/// What vectors of a row are shown to.
///
/// A trait, not a closure: a closure would be compiled without the instructions of
/// the function that it is in.
pub(super) trait See<V: Vector> {
    /// SAFETY: the caller has checked for the instructions of `V`.
    unsafe fn see(&mut self, scores: V);
}

/// Shows all of `row` to `seen`; the last vector is filled up with `filler`.
///
/// SAFETY: the caller has checked for the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn show<V: Vector>(row: &[V::Score], filler: V::Score, seen: &mut impl See<V>) {
    let vectors = row.chunks_exact(V::LANES);
    let rest = vectors.remainder();
    // SAFETY: as above; each load is of a whole vector.
    unsafe {
        for scores in vectors {
            seen.see(V::load(scores.as_ptr()));
        }
        if !rest.is_empty() {
            seen.see(V::load_part(rest, filler));
        }
    }
}
