//! One evaluation from its files to its tallies: settings, choice of the device,
//! the counting itself, and where the numbers came from.
//!
//! It neither judges nor shows anything.

mod class_map;
mod classes;
mod columns;
mod device;
mod engine_options;
mod inspection;
pub mod provenance;
mod requirements;
mod roles;
mod settings;
mod spellings;
mod unique_keys;
mod without_effect;

use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub use classes::read_classes;
pub use device::{DeviceRequest, parse_size};
pub use inspection::{FirstRow, Inspection};
pub use roles::{command_line, likely};
pub use settings::{EvaluationContext, Settings};

use crate::engine::{self, Evaluation, Plan};
use crate::error::{Error, Result};
use crate::input::{Input, InputFile, Stream};
use crate::report::{self, Provenance};

/// Where to count.
#[derive(Clone, Debug)]
pub struct ExecutionOptions {
    /// On what.
    pub device: DeviceRequest,
    /// The most memory to use on the device, in bytes.
    pub device_memory: Option<u64>,
    /// Rows read at once by a thread.
    pub batch_rows: Option<usize>,
}

/// Counts every row of `input` as `plan` says. `watch` runs the work that it is
/// given; it gets the bytes that will be read, and may look at the stream
/// meanwhile to show how far it has come.
///
/// # Errors
///
/// Those of [`engine::evaluate`], and
/// [`Error::Device`] if a device was asked for and
/// cannot be used.
pub fn evaluate(
    input: &Input,
    plan: &Plan,
    execution: &ExecutionOptions,
    started: Instant,
    stop: &AtomicBool,
    watch: impl FnOnce(u64, &Stream, &mut dyn FnMut()),
) -> Result<(Evaluation, Provenance)> {
    let chosen = device::choose(&execution.device, execution.device_memory, input, plan)?;
    let stream = input.stream(execution.batch_rows, plan.threads)?;
    let mut counted = None;
    watch(input.bytes() * plan.passes(), &stream, &mut || {
        counted = Some(engine::evaluate(&stream, plan, &chosen.backend, stop));
    });
    let evaluation = match counted {
        Some(counted) => counted?,
        None => engine::evaluate(&stream, plan, &chosen.backend, stop)?,
    };
    let rows = evaluation.tallies.rows.read;
    let counted = columns::unlabelled(input, &evaluation.tallies);
    let spelled = spellings::in_some_files(input, plan, &evaluation.tallies)?;
    let read_notices = input.notices().iter().cloned().chain(input.pass_notices());
    let provenance = Provenance {
        device: chosen.device,
        inputs: inputs(&input.files(), &stream.part_rows()),
        timing: provenance::timing(started.elapsed(), rows, stream.bytes_read()),
        warnings: read_notices
            .chain(chosen.notices)
            .chain(evaluation.notices.iter().cloned())
            .chain(counted)
            .chain(spelled)
            .collect(),
    };
    Ok((evaluation, provenance))
}

/// A table is a part of its own; files of one role each are one part together.
fn inputs(files: &[InputFile], part_rows: &[u64]) -> Vec<report::Input> {
    let last = part_rows.len().saturating_sub(1);
    let rows = |file: usize| part_rows.get(file.min(last)).copied().unwrap_or(0);
    let files = files.iter().enumerate();
    files.map(|(at, file)| provenance::input(file, rows(at))).collect()
}

/// More threads than any machine has cores; a slip would cost minutes.
const MOST_THREADS: usize = 1_024;

/// The number of threads that was asked for by the option or key of that name.
///
/// # Errors
///
/// [`Error::Usage`] if that is none, or more than any machine can use.
pub fn check_threads(option: &str, asked: usize) -> Result<usize> {
    match (1..=MOST_THREADS).contains(&asked) {
        true => Ok(asked),
        false => Err(Error::Usage(format!("{option} must be 1 to {MOST_THREADS}, found {asked}"))),
    }
}

/// As many threads as the machine has cores.
pub fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
