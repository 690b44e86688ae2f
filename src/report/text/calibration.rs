//! How far the confidence can be believed.

use super::page::{Page, Span, Style};
use super::table::{Align, Table};
use crate::report::Report;
use crate::report::calibration::{Bin, bins};
use crate::report::figures::{count, held, value};

/// Columns of a bar from 0 to 1.
const BAR: usize = 20;

/// The bins that hold rows.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let bins = bins(report.tallies);
    if bins.iter().all(|bin| bin.rows == 0) {
        return;
    }
    page.heading("Calibration: accuracy (bar) against confidence (│)");
    let mut table = Table::new(&[
        Align::Left,
        Align::Right,
        Align::Point,
        Align::Point,
        Align::Point,
        Align::Left,
    ]);
    table.header(["bin", "rows", "confidence", "accuracy", "gap", ""]);
    for bin in bins.iter().filter(|bin| bin.rows > 0) {
        let gap = bin.confidence() - bin.accuracy();
        table.row(vec![
            Span::plain(format!("{:.3}–{:.3}", bin.low, bin.high)).style(Style::Dim),
            Span::plain(count(bin.rows)),
            Span::plain(held(bin.confidence())),
            Span::plain(value(bin.accuracy())),
            Span::plain(format!("{gap:+.4}")),
            Span::plain(bar(bin)),
        ]);
    }
    table.draw(page);
}

/// A bar as long as the accuracy, with a mark at the confidence.
fn bar(bin: &Bin) -> String {
    let place = |share: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=20")]
        let place = (share * BAR as f64).round() as usize;
        place.min(BAR)
    };
    let mark = place(bin.confidence()).clamp(1, BAR) - 1;
    let filled = place(bin.accuracy());
    let column = |at| match at {
        _ if at == mark => '│',
        _ if at < filled => '█',
        _ => '·',
    };
    (0..BAR).map(column).collect()
}
