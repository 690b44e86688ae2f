//! Slices: rows put into groups by the values of columns, each group with tallies of its own.
//!
//! The groups of one column merge to the whole: every row is in exactly one, those
//! without a value in one of their own. The tallies of a group are what its rows alone
//! would give, to the digest.

use std::collections::{BTreeMap, HashSet};

use super::codec::{Reader, Writer};
use super::{Aggregates, Confusion, Order, Tallies, check, digest, order_digest};
use crate::class::{self, Classes};
use crate::error::{Error, Result};

/// The most values of one column that rows are put into groups by.
pub const MOST_VALUES: usize = 10_000;

/// The value of a slice column that the rows of a group share; `None` for none.
pub type SliceValue = Option<String>;

/// The rows of a set, put into groups by the values of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouped {
    /// The name of the column.
    pub column: String,
    /// The groups that there are, by their value.
    pub groups: BTreeMap<SliceValue, Tallies>,
}

impl Grouped {
    /// No group yet of a column.
    pub fn by(column: &str) -> Self {
        Self { column: column.to_owned(), groups: BTreeMap::new() }
    }

    /// Adds rows to one group.
    ///
    /// # Errors
    ///
    /// As [`Tallies::merge`].
    pub fn add(&mut self, value: &SliceValue, tallies: &Tallies) -> Result<()> {
        match self.groups.get_mut(value) {
            Some(own) => own.merge(tallies),
            None => {
                self.groups.insert(value.clone(), tallies.clone());
                Ok(())
            }
        }
    }

    /// Whether there are no more groups than there may be.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there are.
    pub fn check(&self) -> Result<()> {
        match self.groups.len() <= MOST_VALUES {
            true => Ok(()),
            false => Self::refuse(&self.column, self.groups.keys().flatten()),
        }
    }

    /// Fails with the name and some of the values of a column of too many.
    pub(crate) fn refuse<'n, T>(
        column: &str,
        values: impl Iterator<Item = &'n String>,
    ) -> Result<T> {
        let few: Vec<_> = values.take(3).map(|name| format!("'{name}'")).collect();
        Err(Error::Usage(format!(
            "slice '{column}' has more than {MOST_VALUES} values ({}, …); name a column of fewer, \
             such as ranges of it",
            few.join(", ")
        )))
    }

    /// The groups in the order that a reader expects: by number where all values are
    /// numbers, else by name; the one without a value last.
    pub fn in_order(&self) -> Vec<(&SliceValue, &Tallies)> {
        let names: Vec<String> = self.groups.keys().flatten().cloned().collect();
        let places = Classes::discovered(names);
        let mut groups: Vec<_> = self.groups.iter().collect();
        let places = places.places();
        groups.sort_by_key(|(value, _)| value.as_deref().map_or(u32::MAX, |name| places[name]));
        groups
    }

    /// The group of a value, as a user spells it: empty for rows without one.
    pub fn group(&self, value: &str) -> Option<&Tallies> {
        self.groups
            .get(&Some(value.to_owned()))
            .or_else(|| value.is_empty().then(|| self.groups.get(&None)).flatten())
    }
}

/// The groups of rows by each of some columns.
pub type Slices = Vec<Grouped>;

impl Tallies {
    /// The groups of rows by one column, if there are any.
    pub fn grouped(&self, column: &str) -> Option<&Grouped> {
        self.slices.iter().find(|grouped| grouped.column == column)
    }

    /// The tallies of the rows with one value of a slice column, or why there are none such,
    /// with the value that is spelled nearly so.
    ///
    /// # Errors
    ///
    /// The reason.
    pub fn slice(&self, column: &str, value: &str) -> std::result::Result<&Self, String> {
        let Some(grouped) = self.grouped(column) else {
            return Err(format!("there are no slices by '{column}'"));
        };
        let [empty, none] = [Some(String::new()), None].map(|it| grouped.groups.contains_key(&it));
        if value.is_empty() && empty && none {
            return Err(format!(
                "some rows have an empty value in slice '{column}' and others have none, and an \
                 empty value may mean both"
            ));
        }
        grouped.group(value).ok_or_else(|| {
            let known = grouped.groups.keys().flatten().map(String::as_str);
            let hint = class::nearest(value, known);
            let hint = hint.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
            format!("no row has the value '{value}' in slice '{column}'{hint}")
        })
    }

    /// The names of the columns that rows are put into groups by.
    pub fn slice_columns(&self) -> Vec<String> {
        self.slices.iter().map(|grouped| grouped.column.clone()).collect()
    }

    /// The same tallies without any groups.
    #[must_use]
    pub fn without_slices(&self) -> Self {
        Self { slices: Slices::new(), ..self.clone() }
    }

