//! Sums over rows of their loss, squared error and confidence, with those of squares.

use super::counter::WordCounter;
use super::{Aggregate, Counting, DeviceForm, Presence, Reduced, device, to_u32};
use crate::error::{Error, Result};
use crate::exact::fixed::{LOSS_CAP, UNIT};
use crate::exact::{Wide, squared_deviations};
use crate::kernel::rows::Block;
use crate::kernel::sums;
use crate::tally::check::{Margins, moments_fit};
use crate::tally::codec::{Reader, Writer};
use crate::tally::{ScoresAre, Spec, Tallies};

/// The largest squared error of a row: 2, and what a row of probabilities may lack to
/// sum to 1, which is 0.06 at most, squared and rounded.
pub(super) const MOST_SQUARED_ERROR: u64 = 2 * UNIT + (UNIT >> 6);

/// The sums of three quantities of each row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowSums {
    /// −ln p(label), in units of 2⁻³² nats; without rows of infinite loss.
    pub loss: Moments,
    /// Σ (p − onehot)² of a row, in units of 2⁻³⁰.
    pub squared_error: Moments,
    /// The probability of the predicted class, in units of 2⁻³⁰.
    pub confidence: Moments,
}

/// The sum of non-negative fixed-point values and of their squares, both exact.
///
/// A value is at most 2⁵², so no number of rows passes the end of a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Σ v.
    pub sum: u128,
    /// Σ v².
    pub squares: Wide,
}

impl Moments {
    /// Adds one value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        // Cannot wrap: of values of 64 bits, before 2⁶⁴ rows.
        self.sum = self.sum.wrapping_add(u128::from(value));
        self.squares.add_square(value);
    }

    /// Adds the sums of other values.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if a sum passes its end, which no rows can do.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let too_much = || Error::Mismatch("a sum over rows passes its end".into());
        self.sum = self.sum.checked_add(other.sum).ok_or_else(too_much)?;
        self.squares = self.squares.checked_add(other.squares).ok_or_else(too_much)?;
        Ok(())
    }

    /// Σ (v − mean)² over the `rows` values; `None` if no values have these sums.
    pub fn deviation(&self, rows: u64) -> Option<f64> {
        squared_deviations(self.sum, self.squares, rows)
    }
}

impl RowSums {
    fn each(&self) -> [(&'static str, &Moments); 3] {
        [
            ("loss", &self.loss),
            ("squared_error", &self.squared_error),
            ("confidence", &self.confidence),
        ]
    }
}

impl Aggregate for RowSums {
    type Counter = WordCounter<Self>;

    const NAME: &'static str = "sums";
    const WHAT: &'static str = "sums of losses, squared errors and confidences";
    const PRESENCE: Presence = Presence::Together;

    fn empty(_: &Spec, _: usize) -> Self {
        Self::default()
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        self.loss.merge(&other.loss)?;
        self.squared_error.merge(&other.squared_error)?;
        self.confidence.merge(&other.confidence)
    }

    fn relabel(&mut self, _: &[u32], _: usize) {}

    fn write(&self, out: &mut Writer) {
        for (name, moments) in self.each() {
            out.text(name);
            out.u128(moments.sum);
            out.bytes.extend(moments.squares.to_le_bytes());
        }
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        let mut next = |name| {
            input.name(name)?;
            Some(Moments { sum: input.u128()?, squares: input.take().map(Wide::from_le_bytes)? })
        };
        let [loss, squared_error, confidence] = Self::default().each().map(|(name, _)| next(name));
        Some(Self { loss: loss?, squared_error: squared_error?, confidence: confidence? })
    }

    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let infinite = tallies.rows.infinite_loss;
        let is_finite = tallies.spec.scores_are == Some(ScoresAre::Probabilities);
        (!is_finite || infinite == 0)
            && moments_fit(&self.loss, margins.scored - infinite, LOSS_CAP)
            && moments_fit(&self.squared_error, margins.scored, MOST_SQUARED_ERROR)
            && moments_fit(&self.confidence, margins.scored, UNIT)
    }

    fn device(_: &Spec) -> DeviceForm {
        DeviceForm::RowSums(device::take::<Self>)
    }
}

impl Reduced for RowSums {
    fn words(_: Counting<'_>) -> usize {
        sums::WORDS
    }

    fn reduce(block: &Block<'_>, words: &mut [u32]) {
        let (rows, stride) = (to_u32(block.rows()), to_u32(block.stride));
        let params = sums::Params { rows, stride, pad: [0; 2] };
        sums::sums(block.params.level, params, block.planes, words, false);
    }

    fn take(&mut self, words: &[u32]) {
        let Some(words) = words.first_chunk() else { unreachable!("there are as many words") };
        let sums::Sums { loss, squared_error, confidence, .. } = sums::Sums::of(words);
        self.loss.take(loss);
        self.squared_error.take(squared_error);
        self.confidence.take(confidence);
    }
}

impl Moments {
    /// Adds what a reducer summed.
    fn take(&mut self, more: sums::Moments) {
        self.sum += more.sum;
        let squares = self.squares.checked_add(more.squares.into());
        self.squares = squares
            .unwrap_or_else(|| unreachable!("2^64 squares fit, which is more than there are rows"));
    }
}
