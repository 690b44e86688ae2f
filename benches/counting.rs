//! The kernels that count, beside their twins: pairs, bins, sums.
//!
//! On a device only the kernel is timed: its inputs lie there already. Set
//! `TALLYHO_DEVICE` to choose one.

use criterion::{BenchmarkId, Criterion, Throughput};

use tallyho::kernel::confusion::{self, Column, ColumnType, Params};
use tallyho::kernel::order::shader::{self as order, By};
use tallyho::kernel::order::twin::{COUNT, SCAN};
use tallyho::kernel::rows::shader::Format;
use tallyho::kernel::{Access, Kernel, Launch, Slot, bins, planes, ranks, sums};

use crate::words;

const ROWS: usize = 1 << 20;

/// What a kernel is given, and how many rows or cells that is.
struct Work {
    kernel: Kernel,
    launch: Launch,
    label: String,
    slots: Vec<Vec<u32>>,
    elements: usize,
}

pub(crate) fn counting(c: &mut Criterion) {
    #[cfg(feature = "gpu")]
    let device = device::open();
    let others = of_order().into_iter().chain([of_ranks()]);
    for work in pairs().into_iter().chain(of_planes()).chain(others) {
        let mut group = c.benchmark_group(work.kernel.name);
        group.throughput(Throughput::Elements(work.elements as u64));
        let mut slots = work.slots.clone();
        (work.kernel.cpu)(&mut bind(&work.kernel, &mut slots));
        #[cfg(feature = "gpu")]
        if let Some(device) = &device {
            device::compare(device, &work, &slots);
            let id = BenchmarkId::new(&device.about().name, &work.label);
            let mut ready = device::Ready::new(device, &work);
            group.bench_function(id, |b| b.iter_custom(|runs| ready.time(device, runs)));
        }
        let id = BenchmarkId::new("twin", &work.label);
        group.bench_function(id, |b| {
            b.iter(|| (work.kernel.cpu)(&mut bind(&work.kernel, &mut slots)));
        });
        group.finish();
    }
}

fn bind<'a>(kernel: &Kernel, slots: &'a mut [Vec<u32>]) -> Vec<Slot<'a>> {
    let each = kernel.bindings.iter().zip(slots);
    each.map(|(access, words)| match access {
        Access::ReadWrite => Slot::InOut(words),
        _ => Slot::In(words),
    })
    .collect()
}

/// Nine of ten predictions are right.
fn pairs() -> Vec<Work> {
    let mut all = Vec::new();
    for (classes, kernels) in [
        (10, &[confusion::WORKGROUP, confusion::GLOBAL][..]),
        (1_000, &[confusion::DIAGONAL, confusion::GLOBAL, confusion::SUBGROUP][..]),
        (100_000, &[confusion::SPARSE][..]),
    ] {
        let labels: Vec<u32> = words(ROWS).map(|word| word % classes).collect();
        let wrong = words(2 * ROWS).skip(ROWS);
        let predictions: Vec<u32> = labels
            .iter()
            .zip(wrong)
            .map(|(&label, word)| if word % 10 == 0 { word / 10 % classes } else { label })
            .collect();
        for kernel in kernels {
            for kind in [ColumnType::U8, ColumnType::U16, ColumnType::U32, ColumnType::I64] {
                if (u64::from(classes) - 1) >> (8 * kind.bytes()).min(63) > 0 {
                    continue;
                }
                let column = Column { kind, base: 0 };
                let slots_log = 18;
                let params = Params {
                    slots: slots_log,
                    room: ROWS as u32,
                    ..Params::new(ROWS as u32, classes, column, column)
                };
                let mut slots = vec![
                    bytemuck::cast_slice(&[params]).to_vec(),
                    column_words(kind, &labels),
                    column_words(kind, &predictions),
                ];
                match kernel.name {
                    "confusion_sparse" => {
                        slots.extend([vec![0; 4 << slots_log], vec![0; 4 + 3 * ROWS]]);
                    }
                    _ => slots.push(vec![0; (classes * classes) as usize + 1]),
                }
                all.push(Work {
                    kernel: *kernel,
                    launch: confusion::launch(kernel, &params),
                    label: format!("{classes} classes, {kind:?}"),
                    slots,
                    elements: ROWS,
                });
            }
        }
    }
    all
}

