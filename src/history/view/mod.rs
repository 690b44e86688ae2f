//! The history as people and programs read it: pages for a terminal, JSON.

mod chart;
mod compare;
pub(super) mod export;
mod json;
mod list;
mod names;
mod run;
mod sheet;
mod trend;
mod verify;

pub use compare::comparison;
pub(super) use json::export_json;
pub use json::{compare_json, list_json, run_json, trends_json, verification_json};
pub use list::list;
pub use run::run_page;
pub use sheet::{Sheet, utc};
pub use trend::trends;
pub use verify::verification;
