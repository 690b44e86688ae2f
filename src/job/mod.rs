//! The nightly job.
