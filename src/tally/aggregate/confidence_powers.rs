//! Sums of powers of the confidence and of right rows: what tests of calibration need.

use super::counter::StateCounter;
use super::{Aggregate, OnRequest, Presence, RowSums, Updated};
use crate::error::{Error, Result};
use crate::exact::Wide;
use crate::exact::fixed::UNIT;
use crate::kernel::planes::Plane;
use crate::kernel::rows::Block;
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::{Spec, Tallies};

/// Bits behind the point of a confidence c.
const BITS: u32 = 30;

/// Sums over rows of their confidence c, in units of 2⁻³⁰ to the power that it is taken to,
/// and of whether they are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConfidencePowers {
    /// Σ c.
    pub confidence: u128,
    /// Σ c².
    pub squares: u128,
    /// Σ c³.
    pub cubes: Wide,
    /// Σ c⁴.
    pub fourths: Wide,
    /// Rows that are right.
    pub right: u64,
    /// Σ c over those.
    pub right_confidence: u128,
}

impl ConfidencePowers {
    /// Spiegelhalter's z: Σ (right − c)(1 − 2c) over the root of its variance if confidences
    /// are the probabilities of being right, Σ (1 − 2c)² c (1 − c). Both sums are exact;
    /// `None` if the variance is 0.
    ///
    /// Source: D. J. Spiegelhalter, "Probabilistic prediction in patient management and
    /// clinical trials", 1986, doi:10.1002/sim.4780050506.
    pub fn spiegelhalter_z(&self) -> Option<f64> {
        let variance = self.variance()?;
        if variance == Wide::default() {
            return None;
        }
        // Σ right − c − 2 c right + 2c², in units of 2⁻⁶⁰.
        let above = (u128::from(self.right) << (2 * BITS)) + 2 * self.squares;
        let below = (self.confidence + 2 * self.right_confidence) << BITS;
        let size = above.abs_diff(below) as f64;
        let sum = if above < below { -size } else { size };
        // Units cancel: those of the variance are the squares of those of the sum.
        Some(sum / variance.to_f64().sqrt())
    }

    /// Σ c − 5c² + 8c³ − 4c⁴, in units of 2⁻¹²⁰; `None` if no confidences have these sums.
    fn variance(&self) -> Option<Wide> {
        let doubled =
            |sum: Wide, times: u32| (0..times).try_fold(sum, |sum, _| sum.checked_add(sum));
        let ones = doubled(Wide::from(self.confidence), 3 * BITS)?;
        let squares = Wide::product(self.squares, 5 << (2 * BITS));
        let above = ones.checked_add(doubled(self.cubes, BITS + 3)?)?;
        above.checked_sub(squares.checked_add(doubled(self.fourths, 2)?)?)
    }

    fn add(&mut self, confidence: u64, right: bool) {
        let square = confidence * confidence;
        self.confidence += u128::from(confidence);
        self.squares += u128::from(square);
        let cubes = self.cubes.checked_add(Wide::product(square.into(), confidence));
        self.cubes = cubes.unwrap_or_else(|| unreachable!("2^102 cubes fit"));
        self.fourths.add_square(square);
        self.right += u64::from(right);
        self.right_confidence += u128::from(if right { confidence } else { 0 });
    }
}

impl Aggregate for ConfidencePowers {
    type Counter = StateCounter<Self>;

    const NAME: &'static str = "confidence_powers";
    const WHAT: &'static str = "sums of powers of confidences";
    const PRESENCE: Presence = Presence::Section;
    const ON_REQUEST: Option<OnRequest> =
        Some(OnRequest { metric: "spiegelhalter_z", of_logits: false });

    fn empty(_: &Spec, _: usize) -> Self {
        Self::default()
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        let too_much = || Error::Mismatch("a sum over rows passes its end".into());
        let add = |own: u128, more: u128| own.checked_add(more).ok_or_else(too_much);
        self.confidence = add(self.confidence, other.confidence)?;
        self.squares = add(self.squares, other.squares)?;
        self.cubes = self.cubes.checked_add(other.cubes).ok_or_else(too_much)?;
        self.fourths = self.fourths.checked_add(other.fourths).ok_or_else(too_much)?;
        self.right = self.right.checked_add(other.right).ok_or_else(too_much)?;
        self.right_confidence = add(self.right_confidence, other.right_confidence)?;
        Ok(())
    }

