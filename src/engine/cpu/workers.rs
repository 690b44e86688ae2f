//! The workers: each draws batches and counts them.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::ThreadPool;

use super::pairs::Pairs;
use super::scores::ScoreRows;
use crate::batch::Batch;
use crate::engine::plan::settled::Plan;
use crate::engine::results::worker_result::{Failure, WorkerResult, first_failure};
use crate::engine::rows::row_counts::RowCounts;
use crate::engine::rows::row_position::RowPosition;
use crate::error::{Error, Result};
use crate::input::Source;
use crate::memory;

/// What grows with the rows.
const KEPT: &str = "names of classes, counts and scores that are kept of the rows";

/// What to do where it grows too large.
const FEWER_KEPT: &str = "use fewer --threads, or see to it that labels are classes";

enum Worker {
    Pairs(Box<Pairs>),
    Scores(Box<ScoreRows>),
}

/// Counts all of `source`: what each worker of `pool` found.
pub(crate) fn run<S: Source>(
    source: &S,
    plan: &Plan,
    pool: &ThreadPool,
    stop: &AtomicBool,
) -> Result<Vec<WorkerResult>> {
    let failed = AtomicBool::new(false);
    let work = || {
        let found =
            work(source, plan, &|| stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed));
        failed.fetch_or(found.is_err(), Ordering::Relaxed);
        found
    };
    let found = first_failure(source, pool.broadcast(|_| work()))?;
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    Ok(found)
}

/// One worker's loop. A batch in hand is always finished, so that of several
/// bad rows the first in input order is found whatever the threads do.
fn work<S: Source>(
    source: &S,
    plan: &Plan,
    stop: &dyn Fn() -> bool,
) -> Result<WorkerResult, Failure> {
    let mut rows = RowCounts::new(plan);
    let mut worker = match &plan.classes {
        Some(classes) if plan.spec.scores_are.is_some() => {
            Worker::Scores(Box::new(ScoreRows::new(plan, classes)))
        }
        _ => Worker::Pairs(Box::new(Pairs::new(plan))),
    };
    let mut batch = Batch::default();
    while !stop() {
        let more = source.next(&mut batch);
        if !more.map_err(|error| Failure::Input(RowPosition::of(&batch, 0), error))? {
            break;
        }
        rows.counts.read += batch.rows as u64;
        let counted = match &mut worker {
            Worker::Pairs(pairs) => pairs.count(&batch, &mut rows),
            Worker::Scores(scores) => scores.count(&batch, &mut rows, plan),
        };
        counted?;
        memory::check(KEPT, FEWER_KEPT).map_err(Failure::Other)?;
    }
    finish(worker, plan, rows).map_err(Failure::Other)
}

fn finish(worker: Worker, plan: &Plan, mut rows: RowCounts<'_>) -> Result<WorkerResult> {
    let found = match worker {
        Worker::Pairs(pairs) => pairs.finish(plan, &mut rows)?,
        Worker::Scores(scores) => scores.finish(plan, &rows)?,
    };
    let pieces = rows.recorder.map_or_else(Vec::new, |recorder| recorder.pieces);
    let (first_invalid, clipped) = (rows.first_invalid, rows.clipped);
    Ok(WorkerResult { first_invalid, clipped, pieces, ..found })
}
