//! A column that two files have: what its first rows tell of it, and whether the rows
//! of both agree in it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use super::key_value::{is_measure, is_same_name, is_unknown, says_time, value};
use super::lane::Extent;
use super::open::Part;
use super::score_columns::PANDAS_INDEX;
use super::stream::Stream;
use crate::batch::Batch;
use crate::error::{Error, Result};

/// The type of dates and times as they are stored, which are read for comparison alone.
pub(super) const TIME: &str = "time";

/// Rows that tell what a column is.
const LOOK_AT: usize = 1_024;

/// Rows that are compared at once.
const BATCH_ROWS: usize = 1 << 13;

/// Most values of each file that are kept to see whether they are the same.
const MOST_VALUES: usize = 1_024;

/// Fewest different values of a column that tells rows apart though some are equal.
const FEWEST_VALUES: usize = 3;

/// A column of two files, read on its own.
#[derive(Debug)]
pub(super) struct KeyColumn {
    /// What it is called in each file.
    pub(super) names: [String; 2],
    pub(super) parts: [Part; 2],
    heads: [Head; 2],
    /// Whether it is the values of one of the files.
    pub(super) is_value: bool,
}

/// How the values of a column tell rows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Distinct {
    /// Some do: many rows have the same.
    Some,
    /// Most do, as an id that comes twice.
    Most,
    /// All do.
    All,
}

/// How two files agree in a column.
#[derive(Clone, Debug)]
pub(super) enum Agreement {
    /// In every row.
    Same,
    Differs(Difference),
}

#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The first row that differs, and its value in each file.
    pub(super) row: u64,
    pub(super) values: [String; 2],
    /// Whether rows that differ have the values of other such rows, or half of them do:
    /// most likely they are in another order.
    pub(super) moved: bool,
    /// Whether they have those of each other without exception.
    pub(super) permuted: bool,
    /// Whether the files have values in common and neither has but one.
    pub(super) comparable: bool,
}

/// The first rows of a column in one file.
#[derive(Debug, Default)]
struct Head {
    rows: usize,
    missing: usize,
    values: HashSet<String>,
    /// Values with a fraction, dates and times.
    measures: usize,
    /// Whether the values count the rows.
    counts: bool,
}

impl KeyColumn {
    /// Looks at the first rows of a column; `None` if one file has no value in them.
    pub(super) fn look(names: [String; 2], parts: [Part; 2], is_value: bool) -> Option<Self> {
        let [first, other] = &parts;
        let heads = [Head::of(first)?, Head::of(other)?];
        Some(Self { names, parts, heads, is_value })
    }

    /// How the values of both files tell rows apart.
    pub(super) fn distinct(&self) -> Distinct {
        self.heads.iter().map(Head::distinct).min().unwrap_or(Distinct::Some)
    }

    /// How many values the first rows have.
    pub(super) fn values(&self) -> usize {
        self.heads.iter().map(|head| head.values.len()).min().unwrap_or(0)
    }

    /// Whether it holds measures or times, which files may have of their own.
    pub(super) fn is_measure(&self) -> bool {
        let is_time = |part: &Part| part.lanes.iter().any(|lane| lane.dtype() == TIME);
        says_time(&self.names[0])
            || self.parts.iter().any(is_time)
            || self.heads.iter().any(|it| 2 * it.measures > it.values.len())
    }

    /// Whether it merely numbers the rows of both files: such columns are equal
    /// whatever the rows are.
    pub(super) fn counts(&self) -> bool {
        self.heads.iter().all(|head| head.counts)
    }

    /// Whether it is an index of pandas that numbers the rows in one of the files.
    pub(super) fn is_counted_anew(&self) -> bool {
        let name = self.names[0].trim();
        let is_index = name.starts_with("Unnamed: ") || name.eq_ignore_ascii_case("index");
        let counted = self.heads.iter().filter(|head| head.counts).count();
        (is_index || name == PANDAS_INDEX) && counted == 1
    }

