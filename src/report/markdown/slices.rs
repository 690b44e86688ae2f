//! The groups of rows by the values of a column, a table for each column.

use super::grammar::{Side, code, table};
use crate::report::Report;
use crate::report::figures::{class, count, of_metric};
use crate::report::intervals;
use crate::report::slices::{self, Shown, Slice};
use crate::report::width::cut;

/// Appends every column that rows are put into groups by.
pub(super) fn draw(out: &mut String, report: &Report) {
    for shown in slices::shown(report) {
        let column = code(&cut(&class(shown.column), super::NAME));
        out.push_str(&format!("\n### Slices by {column}\n\n"));
        let columns: Vec<_> = [(column.as_str(), Side::Left), ("rows", Side::Right)]
            .into_iter()
            .chain(shown.metrics.iter().map(|metric| (*metric, Side::Right)))
            .collect();
        table(out, &columns, shown.groups.iter().map(|slice| row(&shown, slice)));
        if let Some((after, left_out)) = shown.gap {
            let (metric, left_out) = (shown.metrics.first(), count(left_out as u64));
            let of = metric.map_or_else(String::new, |metric| format!(" of the worst `{metric}`"));
            let best = shown.groups.len() - after;
            out.push_str(&format!(
                "\nThe {after}{of} and the {best} of the best; {left_out} more lie between.\n"
            ));
        }
    }
}

fn row(shown: &Shown<'_>, slice: &Slice) -> Vec<String> {
    let name = code(&cut(&class(slices::name(&slice.value)), super::NAME));
    let values = shown.metrics.iter().enumerate().map(|(place, metric)| {
        let measure = slice.metric(metric);
        let value = measure.and_then(|measure| measure.value.as_ref().ok());
        let Some(value) = value else { return "–".to_owned() };
        let interval = measure.and_then(|measure| measure.interval.as_ref());
        let interval = interval.filter(|_| place == 0);
        let interval = interval.map(|it| format!(" ({})", intervals::ends(metric, it)));
        of_metric(metric, *value) + &interval.unwrap_or_default()
    });
    [name, count(slice.rows.scored)].into_iter().chain(values).collect()
}
