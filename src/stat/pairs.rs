//! Differences of all pairs of two samples, without listing them.

/// Pairs whose second value less the first is below `limit`. Both lists rise.
pub fn differences_below(first: &[f64], second: &[f64], limit: f64) -> u64 {
    counted(first, second, |difference| difference < limit)
}

/// The least number that a share `p` of all differences, the second value less
/// the first, does not pass, to the last digits. Both lists rise; NaN without
/// values.
pub fn difference_quantile(first: &[f64], second: &[f64], p: f64) -> f64 {
    let ends = |values: &[f64]| values.first().copied().zip(values.last().copied());
    let (Some(a), Some(b)) = (ends(first), ends(second)) else {
        return f64::NAN;
    };
    let (mut low, mut high) = (b.0 - a.1, b.1 - a.0);
    let wanted = p * first.len() as f64 * second.len() as f64;
    // Each step halves the range: 80 of them leave nothing of it.
    for _ in 0..80 {
        let middle = low + (high - low) / 2.0;
        let enough = counted(first, second, |difference| difference <= middle) as f64 >= wanted;
        if enough { high = middle } else { low = middle }
    }
    high
}

/// Pairs within a limit: for each value of the first list, those of the second up
/// to a place that only rises.
fn counted(first: &[f64], second: &[f64], within: impl Fn(f64) -> bool) -> u64 {
    let (mut pairs, mut below) = (0, 0);
    for a in first {
        while second.get(below).is_some_and(|b| within(b - a)) {
            below += 1;
        }
        pairs += below as u64;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_and_cut_at_quantiles() {
        let (first, second) = ([0.0, 1.0, 2.0], [0.0, 1.0]);
        // Differences: 0 1, -1 0, -2 -1.
        assert_eq!(differences_below(&first, &second, 0.0), 3);
        assert_eq!(differences_below(&first, &second, 1.5), 6);
        let near =
            |p: f64, value: f64| (difference_quantile(&first, &second, p) - value).abs() < 1e-9;
        assert!(near(0.5, -1.0) && near(0.51, 0.0) && near(1.0, 1.0));
        assert!(difference_quantile(&[], &second, 0.5).is_nan());
    }
}