fn column_words(kind: ColumnType, values: &[u32]) -> Vec<u32> {
    let bytes = values
        .iter()
        .flat_map(|&value| u64::from(value).to_le_bytes().into_iter().take(kind.bytes()));
    let bytes: Vec<u8> = bytes.collect();
    bytemuck::pod_collect_to_vec(&bytes)
}

/// Nine of ten rows in the last bin, all of them scored.
fn of_planes() -> Vec<Work> {
    let mut planes: Vec<u32> = words(8 * ROWS).map(|word| word >> 2).collect();
    planes[planes::Plane::LossHigh as usize * ROWS..][..ROWS].fill(3);
    planes[planes::Plane::State as usize * ROWS..][..ROWS].fill(0);
    let rows = ROWS as u32;
    let params = sums::Params { rows, stride: rows, pad: [0; 2] };
    let of_sums = |kernel: Kernel| Work {
        kernel,
        launch: kernel.launch,
        label: format!("{ROWS} rows"),
        slots: vec![bytemuck::cast_slice(&[params]).to_vec(), planes.clone(), vec![0; sums::WORDS]],
        elements: ROWS,
    };
    let mut all = vec![of_sums(sums::KERNEL), of_sums(sums::STATES)];
    for (kernel, count) in [(bins::WORKGROUP, 15), (bins::GLOBAL, 15), (bins::GLOBAL, 10_000_u32)] {
        let bins = &mut planes[planes::Plane::Bin as usize * ROWS..][..ROWS];
        for (bin, word) in bins.iter_mut().zip(words(ROWS)) {
            *bin = if word % 10 == 0 { word / 10 % count } else { count - 1 };
        }
        let params = bins::Params { rows, stride: rows, bins: count, replicas: 0 };
        all.push(Work {
            kernel,
            launch: kernel.launch,
            label: format!("{count} bins"),
            slots: vec![
                bytemuck::cast_slice(&[params]).to_vec(),
                words(ROWS).collect(),
                planes.clone(),
                vec![0; 4 * count as usize],
            ],
            elements: ROWS,
        });
    }
    all
}

/// Normal enough: scores in -8..8, a third of them positive. Laying rows out is
/// left to `order` in `benches.rs`: a second run would go on where the first ended.
fn of_order() -> Vec<Work> {
    let rows = ROWS as u32;
    let params = order::Params::new(Format::F32, By::Score, 0).of_rows(rows, rows);
    let score = |word: u32| ((word >> 8) as f32 / (1 << 19) as f32 - 8.0).to_bits();
    let all = order::ScanParams { counters: order::SLOTS as u32, pad: [0; 3] };
    let of = |kernel: Kernel, slots, elements| Work {
        kernel,
        launch: kernel.launch,
        label: format!("{elements} words"),
        slots,
        elements,
    };
    let count = vec![
        bytemuck::cast_slice(&[params]).to_vec(),
        words(ROWS).map(score).collect(),
        words(ROWS).map(|word| word % 3).collect(),
        vec![0; 8 * ROWS],
        vec![0; order::SLOTS],
    ];
    let scan = vec![
        bytemuck::cast_slice(&[all]).to_vec(),
        words(order::SLOTS).map(|word| word % 16).collect(),
        vec![0; order::SLOTS],
    ];
    vec![of(COUNT, count, ROWS), of(SCAN, scan, order::SLOTS)]
}

