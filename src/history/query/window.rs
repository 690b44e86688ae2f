//! The window: several nights as one, their tallies added up.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::history::store::database::History;
use crate::history::store::identity::RunId;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::rule::Quantity;
use crate::tally::{Auc, Order, Spec, Tallies};

/// How far a window reaches back, its last night included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So many nights that have a run.
    Runs(usize),
    /// So many days, whether they have a run or not.
    Days(u32),
}

impl Span {
    /// Reads `7` (runs) or `7d` (days).
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let span = match text.strip_suffix('d') {
            Some(days) => {
                days.parse().ok().filter(|days| (1..=36_500).contains(days)).map(Self::Days)
            }
            None => text.parse().ok().filter(|runs| *runs > 0).map(Self::Runs),
        };
        span.ok_or_else(|| {
            Error::Usage(format!(
                "a window is a number of nights or of days, 7 or 7d; found '{text}'"
            ))
        })
    }

    /// The first of the nights `nights[..=at]` that a window ending at `at` holds.
    pub(in crate::history) fn first(self, nights: &[Date], at: usize) -> usize {
        match self {
            Self::Runs(runs) => (at + 1).saturating_sub(runs),
            Self::Days(days) => {
                let days = i64::from(days) - 1;
                let from = nights[at].checked_sub(days.days()).unwrap_or(Date::MIN);
                nights[..=at].partition_point(|night| *night < from)
            }
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Runs(1) => f.write_str("1 night"),
            Self::Runs(runs) => write!(f, "{runs} nights"),
            Self::Days(1) => f.write_str("1 day"),
            Self::Days(days) => write!(f, "{days} days"),
        }
    }
}

/// A quantity of the rows of several runs together.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Its value.
    pub value: Value,
    /// How many runs were added up.
    pub runs: usize,
    /// The first night.
    pub from: Date,
}

impl History {
    /// The windows that end at each of `runs`, which are in order, one a night.
    ///
    /// Tallies that do not merge, such as those of other classes that were given
    /// by name, make the windows that hold both undefined, with the reason.
    ///
    /// # Errors
    ///
    /// As [`History::tallies`].
    pub fn windows(&self, runs: &[Run], quantity: &Quantity, span: Span) -> Result<Vec<Window>> {
        let nights: Vec<Date> = runs.iter().map(|run| run.night).collect();
        let mut held: std::collections::VecDeque<Tallies> = std::collections::VecDeque::new();
        let mut first_held = 0;
        let mut windows = Vec::with_capacity(runs.len());
        for (at, run) in runs.iter().enumerate() {
            held.push_back(self.tallies(run)?);
            let first = span.first(&nights, at);
            held.drain(..first - first_held);
            first_held = first;
            let numbers: Vec<RunId> = runs[first..=at].iter().map(|run| run.id).collect();
            let value = match sum(held.make_contiguous(), &numbers) {
                Ok(whole) => quantity.of_tallies(&whole)?,
                Err(why) => Value::undefined(why),
            };
            windows.push(Window { value, runs: held.len(), from: nights[first] });
        }
        Ok(windows)
    }
}

/// All tallies together, shown as the last of them; or which do not merge.
pub(in crate::history) fn sum(tallies: &[Tallies], runs: &[RunId]) -> Result<Tallies, String> {
    let Some(last) = tallies.last() else { unreachable!("a window holds its last run") };
    let mut whole = last.clone();
    for (part, run) in tallies.iter().zip(runs).take(tallies.len() - 1) {
        let one_sided: Vec<_> = whole.spec.asked.difference(&part.spec.asked).copied().collect();
        one_sided.into_iter().for_each(|name| whole.leave_out(name));
        let part = alike(part, &whole.spec);
        whole.merge(&part).map_err(|why| {
            let last = runs.last().unwrap_or(run);
            format!("runs {run} and {last} do not add up: {why}")
        })?;
    }
    Ok(whole)
}

/// The same tallies with what those of `spec` have, too. The exact order, which is lost,
/// does not hinder adding up what was counted.
fn alike(part: &Tallies, spec: &Spec) -> Tallies {
    let mut part = part.clone();
    // What was asked for in only one of them is in none of the sum.
    let one_sided: Vec<_> = part.spec.asked.difference(&spec.asked).copied().collect();
    one_sided.into_iter().for_each(|name| part.leave_out(name));
    if part.spec.auc != Auc::Binned && spec.auc != Auc::Binned {
        part.spec.auc = spec.auc;
        part.aggregates.set((spec.auc == Auc::Exact).then_some(Order::Merged));
    }
    let groups = part.slices.iter_mut().flat_map(|grouped| grouped.groups.values_mut());
    groups.for_each(|group| *group = alike(group, spec));
    part
}
