//! The hybrid of run-length and bit-packed encoding, in which levels and indices of a
//! dictionary are written, held against the number of values that there should be.
//!
//! Source: "RLE/Bit-Packing Hybrid" in `Encodings.md` of the format's specification.

/// Counts those of `values` values of `width` bits that are `wanted`; `None` if runs of
/// so many values do not use exactly `bytes`.
pub(super) fn count(bytes: &[u8], width: usize, values: usize, wanted: u64) -> Option<usize> {
    let mut equal = 0;
    walk(bytes, width, values, |run| {
        equal += match run {
            Run::Repeated { value, count } if number(value) == wanted => count,
            Run::Repeated { .. } => 0,
            Run::Packed { bytes, count } => packed(bytes, width, count, wanted),
        };
    })?;
    Some(equal)
}

/// Whether runs of `values` values of `width` bits use exactly `bytes`.
pub(super) fn fills(bytes: &[u8], width: usize, values: usize) -> bool {
    walk(bytes, width, values, |_| {}).is_some()
}

/// Some values that are written together.
enum Run<'a> {
    /// One value, so many times.
    Repeated { value: &'a [u8], count: usize },
    /// So many values, from the lowest bit on.
    Packed { bytes: &'a [u8], count: usize },
}

/// Hands over every run. Packed values are written by eights, so that the last few of
/// the last run may be none.
fn walk<'a>(
    mut bytes: &'a [u8],
    width: usize,
    values: usize,
    mut take: impl FnMut(Run<'a>),
) -> Option<()> {
    let mut left = values;
    while left > 0 {
        let head = varint(&mut bytes)?;
        let length = usize::try_from(head >> 1).ok().filter(|&length| length > 0)?;
        let count = if head & 1 == 0 {
            let value = bytes.split_off(..width.div_ceil(8))?;
            take(Run::Repeated { value, count: length });
            length
        } else {
            let count = length.checked_mul(8)?.min(left);
            let bytes = bytes.split_off(..length.checked_mul(width)?)?;
            take(Run::Packed { bytes, count });
            // None of the eights is without a value.
            Some(count).filter(|count| count.div_ceil(8) == length)?
        };
        left = left.checked_sub(count)?;
    }
    bytes.is_empty().then_some(())
}

/// How many of the first `count` packed values are `wanted`.
fn packed(bytes: &[u8], width: usize, count: usize, wanted: u64) -> usize {
    if width == 1 && wanted <= 1 {
        let (whole, rest) = bytes.split_at(count / 8);
        let ones: u32 = whole.iter().map(|byte| byte.count_ones()).sum();
        let last = rest.first().map_or(0, |byte| byte & ((1 << (count % 8)) - 1));
        let ones = (ones + last.count_ones()) as usize;
        return if wanted == 1 { ones } else { count - ones };
    }
    let value = |at: usize| {
        let bit = at * width;
        let bytes = &bytes[bit / 8..];
        number(&bytes[..bytes.len().min(8)]) >> (bit % 8) & ((1 << width) - 1)
    };
    (0..count).filter(|&at| value(at) == wanted).count()
}

/// The number in bytes of which the first is the lowest.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// A variable-length number of at most 32 bits.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let end = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)?;
    let found = bytes.split_off(..=end)?;
    Some(found.iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten times the value 1, then eight and two packed ones: 0b10 and 0b01 by turns.
    const RUNS: [u8; 7] = [10 << 1, 1, 2 << 1 | 1, 0b0110_0110, 0b0110_0110, 0b0110, 0];

    #[test]
    fn values_are_counted_over_runs_of_both_kinds() {
        for (wanted, expected) in [(0, 0), (1, 15), (2, 5), (3, 0)] {
            assert_eq!(count(&RUNS, 2, 20, wanted), Some(expected), "{wanted}");
        }
        // Of a width of no bits all values are 0.
        assert_eq!(count(&[7 << 1], 0, 7, 0), Some(7));
        assert_eq!(count(&[1 << 1 | 1, 0b1010_0101], 1, 6, 1), Some(3));
        assert_eq!(count(&[2 << 1 | 1, 0b1010_0101, 0b1111_0001], 1, 16, 1), Some(9));
        assert_eq!(count(&[2 << 1 | 1, 0b1010_0101, 0b1111_0001], 1, 13, 0), Some(7));
    }

    #[test]
    fn runs_that_do_not_use_exactly_their_bytes_are_none() {
        // The last eight may have 1 to 8 values.
        for values in 0..40 {
            assert_eq!(fills(&RUNS, 2, values), (19..=26).contains(&values), "{values}");
        }
        for cut in 0..RUNS.len() {
            assert!(!fills(&RUNS[..cut], 2, 20), "cut at {cut}");
        }
        assert!(!fills(&[&RUNS[..], &[0]].concat(), 2, 20));
        // A run of nothing, a number without end, one that is larger than any page.
        for bytes in [&[0, 1][..], &[0x80; 9], &[0xff, 0xff, 0xff, 0xff, 0x0f]] {
            assert!(!fills(bytes, 1, 1), "{bytes:?}");
        }
        assert!(fills(&[], 1, 0));
    }
}
