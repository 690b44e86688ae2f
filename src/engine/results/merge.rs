//! The evaluation that all workers make together, with its notices.

use std::sync::atomic::{AtomicBool, Ordering};

use super::second_pass::SecondPass;
use super::worker_result::WorkerResult;
use super::{finalize, row_notices};
use crate::engine::plan::settled::Plan;
use crate::engine::rows::row_correctness::{self, RowCorrectness};
use crate::error::{Error, Result};
use crate::input::Source;
use crate::notice::Notice;
use crate::tally::Tallies;
use crate::tally::aggregate::{Counting, Finish};

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The tallies of all rows.
    pub tallies: Tallies,
    /// What a report should warn about. Says nothing that the tallies depend on.
    pub notices: Vec<Notice>,
    /// Which rows were right, if the plan keeps that and the rows are not too many.
    pub correctness: Option<RowCorrectness>,
}

/// What all workers found together.
pub(crate) fn sum(plan: &Plan, mut found: Vec<WorkerResult>) -> Result<WorkerResult> {
    // The largest first: it stays where it is while others are added.
    let windows = found.iter_mut().filter_map(|found| found.window.take()).collect();
    let mut tallies = finalize::tallies(plan, windows)?.into_iter();
    let mut found = found.into_iter();
    let mut all = found.next().ok_or_else(|| Error::Internal("no worker ran".into()))?;
    if let Some(mut window) = tallies.next() {
        window.merge(&all.tallies)?;
        all.tallies = window;
    }
    tallies.try_for_each(|window| all.tallies.merge(&window))?;
    for more in found {
        all.tallies.merge(&more.tallies)?;
        all.first_infinite = all.first_infinite.into_iter().chain(more.first_infinite).min();
        let both = all.first_invalid.into_iter().chain(more.first_invalid);
        all.first_invalid = both.min_by_key(|invalid| invalid.place);
        all.all_pass &= more.all_pass;
        all.clipped.merge(more.clipped);
        all.counters.extend(more.counters);
        for (base, runs) in more.pairs {
            all.pairs.entry(base).or_default().append(runs);
        }
        all.pieces.extend(more.pieces);
        all.slices.extend(more.slices)?;
    }
    Ok(all)
}

/// The evaluation that all workers make together, with its notices.
pub(crate) fn merge<S: Source>(
    source: &S,
    plan: &Plan,
    found: Vec<WorkerResult>,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let mut found = sum(plan, found)?;
    for (base, runs) in std::mem::take(&mut found.pairs) {
        let pairs = finalize::of_pairs(plan, base, runs.into_entries())?;
        let others = std::mem::replace(&mut found.tallies, pairs);
        found.tallies.merge(&others)?;
    }
    let again = SecondPass { source, plan, scored: found.tallies.rows.scored, stop };
    let finish = Finish {
        counting: Counting { spec: &plan.spec, classes: found.tallies.classes.len() },
        rows: &found.tallies.rows,
        confusion: &found.tallies.confusion,
        again: &again,
    };
    found.tallies.aggregates = std::mem::take(&mut found.counters).finish(&finish)?;
    found.tallies.slices = std::mem::take(&mut found.slices).finish(plan, stop)?;
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    let correctness = match plan.correctness_up_to {
        Some(most) => {
            row_correctness::join(std::mem::take(&mut found.pieces), found.tallies.rows.read, most)?
        }
        None => None,
    };
    let notices = row_notices::notices(source, plan, &found);
    Ok(Evaluation { tallies: found.tallies, notices, correctness })
}
