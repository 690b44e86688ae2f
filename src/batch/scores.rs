//! Scores in the type that they are stored in.

use std::ops::Range;

use bytemuck::cast_slice_mut;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use crate::exact::ScoreType;

/// Scores in row-major order, `[rows, columns]`.
#[derive(Clone, Debug)]
pub enum Scores {
    /// IEEE half precision.
    F16(Vec<f16>),
    /// The upper half of single precision.
    Bf16(Vec<bf16>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

/// Does the same with the vector of scores, whatever its type.
macro_rules! with_scores {
    ($scores:expr, $values:ident => $does:expr) => {
        match $scores {
            $crate::batch::Scores::F16($values) => $does,
            $crate::batch::Scores::Bf16($values) => $does,
            $crate::batch::Scores::F32($values) => $does,
            $crate::batch::Scores::F64($values) => $does,
        }
    };
}
pub(crate) use with_scores;

/// Scores in a type that is computed with.
#[derive(Clone, Copy, Debug)]
pub enum Widened<'a> {
    /// Single precision, and what fits into it.
    F32(&'a [f32]),
    /// Double precision.
    F64(&'a [f64]),
}

impl Default for Scores {
    fn default() -> Self {
        Self::F32(Vec::new())
    }
}

impl Scores {
    /// None yet, of one type.
    pub fn of(score_type: ScoreType) -> Self {
        match score_type {
            ScoreType::F16 => Self::F16(Vec::new()),
            ScoreType::Bf16 => Self::Bf16(Vec::new()),
            ScoreType::F32 => Self::F32(Vec::new()),
            ScoreType::F64 => Self::F64(Vec::new()),
        }
    }

    /// Their type.
    pub fn score_type(&self) -> ScoreType {
        match self {
            Self::F16(_) => ScoreType::F16,
            Self::Bf16(_) => ScoreType::Bf16,
            Self::F32(_) => ScoreType::F32,
            Self::F64(_) => ScoreType::F64,
        }
    }

    /// Turns into scores of one type: keeps those there are, with their memory,
    /// if they are of that type, and drops them if not.
    pub fn become_type(&mut self, score_type: ScoreType) -> &mut Self {
        if self.score_type() != score_type {
            *self = Self::of(score_type);
        }
        self
    }

    /// Turns into the same values in a type that holds them exactly; in one that
    /// does not, they stay as they are.
    pub fn widen(&mut self, to: ScoreType) {
        *self = match (&*self, to) {
            (Self::F16(scores), ScoreType::F32) => {
                Self::F32(scores.iter().map(|score| score.to_f32()).collect())
            }
            (Self::Bf16(scores), ScoreType::F32) => {
                Self::F32(scores.iter().map(|score| score.to_f32()).collect())
            }
            (Self::F16(scores), ScoreType::F64) => {
                Self::F64(scores.iter().map(|score| score.to_f64()).collect())
            }
            (Self::Bf16(scores), ScoreType::F64) => {
                Self::F64(scores.iter().map(|score| score.to_f64()).collect())
            }
            (Self::F32(scores), ScoreType::F64) => {
                Self::F64(scores.iter().map(|&score| f64::from(score)).collect())
            }
            _ => return,
        };
    }

    /// Number of scores, rows × columns.
    pub fn len(&self) -> usize {
        with_scores!(self, values => values.len())
    }

    /// Whether there are no scores.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of some of them, by place.
    pub fn bytes(&self, places: Range<usize>) -> &[u8] {
        with_scores!(self, values => bytemuck::cast_slice(&values[places]))
    }

    /// Makes room for `count` scores of one type and hands out their bytes.
    /// Memory is zeroed only where it grows.
    pub fn room(&mut self, score_type: ScoreType, count: usize) -> &mut [u8] {
        with_scores!(self.become_type(score_type), values => {
            values.resize(count, Default::default());
            cast_slice_mut(values)
        })
    }

    /// The same values in a type that is computed with. `buffer` is room for them.
    pub fn widened<'a>(&'a self, buffer: &'a mut Vec<f32>) -> Widened<'a> {
        match self {
            Self::F32(scores) => return Widened::F32(scores),
            Self::F64(scores) => return Widened::F64(scores),
            Self::F16(scores) => {
                buffer.resize(scores.len(), 0.0);
                scores.convert_to_f32_slice(buffer);
            }
            Self::Bf16(scores) => {
                buffer.resize(scores.len(), 0.0);
                for (wide, score) in buffer.iter_mut().zip(scores) {
                    *wide = f32::from_bits(u32::from(score.to_bits()) << 16);
                }
            }
        }
        Widened::F32(buffer)
    }

    pub(super) fn drop_first(&mut self, scores: usize) {
        with_scores!(self, values => drop(values.drain(..scores)));
    }
}
