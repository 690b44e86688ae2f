//! Statistics: special functions, random draws, intervals and what they cover,
//! comparisons.

mod comparisons;
mod coverage;
mod draws;
mod intervals;
mod levels;
pub mod nights;
mod shares;
mod sparse;
mod special;
