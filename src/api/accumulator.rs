//! An evaluation that grows inside a loop, such as one of inference.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use super::arrays::{Arrays, path_of};
use super::columns::Labels;
use super::evaluation::Evaluation;
use super::options::Options;
use super::outputs::Outputs;
use super::terms::told;
use crate::batch::{Batch, Role};
use crate::class::Classes;
use crate::engine::{self, Backend, ScoresGiven};
use crate::error::{Error, Result};
use crate::evaluation::provenance;
use crate::exact::ScoreType;
use crate::input::{Dataset, Shape, Source};
use crate::report::{self, Provenance};
use crate::rule::Rule;

/// Counts rows as they come, and ends with the evaluation that they would have had all
/// at once, to the bit. Rows are copied when they are pushed and counted by other
/// threads meanwhile; what waits to be counted is at most four batches for each.
///
/// Whether rows of probabilities that were rounded sum to 1 is judged by the decimals
/// that the first push has.
#[derive(Debug)]
pub struct Accumulator {
    options: Options,
    given: Option<ScoresGiven>,
    has_scores: bool,
    state: State,
    started: Instant,
}

#[derive(Debug)]
enum State {
    /// No rows yet.
    Empty,
    Counting(Counting),
    /// A row could not be scored, and somebody was told.
    Failed,
}

/// The counting, from the first rows on.
#[derive(Debug)]
struct Counting {
    shape: Shape,
    score_type: Option<ScoreType>,
    first_shapes: String,
    inputs: Vec<report::Input>,
    rows: u64,
    rules: Vec<Rule>,
    threads: usize,
    batches: SyncSender<Batch>,
    counted: JoinHandle<Result<engine::Evaluation>>,
}

impl Accumulator {
    /// Of logits of these classes, in the order of their columns; of one logit per row,
    /// the two classes.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a class is named twice, or a rule is none.
    pub fn logits<T: Into<String>>(
        classes: impl IntoIterator<Item = T>,
        options: Options,
    ) -> Result<Self> {
        Self::new(options.classes(classes), true, Some(ScoresGiven::Logits))
    }

