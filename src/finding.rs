//! Findings: what the tallies tell about the rows beside metrics.
//!
//! Each is a function of the tallies alone, so that a merge of states finds what an
//! evaluation of the whole finds.

use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Everything that is to be said of these rows.
pub fn findings(tallies: &Tallies) -> Vec<Notice> {
    [many_invalid(tallies), unlabelled_prediction(tallies)].into_iter().flatten().collect()
}

/// Rows that were left out are most likely those that a model fails on.
fn many_invalid(tallies: &Tallies) -> Option<Notice> {
    let rows = tallies.rows;
    (u128::from(rows.invalid) * 100 > u128::from(rows.read)).then(|| {
        let share = rows.invalid as f64 / rows.read as f64 * 100.0;
        let text = format!(
            "{share:.1} % of the rows were left out as invalid, so values may be better than the \
             model: nothing tells that those rows are like the rest"
        );
        Notice::new(notice::MANY_INVALID, text)
    })
}

/// A score that is none, such as a price, is often larger than all others.
fn unlabelled_prediction(tallies: &Tallies) -> Option<Notice> {
    let classes = tallies.classes.len();
    let (mut labels, mut predictions) = (vec![0_u64; classes], vec![0_u64; classes]);
    for cell in tallies.confusion.cells() {
        labels[cell.label as usize] += cell.count;
        predictions[cell.prediction as usize] += cell.count;
    }
    let most = (0..classes).find(|&class| predictions[class] > tallies.rows.scored / 2)?;
    (labels[most] == 0).then(|| {
        let name = &tallies.classes.names()[most];
        let text = format!(
            "class '{name}' is predicted for {} of {} rows and is the label of none",
            predictions[most], tallies.rows.scored
        );
        let hint = match tallies.scores {
            Some(_) => "if its column holds no score, leave it out of the scores",
            None => "see whether labels and predictions are spelled alike",
        };
        Notice::new(notice::UNLABELLED_PREDICTION, text).hint(hint)
    })
}
