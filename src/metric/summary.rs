//! What most metrics start from, computed once.

use crate::error::{Error, Result};
use crate::tally::{Auc, ScoreTallies, Tallies, Task};

/// The marginals of a set of tallies. Its memory is that of the classes, never
/// classes × classes.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// Where it comes from.
    pub tallies: &'a Tallies,
    /// Scored rows, n.
    pub rows: u64,
    /// Rows whose prediction is their label, c.
    pub correct: u64,
    /// The counts of each class, `[C]`.
    pub counts: Vec<Counts>,
}

/// One class against the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the class predicted as it.
    pub tp: u64,
    /// Rows of the class.
    pub support: u64,
    /// Rows predicted as it.
    pub predicted: u64,
}

impl<'a> Summary<'a> {
    /// Adds up the confusion cells by label and by prediction.
    pub fn new(tallies: &'a Tallies) -> Self {
        let mut counts = vec![Counts::default(); tallies.classes.len()];
        for cell in tallies.confusion.cells() {
            counts[cell.label as usize].support += cell.count;
            counts[cell.prediction as usize].predicted += cell.count;
            if cell.label == cell.prediction {
                counts[cell.label as usize].tp += cell.count;
            }
        }
        let correct = counts.iter().map(|class| class.tp).sum();
        Self { tallies, rows: tallies.rows.scored, correct, counts }
    }

    /// Whether the tallies hold the scores that their spec speaks of.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if they do not.
    pub(crate) fn check(&self) -> Result<()> {
        let spec = &self.tallies.spec;
        let whole = match &self.tallies.scores {
            Some(scores) => scores.classwise.is_some() || !spec.classwise,
            None => spec.task == Task::Predictions || spec.order_only,
        };
        let ordered = spec.auc == Auc::None || self.tallies.order.is_some();
        let lacking = || Error::Internal("the tallies lack scores that their options name".into());
        if whole && ordered { Ok(()) } else { Err(lacking()) }
    }

    /// Number of classes, C.
    pub fn classes(&self) -> usize {
        self.counts.len()
    }

    /// The level of intervals.
    pub(super) fn level(&self) -> f64 {
        self.tallies.spec.interval
    }

    /// What scores add.
    pub(super) fn scores(&self) -> &'a ScoreTallies {
        match &self.tallies.scores {
            Some(scores) => scores,
            None => unreachable!("Request::check and Summary::check come first"),
        }
    }

    /// Σ predicted · support over the classes. At most n², so it fits.
    pub(super) fn chance(&self) -> u128 {
        let product = |class: &Counts| u128::from(class.predicted) * u128::from(class.support);
        self.counts.iter().map(product).sum()
    }
}
