//! The terms of softmax and their sums, over any x86-64 vector.

use std::mem::MaybeUninit;

use super::vector::{See, Vector, show};
use super::{LANES, LaneSums, Sums, Tile};
use crate::exact::exp::{COEFFICIENTS, TWO_LOG2_E, ZERO_FROM};
use crate::kernel::rows::narrow::MOST_COLUMNS;

/// How a vector takes powers of two apart and keeps sums of terms.
///
/// SAFETY of every method: the caller has checked for the instructions.
pub(super) trait Softmax: Vector {
    /// Whole numbers n, one per lane.
    type Powers: Copy;
    /// Sums of terms in units of 2⁻⁴⁰, half as many as lanes.
    type Sum: Copy;

    /// n = ⌊y + ½⌋ and y − n, of lanes y in 0.0..2²².
    unsafe fn split(self) -> (Self::Powers, Self);
    unsafe fn no_terms() -> Self::Sum;
    /// Adds ⌊e·2⁴⁰⁻ⁿ⌋ of lanes e from ½ to √2 to `values`, even lanes to the first one
    /// and odd lanes to the second, and ⌊e²·2⁴⁰⁻²ⁿ⌋ to `squares`. A sum holds [`MOST`]
    /// terms of up to 1.
    unsafe fn add_term(self, n: Self::Powers, sums: &mut Terms<Self>);
    unsafe fn words(sum: Self::Sum) -> Self::Wide;
}

/// The most terms in a lane of a sum.
const MOST: usize = 1 << 11;

/// Sums of terms and of their squares, even and odd lanes apart.
pub(super) struct Terms<V: Softmax> {
    pub(super) values: [V::Sum; 2],
    pub(super) squares: [V::Sum; 2],
}

impl<V: Softmax> Terms<V> {
    #[inline(always)]
    unsafe fn none() -> Self {
        // SAFETY: the caller has checked for the instructions.
        unsafe { Self { values: [V::no_terms(); 2], squares: [V::no_terms(); 2] } }
    }

    /// Adds the terms of `gaps`, in two more steps, and empties it.
    #[inline(always)]
    unsafe fn add(&mut self, gaps: &mut Gaps<V>) {
        // SAFETY (whole body): the caller has checked for the instructions, and
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
const ABREAST: usize = 16;

const _: () = assert!(MOST_COLUMNS <= ABREAST, "a narrow row goes abreast");

/// Up to [`ABREAST`] gaps, maximum − score, after the first step: as powers of two,
/// n + f.
struct Gaps<V: Softmax> {
    max: V,
    parts: MaybeUninit<[V; ABREAST]>,
    powers: MaybeUninit<[V::Powers; ABREAST]>,
    /// How many were written.
    len: usize,
}

impl<V: Softmax> Gaps<V> {
    fn below(max: V) -> Self {
        Self { max, parts: MaybeUninit::uninit(), powers: MaybeUninit::uninit(), len: 0 }
    }
}

impl<V: Softmax> See<V> for Gaps<V> {
    /// [`exp::term`](crate::exact::exp::term) halves gaps. That makes no difference
    /// but where one is too small for single precision, where the term is 1, or too
    /// large for it, where the term is 0. A gap beyond the last one that counts
    /// is cut down to it.
    #[inline(always)]
    unsafe fn see(&mut self, scores: V) {
        // SAFETY: the caller has checked for the instructions; indexes are checked.
        unsafe {
            let gap = self.max.sub(scores).cut(V::splat(2.0 * ZERO_FROM));
            let (n, f) = gap.mul(V::splat(0.5 * TWO_LOG2_E)).split();
            (*self.parts.as_mut_ptr())[self.len] = f;
            (*self.powers.as_mut_ptr())[self.len] = n;
        }
        self.len += 1;
    }
}

#[inline(always)]
pub(super) unsafe fn softmax_sums<V: Softmax>(row: &[f32], max: f32) -> Sums {
    let mut sums = Sums::default();
    // SAFETY (whole body): the caller has checked for the instructions.
    unsafe {
        let mut gaps = Gaps::below(V::splat(max));
        for part in row.chunks(MOST * V::LANES) {
            let mut terms = Terms::none();
            for block in part.chunks(ABREAST * V::LANES) {
                show(block, f32::NEG_INFINITY, &mut gaps);
                terms.add(&mut gaps);
            }
            for (values, squares) in terms.values.into_iter().zip(terms.squares) {
                sums.values += V::wide_sum(V::words(values));
                sums.squares += V::wide_sum(V::words(squares));
            }
        }
    }
    sums
}

/// The sums of narrow rows, a lane to each.
#[inline(always)]
pub(super) unsafe fn narrow_sums<V: Softmax>(tile: &Tile, max: &[f32; LANES]) -> LaneSums {
    let mut sums = LaneSums::default();
    // SAFETY (whole body): the caller has checked for the instructions, and
    // LANES is a multiple of the vector's.
    unsafe {
        for from in (0..LANES).step_by(V::LANES) {
            let mut gaps = Gaps::below(V::load(max.as_ptr().add(from)));
            for column in tile {
                gaps.see(V::load(column.as_ptr().add(from)));
            }
            let mut terms = Terms::none();
            terms.add(&mut gaps);
            let lanes = from..from + V::LANES;
            spread::<V>(terms.values, &mut sums.values[lanes.clone()]);
            spread::<V>(terms.squares, &mut sums.squares[lanes]);
        }
    }
    sums
}

/// Sums of even and of odd lanes, lane by lane.
#[inline(always)]
unsafe fn spread<V: Softmax>(apart: [V::Sum; 2], lanes: &mut [u64]) {
    for (odd, sum) in apart.into_iter().enumerate() {
        let mut words = [0; LANES];
        // SAFETY: the caller has checked for the instructions; there is more than
        // enough room.
        unsafe { V::store_wide(V::words(sum), words.as_mut_ptr()) };
        for (lane, word) in lanes.iter_mut().skip(odd).step_by(2).zip(words) {
            *lane = word;
        }
    }
}
