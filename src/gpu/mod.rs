//! Kernels on a GPU: adapters, a device, its pipelines, and running them.
//!
//! The only module that names wgpu. It knows kernels, words and buffers, but no
//! batch, tally or metric: [`crate::engine`] says what to run.

mod adapter;
mod alloc_budget;
mod buffer;
mod cache;
mod clock;
mod commands;
mod device;
pub mod measure;
mod memory;
pub mod mesa_env;
mod run;
pub mod self_test;

pub use adapter::{About, Adapter, Kind, NO_ADAPTER, Selector, adapters, idle_adapter};
pub use buffer::{Download, Storage, Uniform, Upload};
pub use cache::CacheDir;
pub use clock::Spent;
pub use commands::{Binding, Commands, Dispatch};
pub use device::Device;
