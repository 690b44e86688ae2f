//! The squared error of the rows of each class.

use super::counter::StateCounter;
use super::row_sums::MOST_SQUARED_ERROR;
use super::{Aggregate, OnRequest, Presence, RowSums, Updated};
use crate::error::Result;
use crate::kernel::planes::Plane;
use crate::kernel::rows::Block;
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::{Spec, Tallies};

/// Σ of (p − onehot)² of the rows of each label, in units of 2⁻³⁰, `[C]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrierByClass(pub Vec<u128>);

impl Aggregate for BrierByClass {
    type Counter = StateCounter<Self>;

    const NAME: &'static str = "brier_by_class";
    const WHAT: &'static str = "squared errors of each class";
    const PRESENCE: Presence = Presence::Section;
    const ON_REQUEST: Option<OnRequest> =
        Some(OnRequest { metric: "brier_score_macro", of_logits: false });

    fn empty(_: &Spec, classes: usize) -> Self {
        Self(vec![0; classes])
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        // An error is at most 2³², so that no number of rows passes 128 bits.
        self.0.iter_mut().zip(&other.0).for_each(|(own, more)| *own = own.saturating_add(*more));
        Ok(())
    }

    fn relabel(&mut self, places: &[u32], classes: usize) {
        let mut relabelled = vec![0; classes];
        self.0.iter().zip(places).for_each(|(own, &place)| relabelled[place as usize] = *own);
        self.0 = relabelled;
    }

    fn write(&self, out: &mut Writer) {
        out.list(&self.0, |out, &sum| out.u128(sum));
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        input.list(16, Reader::u128).map(Self)
    }

    /// Classes share out the squared errors of all rows.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let fits =
            |sum: &u128, support: u64| *sum <= u128::from(support) * u128::from(MOST_SQUARED_ERROR);
        self.0.len() == margins.support.len()
            && self.0.iter().zip(&margins.support).all(|(sum, &support)| fits(sum, support))
            && tallies
                .get::<RowSums>()
                .is_some_and(|sums| self.0.iter().sum::<u128>() == sums.squared_error.sum)
    }
}

impl Updated for BrierByClass {
    type Scratch = ();

    fn update(&mut self, block: &Block<'_>, (): &mut ()) {
        let errors = block.plane(Plane::SquaredError);
        for row in block.scored() {
            self.0[block.labels[row] as usize] += u128::from(errors[row]);
        }
    }
}
