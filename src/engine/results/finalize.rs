//! The tallies of counts in windows: those of all workers added up, integers turned into
//! classes.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::class::Classes;
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::kernel::confusion::{Counters, Entry};
use crate::tally::{Cell, Confusion, Rows, Tallies};

/// The tallies of every window, largest first; those over the same integers
/// are added up before there are any.
pub(crate) fn tallies(plan: &Plan, mut windows: Vec<Counters>) -> Result<Vec<Tallies>> {
    windows.sort_by_key(|window| (Reverse(window.table().shift), window.table().base));
    let alike = windows.chunk_by(|a, b| a.table() == b.table());
    alike.map(|windows| Sum { plan, windows }.tallies()).collect()
}

/// The tallies of counts of integers in a window.
#[cfg(feature = "gpu")]
pub(crate) fn of_window<W: Window>(plan: &Plan, window: W) -> Result<Tallies> {
    Sum { plan, windows: &[window] }.tallies()
}

/// The tallies of pairs of integers, in order, as numbers from `base` on: where
/// classes were given, the first of them.
pub(crate) fn of_pairs(plan: &Plan, base: i64, pairs: Vec<Entry>) -> Result<Tallies> {
    let name = |class: u32| base.wrapping_add_unsigned(class.into()).to_string();
    let mut rows = Rows::default();
    let mut kept = Vec::with_capacity(pairs.len());
    for pairs in pairs.chunk_by(|a, b| a.label == b.label) {
        let place = match plan.ignore.is_empty() {
            true => None,
            false => plan.ignore.iter().position(|label| *label == name(pairs[0].label)),
        };
        let ignored = place.is_some();
        place.into_iter().for_each(|place| plan.seen.ignored(place));
        let sum: u64 = pairs.iter().map(|pair| pair.rows).sum();
        *(if ignored { &mut rows.ignored } else { &mut rows.scored }) += sum;
        if !ignored {
            let cell = |pair: &Entry| Cell {
                label: pair.label,
                prediction: pair.prediction,
                count: pair.rows,
            };
            kept.extend(pairs.iter().map(cell));
        }
    }
    let classes = match plan.tallied() {
        Some(given) => given,
        None => {
            let mut found: Vec<u32> =
                kept.iter().flat_map(|cell| [cell.label, cell.prediction]).collect();
            // Integers in order are classes in order.
            found.sort_unstable();
            found.dedup();
            let places = Places::of(&found);
            for Cell { label, prediction, .. } in &mut kept {
                [*label, *prediction] = [places.of_number(*label), places.of_number(*prediction)];
            }
            Classes::discovered(found.into_iter().map(name).collect())
        }
    };
    let (spec, confusion) = (plan.spec.clone(), Confusion::from_cells(kept)?);
    Ok(Tallies::of_confusion(spec, classes, rows, confusion))
}

/// The place of each of some numbers among them: a bit for each number up to the
/// greatest, and for each word of bits how many are set before it.
struct Places {
    words: Vec<(u64, u32)>,
}

impl Places {
    /// Those of numbers in rising order.
    fn of(numbers: &[u32]) -> Self {
        let end = numbers.last().map_or(0, |last| *last as usize / 64 + 1);
        let mut words = vec![(0_u64, 0_u32); end];
        for number in numbers {
            words[*number as usize / 64].0 |= 1 << (number % 64);
        }
        let mut before = 0;
        for (word, set_before) in &mut words {
            *set_before = before;
            before += word.count_ones();
        }
        Self { words }
    }

    /// The place of a number that is one of them.
    fn of_number(&self, number: u32) -> u32 {
        let (word, before) = self.words[number as usize / 64];
        before + (word & ((1 << (number % 64)) - 1)).count_ones()
    }
}

/// Counts of pairs of consecutive integers.
pub(crate) trait Window: Sync {
    /// The first integer.
    fn base(&self) -> i64;

    /// How many integers there are.
    fn side(&self) -> usize;

    /// Adds the counts of one label and the predictions from `first` on.
    fn add_row(&self, label: usize, first: usize, counts: &mut [u64]);
}

impl Window for Counters {
    fn base(&self) -> i64 {
        self.table().base
    }

    fn side(&self) -> usize {
        self.table().side()
    }

