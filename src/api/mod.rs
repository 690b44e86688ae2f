//! The interface for programs: arrays or files in, an evaluation with its report out.

mod accumulator;
mod arrays;
mod batches;
mod columns;
mod evaluation;
mod files;
mod options;
mod outputs;
mod report;
mod terms;

use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub use self::accumulator::Accumulator;
pub use self::arrays::Arrays;
pub use self::batches::Batches;
pub use self::columns::Labels;
pub use self::evaluation::Evaluation;
pub use self::files::Files;
pub use self::options::{EvaluationBuilder, Options};
pub use self::outputs::{Element, Outputs, ScoreView, logits, predictions, probabilities};
pub use self::report::{Metric, Report};

use self::arrays::ArrayPass;
use crate::engine::{self, Backend};
use crate::error::Result;
use crate::evaluation::provenance;
use crate::report::Provenance;

/// Scores arrays, with everything as usual: `labels` is a view of classes, and `outputs`
/// one of [`logits`], [`probabilities`] or [`predictions`] of the same rows.
///
/// Views may have any strides. Each thread copies some hundred kilobytes of rows at a
/// time; the arrays themselves are never copied.
///
/// # Errors
///
/// As [`EvaluationBuilder::run`].
pub fn evaluate<'a>(
    labels: impl Into<Labels<'a>>,
    outputs: impl Into<Outputs<'a>>,
) -> Result<Evaluation> {
    Options::new().source(Arrays::new(labels, outputs)).run()
}

/// What can be evaluated: [`Arrays`], [`Batches`] and [`Files`].
pub trait Source: sealed::Sealed + Send {}

impl Source for Arrays<'_> {}
impl Source for Files {}

mod sealed {
    use super::{Evaluation, Options};
    use crate::error::Result;

    pub trait Sealed {
        /// Counts all rows.
        fn evaluate(self, options: &Options) -> Result<Evaluation>;
    }
}

impl sealed::Sealed for Files {
    fn evaluate(self, options: &Options) -> Result<Evaluation> {
        self.read(options)
    }
}

impl sealed::Sealed for Arrays<'_> {
    fn evaluate(self, options: &Options) -> Result<Evaluation> {
        let started = Instant::now();
        self.check_some()?;
        options.refuse_settings_of_files()?;
        let rules = options.rules()?;
        let threads = options.threads_for(self.len().div_ceil(self.batch_rows()))?;
        let plan = options.plan(&self, (self.has_scores(), self.outputs.given), threads, &rules)?;
        let pass = ArrayPass::new(&self);
        let stop = AtomicBool::new(false);
        let counted = engine::evaluate(&pass, &plan, &Backend::Cpu, &stop)?;
        let rows = self.len() as u64;
        let provenance = Provenance {
            device: provenance::cpu(plan.threads, "arrays are counted on the CPU"),
            inputs: self.inputs(rows),
            timing: provenance::timing(started.elapsed(), rows, self.bytes()),
            warnings: counted.notices,
        };
        Evaluation::new(counted.tallies, provenance, rules)
    }
}
