//! Natural logarithms from integers alone, in units of 2⁻³².

use super::exp::ONE;

/// ln 2.
pub const LN_2: u64 = 0xb172_17f8;

/// ln(1 + i/128), rounded to the nearest 2⁻³² from 60 decimal digits.
pub const LN_TABLE: [u32; 128] = [
    0x00000000, 0x01fe02a7, 0x03f81516, 0x05ee46c2, 0x07e0a6c4, 0x09cf43dd, 0x0bba2c7b, 0x0da16eb9,
    0x0f851860, 0x116536ef, 0x1341d796, 0x151b073f, 0x16f0d28b, 0x18c345d6, 0x1a926d3a, 0x1c5e548f,
    0x1e27076e, 0x1fec9132, 0x21aefcfa, 0x236e55aa, 0x252aa5f0, 0x26e3f840, 0x289a56da, 0x2a4dcbc7,
    0x2bfe60e1, 0x2dac1fce, 0x2f571204, 0x30ff40ca, 0x32a4b53a, 0x34477840, 0x35e7929d, 0x37850ce8,
    0x391fef8f, 0x3ab842d7, 0x3c4e0edc, 0x3de15b98, 0x3f7230db, 0x41009653, 0x428c938a, 0x44162fe7,
    0x459d72af, 0x47226306, 0x48a507ef, 0x4a25684f, 0x4ba38aec, 0x4d1f766a, 0x4e993156, 0x5010c21a,
    0x51862f08, 0x52f97e56, 0x546ab61d, 0x55d9dc5d, 0x5746f6fd, 0x58b20bcb, 0x5a1b207a, 0x5b823aa9,
    0x5ce75fdb, 0x5e4a957f, 0x5fabe0ee, 0x610b4768, 0x6268ce1b, 0x63c47a1d, 0x651e5071, 0x66765604,
    0x67cc8fb3, 0x69210244, 0x6a73b26a, 0x6bc4a4c9, 0x6d13ddef, 0x6e61625a, 0x6fad3677, 0x70f75e9f,
    0x723fdf1e, 0x7386bc2e, 0x74cbf9f8, 0x760f9c96, 0x7751a813, 0x7892206a, 0x79d10987, 0x7b0e6749,
    0x7c4a3d7f, 0x7d848fea, 0x7ebd623e, 0x7ff4b821, 0x812a952d, 0x825efced, 0x8391f2e1, 0x84c37a7b,
    0x85f39721, 0x87224c2f, 0x884f9cf1, 0x897b8cad, 0x8aa61e98, 0x8bcf55df, 0x8cf735a3, 0x8e1dc0fc,
    0x8f42faf4, 0x9066e68d, 0x918986be, 0x92aade75, 0x93caf094, 0x94e9bff6, 0x96074f6a, 0x9723a1b7,
    0x983eb99a, 0x995899c9, 0x9a7144ed, 0x9b88bdaa, 0x9c9f069b, 0x9db42250, 0x9ec81354, 0x9fdadc27,
    0xa0ec7f42, 0xa1fcff18, 0xa30c5e11, 0xa41a9e8f, 0xa527c2ee, 0xa633cd7e, 0xa73ec08e, 0xa8489e60,
    0xa9516933, 0xaa59233d, 0xab5fceae, 0xac656dae, 0xad6a0262, 0xae6d8ee3, 0xaf701549, 0xb07197a2,
];

/// ln of a softmax sum: `sum` in units of 2⁻⁴⁰, at least [`ONE`], below 2⁶³.
///
/// Within 3e-9 of the exact value.
#[inline]
pub fn ln_sum(sum: u64) -> u64 {
    debug_assert!(sum >= ONE);
    let zeros = sum.leading_zeros();
    let exponent = u64::from(23 - zeros.min(23));
    exponent * LN_2 + u64::from(ln_mantissa(top_word(sum.wrapping_shl(zeros))))
}

/// −ln of a probability in 0.0 < p ≤ 1.0, within 3e-9 of the exact value up to
/// a relative 1e-10.
#[inline]
pub fn neg_ln(p: f64) -> u64 {
    debug_assert!(p > 0.0 && p <= 1.0);
    let bits = p.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (exponent, mantissa) = match bits >> 52 {
        0 => {
            let zeros = fraction.leading_zeros();
            (1011 + u64::from(zeros), fraction << zeros)
        }
        biased => (1023 - biased, (fraction << 11) | (1 << 63)),
    };
    (exponent * LN_2).saturating_sub(u64::from(ln_mantissa(top_word(mantissa))))
}

/// ln of a mantissa in [1, 2), given in units of 2⁻³¹.
///
/// The mantissa is base · (1 + r) with base = 1 + i/128, and
/// ln(1 + r) = r − r²/2 + r³/3 − r⁴/4 to 2⁻³⁷. Every product keeps its upper
/// 32 bits.
#[inline]
pub fn ln_mantissa(mantissa: u32) -> u32 {
    let i = (mantissa >> 24) & 0x7f;
    let r = high_product((mantissa & 0x00ff_ffff) << 1, INVERSE[i as usize]);
    let r2 = high_product(r, r);
    let r3 = high_product(r2, r);
    let r4 = high_product(r2, r2);
    // r is below 2⁻⁷ and more than what is taken from it; the whole is below ln 2.
    let ln = r.wrapping_sub(r2 >> 1).wrapping_add(r3 / 3).wrapping_sub(r4 >> 2);
    LN_TABLE[i as usize].wrapping_add(ln)
}

/// floor(2³² / (1 + i/128)), capped to 32 bits.
pub const INVERSE: [u32; 128] = {
    let mut table = [u32::MAX; 128];
    let mut i = 1;
    while i < 128 {
        #[allow(clippy::cast_possible_truncation, reason = "below 2^32 from i = 1 on")]
        let inverse = ((1_u64 << 39) / (128 + i as u64)) as u32;
        table[i] = inverse;
        i += 1;
    }
    table
};

/// The upper 32 bits of a product.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of 64 bits")]
fn high_product(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

/// The upper 32 bits of a word.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of 64 bits")]
fn top_word(word: u64) -> u32 {
    (word >> 32) as u32
}
