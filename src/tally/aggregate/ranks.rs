//! Rows by the rank of their label among their scores.

use super::counter::WordCounter;
use super::{Aggregate, Counting, DeviceForm, Input, Presence, Reduced, WordForm, device, to_u32};
use crate::error::Result;
use crate::kernel::planes::Plane;
use crate::kernel::ranks;
use crate::kernel::rows::Block;
use crate::kernel::{Kernel, Launch};
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::confusion::checked_add;
use crate::tally::{Spec, Tallies, Ties};

/// `ranks[r]` rows have r classes ahead of their label, `[C]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranks(pub Vec<u64>);

impl Aggregate for Ranks {
    type Counter = WordCounter<Self>;

    const NAME: &'static str = "ranks";
    const WHAT: &'static str = "ranks of labels";
    const PRESENCE: Presence = Presence::Together;

    fn empty(_: &Spec, classes: usize) -> Self {
        Self(vec![0; classes])
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        let mut ranks = self.0.iter_mut().zip(&other.0);
        ranks.try_for_each(|(own, more)| {
            *own = checked_add(*own, *more)?;
            Ok(())
        })
    }

    /// A rank is a number of classes, whichever they are.
    fn relabel(&mut self, _: &[u32], classes: usize) {
        self.0.resize(classes, 0);
    }

    fn write(&self, out: &mut Writer) {
        out.text(Self::NAME);
        out.list(&self.0, |out, &rows| out.u64(rows));
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        input.name(Self::NAME)?;
        input.list(8, Reader::u64).map(Self)
    }

    /// Every row has a rank. It is 0 just where the label is predicted, but under a rule
    /// for ties of its own.
    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let all: u128 = self.0.iter().copied().map(u128::from).sum();
        let spec = &tallies.spec;
        let by_prediction = spec.threshold.is_some() || spec.ties == Ties::Lowest;
        self.0.len() == margins.support.len()
            && all == u128::from(margins.scored)
            && (!by_prediction || self.0.first().copied().unwrap_or(0) == margins.correct)
    }

    fn device(_: &Spec) -> DeviceForm {
        DeviceForm::Words(WordForm {
            words: Self::words,
            kernel: |_, traits| Kernel {
                launch: Launch::over_rows(traits.software),
                ..ranks::KERNEL
            },
            params: |counting, _, [rows, _]| [rows, to_u32(counting.classes), 0, 0],
            inputs: &[Input::Plane(Plane::Rank)],
            rows: |words| words.iter().map(|&rows| u64::from(rows)).sum(),
            take: device::take::<Self>,
        })
    }
}

impl Reduced for Ranks {
    fn words(counting: Counting<'_>) -> usize {
        counting.classes
    }

    fn reduce(block: &Block<'_>, words: &mut [u32]) {
        let params =
            ranks::Params { rows: to_u32(block.rows()), classes: to_u32(words.len()), pad: [0; 2] };
        ranks::ranks(params, block.plane(Plane::Rank), words);
    }

    fn take(&mut self, words: &[u32]) {
        self.0.iter_mut().zip(words).for_each(|(rows, &more)| *rows += u64::from(more));
    }
}
