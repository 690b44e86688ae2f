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

/// Planes as the row kernels write them, of `rows` rows in every state, with
/// losses up to the cap and infinite ones; and the words of a plane.
pub(super) fn planes(garbage: &mut Garbage, rows: u32, bins: u32) -> (u32, Vec<u32>) {
    const COUNT: usize = 8;
    let stride = (rows + 1).next_multiple_of(64);
    let mut planes = vec![0; COUNT * stride as usize];
    planes.iter_mut().for_each(|word| *word = garbage.word());
    for row in 0..rows {
        let scored = |garbage: &mut Garbage| match row % 16 {
            // The cap of a loss, 2²⁰ nats in units of 2⁻³² nats, and no end.
            0 => [garbage.below(3), row % 7, 1 << 30, 1 << 31, 0, 1 << 20, bins - 1, 0],
            1 => [garbage.below(3), row % 7, 1 << 30, 7, 0, 1 << 31, 0, 0],
            _ => {
                let (share, error) = (garbage.below(1 << 30), garbage.below(1 << 31));
                let loss = [garbage.word(), garbage.below(40)];
                let bin = garbage.below(bins);
                [garbage.below(3), row % 7, share, error, loss[0], loss[1], bin, 0]
            }
        };
        let words = match row % 11 {
            state @ 1..5 if row > 300 => [u32::MAX, u32::MAX, 0, 0, 0, 0, u32::MAX, state],
            _ => scored(garbage),
        };
        for (plane, word) in words.into_iter().enumerate() {
            planes[plane * stride as usize + row as usize] = word;
        }
    }
    (stride, planes)
}
