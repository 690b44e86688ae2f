//! The kind of scores, by what the user says and by looking at some.

use super::first_rows::{Head, OF_PERCENT};
use super::preparation::Rescale;
use super::settled::{Plan, counts_highest};
use super::sum_tolerance::{self, of_rounding};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::input::{Dataset, Shape};
use crate::notice::{self, Notice};
use crate::tally::{ScoreType, ScoresAre};

/// Rows of every part that decide what its scores are.
const LOOK_AT: usize = 1_024;

/// Of so many numbers, logits hardly ever have none below 0.
const MANY: usize = 32;

/// Of so many single numbers, logits seldom have none above 0; and if they do, what
/// comes of it is the same for all of them.
const FEW: usize = 4;

/// Single logits above 0 beside other files with some below: percentages reach higher.
const HIGH: f64 = 20.0;

/// Settles whether scores are logits or probabilities, their type, and how far rows
/// of probabilities may be from summing to 1.
pub(crate) fn settle_scores(input: &dyn Dataset, plan: &mut Plan) -> Result<()> {
    let columns = match input.shape() {
        Shape::Matrix { columns, .. } => *columns,
        _ => 1,
    };
    let binary = *input.shape() == Shape::Binary;
    plan.stored_as = input.score_type();
    plan.spec.score_type = plan.stored_as.map(ScoreType::counted_as);
    let rescale = plan.preparation.rescale;
    match rescale {
        Some(Rescale::Sum) if binary => {
            return Err(Error::Usage(
                "--scores-are unnormalized divides each row by its sum; these rows have one score \
                 each, so say percent, probabilities or logits"
                    .into(),
            ));
        }
        Some(Rescale::Sum) => {
            plan.preparation.sum_tolerance = Some(sum_tolerance::OF_DIVIDED);
            let text = "the scores are unnormalized: each row was divided by its sum";
            plan.notices.push(Notice::new(notice::UNNORMALIZED, text));
        }
        Some(Rescale::Percent) => {
            if let Some(threshold) = plan.spec.threshold.filter(|threshold| *threshold > 1.0) {
                let share = threshold / 100.0;
                return Err(Error::Usage(format!(
                    "--threshold {threshold} is above every score, since --scores-are percent \
                     divides them by 100; did you mean --threshold {share}?"
                )));
            }
            let text = "the scores are percentages: each was divided by 100";
            plan.notices.push(Notice::new(notice::PERCENT, text));
        }
        None => {}
    }
    let given = plan.spec.scores_are;
    // Of predictions alone no sum and no range is of interest.
    let sums_matter = !counts_highest(&plan.spec);
    if given == Some(ScoresAre::Logits)
        || rescale == Some(Rescale::Sum)
        || (given.is_some() && !sums_matter)
    {
        return Ok(());
    }
    let look = |part| {
        let head = input.head(part, LOOK_AT, plan.threads)?;
        Ok(Head::of(&head, plan.stored_in(part), columns, binary))
    };
    let heads = (0..input.parts()).map(look).collect::<Result<Vec<_>>>()?;
    let found = match given {
        Some(given) => given,
        None if sums_matter => of_heads(input, &heads, &mut plan.notices)?,
        None => of_predictions(&heads),
    };
    plan.spec.scores_are = Some(found);
    if binary && rescale.is_some() {
        plan.notices.extend(small_percentages(input, &heads)?);
    }
    if found == ScoresAre::Probabilities && sums_matter && !binary {
        settle_tolerance(&heads, columns, plan);
    }
    Ok(())
}

/// What scores are where nothing but the highest of a row is of interest.
fn of_predictions(heads: &[Head]) -> ScoresAre {
    let mut verdicts = heads.iter().filter_map(Head::verdict).peekable();
    match verdicts.peek().is_some() && verdicts.all(|it| it == ScoresAre::Probabilities) {
        true => ScoresAre::Probabilities,
        false => ScoresAre::Logits,
    }
}

/// What all parts hold, or the two that differ, or one that may be of percentages.
fn of_heads(input: &dyn Dataset, heads: &[Head], notices: &mut Vec<Notice>) -> Result<ScoresAre> {
    let mut first: Option<(usize, ScoresAre)> = None;
    for (part, head) in heads.iter().enumerate() {
        let Some(found) = head.verdict() else { continue };
        let path = |part| input.path(part, Role::Scores);
        if found == ScoresAre::Logits
            && let Some(problem) = percentages(heads, head)
        {
            let small = heads.iter().position(|it| it.rows > 0 && it.is_in_unit_range());
            if let Some(small) = small.filter(|_| !head.sums_to_100()) {
                return Err(mixed_percentages(input, part, small));
            }
            return Err(Error::format(path(part), problem));
        }
        match first {
            None => first = Some((part, found)),
            Some((_, known)) if known == found => {}
            Some((other, known)) => {
                return Err(Error::Mismatch(format!(
                    "{} holds {}, {} holds {}; say which with --scores-are",
                    path(other).display(),
                    known.name(),
                    path(part).display(),
                    found.name()
                )));
            }
        }
    }
    let found = first.map_or(ScoresAre::Logits, |(_, found)| found);
    if found == ScoresAre::Logits {
        notices.extend(unlike_logits(heads));
    }
    Ok(found)
}

