//! The types that arrays are stored in.

use crate::exact::ScoreType;

/// A numpy type, apart from its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dtype {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    F32,
    F64,
    /// Strings of this many bytes, padded with NUL.
    Bytes(usize),
    /// Strings of this many UCS-4 code points, padded with NUL.
    Unicode(usize),
}

impl Dtype {
    /// Bytes of one value.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::Bytes(length) => length,
            Self::Unicode(length) => length.saturating_mul(4),
        }
    }

    /// numpy's name.
    pub(super) fn name(self) -> String {
        let name = match self {
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::Bytes(length) => return format!("S{length}"),
            Self::Unicode(length) => return format!("U{length}"),
        };
        name.to_owned()
    }

    /// The type of scores stored so; `None` if these can't be scores.
    pub(super) fn score_type(self) -> Option<ScoreType> {
        match self {
            Self::F16 => Some(ScoreType::F16),
            Self::F32 => Some(ScoreType::F32),
            Self::F64 => Some(ScoreType::F64),
            _ => None,
        }
    }
}

/// Bytes of one score.
pub(super) fn score_size(score_type: ScoreType) -> usize {
    match score_type {
        ScoreType::F16 => 2,
        ScoreType::F32 => 4,
        ScoreType::F64 => 8,
    }
}

/// The refusal of scores that are not floats.
pub(super) fn not_scores(found: &str) -> String {
    format!("scores must be floats, found {found}; for predicted classes use --predictions")
}
