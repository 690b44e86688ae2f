//! The classes that averages of two sets of rows are compared over.

use std::collections::{BTreeMap, BTreeSet};

use crate::metric::Summary;
use crate::rule::syntax::format;

/// The classes that count on both nights, and those that do not.
#[derive(Debug, Default)]
pub(crate) struct Common {
    /// Places of each common class in the lists of both.
    pairs: Vec<(usize, usize)>,
    /// The classes of both sets, `[C]`: whether averages are over them.
    kept: (Vec<bool>, Vec<bool>),
    came: Vec<String>,
    went: Vec<String>,
    few: Vec<String>,
    /// Classes that averages are over and that nobody met.
    empty: usize,
}

impl Common {
    /// Rows on either night from which on a class counts.
    pub(crate) const LEAST_ROWS: u64 = 5;

    /// Of classes that have a value tonight and earlier.
    pub(crate) fn new(
        new: (&Summary<'_>, Vec<usize>),
        baseline: (&Summary<'_>, Vec<usize>),
    ) -> Self {
        let names = |(rows, classes): &(&Summary<'_>, Vec<usize>)| -> Vec<String> {
            classes.iter().map(|&class| rows.tallies.classes.names()[class].clone()).collect()
        };
        let (now, before) = (names(&new), names(&baseline));
        let earlier: BTreeMap<&str, usize> =
            before.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let mut found = Self::default();
        for (place, name) in now.iter().enumerate() {
            match earlier.get(name.as_str()) {
                Some(before) => found.pairs.push((place, *before)),
                None => found.came.push(name.clone()),
            }
        }
        let tonight: BTreeSet<&String> = now.iter().collect();
        found.went = before.iter().filter(|name| !tonight.contains(name)).cloned().collect();
        found.kept = (
            kept(new.0, found.pairs.iter().map(|(place, _)| new.1[*place])),
            kept(baseline.0, found.pairs.iter().map(|(_, place)| baseline.1[*place])),
        );
        found
    }

    /// Of classes that averages are over and that have rows, or rows predicted as them;
    /// those count that have at least five rows on both nights.
    pub(crate) fn of_rows(new: &Summary<'_>, baseline: &Summary<'_>) -> Self {
        let met = |rows: &Summary<'_>| -> Vec<usize> {
            let is_met = |class: &usize| {
                let counts = rows.counts_of(*class);
                counts.support > 0 || counts.predicted > 0
            };
            rows.averaged().filter(is_met).collect()
        };
        let (now, before) = (met(new), met(baseline));
        let mut found = Self::new((new, now.clone()), (baseline, before.clone()));
        let enough = |pair: &(usize, usize)| {
            let support = |rows: &Summary<'_>, class: usize| rows.counts_of(class).support;
            let fewest = support(new, now[pair.0]).min(support(baseline, before[pair.1]));
            fewest >= Self::LEAST_ROWS
        };
        let (pairs, few): (Vec<_>, Vec<_>) = found.pairs.iter().partition(|pair| enough(pair));
        let name = |pair: &(usize, usize)| new.tallies.classes.names()[now[pair.0]].clone();
        found.few = few.iter().map(name).collect();
        found.kept = (
            kept(new, pairs.iter().map(|(place, _)| now[*place])),
            kept(baseline, pairs.iter().map(|(_, place)| before[*place])),
        );
        found.pairs = pairs;
        found.with_empty(new)
    }

    /// The same, with the classes of averages that are not among any of these.
    pub(crate) fn with_empty(mut self, new: &Summary<'_>) -> Self {
        let met = self.pairs.len() + self.came.len() + self.few.len();
        self.empty = new.averaged().count().saturating_sub(met);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The places of the common classes in the lists of both.
    pub(crate) fn places(&self) -> (Vec<usize>, Vec<usize>) {
        self.pairs.iter().copied().unzip()
    }

    /// Which classes of both averages are over, `[C]`.
    pub(crate) fn kept(&self) -> (Vec<bool>, Vec<bool>) {
        self.kept.clone()
    }

    /// "over 8 common classes (came: zebra; under 5 rows: owl, cat and 3 more)"; `None`
    /// if no class is left out.
    pub(crate) fn note(&self) -> Option<String> {
        let few = format!("under {} rows", Self::LEAST_ROWS);
        let lists = [("came", &self.came), ("went", &self.went), (few.as_str(), &self.few)];
        let listed = lists.into_iter().filter(|(_, names)| !names.is_empty());
        let mut parts: Vec<String> =
            listed.map(|(what, names)| format!("{what}: {}", format::few(names))).collect();
        if self.empty > 0 {
            parts.push(format!("without rows: {}", self.empty));
        }
        let classes = if self.pairs.len() == 1 { "class" } else { "classes" };
        (!parts.is_empty())
            .then(|| format!("over {} common {classes} ({})", self.pairs.len(), parts.join("; ")))
    }
}

fn kept(rows: &Summary<'_>, classes: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut kept = vec![false; rows.classes()];
    classes.for_each(|class| kept[class] = true);
    kept
}
