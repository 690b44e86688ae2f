//! The earlier values and rows that a rule compares with.

use std::sync::Arc;

use super::context::{Context, Observed};
use super::finding::{Abort, NoVerdict};
use super::run_history::{Earlier, Value};
use super::slice;
use crate::error::Error;
use crate::metric::{Better, ClassMeasures, ClassMetric, Summary};
use crate::rule::syntax::bound::Reference;
use crate::rule::syntax::format;
use crate::rule::syntax::subject::{Subject, What};
use crate::stat::mean_and_deviation;
use crate::tally::Tallies;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Baseline {
    /// The run that it is of, if it is of one.
    pub run: Option<i64>,
    pub value: f64,
    /// "previous is 0.93 (run 12 of 2026-10-03)"
    pub words: String,
}

/// Rows to compare with.
pub(crate) struct Rows {
    pub run: Option<i64>,
    pub tallies: Arc<Tallies>,
    /// "run 12 of 2026-10-03"
    pub words: String,
    /// The nights that they are the best of; 1 where they were not picked by their value.
    pub best_of: usize,
}

/// Why there is nothing to compare with.
const NONE: &str = "there is no earlier run to compare with; those that broke the rule do not \
                    count until they are accepted";

/// What each of `cases`, the values of `subject`, is compared with.
pub(crate) fn values(
    context: &Context<'_, '_>,
    subject: &Subject,
    cases: &[Observed],
) -> Result<Vec<Result<Baseline, NoVerdict>>, Abort> {
    let reference = context.reference();
    let earlier = match reference {
        Reference::Run(number) => vec![one(context, subject, cases, number)?],
        Reference::Previous | Reference::Baseline => before(context, subject, cases, 1)?,
        Reference::MeanOfLast(last) => before(context, subject, cases, last)?,
        Reference::Best => before(context, subject, cases, usize::MAX)?,
    };
    if earlier.is_empty() {
        return Err(NoVerdict::no_baseline(NONE).into());
    }
    let better = subject.better();
    Ok((0..cases.len()).map(|case| pick(reference, better, &earlier, case)).collect())
}

/// Values of earlier runs, one for each case.
type Night = (Earlier, Vec<Value>);

/// The latest runs and their values, newest first.
pub(crate) fn before(
    context: &Context<'_, '_>,
    subject: &Subject,
    cases: &[Observed],
    last: usize,
) -> Result<Vec<Night>, Abort> {
    own_split(context, subject)?;
    match &subject.what {
        What::One(quantity) if !subject.is_of_slice() => {
            let values = context.past.values(&context.text, quantity, last)?;
            Ok(values.into_iter().map(|(earlier, value)| (earlier, vec![value])).collect())
        }
        _ => {
            let runs = context.past.runs(&context.text, last)?.into_iter();
            runs.map(|earlier| {
                let values = counted(context, subject, cases, &earlier)?;
                Ok((earlier, values))
            })
            .collect()
        }
    }
}

/// Earlier runs are those of the series that is judged.
fn own_split(context: &Context<'_, '_>, subject: &Subject) -> Result<(), NoVerdict> {
    let own = context.evaluated.split;
    match subject.split().filter(|split| *split != own) {
        None => Ok(()),
        Some(split) => Err(NoVerdict::undefined(format!(
            "the runs before this one are of split '{own}', and the rule compares with those of \
             split '{split}'; judge it with that split"
        ))),
    }
}

/// The run of that number with its values.
fn one(
    context: &Context<'_, '_>,
    subject: &Subject,
    cases: &[Observed],
    number: i64,
) -> Result<Night, Abort> {
    let earlier = named(context, number)?;
    let values = match &subject.what {
        What::One(quantity) if !subject.is_of_slice() => {
            vec![context.past.value(number, quantity)?]
        }
        _ => counted(context, subject, cases, &earlier)?,
    };
    Ok((earlier, values))
}

fn named(context: &Context<'_, '_>, number: i64) -> Result<Earlier, Abort> {
    let run = context.past.run(number)?;
    Ok(run.ok_or_else(|| {
        NoVerdict::no_baseline(format!("there is no run {number} in the history"))
    })?)
}

/// The values of `cases` in an earlier run, from its tallies.
fn counted(
    context: &Context<'_, '_>,
    subject: &Subject,
    cases: &[Observed],
    earlier: &Earlier,
) -> Result<Vec<Value>, Abort> {
    let whole = context.past.tallies(earlier.run)?;
    let tallies = match slice::select(subject, &whole, "") {
        Ok(tallies) => tallies,
        Err(Abort::NoVerdict(none)) => return Ok(vec![Err(none.reason); cases.len()]),
        Err(error) => return Err(error),
    };
    let rows = Summary::new(tallies);
    rows.check()?;
    match &subject.what {
        What::Each(metric) => Ok(of_classes(metric, cases, &rows)),
        What::One(quantity) => {
            let possible = quantity.check(&tallies.spec).map_err(|why| why.to_string());
            let value = || match context.measure(quantity, &rows) {
                Ok(measure) => Ok(measure.value),
                // A class that the slice did not have then.
                Err(Error::Usage(why)) => Ok(Err(why)),
                Err(error) => Err(error),
            };
            let value = possible.map_or_else(|why| Ok(Err(why)), |()| value())?;
            Ok(vec![value; cases.len().max(1)])
        }
    }
}

