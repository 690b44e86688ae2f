//! Scores of double precision.

use super::super::abreast::neg_ln;
use super::super::lanes::{Doubles, Ints, Lanes, low_words, to_ints, wide};
use super::super::vector::Words;
use super::{Column, LANES, UNIT, difference};
use crate::kernel::rows::narrow::BinEdges;

/// Scores of double precision: of even and of odd rows.
#[derive(Clone, Copy)]
pub struct Double<V: Lanes>([V::Doubles; 2]);

/// SAFETY of every block: as the trait says.
#[allow(clippy::undocumented_unsafe_blocks, reason = "said once for all blocks, above")]
impl<V: Lanes> Column for Double<V> {
    type Score = f64;
    type Lanes = V;
    type Mask = [<V::Doubles as Doubles>::Mask; 2];
    type Numbers = [V::Ints; 2];

    #[inline(always)]
    fn place(row: usize) -> usize {
        let (first, lane) = (row / V::LANES * V::LANES, row % V::LANES);
        (first + lane % 2 * (V::LANES / 2) + lane / 2) % LANES
    }

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { Self([V::Doubles::load(from), V::Doubles::load(from.add(V::LANES / 2))]) }
    }

    #[inline(always)]
    unsafe fn turn(from: *const f64, columns: usize, to: *mut f64) {
        let lanes = V::Doubles::LANES;
        for column in (0..columns).step_by(lanes) {
            let count = lanes.min(columns - column);
            for odd in 0..2 {
                let from = from.wrapping_add(odd * columns + column);
                let to = to.wrapping_add(column * LANES + odd * lanes);
                unsafe { V::Doubles::turn(from, 2 * columns, count, to) };
            }
        }
    }

    #[inline(always)]
    unsafe fn load_rows(from: *const f64) -> Self {
        unsafe { Self(V::Doubles::load_turned(from)) }
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { Self([V::Doubles::splat(value.into()); 2]) }
    }

    #[inline(always)]
    unsafe fn least_from(threshold: f64) -> Self {
        unsafe { Self([V::Doubles::splat(threshold); 2]) }
    }

    #[inline(always)]
    unsafe fn exactly(value: f64) -> Option<Self> {
        unsafe { Some(Self([V::Doubles::splat(value); 2])) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([a.sub(c), b.sub(d)])
        }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([a.max(c), b.max(d)])
        }
    }

    #[inline(always)]
    unsafe fn least(self, other: Self) -> Self {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([a.least(c), b.least(d)])
        }
    }

    #[inline(always)]
    unsafe fn lt(self, other: Self) -> Self::Mask {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            [a.lt(c), b.lt(d)]
        }
    }

    #[inline(always)]
    unsafe fn le(self, other: Self) -> Self::Mask {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            [a.le(c), b.le(d)]
        }
    }

    #[inline(always)]
    unsafe fn eq(self, other: Self) -> Self::Mask {
        unsafe {
            let ([a, b], [c, d]) = (self.0, other.0);
            [a.eq(c), b.eq(d)]
        }
    }

    #[inline(always)]
    unsafe fn or_where(self, [even, odd]: Self::Mask, on: Self) -> Self {
        unsafe { Self([self.0[0].or_where(even, on.0[0]), self.0[1].or_where(odd, on.0[1])]) }
    }

    #[inline(always)]
    unsafe fn number(value: u32) -> [V::Ints; 2] {
        unsafe { [V::Ints::splat64(value.into()); 2] }
    }

    #[inline(always)]
    unsafe fn numbers(words: V::Ints) -> [V::Ints; 2] {
        unsafe { wide(words) }
    }

    #[inline(always)]
    unsafe fn words(numbers: [V::Ints; 2]) -> V::Ints {
        unsafe { low_words(numbers) }
    }

    #[inline(always)]
    unsafe fn equal([a, b]: [V::Ints; 2], [c, d]: [V::Ints; 2]) -> Self::Mask {
        unsafe { [V::Doubles::equal(a, c), V::Doubles::equal(b, d)] }
    }

    #[inline(always)]
    unsafe fn below([a, b]: [V::Ints; 2], [c, d]: [V::Ints; 2]) -> Self::Mask {
        unsafe { [V::Doubles::below(a, c), V::Doubles::below(b, d)] }
    }

    #[inline(always)]
    unsafe fn either(mask: Self::Mask, on: [V::Ints; 2], off: [V::Ints; 2]) -> [V::Ints; 2] {
        unsafe {
            let [even, odd] = mask;
            [V::Doubles::either(even, on[0], off[0]), V::Doubles::either(odd, on[1], off[1])]
        }
    }

    #[inline(always)]
    unsafe fn count([even, odd]: Self::Mask, counts: [V::Ints; 2]) -> [V::Ints; 2] {
        unsafe {
            let one = V::Ints::splat64(1);
            let [a, b] = counts;
            [V::Doubles::either(even, a.add64(one), a), V::Doubles::either(odd, b.add64(one), b)]
        }
    }

    #[inline(always)]
    unsafe fn lanes(mask: Self::Mask) -> V::Mask {
        unsafe { low_words(Self::wide_mask(mask)).eq32(V::Ints::splat32(u32::MAX)) }
    }

    #[inline(always)]
    unsafe fn wide_mask([even, odd]: Self::Mask) -> [V::Ints; 2] {
        unsafe {
            let (all, none) = (V::Ints::splat64(u64::MAX), V::Ints::none());
            [V::Doubles::either(even, all, none), V::Doubles::either(odd, all, none)]
        }
    }

    #[inline(always)]
    unsafe fn gap(self, low: Self) -> V {
        unsafe { V::rounded(self.sub(low).0) }
    }

    #[inline(always)]
    unsafe fn difference(self, low: Self) -> [V::Ints; 2] {
        unsafe { difference::<V>(self.0, low.0, 1.0) }
    }

    #[inline(always)]
    unsafe fn is_apart(self, low: Self, threshold: f64) -> Self::Mask {
        unsafe { Self::least_from(threshold).le(self.sub(low)) }
    }

    #[inline(always)]
    unsafe fn units(self) -> [V::Ints; 2] {
        unsafe {
            let unit = V::Doubles::splat(UNIT.into());
            let [even, odd] = self.0;
            [to_ints(even.mul(unit).floor()), to_ints(odd.mul(unit).floor())]
        }
    }

    #[inline(always)]
    unsafe fn neg_ln(self) -> [V::Ints; 2] {
        unsafe {
            let [even, odd] = [self.0[0].bits(), self.0[1].bits()];
            let mantissas = low_words([even.shr64(21), odd.shr64(21)]);
            let bias = V::Ints::splat64(1_023);
            let exponents = [bias.sub64(even.shr64(52)), bias.sub64(odd.shr64(52))];
            neg_ln(mantissas.or(V::Ints::splat32(1 << 31)), exponents)
        }
    }

    /// From a guess that is off by one at most, as many edges are above as are to be.
    #[inline(always)]
    unsafe fn bin_of_value(self, bins: BinEdges) -> V::Ints {
        unsafe {
            let count = V::Doubles::splat(f64::from(bins.count));
            let one = V::Doubles::splat(1.0);
            let mut found = [V::Ints::none(); 2];
            for (found, value) in found.iter_mut().zip(self.0) {
                let guess = value.mul(count).floor();
                *found = to_ints(guess);
                for edge in [guess.div(count), guess.add(one).div(count)] {
                    let above = match bins.right_closed {
                        true => edge.lt(value),
                        false => edge.le(value),
                    };
                    *found = V::Doubles::either(above, found.add64(V::Ints::splat64(1)), *found);
                }
            }
            // Counted from edge 1 on, and the first guess from 0 on.
            let found = low_words(found).less32(V::Ints::splat32(1));
            found.min32(V::Ints::splat32(bins.count - 1))
        }
    }
}
