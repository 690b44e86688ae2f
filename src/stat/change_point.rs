//! The points where the level of a series changes.

/// The penalty of a change is this times 2 ln n: the square of the constant 1.3
/// that Fryzlewicz recommends for the threshold 1.3 σ √(2 ln n).
const PENALTY: f64 = 1.3 * 1.3;

/// Turns the median absolute deviation of normal values into their σ.
const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// The places at which a new level begins: indices into `values`, ascending,
/// never 0. Empty for fewer than three values.
///
/// The segmentation of least cost: squared distances from the mean of each
/// segment in units of σ², plus 3.38 ln n for each change. It is found exactly,
/// by dynamic programming with pruned candidates (PELT). σ comes from the
/// differences of neighbours, which a change of level hardly touches: their
/// median absolute deviation or, when more than half of them are 0 as for a
/// model that is scored on the same rows every night, their root mean square.
///
/// On independent normal values without a change, some is found in about 5 % of
/// series of 30 values and 1 % of those of 100; tests count them.
///
/// Time grows with the square of the number of values when there are no changes.
///
/// # Source
///
/// R. Killick, P. Fearnhead, I. A. Eckley, "Optimal Detection of Changepoints
/// With a Linear Computational Cost", 2012, doi:10.1080/01621459.2012.737745;
/// the constant and the estimate of σ: P. Fryzlewicz, "Wild Binary Segmentation
/// for Multiple Change-Point Detection", 2014, doi:10.1214/14-AOS1245.
pub fn change_points(values: &[f64]) -> Vec<usize> {
    let n = values.len();
    if n < 3 {
        return Vec::new();
    }
    let variance = noise_variance(values);
    if variance == 0.0 {
        return Vec::new();
    }
    let penalty = PENALTY * 2.0 * libm::log(n as f64) * variance;
    let sums = Sums::new(values);
    // least[t]: the least cost of the first t values; last[t]: where its last
    // segment begins.
    let mut least = vec![-penalty; n + 1];
    let mut last = vec![0; n + 1];
    // Where the last segment of the best may begin, and what that costs.
    let mut candidates = vec![(0, 0.0)];
    for end in 1..=n {
        let (mut best, mut first) = (f64::INFINITY, 0);
        for (start, cost) in &mut candidates {
            *cost = least[*start] + sums.cost(*start, end);
            if *cost < best {
                (best, first) = (*cost, *start);
            }
        }
        // One that costs more without the penalty can never be best again.
        candidates.retain(|(_, cost)| *cost <= best + penalty);
        (least[end], last[end]) = (best + penalty, first);
        candidates.push((end, 0.0));
    }
    let mut changes: Vec<usize> =
        std::iter::successors(Some(last[n]), |&start| (start > 0).then(|| last[start])).collect();
    changes.retain(|start| *start > 0);
    changes.reverse();
    changes
}

/// The mean of each segment that `changes` cut `values` into.
pub fn segment_means(values: &[f64], changes: &[usize]) -> Vec<f64> {
    let bounds = [&[0], changes, &[values.len()]].concat();
    let segments = bounds.windows(2).map(|pair| &values[pair[0]..pair[1]]);
    segments.filter_map(|segment| Some(super::mean_and_deviation(segment)?.0)).collect()
}

/// Sums of the first k values and of their squares, about the first value.
struct Sums {
    values: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(values: &[f64]) -> Self {
        let origin = values.first().copied().unwrap_or(0.0);
        let mut sums = Self { values: vec![0.0], squares: vec![0.0] };
        let (mut sum, mut squares) = (0.0, 0.0);
        for value in values {
            let value = value - origin;
            sum += value;
            squares += value * value;
            sums.values.push(sum);
            sums.squares.push(squares);
        }
        sums
    }

    /// Σ of the squared distances from their mean of the values `start..end`.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let sum = self.values[end] - self.values[start];
        let squares = self.squares[end] - self.squares[start];
        (squares - sum * sum / (end - start) as f64).max(0.0)
    }
}

/// An estimate of σ² of independent noise around levels that change rarely.
fn noise_variance(values: &[f64]) -> f64 {
    let differences: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let sigma = MAD_TO_SIGMA * median(differences.clone());
    // A difference has twice the variance of a value.
    match sigma > 0.0 {
        true => sigma * sigma / 2.0,
        false => {
            let squares: f64 = differences.iter().map(|it| it * it).sum();
            squares / differences.len() as f64 / 2.0
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    values.sort_unstable_by(f64::total_cmp);
    match values.len() % 2 {
        1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
