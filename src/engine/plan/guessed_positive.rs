//! The positive class of two where the user named none, as far as their names tell.

use crate::class::Classes;
use crate::notice::{self, Notice};

/// Names of which the second is the positive one, whatever their case.
pub(crate) const PAIRS: [[&str; 2]; 6] = [
    ["0", "1"],
    ["-1", "1"],
    ["false", "true"],
    ["no", "yes"],
    ["n", "y"],
    ["negative", "positive"],
];

/// Whether two names tell by themselves that the second is the positive one.
pub(crate) fn tells(negative: &str, positive: &str) -> bool {
    let [negative, positive] = [negative, positive].map(str::to_lowercase);
    negative.strip_prefix("not ") == Some(&positive)
        || PAIRS.contains(&[negative.as_str(), positive.as_str()])
}

/// What is said of class `positive` of two that was taken for being the later one.
pub(crate) fn notice(classes: &Classes, positive: usize) -> Option<Notice> {
    let [first, second] = classes.names() else { return None };
    let [other, taken] = if positive == 1 { [first, second] } else { [second, first] };
    (!tells(other, taken)).then(|| {
        let text = format!(
            "nothing tells which of '{first}' and '{second}' is the positive class: '{taken}' was \
             taken, the later one"
        );
        let hint = format!("say --positive '{taken}' if it is, or --positive '{other}'");
        Notice::new(notice::GUESSED_POSITIVE, text).hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use super::tells;

    #[test]
    fn only_names_of_a_usual_pair_tell_which_is_positive() {
        for [negative, positive] in [["0", "1"], ["-1", "1"], ["False", "True"], ["NO", "Yes"]] {
            assert!(tells(negative, positive));
            assert!(!tells(positive, negative));
        }
        assert!(tells("not spam", "spam") && tells("not Spam", "Spam") && tells("N", "Y"));
        assert!(!tells("fraud", "legit") && !tells("1", "2") && !tells("no", "true"));
    }
}
