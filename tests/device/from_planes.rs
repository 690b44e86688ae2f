//! Aggregates that a device has no form for: the host counts them from its planes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use libtest_mimic::Failed;
use tallyho::batch::Names;
use tallyho::engine::{Backend, OnDevice, OnInvalid, evaluate};
use tallyho::gpu::Device;
use tallyho::notice;
use tallyho::tally::{self, Aggregate, Auc, ScoresAre, Tempered};

use crate::common::Rng;
use crate::common::memory::{Memory, of_each_type, score_plan};

/// What a device has no form for is counted by the host from planes that are fetched: bins
/// of each class, losses at other temperatures, orders of each class, which rows were right.
pub fn what_a_device_does_not_count_is_counted_from_its_planes(
    device: &Arc<Device>,
) -> Result<(), Failed> {
    for seed in 0..12 {
        let mut rng = Rng::new(seed);
        let classes = [2, 3, 12, 40][rng.below(4) as usize];
        let rows = 300 + rng.below(2_000) as usize;
        let logits = seed % 2 == 0;
        let labels = (0..rows).map(|_| i64::from(rng.below(classes as u32 + 1))).collect();
        let scores: Vec<f32> = match logits {
            true => (0..rows * classes).map(|_| 3.0 * rng.normal()).collect(),
            false => (0..rows).flat_map(|_| share_of_eighths(&mut rng, classes)).collect(),
        };
        let are = if logits { ScoresAre::Logits } else { ScoresAre::Probabilities };
        let (scores, of) = of_each_type(&scores).into_iter().nth(rng.below(4) as usize).unwrap();
        let source = Memory::scores(Names::I64(labels), scores, classes).batch_rows(257);
        let mut plan = score_plan(2, classes, are, of);
        plan.on_invalid = OnInvalid::Skip;
        plan.spec.auc = [Auc::Exact, Auc::Binned, Auc::None][rng.below(3) as usize];
        plan.spec.order.confidence = plan.spec.auc == Auc::Exact;
        plan.correctness_up_to = (rng.below(2) == 0).then_some(1 << 20);
        let on_request = tally::aggregate::ALL.iter().filter(|it| it.on_request.is_some());
        plan.spec.asked = on_request.map(|it| it.name).collect();
        if !logits {
            plan.spec.asked.remove(Tempered::NAME);
        }
        let stop = AtomicBool::new(false);
        let found = |backend: &Backend| {
            source.cursor.store(0, Ordering::Relaxed);
            evaluate(&source, &plan, backend, &stop).unwrap()
        };
        // Rounds of a few kilobytes, so that there are several.
        let on_device =
            OnDevice { round_bytes: 1 << 14, ..OnDevice::new(Arc::clone(device), 64 << 20) };
        let (cpu, gpu) = (found(&Backend::Cpu), found(&Backend::Gpu(on_device)));
        if gpu.notices.iter().any(|it| it.code == notice::DEVICE_NOT_USED) {
            return Err(format!("seed {seed}: {:?}", gpu.notices).into());
        }
        if cpu.tallies != gpu.tallies || cpu.correctness != gpu.correctness {
            return Err(format!("seed {seed}: the device counts otherwise").into());
        }
        assert!(plan.spec.asked.iter().all(|name| {
            tally::aggregate::entry(name).is_some_and(|entry| gpu.tallies.has(entry))
        }));
    }
    Ok(())
}

/// A row of probabilities that are eighths.
fn share_of_eighths(rng: &mut Rng, classes: usize) -> Vec<f32> {
    let mut row = vec![0.0; classes];
    (0..8).for_each(|_| row[rng.below(classes as u32) as usize] += 0.125);
    row
}
