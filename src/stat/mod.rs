//! Statistics as pure numbers: special functions, intervals, random bits.
//!
//! Nothing here knows what is counted. Transcendental functions come from the
//! `libm` crate, so that every machine gives the same bits.

mod normal;
mod philox;
mod proportion;

pub use normal::normal_quantile;
pub(crate) use philox::halves;
pub use philox::philox4x32;
pub use proportion::wilson;
