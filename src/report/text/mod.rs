//! The report for a terminal.
//!
//! It starts with what was decided and how well the model did, goes on to where
//! it fails, and ends with what is not in order and how to get the rest.

mod calibration;
mod classes;
mod confusion;
mod metrics;
pub(crate) mod page;
mod points;
pub(crate) mod slices;
mod summary;
pub(crate) mod table;

use page::Page;

use super::Report;

/// The least width that lines are laid out for.
const NARROWEST: usize = 60;
/// The most: longer lines are hard to follow.
const WIDEST: usize = 120;

/// `report` in lines of at most `width` columns (but no fewer than 60), with
/// escape sequences for colour if `color`.
///
/// Text from files is shown without its control characters.
pub fn text(report: &Report, width: usize, color: bool) -> String {
    let mut page = Page::new(width.clamp(NARROWEST, WIDEST), color);
    summary::head(&mut page, report);
    metrics::draw(&mut page, report);
    classes::draw(&mut page, report);
    confusion::draw(&mut page, report);
    slices::draw(&mut page, report);
    points::draw(&mut page, report);
    calibration::draw(&mut page, report);
    summary::rules(&mut page, report);
    summary::notices(&mut page, report);
    summary::foot(&mut page, report);
    page.finish()
}
