//! The part of a staging buffer that puts its rows in order, as far as a device brings them.
//!
//! For an exact order every staging buffer of rows is laid out by buckets of keys on the
//! device and fetched, two bytes to a row; workers keep that as they keep rows
//! that they put in buckets themselves, and what comes after is the same. Bins
//! are counted on the device during a round.

use super::row_layout::RowLayout;
use crate::error::Result;
use crate::gpu::{Binding, Commands, Device, Dispatch, Download, Storage, Uniform, Upload};
use crate::kernel::order::shader::{By, COUNT_WORDS, Params, SLOTS, ScanParams};
use crate::kernel::order::twin;
use crate::kernel::{Kernel, Launch};

use super::device_caps::{device_caps, to_u32};

/// Bytes of the counters of one order.
pub(super) const COUNTER_BYTES: u64 = 4 * SLOTS as u64;

/// Bytes of what [`COUNT`](twin::COUNT) counts in: the counters, and a word of
/// marks behind them.
pub(super) const COUNT_BYTES: u64 = 4 * COUNT_WORDS as u64;

/// What an order reads of a staging buffer.
pub(super) struct Inputs<'a> {
    pub(super) scores: &'a Upload,
    pub(super) labels: &'a Upload,
    pub(super) planes: &'a Storage,
    /// Rows that fit.
    pub(super) capacity: usize,
}

/// One order of the rows of a staging buffer.
pub(super) struct OrderStagingBuffer {
    template: Params,
    params: Uniform,
    dispatches: Vec<Dispatch>,
    /// Unless bins are counted.
    laid_out: Option<LaidOut>,
}

/// The rows of a staging buffer by bucket.
struct LaidOut {
    counts: Storage,
    lows: Storage,
    fetched_counts: Download,
    fetched_lows: Download,
}

impl OrderStagingBuffer {
    /// Bytes on the device of an order of `rows` rows.
    pub(super) fn bytes(by: By, rows: usize) -> u64 {
        let size = Device::size_of;
        let params = size(size_of::<Params>() as u64);
        if by.is_binned() {
            return params;
        }
        let scan = size(size_of::<ScanParams>() as u64) + size(COUNTER_BYTES);
        params + scan + 2 * (size(COUNT_BYTES) + size(low_bytes(rows)))
    }

    /// An order of rows of `layout`; bins are counted in `bins`.
    pub(super) fn new(
        device: &Device,
        layout: &RowLayout,
        by: By,
        bins: Option<&Storage>,
        inputs: &Inputs<'_>,
    ) -> Result<Self> {
        let template = Params::new(layout.params.format(), by, layout.positive);
        let params = device.uniform("order", size_of::<Params>() as u64)?;
        let launch = Launch::over_rows(device_caps(device).software);
        let over_rows = |kernel: &Kernel, outputs: &[&Storage]| {
            let mut bindings = vec![
                Binding::Uniform(&params),
                Binding::Upload(inputs.scores),
                Binding::Upload(inputs.labels),
                Binding::Storage(inputs.planes),
            ];
            bindings.extend(outputs.iter().map(|&output| Binding::Storage(output)));
            device.bind(kernel, &launch, &bindings)
        };
        if let Some(bins) = bins {
            let dispatches = vec![over_rows(&twin::COUNT, &[bins])?];
            return Ok(Self { template, params, dispatches, laid_out: None });
        }
        let counts = device.storage("order counts", COUNT_BYTES)?;
        let cursors = device.storage("order cursors", COUNTER_BYTES)?;
        let low_bytes = low_bytes(inputs.capacity);
        let lows = device.storage("order", low_bytes)?;
        let scan = device.uniform("order scan", size_of::<ScanParams>() as u64)?;
        device.set(&scan, &ScanParams { counters: to_u32(SLOTS), pad: [0; 3] });
        let scanned =
            [Binding::Uniform(&scan), Binding::Storage(&counts), Binding::Storage(&cursors)];
        let dispatches = vec![
            over_rows(&twin::COUNT, &[&counts])?,
            device.bind(&twin::SCAN, &twin::SCAN.launch, &scanned)?,
            over_rows(&twin::SCATTER, &[&cursors, &lows])?,
        ];
        let laid_out = LaidOut {
            counts,
            lows,
            fetched_counts: device.download("order counts", COUNT_BYTES)?,
            fetched_lows: device.download("order", low_bytes)?,
        };
        Ok(Self { template, params, dispatches, laid_out: Some(laid_out) })
    }

    /// Sets parameters for `[rows, stride]` and clears what is counted in.
    pub(super) fn begin(
        &self,
        device: &Device,
        commands: &mut Commands<'_>,
        [rows, stride]: [u32; 2],
    ) {
        device.set(&self.params, &self.template.of_rows(rows, stride));
        if let Some(laid_out) = &self.laid_out {
            commands.clear(&laid_out.counts);
            commands.clear(&laid_out.lows);
        }
    }

    /// The kernels, to be run after those that score rows.
    pub(super) fn kernels(&self) -> &[Dispatch] {
        &self.dispatches
    }

    /// Fetches what the kernels left of `rows` rows.
    pub(super) fn fetch(&mut self, commands: &mut Commands<'_>, rows: u32) {
        let Some(LaidOut { counts, lows, fetched_counts, fetched_lows, .. }) = &mut self.laid_out
        else {
            return;
        };
        commands.fetch(counts, 0, COUNT_BYTES, fetched_counts);
        commands.fetch(lows, 0, 4 * u64::from(rows.div_ceil(2)), fetched_lows);
    }

    /// Gives `take` what was fetched, `scored` rows.
    pub(super) fn take(
        &mut self,
        device: &Device,
        scored: u32,
        take: impl FnOnce(By, &[u32], &[u16]),
    ) -> Result<()> {
        let Some(laid_out) = &mut self.laid_out else { return Ok(()) };
        let counts = device.read(&mut laid_out.fetched_counts)?;
        let lows = device.read(&mut laid_out.fetched_lows)?;
        let Some((&marks, counts)) = counts.split_last() else {
            return Err(device.error("gave no counters back"));
        };
        let rows: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        if rows != u64::from(scored) {
            let problem = format!("scored {scored} rows and put {rows} in order");
            return Err(device.error(problem));
        }
        let lows: &[u16] = bytemuck::cast_slice(&lows);
        if twin::marks(counts, lows) != marks {
            return Err(device.error("put rows elsewhere in order than it had counted"));
        }
        take(self.template.by(), counts, lows);
        Ok(())
    }
}

/// Bytes of the lower halves of the keys of `rows` rows.
fn low_bytes(rows: usize) -> u64 {
    2 * rows as u64
}
