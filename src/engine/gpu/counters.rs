//! Counters that stay on the device during a round.

use super::orders::{COUNT_BYTES, COUNTER_BYTES};
use super::score_shape::Shape;
use crate::error::Result;
use crate::gpu::{Device, Storage};
use crate::kernel::order::shader::By;
use crate::kernel::rows::{Params, shader};
use crate::tally::{Bin, Cell, ScoreTallies, Spec};

/// The most bytes of a confusion matrix on the device; beyond it predictions are
/// fetched and counted by the host, which costs little where rows are so long.
const MOST_CELL_BYTES: u64 = 64 << 20;

/// Counters of rows with scores.
pub(super) struct ScoreCounters {
    classes: usize,
    pub(super) bins: usize,
    /// Tables that the row kernel reads.
    pub(super) tables: Storage,
    /// `[C·C + 1]`, if not the host counts them.
    pub(super) cells: Option<Storage>,
    /// What scores add, unless only predictions are counted.
    pub(super) scores: Option<ScoreWords>,
    /// Rows by bins that are in order, as `order_count` counts them.
    orders: Vec<(By, Storage)>,
}

/// What counters held.
pub(super) struct Drained {
    pub(super) cells: Vec<Cell>,
    pub(super) scores: Option<ScoreTallies>,
    /// Of each order by bins its counters.
    pub(super) orders: Vec<(By, Vec<u32>)>,
}

/// Counters of what scores add.
pub(super) struct ScoreWords {
    /// `[C]`.
    pub(super) ranks: Storage,
    /// `[4 · bins]`: rows, correct, confidence low and high.
    pub(super) bin_words: Storage,
}

impl ScoreCounters {
    /// Whether the host is to count the confusion of `classes` classes, if
    /// `memory` bytes are all there are on the device.
    pub(super) fn leave_to_host(device: &Device, classes: usize, memory: u64) -> bool {
        cell_bytes(classes) > MOST_CELL_BYTES.min(device.about().max_binding_bytes).min(memory / 4)
    }

    /// Bytes on the device of what [`new`](Self::new) makes, and of what it is
    /// fetched into.
    pub(super) fn bytes(spec: &Spec, params: &Params, shape: &Shape, host_confusion: bool) -> u64 {
        let classes = shape.classes;
        let mut fetched = vec![COUNT_BYTES; binned(shape).count()];
        if !host_confusion {
            fetched.push(cell_bytes(classes));
        }
        if !shape.predictions_only {
            fetched.extend([words(classes), words(4 * spec.bins)]);
        }
        let fetched: u64 = fetched.into_iter().map(Device::size_of).sum();
        Device::size_of(words(shader::tables(params).len())) + 2 * fetched
    }

    pub(super) fn new(
        device: &Device,
        spec: &Spec,
        params: &Params,
        shape: &Shape,
        host_confusion: bool,
    ) -> Result<Self> {
        let classes = shape.classes;
        let tables = shader::tables(params);
        let cells = || device.storage("confusion", cell_bytes(classes));
        let counters = Self {
            classes,
            bins: spec.bins,
            tables: device.storage("tables", words(tables.len()))?,
            cells: (!host_confusion).then(cells).transpose()?,
            scores: match shape.predictions_only {
                true => None,
                false => Some(ScoreWords {
                    ranks: device.storage("ranks", words(classes))?,
                    bin_words: device.storage("bins", words(4 * spec.bins))?,
                }),
            },
            orders: binned(shape)
                .map(|by| Ok((by, device.storage("order bins", COUNT_BYTES)?)))
                .collect::<Result<_>>()?,
        };
        device.put(&counters.tables, &tables);
        Ok(counters)
    }

    /// Whether the host counts the confusion.
    pub(super) fn host_confusion(&self) -> bool {
        self.cells.is_none()
    }

    /// The counters of an order by bins.
    pub(super) fn bins_of(&self, by: By) -> Option<&Storage> {
        self.orders.iter().find(|(of, _)| *of == by).map(|(_, bins)| bins)
    }

    /// Fetches and clears all counters.
    pub(super) fn drain(&self, device: &Device, spec: &Spec) -> Result<Drained> {
        let mut wanted = Vec::new();
        if let Some(cells) = &self.cells {
            wanted.push((cells, words(self.classes * self.classes)));
        }
        if let Some(scores) = &self.scores {
            wanted.push((&scores.ranks, words(self.classes)));
            wanted.push((&scores.bin_words, words(4 * self.bins)));
        }
        wanted.extend(self.orders.iter().map(|(_, bins)| (bins, COUNTER_BYTES)));
        let mut fetched = fetch_and_clear(device, &wanted)?.into_iter();
        let mut next = || fetched.next().unwrap_or_default();
        let cells = match self.cells {
            Some(_) => cells(&next(), self.classes),
            None => Vec::new(),
        };
        let scores = self.scores.as_ref().map(|_| self.tallies(spec, &next(), &next()));
        let orders = self.orders.iter().map(|(by, _)| (*by, next())).collect();
        Ok(Drained { cells, scores, orders })
    }

    fn tallies(&self, spec: &Spec, ranks: &[u32], bin_words: &[u32]) -> ScoreTallies {
        let mut scores = ScoreTallies::new(spec, self.classes);
        for (rank, &count) in scores.ranks.iter_mut().zip(ranks) {
            *rank = count.into();
        }
        for (bin, words) in scores.calibration.iter_mut().zip(bin_words.chunks_exact(4)) {
            *bin = Bin {
                rows: words[0].into(),
                correct: words[1].into(),
                confidence: u128::from(words[2]) | u128::from(words[3]) << 32,
            };
        }
        scores
    }
}

/// The orders by bins, which are counted during a round.
fn binned(shape: &Shape) -> impl Iterator<Item = By> {
    shape.orders.iter().copied().filter(|by| by.is_binned())
}

/// Bytes of a confusion, and of a counter for all that is none of it.
fn cell_bytes(classes: usize) -> u64 {
    words(classes * classes + 1)
}

fn words(count: usize) -> u64 {
    4 * count as u64
}

fn cells(words: &[u32], classes: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (label, row) in (0..).zip(words.chunks_exact(classes)) {
        for (prediction, &count) in (0..).zip(row) {
            if count > 0 {
                cells.push(Cell { label, prediction, count: count.into() });
            }
        }
    }
    cells
}

/// Fetches as many bytes of each buffer and zeroes it.
pub(super) fn fetch_and_clear(
    device: &Device,
    wanted: &[(&Storage, u64)],
) -> Result<Vec<Vec<u32>>> {
    let mut commands = device.commands();
    let mut downloads = Vec::new();
    for (storage, bytes) in wanted {
        let mut download = device.download("counters", *bytes)?;
        commands.fetch(storage, 0, *bytes, &mut download);
        commands.clear(storage);
        downloads.push(download);
    }
    commands.submit()?;
    downloads.iter_mut().map(|download| device.read(download)).collect()
}