    /// Gives all groups the options of the whole, which may have been settled since.
    pub(crate) fn settle_slices(&mut self) {
        let groups = self.slices.iter_mut().flat_map(|grouped| grouped.groups.values_mut());
        groups.for_each(|group| group.spec.clone_from(&self.spec));
    }

    /// Adds the groups of other rows. Columns that only one of both has are left out,
    /// since groups would not make up the whole then.
    pub(super) fn merge_slices(&mut self, other: &Self) -> Result<()> {
        self.slices.retain(|own| other.grouped(&own.column).is_some());
        for own in &mut self.slices {
            for (value, tallies) in other.grouped(&own.column).iter().flat_map(|it| &it.groups) {
                own.add(value, tallies)?;
            }
            own.check()?;
        }
        Ok(())
    }

    /// Whether the groups of each column make up the whole.
    pub(super) fn slices_fit(&self) -> bool {
        self.slices.iter().all(|grouped| self.is_made_up_by(grouped))
    }

    fn is_made_up_by(&self, grouped: &Grouped) -> bool {
        let is_sound = |group: &Self| {
            group.slices.is_empty() && group.spec == self.spec && !check::group_contradicts(group)
        };
        let groups: Vec<&Self> = grouped.groups.values().collect();
        match merged(&groups) {
            _ if !groups.iter().all(|group| is_sound(group)) => false,
            Some(whole) => {
                whole.is_ok_and(|it| it.rows == self.rows && digest(&it) == digest(self))
            }
            None => self.rows.read == 0,
        }
    }
}

/// All groups together, if there are any. Each half by itself: as often as there are
/// halves, classes are put in order.
fn merged(groups: &[&Tallies]) -> Option<Result<Tallies>> {
    let (first, rest) = groups.split_first()?;
    if rest.is_empty() {
        return Some(Ok((*first).clone()));
    }
    let (left, right) = groups.split_at(groups.len() / 2);
    Some(merged(left)?.and_then(|mut whole| {
        let right = merged(right).unwrap_or_else(|| Ok(whole.clone()))?;
        whole.merge(&right)?;
        Ok(whole)
    }))
}

/// Appends the groups of all columns.
pub(super) fn write(tallies: &Tallies, out: &mut Writer) {
    out.u32(u32::try_from(tallies.slices.len()).unwrap_or(u32::MAX));
    for grouped in &tallies.slices {
        out.text(&grouped.column);
        out.u64(grouped.groups.len() as u64);
        for (value, group) in &grouped.groups {
            out.u8(u8::from(value.is_some()));
            out.text(value.as_deref().unwrap_or_default());
            write_group(tallies, group, out);
        }
    }
}

fn write_group(whole: &Tallies, group: &Tallies, out: &mut Writer) {
    let is_own = group.classes != whole.classes;
    out.u8(u8::from(is_own));
    if is_own {
        out.origin(group.classes.origin());
        out.classes(&group.classes);
    }
    out.rows(&group.rows);
    out.confusion(&group.confusion);
    group.aggregates.write(out);
    group.aggregates.write_sections(out);
    out.text(&of_order(group));
}

/// The digest of the exact order of a group; empty where it has none.
fn of_order(group: &Tallies) -> String {
    let has_one = matches!(group.order(), Some(Order::Exact(_)));
    let digest = || order_digest(group, &digest(group)).unwrap_or_default();
    if has_one { digest() } else { String::new() }
}

/// Reads the groups of all columns of `whole`; `None` if they are not such as
/// [`write`] writes.
pub(super) fn read(input: &mut Reader<'_>, whole: &Tallies) -> Option<Slices> {
    let columns = input.u32()?;
    let (mut slices, mut known) = (Slices::new(), HashSet::new());
    for _ in 0..columns {
        let mut grouped = Grouped::by(&input.text()?);
        let groups = input.u64()?;
        if groups > MOST_VALUES as u64 || !known.insert(grouped.column.clone()) {
            return None;
        }
        for _ in 0..groups {
            let has_value = input.flag()?;
            let text = input.text()?;
            let value = has_value.then_some(text);
            let group = read_group(input, whole)?;
            let last = grouped.groups.last_key_value().map(|(last, _)| last);
            if last.is_some_and(|last| *last >= value) {
                return None;
            }
            grouped.groups.insert(value, group);
        }
        slices.push(grouped);
    }
    (columns > 0).then_some(slices)
}

fn read_group(input: &mut Reader<'_>, whole: &Tallies) -> Option<Tallies> {
    let classes = match input.flag()? {
        true => input.classes()?,
        false => whole.classes.clone(),
    };
    let mut group =
        Tallies::of_confusion(whole.spec.clone(), classes, input.rows()?, Confusion::read(input)?);
    group.aggregates = Aggregates::read(input, &group.spec)?;
    let mut spec = group.spec.clone();
    group.aggregates.read_sections(input, &mut spec)?;
    (input.text()? == of_order(&group)).then_some(group)
}
