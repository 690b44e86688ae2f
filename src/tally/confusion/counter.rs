//! The counter of rows with scores by label and prediction, one for each worker.

use super::{Cell, CellCounts, Confusion, max_shift};
use crate::error::Result;
use crate::kernel::Level;
use crate::kernel::confusion::{Counters, Table, counter_numbers};
use crate::kernel::planes::Plane;
use crate::kernel::rows::shader::state;
use crate::kernel::rows::{BLOCK, Block};

/// The counts of one worker.
pub struct ConfusionCounter {
    classes: usize,
    counts: Counts,
}

enum Counts {
    /// Of two classes.
    Quarters([[u64; 2]; 2]),
    /// Of as many as a dense table has.
    Table(Box<TableCounts>),
    /// Of more.
    Cells(CellCounts),
}

struct TableCounts {
    level: Level,
    counters: Counters,
    labels: Vec<u32>,
    predictions: Vec<u32>,
}

impl ConfusionCounter {
    /// Nothing counted yet of so many classes, by one of `threads` workers.
    pub fn new(classes: usize, threads: usize) -> Self {
        let shift = classes.next_power_of_two().trailing_zeros();
        let counts = match classes {
            0..=2 => Counts::Quarters([[0; 2]; 2]),
            _ if shift > max_shift(threads) => Counts::Cells(CellCounts::new(threads)),
            _ => {
                let level = Level::best();
                let counters = Counters::new(level, Table { base: 0, shift });
                let (labels, predictions) = (Vec::new(), Vec::new());
                Counts::Table(Box::new(TableCounts { level, counters, labels, predictions }))
            }
        };
        Self { classes, counts }
    }

    /// Nothing counted yet of one of many groups of rows: its memory follows the cells
    /// that occur.
    pub fn of_group(classes: usize) -> Self {
        let counts = match classes {
            0..=2 => Counts::Quarters([[0; 2]; 2]),
            _ => Counts::Cells(CellCounts::of_group()),
        };
        Self { classes, counts }
    }

    /// Counts the rows of a block that were scored.
    pub fn update(&mut self, block: &Block<'_>) {
        let predictions = block.plane(Plane::Prediction);
        if block.is_all_scored() {
            return self.add(block.labels, predictions);
        }
        // Each row to the place after those that were scored before it.
        let (mut own, mut predicted) = ([0; BLOCK], [0; BLOCK]);
        let mut rows = block.labels.iter().zip(predictions).zip(block.plane(Plane::State));
        while rows.len() > 0 {
            let mut scored = 0;
            for ((&label, &prediction), &state) in rows.by_ref().take(BLOCK) {
                (own[scored], predicted[scored]) = (label, prediction);
                scored += usize::from(state == state::SCORED);
            }
            self.add(&own[..scored], &predicted[..scored]);
        }
    }

    /// Counts rows, fewer than 2³² at once, whose labels and predictions are classes.
    pub fn add(&mut self, labels: &[u32], predictions: &[u32]) {
        match &mut self.counts {
            Counts::Quarters(quarters) => add_quarters(quarters, labels, predictions),
            Counts::Table(table) => table.add(labels, predictions),
            Counts::Cells(cells) => {
                cells.expect(labels.len());
                let rows = labels.iter().zip(predictions);
                rows.for_each(|(&label, &prediction)| cells.add(label, prediction));
            }
        }
    }
}

/// Sums that the compiler turns into vector instructions, as long as nothing in them is
/// checked: they are of fewer than 2³² rows.
fn add_quarters(quarters: &mut [[u64; 2]; 2], labels: &[u32], predictions: &[u32]) {
    let (mut ones, mut predicted, mut both) = (0_u32, 0_u32, 0_u32);
    for (label, prediction) in labels.iter().zip(predictions) {
        ones = ones.wrapping_add(*label);
        predicted = predicted.wrapping_add(*prediction);
        both = both.wrapping_add(label & prediction);
    }
    let [rows, ones, predicted, both] =
        [labels.len() as u64, ones.into(), predicted.into(), both.into()];
    quarters[1][1] += both;
    quarters[1][0] += ones - both;
    quarters[0][1] += predicted - both;
    quarters[0][0] += rows + both - ones - predicted;
}

impl TableCounts {
    fn add(&mut self, labels: &[u32], predictions: &[u32]) {
        self.labels.clear();
        self.labels.extend_from_slice(labels);
        self.predictions.clear();
        self.predictions.extend_from_slice(predictions);
        let table = self.counters.table();
        let numbers = counter_numbers(self.level, table, &mut self.labels, &mut self.predictions);
        self.counters.count(numbers);
    }
}

/// The confusion of the rows of several workers.
///
/// # Errors
///
/// [`Error::Mismatch`](crate::error::Error::Mismatch) if a count passes 2⁶⁴ − 1.
pub fn confusion_of(workers: Vec<ConfusionCounter>) -> Result<Confusion> {
    let classes = workers.iter().map(|worker| worker.classes).max().unwrap_or(0);
    let (mut tables, mut cells) = (Vec::new(), Vec::new());
    for worker in workers {
        match worker.counts {
            Counts::Table(table) => tables.push(table.counters),
            Counts::Cells(counts) => cells.extend(counts.into_cells()),
            Counts::Quarters(quarters) => {
                for (label, counts) in (0..).zip(quarters) {
                    let counts = (0..).zip(counts).filter(|(_, count)| *count > 0);
                    cells.extend(counts.map(|(prediction, count)| Cell {
                        label,
                        prediction,
                        count,
                    }));
                }
            }
        }
    }
    if tables.is_empty() {
        return Confusion::from_cells(cells);
    }
    let labels: Vec<u32> = (0..u32::try_from(classes).unwrap_or(u32::MAX)).collect();
    let mut confusion = Confusion::from_table(classes, &labels, |label, counts| {
        tables.iter().for_each(|table| table.add_row(label as usize, 0, counts));
    });
    confusion.merge(&Confusion::from_cells(cells)?)?;
    Ok(confusion)
}
