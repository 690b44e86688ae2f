//! The loops of [`rows`](super::rows) in vector instructions.
//!
//! The one place in the kernels with `unsafe`: intrinsics and unaligned loads.
//! Each body is written once over a vector type, compiled for AVX2 and for
//! AVX-512, and gives the bits of the plain loop (`tests/kernels.rs`,
//! `tests/softmax.rs`, `tests/abreast.rs`): single operations in the same order, and sums
//! of integers, even where those are kept as doubles.

#![allow(unsafe_code, reason = "intrinsics; every block says why it is sound")]

#[cfg(target_arch = "x86_64")]
mod abreast;
#[cfg(target_arch = "x86_64")]
mod apart;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod column;
#[cfg(target_arch = "x86_64")]
mod doubles;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod level;
#[cfg(target_arch = "x86_64")]
mod matrix;
#[cfg(target_arch = "x86_64")]
mod measured;
#[cfg(target_arch = "x86_64")]
mod one_score;
#[cfg(target_arch = "x86_64")]
mod softmax;
#[cfg(target_arch = "x86_64")]
mod vector;
#[cfg(target_arch = "x86_64")]
mod wide;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use self::level::{Instructions, Level};
use super::confusion::{self, Integer, Table};
use super::rows::narrow::{Planes, Reading, Threshold, WIDE_COLUMNS};
use super::score::{self, Score, Sums, Survey};
use super::sums::{self, Totals};

/// The vectors of a type of scores.
pub trait Vectors: Sized {
    /// With [`Instructions::Avx2`].
    #[cfg(target_arch = "x86_64")]
    type Avx2: vector::Vector<Score = Self>;
    /// With [`Instructions::Avx512`].
    #[cfg(target_arch = "x86_64")]
    type Avx512: vector::Vector<Score = Self>;
    /// A lane to each row, with [`Instructions::Avx2`].
    #[cfg(target_arch = "x86_64")]
    type Avx2Column: column::Column<Score = Self>;
    /// A lane to each row, with [`Instructions::Avx512`].
    #[cfg(target_arch = "x86_64")]
    type Avx512Column: column::Column<Score = Self>;
}

impl Vectors for f32 {
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256;
    #[cfg(target_arch = "x86_64")]
    type Avx2Column = column::Single<std::arch::x86_64::__m256>;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512;
    #[cfg(target_arch = "x86_64")]
    type Avx512Column = column::Single<std::arch::x86_64::__m512>;
}

impl Vectors for f64 {
    #[cfg(target_arch = "x86_64")]
    type Avx2 = std::arch::x86_64::__m256d;
    #[cfg(target_arch = "x86_64")]
    type Avx2Column = column::Double<std::arch::x86_64::__m256>;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = std::arch::x86_64::__m512d;
    #[cfg(target_arch = "x86_64")]
    type Avx512Column = column::Double<std::arch::x86_64::__m512>;
}

impl Level {
    /// Reads a row once: maximum, validity, rank of the label.
    #[inline]
    pub(super) fn survey<T: Score>(self, higher_first: bool, row: &[T], label: usize) -> Survey<T> {
        match self.instructions() {
            Instructions::Plain => score::survey(higher_first, row, label),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::survey_avx2::<T::Avx2>(higher_first, row, label) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe {
                x86::survey_avx512::<T::Avx512>(higher_first, row, label)
            },
        }
    }