    fn relabel(&mut self, _: &[u32], _: usize) {}

    fn write(&self, out: &mut Writer) {
        out.u128(self.confidence);
        out.u128(self.squares);
        out.bytes.extend(self.cubes.to_le_bytes());
        out.bytes.extend(self.fourths.to_le_bytes());
        out.u64(self.right);
        out.u128(self.right_confidence);
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        Some(Self {
            confidence: input.u128()?,
            squares: input.u128()?,
            cubes: input.take().map(Wide::from_le_bytes)?,
            fourths: input.take().map(Wide::from_le_bytes)?,
            right: input.u64()?,
            right_confidence: input.u128()?,
        })
    }

    /// A confidence is at most 1, so that its powers fall; sums and squares are those that
    /// are always counted.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let most = |sum: u128| Wide::product(sum, UNIT);
        let unit = u128::from(UNIT);
        tallies.get::<RowSums>().is_some_and(|sums| {
            let Self { confidence, squares, cubes, fourths, right, right_confidence } = *self;
            confidence == sums.confidence.sum
                && Wide::from(squares) == sums.confidence.squares
                && cubes <= most(squares)
                && fourths <= Wide::product(squares, UNIT * UNIT)
                && right == margins.correct
                && right_confidence <= confidence.min(u128::from(right) * unit)
                && self.variance().is_some()
        })
    }
}

impl Updated for ConfidencePowers {
    type Scratch = ();

    fn update(&mut self, block: &Block<'_>, (): &mut ()) {
        let (confidences, predictions) =
            (block.plane(Plane::Confidence), block.plane(Plane::Prediction));
        for row in block.scored() {
            self.add(confidences[row].into(), predictions[row] == block.labels[row]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition, in floating point: (right, confidence).
    fn plain(rows: &[(bool, f64)]) -> f64 {
        let gap = |&(right, c): &(bool, f64)| (f64::from(u8::from(right)) - c) * (1.0 - 2.0 * c);
        let variance = |&(_, c): &(bool, f64)| (1.0 - 2.0 * c).powi(2) * c * (1.0 - c);
        rows.iter().map(gap).sum::<f64>() / rows.iter().map(variance).sum::<f64>().sqrt()
    }

    fn of(rows: &[(bool, f64)]) -> ConfidencePowers {
        let mut sums = ConfidencePowers::default();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
        let unit = |c: f64| (c * UNIT as f64) as u64;
        rows.iter().for_each(|&(right, c)| sums.add(unit(c), right));
        sums
    }

    #[test]
    fn z_is_that_of_its_definition() {
        let rows = [(true, 0.875), (false, 0.625), (true, 0.9375), (false, 0.75), (true, 0.5625)];
        let found = of(&rows).spiegelhalter_z().unwrap_or(f64::NAN);
        assert!((found - plain(&rows)).abs() < 1e-12, "{found} against {}", plain(&rows));
        // Ten rows that claim 3/4, of which eight are right: (8 − 7.5)(−1/2) over √(10 · 3/64).
        let rows: Vec<_> = (0..10).map(|row| (row < 8, 0.75)).collect();
        let found = of(&rows).spiegelhalter_z().unwrap_or(f64::NAN);
        assert!((found + 0.25 / (30.0_f64 / 64.0).sqrt()).abs() < 1e-12, "{found}");
    }

    #[test]
    fn nothing_cancels_where_all_are_almost_sure() {
        let rows: Vec<_> = (0..1_000).map(|row| (row > 0, 1.0 - 0.5_f64.powi(20))).collect();
        let found = of(&rows).spiegelhalter_z().unwrap_or(f64::NAN);
        assert!((found / plain(&rows) - 1.0).abs() < 1e-9, "{found} against {}", plain(&rows));
        // Who is quite sure, or not at all, cannot be off by chance.
        assert_eq!(of(&[(true, 1.0), (false, 0.5)]).spiegelhalter_z(), None);
    }
}
