//! The parameters of the shaders of [`order`](super): which number of a row puts it
//! in order.

use bytemuck::{Pod, Zeroable};

use crate::kernel::shader::fields;

use crate::kernel::rows::shader::Format;

/// Counters of a kernel: two for each value of a key's upper 16 bits.
pub const SLOTS: usize = 1 << 17;

/// Words that rows are counted in: the counters, and the sum of all marks.
pub const COUNT_WORDS: usize = SLOTS + 1;

/// What rows are put in order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum By {
    /// Their scores, by the keys of single precision.
    Score = 0,
    /// Their confidence, in units of 2⁻³⁰.
    Confidence = 1,
    /// The bin of a logit; see [`grid`](crate::exact::grid).
    LogitBin = 2,
    /// The bin of a probability.
    ProbabilityBin = 3,
    /// The bin of a confidence.
    ConfidenceBin = 4,
}

impl By {
    /// All of them, each at its number.
    pub const ALL: [Self; 5] =
        [Self::Score, Self::Confidence, Self::LogitBin, Self::ProbabilityBin, Self::ConfidenceBin];

    /// Whether it is a confidence: then the positive rows are the wrong ones.
    pub fn is_confidence(self) -> bool {
        matches!(self, Self::Confidence | Self::ConfidenceBin)
    }

    /// Whether the upper half of a key is all there is.
    pub fn is_binned(self) -> bool {
        matches!(self, Self::LogitBin | Self::ProbabilityBin | Self::ConfidenceBin)
    }
}

/// Mirrors `Params` of `shaders/order.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch.
    pub rows: u32,
    /// Words of a plane, at least `rows`.
    pub stride: u32,
    format: u32,
    by: u32,
    positive: u32,
    pad: [u32; 3],
}

impl Params {
    pub(super) const FIELDS: &[(&str, usize)] =
        fields!(Params { rows, stride, format, by, positive });

    /// For no rows yet, of one score of class `positive`.
    pub fn new(format: Format, by: By, positive: u32) -> Self {
        Self { rows: 0, stride: 0, format: format.code(), by: by as u32, positive, pad: [0; 3] }
    }

    /// The same for a dispatch of `rows` rows in planes of `stride` words.
    #[must_use]
    pub fn of_rows(self, rows: u32, stride: u32) -> Self {
        Self { rows, stride, ..self }
    }

    /// What rows are put in order by.
    pub fn by(&self) -> By {
        By::ALL.get(self.by as usize).copied().unwrap_or(By::Score)
    }

    /// How scores are stored.
    pub fn format(&self) -> Format {
        Format::of_code(self.format)
    }

    /// The class whose rows are positive, by a score.
    pub fn positive(&self) -> u32 {
        self.positive
    }
}

/// Mirrors `Params` of `shaders/order_scan.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct ScanParams {
    /// Number of counters.
    pub counters: u32,
    /// Nothing; uniforms come in units of 16 bytes.
    pub pad: [u32; 3],
}

impl ScanParams {
    pub(super) const FIELDS: &[(&str, usize)] = fields!(ScanParams { counters });
}
