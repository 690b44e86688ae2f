//! Statistics as pure numbers: special functions and intervals.
//!
//! Nothing here knows what is counted. Transcendental functions come from the
//! `libm` crate, so that every machine gives the same bits.

mod normal;
mod proportion;

pub use normal::normal_quantile;
pub use proportion::wilson;