    fn add_row(&self, label: usize, first: usize, counts: &mut [u64]) {
        self.add_row(label, first, counts);
    }
}

/// The sum of windows over the same integers. A class here is its place in the
/// window.
struct Sum<'a, W> {
    plan: &'a Plan,
    windows: &'a [W],
}

/// How often each class occurs.
struct Totals {
    labels: Vec<u64>,
    /// Where the label is not ignored.
    predictions: Vec<u64>,
}

impl<W: Window> Sum<'_, W> {
    fn tallies(&self) -> Result<Tallies> {
        let places: Vec<_> = (0..self.side()).map(|class| self.ignored_place(class)).collect();
        let ignored: Vec<bool> = places.iter().map(Option::is_some).collect();
        let totals = self.totals(&ignored);
        let seen = places.iter().zip(&totals.labels).filter(|(_, rows)| **rows > 0);
        seen.filter_map(|(place, _)| *place).for_each(|place| self.plan.seen.ignored(place));
        let mut rows = Rows::default();
        for (count, ignored) in totals.labels.iter().zip(&ignored) {
            *(if *ignored { &mut rows.ignored } else { &mut rows.scored }) += count;
        }
        let occurs = |class: &usize| {
            totals.predictions[*class] > 0 || totals.labels[*class] > 0 && !ignored[*class]
        };
        let found: Vec<usize> = match &self.plan.classes {
            Some(given) => (0..given.len()).collect(),
            None => (0..self.side()).filter(occurs).collect(),
        };
        let first = found.first().copied().unwrap_or(0);
        let span = found.last().map_or(0, |last| last + 1 - first);
        let kept = |class: usize| totals.labels[class] > 0 && !ignored[class];
        let labels = (0_u32..).zip(first..first + span).filter(|(_, class)| kept(*class));
        let labels: Vec<u32> = labels.map(|(label, _)| label).collect();
        let mut confusion = Confusion::from_table(span, &labels, |label, counts| {
            self.add_row(first + label as usize, first, counts);
        });
        if found.len() < span {
            let mut places = vec![0; span];
            found.iter().zip(0..).for_each(|(class, place)| places[class - first] = place);
            confusion = confusion.renumbered(&places)?;
        }
        let discovered =
            || Classes::discovered(found.iter().map(|class| self.name(*class)).collect());
        let classes = self.plan.tallied().unwrap_or_else(discovered);
        Ok(Tallies::of_confusion(self.plan.spec.clone(), classes, rows, confusion))
    }

    fn totals(&self, ignored: &[bool]) -> Totals {
        let side = self.side();
        let none = || Totals { labels: vec![0; side], predictions: vec![0; side] };
        let add = |(mut sum, mut row): (Totals, Vec<u64>), label: usize| {
            row.fill(0);
            self.add_row(label, 0, &mut row);
            sum.labels[label] = row.iter().sum();
            if !ignored[label] {
                add_each(&mut sum.predictions, &row);
            }
            (sum, row)
        };
        let both = |mut sum: Totals, more: Totals| {
            add_each(&mut sum.labels, &more.labels);
            add_each(&mut sum.predictions, &more.predictions);
            sum
        };
        let parts = (0..side).into_par_iter().fold(|| (none(), vec![0; side]), add);
        parts.map(|(sum, _)| sum).reduce(none, both)
    }

    fn side(&self) -> usize {
        self.windows[0].side()
    }

    fn name(&self, class: usize) -> String {
        self.windows[0].base().wrapping_add_unsigned(class as u64).to_string()
    }

    /// The place of a class among the labels to be ignored.
    fn ignored_place(&self, class: usize) -> Option<usize> {
        self.plan.ignore.iter().position(|label| *label == self.name(class))
    }

    fn add_row(&self, label: usize, first: usize, counts: &mut [u64]) {
        self.windows.iter().for_each(|window| window.add_row(label, first, counts));
    }
}

fn add_each(sums: &mut [u64], more: &[u64]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn numbers_have_their_places_among_others() {
        let numbers: Vec<u32> = (0..1_000).map(|k| k * k / 3 + k).collect();
        let places = Places::of(&numbers);
        for (place, number) in (0..).zip(&numbers) {
            assert_eq!(places.of_number(*number), place);
        }
        assert!(Places::of(&[]).words.is_empty());
    }
}
