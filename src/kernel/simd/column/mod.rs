//! Scores of one column, a lane to each row, in either precision.

mod double;
mod single;

pub(super) use self::double::Double;
pub(super) use self::single::Single;
use super::lanes::{Doubles, Lanes, Mask, to_ints};
use super::vector::Words;
use crate::kernel::rows::narrow::BinEdges;
use crate::kernel::rows::narrow::LANES;
use crate::kernel::score::Score;

/// Scores of rows side by side.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Column: Copy {
    type Score: Score;
    /// As many lanes.
    type Lanes: Lanes;
    /// A choice of rows.
    type Mask: Mask;
    /// Small numbers, one for each row.
    type Numbers: Copy;

    /// Where [`load`](Self::load) looks for a row of [`LANES`].
    fn place(row: usize) -> usize;
    unsafe fn load(from: *const Self::Score) -> Self;
    /// Turns as many rows as there are lanes to columns, each [`LANES`] long.
    unsafe fn turn(from: *const Self::Score, columns: usize, to: *mut Self::Score);
    /// Loads rows that lie in order.
    unsafe fn load_rows(from: *const Self::Score) -> Self;
    unsafe fn splat(value: f32) -> Self;
    /// The least score that is not below `threshold`.
    unsafe fn least_from(threshold: f64) -> Self;
    /// `value` in every row; `None` if no score is just that.
    unsafe fn exactly(value: f64) -> Option<Self>;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// The lower of the two.
    unsafe fn least(self, other: Self) -> Self;
    unsafe fn lt(self, other: Self) -> Self::Mask;
    unsafe fn le(self, other: Self) -> Self::Mask;
    unsafe fn eq(self, other: Self) -> Self::Mask;
    /// `on` in the rows of `mask`, `self` in the others.
    unsafe fn or_where(self, mask: Self::Mask, on: Self) -> Self;

    unsafe fn number(value: u32) -> Self::Numbers;
    unsafe fn numbers(words: <Self::Lanes as Lanes>::Ints) -> Self::Numbers;
    unsafe fn words(numbers: Self::Numbers) -> <Self::Lanes as Lanes>::Ints;
    unsafe fn equal(one: Self::Numbers, other: Self::Numbers) -> Self::Mask;
    /// Rows in which `one` is below `other`; both are below 2³¹.
    unsafe fn below(one: Self::Numbers, other: Self::Numbers) -> Self::Mask;
    /// `on` in the rows of `mask`, `off` in the others.
    unsafe fn either(mask: Self::Mask, on: Self::Numbers, off: Self::Numbers) -> Self::Numbers;
    /// 1 more in the rows of `mask`.
    unsafe fn count(mask: Self::Mask, counts: Self::Numbers) -> Self::Numbers;
    /// The same choice, of lanes.
    unsafe fn lanes(mask: Self::Mask) -> <Self::Lanes as Lanes>::Mask;
    /// All bits of even and odd rows in `mask`.
    unsafe fn wide_mask(mask: Self::Mask) -> [<Self::Lanes as Lanes>::Ints; 2];

    /// `self` − `low` in single precision.
    unsafe fn gap(self, low: Self) -> Self::Lanes;
    /// [`difference`](crate::exact::fixed::difference) of scores nearer to 0 than 2¹⁸.
    unsafe fn difference(self, low: Self) -> [<Self::Lanes as Lanes>::Ints; 2];
    /// Rows in which `self` − `low`, rounded to a double, is at least `threshold`.
    unsafe fn is_apart(self, low: Self, threshold: f64) -> Self::Mask;
    /// Probabilities in units of 2⁻³⁰, truncated.
    unsafe fn units(self) -> [<Self::Lanes as Lanes>::Ints; 2];
    /// [`neg_ln`](crate::exact::ln::neg_ln) of normal numbers up to 1.
    unsafe fn neg_ln(self) -> [<Self::Lanes as Lanes>::Ints; 2];
    /// The bin of probabilities, by
    /// [`bin_of_value`](crate::kernel::rows::Params::bin_of_value).
    unsafe fn bin_of_value(self, bins: BinEdges) -> <Self::Lanes as Lanes>::Ints;
}

/// 1 in units of a probability.
const UNIT: f32 = 1_073_741_824.0;

/// ⌊high · scale · 2³²⌋ − ⌊low · scale · 2³²⌋, which doubles hold.
#[inline(always)]
unsafe fn difference<V: Lanes>(
    high: [V::Doubles; 2],
    low: [V::Doubles; 2],
    scale: f64,
) -> [V::Ints; 2] {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let scale = V::Doubles::splat(4_294_967_296.0 * scale);
        let mut gaps = [V::Ints::none(); 2];
        for half in 0..2 {
            let [high, low] = [high[half].mul(scale).floor(), low[half].mul(scale).floor()];
            gaps[half] = to_ints(high.sub(low));
        }
        gaps
    }
}
