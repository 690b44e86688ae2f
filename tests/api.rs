//! The interface for programs: arrays and files in, reports out.

mod accumulator;
mod arrays;
mod examples;
