//! Rows by bin of their confidence.

use super::counter::WordCounter;
use super::{
    Aggregate, Counting, DeviceForm, Input, Presence, Reduced, RowSums, WordForm, device, to_u32,
};
use crate::error::Result;
use crate::exact::fixed::UNIT;
use crate::kernel::bins;
use crate::kernel::rows::Block;
use crate::tally::check::Margins;
use crate::tally::codec::{Reader, Writer};
use crate::tally::confusion::checked_add;
use crate::tally::{Spec, Tallies};

/// Units that a confidence may lie beside its bin for having been truncated.
const TRUNCATED: u128 = 2;

/// Rows by confidence, `[bins]`; `correct` counts right predictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration(pub Vec<Bin>);

/// The rows whose confidence lies in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Rows.
    pub rows: u64,
    /// Rows that are right.
    pub correct: u64,
    /// Σ confidence, in units of 2⁻³⁰.
    pub confidence: u128,
}

impl Aggregate for Calibration {
    type Counter = WordCounter<Self>;

    const NAME: &'static str = "calibration";
    const WHAT: &'static str = "bins of confidences";
    const PRESENCE: Presence = Presence::Together;

    fn empty(spec: &Spec, _: usize) -> Self {
        Self(vec![Bin::default(); spec.bins])
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        merge_bins(&mut self.0, &other.0)
    }

    fn relabel(&mut self, _: &[u32], _: usize) {}

    fn write(&self, out: &mut Writer) {
        out.text(Self::NAME);
        write_bins(out, &self.0);
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        input.name(Self::NAME)?;
        read_bins(input).map(Self)
    }

    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        let all = tallies.get::<RowSums>().map(|sums| sums.confidence.sum);
        self.0.len() == tallies.spec.bins
            && bins_fit(&self.0, margins.scored, margins.correct)
            && Some(self.0.iter().map(|bin| bin.confidence).sum::<u128>()) == all
    }

    fn device(_: &Spec) -> DeviceForm {
        DeviceForm::Words(WordForm {
            words: Self::words,
            kernel: |counting, traits| bins::choose(to_u32(counting.spec.bins), traits.software).0,
            params: |counting, traits, [rows, stride]| {
                let bins = to_u32(counting.spec.bins);
                [rows, stride, bins, bins::choose(bins, traits.software).1]
            },
            inputs: &[Input::Labels, Input::Planes],
            rows: |words| words.iter().step_by(4).map(|&rows| u64::from(rows)).sum(),
            take: device::take::<Self>,
        })
    }
}

impl Reduced for Calibration {
    fn words(counting: Counting<'_>) -> usize {
        4 * counting.spec.bins
    }

    fn reduce(block: &Block<'_>, words: &mut [u32]) {
        let params = bins::Params {
            rows: to_u32(block.rows()),
            stride: to_u32(block.stride),
            bins: to_u32(words.len() / 4),
            replicas: 0,
        };
        bins::bins(params, block.labels, block.planes, words);
    }

    fn take(&mut self, words: &[u32]) {
        for (bin, words) in self.0.iter_mut().zip(words.chunks_exact(4)) {
            bin.rows += u64::from(words[0]);
            bin.correct += u64::from(words[1]);
            bin.confidence += u128::from(words[2]) | u128::from(words[3]) << 32;
        }
    }
}

/// Adds bins to as many others.
pub(super) fn merge_bins(own: &mut [Bin], more: &[Bin]) -> Result<()> {
    own.iter_mut().zip(more).try_for_each(|(own, more)| {
        own.rows = checked_add(own.rows, more.rows)?;
        own.correct = checked_add(own.correct, more.correct)?;
        own.confidence += more.confidence;
        Ok(())
    })
}

pub(super) fn write_bins(out: &mut Writer, bins: &[Bin]) {
    out.list(bins, |out, bin| {
        out.u64(bin.rows);
        out.u64(bin.correct);
        out.u128(bin.confidence);
    });
}

pub(super) fn read_bins(input: &mut Reader<'_>) -> Option<Vec<Bin>> {
    input.list(32, |input| {
        Some(Bin { rows: input.u64()?, correct: input.u64()?, confidence: input.u128()? })
    })
}

/// Whether so many rows, so many of them right, can lie in these bins.
pub(super) fn bins_fit(bins: &[Bin], rows: u64, correct: u64) -> bool {
    let sum = |of: fn(&Bin) -> u64| bins.iter().map(|bin| u128::from(of(bin))).sum::<u128>();
    sum(|bin| bin.rows) == u128::from(rows)
        && sum(|bin| bin.correct) == u128::from(correct)
        && bins.iter().enumerate().all(|(place, bin)| bin_fits(bin, place, bins.len()))
}

/// Whether the mean of a bin lies between its edges, and no more rows are right than
/// there are.
fn bin_fits(bin: &Bin, place: usize, bins: usize) -> bool {
    let edge = |place: usize| place as u128 * u128::from(UNIT) / bins as u128;
    let rows = u128::from(bin.rows);
    let least = edge(place).saturating_sub(TRUNCATED);
    let most = (edge(place + 1) + TRUNCATED).min(u128::from(UNIT));
    bin.correct <= bin.rows && (rows * least..=rows * most).contains(&bin.confidence)
}
