//! Short measurements of this CPU and of a device, kept for the next time.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::sample::{batches, plan_like};
use super::workload::{Rates, Workload};
use super::{Candidate, cpu_name};
use crate::batch::Batch;
use crate::class::Classes;
use crate::engine::OnDevice;
use crate::engine::evaluate::{Backend, evaluate};
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::exact::ScoreType;
use crate::gpu::{About, Adapter, CacheDir, Device, Kind, adapters, measure};
use crate::input::{Input, Memory, Shape, Until};
use crate::tally::Auc;

/// How long the CPU, the upload and the device are measured.
const MEASURING: Duration = Duration::from_millis(120);

/// Rows up to so wide are measured as they are, wider ones by the next power of 2.
const NARROW: usize = 16;

/// A device that was found, and opened if it had to be measured.
#[derive(Debug)]
pub struct FoundDevice {
    adapter: Adapter,
    device: Option<Arc<Device>>,
}

impl FoundDevice {
    /// What the adapter says of itself.
    pub fn about(&self) -> &About {
        &self.adapter.about
    }

    /// The device.
    ///
    /// # Errors
    ///
    /// [`Error::Device`](crate::error::Error::Device) if the driver refuses.
    pub fn open(self) -> Result<Arc<Device>> {
        self.device.map_or_else(|| Device::open(&self.adapter).map(Arc::new), Ok)
    }
}

/// What of `input` bears on where `plan` is carried out.
pub fn workload(input: &Input, plan: &Plan) -> Workload {
    let (columns, file_bytes) = match input.shape() {
        Shape::Predictions => (0, input.bytes()),
        Shape::Binary => (1, input.bytes()),
        Shape::Matrix { columns, .. } => (*columns, input.bytes()),
    };
    let is_text = input.files().iter().any(|file| file.format == "csv");
    // Of text, the rows are not known; a score takes about ten letters.
    let guess = file_bytes / (10 * columns as u64).max(4);
    Workload {
        rows: input.rows().unwrap_or(guess),
        columns,
        classes: plan.classes.as_ref().map_or(10, Classes::len),
        score_type: input.score_type(),
        file_bytes,
        is_text,
        counted: plan.spec.counted,
        auc: plan.spec.auc,
        by_confidence: plan.spec.order.confidence,
        cpu_only: crate::engine::better_on_cpu(plan),
    }
}

/// The most able hardware device with rates for `workload`, from the cache or
/// measured now with up to `memory` bytes of it, in about half a second; `None` if
/// there is no such device.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if it cannot be used.
pub fn candidate(
    workload: &Workload,
    plan: &Plan,
    memory: u64,
    cache: Option<&CacheDir>,
) -> Result<Option<Candidate<FoundDevice>>> {
    let hardware = |adapter: &Adapter| adapter.about.kind != Kind::Software;
    let Some(adapter) = adapters().into_iter().find(hardware) else { return Ok(None) };
    let (rates, device) = rates(&adapter, workload, plan, memory, cache)?;
    let name = adapter.about.name.clone();
    Ok(Some(Candidate { name, rates, device: FoundDevice { adapter, device } }))
}

/// The rates of an adapter and of this CPU for rows like those wanted; and the
/// device, if it was opened for that.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if it cannot be used.
pub fn rates(
    adapter: &Adapter,
    workload: &Workload,
    plan: &Plan,
    memory: u64,
    cache: Option<&CacheDir>,
) -> Result<(Rates, Option<Arc<Device>>)> {
    let columns = measured_columns(workload.columns);
    let key = key(&adapter.about, workload, plan, memory, columns);
    let known = cache.and_then(|cache| cache.get(&key)).and_then(|text| parse(&text));
    let (rates, device) = match known {
        Some(rates) => (rates, None),
        None => {
            let (rates, device) = measured(adapter, workload, plan, memory, columns)?;
            if let Some(cache) = cache {
                cache.put(&key, &spelled(&rates));
            }
            (rates, Some(device))
        }
    };
    // Within a power of 2, time goes by the score.
    let scale = columns.max(1) as f64 / workload.columns.max(1) as f64;
    let rates = Rates {
        cpu_rows_per_second: rates.cpu_rows_per_second * scale,
        kernel_rows_per_second: rates.kernel_rows_per_second * scale,
        ..rates
    };
    Ok((rates, device))
}

fn measured_columns(columns: usize) -> usize {
    if columns <= NARROW { columns } else { columns.next_power_of_two() }
}

/// Everything that rates depend on.
fn key(about: &About, workload: &Workload, plan: &Plan, memory: u64, columns: usize) -> String {
    format!(
        "rates by slope\nversion {}\ncpu {}\nthreads {}\nmemory {memory}\nadapter {}\nbackend {}\ndriver {}\nrows {columns} {} \
         {:?} {:?} {} {} {} {}",
        env!("CARGO_PKG_VERSION"),
        cpu_name(),
        plan.threads,
        about.name,
        about.backend,
        about.driver,
        workload.score_type.map_or("pairs", ScoreType::name),
        plan.spec.scores_are,
        workload.classes.next_power_of_two(),
        plan.spec.counted.name(),
        plan.spec.auc.name(),
        plan.spec.order.confidence,
        plan.spec.order.mass_bins,
    )
}

