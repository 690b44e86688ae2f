//! Rules.

use tallyho::engine::Options;
use tallyho::rule::{Evaluated, JobFigures, NoRunHistory, Rule, apply_holm, judge};
use tallyho::tally::Tallies;

use super::file;
use super::table::{self, said};

pub const WORDS: &[&str] = &[
    "accuracy",
    "recall[cat]",
    "f1_macro",
    "[*]",
    "{split=test}",
    " >= ",
    " <= ",
    " == ",
    " - ",
    " + ",
    "previous",
    "best",
    "baseline",
    "mean of last 7",
    "run 3",
    " within 3 sigma of last 30",
    "worse(",
    "drifted(predictions, ",
    "psi(confidence, ",
    " by 0.01",
    ") @ 95%",
    "\"",
    "\\\"",
    "0.5",
    "1e999",
    "seconds",
    "top_1_accuracy",
    "fbeta(2)",
    "log_loss",
    " * ",
    "(",
    ")",
    ",",
];

/// A rule is spelled in one way, and is judged or refused.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // What the user typed is quoted whole.
    if text.len() > 500 {
        return;
    }
    let Ok(rule) = said(Rule::parse(text)) else { return };
    let spelled = rule.to_string();
    let again = Rule::parse(&spelled).unwrap_or_else(|error| panic!("{spelled:?}: {error}"));
    assert_eq!(again.to_string(), spelled);
    assert_eq!(again.needs_history(), rule.needs_history());
    assert_eq!(again.splits(), rule.splits());
    TALLIES.with(|tallies| {
        let evaluated = Evaluated::alone(tallies, JobFigures::default());
        let pending = said(judge(&rule, &evaluated, &NoRunHistory));
        let other = said(judge(&again, &evaluated, &NoRunHistory));
        assert_eq!(pending.is_ok(), other.is_ok());
        if let (Ok(pending), Ok(other)) = (pending, other) {
            assert_eq!(
                format!("{:?}", apply_holm(vec![pending])),
                format!("{:?}", apply_holm(vec![other]))
            );
        }
    });
}

const ROWS: &[u8] = b"label,prediction,s_cat,s_dog\ncat,cat,1,-1\ndog,cat,2,1\ndog,dog,-2,1\n";

thread_local! {
    static TALLIES: Tallies = {
        let path = file::with("rules.csv", ROWS);
        let [_, scores] = table::requests(&path);
        table::tallies(&scores, &Options::default(), None, 1).expect("sound rows")
    };
}
