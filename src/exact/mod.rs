//! Arithmetic that gives the same bits on every machine and device.
//!
//! A row of scores becomes integers here: softmax terms, confidence, loss and
//! squared error. Everything is written with operations that a compute shader
//! has too (single-precision `+ - *`, 32-bit integers, shifts), one at a time:
//! no fused multiply-add, no library `exp` or `ln`, no division but that of
//! [`Denominator`]. Sums are integer sums, so their order can't show.
//!
//! | quantity | unit | where it truncates |
//! |---|---|---|
//! | softmax term | 2⁻⁴⁰ | [`exp::term`] |
//! | squared softmax term | 2⁻⁴⁰ | [`exp::Term`] |
//! | confidence, squared error | 2⁻³⁰ | towards 0, [`Denominator`] and [`fixed::unit()`] |
//! | loss | 2⁻³² nats | [`ln`], [`fixed::difference`] |

pub mod doubles;
pub mod exp;
pub mod fixed;
pub mod grid;
mod halves;
pub mod key;
pub mod ln;
pub mod order;
mod quotient;
mod wide;

pub use halves::single_for_halves;
pub use quotient::{Denominator, ratio_restoring};
pub use wide::{Wide, squared_deviations};

/// The type that scores are stored in. Clipping and validity depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScoreType {
    /// IEEE half precision.
    F16,
    /// The upper half of single precision, bfloat16.
    Bf16,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl ScoreType {
    /// Every type, narrowest first.
    pub const ALL: &[Self] = &[Self::F16, Self::Bf16, Self::F32, Self::F64];

    /// The types that tallies tell apart; see [`counted_as`](Self::counted_as).
    pub const COUNTED: &[Self] = &[Self::F16, Self::F32, Self::F64];

    /// Bytes of a score.
    pub const fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The type whose rules hold for such scores: each bf16 is an f32, and its row
    /// comes to what the same row of f32 comes to.
    pub const fn counted_as(self) -> Self {
        match self {
            Self::Bf16 => Self::F32,
            other => other,
        }
    }

    /// The spelling in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// The type with that spelling.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}