/// The values of the classes of `cases` among earlier rows.
fn of_classes(metric: &ClassMetric, cases: &[Observed], rows: &Summary<'_>) -> Vec<Value> {
    let places = rows.tallies.classes.places();
    let possible = metric.check(&rows.tallies.spec).map_err(|why| why.to_string());
    let value = |case: &Observed| {
        possible.clone()?;
        let class = case.class.as_deref().unwrap_or_default();
        let place = places.get(class).ok_or_else(|| format!("class {class} does not occur"))?;
        metric.measure(&ClassMeasures::new(rows, *place as usize)).value
    };
    cases.iter().map(value).collect()
}

/// The baseline of one case among earlier nights, newest first.
fn pick(
    reference: Reference,
    better: Better,
    earlier: &[Night],
    case: usize,
) -> Result<Baseline, NoVerdict> {
    let known: Vec<(&Earlier, f64)> = earlier
        .iter()
        .filter_map(|(night, values)| Some((night, values.get(case)?.as_ref().ok().copied()?)))
        .collect();
    let Some(&(newest, first)) = known.first() else {
        return Err(without_value(earlier, case));
    };
    let of_run = |name: &str, (night, value): (&Earlier, f64)| Baseline {
        run: Some(night.run),
        value,
        words: format!("{name} is {} ({})", format::short(value), night.words()),
    };
    Ok(match reference {
        Reference::MeanOfLast(_) => {
            let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
            let value = mean_and_deviation(&values).map_or(first, |(mean, _)| mean);
            let nights = format::nights(values.len());
            let words = format!("the mean of {nights} is {}", format::short(value));
            Baseline { run: None, value, words }
        }
        Reference::Best => {
            let best = known.iter().skip(1).fold((newest, first), |best, night| {
                if better.is_worse(best.1, night.1) { *night } else { best }
            });
            of_run("best", best)
        }
        Reference::Run(_) => {
            let words = format!("it is {} in {}", format::short(first), newest.words());
            Baseline { run: Some(newest.run), value: first, words }
        }
        Reference::Previous | Reference::Baseline => of_run("previous", (newest, first)),
    })
}

/// Earlier runs that all have no value.
fn without_value(earlier: &[Night], case: usize) -> NoVerdict {
    let newest = earlier.first().and_then(|(night, values)| Some((night, values.get(case)?)));
    NoVerdict::no_baseline(match newest {
        Some((night, Err(why))) => format!("there is no value in {}: {why}", night.words()),
        _ => NONE.to_owned(),
    })
}

/// The rows that the rule compares with; `subject` is that of a best value.
pub(crate) fn rows(context: &Context<'_, '_>, subject: Option<&Subject>) -> Result<Rows, Abort> {
    if let Some(subject) = subject {
        own_split(context, subject)?;
    }
    let mut best_of = 1;
    let earlier = match (context.reference(), subject) {
        (Reference::Run(number), _) => named(context, number)?,
        (Reference::MeanOfLast(last), _) => return together(context, subject, last),
        (Reference::Best, Some(subject)) => {
            let nights = before(context, subject, &[], usize::MAX)?;
            if nights.is_empty() {
                return Err(NoVerdict::no_baseline(NONE).into());
            }
            let best = pick(Reference::Best, subject.better(), &nights, 0)?;
            best_of = nights.len();
            let run = nights.into_iter().find(|(night, _)| Some(night.run) == best.run);
            run.map(|(night, _)| night).ok_or_else(|| NoVerdict::no_baseline(NONE))?
        }
        _ => {
            let runs = context.past.runs(&context.text, 1)?;
            runs.into_iter().next().ok_or_else(|| NoVerdict::no_baseline(NONE))?
        }
    };
    let words = match best_of {
        1 => earlier.words(),
        nights => format!("{}, the best of {nights}", earlier.words()),
    };
    let tallies = of_slice(subject, context.past.tallies(earlier.run)?, &earlier.words())?;
    Ok(Rows { run: Some(earlier.run), tallies, words, best_of })
}

/// The rows of several nights together.
fn together(
    context: &Context<'_, '_>,
    subject: Option<&Subject>,
    last: usize,
) -> Result<Rows, Abort> {
    let runs = context.past.runs(&context.text, last)?;
    let (Some(newest), Some(oldest)) = (runs.first(), runs.last()) else {
        return Err(NoVerdict::no_baseline(NONE).into());
    };
    let words = match runs.len() {
        1 => newest.words(),
        several => format!("{several} nights together, {} to {}", oldest.night, newest.night),
    };
    let numbers: Vec<i64> = runs.iter().map(|run| run.run).collect();
    let tallies = context.past.together(&numbers)?.map_err(NoVerdict::undefined)?;
    let tallies = of_slice(subject, Arc::new(tallies), &words)?;
    Ok(Rows { run: None, tallies, words, best_of: 1 })
}

/// The rows of the slice that `subject` selects, of those of `words`.
fn of_slice(
    subject: Option<&Subject>,
    whole: Arc<Tallies>,
    words: &str,
) -> Result<Arc<Tallies>, Abort> {
    let Some(subject) = subject.filter(|subject| subject.is_of_slice()) else { return Ok(whole) };
    match slice::select(subject, &whole, &format!(" in {words}")) {
        Ok(tallies) => Ok(Arc::new(tallies.clone())),
        Err(Abort::NoVerdict(none)) => Err(NoVerdict::no_baseline(none.reason).into()),
        Err(error) => Err(error),
    }
}
