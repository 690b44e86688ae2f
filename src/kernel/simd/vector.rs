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
    unsafe fn min(self, other: Self) -> Self;
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
    /// Lanes below 2³¹ to floats.
    unsafe fn from_words(words: Self::Words) -> Self;

    unsafe fn double(words: Self::Words) -> Self::Words;
    unsafe fn wide_zero() -> Self::Wide;
    unsafe fn wide_sum(a: Self::Wide) -> u64;
    /// Adds `(word << 10) >> shift` of every lane, for words below 2³¹ and
    /// shifts below 2⁷; those from 63 on give 0.
    unsafe fn add_shifted(sum: Self::Wide, words: Self::Words, shifts: Self::Words) -> Self::Wide;
    /// [`add_shifted`](Self::add_shifted) with a sum for even lanes and one for odd ones.
    unsafe fn add_shifted_apart(
        sums: &mut [Self::Wide; 2],
        words: Self::Words,
        shifts: Self::Words,
    );
    unsafe fn wide_lane(a: Self::Wide, lane: usize) -> u64;
    /// Adds every word.
    unsafe fn add_words(sum: Self::Wide, words: Self::Words) -> Self::Wide;
    /// Adds every word's square.
    unsafe fn add_squares(sum: Self::Wide, words: Self::Words) -> Self::Wide;
}

/// The vectors of a row and the index of the first lane of each; the last one is
/// filled up with `filler`.
///
/// A loop over this, not a closure: a closure would be compiled without the
/// instructions of the function that it is in.
pub(super) struct Vectors<'a> {
    row: &'a [f32],
    at: usize,
    filler: f32,
}

impl<'a> Vectors<'a> {
    #[inline(always)]
    pub(super) fn of(row: &'a [f32], filler: f32) -> Self {
        Self { row, at: 0, filler }
    }

    /// The next vector and the index of its first lane.
    ///
    /// SAFETY: the caller has checked for the instructions of `V`.
    #[inline(always)]
    pub(super) unsafe fn next<V: Vector>(&mut self) -> Option<(V, usize)> {
        let at = self.at;
        let left = self.row.len().checked_sub(at).filter(|left| *left > 0)?;
        self.at += V::LANES;
        if left >= V::LANES {
            // SAFETY: at + LANES <= row.len().
            return Some((unsafe { V::load(self.row.as_ptr().add(at)) }, at));
        }
        // SAFETY: as above.
        Some((unsafe { V::load_part(&self.row[at..], self.filler) }, at))
    }
}
