//! The workers: each draws batches and counts them.

use std::sync::atomic::{AtomicBool, Ordering};

use super::columns;
use super::order::{self, OrderRows};
use super::pairs::Pairs;
use super::plan::{OnInvalid, Plan};
use super::scores::ScoreRows;
use super::{Evaluation, Remark};
use crate::batch::{Batch, Fault, Role};
use crate::error::{Error, Result};
use crate::input::Source;
use crate::tally::{Auc, Order, Rows, Tallies, Task};

/// A row of the input; in input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    part: usize,
    row: u64,
}

impl Place {
    pub(super) fn of(batch: &Batch, row: usize) -> Self {
        Self { part: batch.part, row: batch.first_row + row as u64 }
    }
}

/// A row that cannot be scored.
#[derive(Clone, Debug)]
pub(super) struct Invalid {
    place: Place,
    role: Role,
    problem: String,
    /// What the user can do about it.
    hint: &'static str,
}

/// What to do about a row that may be left out.
const CORRECT_OR_SKIP: &str = "correct it, or leave such rows out with --on-invalid skip";

impl Invalid {
    /// A row whose label is a third one where only two were found.
    pub(super) fn third_label(batch: &Batch, row: usize, problem: String) -> Self {
        let hint = "name the two with --classes, or leave others out with --ignore-label";
        Self { place: Place::of(batch, row), role: Role::Labels, problem, hint }
    }
}

/// Where a worker's rows went.
pub(super) struct RowCounts<'a> {
    plan: &'a Plan,
    pub(super) counts: Rows,
    first_invalid: Option<Invalid>,
}

impl RowCounts<'_> {
    /// The fault of a row, if reading it found one. Where the label is fit and
    /// `ignored`, no other fault matters.
    pub(super) fn fault<'b>(
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

    /// Counts an invalid row or, unless such rows are skipped, fails with it.
    #[cold]
    pub(super) fn invalid(
        &mut self,
        batch: &Batch,
        row: usize,
        role: Role,
        problem: impl FnOnce() -> String,
    ) -> Result<(), Invalid> {
        self.counts.invalid += 1;
        let place = Place::of(batch, row);
        let invalid = || Invalid { place, role, problem: problem(), hint: CORRECT_OR_SKIP };
        match self.plan.on_invalid {
            OnInvalid::Error => Err(invalid()),
            OnInvalid::Skip => {
                if self.first_invalid.as_ref().is_none_or(|first| place < first.place) {
                    self.first_invalid = Some(invalid());
                }
                Ok(())
            }
        }
    }
}

/// Why a worker stopped before the end.
enum Failure {
    Row(Invalid),
    /// What could not be read, and from which row on.
    Input(Place, Error),
    /// What has no place in the input.
    Other(Error),
}

impl Failure {
    fn place(&self) -> Place {
        match self {
            Self::Row(invalid) => invalid.place,
            Self::Input(place, _) => *place,
            Self::Other(_) => Place { part: usize::MAX, row: u64::MAX },
        }
    }
}

/// What one worker found.
struct Found {
    tallies: Tallies,
    order: Option<OrderRows>,
    first_invalid: Option<Invalid>,
    first_infinite: Option<Place>,
    all_pass: bool,
}

enum Worker {
    Pairs(Box<Pairs>),
    Scores(Box<ScoreRows>),
}

/// Counts all of `source`.
pub(super) fn run<S: Source>(source: &S, plan: &Plan, stop: &AtomicBool) -> Result<Evaluation> {
    let failed = AtomicBool::new(false);
    let work = || {
        let found =
            work(source, plan, &|| stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed));
        failed.fetch_or(found.is_err(), Ordering::Relaxed);
        found
    };
    // One thread needs no pool, but for work that is cut up within.
    let pool = (plan.threads > 1 || plan.spec.auc == Auc::Exact).then(|| start(plan.threads));
    let pool = pool.transpose()?;
    let results = match &pool {
        None => vec![work()],
        Some(pool) => pool.broadcast(|_| work()),
    };
    let found = first_failure(source, results)?;
    let interrupted = || match stop.load(Ordering::Relaxed) {
        true => Err(Error::Interrupted),
        false => Ok(()),
    };
    interrupted()?;
    let evaluation = match &pool {
        None => merge(source, plan, found, stop),
        Some(pool) => pool.install(|| merge(source, plan, found, stop)),
    };
    interrupted()?;
    evaluation
}

fn start(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Error::Usage(format!("cannot start {threads} threads: {error}")))
}

