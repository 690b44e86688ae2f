//! The nightly job: every model on every dataset, recorded, judged, told.

mod check;
mod config;
mod deliver;
mod diagnostics;
mod evaluate;
mod job_run;
mod judge;
mod load;
mod lock;
mod names;
mod outputs;
mod placeholder;
mod plan;
mod planner;
mod read;
mod rule_config;
mod run;
mod selection;
mod show;

pub use check::Checked;
pub use config::{Config, schema};
pub use evaluate::{Evaluated, Watch};
pub use job_run::{JobRun, Outcome, Start};
pub use plan::{EvaluationSpec, Job, Outputs};
pub use selection::Selection;
pub use show::{json as night_json, text as night_text};
