//! The words that the compute shaders of [`rows`](super) are given and give back.
//!
//! | binding | words |
//! |---|---|
//! | 0 | [`Params`] |
//! | 1 | scores, `[rows, columns]` without gaps, in a multiple of 16 bytes |
//! | 2 | labels, `[rows]`; one that is no class leaves its row unscored |
//! | 3 | [`tables`] |
//! | 4 | planes, `[PLANES, stride]`; what is beyond `rows` stays as it is |

use bytemuck::{Pod, Zeroable};

use super::edges;
use crate::exact::{ScoreType, doubles, ln};
use crate::kernel::Level;
use crate::kernel::shader::fields;

/// Planes of results. A row that is not scored has [`NONE`] for prediction, rank
/// and bin, and 0 for the rest.
pub const PLANES: usize = 8;

/// What became of a row.
pub mod state {
    /// All planes are valid.
    pub const SCORED: u32 = 0;
    /// Its label is no class.
    pub const SKIPPED: u32 = 1;
    /// [`Invalid::NotFinite`](crate::kernel::rows::Invalid::NotFinite).
    pub const NOT_FINITE: u32 = 2;
    /// [`Invalid::NotProbability`](crate::kernel::rows::Invalid::NotProbability).
    pub const NOT_PROBABILITY: u32 = 3;
    /// [`Invalid::Sum`](crate::kernel::rows::Invalid::Sum).
    pub const SUM: u32 = 4;
}

/// A prediction, rank or bin of a row that has none.
pub const NONE: u32 = u32::MAX;

/// How scores are stored, as words of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Single precision, one to a word.
    F32,
    /// IEEE half precision, two to a word, the earlier one in the lower half.
    F16,
    /// The upper half of single precision, two to a word.
    Bf16,
    /// Double precision, of two words each, low word first.
    F64,
}

impl Format {
    /// Every format.
    pub const ALL: &[Self] = &[Self::F32, Self::F16, Self::Bf16, Self::F64];

    /// Those whose scores are single precision, or narrower and widened to it.
    pub const SINGLES: &[Self] = &[Self::F32, Self::F16, Self::Bf16];

    pub(crate) const fn code(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Bf16 => 2,
            Self::F64 => 3,
        }
    }

    pub(crate) const fn of_code(code: u32) -> Self {
        match code {
            0 => Self::F32,
            1 => Self::F16,
            2 => Self::Bf16,
            _ => Self::F64,
        }
    }

    /// The format of scores of a type.
    pub const fn of(score_type: ScoreType) -> Self {
        match score_type {
            ScoreType::F32 => Self::F32,
            ScoreType::F16 => Self::F16,
            ScoreType::Bf16 => Self::Bf16,
            ScoreType::F64 => Self::F64,
        }
    }

    /// The type of scores that are stored so.
    pub const fn score_type(self) -> ScoreType {
        match self {
            Self::F32 => ScoreType::F32,
            Self::F16 => ScoreType::F16,
            Self::Bf16 => ScoreType::Bf16,
            Self::F64 => ScoreType::F64,
        }
    }

    /// Bytes of a score.
    pub const fn bytes(self) -> usize {
        self.score_type().bytes()
    }
}

/// What a row of scores stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    /// A score for each class.
    Matrix {
        /// Number of classes.
        classes: usize,
    },
    /// One score, for class `positive` of two; predicted from `threshold` on.
    Binary {
        /// The class that the score is for.
        positive: usize,
        /// In the score's own unit.
        threshold: f64,
    },
}

const PROBABILITIES: u32 = 1;
const HIGHER_FIRST: u32 = 2;
const RIGHT_CLOSED: u32 = 4;
const BINARY: u32 = 8;

/// Mirrors `Params` in the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch; rows · columns is below 2³².
    pub rows: u32,
    /// Scores in a row.
    pub columns: u32,
    /// Number of classes.
    pub classes: u32,
    /// Words of a plane, at least `rows`.
    pub stride: u32,
    format: u32,
    options: u32,
    positive: u32,
    threshold: i32,
    bins: u32,
    clip_low: u32,
    clip_high: u32,
    zero: u32,
    sum_tolerance: u32,
    threshold_high: u32,
    clip_low_high: u32,
    clip_high_high: u32,
}

impl Params {
    pub(super) const FIELDS: &[(&str, usize)] = fields!(Params {
        rows,
        columns,
        classes,
        stride,
        format,
        options,
        positive,
        threshold,
        bins,
        clip_low,
        clip_high,
        zero,
        sum_tolerance,
        threshold_high,
        clip_low_high,
        clip_high_high
    });

