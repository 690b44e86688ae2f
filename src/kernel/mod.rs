//! The loops over rows, one stem each. Each is the CPU twin of a compute shader
//! of the same stem, and the production path of the CPU.
//!
//! No file here knows of a graphics API, a file format or a class name: slices
//! of numbers go in, integers come out.

pub mod bins;
pub mod confusion;
pub mod order;
pub mod planes;
pub mod ranks;
pub mod rows;
mod sample;
mod score;
mod shader;
mod simd;
pub mod sums;

pub use score::Score;
pub use shader::{Access, Kernel, Launch, Slot};
pub use simd::{Instructions, Level};

/// Every kernel with a shader. Tests and self-tests walk this list, so none can
/// be forgotten.
pub const ALL: &[Kernel] = &[
    bins::WORKGROUP,
    bins::GLOBAL,
    confusion::WORKGROUP,
    confusion::DIAGONAL,
    confusion::GLOBAL,
    confusion::SUBGROUP,
    confusion::SPARSE,
    order::twin::COUNT,
    order::twin::SCAN,
    order::twin::SCATTER,
    ranks::KERNEL,
    rows::twin::ROWS_THREAD,
    rows::twin::ROWS_SUBGROUP,
    rows::twin::ROWS_WORKGROUP,
    rows::twin::ROWS_WORKGROUP_PLAIN,
    rows::twin::ARGMAX_THREAD,
    rows::twin::ARGMAX_SUBGROUP,
    rows::twin::ARGMAX_WORKGROUP,
    rows::twin::ARGMAX_WORKGROUP_PLAIN,
    rows::twin::ROWS_F64_THREAD,
    rows::twin::ROWS_F64_SUBGROUP,
    rows::twin::ROWS_F64_WORKGROUP,
    rows::twin::ROWS_F64_WORKGROUP_PLAIN,
    rows::twin::ARGMAX_F64_THREAD,
    rows::twin::ARGMAX_F64_SUBGROUP,
    rows::twin::ARGMAX_F64_WORKGROUP,
    rows::twin::ARGMAX_F64_WORKGROUP_PLAIN,
    sums::KERNEL,
    sums::STATES,
];
