//! Binary scores in order: the device's order is the CPU's.

use std::sync::Arc;

use libtest_mimic::Failed;
use tallyho::batch::Names;
use tallyho::engine::{self, Backend, OnDevice, OnInvalid};
use tallyho::gpu::Device;
use tallyho::tally::{Auc, Counted, Question, ScoresAre, Task};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, of_each_type};
use crate::evaluations::{MEMORY, labels, outcome};

/// One score per row, of every kind that goes wrong somewhere.
fn in_order(rng: &mut Rng, kind: &str, scores_are: ScoresAre, rows: usize) -> Vec<f32> {
    let probabilities = scores_are == ScoresAre::Probabilities;
    let odd = match probabilities {
        true => [0.0, -0.0, 1.0, 0.5, 1e-45, 0.999_999_94, f32::NAN, f32::INFINITY, 1.5],
        false => {
            [0.0, -0.0, 1e-45, -1e-45, 3e38, f32::NEG_INFINITY, f32::NAN, f32::INFINITY, -3e38]
        }
    };
    let any = |rng: &mut Rng| match (probabilities, rng.below(4)) {
        (true, 0) => 1.0 - rng.below(1 << 12) as f32 / (1 << 24) as f32,
        (true, _) => rng.below(1 << 24) as f32 / (1 << 24) as f32,
        (false, 0) => rng.normal() * 1e-6,
        (false, _) => rng.normal() * 3.0,
    };
    let score = |rng: &mut Rng| match kind {
        "constant" => 0.25,
        "ties" => rng.below(8) as f32 / 8.0,
        "one bucket" => f32::from_bits(0x3f00_0000 | rng.below(1 << 16)),
        "odd" if rng.below(3) == 0 => odd[rng.below(9) as usize],
        _ => any(rng),
    };
    (0..rows).map(|_| score(rng)).collect()
}

/// Exactly and by bins, with nothing else or with all, in one round or many.
pub fn binary_scores_are_put_in_order_alike(device: &Arc<Device>) -> Result<(), Failed> {
    let mut rng = Rng::new(14);
    let questions = [Question::PartialArea(0.1), Question::CoverageAtRisk(0.3)];
    for (number, kind) in
        ["any", "constant", "ties", "one bucket", "odd", "one class"].into_iter().enumerate()
    {
        for scores_are in [ScoresAre::Logits, ScoresAre::Probabilities] {
            let rows = [9_000, 1, 4_001][number % 3];
            let values = in_order(&mut rng, kind, scores_are, rows);
            let most = if kind == "one class" { 1 } else { 2 };
            let labels = Names::I64(labels(&mut rng, rows, most));
            for (scores, of) in of_each_type(&values) {
                for (auc, counted) in [
                    (Auc::Exact, Counted::All),
                    (Auc::Exact, Counted::Order),
                    (Auc::Binned, Counted::All),
                    (Auc::Binned, Counted::Order),
                ] {
                    for (batch_rows, round_bytes) in
                        [(313, 4 << 30), (10_000, 4 << 30), (64, 9_000)]
                    {
                        let mut plan = binary_plan(2, scores_are, of);
                        plan.spec.task = Task::Binary { positive: number % 2 };
                        plan.spec.auc = auc;
                        plan.spec.counted = counted;
                        plan.on_invalid = OnInvalid::Skip;
                        if counted == Counted::All {
                            questions.iter().for_each(|it| plan.spec.order.ask(*it));
                        }
                        if engine::cpu_only(&plan).is_some() {
                            return Err(format!("{auc:?} would run on the CPU").into());
                        }
                        let source = Memory::scores(labels.clone(), scores.clone(), 1);
                        let source = source.batch_rows(batch_rows);
                        let backend =
                            OnDevice { round_bytes, ..OnDevice::new(Arc::clone(device), MEMORY) };
                        let cpu = outcome(&source, &plan, &Backend::Cpu);
                        let gpu = outcome(&source, &plan, &Backend::Gpu(backend));
                        if cpu != gpu {
                            let what =
                                format!("{kind} {scores_are:?} of {of:?}, {auc:?}, {counted:?}");
                            return Err(
                                format!("{what}, {batch_rows}:\ncpu {cpu}\ngpu {gpu}").into()
                            );
                        }
                    }
                }
            }
        }
    }
    Ok(())
}
