//! Shared by the tests.

pub mod files;
