//! The way from batches to tallies: the plan, and its execution on all cores.
//!
//! Every worker draws batches and keeps tallies of its own; they are merged at
//! the end. Tallies are integers, so neither the number of workers, nor the size
//! of batches, nor the device can show.

mod cpu;
#[cfg(feature = "gpu")]
mod device;
pub mod device_choice;
mod evaluate;
mod plan;
mod results;
mod rows;
mod slices;

#[cfg(feature = "gpu")]
pub use device::backend::{
    DEVICE_MEMORY, OnDevice, better_on_cpu, cpu_only, workers as device_threads,
};
#[cfg(feature = "gpu")]
pub use device::run::kernels;
pub use evaluate::{Backend, evaluate};
pub use plan::build::plan;
pub use plan::options::{OnInvalid, Options, TwoColumns};
pub use plan::part_scores::PartScores;
pub use plan::preparation::{Preparation, Rescale, ScoresGiven};
pub use plan::seen_names::SeenNames;
pub use plan::settled::Plan;
pub use plan::threads;
pub use results::merge::Evaluation;
pub use rows::bitmap::Bitmap;
pub use rows::fingerprint::Fingerprint;
pub use rows::row_correctness::{Agreement, RowCorrectness};
