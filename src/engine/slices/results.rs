//! The results of workers for groups, and the tallies that they come to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::groups::{Column, Groups};
use crate::engine::plan::settled::Plan;
use crate::error::{Error, Result};
use crate::tally::aggregate::{Again, AllCounters, Counter, Counting, Finish};
use crate::tally::{Grouped, SliceValue, Slices, Tallies};

/// What was counted of one group, by one worker or several.
pub(super) struct GroupResult {
    pub(super) tallies: Tallies,
    pub(super) counters: AllCounters,
}

/// What was counted of groups, by column.
#[derive(Default)]
pub(crate) struct SliceResults {
    columns: Vec<(String, BTreeMap<SliceValue, GroupResult>)>,
}

impl SliceResults {
    pub(super) fn of<G>(
        groups: Groups<G>,
        of_group: impl Fn(G) -> Result<GroupResult>,
    ) -> Result<Self> {
        let of_column = |column: Column<G>| {
            let name = column.name.clone();
            let groups = column.into_groups().into_iter();
            let found = groups.map(|(value, group)| Ok((value, of_group(group)?)));
            Ok((name, found.collect::<Result<_>>()?))
        };
        Ok(Self { columns: groups.columns.into_iter().map(of_column).collect::<Result<_>>()? })
    }

    /// Adds what another worker counted.
    ///
    /// # Errors
    ///
    /// As [`Tallies::merge`].
    pub(crate) fn extend(&mut self, more: Self) -> Result<()> {
        if self.columns.is_empty() {
            *self = more;
            return Ok(());
        }
        for ((_, own), (_, more)) in self.columns.iter_mut().zip(more.columns) {
            for (value, more) in more {
                let Some(group) = own.get_mut(&value) else {
                    own.insert(value, more);
                    continue;
                };
                group.tallies.merge(&more.tallies)?;
                group.counters.extend(more.counters);
            }
        }
        Ok(())
    }

    /// The tallies of all groups.
    ///
    /// # Errors
    ///
    /// What finishing counters gives; [`Error::Interrupted`] if `stop` is set.
    pub(crate) fn finish(self, plan: &Plan, stop: &AtomicBool) -> Result<Slices> {
        let of_group = |group: GroupResult| {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let GroupResult { mut tallies, counters } = group;
            let finish = Finish {
                counting: Counting { spec: &plan.spec, classes: tallies.classes.len() },
                rows: &tallies.rows,
                confusion: &tallies.confusion,
                again: &NotAgain,
            };
            tallies.aggregates = counters.finish(&finish)?;
            Ok(tallies)
        };
        let of_column = |(column, groups): (String, BTreeMap<SliceValue, GroupResult>)| {
            let groups = groups.into_iter().map(|(value, group)| Ok((value, of_group(group)?)));
            let grouped = Grouped { column, groups: groups.collect::<Result<_>>()? };
            grouped.check().map(|()| grouped)
        };
        self.columns.into_iter().map(of_column).collect()
    }
}

/// What there is instead of a second pass over the rows of a group: the plan refuses what
/// would need one.
struct NotAgain;

impl Again for NotAgain {
    fn count(&self, _: &(dyn Fn() -> Box<dyn Counter> + Sync)) -> Result<Vec<Box<dyn Counter>>> {
        Err(Error::Internal("the rows of a group are not read again".into()))
    }
}