    /// Σ of the softmax terms and of their squares, for a row with maximum `max`.
    #[inline]
    pub fn softmax_sums<T: Score>(self, row: &[T], max: T) -> Sums {
        match self.instructions() {
            Instructions::Plain => score::softmax_sums(row, max),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::softmax_sums_avx2::<T::Avx2>(row, max) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::softmax_sums_avx512::<T::Avx512>(row, max) },
        }
    }

    /// Σ of probabilities and of their squares; `None` if one is outside 0..=1.
    #[inline]
    pub(super) fn unit_sums<T: Score>(self, row: &[T]) -> Option<Sums> {
        match self.instructions() {
            Instructions::Plain => score::unit_sums(row),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::unit_sums_avx2::<T::Avx2>(row) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::unit_sums_avx512::<T::Avx512>(row) },
        }
    }

    /// The lowest index that holds `max`.
    #[inline]
    pub(super) fn first<T: Score>(self, row: &[T], max: T) -> usize {
        match self.instructions() {
            Instructions::Plain => score::first(row, max),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::first_avx2::<T::Avx2>(row, max) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::first_avx512::<T::Avx512>(row, max) },
        }
    }

    #[inline]
    pub(super) fn classes<T: Integer>(self, values: &[T], base: i64, classes: &mut [u32]) -> u64 {
        match self.instructions() {
            Instructions::Plain => confusion::classes_loop(values, base, classes),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::classes_avx2(values, base, classes) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::classes_avx512(values, base, classes) },
        }
    }

    /// See [`Numbers`](confusion::Numbers): how many there are at the beginnings of
    /// labels and predictions.
    #[inline]
    pub(super) fn counter_numbers(
        self,
        table: Table,
        labels: &mut [u32],
        predictions: &mut [u32],
    ) -> [usize; 2] {
        if table.is_small() {
            self.all_hot(table, labels, predictions);
            return [labels.len(), 0];
        }
        match self.instructions() {
            Instructions::Plain => confusion::split(table, labels, predictions, 0, [0; 2]),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { apart::split_avx2(table, labels, predictions) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { apart::split_avx512(table, labels, predictions) },
        }
    }

    #[inline]
    pub(super) fn add_bytes(self, sums: &mut [u64], counts: &[u8]) {
        match self.instructions() {
            Instructions::Plain => confusion::add_bytes(sums, counts),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::add_bytes_avx2(sums, counts) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::add_bytes_avx512(sums, counts) },
        }
    }

    #[inline]
    fn all_hot(self, table: Table, labels: &mut [u32], predictions: &[u32]) {
        match self.instructions() {
            Instructions::Plain => confusion::all_hot(table, labels, predictions),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::all_hot_avx2(table, labels, predictions) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::all_hot_avx512(table, labels, predictions) },
        }
    }

    /// What the planes of at most 1,024 rows add up to: those of states, of the two words
    /// of losses, of squared errors and confidences.
    #[inline]
    pub(super) fn plane_totals(
        self,
        states: &[u32],
        losses: [&[u32]; 2],
        others: [&[u32]; 2],
    ) -> Totals {
        match self.instructions() {
            Instructions::Plain => sums::totals(states, losses, others),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::totals_avx2(states, losses, others) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::totals_avx512(states, losses, others) },
        }
    }

    /// Whether rows of so many scores are scored several at a time.
    pub(super) fn goes_abreast(self, reading: &Reading, columns: usize) -> bool {
        let lanes = match self.instructions() {
            Instructions::Plain => 0,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => 8,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => 16,
        };
        let are_measured = columns <= WIDE_COLUMNS && !reading.predictions_only;
        lanes > 0 && (reading.has_lane_to_row(lanes, columns) || are_measured)
    }

    /// Scores rows of a score for each class and writes their planes; how many of the first
    /// ones. The state of a row that needs more care is [`CARE`](super::rows::narrow::CARE).
    #[inline]
    pub(super) fn matrix<T: Score>(
        self,
        reading: &Reading,
        columns: usize,
        scores: &[T],
        labels: &[u32],
        planes: &mut Planes<'_>,
    ) -> usize {
        match self.instructions() {
            Instructions::Plain => none_of((reading, columns), scores, labels, planes),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe {
                x86::matrix_avx2::<T::Avx2Column, T::Avx2>(reading, columns, scores, labels, planes)
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe {
                x86::matrix_avx512::<T::Avx512Column, T::Avx512>(
                    reading, columns, scores, labels, planes,
                )
            },
        }
    }

    /// Scores rows of one score and writes their planes in the same way.
    #[inline]
    pub(super) fn one_score<T: Score>(
        self,
        reading: &Reading,
        threshold: Threshold,
        scores: &[T],
        labels: &[u32],
        planes: &mut Planes<'_>,
    ) -> usize {
        match self.instructions() {
            Instructions::Plain => none_of((reading, threshold), scores, labels, planes),
            // SAFETY: a level exists only where its features were detected.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe {
                x86::one_score_avx2::<T::Avx2Column>(reading, threshold, scores, labels, planes)
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe {
                x86::one_score_avx512::<T::Avx512Column>(reading, threshold, scores, labels, planes)
            },
        }
    }
}

/// No row goes side by side with others, however it is read.
fn none_of<R, T>(_: R, _: &[T], _: &[u32], _: &mut Planes<'_>) -> usize {
    0
}
