//! Draws from a discrete distribution in constant time.

/// Class frequencies, ready to be drawn from.
///
/// # Source
///
/// M. D. Vose, "A linear algorithm for generating random numbers with a given
/// distribution", 1991, doi:10.1109/32.92917.
#[derive(Clone, Debug)]
pub(super) struct Aliases {
    cells: Vec<Cell>,
}

/// A share of one over the number of classes, split between two of them.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Draws below this are the cell's own class.
    own: u32,
    /// The class of the others.
    alias: u32,
}

impl Aliases {
    /// Class k of `classes` has a frequency in proportion to (k + 1)^-`skew`.
    pub(super) fn zipf(classes: u32, skew: f64) -> Self {
        let weights: Vec<f64> =
            (1..=classes).map(|rank| libm::pow(f64::from(rank), -skew)).collect();
        let sum: f64 = weights.iter().sum();
        let scale = f64::from(classes) / sum;
        let mut shares: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        // A cell that is never split sends its few draws above `own` to itself.
        let mut cells: Vec<Cell> =
            (0..classes).map(|class| Cell { own: u32::MAX, alias: class }).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..classes).partition(|&class| shares[class as usize] < 1.0);
        while let (Some(under), Some(&over)) = (small.pop(), large.last()) {
            let share = shares[under as usize];
            cells[under as usize] = Cell { own: fraction(share), alias: over };
            shares[over as usize] -= 1.0 - share;
            if shares[over as usize] < 1.0 {
                small.extend(large.pop());
            }
        }
        Self { cells }
    }

    /// The class for two independent draws.
    #[inline]
    pub(super) fn draw(&self, first: u32, second: u32) -> u32 {
        let class = below(first, self.classes());
        let cell = self.cells[class as usize];
        if second < cell.own { class } else { cell.alias }
    }

    #[allow(clippy::cast_possible_truncation, reason = "made from a u32")]
    pub(super) fn classes(&self) -> u32 {
        self.cells.len() as u32
    }
}

/// A draw as a number in `0..end`.
///
/// # Source
///
/// D. Lemire, "Fast Random Integer Generation in an Interval", 2019,
/// doi:10.1145/3230636, without its rejection: the bias is below `end`/2³².
#[allow(clippy::cast_possible_truncation, reason = "less than `end`")]
#[inline]
pub(super) fn below(draw: u32, end: u32) -> u32 {
    ((u64::from(draw) * u64::from(end)) >> 32) as u32
}

/// A share in [0, 1) in units of 2⁻³².
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates where rounding went beyond an end"
)]
fn fraction(share: f64) -> u32 {
    (share * 4_294_967_296.0) as u32
}