    /// The parameters of a dispatch of no rows yet: `rows` and `stride` are 0.
    ///
    /// ε and 1 − ε of `reading` are taken in the precision of the format, which must
    /// hold them exactly.
    pub fn new(reading: &super::Params, format: Format, task: Task) -> Self {
        let option = |on: bool, bit: u32| if on { bit } else { 0 };
        let (columns, classes, positive, threshold) = match task {
            Task::Matrix { classes } => (classes, classes, 0, 0.0),
            Task::Binary { positive, threshold } => (1, 2, positive, threshold),
        };
        let [key, low, high] = match format {
            Format::F64 => [
                doubles::key(if threshold.is_nan() { f64::INFINITY } else { threshold }.to_bits()),
                reading.epsilon.to_bits(),
                (1.0 - reading.epsilon).to_bits(),
            ],
            Format::F32 | Format::F16 | Format::Bf16 => [
                u64::from(key(least_from(threshold)).cast_unsigned()),
                single(reading.epsilon).to_bits().into(),
                single(1.0 - reading.epsilon).to_bits().into(),
            ],
        };
        let [[key, key_high], [low, low_high], [high, high_high]] = [key, low, high].map(words);
        Self {
            rows: 0,
            columns: super::narrow(columns),
            classes: super::narrow(classes),
            stride: 0,
            format: format.code(),
            options: option(reading.probabilities, PROBABILITIES)
                | option(reading.higher_first, HIGHER_FIRST)
                | option(reading.right_closed, RIGHT_CLOSED)
                | option(matches!(task, Task::Binary { .. }), BINARY),
            positive: super::narrow(positive),
            threshold: key.cast_signed(),
            bins: super::narrow(reading.edges.len()),
            clip_low: low,
            clip_high: high,
            zero: 0,
            sum_tolerance: super::narrow_u64(reading.sum_tolerance),
            threshold_high: key_high,
            clip_low_high: low_high,
            clip_high_high: high_high,
        }
    }

    /// The same for a dispatch of `rows` rows into planes of `stride` words.
    #[must_use]
    pub fn of_rows(self, rows: u32, stride: u32) -> Self {
        Self { rows, stride, ..self }
    }

    fn has(&self, option: u32) -> bool {
        self.options & option != 0
    }

    /// How scores are stored.
    pub fn format(&self) -> Format {
        Format::of_code(self.format)
    }

    /// What a row of scores stands for. The threshold is the least score of the
    /// format's precision that is not below the one that was given.
    pub fn task(&self) -> Task {
        if self.has(BINARY) {
            let threshold = match self.format() {
                Format::F64 => {
                    let key = joined([self.threshold.cast_unsigned(), self.threshold_high]);
                    f64::from_bits(doubles::bits_of_key(key))
                }
                _ => score_of_key(self.threshold).into(),
            };
            Task::Binary { positive: self.positive as usize, threshold }
        } else {
            Task::Matrix { classes: self.classes as usize }
        }
    }

    /// How the CPU's loops are to read the rows.
    pub fn reading(&self) -> super::Params {
        super::Params {
            probabilities: self.has(PROBABILITIES),
            higher_first: self.has(HIGHER_FIRST),
            epsilon: match self.format() {
                Format::F64 => f64::from_bits(joined([self.clip_low, self.clip_low_high])),
                _ => f32::from_bits(self.clip_low).into(),
            },
            sum_tolerance: self.sum_tolerance.into(),
            edges: edges(self.bins as usize),
            right_closed: self.has(RIGHT_CLOSED),
            level: Level::best(),
        }
    }
}

/// The words of binding 3: ln(1 + i/128), 1/(1 + i/128), and for probabilities
/// the bits from which one is above each edge but the last, so that the edges
/// k/B of double precision are told apart exactly; of doubles two words each.
pub fn tables(reading: &super::Params, format: Format) -> Vec<u32> {
    let mut tables = ln::LN_TABLE.to_vec();
    tables.extend(ln::INVERSE);
    let inner = match reading.probabilities {
        true => &reading.edges[..reading.edges.len() - 1],
        false => &[],
    };
    let closed = reading.right_closed;
    if format == Format::F64 {
        let from = |&edge: &f64| if closed { edge.next_up() } else { edge };
        tables.extend(inner.iter().flat_map(|edge| words(from(edge).to_bits())));
    } else {
        tables.extend(inner.iter().map(|&edge| {
            let from = least_from(edge);
            let next = closed && f64::from(from) == edge;
            if next { from.next_up() } else { from }.to_bits()
        }));
    }
    tables
}

/// The low word and the high one.
#[allow(clippy::cast_possible_truncation, reason = "words")]
pub(super) fn words(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

fn joined([low, high]: [u32; 2]) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[allow(clippy::cast_possible_truncation, reason = "rounding to the nearest is meant")]
fn single(value: f64) -> f32 {
    value as f32
}

/// The least float that is not below `value`; +∞ where there is none.
pub(in crate::kernel) fn least_from(value: f64) -> f32 {
    let near = single(value);
    match f64::from(near) {
        it if it >= value => near,
        it if it < value => near.next_up(),
        _ => f32::INFINITY,
    }
}

/// The shader's key of a score: ordered as scores are, equal for both zeros.
fn key(score: f32) -> i32 {
    let bits = score.to_bits();
    let magnitude = (bits & 0x7fff_ffff).cast_signed();
    let signed = if score.is_sign_negative() { -magnitude } else { magnitude };
    signed.wrapping_sub(0x0080_0000)
}

/// The score that a key stands for.
fn score_of_key(key: i32) -> f32 {
    let signed = key.wrapping_add(0x0080_0000);
    let magnitude = f32::from_bits(signed.unsigned_abs());
    if signed < 0 { -magnitude } else { magnitude }
}
