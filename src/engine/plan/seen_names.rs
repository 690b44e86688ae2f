//! Labels that were to be ignored and spellings of classes, as they are met in the
//! rows: they leave no trace in tallies. Each is only ever added to, so that it does not
//! matter who meets what, nor how often.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::class::{apart, nearest};
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// What all workers of an evaluation met.
#[derive(Debug, Default)]
pub struct SeenNames {
    /// Whether some row has each of the labels to be ignored.
    ignored: Vec<AtomicBool>,
    /// Spellings that count as a class of another name, with that name.
    respelled: Mutex<BTreeMap<String, String>>,
}

/// Names in a message.
const FEW: usize = 5;

impl SeenNames {
    /// Nothing yet, of so many labels to be ignored.
    pub(crate) fn new(ignored: usize) -> Self {
        let ignored = std::iter::repeat_with(AtomicBool::default).take(ignored).collect();
        Self { ignored, respelled: Mutex::default() }
    }

    /// Notes that some row has the label to be ignored in that place.
    pub(crate) fn ignored(&self, place: usize) {
        if let Some(seen) = self.ignored.get(place) {
            seen.store(true, Ordering::Relaxed);
        }
    }

    /// Notes that `spelling` counts as the class `name`.
    pub(crate) fn respelled(&self, spelling: &str, name: &str) {
        let mut respelled = self.respelled.lock().unwrap_or_else(PoisonError::into_inner);
        respelled.insert(spelling.to_owned(), name.to_owned());
    }

    /// What the user should know of it.
    pub(crate) fn notices(&self, ignore: &[String], tallies: &Tallies) -> Vec<Notice> {
        let seen = self.ignored.iter().map(|seen| seen.load(Ordering::Relaxed));
        let unmet = ignore.iter().zip(seen).filter(|(_, seen)| !seen);
        let mut notices: Vec<Notice> =
            unmet.map(|(label, _)| never_ignored(label, tallies)).collect();
        let respelled = self.respelled.lock().unwrap_or_else(PoisonError::into_inner);
        if !respelled.is_empty() {
            let shown: Vec<String> = respelled
                .iter()
                .take(FEW)
                .map(|(spelling, name)| format!("'{}' as '{}'", apart(spelling), apart(name)))
                .collect();
            let more = match respelled.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let text = format!("spellings were matched to classes: {}{more}", shown.join(", "));
            notices.push(Notice::new(notice::RESPELLED, text));
        }
        notices
    }
}

/// A label to be ignored that no row has.
fn never_ignored(label: &str, tallies: &Tallies) -> Notice {
    let text = format!("no row has the label '{label}', which --ignore-label leaves out");
    let notice = Notice::new(notice::NEVER_IGNORED, text);
    let classes = &tallies.classes;
    let is_label = |name: &&str| {
        let class = classes.index_of(name).and_then(|class| u32::try_from(class).ok());
        tallies.confusion.rows().any(|row| Some(row.label()) == class)
    };
    if let Some(found) = classes.respelled(label).filter(is_label) {
        return notice.hint(format!(
            "there are rows with the label '{found}': name that one, or see --match-classes loose"
        ));
    }
    if let Some(class) = classes.index_of(label) {
        let is_predicted = tallies.confusion.cells().any(|cell| cell.prediction as usize == class);
        return match is_predicted {
            true => notice.hint(format!("only predictions are '{label}', and those rows count")),
            false => notice,
        };
    }
    match nearest(label, classes.proper_names().iter().map(String::as_str)) {
        Some(near) => notice.hint(format!("did you mean '{near}'?")),
        None => notice,
    }
}
