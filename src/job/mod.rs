//! The nightly job: every model on every dataset, recorded, judged, told.

mod check;
mod config;
mod evaluate;
mod judge;
mod judging;
mod lock;
mod mistake;
mod names;
mod night;
mod only;
mod outputs;
mod placeholder;
mod plan;
mod planner;
mod read;
mod run;
mod show;
mod tell;

pub use check::Checked;
pub use config::{Config, schema};
pub use evaluate::{Evaluated, Watch};
pub use night::{Night, Outcome, Start};
pub use only::Only;
pub use plan::{Job, Outputs, Work};
pub use show::{json as night_json, text as night_text};
