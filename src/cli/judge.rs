//! Rules of the command line, with or without earlier runs.

use super::record::{Recording, Target};
use crate::engine::RowCorrectness;
use crate::error::{Error, Result};
use crate::report::Timing;
use crate::rule::{self, Evaluated, Judgement, NoRunHistory, Rule};
use crate::tally::Tallies;

/// Whether what the rules compare with is known. To be called before work begins.
///
/// # Errors
///
/// [`Error::Usage`] if a rule compares with earlier runs and none are named.
pub(super) fn check(rules: &[Rule], record: &Recording) -> Result<()> {
    if record.is_on() {
        return Ok(());
    }
    for rule in rules {
        let what = match rule.splits().first() {
            _ if rule.needs_history() => "it compares with earlier runs".to_owned(),
            Some(split) => format!("it selects the split '{split}'"),
            None => continue,
        };
        return Err(Error::Usage(format!(
            "rule '{rule}': {what}; say which with --history FILE --dataset NAME --model NAME"
        )));
    }
    Ok(())
}

/// What comes of the rules, given the runs before this one.
pub(super) fn judge(
    rules: &[Rule],
    tallies: &Tallies,
    timing: &Timing,
    target: Option<&Target>,
    correctness: Option<&RowCorrectness>,
) -> Result<Vec<Judgement>> {
    let figures = timing.figures(tallies.rows);
    let pending = match target {
        Some(target) => target.judge(rules, tallies, figures, correctness)?,
        None => rule::judge_all(rules, &Evaluated::alone(tallies, figures), &NoRunHistory)?,
    };
    Ok(rule::apply_holm(pending))
}
