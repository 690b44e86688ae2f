//! Counters that stay on the device during a round.

use super::order_staging_buffer::{COUNT_BYTES, COUNTER_BYTES};
use super::row_layout::RowLayout;
use crate::error::Result;
use crate::gpu::{Device, Storage};
use crate::kernel::order::shader::By;
use crate::kernel::rows::{Params, shader};
use crate::tally::aggregate::{Counting, DeviceForm, Entry, WordForm};
use crate::tally::{Cell, Spec, aggregate};

/// The most bytes of a confusion matrix on the device; beyond it predictions are
/// fetched and counted by the host, which costs little where rows are so long.
const MOST_CELL_BYTES: u64 = 64 << 20;

/// Counters of rows with scores.
pub(super) struct ScoreCounters {
    classes: usize,
    /// Tables that the row kernel reads.
    pub(super) tables: Storage,
    /// `[C·C + 1]`, if not the host counts them.
    pub(super) cells: Option<Storage>,
    /// What aggregates are counted in.
    pub(super) words: Vec<Words>,
    /// Rows by bins that are in order, as `order_count` counts them.
    orders: Vec<(By, Storage)>,
}

/// The words of an aggregate.
pub(super) struct Words {
    pub(super) entry: &'static Entry,
    pub(super) form: WordForm,
    pub(super) storage: Storage,
    count: usize,
}

/// What counters held.
pub(super) struct CountersRead {
    pub(super) cells: Vec<Cell>,
    /// Of each aggregate its words.
    pub(super) words: Vec<(&'static Entry, WordForm, Vec<u32>)>,
    /// Of each order by bins its counters.
    pub(super) orders: Vec<(By, Vec<u32>)>,
}

/// The aggregates that a device counts in words.
pub(super) fn in_words(spec: &Spec) -> impl Iterator<Item = (&'static Entry, WordForm)> + '_ {
    let wanted = aggregate::ALL.iter().filter(|entry| (entry.is_wanted)(spec));
    wanted.filter_map(|entry| match (entry.device)(spec) {
        DeviceForm::Words(form) => Some((entry, form)),
        _ => None,
    })
}

impl ScoreCounters {
    /// Whether the host is to count the confusion of `classes` classes, if
    /// `memory` bytes are all there are on the device.
    pub(super) fn leave_to_host(device: &Device, classes: usize, memory: u64) -> bool {
        cell_bytes(classes) > MOST_CELL_BYTES.min(device.about().max_binding_bytes).min(memory / 4)
    }

    /// Bytes on the device of what [`new`](Self::new) makes, and of what it is
    /// fetched into.
    pub(super) fn bytes(
        spec: &Spec,
        params: &Params,
        layout: &RowLayout,
        host_confusion: bool,
    ) -> u64 {
        let classes = layout.classes;
        let mut fetched = vec![COUNT_BYTES; binned(layout).count()];
        if !host_confusion {
            fetched.push(cell_bytes(classes));
        }
        let counting = Counting { spec, classes };
        fetched.extend(in_words(spec).map(|(_, form)| words((form.words)(counting))));
        let fetched: u64 = fetched.into_iter().map(Device::size_of).sum();
        Device::size_of(words(shader::tables(params, layout.format).len())) + 2 * fetched
    }

    pub(super) fn new(
        device: &Device,
        spec: &Spec,
        params: &Params,
        layout: &RowLayout,
        host_confusion: bool,
    ) -> Result<Self> {
        let classes = layout.classes;
        let tables = shader::tables(params, layout.format);
        let cells = || device.storage("confusion", cell_bytes(classes));
        let counting = Counting { spec, classes };
        let counted = in_words(spec).map(|(entry, form)| {
            let count = (form.words)(counting);
            let storage = device.storage(entry.name, words(count))?;
            Ok(Words { entry, form, storage, count })
        });
        let counters = Self {
            classes,
            tables: device.storage("tables", words(tables.len()))?,
            cells: (!host_confusion).then(cells).transpose()?,
            words: counted.collect::<Result<_>>()?,
            orders: binned(layout)
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
    pub(super) fn read_counters(&self, device: &Device) -> Result<CountersRead> {
        let mut wanted = Vec::new();
        if let Some(cells) = &self.cells {
            wanted.push((cells, words(self.classes * self.classes)));
        }
        wanted.extend(self.words.iter().map(|it| (&it.storage, words(it.count))));
        wanted.extend(self.orders.iter().map(|(_, bins)| (bins, COUNTER_BYTES)));
        let mut fetched = fetch_and_clear(device, &wanted)?.into_iter();
        let mut next = || fetched.next().unwrap_or_default();
        let cells = match self.cells {
            Some(_) => cells(&next(), self.classes),
            None => Vec::new(),
        };
        let words = self.words.iter().map(|it| (it.entry, it.form, next())).collect();
        let orders = self.orders.iter().map(|(by, _)| (*by, next())).collect();
        Ok(CountersRead { cells, words, orders })
    }
}

/// The orders by bins, which are counted during a round.
fn binned(layout: &RowLayout) -> impl Iterator<Item = By> {
    layout.orders.iter().copied().filter(|by| by.is_binned())
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