fn spelled(rates: &Rates) -> String {
    format!(
        "{} {} {} {}",
        rates.cpu_rows_per_second,
        rates.upload_bytes_per_second,
        rates.kernel_rows_per_second,
        rates.first_use_seconds
    )
}

fn parse(text: &str) -> Option<Rates> {
    let numbers: Vec<f64> = text.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [cpu, upload, kernel, first_use] = numbers[..] else { return None };
    let sound = [cpu, upload, kernel].iter().all(|rate| rate.is_finite() && *rate > 0.0);
    (sound && first_use.is_finite() && first_use >= 0.0).then_some(Rates {
        cpu_rows_per_second: cpu,
        upload_bytes_per_second: upload,
        kernel_rows_per_second: kernel,
        first_use_seconds: first_use,
    })
}

fn measured(
    adapter: &Adapter,
    workload: &Workload,
    plan: &Plan,
    memory: u64,
    columns: usize,
) -> Result<(Rates, Arc<Device>)> {
    let workload = Workload { columns, ..workload.clone() };
    let batches = batches(&workload);
    let plan = plan_like(plan, &workload);
    let started = Instant::now();
    let device = Arc::new(Device::open(adapter)?);
    let backend = Backend::Gpu(OnDevice::new(Arc::clone(&device), memory));
    run(&batches, &plan, &backend, Until::Batches(1))?;
    let first_use_seconds = started.elapsed().as_secs_f64();

    let cpu_rows_per_second = Timed::of(&batches, &plan, &Backend::Cpu, &mut || Ok(()))?.rate();
    let upload_bytes_per_second = measure::upload_rate(&device, plan.threads, memory, MEASURING)?;
    device.keep_time();
    let mut begin = || device.spent().map(drop);
    let timed = Timed::of(&batches, &plan, &backend, &mut begin)?;
    // Without a clock of its own, the device's rate is that of the whole, and so
    // it is where the host has much to do when the device is done.
    let computed = match plan.spec.auc {
        Auc::Exact => None,
        _ => device.spent()?.compute,
    };
    let seconds = |compute: Duration| compute.as_secs_f64().max(1e-9);
    let of_kernels = computed.map(|compute| timed.rows as f64 / seconds(compute));
    let rates = Rates {
        cpu_rows_per_second,
        upload_bytes_per_second,
        kernel_rows_per_second: of_kernels.unwrap_or_else(|| timed.rate()),
        first_use_seconds,
    };
    Ok((rates, device))
}

/// Two runs, a short one and a long one.
///
/// Both take their time to begin and to end: memory and threads are made, buckets
/// of an order are gone through however few rows they hold. The rate of a long
/// file is that by which the two differ.
struct Timed {
    short_rows: u64,
    short: Duration,
    rows: u64,
    long: Duration,
}

impl Timed {
    /// Calls `begin` before the long run.
    fn of(
        batches: &[Batch],
        plan: &Plan,
        backend: &Backend,
        begin: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Self> {
        // The first run after another kind of work is slower than those that follow.
        run(batches, plan, backend, Until::Batches(1))?;
        let started = Instant::now();
        let short_rows = run(batches, plan, backend, Until::Batches(1))?;
        let short = started.elapsed();
        begin()?;
        let started = Instant::now();
        let rows = run(batches, plan, backend, Until::Time(started + short + MEASURING))?;
        Ok(Self { short_rows, short, rows, long: started.elapsed() })
    }

    /// Rows per second of all threads.
    fn rate(&self) -> f64 {
        match self.rows.checked_sub(self.short_rows) {
            Some(more) if more > 0 => more as f64 / (self.long - self.short).as_secs_f64(),
            // So slow that nothing can be told apart.
            _ => self.rows as f64 / self.long.as_secs_f64(),
        }
    }
}

/// Evaluates and gives the number of rows.
fn run(batches: &[Batch], plan: &Plan, backend: &Backend, until: Until) -> Result<u64> {
    let source = Memory::new(batches, until);
    let evaluation = evaluate(&source, plan, backend, &AtomicBool::new(false))?;
    Ok(evaluation.tallies.rows.read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_takes_to_begin_is_no_part_of_its_rate() {
        let of = |short_rows, short, rows, long| {
            let [short, long] = [short, long].map(Duration::from_millis);
            Timed { short_rows, short, rows, long }.rate()
        };
        // 50 ms to begin, 1 ms for each 100 rows.
        assert!((of(100, 51, 1_000, 60) - 1e5).abs() < 1e-6);
        // Nothing to begin.
        assert!((of(100, 10, 1_300, 130) - 1e4).abs() < 1e-6);
        // A machine that stood still in the meantime has a rate all the same.
        assert!((of(100, 10, 100, 200) - 500.0).abs() < 1e-6);
    }
}