/// Nine of ten labels are ahead of all other classes.
fn of_ranks() -> Work {
    let classes = 1_000;
    let ranked = words(ROWS).map(|word| if word % 10 == 0 { word / 10 % classes } else { 0 });
    let params = ranks::Params { rows: ROWS as u32, classes, pad: [0; 2] };
    Work {
        kernel: ranks::KERNEL,
        launch: ranks::KERNEL.launch,
        label: format!("{classes} classes"),
        slots: vec![
            bytemuck::cast_slice(&[params]).to_vec(),
            ranked.collect(),
            vec![0; classes as usize],
        ],
        elements: ROWS,
    }
}

#[cfg(feature = "gpu")]
mod device {
    use std::time::{Duration, Instant};

    use tallyho::gpu::{Binding, Device, Dispatch, Download, Selector, Storage, Uniform, adapters};
    use tallyho::kernel::Access;
    use tallyho::kernel::confusion::Params;

    use super::{Work, bind};

    /// The device named by `TALLYHO_DEVICE`, or the most able one; if there is
    /// none, says so.
    #[allow(clippy::print_stderr, reason = "people who read the figures want to know")]
    pub(super) fn open() -> Option<Device> {
        let named = std::env::var("TALLYHO_DEVICE").unwrap_or_else(|_| "0".into());
        let chosen = Selector::Named(named).choose(&adapters());
        match chosen.and_then(|adapter| Device::open(&adapter)) {
            Ok(device) => Some(device),
            Err(error) => {
                eprintln!("twins only, for want of a device: {error}");
                None
            }
        }
    }

    /// The device must give what the twin gave.
    pub(super) fn compare(device: &Device, work: &Work, expected: &[Vec<u32>]) {
        let mut found = work.slots.clone();
        device.run(&work.kernel, &work.launch, &mut bind(&work.kernel, &mut found)).unwrap();
        let canonical = |slots: &[Vec<u32>]| {
            let mut slots = slots.to_vec();
            if let Some(canonical) = work.kernel.canonical {
                canonical(&mut slots);
            }
            slots
        };
        let same = canonical(&found) == canonical(expected);
        assert!(same, "{} ({}) differs from its twin", work.kernel.name, work.label);
    }

    /// A kernel with its inputs on the device.
    pub(super) struct Ready {
        bound: Dispatch,
        last: Storage,
        download: Download,
        _kept: (Uniform, Vec<Storage>),
    }

    impl Ready {
        pub(super) fn new(device: &Device, work: &Work) -> Self {
            let bytes = |words: &Vec<u32>| 4 * words.len() as u64;
            // The largest parameters; others take the first words.
            let mut params = [0; size_of::<Params>() / 4];
            params[..work.slots[0].len()].copy_from_slice(&work.slots[0]);
            let uniform = device.uniform("params", size_of::<Params>() as u64).unwrap();
            device.set(&uniform, &params);
            let mut storages: Vec<Storage> = work.slots[1..]
                .iter()
                .map(|words| {
                    let storage = device.storage("words", bytes(words)).unwrap();
                    device.put(&storage, words);
                    storage
                })
                .collect();
            assert_eq!(work.kernel.bindings[0], Access::Uniform);
            let bindings: Vec<Binding<'_>> = std::iter::once(Binding::Uniform(&uniform))
                .chain(storages.iter().map(Binding::Storage))
                .collect();
            let bound = device.bind(&work.kernel, &work.launch, &bindings).unwrap();
            let last = storages.pop().unwrap();
            let download = device.download("word", 16).unwrap();
            Self { bound, last, download, _kept: (uniform, storages) }
        }

        pub(super) fn time(&mut self, device: &Device, runs: u64) -> Duration {
            let started = Instant::now();
            for from in (0..runs).step_by(64) {
                let mut commands = device.commands();
                let count = usize::try_from((runs - from).min(64)).unwrap();
                commands.run(std::iter::repeat_n(&self.bound, count));
                commands.fetch(&self.last, 0, 4, &mut self.download);
                commands.submit().unwrap();
                device.read(&mut self.download).unwrap();
            }
            started.elapsed()
        }
    }
}
