//! Slices in a report: the metrics of each group of rows, and which groups to show.

use std::cmp::Ordering;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Report, Rigour, apart, values};
use crate::error::Result;
use crate::metric::{Better, ClassMeasures, Measure, Request};
use crate::tally::{self, Rows, SliceValue, Tallies};

/// Groups of one column up to which all are shown.
const ALL_GROUPS: usize = 16;
/// The worst and the best groups shown beyond that.
const WORST: usize = 10;
const BEST: usize = 3;
/// The values of classes that all groups together may have in a report.
const MOST_CLASS_VALUES: usize = 200_000;
/// Metrics that are shown of each group unless others are asked for, those that there are.
const USUAL: [&str; 5] = ["accuracy", "balanced_accuracy", "f1_macro", "log_loss", "roc_auc"];
/// Metrics that are shown of each group.
const SHOWN: usize = 4;

/// The rows with one value of a slice column.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The name of the column.
    pub column: String,
    /// The value; `None` of rows without one.
    pub value: SliceValue,
    /// How many rows went where.
    pub rows: Rows,
    /// The names of the classes, `[C]`; none where all groups together have too many.
    pub classes: Vec<String>,
    /// The digest of the counts, in hexadecimal: that of the same rows alone.
    pub digest: String,
    /// The metrics by name, in the order of the registry.
    pub metrics: Vec<(String, Measure)>,
    /// The values of each class, `[C]`; none where all groups together have too many.
    pub per_class: Vec<ClassMeasures>,
}

impl Slice {
    /// A metric by its name.
    pub fn metric(&self, name: &str) -> Option<&Measure> {
        self.metrics.iter().find(|(known, _)| known == name).map(|(_, measure)| measure)
    }

    fn of(column: &str, value: &SliceValue, tallies: &Tallies, has_classes: bool) -> Result<Self> {
        let apart = apart(tallies)?;
        let rigour = if has_classes { Rigour::Group } else { Rigour::ManyGroups };
        let (metrics, per_class) = values(tallies, apart.as_ref(), rigour)?;
        let names = || apart.as_ref().unwrap_or(tallies).classes.proper_names().to_vec();
        Ok(Self {
            column: column.to_owned(),
            value: value.clone(),
            rows: tallies.rows,
            classes: if has_classes { names() } else { Vec::new() },
            digest: tally::digest(tallies),
            metrics,
            per_class,
        })
    }
}

/// Every group of every column, in order.
///
/// # Errors
///
/// As of [`Report::new`].
pub fn slices(tallies: &Tallies) -> Result<Arc<[Slice]>> {
    let groups = tallies.slices.iter().flat_map(|grouped| {
        grouped.in_order().into_iter().map(|group| (grouped.column.as_str(), group))
    });
    let groups: Vec<_> = groups.collect();
    let class_values: usize = groups.iter().map(|(_, (_, group))| group.classes.len()).sum();
    let has_classes = class_values <= MOST_CLASS_VALUES;
    let slices = groups.into_par_iter();
    let slices = slices.map(|(column, (value, of))| Slice::of(column, value, of, has_classes));
    slices.collect::<Result<Vec<_>>>().map(Arc::from)
}

/// The groups of one column, as a page shows them.
pub(super) struct Shown<'a> {
    /// The name of the column.
    pub(super) column: &'a str,
    /// The metrics that are shown of each.
    pub(super) metrics: Vec<&'a str>,
    /// The groups to show: all in their order, or those of the lowest and then those of
    /// the highest value of the first metric.
    pub(super) groups: Vec<&'a Slice>,
    /// After how many of them some are left out, and how many.
    pub(super) gap: Option<(usize, usize)>,
    /// What the two ends of groups are called.
    pub(super) ends: [&'static str; 2],
    /// The group of the worst value, if it is worse than another's.
    pub(super) worst: Option<&'a SliceValue>,
}

/// The columns of a report, as a page shows them.
pub(super) fn shown<'a>(report: &'a Report<'a>) -> Vec<Shown<'a>> {
    let names = report.metrics.iter().map(|(name, _)| name.as_str()).collect();
    by_column(&report.slices, names, !report.tallies.spec.metrics.is_empty())
}

/// The columns of slices, as a page shows them that has the metrics `names`, which may
/// have been asked for.
pub(super) fn by_column<'a>(
    slices: &'a [Slice],
    names: Vec<&'a str>,
    are_asked: bool,
) -> Vec<Shown<'a>> {
    let mut metrics = match are_asked {
        true => names,
        false => USUAL.into_iter().filter(|usual| names.contains(usual)).collect(),
    };
    metrics.truncate(SHOWN);
    let columns = slices.chunk_by(|a, b| a.column == b.column);
    columns.map(|slices| of_column(slices, metrics.clone())).collect()
}

fn of_column<'a>(slices: &'a [Slice], metrics: Vec<&'a str>) -> Shown<'a> {
    let value = |slice: &Slice| {
        let measure = slice.metric(metrics.first()?)?;
        measure.value.as_ref().ok().copied()
    };
    let first = metrics.first().and_then(|name| Request::parse(name).ok());
    let better = first.map_or(Better::Neither, |metric| metric.better());
    let falls = better == Better::Lower;
    let worse = |a: &&Slice, b: &&Slice| match (value(a), value(b)) {
        (Some(a), Some(b)) if falls => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    let mut ranked: Vec<&Slice> = slices.iter().collect();
    ranked.sort_by(|a, b| worse(a, b).then(b.rows.scored.cmp(&a.rows.scored)));
    let differ = ranked.first().zip(ranked.last()).is_some_and(|(first, last)| {
        worse(first, last) == Ordering::Less && value(first).is_some()
    });
    let has_worst = differ && better != Better::Neither;
    let worst = ranked.first().filter(|_| has_worst).map(|slice| &slice.value);
    let ends = if better == Better::Neither { ["lowest", "highest"] } else { ["worst", "best"] };
    let (groups, gap) = match slices.len() <= ALL_GROUPS {
        true => (slices.iter().collect(), None),
        false => {
            // One without a value is neither among the worst nor among the best.
            ranked.retain(|slice| value(slice).is_some());
            let between = WORST.min(ranked.len())..ranked.len().saturating_sub(BEST).max(WORST);
            ranked.drain(between.start..between.end.min(ranked.len()));
            let left_out = slices.len() - ranked.len();
            (ranked, Some((between.start, left_out)))
        }
    };
    Shown { column: &slices[0].column, metrics, groups, gap, ends, worst }
}

/// A value as it is shown.
pub(super) fn name(value: &SliceValue) -> &str {
    value.as_deref().unwrap_or("(no value)")
}