    /// Of probabilities of these classes, in the order of their columns; of one
    /// probability per row, the two classes.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    pub fn probabilities<T: Into<String>>(
        classes: impl IntoIterator<Item = T>,
        options: Options,
    ) -> Result<Self> {
        Self::new(options.classes(classes), true, Some(ScoresGiven::Probabilities))
    }

    /// Of predicted classes.
    ///
    /// # Errors
    ///
    /// As [`logits`](Self::logits).
    pub fn predictions(options: Options) -> Result<Self> {
        Self::new(options, false, None)
    }

    pub(super) fn new(
        options: Options,
        has_scores: bool,
        given: Option<ScoresGiven>,
    ) -> Result<Self> {
        told(options.classes.clone().map(Classes::given).transpose())?;
        told(options.rules())?;
        Ok(Self { options, given, has_scores, state: State::Empty, started: Instant::now() })
    }

    /// Adds the rows of two views; none are no error here.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] names shapes or types that do not fit one another or the first
    /// ones, and nothing is added then. What is wrong with a setting comes with the first
    /// rows. A row that cannot be scored is found while others are pushed already: it
    /// ends the counting, and a later push or [`finish`](Self::finish) says which row,
    /// counted from the first one pushed.
    pub fn push<'a>(
        &mut self,
        labels: impl Into<Labels<'a>>,
        outputs: impl Into<Outputs<'a>>,
    ) -> Result<()> {
        let mut arrays = Arrays::new(labels, outputs);
        arrays.outputs.given = arrays.outputs.given.or(self.given);
        told(self.check(&arrays))?;
        if arrays.len() == 0 {
            return Ok(());
        }
        if let State::Empty = self.state {
            self.state = State::Counting(told(self.start(&arrays))?);
        }
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Counting(mut counting) => match counting.send(&arrays) {
                true => self.state = State::Counting(counting),
                false => {
                    counting.join()?;
                    return Err(Error::Internal("counting ended before the last rows".into()));
                }
            },
            State::Empty | State::Failed => return Err(failed()),
        }
        Ok(())
    }

    /// The evaluation of all rows that were pushed.
    ///
    /// # Errors
    ///
    /// The first row that cannot be scored, unless such rows are skipped;
    /// [`Error::Usage`] if there are no rows.
    pub fn finish(self) -> Result<Evaluation> {
        match self.state {
            State::Empty => {
                Err(Error::Usage("there are no rows to score: none were pushed".into()))
            }
            State::Failed => Err(failed()),
            State::Counting(counting) => {
                let started = self.started;
                told(self.options.on_threads(move || counting.finish(started)))
            }
        }
    }

    fn check(&self, arrays: &Arrays<'_>) -> Result<()> {
        arrays.check()?;
        let shapes = arrays.shapes();
        if arrays.has_scores() != self.has_scores {
            let wanted = if self.has_scores { "scores" } else { "predictions" };
            return Err(Error::Mismatch(format!("{shapes}: expected {wanted}")));
        }
        if arrays.outputs.given != self.given {
            return Err(Error::Mismatch(format!(
                "{shapes}: expected {}",
                if self.given == Some(ScoresGiven::Logits) { "logits" } else { "probabilities" }
            )));
        }
        let State::Counting(first) = &self.state else { return Ok(()) };
        if *arrays.shape() != first.shape {
            return Err(Error::Mismatch(format!(
                "{shapes}, but of the first rows {}: all must have as many scores",
                first.first_shapes
            )));
        }
        match (arrays.score_type(), first.score_type) {
            (Some(found), Some(wanted)) if found != wanted => Err(Error::Mismatch(format!(
                "{shapes} and type {}, but the first scores have type {}; convert one",
                found.name(),
                wanted.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Plans by the first rows, and starts to count.
    fn start(&self, arrays: &Arrays<'_>) -> Result<Counting> {
        self.options.refuse_settings_of_files()?;
        if *arrays.shape() == Shape::Binary && self.options.classes.is_none() {
            return Err(Error::Usage(format!(
                "{}: name the two classes that one score per row is of; the first rows need not \
                 have both",
                arrays.shapes()
            )));
        }
        let rules = self.options.rules()?;
        let threads = self.options.threads_for(usize::MAX)?;
        let given = (self.has_scores, self.given);
        let plan = self.options.plan(arrays, given, threads, &rules)?;
        if plan.passes() > 1 {
            return Err(Error::Usage(
                "an exact order of the scores of each class needs all rows twice, and those \
                 that are pushed come once; use auc binned, or evaluate all rows at once"
                    .to_owned(),
            ));
        }
        let (batches, receiver) = sync_channel(4 * plan.threads);
        let threads = plan.threads;
        let source = Pushed(Mutex::new(receiver));
        let count =
            move || engine::evaluate(&source, &plan, &Backend::Cpu, &AtomicBool::new(false));
        let counted = std::thread::Builder::new()
            .name("tallyho".into())
            .spawn(count)
            .map_err(|error| Error::Usage(format!("cannot start a thread: {error}")))?;
        Ok(Counting {
            shape: arrays.shape().clone(),
            score_type: arrays.score_type(),
            first_shapes: arrays.shapes(),
            inputs: arrays.inputs(0),
            rows: 0,
            rules,
            threads,
            batches,
            counted,
        })
    }
}

impl Counting {
    /// Hands over all rows; `false` if nobody takes them any more, after one that cannot
    /// be scored.
    fn send(&mut self, arrays: &Arrays<'_>) -> bool {
        let (rows, step) = (arrays.len(), arrays.batch_rows());
        for first in (0..rows).step_by(step) {
            let mut batch = Batch::default();
            arrays.fill(first..rows.min(first + step), self.rows, &mut batch);
            if self.batches.send(batch).is_err() {
                return false;
            }
        }
        self.rows += rows as u64;
        for (all, more) in self.inputs.iter_mut().zip(arrays.inputs(rows as u64)) {
            all.rows += more.rows;
            all.bytes += more.bytes;
            if !all.dtype.split(", ").any(|known| known == more.dtype) {
                all.dtype.push_str(&format!(", {}", more.dtype));
            }
        }
        true
    }

    /// Waits for what was counted.
    fn join(self) -> Result<engine::Evaluation> {
        drop(self.batches);
        let panicked = |_| Err(Error::Internal("counting ended in a panic".into()));
        told(self.counted.join().unwrap_or_else(panicked))
    }

    fn finish(mut self, started: Instant) -> Result<Evaluation> {
        let (rows, threads) = (self.rows, self.threads);
        let rules = std::mem::take(&mut self.rules);
        let inputs = std::mem::take(&mut self.inputs);
        let bytes = inputs.iter().map(|input| input.bytes).sum();
        let evaluation = self.join()?;
        let provenance = Provenance {
            device: provenance::cpu(threads, "rows were pushed"),
            inputs,
            timing: provenance::timing(started.elapsed(), rows, bytes),
            warnings: evaluation.notices,
        };
        Evaluation::new(evaluation.tallies, provenance, rules)
    }
}

/// An earlier push said why.
fn failed() -> Error {
    let problem = "an earlier push failed, so not all rows were counted; begin anew";
    Error::Usage(problem.to_owned())
}

/// The batches that were pushed, in order; once.
#[derive(Debug)]
struct Pushed(Mutex<Receiver<Batch>>);

impl Source for Pushed {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match receiver.recv() {
            Ok(next) => {
                *batch = next;
                Ok(true)
            }
            Err(_) => Ok(false),
        }
    }

    fn rewind(&self) -> Result<()> {
        Err(Error::Internal("rows that were pushed come once".into()))
    }

    fn path(&self, _part: usize, role: Role) -> &Path {
        path_of(role)
    }
}
