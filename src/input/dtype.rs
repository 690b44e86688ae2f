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
    /// The upper half of single precision.
    Bf16,
    F32,
    F64,
    /// Strings of this many bytes, padded with NUL.
    Bytes(usize),
    /// Strings of this many UCS-4 code points, padded with NUL.
    Unicode(usize),
    /// Two bytes that numpy has no type for; ml_dtypes saves bfloat16 so.
    Void2,
}

impl Dtype {
    /// Bytes of one value.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 | Self::Bf16 | Self::Void2 => 2,
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
            Self::Bf16 => "bfloat16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::Void2 => "V2",
            Self::Bytes(length) => return format!("S{length}"),
            Self::Unicode(length) => return format!("U{length}"),
        };
        name.to_owned()
    }

    /// The type that scores stored so are read as. That 2 bytes hold a bf16 is for
    /// the user to say, `said`: numpy has no name for it.
    ///
    /// # Errors
    ///
    /// What is wrong, for the caller to put the file's name before.
    pub(super) fn as_scores(self, said: Option<ScoreType>) -> Result<Self, String> {
        let name = self.name();
        match (self, said) {
            (Self::Void2 | Self::U16, Some(ScoreType::Bf16)) => Ok(Self::Bf16),
            (Self::Void2, _) => Err("holds values of 2 bytes without a type (V2), as bfloat16 is \
                                     saved; if they are bfloat16, say --score-type bf16"
                .into()),
            (Self::U16, _) => Err(not_scores(
                "uint16; if it holds the bits of bfloat16, say --score-type bf16, and if whole \
                 numbers, save them with astype('float32')",
            )),
            (Self::I8 | Self::U8, _) => Err(quantised(&name)),
            _ if self.score_type().is_none() => Err(not_scores(&name)),
            (_, Some(ScoreType::Bf16)) => Err(not_bf16(&name)),
            _ => Ok(self),
        }
    }

    /// Whether these are whole numbers that are scores where they are named so: not
    /// those of a byte, and not uint16, which bfloat16 is saved as too.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::I16 | Self::I32 | Self::I64 | Self::U32 | Self::U64)
    }

    /// The type that scores stored so have in a batch; `None` if these can't be
    /// scores.
    pub(super) fn score_type(self) -> Option<ScoreType> {
        match self {
            _ if self.is_whole() => Some(ScoreType::F64),
            Self::F16 => Some(ScoreType::F16),
            Self::Bf16 => Some(ScoreType::Bf16),
            Self::F32 => Some(ScoreType::F32),
            Self::F64 => Some(ScoreType::F64),
            _ => None,
        }
    }
}

/// The refusal of scores that are not floats.
pub(super) fn not_scores(found: &str) -> String {
    if let Some(problem) = percent_sign(found) {
        return problem;
    }
    format!("scores must be floats, found {found}; for predicted classes use --predictions")
}

/// The refusal of "text such as '57.87%'".
pub(super) fn percent_sign(found: &str) -> Option<String> {
    let text = found.strip_prefix("text such as '")?.strip_suffix("%'")?;
    text.trim_end().replace(',', ".").parse::<f64>().ok()?;
    Some(format!(
        "'{text}%' is a percentage with its sign; save numbers, e.g. \
         s.str.rstrip('%').astype(float), and say --scores-are percent"
    ))
}

/// The refusal of one whole number per row: most likely it is a predicted class, and
/// nothing in the numbers would tell that it is.
pub(super) fn one_whole(found: &str) -> String {
    format!(
        "{}; if each is the one score of its row, np.save('s.npy', s.astype('float64'))",
        not_scores(found)
    )
}

/// The refusal of quantised scores: without their scale they are in no unit that
/// a loss or a threshold could be told in.
fn quantised(found: &str) -> String {
    format!(
        "holds scores of type {found}, which are quantised and come without their scale; save \
         them dequantised, np.save('s.npy', (q.astype('float32') - zero_point) * scale), or, if \
         they are predicted classes, name them with --predictions"
    )
}

/// The refusal of floats of another type that are said to be bf16.
pub(super) fn not_bf16(found: &str) -> String {
    format!(
        "holds {found} scores; --score-type bf16 is for text and for arrays of uint16 or V2, so \
         leave it out"
    )
}