/// Why scores that are no probabilities may be percentages, if they may.
fn percentages(heads: &[Head], head: &Head) -> Option<String> {
    let seen = if head.sums_to_100() {
        "rows sum to 100, as percentages do"
    } else if head.may_be_single_percentages() && !is_of_logits(heads, head) {
        "every score looked at lies in 0 to 100 and some are above 1, as percentages are"
    } else {
        return None;
    };
    Some(format!("{seen}; say --scores-are percent if they are, or --scores-are logits"))
}

/// Whether other parts tell that one is of logits: some are below 0 there, and here
/// none is high.
fn is_of_logits(heads: &[Head], head: &Head) -> bool {
    head.most <= HIGH && heads.iter().any(|other| other.least < 0.0)
}

/// What is said of scores that are taken as logits and look like something else.
fn unlike_logits(heads: &[Head]) -> Option<Notice> {
    let seen = || heads.iter().filter(|head| head.rows > 0);
    if seen().any(Head::is_in_unit_range) {
        let text = "every score looked at lies in 0 to 1 but few rows sum to 1: taken as logits";
        let hint = "if they are probabilities that do not sum to 1, say --scores-are unnormalized; \
                    if they are logits, --scores-are logits";
        return Some(Notice::new(notice::UNIT_RANGE, text).hint(hint));
    }
    let count = seen().map(Head::scores).sum::<usize>();
    if count >= FEW && seen().all(Head::is_single_and_not_above_0) {
        let text = "no score looked at is above 0: taken as logits, so all are of the other class";
        let hint = "if they are log-probabilities, save their exponentials, such as np.exp(s); if \
                    they are logits, say --scores-are logits";
        return Some(Notice::new(notice::NOT_POSITIVE, text).hint(hint));
    }
    (count >= MANY && seen().all(|head| head.least >= 0.0)).then(|| {
        let text = "no score looked at is below 0, unlike most logits: taken as logits";
        let hint = "if they are votes or weights, say --scores-are unnormalized; if they are \
                    logits, --scores-are logits";
        Notice::new(notice::NOT_NEGATIVE, text).hint(hint)
    })
}

/// Percentages of at most 1 are more likely probabilities: surely so in one file
/// beside others that reach higher.
fn small_percentages(input: &dyn Dataset, heads: &[Head]) -> Result<Option<Notice>> {
    let seen = || heads.iter().enumerate().filter(|(_, head)| head.rows > 0);
    let small = seen().find(|(_, head)| head.is_in_unit_range());
    let Some((small, _)) = small else { return Ok(None) };
    if let Some((large, _)) = seen().find(|(_, head)| !head.is_in_unit_range()) {
        return Err(mixed_percentages(input, large, small));
    }
    let text = "the scores were divided by 100, but every one looked at lies in 0 to 1 as it is";
    let hint = "if they are probabilities, say --scores-are probabilities";
    Ok(Some(Notice::new(notice::SMALL_PERCENTAGES, text).hint(hint)))
}

/// Files that cannot all be divided, or left, as they are.
fn mixed_percentages(input: &dyn Dataset, large: usize, small: usize) -> Error {
    let path = |part| input.path(part, Role::Scores).display();
    Error::Mismatch(format!(
        "{} holds scores above 1, as percentages are, but every score looked at in {} lies in 0 to \
         1, as probabilities do; save both alike (percentages divided by 100 are probabilities), or \
         say --scores-are logits if both are that",
        path(large),
        path(small)
    ))
}

/// Takes the fewest decimals of any part, whichever comes first: what is sound alone
/// is so beside others. Of nothing but 0 and 1 no decimals tell anything, unless that
/// is all there is.
fn settle_tolerance(heads: &[Head], columns: usize, plan: &mut Plan) {
    let more = if plan.preparation.rescale.is_some() { OF_PERCENT } else { 0 };
    let seen: Vec<Option<u32>> =
        heads.iter().filter(|head| head.rows > 0).map(|head| head.decimals).collect();
    let tells = |decimals: &&Option<u32>| more > 0 || **decimals != Some(0);
    let all_whole = !seen.iter().any(|decimals| tells(&decimals));
    // A part without a number has more than any.
    let rounded = seen.iter().filter(|decimals| all_whole || tells(decimals)).flatten();
    let Some(&fewest) = rounded.min() else { return };
    let of_part = |part| of_rounding(plan.stored_in(part), columns, fewest + more);
    let Some(off) = (0..heads.len()).find_map(of_part) else { return };
    let is_alike = seen.iter().all(|decimals| *decimals == Some(fewest));
    plan.preparation.sum_tolerance = Some(off);
    let [off, usual] = [Some(off), None]
        .map(|rounding| sum_tolerance::said(plan.sum_tolerance(columns, rounding), columns));
    let what = if more > 0 { "percentages" } else { "probabilities" };
    let decimals = match fewest {
        0 => "no decimals".to_owned(),
        1 => "1 decimal".to_owned(),
        _ => format!("{fewest} decimals"),
    };
    let [where_, rows] = match is_alike {
        true => ["", "the sum of a row may"],
        false => [" in some files and more in others", "the sum of a row of any file may"],
    };
    let text = format!(
        "the {what} have {decimals}{where_}, so {rows} be off 1 by {off}, not only by {usual}"
    );
    plan.notices.push(Notice::new(notice::SUM_TOLERANCE, text));
}
