//! The operations that rows side by side need of a vector: integers and doubles beside
//! single precision.
//!
//! A vector has a row in each lane. Numbers of 64 bits are two vectors, one of even lanes
//! and one of odd ones: there no lane ever crosses to another place.

mod avx2;
mod avx2_doubles;
mod avx512;
mod avx512_doubles;

use super::softmax::Softmax;
use super::vector::Words;
use crate::kernel::rows::narrow::LANES;

/// A vector of single precision with all that rows side by side need.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Lanes: Softmax<Words = Self::Ints> {
    /// Unsigned integers of 32 bits in as many lanes, or of 64 bits in half as many.
    type Ints: Ints<Mask = Self::Mask>;
    /// Doubles, half as many.
    type Doubles: Doubles<Ints = Self::Ints>;
    /// A choice of lanes.
    type Mask: Mask;

    unsafe fn bits(self) -> Self::Ints;
    /// The integer part of lanes in 0.0..2³¹.
    unsafe fn truncated(self) -> Self::Ints;
    /// The lower of the two.
    unsafe fn least(self, other: Self) -> Self;
    unsafe fn lt(self, other: Self) -> Self::Mask;
    unsafe fn le(self, other: Self) -> Self::Mask;
    unsafe fn eq(self, other: Self) -> Self::Mask;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn or_where(self, mask: Self::Mask, on: Self) -> Self;
    /// Even and odd lanes, rounded to single precision.
    unsafe fn rounded(halves: [Self::Doubles; 2]) -> Self;
    /// Turns `count` scores, at most as many as lanes, of as many rows as there are lanes,
    /// which are `stride` scores apart, to columns that are [`LANES`] apart.
    unsafe fn turn(from: *const f32, stride: usize, count: usize, to: *mut f32);
}

/// A choice of lanes.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Mask: Copy {
    unsafe fn and(self, other: Self) -> Self;
    unsafe fn or(self, other: Self) -> Self;
    /// Those of `self` that are not of `other`.
    unsafe fn but_not(self, other: Self) -> Self;
    unsafe fn is_empty(self) -> bool;
}

/// Even and odd lanes.
///
/// SAFETY of every block: the trait's callers have checked for the instructions.
#[allow(clippy::undocumented_unsafe_blocks, reason = "said once for all blocks, above")]
impl<M: Mask> Mask for [M; 2] {
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { [self[0].and(other[0]), self[1].and(other[1])] }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { [self[0].or(other[0]), self[1].or(other[1])] }
    }

    #[inline(always)]
    unsafe fn but_not(self, other: Self) -> Self {
        unsafe { [self[0].but_not(other[0]), self[1].but_not(other[1])] }
    }

    #[inline(always)]
    unsafe fn is_empty(self) -> bool {
        unsafe { self[0].is_empty() && self[1].is_empty() }
    }
}

/// Unsigned integers of 32 or of 64 bits, as each method says.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Ints: Words {
    type Mask: Mask;

    unsafe fn load(from: *const u32) -> Self;
    /// Writes the lanes of 32 bits.
    unsafe fn put(self, to: *mut u32);
    unsafe fn splat32(value: u32) -> Self;
    unsafe fn splat64(value: u64) -> Self;
    unsafe fn and(self, other: Self) -> Self;
    unsafe fn or(self, other: Self) -> Self;
    unsafe fn add32(self, other: Self) -> Self;
    unsafe fn sub32(self, other: Self) -> Self;
    unsafe fn min32(self, other: Self) -> Self;
    /// `self` − `other`, or 0 if that is below 0; both are below 2³¹.
    unsafe fn less32(self, other: Self) -> Self;
    unsafe fn shl32(self, by: i32) -> Self;
    unsafe fn shr32(self, by: i32) -> Self;
    unsafe fn eq32(self, other: Self) -> Self::Mask;
    /// Of lanes below 2³¹.
    unsafe fn lt32(self, other: Self) -> Self::Mask;
    /// Of any lanes.
    unsafe fn below32(self, other: Self) -> Self::Mask;
    /// `self` and 1 more in the lanes of `mask`.
    unsafe fn count32(self, mask: Self::Mask) -> Self;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn or_where32(self, mask: Self::Mask, on: Self) -> Self;
    /// The words of `table` at these places.
    unsafe fn of_table(self, table: &[u32; 128]) -> Self;
    unsafe fn add64(self, other: Self) -> Self;
    unsafe fn sub64(self, other: Self) -> Self;
    unsafe fn shl64(self, by: i32) -> Self;
    unsafe fn shr64(self, by: i32) -> Self;
    /// Products of 64 bits of the lower halves.
    unsafe fn mul(self, other: Self) -> Self;
    /// All bits where a lane of 64 bits is 2⁶³ or more, none where not.
    unsafe fn negative64(self) -> Self;
    /// All bits where a lane of 64 bits is 0, none where not.
    unsafe fn zero64(self) -> Self;
    /// Even lanes of 32 bits of `self`, odd ones of `odd`.
    unsafe fn alternate(self, odd: Self) -> Self;
}

