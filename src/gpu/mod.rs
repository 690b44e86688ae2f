//! Kernels on a GPU: adapters, a device, its pipelines, and running them.
//!
//! The only module that names wgpu. It knows kernels, words and buffers, but no
//! batch, tally or metric: [`crate::engine`] says what to run.

mod adapter;
mod buffer;
mod commands;
mod device;
mod run;

pub use adapter::{About, Adapter, Kind, Selector, adapters};
pub use buffer::{Download, Storage, Uniform, Upload};
pub use commands::{Binding, Bound, Commands};
pub use device::Device;
