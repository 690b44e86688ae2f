//! The earlier values and rows that a rule compares with.

use std::sync::Arc;

use super::bound::Reference;
use super::finding::{Lack, Stop};
use super::past::{Earlier, Value};
use super::scene::{Case, Scene};
use super::subject::{Subject, What};
use super::wording;
use crate::metric::{Better, ClassMeasures, Summary};
use crate::stat::mean_and_deviation;
use crate::tally::Tallies;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Baseline {
    /// The run that it is of, if it is of one.
    pub run: Option<i64>,
    pub value: f64,
    /// "previous is 0.93 (run 12 of 2026-10-03)"
    pub words: String,
}

/// Rows to compare with.
pub(super) struct Rows {
    pub run: Option<i64>,
    pub tallies: Arc<Tallies>,
    /// "run 12 of 2026-10-03"
    pub words: String,
}

/// Why there is nothing to compare with.
const NONE: &str = "there is no earlier run to compare with; those that broke the rule do not \
                    count until they are accepted";

/// What each of `cases`, the values of `subject`, is compared with.
pub(super) fn values(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    cases: &[Case],
) -> Result<Vec<Result<Baseline, Lack>>, Stop> {
    let reference = scene.reference();
    let earlier = match reference {
        Reference::Run(number) => vec![one(scene, subject, cases, number)?],
        Reference::Previous | Reference::Baseline => before(scene, subject, cases, 1)?,
        Reference::MeanOfLast(last) => before(scene, subject, cases, last)?,
        Reference::Best => before(scene, subject, cases, usize::MAX)?,
    };
    if earlier.is_empty() {
        return Err(Lack::no_baseline(NONE).into());
    }
    let better = subject.better();
    Ok((0..cases.len()).map(|case| pick(reference, better, &earlier, case)).collect())
}

/// Values of earlier runs, one for each case.
type Night = (Earlier, Vec<Value>);

/// The latest runs and their values, newest first.
pub(super) fn before(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    cases: &[Case],
    last: usize,
) -> Result<Vec<Night>, Stop> {
    own_split(scene, subject)?;
    match &subject.what {
        What::One(quantity) => {
            let values = scene.past.values(&scene.text, quantity, last)?;
            Ok(values.into_iter().map(|(earlier, value)| (earlier, vec![value])).collect())
        }
        What::Each(_) => {
            let runs = scene.past.runs(&scene.text, last)?.into_iter();
            runs.map(|earlier| {
                let values = of_classes(scene, subject, cases, earlier.run)?;
                Ok((earlier, values))
            })
            .collect()
        }
    }
}

/// Earlier runs are those of the series that is judged.
fn own_split(scene: &Scene<'_, '_>, subject: &Subject) -> Result<(), Lack> {
    let own = scene.evaluated.split;
    match subject.split().filter(|split| *split != own) {
        None => Ok(()),
        Some(split) => Err(Lack::undefined(format!(
            "the runs before this one are of split '{own}', and the rule compares with those of \
             split '{split}'; judge it with that split"
        ))),
    }
}

/// The run of that number with its values.
fn one(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    cases: &[Case],
    number: i64,
) -> Result<Night, Stop> {
    let earlier = named(scene, number)?;
    let values = match &subject.what {
        What::One(quantity) => vec![scene.past.value(number, quantity)?],
        What::Each(_) => of_classes(scene, subject, cases, number)?,
    };
    Ok((earlier, values))
}

fn named(scene: &Scene<'_, '_>, number: i64) -> Result<Earlier, Stop> {
    let run = scene.past.run(number)?;
    Ok(run.ok_or_else(|| Lack::no_baseline(format!("there is no run {number} in the history")))?)
}

