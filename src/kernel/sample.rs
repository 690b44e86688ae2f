//! Words without a pattern, for the batches that devices are tested with.

/// A fixed sequence of words: Knuth's linear congruence of 64 bits, upper half.
pub(super) struct Garbage {
    state: u64,
}

impl Garbage {
    /// One sequence for each seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) }
    }

    /// Any word.
    pub(super) fn word(&mut self) -> u32 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[allow(clippy::cast_possible_truncation, reason = "the upper half of 64 bits")]
        let word = (self.state >> 32) as u32;
        word
    }

    /// A word below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.word() % end
    }
}
