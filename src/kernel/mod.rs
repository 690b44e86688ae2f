//! The loops over rows, one stem each. Each is the CPU twin of a compute shader
//! of the same stem, and the production path of the CPU.
//!
//! No file here knows of a graphics API, a file format or a class name: slices
//! of numbers go in, integers come out.

pub mod confusion;
pub mod order;
pub mod rows;
mod score;
mod simd;

pub use score::Score;
pub use simd::Level;
