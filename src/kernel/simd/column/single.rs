//! Scores of single precision.

use super::super::abreast::neg_ln;
use super::super::lanes::{Doubles, HALVES, Ints, Lanes, halves, low_words, to_ints, wide};
use super::super::vector::Words;
use super::{Column, LANES, UNIT, difference};
use crate::kernel::rows::narrow::BinEdges;
use crate::kernel::rows::shader::least_from;

/// Scores of single precision, one in each lane.
#[derive(Clone, Copy)]
pub struct Single<V>(V);

/// SAFETY of every block: as the trait says.
#[allow(clippy::undocumented_unsafe_blocks, reason = "said once for all blocks, above")]
impl<V: Lanes> Column for Single<V> {
    type Score = f32;
    type Lanes = V;
    type Mask = V::Mask;
    type Numbers = V::Ints;

    #[inline(always)]
    fn place(row: usize) -> usize {
        row
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { Self(V::load(from)) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f32, columns: usize, to: *mut f32) {
        for column in (0..columns).step_by(V::LANES) {
            let count = V::LANES.min(columns - column);
            unsafe { V::turn(from.add(column), columns, count, to.add(column * LANES)) };
        }
    }

    #[inline(always)]
    unsafe fn load_rows(from: *const f32) -> Self {
        unsafe { Self(V::load(from)) }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { Self(V::splat(value)) }
    }

    #[inline(always)]
    unsafe fn least_from(threshold: f64) -> Self {
        unsafe { Self::splat(least_from(threshold)) }
    }

    #[inline(always)]
    unsafe fn exactly(value: f64) -> Option<Self> {
        let single = least_from(value);
        unsafe { (f64::from(single) == value).then_some(Self(V::splat(single))) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { Self(self.0.sub(other.0)) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { Self(self.0.max(other.0)) }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe { Self(self.0.least(other.0)) }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> V::Mask {
        unsafe { self.0.lt(other.0) }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> V::Mask {
        unsafe { self.0.le(other.0) }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> V::Mask {
        unsafe { self.0.eq(other.0) }
    }

    #[inline(always)]
    unsafe fn or_where(self, mask: V::Mask, on: Self) -> Self {
        unsafe { Self(self.0.or_where(mask, on.0)) }
    }

    #[inline(always)]
    unsafe fn number(value: u32) -> V::Ints {
        unsafe { V::Ints::splat32(value) }
    }

    #[inline(always)]
    unsafe fn numbers(words: V::Ints) -> V::Ints {
        words
    }

    #[inline(always)]
    unsafe fn words(numbers: V::Ints) -> V::Ints {
        numbers
    }

    #[inline(always)]
    unsafe fn equal(one: V::Ints, other: V::Ints) -> V::Mask {
        unsafe { one.eq32(other) }
    }

    #[inline(always)]
    unsafe fn below(one: V::Ints, other: V::Ints) -> V::Mask {
        unsafe { one.lt32(other) }
    }

    #[inline(always)]
    unsafe fn either(mask: V::Mask, on: V::Ints, off: V::Ints) -> V::Ints {
        unsafe { off.or_where32(mask, on) }
    }

    #[inline(always)]
    unsafe fn count(mask: V::Mask, counts: V::Ints) -> V::Ints {
        unsafe { counts.count32(mask) }
    }

    #[inline(always)]
    unsafe fn lanes(mask: V::Mask) -> V::Mask {
        mask
    }

    #[inline(always)]
    unsafe fn wide_mask(mask: V::Mask) -> [V::Ints; 2] {
        unsafe {
            let all = V::Ints::none().or_where32(mask, V::Ints::splat32(u32::MAX));
            let [even, odd] = wide(all);
            [even.or(even.shl64(32)), odd.or(odd.shl64(32))]
        }
    }

    #[inline(always)]
    unsafe fn gap(self, low: Self) -> V {
        unsafe { self.0.sub(low.0) }
    }

    #[inline(always)]
    unsafe fn difference(self, low: Self) -> [V::Ints; 2] {
        unsafe { difference::<V>(halves(self.0), halves(low.0), HALVES) }
    }

    #[inline(always)]
    unsafe fn is_apart(self, low: Self, threshold: f64) -> V::Mask {
        unsafe {
            let (high, low) = (halves(self.0), halves(low.0));
            let threshold = V::Doubles::splat(threshold);
            let mut apart = [V::Ints::none(); 2];
            for half in 0..2 {
                // Differences of doubles so small are rounded as those of others are.
                let gap = high[half].sub(low[half]).mul(V::Doubles::splat(HALVES));
                let all = V::Ints::splat64(u64::MAX);
                apart[half] = V::Doubles::either(threshold.le(gap), all, V::Ints::none());
            }
            low_words(apart).eq32(V::Ints::splat32(u32::MAX))
        }
    }

    #[inline(always)]
    unsafe fn units(self) -> [V::Ints; 2] {
        unsafe { wide(self.0.mul(V::splat(UNIT)).truncated()) }
    }

    #[inline(always)]
    unsafe fn neg_ln(self) -> [V::Ints; 2] {
        unsafe {
            let bits = self.0.bits();
            let mantissas = bits.shl32(8).or(V::Ints::splat32(1 << 31));
            neg_ln(mantissas, wide(V::Ints::splat32(127).sub32(bits.shr32(23))))
        }
    }

    /// A float times a number of bins is exact in a double, and lies on the same side of a
    /// whole number as the float of the edge: no edge k/B but an exact one is rounded to a
    /// number of so few bits, from which it would be 2⁻⁴⁴ away.
    #[inline(always)]
    unsafe fn bin_of_value(self, bins: BinEdges) -> V::Ints {
        unsafe {
            let scale = V::Doubles::splat(f64::from(bins.count) * HALVES);
            let mut found = [V::Ints::none(); 2];
            for (found, half) in found.iter_mut().zip(halves(self.0)) {
                let place = half.mul(scale);
                *found = to_ints(if bins.right_closed { place.ceil() } else { place.floor() });
            }
            let one = V::Ints::splat32(bins.right_closed.into());
            low_words(found).less32(one).min32(V::Ints::splat32(bins.count - 1))
        }
    }
}
