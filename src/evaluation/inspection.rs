//! The inspection of an input: files, roles, classes, first rows, and the warnings
//! that an evaluation would begin with. Nothing is counted.

use serde::Serialize;

use super::provenance;
use crate::batch::{Batch, with_scores};
use crate::engine::Plan;
use crate::error::Result;
use crate::input::{Input, Shape};
use crate::notice::Notice;
use crate::report;

/// Rows that are shown.
const FIRST_ROWS: usize = 5;

/// Scores of a row that are shown.
const FIRST_SCORES: usize = 6;

/// Rows whose classes are listed where all would be known after counting only.
const LOOK_AT: usize = 1_024;

/// What an evaluation would read.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The files, with their types and, where a format says so, their rows.
    pub inputs: Vec<report::Input>,
    /// What a row holds beside its label.
    pub row: String,
    /// Logits or probabilities, where there are scores.
    pub scores_are: Option<&'static str>,
    /// The classes.
    pub classes: Vec<String>,
    /// How the classes came about.
    pub classes_by: &'static str,
    /// The first rows of the first file.
    pub first_rows: Vec<FirstRow>,
    /// What the evaluation would say before it counts.
    pub notices: Vec<Notice>,
}

/// A row as it is read.
#[derive(Clone, Debug, Serialize)]
pub struct FirstRow {
    /// Its number, counting from 0.
    pub row: usize,
    /// Its label.
    pub label: String,
    /// Its prediction, if there are no scores.
    pub prediction: Option<String>,
    /// Its first scores.
    pub scores: Vec<String>,
    /// Why it cannot be scored, if reading it tells.
    pub problem: Option<String>,
}

impl Inspection {
    /// What `plan` would read of `input`; the classes may be `given` by the user.
    ///
    /// # Errors
    ///
    /// Whatever makes the input unreadable.
    pub fn new(input: &Input, plan: &Plan, given: bool) -> Result<Self> {
        let head = input.head(0, LOOK_AT, plan.threads)?;
        let (classes, classes_by) = classes(input, plan, &head, given);
        let mut notices = input.notices().to_vec();
        notices.extend(plan.notices.iter().cloned());
        Ok(Self {
            inputs: input.files().iter().map(|file| provenance::input(file, 0)).collect(),
            row: row(input.shape(), plan),
            scores_are: plan.spec.scores_are.map(|it| it.name()),
            classes,
            classes_by,
            first_rows: first_rows(&head, input.shape()),
            notices,
        })
    }
}

fn row(shape: &Shape, plan: &Plan) -> String {
    let of_type = plan.stored_as.map_or(String::new(), |it| format!(" of type {}", it.name()));
    match shape {
        Shape::Predictions => "a predicted class".to_owned(),
        Shape::Binary => format!("one score{of_type}"),
        Shape::Matrix { columns, .. } => format!("{columns} scores{of_type}"),
    }
}

/// The classes, and what tells them.
fn classes(input: &Input, plan: &Plan, head: &Batch, given: bool) -> (Vec<String>, &'static str) {
    if let Some(classes) = &plan.classes {
        let by = match input.shape() {
            _ if given => "given",
            Shape::Matrix { .. } if input.score_columns().is_some() => "names of score columns",
            Shape::Matrix { .. } => "places of score columns",
            Shape::Binary | Shape::Predictions => "labels",
        };
        return (classes.names().to_vec(), by);
    }
    let mut names: Vec<String> = Vec::new();
    let is_fault = |row| head.faults.iter().any(|fault| fault.row == row);
    for row in (0..head.rows.min(LOOK_AT)).filter(|&row| !is_fault(row)) {
        names.push(head.labels.name(row));
        if !head.predictions.is_empty() {
            names.push(head.predictions.name(row));
        }
    }
    names.sort_unstable();
    names.dedup();
    crate::class::sort(&mut names);
    (names, "labels and predictions of the first rows; counting may find more")
}

fn first_rows(head: &Batch, shape: &Shape) -> Vec<FirstRow> {
    let columns = match shape {
        Shape::Predictions => 0,
        Shape::Binary => 1,
        Shape::Matrix { columns, .. } => *columns,
    };
    let scores = |row: usize| -> Vec<String> {
        let few = columns.min(FIRST_SCORES);
        let start = row * columns;
        with_scores!(&head.scores, scores => {
            scores.iter().skip(start).take(few).map(ToString::to_string).collect()
        })
    };
    let problem = |row| head.faults.iter().find(|fault| fault.row == row);
    (0..head.rows.min(FIRST_ROWS))
        .map(|row| FirstRow {
            row,
            label: head.labels.name(row),
            prediction: (columns == 0).then(|| head.predictions.name(row)),
            scores: scores(row),
            problem: problem(row).map(|fault| fault.problem.clone()),
        })
        .collect()
}
