//! The planes that row kernels leave: words of each row, one plane after another.

/// What a plane holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Plane {
    /// The class predicted.
    Prediction = 0,
    /// How many classes are ahead of the label.
    Rank = 1,
    /// Probability of the prediction, in units of 2⁻³⁰.
    Confidence = 2,
    /// Σ (p − onehot)², in units of 2⁻³⁰.
    SquaredError = 3,
    /// Low word of the loss, in units of 2⁻³² nats.
    LossLow = 4,
    /// High word of the loss.
    LossHigh = 5,
    /// The calibration bin of the confidence.
    Bin = 6,
    /// 0: scored; 1: skipped; from 2 on: why it cannot be scored.
    State = 7,
}

/// The loss of a row that gives its label probability 0.
pub const INFINITE: u64 = 1 << 63;

/// The loss in two words of planes, the low one first.
#[inline(always)]
pub fn loss([low, high]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// The two words of a loss, the low one first.
#[allow(clippy::cast_possible_truncation, reason = "the two halves of 64 bits")]
#[inline(always)]
pub fn loss_words(loss: u64) -> [u32; 2] {
    [loss as u32, (loss >> 32) as u32]
}

/// The first `rows` words of a plane; planes are `stride` words apart.
pub fn plane(planes: &[u32], plane: Plane, stride: u32, rows: usize) -> &[u32] {
    &planes[plane as usize * stride as usize..][..rows]
}
