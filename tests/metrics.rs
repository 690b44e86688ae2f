//! Metrics against scikit-learn, and the laws that need no oracle.

mod averages;
mod cases;
mod large;
mod made;
mod registry;
mod statistics;
mod temperature;

pub use made::{confusion, matrix, measure, scored, with};
