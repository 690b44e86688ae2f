//! Intervals of metrics of counts, from resamples of the counts.
//!
//! Drawing all rows anew, with replacement, and counting them is the same as
//! drawing the counts from a multinomial distribution over the cells that are
//! not empty. That costs a draw a cell, however many rows there are.

use rayon::prelude::*;

use super::measure::{Interval, Measure};
use super::registry::Needs;
use super::request::Request;
use super::selection::Selection;
use super::summary::Summary;
use crate::stat::{Draws, Resampler, percentile_interval};
use crate::tally::{Cell, Spec, Tallies};

/// Resamples unless asked otherwise.
const USUAL_REPLICATES: u32 = 1_000;
/// Cells up to which resampling unasked costs a few hundredths of a second.
const FEW_CELLS: usize = 1_000;
/// What the random numbers of intervals are drawn for.
const INTERVALS: u32 = 0;
/// Resamples that a thread draws in a row.
const AT_ONCE: u32 = 8;

/// Gives every metric of counts that has a value but no interval yet its
/// percentile interval, or the reason why it has none.
pub(super) fn add_intervals(
    summary: &Summary<'_>,
    requests: &[Request],
    measures: &mut [(String, Measure)],
) {
    let wanting = |(request, (_, measure)): (&Request, &(String, Measure))| {
        request.metric().needs == Needs::Confusion
            && measure.value.is_ok()
            && measure.interval.is_none()
            && measure.no_interval.is_none()
    };
    let places: Vec<usize> = (0..requests.len())
        .filter(|&place| wanting((&requests[place], &measures[place])))
        .collect();
    if places.is_empty() {
        return;
    }
    let spec = summary.spec();
    let replicates = match planned(spec, summary.selection.cell_count(summary.tallies)) {
        Ok(replicates) => replicates,
        Err(reason) => {
            for place in places {
                measures[place].1.no_interval = Some(reason.clone());
            }
            return;
        }
    };
    let asked: Vec<&Request> = places.iter().map(|&place| &requests[place]).collect();
    let measure = |it: &Summary<'_>, place: usize| asked[place].measure(it).value.ok();
    let mut values = resampled(summary, asked.len(), measure, replicates, INTERVALS);
    for (place, values) in places.into_iter().zip(&mut values) {
        let measure = &mut measures[place].1;
        let value = measure.value.as_ref().copied().unwrap_or(f64::NAN);
        match interval(value, values, replicates, spec.interval) {
            Ok(interval) => measure.interval = Some(interval),
            Err(reason) => measure.no_interval = Some(reason),
        }
    }
}

/// The resamples that intervals of counts come from; 0 if there are none.
pub fn replicates(tallies: &Tallies) -> u32 {
    planned(&tallies.spec, Selection::of(tallies).cell_count(tallies)).unwrap_or(0)
}

/// How many resamples to draw of that many cells, or why none.
fn planned(spec: &Spec, cells: usize) -> Result<u32, String> {
    match spec.replicates {
        Some(0) => Err("no resamples were asked for".into()),
        Some(replicates) => Ok(replicates),
        None if cells <= FEW_CELLS => Ok(USUAL_REPLICATES),
        None => Err(format!(
            "the confusion has {cells} cells that are not empty, and resampling more than \
             {FEW_CELLS} takes time; --replicates {USUAL_REPLICATES} asks for it"
        )),
    }
}

/// Which of two sets of rows that are compared is resampled: they draw different
/// random numbers, or equal rows would never differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The rows of tonight.
    New,
    /// Those that they are compared with.
    Baseline,
}

/// How many resamples a comparison begins with: as many as intervals come from, and at
/// least 1,000; and how many cells each draws.
///
/// # Errors
///
/// Why there are none: too many cells.
pub(crate) fn first_resamples(summary: &Summary<'_>) -> Result<(u32, usize), String> {
    let cells = summary.selection.cell_count(summary.tallies);
    let replicates = match summary.spec().replicates {
        Some(0) => planned(&Spec { replicates: None, ..Spec::default() }, cells)?,
        _ => planned(summary.spec(), cells)?,
    };
    Ok((replicates.max(USUAL_REPLICATES), cells))
}

/// The values of each of `width` functions of counts in so many resamples of them, in
/// the order drawn, `[width][replicates]`. A function that some resamples leave undefined
/// has the reason instead.
pub(crate) fn resamples(
    summary: &Summary<'_>,
    side: Side,
    width: usize,
    replicates: u32,
    value: impl Fn(&Summary<'_>, usize) -> Option<f64> + Sync,
) -> Vec<Result<Vec<f64>, String>> {
    let purpose = match side {
        Side::New => INTERVALS + 1,
        Side::Baseline => INTERVALS + 2,
    };
    let found = resampled(summary, width, value, replicates, purpose).into_iter();
    let whole = found.map(|values| match replicates as usize - values.len() {
        0 => Ok(values),
        missing => Err(format!("undefined in {missing} of {replicates} resamples")),
    });
    whole.collect()
}

/// The values of each of `width` functions in every resample where it has one,
/// `[width][at most replicates]`.
fn resampled(
    summary: &Summary<'_>,
    width: usize,
    value: impl Fn(&Summary<'_>, usize) -> Option<f64> + Sync,
    replicates: u32,
    purpose: u32,
) -> Vec<Vec<f64>> {
    let cells = summary.cells();
    let occupied = summary.occupied(&cells);
    let cells = occupied.placed(&cells);
    let counts: Vec<u64> = cells.iter().map(|cell| cell.count).collect();
    let resampler = Resampler::new(&counts);
    let starts: Vec<u32> = (0..replicates).step_by(AT_ONCE as usize).collect();
    let parts: Vec<Vec<Option<f64>>> = starts
        .into_par_iter()
        .map(|start| {
            let end = replicates.min(start.saturating_add(AT_ONCE));
            let (mut cells, mut counts) = (cells.clone(), counts.clone());
            let mut values = Vec::with_capacity(AT_ONCE as usize * width);
            for replicate in start..end {
                let mut draws = Draws::new(summary.spec().seed, replicate, purpose);
                resampler.resample(&mut draws, &mut counts);
                fill(&mut cells, &counts);
                let resample = summary.of_cells(&cells, &occupied);
                values.extend((0..width).map(|place| value(&resample, place)));
            }
            values
        })
        .collect();
    let of = |place: usize| {
        let values = parts.iter().flat_map(|part| part.iter().skip(place).step_by(width));
        values.copied().flatten().collect()
    };
    (0..width).map(of).collect()
}

fn fill(cells: &mut [Cell], counts: &[u64]) {
    for (cell, count) in cells.iter_mut().zip(counts) {
        cell.count = *count;
    }
}

/// The percentiles of `values`, resamples of `value`.
///
/// A metric that some resamples leave undefined has no interval: the
/// percentiles of the rest would claim too much. Neither has one that resamples
/// move in one direction, as they do where classes are rare and vanish.
fn interval(
    value: f64,
    values: &mut [f64],
    replicates: u32,
    level: f64,
) -> Result<Interval, String> {
    let missing = replicates as usize - values.len();
    if missing > 0 {
        return Err(format!("undefined in {missing} of {replicates} resamples"));
    }
    match percentile_interval(values, level) {
        Some((low, high)) if (low..=high).contains(&value) => {
            Ok(Interval { level, low, high, method: "bootstrap" })
        }
        _ => Err("resamples of these rows move the value in one direction".into()),
    }
}
