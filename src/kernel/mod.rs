//! The loops over rows, one stem each. Each is the CPU twin of a compute shader
//! of the same stem, and the production path of the CPU.
//!
//! No file here knows of a graphics API, a file format or a class name: slices
//! of numbers go in, integers come out.

pub mod confusion;
pub mod ranks;
pub mod rows;
mod score;
mod shader;
mod simd;

pub use score::Score;
pub use shader::{Access, Kernel, Launch, Slot};
pub use simd::Level;

/// Every kernel with a shader. Tests and self-tests walk this list, so none can
/// be forgotten.
pub const ALL: &[Kernel] = &[
    confusion::WORKGROUP,
    confusion::GLOBAL,
    ranks::KERNEL,
    rows::twin::ROWS_THREAD,
    rows::twin::ROWS_SUBGROUP,
    rows::twin::ROWS_WORKGROUP,
    rows::twin::ROWS_WORKGROUP_PLAIN,
    rows::twin::ARGMAX_THREAD,
    rows::twin::ARGMAX_SUBGROUP,
    rows::twin::ARGMAX_WORKGROUP,
    rows::twin::ARGMAX_WORKGROUP_PLAIN,
];
