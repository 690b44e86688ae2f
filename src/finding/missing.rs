//! Classes that are called as missing values are.

use super::{FEW, marginals};
use crate::class::{Origin, is_canonical_integer, is_missing};
use crate::notice::{self, Notice};
use crate::tally::Tallies;

/// Missing values that were written as text are classes like others. Where the classes
/// were named, such a name is meant.
pub(super) fn missing_names(tallies: &Tallies) -> Option<Notice> {
    if tallies.classes.origin() == Origin::Given {
        return None;
    }
    let names = tallies.classes.proper_names();
    let mut found: Vec<usize> = (0..names.len()).filter(|&at| is_missing(&names[at])).collect();
    if found.is_empty() {
        return None;
    }
    let (labels, predictions) = marginals(tallies);
    if tallies.spec.class_options.outside_is_wrong {
        // What is only predicted counts as wrong already.
        found.retain(|&class| labels[class] > 0);
    }
    let first = *found.first()?;
    let shown: Vec<String> = found
        .iter()
        .take(FEW)
        .map(|&class| {
            let (labels, predictions) = (labels[class], predictions[class]);
            format!("'{}' (labels: {labels}, predictions: {predictions})", names[class])
        })
        .collect();
    let more = match found.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut others = names.iter().filter(|name| !is_missing(name)).peekable();
    let among = match others.peek().is_some() && others.all(|name| is_canonical_integer(name)) {
        true => ", and all other classes are integers",
        false => "",
    };
    let text = format!(
        "classes are called as missing values are: {}{more}{among}; their rows count as any",
        shown.join(", ")
    );
    let notice = Notice::new(notice::MISSING_NAMES, text);
    let label = found.iter().find(|&&class| labels[class] > 0);
    Some(notice.hint(match label {
        Some(&class) => format!(
            "--ignore-label '{}' leaves such labels out; if they are classes, name all in --classes",
            names[class]
        ),
        None => format!(
            "--outside wrong counts predictions of '{}' as wrong and not as a class; if it is \
             one, name all in --classes",
            names[first]
        ),
    }))
}
