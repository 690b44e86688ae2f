//! Kernels on a GPU: adapters, a device, its pipelines, and running them.
//!
//! The only module that names wgpu. It knows kernels, words and buffers, but no
//! batch, tally or metric: [`crate::engine`] says what to run.

mod adapter;
mod device;
mod run;

pub use adapter::{About, Adapter, Kind, Selector, adapters};
pub use device::Device;
