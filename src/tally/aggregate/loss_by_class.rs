//! The loss of the rows of each class.

use super::counter::StateCounter;
use super::{Aggregate, OnRequest, Presence, RowSums, Updated};
use crate::error::Result;
use crate::exact::fixed::LOSS_CAP;
use crate::kernel::rows::Block;
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::confusion::checked_add;
use crate::tally::{Spec, Tallies};

/// Of the rows of each label, `[C]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossByClass(pub Vec<ClassLoss>);

/// The rows of one label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassLoss {
    /// Σ −ln p(label), in units of 2⁻³² nats; without rows of infinite loss.
    pub loss: u128,
    /// Rows that give their label probability 0.
    pub infinite: u64,
}

impl Aggregate for LossByClass {
    type Counter = StateCounter<Self>;

    const NAME: &'static str = "loss_by_class";
    const WHAT: &'static str = "losses of each class";
    const PRESENCE: Presence = Presence::Section;
    const ON_REQUEST: Option<OnRequest> =
        Some(OnRequest { metric: "log_loss_macro", of_logits: false });

    fn empty(_: &Spec, classes: usize) -> Self {
        Self(vec![ClassLoss::default(); classes])
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        self.0.iter_mut().zip(&other.0).try_for_each(|(own, more)| {
            // A loss is at most 2⁵², so that no number of rows passes 128 bits.
            own.loss = own.loss.saturating_add(more.loss);
            own.infinite = checked_add(own.infinite, more.infinite)?;
            Ok(())
        })
    }

    fn relabel(&mut self, places: &[u32], classes: usize) {
        let mut relabelled = vec![ClassLoss::default(); classes];
        self.0.iter().zip(places).for_each(|(own, &place)| relabelled[place as usize] = *own);
        self.0 = relabelled;
    }

    fn write(&self, out: &mut Writer) {
        out.list(&self.0, |out, class| {
            out.u128(class.loss);
            out.u64(class.infinite);
        });
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        let class = |input: &mut Reader<'_>| {
            Some(ClassLoss { loss: input.u128()?, infinite: input.u64()? })
        };
        input.list(24, class).map(Self)
    }

    /// Classes share out the losses of all rows.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let fits = |class: &ClassLoss, support: u64| {
            let finite = support.checked_sub(class.infinite);
            finite.is_some_and(|rows| class.loss <= u128::from(rows) * u128::from(LOSS_CAP))
        };
        let infinite: u128 = self.0.iter().map(|class| u128::from(class.infinite)).sum();
        self.0.len() == margins.support.len()
            && self.0.iter().zip(&margins.support).all(|(class, &support)| fits(class, support))
            && infinite == u128::from(tallies.rows.infinite_loss)
            && tallies.get::<RowSums>().is_some_and(|sums| {
                self.0.iter().map(|class| class.loss).sum::<u128>() == sums.loss.sum
            })
    }
}

impl Updated for LossByClass {
    type Scratch = ();

    fn update(&mut self, block: &Block<'_>, (): &mut ()) {
        for row in block.scored() {
            let class = &mut self.0[block.labels[row] as usize];
            match block.loss(row) {
                Some(loss) => class.loss += u128::from(loss),
                None => class.infinite += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_move_take_their_losses_along() {
        let class = |loss, infinite| ClassLoss { loss, infinite };
        let mut losses = LossByClass(vec![class(5, 0), class(7, 2)]);
        losses.relabel(&[2, 0], 3);
        assert_eq!(losses.0, [class(7, 2), class(0, 0), class(5, 0)]);
        let other = LossByClass(vec![class(1, 1); 3]);
        assert!(losses.merge(&other).is_ok());
        assert_eq!(losses.0, [class(8, 3), class(1, 1), class(6, 1)]);
    }
}
