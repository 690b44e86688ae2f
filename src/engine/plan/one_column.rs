//! The positive class of one score column out of several, as its name says.

use super::guessed_positive::{PAIRS, tells};
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::input::OneColumn;
use crate::notice::{self, Notice};

/// The positive class that the one score column tells by its name, and what is said
/// of it where it is another than the `usual` one; `None` if the name tells nothing.
/// A name that tells the other class, without another column, is warned of.
///
/// # Errors
///
/// [`Error::Usage`] if a number in the name says that it is the other class: it may
/// as well number models, and the wrong one turns every result around.
pub(crate) fn positive(
    column: Option<&OneColumn>,
    classes: &Classes,
    usual: usize,
) -> Result<Option<(usize, Option<Notice>)>> {
    let (Some(column), [first, second]) = (column, classes.names()) else { return Ok(None) };
    let Some(Told { class, part, sibling }) = told(column, [first, second]) else {
        return Ok(called_otherwise(column, [first, second], usual).map(|it| (usual, Some(it))));
    };
    if class == usual {
        return Ok(Some((class, None)));
    }
    let name = &column.name;
    let [own, other] = if class == 0 { [first, second] } else { [second, first] };
    if part.parse::<i64>().is_ok() {
        return Err(Error::Usage(format!(
            "column '{name}' seems to be the score of class '{own}', since there is '{sibling}', \
             too, but the positive class would be '{other}'; say --positive '{own}' or --positive \
             '{other}', whichever it is the score of, or name the other column: --scores '{sibling}'"
        )));
    }
    let text = format!(
        "class '{own}' is the positive one, since column '{name}' is its score by name, beside \
         '{sibling}'"
    );
    let hint = format!("if it is the score of '{other}', say --positive '{other}'");
    Ok(Some((class, Some(Notice::new(notice::POSITIVE_BY_NAME, text).hint(hint)))))
}

/// A warning of a column that ends as the other class is called, `p_0` or `p_no`, though
/// the names of the classes tell by themselves which is the positive one.
fn called_otherwise(column: &OneColumn, classes: [&String; 2], usual: usize) -> Option<Notice> {
    let [first, second] = classes;
    let (own, other) = if usual == 1 { (second, first) } else { (first, second) };
    let name = column.name.to_lowercase();
    let called = |class: &str| {
        let class = class.to_lowercase();
        places(&name, &class).iter().any(|[_, end]| *end == name.len())
    };
    let is_meant = tells(other, own) && called(other) && !called(own);
    is_meant.then(|| {
        let text = format!(
            "column '{}' is called as class '{other}' is, but was taken for the score of '{own}'",
            column.name
        );
        let hint = format!("say --positive '{own}' if it is, or --positive '{other}'");
        Notice::new(notice::GUESSED_POSITIVE, text).hint(hint)
    })
}

/// What a column's name tells.
struct Told<'c> {
    class: usize,
    /// What tells it.
    part: &'c str,
    /// The column of the other class.
    sibling: &'c str,
}

/// The class whose name in the column's name makes it another column's name once the
/// other class stands there.
fn told<'c>(column: &'c OneColumn, classes: [&'c String; 2]) -> Option<Told<'c>> {
    let own = classes.map(String::as_str);
    // Labels 0 and 1 have columns no and yes, too.
    let others = PAIRS.iter().copied().filter(|_| tells(own[0], own[1]));
    let name = column.name.to_lowercase();
    let mut found: Option<(usize, Told<'c>)> = None;
    for pair in std::iter::once(own).chain(others) {
        for (class, part) in pair.into_iter().enumerate() {
            let [lower, other] = [part, pair[1 - class]].map(str::to_lowercase);
            for [start, end] in places(&name, &lower) {
                let wanted = [&name[..start], &other, &name[end..]].concat();
                let sibling = column.others.iter().find(|it| it.to_lowercase() == wanted);
                // Of `p0_1` the last part is the class.
                if let Some(sibling) = sibling
                    && found.as_ref().is_none_or(|(last, _)| *last < start)
                {
                    found = Some((start, Told { class, part, sibling }));
                }
            }
        }
    }
    found.map(|(_, told)| told)
}

/// Where a part stands in a name; digits not within longer numbers, letters not
/// within longer words.
fn places(name: &str, part: &str) -> Vec<[usize; 2]> {
    let is_apart = |[start, end]: &[usize; 2]| {
        let before = name[..*start].chars().next_back().zip(part.chars().next());
        let after = part.chars().next_back().zip(name[*end..].chars().next());
        let joined = |(a, b): (char, char)| {
            (a.is_ascii_digit() && b.is_ascii_digit()) || (a.is_alphabetic() && b.is_alphabetic())
        };
        !before.is_some_and(joined) && !after.is_some_and(joined)
    };
    if part.is_empty() {
        return Vec::new();
    }
    let found = name.match_indices(part).map(|(start, found)| [start, start + found.len()]);
    found.filter(is_apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, others: &[&str], classes: [&str; 2]) -> Option<usize> {
        let others = others.iter().map(|name| (*name).to_owned()).collect();
        let column = OneColumn { name: name.to_owned(), others };
        let classes = classes.map(str::to_owned);
        super::told(&column, [&classes[0], &classes[1]]).map(|told| told.class)
    }

    #[test]
    fn a_name_tells_a_class_where_another_column_tells_the_other() {
        assert_eq!(told("p_0", &["y", "p_1"], ["0", "1"]), Some(0));
        assert_eq!(told("p_1", &["y", "p_0"], ["0", "1"]), Some(1));
        assert_eq!(told("p_No", &["p_Yes"], ["no", "yes"]), Some(0));
        assert_eq!(told("p_no", &["p_yes"], ["0", "1"]), Some(0));
        assert_eq!(told("fraud", &["legit"], ["fraud", "legit"]), Some(0));
        assert_eq!(told("p_-1", &["p_1"], ["-1", "1"]), Some(0));
        assert_eq!(told("p_spam", &["p_not spam"], ["not spam", "spam"]), Some(1));
        assert_eq!(told("p1_0", &["p0_0", "p1_1"], ["0", "1"]), Some(0));
        assert_eq!(told("p0", &["p1", "p2"], ["0", "1"]), Some(0));
    }

    #[test]
    fn other_names_tell_nothing() {
        assert_eq!(told("p_0", &["y", "p_2"], ["0", "1"]), None);
        assert_eq!(told("model_10", &["model_11"], ["0", "1"]), None);
        assert_eq!(told("score", &["y"], ["no", "yes"]), None);
        assert_eq!(told("p_no", &["p_yes"], ["cat", "dog"]), None);
    }
}