/// The values of the classes of `cases` in an earlier run.
fn of_classes(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    cases: &[Case],
    run: i64,
) -> Result<Vec<Value>, Stop> {
    let What::Each(metric) = subject.what else { return Ok(Vec::new()) };
    let tallies = scene.past.tallies(run)?;
    let rows = Summary::new(&tallies);
    rows.check()?;
    let places = tallies.classes.places();
    let possible = metric.check(&tallies.spec).map_err(|why| why.to_string());
    let value = |case: &Case| {
        possible.clone()?;
        let class = case.class.as_deref().unwrap_or_default();
        let place = places.get(class).ok_or_else(|| format!("class {class} does not occur"))?;
        metric.measure(&ClassMeasures::new(&rows, *place as usize)).value
    };
    Ok(cases.iter().map(value).collect())
}

/// The baseline of one case among earlier nights, newest first.
fn pick(
    reference: Reference,
    better: Better,
    earlier: &[Night],
    case: usize,
) -> Result<Baseline, Lack> {
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
        words: format!("{name} is {} ({})", wording::short(value), night.words()),
    };
    Ok(match reference {
        Reference::MeanOfLast(_) => {
            let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
            let value = mean_and_deviation(&values).map_or(first, |(mean, _)| mean);
            let nights = wording::nights(values.len());
            let words = format!("the mean of {nights} is {}", wording::short(value));
            Baseline { run: None, value, words }
        }
        Reference::Best => {
            let best = known.iter().skip(1).fold((newest, first), |best, night| {
                if better.is_worse(best.1, night.1) { *night } else { best }
            });
            of_run("best", best)
        }
        Reference::Run(_) => {
            let words = format!("it is {} in {}", wording::short(first), newest.words());
            Baseline { run: Some(newest.run), value: first, words }
        }
        Reference::Previous | Reference::Baseline => of_run("previous", (newest, first)),
    })
}

/// Earlier runs that all have no value.
fn without_value(earlier: &[Night], case: usize) -> Lack {
    let newest = earlier.first().and_then(|(night, values)| Some((night, values.get(case)?)));
    Lack::no_baseline(match newest {
        Some((night, Err(why))) => format!("there is no value in {}: {why}", night.words()),
        _ => NONE.to_owned(),
    })
}

/// The rows that the rule compares with; `subject` is that of a best value.
pub(super) fn rows(scene: &Scene<'_, '_>, subject: Option<&Subject>) -> Result<Rows, Stop> {
    if let Some(subject) = subject {
        own_split(scene, subject)?;
    }
    let earlier = match (scene.reference(), subject) {
        (Reference::Run(number), _) => named(scene, number)?,
        (Reference::MeanOfLast(last), _) => return together(scene, last),
        (Reference::Best, Some(subject)) => {
            let nights = before(scene, subject, &[], usize::MAX)?;
            if nights.is_empty() {
                return Err(Lack::no_baseline(NONE).into());
            }
            let best = pick(Reference::Best, subject.better(), &nights, 0)?;
            let run = nights.into_iter().find(|(night, _)| Some(night.run) == best.run);
            run.map(|(night, _)| night).ok_or_else(|| Lack::no_baseline(NONE))?
        }
        _ => {
            let runs = scene.past.runs(&scene.text, 1)?;
            runs.into_iter().next().ok_or_else(|| Lack::no_baseline(NONE))?
        }
    };
    let tallies = scene.past.tallies(earlier.run)?;
    Ok(Rows { run: Some(earlier.run), tallies, words: earlier.words() })
}

/// The rows of several nights together.
fn together(scene: &Scene<'_, '_>, last: usize) -> Result<Rows, Stop> {
    let runs = scene.past.runs(&scene.text, last)?;
    let (Some(newest), Some(oldest)) = (runs.first(), runs.last()) else {
        return Err(Lack::no_baseline(NONE).into());
    };
    let words = match runs.len() {
        1 => newest.words(),
        several => format!("{several} nights together, {} to {}", oldest.night, newest.night),
    };
    let numbers: Vec<i64> = runs.iter().map(|run| run.run).collect();
    let tallies = scene.past.together(&numbers)?.map_err(Lack::undefined)?;
    Ok(Rows { run: None, tallies: Arc::new(tallies), words })
}
