//! The groups of rows of labels and predictions.

use super::groups::{Groups, Unscored};
use super::results::{GroupResult, SliceResults};
use crate::class::Classes;
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::tally::aggregate::AllCounters;
use crate::tally::{Cell, CellCounts, Confusion, Rows, Tallies, discover};

/// A group of rows of labels and predictions.
#[derive(Default)]
pub(crate) struct PairGroup {
    rows: Rows,
    cells: CellCounts,
}

impl PairGroup {
    pub(crate) fn new() -> Self {
        Self { rows: Rows::default(), cells: CellCounts::of_group() }
    }
}

/// The groups of one worker's rows of labels and predictions.
pub(crate) type PairGroups = Groups<PairGroup>;

impl PairGroups {
    /// Counts a row of the batch in hand by the numbers of its label and prediction.
    pub(crate) fn count(&mut self, row: usize, fate: std::result::Result<[u32; 2], Unscored>) {
        for group in self.of_row(row) {
            group.rows.read += 1;
            match fate {
                Err(why) => group.rows.add_unscored(why),
                Ok([label, prediction]) => {
                    group.rows.scored += 1;
                    group.cells.expect(1);
                    group.cells.add(label, prediction);
                }
            }
        }
    }

    /// What was counted of each group; `names` are those of the numbers.
    pub(crate) fn finish(self, plan: &Plan, names: &[String]) -> Result<SliceResults> {
        let of_group = |group: PairGroup| {
            let cells = group.cells.into_cells();
            let (classes, confusion) = match plan.tallied() {
                Some(given) => (given, Confusion::from_cells(cells)?),
                None => discover_some(names, cells)?,
            };
            let spec = plan.spec.clone();
            let tallies = Tallies::of_confusion(spec, classes, group.rows, confusion);
            Ok(GroupResult { tallies, counters: AllCounters::default() })
        };
        SliceResults::of(self, of_group)
    }
}

/// See [`discover`]; for cells of a few of many names.
fn discover_some(names: &[String], mut cells: Vec<Cell>) -> Result<(Classes, Confusion)> {
    let mut met: Vec<u32> = cells.iter().flat_map(|cell| [cell.label, cell.prediction]).collect();
    met.sort_unstable();
    met.dedup();
    let place = |id: u32| to_u32(met.partition_point(|&other| other < id));
    for cell in &mut cells {
        (cell.label, cell.prediction) = (place(cell.label), place(cell.prediction));
    }
    let names: Vec<String> = met.iter().map(|&id| names[id as usize].clone()).collect();
    discover(&names, cells)
}

#[allow(clippy::cast_possible_truncation, reason = "no more names than numbers of names")]
fn to_u32(place: usize) -> u32 {
    place as u32
}
