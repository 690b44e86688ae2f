//! Statistics: special functions, random draws, intervals and what they cover.

mod coverage;
mod draws;
mod intervals;
mod special;
