//! Rows in memory, as a source of batches.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use half::{bf16, f16};
use tallyho::batch::{Batch, Names, Role, Scores, Text};
use tallyho::class::Classes;
use tallyho::engine::{Backend, Evaluation, OnInvalid, Plan, Preparation, evaluate};
use tallyho::error::Result;
use tallyho::input::Source;
use tallyho::tally::{Auc, ScoreType, ScoresAre, Spec, Tallies, Task};

/// One part, handed out in batches of `batch_rows`.
pub struct Memory {
    pub labels: Names,
    pub predictions: Names,
    pub scores: Scores,
    pub columns: usize,
    pub batch_rows: usize,
    pub cursor: AtomicUsize,
    path: PathBuf,
}

impl Memory {
    pub fn pairs(labels: Names, predictions: Names) -> Self {
        let scores = Scores::default();
        Self {
            labels,
            predictions,
            scores,
            columns: 0,
            batch_rows: 1 << 14,
            cursor: AtomicUsize::new(0),
            path: "memory".into(),
        }
    }

    pub fn scores(labels: Names, scores: Scores, columns: usize) -> Self {
        Self { scores, columns, ..Self::pairs(labels, Names::default()) }
    }

    pub fn batch_rows(mut self, batch_rows: usize) -> Self {
        self.batch_rows = batch_rows;
        self
    }
}

pub fn slice(names: &Names, from: usize, to: usize) -> Names {
    match names {
        Names::U8(values) => Names::U8(values[from..to].to_vec()),
        Names::U16(values) => Names::U16(values[from..to].to_vec()),
        Names::U32(values) => Names::U32(values[from..to].to_vec()),
        Names::I32(values) => Names::I32(values[from..to].to_vec()),
        Names::I64(values) => Names::I64(values[from..to].to_vec()),
        Names::Text(text) => {
            let mut part = Text::default();
            (from..to).for_each(|row| part.push(std::str::from_utf8(text.get(row)).unwrap()));
            Names::Text(part)
        }
    }
}

pub fn slice_scores(scores: &Scores, from: usize, to: usize) -> Scores {
    match scores {
        Scores::F16(values) => Scores::F16(values[from..to].to_vec()),
        Scores::Bf16(values) => Scores::Bf16(values[from..to].to_vec()),
        Scores::F32(values) => Scores::F32(values[from..to].to_vec()),
        Scores::F64(values) => Scores::F64(values[from..to].to_vec()),
    }
}

impl Source for Memory {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        let from = self.cursor.fetch_add(self.batch_rows, Ordering::Relaxed);
        let to = self.labels.len().min(from + self.batch_rows);
        if from >= to {
            return Ok(false);
        }
        let predictions = match self.predictions.len() {
            0 => Names::default(),
            _ => slice(&self.predictions, from, to),
        };
        *batch = Batch {
            slices: Vec::new(),
            part: 0,
            first_row: from as u64,
            rows: to - from,
            labels: slice(&self.labels, from, to),
            predictions,
            scores: slice_scores(&self.scores, from * self.columns, to * self.columns),
            faults: Vec::new(),
        };
        Ok(true)
    }

    fn rewind(&self) -> Result<()> {
        self.cursor.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn path(&self, _part: usize, _role: Role) -> &Path {
        &self.path
    }
}

/// Scores as they are stored in each type, rounded where it is narrower.
pub fn of_each_type(values: &[f32]) -> [(Scores, ScoreType); 4] {
    let each = || values.iter().copied();
    [
        (Scores::F16(each().map(f16::from_f32).collect()), ScoreType::F16),
        (Scores::Bf16(each().map(bf16::from_f32).collect()), ScoreType::Bf16),
        (Scores::F32(values.to_vec()), ScoreType::F32),
        (Scores::F64(each().map(f64::from).collect()), ScoreType::F64),
    ]
}

/// A plan for predictions with classes to be discovered.
pub fn plan(threads: usize) -> Plan {
    Plan {
        part_scores: [].into(),
        slices: Vec::new(),
        spec: Spec::default(),
        stored_as: None,
        preparation: Preparation::default(),
        classes: None,
        ignore: Vec::new(),
        on_invalid: OnInvalid::Error,
        outside: None,
        seen: Arc::default(),
        binary_classes_found: false,
        correctness_up_to: None,
        threads,
        notices: Vec::new(),
    }
}

/// A plan for a score for each of `classes`.
pub fn score_plan(threads: usize, classes: usize, scores_are: ScoresAre, of: ScoreType) -> Plan {
    let spec = Spec {
        task: Task::Matrix,
        scores_are: Some(scores_are),
        score_type: Some(of.counted_as()),
        ..Spec::default()
    };
    let stored_as = Some(of);
    Plan { spec, stored_as, classes: Some(Classes::numbered(classes)), ..plan(threads) }
}

/// A plan for one score per row of class 1, by exact order.
pub fn binary_plan(threads: usize, scores_are: ScoresAre, of: ScoreType) -> Plan {
    let mut plan = score_plan(threads, 2, scores_are, of);
    plan.spec.task = Task::Binary { positive: 1 };
    plan.spec.threshold = Some(if scores_are == ScoresAre::Logits { 0.0 } else { 0.5 });
    plan.spec.auc = Auc::Exact;
    plan
}

pub fn run(source: &Memory, plan: &Plan) -> Result<Evaluation> {
    source.cursor.store(0, Ordering::Relaxed);
    evaluate(source, plan, &Backend::Cpu, &AtomicBool::new(false))
}

/// The tallies of integer pairs, classes discovered.
pub fn tallies(labels: &[i64], predictions: &[i64]) -> Tallies {
    let source = Memory::pairs(Names::I64(labels.to_vec()), Names::I64(predictions.to_vec()));
    run(&source, &plan(1)).unwrap().tallies
}
