//! A bit for every row.

/// A list of bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// `len` bits that are not set.
    pub fn zeros(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sets one bit.
    pub fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    /// Whether a bit is set.
    pub fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    /// How many bits are set.
    pub fn ones(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The bits in words of 64, the first bit lowest; bits past the end are 0.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The first `len` bits of `words`; `None` unless the words are as many as
    /// that takes and bits past the end are 0.
    pub fn from_words(words: Vec<u64>, len: usize) -> Option<Self> {
        let past =
            words.last().is_some_and(|last| !len.is_multiple_of(64) && *last >> (len % 64) > 0);
        (words.len() == len.div_ceil(64) && !past).then_some(Self { words, len })
    }

    /// Appends other bits.
    pub(crate) fn extend(&mut self, other: &Self) {
        let shift = self.len % 64;
        self.len += other.len;
        if shift == 0 {
            self.words.extend(&other.words);
            return;
        }
        for word in &other.words {
            if let Some(last) = self.words.last_mut() {
                *last |= word << shift;
            }
            self.words.push(word >> (64 - shift));
        }
        self.words.truncate(self.len.div_ceil(64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every third bit from `from` on.
    fn thirds(from: usize, to: usize) -> Bitmap {
        let mut bits = Bitmap::zeros(to - from);
        (from..to).filter(|row| row % 3 == 0).for_each(|row| bits.set(row - from));
        bits
    }

    #[test]
    fn pieces_of_any_length_give_the_bits_of_the_whole() {
        let whole = thirds(0, 300);
        assert_eq!((whole.len(), whole.ones()), (300, 100));
        for cuts in [[0, 0, 300], [1, 65, 300], [64, 128, 192], [63, 64, 299], [7, 150, 151]] {
            let mut bits = Bitmap::default();
            let bounds = [&[0][..], &cuts, &[300]].concat();
            bounds.windows(2).for_each(|pair| bits.extend(&thirds(pair[0], pair[1])));
            assert_eq!(bits, whole, "{cuts:?}");
        }
    }

    #[test]
    fn words_are_bits_only_if_nothing_is_past_the_end() {
        let whole = thirds(0, 300);
        assert_eq!(Bitmap::from_words(whole.words().to_vec(), 300), Some(whole));
        assert_eq!(Bitmap::from_words(vec![u64::MAX], 3), None);
        assert_eq!(Bitmap::from_words(vec![0; 2], 3), None);
    }
}
