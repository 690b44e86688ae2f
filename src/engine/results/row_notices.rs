//! Notices of rows that were left out or mended, each with the first of its kind.

use super::worker_result::WorkerResult;
use crate::batch::Role;
use crate::engine::plan::clip::REACH;
use crate::engine::plan::options::OnInvalid;
use crate::engine::plan::settled::Plan;
use crate::engine::rows::row_position::RowPosition;
use crate::input::Source;
use crate::notice::{self, Notice};

/// The notices of the plan, and of all that workers found.
pub(crate) fn notices<S: Source>(source: &S, plan: &Plan, found: &WorkerResult) -> Vec<Notice> {
    let at = |role, place: &RowPosition| {
        format!("{}, row {}", source.path(place.part, role).display(), place.row)
    };
    let rows = found.tallies.rows;
    let mut notices = plan.notices.clone();
    if let Some(invalid) = &found.first_invalid {
        let first = format!("{}: {}", at(invalid.role, &invalid.place), invalid.problem);
        let share = rows.many_invalid();
        notices.push(match plan.on_invalid {
            OnInvalid::Skip => skipped(rows.invalid, share, &first),
            // Nothing else is left out.
            OnInvalid::Error => outside(rows.invalid, share, &first),
        });
    }
    if let Some(first) = &found.clipped.first {
        let (count, at) = (found.clipped.scores, at(Role::Scores, first));
        let what = if count == 1 { "probability" } else { "probabilities" };
        let was = if count == 1 { "was" } else { "were" };
        let text = format!(
            "{count} {what} up to {REACH} below 0 or above 1 {was} clipped; the first: {at}"
        );
        notices.push(Notice::new(notice::CLIPPED, text));
    }
    if let Some(first) = &found.first_infinite {
        let (count, at) = (rows.infinite_loss, at(Role::Scores, first));
        let gives = if count == 1 { "row gives its" } else { "rows give their" };
        let text = format!(
            "{count} {gives} label probability 0, so log_loss is undefined; the first: {at}"
        );
        notices.push(Notice::new(notice::INFINITE_LOSS, text));
    }
    if found.all_pass && rows.scored > 0 {
        let text = "the scores are taken as logits, but every row would pass as probabilities";
        let notice = Notice::new(notice::ALL_PASS, text);
        notices.push(notice.hint("if they are, say --scores-are probabilities"));
    }
    notices.extend(plan.seen.notices(&plan.ignore, &found.tallies));
    notices
}

/// Rows that were left out as invalid.
fn skipped(count: u64, share: Option<f64>, first: &str) -> Notice {
    let (rows, were) = if count == 1 { ("row", "was") } else { ("rows", "were") };
    let better = match share {
        Some(_) => ", so values may be better than the model",
        None => "",
    };
    let share = of_all(share);
    let text = format!("{count} invalid {rows}{share} {were} left out{better}; the first: {first}");
    Notice::new(notice::INVALID_ROWS, text)
}

/// Rows that were left out for predictions of no class.
fn outside(count: u64, share: Option<f64>, first: &str) -> Notice {
    let (rows, were) = if count == 1 { ("row", "was") } else { ("rows", "were") };
    let share = of_all(share);
    let text = format!(
        "{count} {rows}{share} whose prediction is of no class {were} left out, so values are \
         better than the model; the first: {first}"
    );
    Notice::new(notice::OUTSIDE_LEFT_OUT, text).hint("--outside wrong counts them as wrong")
}

fn of_all(share: Option<f64>) -> String {
    share.map_or_else(String::new, |share| format!(" ({share:.1} % of all)"))
}
