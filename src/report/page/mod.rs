//! The report as a page: each section once, for whatever shows it.
//!
//! It starts with what was decided and how well the model did, goes on to where
//! it fails, and ends with what is not in order and how to get the rest.

mod calibration;
mod classes;
mod confusion;
mod metrics;
mod points;
pub(crate) mod slices;
mod summary;

use super::Report;
use crate::doc::{self, Doc};

/// Columns of the names at the left.
const LABELS: usize = 9;

/// `report` in lines of at most `width` columns (but no fewer than 60), with
/// escape sequences for colour if `color`.
///
/// Text from files is shown without its control characters.
pub fn text(report: &Report, width: usize, color: bool) -> String {
    let sections = [
        summary::head(report),
        metrics::blocks(report),
        classes::blocks(report),
        confusion::blocks(report),
        slices::blocks(report),
        points::blocks(report),
        calibration::blocks(report),
        summary::rules(report),
        summary::notices(report),
        summary::foot(report),
    ];
    doc::terminal::render(&Doc::new(LABELS, sections), width, color)
}

/// `report` as GitHub-flavoured Markdown for a pull request, whose reader wants the rules
/// first.
pub fn markdown(report: &Report) -> String {
    let sections = [
        summary::head(report),
        summary::rules(report),
        metrics::blocks(report),
        classes::blocks(report),
        confusion::blocks(report),
        slices::blocks(report),
        points::blocks(report),
        calibration::blocks(report),
        summary::notices(report),
        summary::foot(report),
    ];
    doc::markdown::render(&Doc::new(LABELS, sections))
}
