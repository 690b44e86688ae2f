//! Statistics as pure numbers: special functions, intervals, random bits,
//! series.
//!
//! Nothing here knows what is counted. Transcendental functions come from the
//! `libm` crate, so that every machine gives the same bits.

mod change_point;
mod normal;
mod philox;
mod proportion;
mod window;

pub use change_point::{change_points, segment_means};
pub use normal::normal_quantile;
pub(crate) use philox::halves;
pub use philox::philox4x32;
pub use proportion::wilson;
pub use window::{Past, mean_and_deviation, moving};
