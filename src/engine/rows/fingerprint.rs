//! The fingerprint of labels: equal where two inputs have the same ones in the same order.

/// A fingerprint of a sequence, computed from its pieces in any order: the
/// polynomial Σ hᵢ Bⁿ⁻¹⁻ⁱ in two bases modulo 2⁶¹ − 1, hᵢ the hash of item i.
///
/// # Source
///
/// R. M. Karp, M. O. Rabin, "Efficient randomized pattern-matching algorithms",
/// 1987, doi:10.1147/rd.312.0249.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint([u64; 2]);

const PRIME: u64 = (1 << 61) - 1;
/// Any two numbers below the prime serve; these are digits of π.
const BASES: [u64; 2] = [0x043f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

impl Fingerprint {
    /// Appends an item.
    pub(crate) fn push(&mut self, hash: u64) {
        for (own, base) in self.0.iter_mut().zip(BASES) {
            *own = modulo(u128::from(*own) * u128::from(base) + u128::from(hash));
        }
    }

    /// Appends a sequence of `len` items.
    pub(crate) fn extend(&mut self, other: Self, len: u64) {
        for ((own, other), base) in self.0.iter_mut().zip(other.0).zip(BASES) {
            *own = modulo(u128::from(*own) * u128::from(power(base, len)) + u128::from(other));
        }
    }

    /// 32 hex digits.
    pub fn to_hex(self) -> String {
        format!("{:016x}{:016x}", self.0[0], self.0[1])
    }

    /// From its 32 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let half = |range| u64::from_str_radix(text.get(range)?, 16).ok();
        (text.len() == 32).then_some(())?;
        Some(Self([half(0..16)?, half(16..32)?]))
    }
}

/// The remainder of division by 2⁶¹ − 1.
fn modulo(product: u128) -> u64 {
    // 2⁶¹ is 1 here: the digits in that base are added up.
    let folded = (product & u128::from(PRIME)) + (product >> 61);
    let folded = (folded & u128::from(PRIME)) + (folded >> 61);
    let sum = u64::try_from(folded).unwrap_or(u64::MAX);
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut power, mut square) = (1, base);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = modulo(u128::from(power) * u128::from(square));
        }
        square = modulo(u128::from(square) * u128::from(square));
        exponent /= 2;
    }
    power
}

/// The hash of a class name, below the prime.
pub(crate) fn name_hash(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    let head = hash.as_bytes().first_chunk().map_or(0, |head| u64::from_le_bytes(*head));
    head & (PRIME - 1)
}

/// What stands for a label that could not be read.
pub(crate) const NO_NAME: u64 = PRIME - 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn print(names: &[&str]) -> Fingerprint {
        let mut print = Fingerprint::default();
        names.iter().for_each(|name| print.push(name_hash(name)));
        print
    }

    #[test]
    fn pieces_in_their_order_give_the_fingerprint_of_the_whole() {
        let names = ["0", "1", "cat", "", "1", "0", "dog"];
        let whole = print(&names);
        for at in 0..=names.len() {
            let mut left = print(&names[..at]);
            left.extend(print(&names[at..]), (names.len() - at) as u64);
            assert_eq!(left, whole, "{at}");
        }
        assert_eq!(Fingerprint::from_hex(&whole.to_hex()), Some(whole));
    }

    #[test]
    fn order_and_number_of_labels_change_the_fingerprint() {
        assert_ne!(print(&["0", "1", "1"]), print(&["1", "0", "1"]));
        assert_ne!(print(&["0"]), print(&["0", "0"]));
        assert_ne!(print(&["", "0"]), print(&["0"]));
    }
}
