//! Counters that stay on the device during a round.

use super::score_slot::Shape;
use crate::error::Result;
use crate::gpu::{Device, Storage};
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
    /// `[C]`.
    pub(super) ranks: Storage,
    /// `[4 · bins]`: rows, correct, confidence low and high.
    pub(super) bin_words: Storage,
}

impl ScoreCounters {
    pub(super) fn new(
        device: &Device,
        spec: &Spec,
        params: &Params,
        shape: &Shape,
    ) -> Result<Self> {
        let classes = shape.classes;
        let words = |count: usize| 4 * count as u64;
        let cell_bytes = words(classes * classes + 1);
        let on_device = cell_bytes <= MOST_CELL_BYTES.min(device.about().max_binding_bytes);
        let tables = shader::tables(params);
        let counters = Self {
            classes,
            bins: spec.bins,
            tables: device.storage("tables", words(tables.len()))?,
            cells: on_device.then(|| device.storage("confusion", cell_bytes)).transpose()?,
            ranks: device.storage("ranks", words(classes))?,
            bin_words: device.storage("bins", words(4 * spec.bins))?,
        };
        device.put(&counters.tables, &tables);
        Ok(counters)
    }

    /// Whether the host counts the confusion.
    pub(super) fn host_confusion(&self) -> bool {
        self.cells.is_none()
    }

    /// Bytes on the device.
    pub(super) fn bytes(&self) -> u64 {
        let all =
            [Some(&self.tables), self.cells.as_ref(), Some(&self.ranks), Some(&self.bin_words)];
        all.into_iter().flatten().map(Storage::bytes).sum()
    }

    /// Fetches and clears all counters.
    pub(super) fn drain(&self, device: &Device, spec: &Spec) -> Result<(Vec<Cell>, ScoreTallies)> {
        let words = |count: usize| 4 * count as u64;
        let mut wanted =
            vec![(&self.ranks, words(self.classes)), (&self.bin_words, words(4 * self.bins))];
        if let Some(cells) = &self.cells {
            wanted.push((cells, words(self.classes * self.classes)));
        }
        let fetched = fetch_and_clear(device, &wanted)?;
        let mut scores = ScoreTallies::new(spec, self.classes);
        for (rank, &count) in scores.ranks.iter_mut().zip(&fetched[0]) {
            *rank = count.into();
        }
        for (bin, words) in scores.calibration.iter_mut().zip(fetched[1].chunks_exact(4)) {
            *bin = Bin {
                rows: words[0].into(),
                correct: words[1].into(),
                confidence: u128::from(words[2]) | u128::from(words[3]) << 32,
            };
        }
        let cells = fetched.get(2).map_or_else(Vec::new, |words| cells(words, self.classes));
        Ok((cells, scores))
    }
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
