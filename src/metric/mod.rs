//! Metrics: pure functions from tallies to values.
//!
//! [`ALL`] is the registry of what is said about a whole set of rows, and
//! [`PER_CLASS`] of what is said about each class. Every entry says what it is,
//! when it is undefined and where it comes from; `--list-metrics` prints them
//! and tests walk them.
//!
//! A value is a function of integers, evaluated in one fixed order with the
//! transcendental functions of the `libm` crate: the same tallies give the same
//! bits on every machine. A quotient with denominator 0 is undefined, with the
//! reason, unless [`ZeroDivision`](crate::tally::ZeroDivision) says otherwise.

mod agreement;
mod alias;
mod better;
mod bootstrap;
mod bounded;
mod calibration;
mod class;
mod class_shares;
mod distribution;
mod measure;
mod occupied;
mod order;
mod overlap;
mod points;
mod registry;
mod request;
mod score;
mod selection;
mod source;
mod standard_error;
mod summary;
mod table;
mod temperature;

pub use better::Better;
pub use bootstrap::replicates;
pub(crate) use bootstrap::{Side, first_resamples, resamples};
pub use class::{ClassAreas, ClassMeasures, ClassMetric, PER_CLASS, Undefined, per_class};
pub use measure::{Interval, Measure};
pub use registry::{Metric, Needs};
pub use request::{Parameter, Request, asked, canonical, check_names, check_spec};
pub(crate) use standard_error::Sampling;
pub use summary::Summary;
pub use table::ALL;

use crate::error::Result;
use crate::tally::Tallies;

/// What a report shows, in the order of [`ALL`]: every metric that these
/// tallies can have, or those that `spec.metrics` names.
///
/// # Errors
///
/// [`Error::Usage`](crate::error::Error::Usage) if `spec` asks for a metric that
/// does not exist or that these tallies cannot have, and
/// [`Error::Internal`](crate::error::Error::Internal) if the tallies contradict it.
pub fn measures(tallies: &Tallies) -> Result<Vec<(String, Measure)>> {
    Summary::new(tallies).measures()
}
