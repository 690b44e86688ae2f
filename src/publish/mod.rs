//! Results for other services: a push gateway, an MLflow tracking server.
//!
//! Each service has a time-out for a request and a limit for everything, retries
//! included: one that hangs never holds a job beyond it. What goes wrong is said
//! in words and changes nothing else. Secrets are read when they are needed and
//! are in no message.

mod config;
mod example;
mod mlflow;
mod pushgateway;
mod service;

pub use config::{Login, Mlflow, Pushgateway};
pub use example::{EXAMPLES, example};
pub use mlflow::{Published, Session};
