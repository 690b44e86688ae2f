//! The loss of logits at other temperatures.

use super::counter::StateCounter;
use super::{Aggregate, OnRequest, Presence, Reads, RowSums, Updated, each_class};
use crate::error::Result;
use crate::exact::fixed::LOSS_CAP;
use crate::kernel::Score;
use crate::kernel::rows::{Block, BlockScores, loss_of_scaled};
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::{Spec, Tallies};

/// Σ of the loss with all logits multiplied by each of [`inverse_temperatures`], without
/// rows of infinite loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tempered(pub Vec<u128>);

/// The place of the factor 1 among [`inverse_temperatures`].
const UNCHANGED: usize = 20;

impl Aggregate for Tempered {
    type Counter = StateCounter<Self>;

    const NAME: &'static str = "tempered";
    const WHAT: &'static str = "losses at other temperatures";
    const PRESENCE: Presence = Presence::Flag;
    const ON_REQUEST: Option<OnRequest> =
        Some(OnRequest { metric: "temperature", of_logits: true });

    fn empty(_: &Spec, _: usize) -> Self {
        Self(vec![0; inverse_temperatures().len()])
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        // Every loss is at most 2⁵², so that no number of rows passes 128 bits.
        self.0.iter_mut().zip(&other.0).for_each(|(own, more)| *own = own.saturating_add(*more));
        Ok(())
    }

    fn relabel(&mut self, _: &[u32], _: usize) {}

    fn write(&self, out: &mut Writer) {
        out.text(Self::NAME);
        out.list(&self.0, |out, &loss| out.u128(loss));
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        input.name(Self::NAME)?;
        input.list(16, Reader::u128).map(Self)
    }

    /// A loss at another temperature is at most the largest, and at 1 it is the loss.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let rows = margins.scored - tallies.rows.infinite_loss;
        let most = u128::from(rows) * u128::from(LOSS_CAP);
        self.0.len() == inverse_temperatures().len()
            && self.0.iter().all(|loss| *loss <= most)
            && tallies.get::<RowSums>().is_some_and(|sums| self.0[UNCHANGED] == sums.loss.sum)
    }

    fn reads(_: &Spec) -> Reads {
        Reads { all_planes: false, scores: true }
    }
}

/// Room for a row of scaled logits, and the factors.
#[derive(Debug)]
pub struct Scratch {
    factors: Vec<f64>,
    single: Vec<f32>,
    double: Vec<f64>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { factors: inverse_temperatures(), single: Vec::new(), double: Vec::new() }
    }
}

impl Updated for Tempered {
    type Scratch = Scratch;

    fn update(&mut self, block: &Block<'_>, scratch: &mut Scratch) {
        let Scratch { factors, single, double } = scratch;
        match block.scores {
            BlockScores::F32(scores) => self.add(block, scores, factors, single),
            BlockScores::F64(scores) => self.add(block, scores, factors, double),
        }
    }
}

impl Tempered {
    fn add<T: Score>(
        &mut self,
        block: &Block<'_>,
        scores: &[T],
        factors: &[f64],
        scaled: &mut Vec<T>,
    ) {
        each_class(block, scores, |row, scores| {
            let label = block.labels[row] as usize;
            // The loss is infinite at every temperature or at none.
            if scores[label] > T::LEAST {
                for (sum, &factor) in self.0.iter_mut().zip(factors) {
                    let loss = loss_of_scaled(block.params, scores, label, factor, scaled);
                    *sum += u128::from(loss.unwrap_or(0));
                }
            }
        });
    }
}

/// Temperatures from one to twice it.
const PER_OCTAVE: usize = 4;
/// ⁴√2 to the powers 0 to 3.
#[allow(clippy::excessive_precision, reason = "correctly rounded by the compiler")]
const STEPS: [f64; PER_OCTAVE] =
    [1.0, 1.189_207_115_002_721_066_7, std::f64::consts::SQRT_2, 1.681_792_830_507_429_086_1];
/// The largest is 2⁵, and the least 2⁻⁵.
const OCTAVES: i32 = 5;

/// Factors of the logits, 2^(k/4) for k from −20 to 20: a temperature is the
/// inverse of one, from 32 down to 1/32.
pub fn inverse_temperatures() -> Vec<f64> {
    let octave = |power: i32| STEPS.map(|step| step * f64::from(2_u32.pow(power.unsigned_abs())));
    let from_one: Vec<f64> =
        (0..OCTAVES).flat_map(octave).chain([f64::from(1 << OCTAVES)]).collect();
    // The inverse of a step is half of the step that lies opposite to it.
    let below = from_one.iter().skip(1).rev().enumerate().map(|(place, _)| {
        let steps = place % PER_OCTAVE;
        let octaves = place / PER_OCTAVE;
        STEPS[steps] * f64::from(1 << octaves) / f64::from(1 << OCTAVES)
    });
    below.chain(from_one.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::inverse_temperatures;

    #[test]
    fn temperatures_are_a_quarter_octave_apart_around_one() {
        let factors = inverse_temperatures();
        assert_eq!(
            (factors.len(), factors[0], factors[20], factors[40]),
            (41, 1.0 / 32.0, 1.0, 32.0)
        );
        for pair in factors.windows(2) {
            assert!((pair[1] / pair[0] - 2_f64.powf(0.25)).abs() < 1e-15, "{pair:?}");
        }
    }
}
