//! Made-up rows like those of a workload, to measure with.

use half::{bf16, f16};

use super::workload::{Workload, row_bytes};
use crate::batch::{Batch, Names, Scores};
use crate::class::Classes;
use crate::engine::plan::options::OnInvalid;
use crate::engine::plan::preparation::Preparation;
use crate::engine::plan::settled::Plan;
use crate::exact::ScoreType;

/// Bytes of a batch, and batches: more than caches hold, but for large ones.
const BATCH_BYTES: usize = 384 << 10;
const BATCHES: usize = 16;

/// The plan for rows that are made here: numbered classes, no row left out.
pub(crate) fn plan_like(plan: &Plan, workload: &Workload) -> Plan {
    Plan {
        classes: Some(Classes::numbered(classes_of(workload))),
        ignore: Vec::new(),
        preparation: Preparation::default(),
        on_invalid: OnInvalid::Skip,
        binary_classes_found: false,
        correctness_up_to: None,
        notices: Vec::new(),
        ..plan.clone()
    }
}

/// How many classes there are.
fn classes_of(workload: &Workload) -> usize {
    match workload.columns {
        0 => workload.classes.max(2),
        1 => 2,
        columns => columns,
    }
}

/// Rows of which nine of ten are right; of scores that are as logits and
/// probabilities usually are.
pub(crate) fn batches(workload: &Workload) -> Vec<Batch> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row's bytes")]
    let bytes = match workload.columns {
        0 => 2 * size_of::<i64>(),
        _ => row_bytes(workload).max(1.0) as usize,
    };
    let rows = (BATCH_BYTES / bytes).clamp(1, 1 << 16);
    let classes = classes_of(workload);
    let mut state = 1_u64;
    let mut word = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state >> 33
    };
    let mut batch = |_| {
        let labels: Vec<i64> = (0..rows).map(|_| (word() % classes as u64).cast_signed()).collect();
        let mut batch = Batch { rows, ..Batch::default() };
        if workload.columns == 0 {
            let other = |label: &i64| match word() % 10 {
                0 => (word() % classes as u64).cast_signed(),
                _ => *label,
            };
            batch.predictions = Names::I64(labels.iter().map(other).collect());
        } else {
            batch.scores = scores(workload, rows, &mut word);
        }
        batch.labels = Names::I64(labels);
        batch
    };
    (0..BATCHES).map(&mut batch).collect()
}

/// Rows that pass as probabilities too: each score but the first lies in
/// [0, 1/columns], and the first is the rest.
fn scores(workload: &Workload, rows: usize, word: &mut impl FnMut() -> u64) -> Scores {
    let columns = workload.columns;
    let score_type = workload.score_type.unwrap_or(ScoreType::F32);
    let scale = 1.0 / (columns as f32 * (1_u64 << 31) as f32);
    let stored = |score: f32| match score_type {
        ScoreType::F16 => f16::from_f32(score).to_f32(),
        ScoreType::Bf16 => bf16::from_f32(score).to_f32(),
        ScoreType::F32 | ScoreType::F64 => score,
    };
    let mut scores: Vec<f32> = (0..rows * columns).map(|_| stored(word() as f32 * scale)).collect();
    for row in scores.chunks_exact_mut(columns).filter(|row| row.len() > 1) {
        row[0] = 1.0 - row[1..].iter().sum::<f32>();
    }
    match score_type {
        ScoreType::F16 => Scores::F16(scores.into_iter().map(f16::from_f32).collect()),
        ScoreType::Bf16 => Scores::Bf16(scores.into_iter().map(bf16::from_f32).collect()),
        ScoreType::F32 => Scores::F32(scores),
        ScoreType::F64 => Scores::F64(scores.into_iter().map(f64::from).collect()),
    }
}
