//! Values against those before them: mean, standard deviation, z-score.

/// What the values before one say about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Past {
    /// How many values it looks back on, at least 1.
    pub values: usize,
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation, with n − 1; `None` for a single value.
    pub deviation: Option<f64>,
    /// (value − mean) / deviation; `None` without a deviation or when it is 0.
    pub z: Option<f64>,
}

/// Mean and sample standard deviation; `None` without values.
///
/// Two passes in the order given, so equal values have a deviation of exactly 0.
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let (&first, n) = (values.first()?, values.len());
    // About the first value: a mean of equal values is that value to the bit.
    let mean = first + values.iter().map(|value| value - first).sum::<f64>() / n as f64;
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    Some((mean, (n > 1).then(|| (squares / (n - 1) as f64).sqrt())))
}

/// For each value, what the up to `width` values before it say about it. The
/// value itself is not among them: a jump does not hide in its own mean.
///
/// `None` for the first value, which has none before it.
pub fn moving(values: &[f64], width: usize) -> Vec<Option<Past>> {
    let past = |at: usize| {
        let before = &values[at.saturating_sub(width)..at];
        let (mean, deviation) = mean_and_deviation(before)?;
        let z = deviation.filter(|it| *it > 0.0).map(|deviation| (values[at] - mean) / deviation);
        Some(Past { values: before.len(), mean, deviation, z })
    };
    (0..values.len()).map(past).collect()
}
