//! What the loops need of a vector, whatever its width.

/// A vector of f32 lanes, with the few operations the loops need.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub(super) trait Vector: Copy {
    const LANES: usize;
    /// Unsigned 32-bit lanes.
    type Words: Copy;
    /// A flag per lane.
    type Flags: Copy;
    /// Unsigned 64-bit lanes, half as many.
    type Wide: Copy;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    /// Fewer than [`LANES`](Self::LANES) scores, and `filler` in the lanes behind.
    unsafe fn load_part(from: &[f32], filler: f32) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// The lower of the two, for lanes of at least −0.0 and `most` above it.
    unsafe fn cut(self, most: Self) -> Self;
    unsafe fn highest(self) -> f32;
    /// `counts` and 1 more in lanes with `self >= threshold`.
    unsafe fn count_ge(self, threshold: Self, counts: Self::Words) -> Self::Words;
    unsafe fn sum_words(words: Self::Words) -> u32;
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
    /// Truncates lanes in 0.0..2³¹; anything in other lanes.
    unsafe fn truncate(self) -> Self::Words;
    unsafe fn wide_zero() -> Self::Wide;
    unsafe fn wide_sum(a: Self::Wide) -> u64;
    unsafe fn store_wide(a: Self::Wide, to: *mut u64);
    /// Adds every word.
    unsafe fn add_words(sum: Self::Wide, words: Self::Words) -> Self::Wide;
    /// Adds every word's square.
    unsafe fn add_squares(sum: Self::Wide, words: Self::Words) -> Self::Wide;
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
pub(super) unsafe fn show<V: Vector>(row: &[f32], filler: f32, seen: &mut impl See<V>) {
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
