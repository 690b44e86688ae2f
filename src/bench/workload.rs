//! The workload that is timed: rows that are generated in memory, or the user's own.

use std::sync::Arc;

use crate::batch::{Batch, Names, Scores};
use crate::class::Classes;
use crate::engine::{OnInvalid, Plan, Preparation};
use crate::error::Result;
use crate::exact::ScoreType;
use crate::synth::{self, Content, Recipe, ScoreKind};
use crate::tally::{ScoresAre, Spec, Task};

/// Numbers of classes of the standard workloads.
pub const CLASSES: [u32; 5] = [2, 10, 100, 1_000, 32_000];

/// Rows of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Type of the scores; `None` for pairs of label and prediction.
    pub score_type: Option<ScoreType>,
    /// Number of classes.
    pub classes: u32,
}

impl Workload {
    /// Pairs, and logits of single precision and of both types of 16 bits, each from
    /// few classes to many.
    pub fn standard() -> Vec<Self> {
        let types = [None, Some(ScoreType::F32), Some(ScoreType::F16), Some(ScoreType::Bf16)];
        let each = |score_type| CLASSES.map(|classes| Self { score_type, classes });
        types.into_iter().flat_map(each).collect()
    }

    /// What it is called: "pairs", "scores f32".
    pub fn kind(self) -> String {
        self.score_type.map_or("pairs".into(), |it| format!("scores {}", it.name()))
    }

    /// Bytes of a row in memory.
    pub(super) fn row_bytes(self) -> usize {
        8 + self.score_type.map_or(8, |it| it.bytes() * self.classes as usize)
    }

    /// About `bytes` of rows, in batches that fit a cache.
    pub(super) fn batches(self, bytes: usize) -> Result<Vec<Batch>> {
        const BATCH_BYTES: usize = 384 << 10;
        let batch_rows = (BATCH_BYTES / self.row_bytes()).clamp(1, 1 << 16);
        let count = (bytes / (batch_rows * self.row_bytes())).clamp(2, 1 << 10);
        let rows = synth::Rows::new(self.recipe((count * batch_rows) as u64))?;
        let mut block = synth::Block::default();
        let batch = |number: usize| {
            rows.fill((number * batch_rows) as u64, batch_rows, synth::Wanted::ALL, &mut block);
            let predictions = match self.score_type {
                None => Names::I64(std::mem::take(&mut block.predictions)),
                Some(_) => Names::default(),
            };
            Batch {
                rows: batch_rows,
                labels: Names::I64(std::mem::take(&mut block.labels)),
                predictions,
                scores: match self.score_type {
                    None => Scores::default(),
                    Some(_) => std::mem::take(&mut block.scores),
                },
                ..Batch::default()
            }
        };
        Ok((0..count).map(batch).collect())
    }

    fn recipe(self, rows: u64) -> Recipe {
        let content = self.score_type.map_or(Content::Predictions, |score_type| {
            Content::Scores(ScoreKind { scores_are: ScoresAre::Logits, score_type, binary: false })
        });
        let classes = self.classes;
        Recipe { rows, first_row: 0, classes, content, accuracy: 0.9, skew: 0.0, seed: 0 }
    }

    pub(super) fn plan(self, threads: usize) -> Plan {
        let has_scores = self.score_type.is_some();
        let spec = Spec {
            task: if has_scores { Task::Matrix } else { Task::Predictions },
            scores_are: has_scores.then_some(ScoresAre::Logits),
            score_type: self.score_type.map(ScoreType::counted_as),
            ..Spec::default()
        };
        Plan {
            part_scores: [].into(),
            slices: Vec::new(),
            spec,
            stored_as: self.score_type,
            preparation: Preparation::default(),
            classes: has_scores.then(|| Classes::numbered(self.classes as usize)),
            ignore: Vec::new(),
            on_invalid: OnInvalid::Error,
            outside: None,
            seen: Arc::default(),
            threads,
            binary_classes_found: false,
            correctness_up_to: None,
            notices: Vec::new(),
        }
    }
}