    /// Compares the files row by row; of a column that is `decided` by one row, only up
    /// to the first difference. Where one file is shorter, the pass over all columns
    /// says so.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`]; whatever makes a file unreadable.
    pub(super) fn compare(&self, decided: bool, stop: &AtomicBool) -> Result<Agreement> {
        let streams = self.parts.each_ref().map(|part| over(part, BATCH_ROWS, Extent::Whole));
        let mut batches = [Batch::default(), Batch::default()];
        let mut differing = Differing::default();
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            for (stream, batch) in streams.iter().zip(&mut batches) {
                if !stream.next_batch(batch)? {
                    return Ok(differing.agreement(&self.heads));
                }
            }
            differing.add(&batches);
            let is_told = decided || !self.is_value && differing.is_told();
            if differing.first.is_some() && is_told {
                return Ok(differing.agreement(&self.heads));
            }
        }
    }
}

impl Head {
    fn of(part: &Part) -> Option<Self> {
        let mut batch = Batch::default();
        over(part, LOOK_AT, Extent::Head).next_batch(&mut batch).ok().filter(|found| *found)?;
        let mut head = Self { rows: batch.rows, ..Self::default() };
        // What is left of each number when that of its row is taken off.
        let mut starts = HashSet::new();
        for row in 0..batch.rows {
            let Some(value) = value(&batch, row) else {
                head.missing += 1;
                continue;
            };
            let number = value.parse::<i64>().ok().zip(i64::try_from(row).ok());
            starts.insert(number.and_then(|(number, row)| number.checked_sub(row)));
            if !head.values.contains(value.as_ref()) {
                head.measures += usize::from(is_measure(&value));
                head.values.insert(value.into_owned());
            }
        }
        head.counts = starts.len() == 1 && !starts.contains(&None) && head.missing == 0;
        (!head.values.is_empty()).then_some(head)
    }

    fn distinct(&self) -> Distinct {
        let values = self.values.len();
        match (values == self.rows, 2 * values > self.rows && values >= FEWEST_VALUES) {
            (true, _) => Distinct::All,
            (_, true) => Distinct::Most,
            _ => Distinct::Some,
        }
    }
}

/// The rows in which two files differ.
#[derive(Default)]
struct Differing {
    first: Option<(u64, [String; 2])>,
    /// Values of such rows.
    values: [HashSet<String>; 2],
    /// Sums of hashes of all of them: equal where one file has the values of the other
    /// in another order.
    sums: [u64; 2],
}

impl Differing {
    fn add(&mut self, batches: &[Batch; 2]) {
        let [first, other] = batches;
        for row in 0..first.rows.min(other.rows) {
            if is_same_name(first, other, row) {
                continue;
            }
            let found = batches.each_ref().map(|batch| value(batch, row));
            if found[0] == found[1] || batches.iter().any(|batch| is_unknown(batch, row)) {
                continue;
            }
            for ((value, values), sum) in found.iter().zip(&mut self.values).zip(&mut self.sums) {
                let mut hasher = DefaultHasher::new();
                value.hash(&mut hasher);
                *sum = sum.wrapping_add(hasher.finish());
                let Some(value) = value else { continue };
                if values.len() < MOST_VALUES && !values.contains(value.as_ref()) {
                    values.insert(value.clone().into_owned());
                }
            }
            self.first.get_or_insert_with(|| {
                let shown = |value: Option<Cow<'_, str>>| value.unwrap_or_default().into_owned();
                (first.first_row + row as u64, found.map(shown))
            });
        }
    }

    /// Whether more rows would tell nothing more.
    fn is_told(&self) -> bool {
        self.values.iter().all(|values| values.len() == MOST_VALUES) && self.overlaps()
    }

    fn overlaps(&self) -> bool {
        have_common(&self.values[0], &self.values[1])
    }

    fn agreement(self, heads: &[Head; 2]) -> Agreement {
        let permuted = self.sums[0] == self.sums[1];
        let moved = permuted || self.overlaps();
        let Self { first, values: [a, b], .. } = self;
        let Some((row, values)) = first else { return Agreement::Same };
        let all = [&heads[0].values | &a, &heads[1].values | &b];
        let comparable = all.iter().all(|all| all.len() > 1) && have_common(&all[0], &all[1]);
        Agreement::Differs(Difference { row, values, moved, permuted, comparable })
    }
}

/// Whether half of the values of one are values of the other.
fn have_common(a: &HashSet<String>, b: &HashSet<String>) -> bool {
    let fewest = a.len().min(b.len());
    fewest > 0 && 2 * a.intersection(b).count() >= fewest
}

fn over(part: &Part, rows: usize, extent: Extent) -> Stream<'_> {
    Stream::over(std::slice::from_ref(part), 0, Some(rows), 1, extent)
}