/// One worker's loop. A batch in hand is always finished, so that of several
/// bad rows the first in input order is found whatever the threads do.
fn work<S: Source>(source: &S, plan: &Plan, stop: &dyn Fn() -> bool) -> Result<Found, Failure> {
    let mut rows = RowCounts { plan, counts: Rows::default(), first_invalid: None };
    let mut worker = match &plan.classes {
        Some(classes) if plan.spec.scores_are.is_some() => {
            Worker::Scores(Box::new(ScoreRows::new(plan, classes)))
        }
        _ => Worker::Pairs(Box::new(Pairs::new(plan))),
    };
    let mut batch = Batch::default();
    while !stop() {
        let more = source.next(&mut batch);
        if !more.map_err(|error| Failure::Input(Place::of(&batch, 0), error))? {
            break;
        }
        rows.counts.read += batch.rows as u64;
        let counted = match &mut worker {
            Worker::Pairs(pairs) => pairs.count(&batch, &mut rows),
            Worker::Scores(scores) => scores.count(&batch, &mut rows),
        };
        counted.map_err(Failure::Row)?;
    }
    finish(worker, plan, rows).map_err(Failure::Other)
}

fn finish(worker: Worker, plan: &Plan, mut rows: RowCounts<'_>) -> Result<Found> {
    let (tallies, order, first_infinite, all_pass) = match worker {
        Worker::Pairs(pairs) => {
            (pairs.finish(&plan.spec, plan.classes.as_ref(), &mut rows)?, None, None, false)
        }
        Worker::Scores(mut scores) => {
            let (first, all_pass) = (scores.first_infinite, scores.all_pass);
            let order = scores.order.take();
            (scores.finish(&rows)?, order, first, all_pass)
        }
    };
    Ok(Found { tallies, order, first_invalid: rows.first_invalid, first_infinite, all_pass })
}

/// The results of all workers, or the failure that comes first in the input.
fn first_failure<S: Source>(
    source: &S,
    results: Vec<Result<Found, Failure>>,
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut first: Option<(Place, Failure)> = None;
    for result in results {
        match result {
            Ok(result) => found.push(result),
            Err(failure) => {
                let place = failure.place();
                if first.as_ref().is_none_or(|(known, _)| place < *known) {
                    first = Some((place, failure));
                }
            }
        }
    }
    match first {
        Some((_, Failure::Row(Invalid { place, role, problem, hint }))) => {
            Err(Error::row(source.path(place.part, role), place.row, format!("{problem}; {hint}")))
        }
        Some((_, Failure::Input(_, error) | Failure::Other(error))) => Err(error),
        None => Ok(found),
    }
}

fn merge<S: Source>(
    source: &S,
    plan: &Plan,
    mut found: Vec<Found>,
    stop: &AtomicBool,
) -> Result<Evaluation> {
    let place = |role, place: &Place| {
        format!("{}, row {}", source.path(place.part, role).display(), place.row)
    };
    let mut remarks = plan.remarks.clone();
    let mut remark = |code, text| remarks.push(Remark { code, text });
    let first_infinite = found.iter().filter_map(|found| found.first_infinite).min();
    let first_invalid = found
        .iter()
        .filter_map(|found| found.first_invalid.as_ref())
        .min_by_key(|invalid| invalid.place);
    let all_pass = found.iter().all(|found| found.all_pass);
    let invalid = first_invalid.cloned();
    let orders = found.iter_mut().filter_map(|found| found.order.take()).collect();
    let mut parts = found.into_iter().map(|found| found.tallies);
    let mut tallies = parts.next().ok_or_else(|| Error::Internal("no worker ran".into()))?;
    parts.try_for_each(|part| tallies.merge(&part))?;
    put_in_order(source, plan, &mut tallies, orders, stop)?;

    if let Some(invalid) = invalid {
        let at = place(invalid.role, &invalid.place);
        let count = tallies.rows.invalid;
        remark(
            "invalid-rows",
            format!("{count} invalid rows were left out; the first: {at}: {}", invalid.problem),
        );
    }
    if let Some(first) = &first_infinite {
        let (count, at) = (tallies.rows.infinite_loss, place(Role::Scores, first));
        remark(
            "infinite-loss",
            format!(
                "{count} rows give their label probability 0, so log_loss is undefined; the first: {at}"
            ),
        );
    }
    if all_pass && tallies.rows.scored > 0 {
        remark(
            "logits-look-like-probabilities",
            "the scores are taken as logits, but every row would pass as probabilities; \
             if they are, say --scores-are probabilities"
                .into(),
        );
    }
    Ok(Evaluation { tallies, remarks })
}

/// Puts all rows in order, if that was asked for.
fn put_in_order<S: Source>(
    source: &S,
    plan: &Plan,
    tallies: &mut Tallies,
    parts: Vec<OrderRows>,
    stop: &AtomicBool,
) -> Result<()> {
    let cells = tallies.confusion.cells();
    let right = cells.iter().filter(|cell| cell.label == cell.prediction).map(|cell| cell.count);
    let labels = order::finish(parts, &plan.spec, tallies, right.sum())?;
    match &mut tallies.order {
        Some(Order::Exact(exact)) if plan.spec.task == Task::Matrix => {
            columns::count(source, plan, labels, exact, stop)
        }
        _ => Ok(()),
    }
}
