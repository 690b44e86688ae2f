//! The filter of rows with scores by their labels: which class, and whether the row counts.

use super::invalid::Invalid;
use super::row_counts::RowCounts;
use crate::batch::{Batch, Role};
use crate::class::Classes;
use crate::engine::plan::class_index::ClassIndex;
use crate::engine::plan::settled::Plan;
use crate::tally::Task;

/// The labels of one worker's rows.
pub(crate) struct LabelFilter {
    ids: ClassIndex,
    classes: Classes,
    task: Task,
    third_label_is_an_error: bool,
}

impl LabelFilter {
    pub(crate) fn new(plan: &Plan, classes: &Classes) -> Self {
        Self {
            ids: ClassIndex::new(Some(classes), plan),
            classes: classes.clone(),
            task: plan.spec.task,
            third_label_is_an_error: plan.binary_classes_found,
        }
    }

    /// Writes the number of every label of a batch.
    pub(crate) fn of(&mut self, batch: &Batch, numbers: &mut Vec<u32>) {
        self.ids.of(&batch.labels, 0..batch.rows, numbers);
    }

    /// The classes as numbers.
    pub(crate) fn ids(&self) -> &ClassIndex {
        &self.ids
    }

    /// Whether rows with these labels are all to be scored, reading faults apart.
    pub(crate) fn are_plain(&self, labels: &[u32]) -> bool {
        let is_plain = |label: u32| self.ids.is_class(label) && !self.ids.is_ignored(label);
        match self.ids.ignores() {
            true => labels.iter().all(|&label| is_plain(label)),
            // No label is above all of their bits; that is faster than the greatest to tell.
            false => {
                let bits = labels.iter().fold(0, |all, label| all | label);
                let greatest = || labels.iter().copied().max().unwrap_or(0);
                self.ids.is_class(bits) || self.ids.is_class(greatest())
            }
        }
    }

    /// Whether a row that is not scored is so for its label, which is to be ignored.
    pub(crate) fn is_left_out(
        &self,
        batch: &Batch,
        row: usize,
        label: u32,
        rows: &RowCounts<'_>,
    ) -> bool {
        self.ids.is_ignored(label) && rows.fault(batch, row, true).is_none()
    }

    /// Whether a row is to be scored; one that is not is counted here.
    pub(crate) fn admit(
        &self,
        batch: &Batch,
        row: usize,
        label: u32,
        rows: &mut RowCounts<'_>,
    ) -> Result<bool, Invalid> {
        let ignored = self.ids.is_ignored(label);
        if let Some(fault) = rows.fault(batch, row, ignored) {
            rows.invalid(batch, row, |place| Invalid::of(place, fault))?;
            return Ok(false);
        }
        if ignored {
            rows.ignore(self.ids.ignored(label));
            return Ok(false);
        }
        if self.ids.is_class(label) {
            return Ok(true);
        }
        let problem = || self.not_a_class(&batch.labels.name(row));
        if self.third_label_is_an_error {
            return Err(Invalid::third_label(batch, row, problem()));
        }
        let is_unscored = || {
            self.task == Task::Matrix && self.classes.respelled(&batch.labels.name(row)).is_none()
        };
        let describe = |place| match is_unscored() {
            true => Invalid::unscored(place, problem()),
            false => Invalid::new(place, Role::Labels, problem()),
        };
        rows.invalid(batch, row, describe).map(|()| false)
    }

    fn not_a_class(&self, label: &str) -> String {
        let hint = loose_hint(&self.classes, label);
        let problem = match (self.task, self.classes.names()) {
            (Task::Matrix, [only]) => format!(
                "label '{label}' has no score: there is one column, class '{only}'; scores of two \
                 classes in one column must be one-dimensional, as by a.ravel()"
            ),
            (_, [first, second]) => {
                format!("label '{label}' has no score: the classes are '{first}' and '{second}'")
            }
            (_, names) => {
                let (first, last) = (&names[0], &names[names.len() - 1]);
                let count = names.len();
                format!(
                    "label '{label}' has no score: the {count} classes are '{first}' to '{last}'"
                )
            }
        };
        problem + &hint
    }
}

/// What to say of a name that is another spelling of a class; else nothing.
pub(crate) fn loose_hint(classes: &Classes, name: &str) -> String {
    let class = classes.respelled(name);
    class.map_or_else(String::new, |class| {
        format!(" (--match-classes loose takes it for '{class}')")
    })
}
