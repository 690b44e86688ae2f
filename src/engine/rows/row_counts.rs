//! The counts of a worker's rows by where each went: scored, ignored, invalid.

use super::invalid::Invalid;
use super::row_correctness::Recorder;
use super::row_position::RowPosition;
use crate::batch::{Batch, Fault, Role};
use crate::engine::plan::options::OnInvalid;
use crate::engine::plan::settled::Plan;
use crate::tally::{Outside, Rows};

/// Where a worker's rows went.
pub(crate) struct RowCounts<'a> {
    plan: &'a Plan,
    pub(crate) counts: Rows,
    /// Which rows were right, if that is to be kept.
    pub(crate) recorder: Option<Recorder>,
    pub(crate) first_invalid: Option<Invalid>,
    pub(crate) clipped: Clipped,
}

impl<'a> RowCounts<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let recorder = plan.correctness_up_to.map(Recorder::new);
        Self {
            plan,
            counts: Rows::default(),
            recorder,
            first_invalid: None,
            clipped: Clipped::default(),
        }
    }
}

impl RowCounts<'_> {
    /// The fault of a row, if reading it found one. Where the label is fit and
    /// `ignored`, no other fault matters.
    pub(crate) fn fault<'b>(
        &self,
        batch: &'b Batch,
        row: usize,
        ignored: bool,
    ) -> Option<&'b Fault> {
        if batch.faults.is_empty() {
            return None;
        }
        let at = batch.faults.binary_search_by_key(&row, |fault| fault.row).ok()?;
        Some(&batch.faults[at]).filter(|fault| fault.role == Role::Labels || !ignored)
    }

    /// Counts a row to be ignored for the label in that place of those to be.
    pub(crate) fn ignore(&mut self, label: Option<usize>) {
        self.counts.ignored += 1;
        if let Some(label) = label {
            self.plan.seen.ignored(label);
        }
    }

    /// Counts a row whose prediction is of no class or, unless such rows are left out,
    /// fails with it.
    #[cold]
    pub(crate) fn outside(
        &mut self,
        batch: &Batch,
        row: usize,
        problem: impl FnOnce() -> String,
    ) -> Result<(), Invalid> {
        let describe = |place| Invalid::outside(place, problem());
        if self.plan.outside != Some(Outside::Skip) {
            return self.invalid(batch, row, describe);
        }
        self.counts.invalid += 1;
        let place = RowPosition::of(batch, row);
        self.keep_first(place, || Ok(describe(place)))
    }

    /// Counts an invalid row or, unless such rows are skipped, fails with it.
    #[cold]
    pub(crate) fn invalid(
        &mut self,
        batch: &Batch,
        row: usize,
        describe: impl FnOnce(RowPosition) -> Invalid,
    ) -> Result<(), Invalid> {
        self.counts.invalid += 1;
        let place = RowPosition::of(batch, row);
        self.note_invalid(place, || Ok(describe(place)))
    }

    /// Notes an invalid row that is counted already or, unless such rows are
    /// skipped, fails with it. It is described only if it matters.
    pub(crate) fn note_invalid<E: From<Invalid>>(
        &mut self,
        place: RowPosition,
        describe: impl FnOnce() -> Result<Invalid, E>,
    ) -> Result<(), E> {
        match self.plan.on_invalid {
            OnInvalid::Error => Err(describe()?.into()),
            OnInvalid::Skip => self.keep_first(place, describe),
        }
    }

    fn keep_first<E: From<Invalid>>(
        &mut self,
        place: RowPosition,
        describe: impl FnOnce() -> Result<Invalid, E>,
    ) -> Result<(), E> {
        if self.first_invalid.as_ref().is_none_or(|first| place < first.place) {
            self.first_invalid = Some(describe()?);
        }
        Ok(())
    }
}

/// What was clipped, of rows that were scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clipped {
    pub(crate) scores: u64,
    /// The first row with such a score.
    pub(crate) first: Option<RowPosition>,
}

impl Clipped {
    pub(crate) fn add(&mut self, place: RowPosition, scores: u64) {
        self.merge(Self { scores, first: Some(place) });
    }

    pub(crate) fn merge(&mut self, more: Self) {
        self.scores += more.scores;
        self.first = self.first.into_iter().chain(more.first).min();
    }
}
