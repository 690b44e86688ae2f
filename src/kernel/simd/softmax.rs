//! The terms of softmax and their sums, over any x86-64 vector.

use std::mem::MaybeUninit;

use super::Sums;
use super::vector::{Vector, Words};
use crate::exact::exp::{COEFFICIENTS, TWO_LOG2_E, ZERO_FROM};

/// A vector of single precision, with what terms of softmax need besides.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub trait Softmax: Vector<Score = f32> {
    /// Whole numbers n, one per lane.
    type Powers: Copy;
    /// Sums of terms in units of 2⁻⁴⁰, half as many as lanes.
    type Sum: Copy;

    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// The lower of the two, for lanes of at least −0.0 and `most` above it.
    unsafe fn cut(self, most: Self) -> Self;
    /// n = ⌊y + ½⌋ and y − n, of lanes y in 0.0..2²².
    unsafe fn split(self) -> (Self::Powers, Self);
    unsafe fn no_terms() -> Self::Sum;
    /// Adds ⌊e·2⁴⁰⁻ⁿ⌋ of lanes e from ½ to √2 to `values`, even lanes to the first one
    /// and odd lanes to the second, and ⌊e²·2⁴⁰⁻²ⁿ⌋ to `squares`. A sum holds [`MOST`]
    /// terms of up to 1.
    unsafe fn add_term(self, n: Self::Powers, sums: &mut Terms<Self>);
    unsafe fn words(sum: Self::Sum) -> Self::Words;
}

/// The most terms in a lane of a sum. The doubles of AVX-512 have room for twice as
/// many: for 4,096 of 1 from 2¹² to 2¹³.
const MOST: usize = 1 << 11;

/// Sums of terms and of their squares, even and odd lanes apart.
pub struct Terms<V: Softmax> {
    pub(super) values: [V::Sum; 2],
    pub(super) squares: [V::Sum; 2],
}

impl<V: Softmax> Terms<V> {
    #[inline(always)]
    pub(super) unsafe fn none() -> Self {
        // SAFETY: the caller has checked for the instructions.
        unsafe { Self { values: [V::no_terms(); 2], squares: [V::no_terms(); 2] } }
    }

    /// Adds the terms of `gaps`, in two more steps, and empties it.
    #[inline(always)]
    pub(super) unsafe fn add(&mut self, gaps: &mut Gaps<V>) {
        // SAFETY: the caller has checked for the instructions, and
        // `len` gaps were written.
        unsafe {
            let (parts, powers) = (gaps.parts.as_mut_ptr(), gaps.powers.as_ptr());
            let [coefficients @ .., last] = COEFFICIENTS;
            for at in 0..gaps.len {
                let f = (*parts)[at];
                let mut p = V::splat(last);
                for c in coefficients.iter().rev() {
                    p = p.mul(f).add(V::splat(*c));
                }
                (*parts)[at] = V::splat(1.0).sub(f.mul(p));
            }
            for at in 0..gaps.len {
                (*parts)[at].add_term((*powers)[at], self);
            }
        }
        gaps.len = 0;
    }
}

/// Vectors that take a step before the next step begins: the operations of one
/// vector wait for one another, and those of so many others fill the time.
pub(super) const ABREAST: usize = 16;

/// Up to [`ABREAST`] gaps, maximum − score, after the first step: as powers of two,
/// n + f.
pub(super) struct Gaps<V: Softmax> {
    parts: MaybeUninit<[V; ABREAST]>,
    powers: MaybeUninit<[V::Powers; ABREAST]>,
    /// How many were written.
    len: usize,
}

impl<V: Softmax> Gaps<V> {
    #[inline(always)]
    pub(super) fn none() -> Self {
        Self { parts: MaybeUninit::uninit(), powers: MaybeUninit::uninit(), len: 0 }
    }

    /// Takes one more vector of gaps.
    ///
    /// [`exp::term`](crate::exact::exp::term) halves gaps. That makes no difference
    /// but where one is too small for single precision, where the term is 1, or too
    /// large for it, where the term is 0. A gap beyond the last one that counts
    /// is cut down to it.
    ///
    /// SAFETY: the caller has checked for the instructions.
    #[inline(always)]
    pub(super) unsafe fn push(&mut self, gap: V) {
        // SAFETY: as above; indexes are checked.
        unsafe {
            let (n, f) = gap.cut(V::splat(2.0 * ZERO_FROM)).mul(V::splat(LOG2_E)).split();
            (*self.parts.as_mut_ptr())[self.len] = f;
            (*self.powers.as_mut_ptr())[self.len] = n;
        }
        self.len += 1;
    }
}

/// log₂e, as [`TWO_LOG2_E`] is rounded.
const LOG2_E: f32 = 0.5 * TWO_LOG2_E;

#[inline(always)]
pub(super) unsafe fn softmax_sums<V: Vector>(row: &[V::Score], max: V::Score) -> Sums {
    let mut sums = Sums::default();
    // SAFETY: the caller has checked for the instructions; chunks hold
    // as many scores as they say.
    unsafe {
        let max = V::splat(max);
        let mut gaps = Gaps::<V::Single>::none();
        for part in row.chunks(MOST * V::Single::LANES) {
            let mut terms = Terms::<V::Single>::none();
            for block in part.chunks(ABREAST * V::Single::LANES) {
                let vectors = block.chunks_exact(V::Single::LANES);
                let rest = vectors.remainder();
                for scores in vectors {
                    gaps.push(max.gaps(scores.as_ptr()));
                }
                if !rest.is_empty() {
                    gaps.push(max.gaps_part(rest));
                }
                terms.add(&mut gaps);
            }
            for (values, squares) in terms.values.into_iter().zip(terms.squares) {
                sums.values += V::Single::words(values).sum();
                sums.squares += V::Single::words(squares).sum();
            }
        }
    }
    sums
}