/// Doubles.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Doubles: Copy {
    type Ints: Ints;
    type Mask: Mask;
    const LANES: usize;

    unsafe fn load(from: *const f64) -> Self;
    /// Every other one of twice as many, and those between them.
    unsafe fn load_turned(from: *const f64) -> [Self; 2];
    /// As [`Lanes::turn`] does.
    unsafe fn turn(from: *const f64, stride: usize, count: usize, to: *mut f64);
    unsafe fn splat(value: f64) -> Self;
    unsafe fn bits(self) -> Self::Ints;
    unsafe fn of_bits(bits: Self::Ints) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn floor(self) -> Self;
    unsafe fn ceil(self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn least(self, other: Self) -> Self;
    unsafe fn lt(self, other: Self) -> Self::Mask;
    unsafe fn le(self, other: Self) -> Self::Mask;
    unsafe fn eq(self, other: Self) -> Self::Mask;
    /// `on` in the lanes of `mask`, `self` in the others.
    unsafe fn or_where(self, mask: Self::Mask, on: Self) -> Self;
    /// Lanes in which integers of 64 bits are equal.
    unsafe fn equal(one: Self::Ints, other: Self::Ints) -> Self::Mask;
    /// Lanes in which `one` is below `other`, both below 2⁶³.
    unsafe fn below(one: Self::Ints, other: Self::Ints) -> Self::Mask;
    /// `on` in the lanes of `mask`, `off` in the others, of 64 bits.
    unsafe fn either(mask: Self::Mask, on: Self::Ints, off: Self::Ints) -> Self::Ints;
}

/// 2⁵²: the lower bits of a double from here to twice as much are its integer part.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The doubles of integers of 64 bits below 2⁵².
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn to_doubles<D: Doubles>(ints: D::Ints) -> D {
    // SAFETY: as above.
    unsafe { D::of_bits(ints.or(D::splat(WHOLE).bits())).sub(D::splat(WHOLE)) }
}

/// The integers of 64 bits nearest to doubles in 0.0..2⁵¹.
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn to_ints<D: Doubles>(doubles: D) -> D::Ints {
    // SAFETY: as above.
    unsafe { doubles.add(D::splat(WHOLE)).bits().sub64(D::splat(WHOLE).bits()) }
}

/// The lanes of single precision as doubles, times 2⁻⁸⁹⁶: bits of a float mean that where
/// they stand for those of a double.
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn halves<V: Lanes>(lanes: V) -> [V::Doubles; 2] {
    // SAFETY: as above.
    unsafe {
        let size = V::Ints::splat64(0x7fff_ffff_0000_0000);
        let sign = V::Ints::splat64(1 << 63);
        let odd = lanes.bits();
        let each = [odd.shl64(32), odd];
        let mut halves = [V::Doubles::splat(0.0); 2];
        for (half, bits) in halves.iter_mut().zip(each) {
            *half = V::Doubles::of_bits(bits.and(size).shr64(3).or(bits.and(sign)));
        }
        halves
    }
}

/// 2⁸⁹⁶, by which [`halves`] are too small.
pub(super) const HALVES: f64 = f64::from_bits((1_023 + 896) << 52);

/// The lower words of even and odd lanes of 64 bits, each in its lane.
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn low_words<I: Ints>([even, odd]: [I; 2]) -> I {
    // SAFETY: as above.
    unsafe { even.alternate(odd.shl64(32)) }
}

/// The upper words of even and odd lanes of 64 bits, each in its lane.
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn high_words<I: Ints>([even, odd]: [I; 2]) -> I {
    // SAFETY: as above.
    unsafe { even.shr64(32).alternate(odd) }
}

/// Words of 32 bits as even and odd lanes of 64 bits.
///
/// SAFETY: the caller has checked for the instructions.
#[inline(always)]
pub(super) unsafe fn wide<I: Ints>(words: I) -> [I; 2] {
    // SAFETY: as above.
    unsafe { [words.and(I::splat64(0xffff_ffff)), words.shr64(32)] }
}
