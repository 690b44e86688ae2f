//! Findings: what the tallies tell about the rows beside metrics.
//!
//! Each is a function of the tallies alone, so that a merge of states finds what an
//! evaluation of the whole finds.

mod missing;
mod none_right;
mod only_predicted;
mod slices;

use crate::class::{OUTSIDE, Origin, alike, apart};
use crate::notice::{self, Notice};
use crate::tally::{Tallies, Task};

/// Everything that is to be said of these rows.
pub fn findings(tallies: &Tallies) -> Vec<Notice> {
    let outside = tallies.proper_classes().map(|proper| outside(tallies, &proper));
    let alike = spelled_alike(tallies);
    let all_outside = matches!(&outside, Some(Some(found)) if found.code == notice::ALL_OUTSIDE);
    let unlabelled = unlabelled_prediction(tallies).filter(|_| outside.is_none());
    // Of all that may explain it, the nearest is said.
    let is_a_column = unlabelled.is_some() && tallies.spec.task != Task::Predictions;
    let is_explained = alike.is_some() || all_outside || is_a_column;
    let none_right = none_right::none_right(tallies).filter(|_| !is_explained);
    let is_told = unlabelled.is_some() || none_right.is_some();
    let only_predicted = only_predicted::only_predicted(tallies, is_told);
    let found = [
        many_invalid(tallies),
        none_right,
        missing::missing_names(tallies),
        unlabelled,
        only_predicted.filter(|_| outside.is_none()),
        alike,
        outside.flatten(),
        slices::spelled_alike(tallies),
    ];
    found.into_iter().flatten().collect()
}

/// Rows that were left out are most likely those that a model fails on.
fn many_invalid(tallies: &Tallies) -> Option<Notice> {
    tallies.rows.many_invalid().map(|share| {
        let text = format!(
            "{share:.1} % of the rows were left out as invalid, so values may be better than the \
             model: nothing tells that those rows are like the rest"
        );
        Notice::new(notice::MANY_INVALID, text)
    })
}

/// Groups of classes in a message.
const FEW: usize = 5;

/// One class in two spellings is two classes.
fn spelled_alike(tallies: &Tallies) -> Option<Notice> {
    if tallies.spec.class_options.matching.is_some() {
        return None;
    }
    let names = tallies.classes.proper_names();
    let groups = alike(names);
    let (labels, predictions) = marginals(tallies);
    let spelling = |&class: &usize| {
        let (labels, predictions) = (labels[class], predictions[class]);
        format!("'{}' (labels: {labels}, predictions: {predictions})", apart(&names[class]))
    };
    let shown: Vec<String> = groups
        .iter()
        .take(FEW)
        .map(|group| group.iter().take(FEW).map(spelling).collect::<Vec<_>>().join(" and "))
        .collect();
    let more = match groups.len().checked_sub(shown.len())? {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!shown.is_empty()).then(|| {
        let text = format!(
            "classes that differ in nothing but their spelling are counted apart: {}{more}",
            shown.join("; ")
        );
        let hint =
            "--match-classes loose counts such as one, exact keeps them apart without a word";
        Notice::new(notice::SPELLED_ALIKE, text).hint(hint)
    })
}

/// Predictions that count as wrong for being of no class.
fn outside(tallies: &Tallies, proper: &[bool]) -> Option<Notice> {
    let (_, predictions) = marginals(tallies);
    let names = tallies.classes.names().iter();
    let mut of: Vec<(&String, u64)> = names
        .zip(predictions)
        .zip(proper)
        .filter(|((_, rows), proper)| !**proper && *rows > 0)
        .map(|(found, _)| found)
        .collect();
    let wrong: u64 = of.iter().map(|(_, rows)| rows).sum();
    let missing = of.iter().find(|(name, _)| *name == OUTSIDE).map_or(0, |(_, rows)| *rows);
    if wrong == 0 {
        return None;
    }
    of.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    of.retain(|(name, _)| *name != OUTSIDE);
    let mut text = format!(
        "{wrong} of {} predictions are of no class and count as wrong",
        tallies.rows.scored
    );
    // Where classes were given, those of other names are counted with them.
    if missing > 0 && tallies.classes.origin() == Origin::Discovered {
        let are = if missing == 1 { "is" } else { "are" };
        text.push_str(&format!("; {missing} {are} missing"));
    }
    let shown: Vec<String> =
        of.iter().take(FEW).map(|(name, rows)| format!("'{name}' ({rows})")).collect();
    if !shown.is_empty() {
        text.push_str(&format!("; named are {}", shown.join(", ")));
    }
    match of.len() - shown.len() {
        0 => {}
        more => text.push_str(&format!(" and {more} more")),
    }
    let code = match wrong == tallies.rows.scored {
        true => notice::ALL_OUTSIDE,
        false => notice::OUTSIDE_WRONG,
    };
    Some(Notice::new(code, text))
}

/// The rows that have each class as their label, and as their prediction, `[C]`.
fn marginals(tallies: &Tallies) -> (Vec<u64>, Vec<u64>) {
    let classes = tallies.classes.len();
    let (mut labels, mut predictions) = (vec![0_u64; classes], vec![0_u64; classes]);
    for cell in tallies.confusion.cells() {
        labels[cell.label as usize] += cell.count;
        predictions[cell.prediction as usize] += cell.count;
    }
    (labels, predictions)
}

/// A score that is none, such as a price, is often larger than all others.
fn unlabelled_prediction(tallies: &Tallies) -> Option<Notice> {
    let classes = tallies.classes.len();
    let (labels, predictions) = marginals(tallies);
    let most = (0..classes).find(|&class| predictions[class] > tallies.rows.scored / 2)?;
    (labels[most] == 0).then(|| {
        let name = &tallies.classes.names()[most];
        let text = format!(
            "class '{name}' is predicted for {} of {} rows and is the label of none",
            predictions[most], tallies.rows.scored
        );
        let hint = match (tallies.spec.task, tallies.spec.scores_are) {
            (Task::Binary { .. }, _) => {
                "see whether --threshold and --scores-are fit the scores, and --positive and \
                 --classes name the classes as the labels do"
            }
            (_, Some(_)) => "if its column holds no score, leave it out of the scores",
            (_, None) => "see whether labels and predictions are spelled alike",
        };
        Notice::new(notice::UNLABELLED_PREDICTION, text).hint(hint)
    })
}
