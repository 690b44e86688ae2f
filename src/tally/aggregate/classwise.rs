//! Rows by bin of the probability of each class: class-wise calibration.

use super::calibration::{bins_fit, merge_bins, read_bins, write_bins};
use super::counter::StateCounter;
use super::{Aggregate, Bin, OnRequest, Presence, Reads, Updated, each_class};
use crate::error::Result;
use crate::exact::fixed::UNIT;
use crate::exact::{Denominator, exp};
use crate::kernel::Score;
use crate::kernel::rows::{Block, Params, with_block_scores};
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::{Spec, Tallies};

/// How far a row of probabilities may be from summing to 1, at most.
const MOST_OFF: u64 = UNIT >> 4;

/// Per class its probability in every row, class-major; `correct` counts rows with that
/// label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classwise {
    /// Bins of a class.
    pub bins: usize,
    /// The bins of all classes, `[C * bins]`.
    pub cells: Vec<Bin>,
}

impl Aggregate for Classwise {
    type Counter = StateCounter<Self>;

    const NAME: &'static str = "classwise";
    const WHAT: &'static str = "calibration bins of every class";
    const PRESENCE: Presence = Presence::Flag;
    const ON_REQUEST: Option<OnRequest> =
        Some(OnRequest { metric: "classwise_ece", of_logits: false });

    fn empty(spec: &Spec, classes: usize) -> Self {
        Self { bins: spec.bins, cells: vec![Bin::default(); spec.bins * classes] }
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        merge_bins(&mut self.cells, &other.cells)
    }

    fn relabel(&mut self, places: &[u32], classes: usize) {
        let mut cells = vec![Bin::default(); self.bins * classes];
        for (own, &place) in self.cells.chunks(self.bins.max(1)).zip(places) {
            cells[place as usize * self.bins..][..self.bins].copy_from_slice(own);
        }
        self.cells = cells;
    }

    fn write(&self, out: &mut Writer) {
        out.text(Self::NAME);
        write_bins(out, &self.cells);
    }

    fn read(input: &mut Reader<'_>, spec: &Spec) -> Option<Self> {
        input.name(Self::NAME)?;
        Some(Self { bins: spec.bins, cells: read_bins(input)? })
    }

    /// Each class has a probability in every row, and those of a row sum to about 1.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let (bins, classes) = (tallies.spec.bins, margins.support.len());
        let cells = self.cells.iter();
        let all: u128 = cells.map(|bin| bin.confidence.min(u128::from(u64::MAX) << 32)).sum();
        let rows = u128::from(margins.scored);
        // Each is truncated to a unit.
        let least = u128::from(UNIT - MOST_OFF).saturating_sub(2 * classes as u128);
        Some(self.cells.len()) == classes.checked_mul(bins)
            && (rows * least..=rows * u128::from(UNIT + MOST_OFF)).contains(&all)
            && (self.cells.chunks(bins).zip(&margins.support))
                .all(|(cells, &support)| bins_fit(cells, margins.scored, support))
    }

    fn reads(_: &Spec) -> Reads {
        Reads { all_planes: false, scores: true }
    }
}

impl Updated for Classwise {
    type Scratch = ();

    fn update(&mut self, block: &Block<'_>, (): &mut ()) {
        with_block_scores!(block.scores, scores => {
            each_class(block, scores, |row, scores| self.add(block.params, block.labels[row], scores));
        });
    }
}

impl Classwise {
    /// Counts the probability of every class of a row in its own bins.
    fn add<T: Score>(&mut self, params: &Params, label: u32, scores: &[T]) {
        let higher = |max: T, score: &T| if *score > max { *score } else { max };
        let max = scores.iter().fold(T::LEAST, higher);
        let sum = match params.probabilities {
            true => exp::ONE,
            false => params.level.softmax_sums(scores, max).values,
        };
        let whole = Denominator::new(sum);
        let cells = self.cells.chunks_exact_mut(self.bins);
        for ((class, &score), cells) in scores.iter().enumerate().zip(cells) {
            let (bin, probability) = if params.probabilities {
                (params.bin_of_value(score.widen()), score.unit())
            } else {
                let term = exp::term(score.half_gap(max)).value;
                (params.bin_of_quotient(term, whole), whole.ratio(term) >> 1)
            };
            let cell = &mut cells[bin as usize];
            cell.rows += 1;
            cell.correct += u64::from(class == label as usize);
            cell.confidence += u128::from(probability);
        }
    }
}
