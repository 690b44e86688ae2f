//! One group of rows in a JSON report.

use serde::Serialize;
use serde::ser::Serializer;

use super::{Class, Metric, Rows};
use crate::metric::{ClassMeasures, Measure};
use crate::report;

/// What is written of a group of rows.
#[derive(Serialize)]
pub(crate) struct Slice<'a> {
    column: &'a str,
    value: Option<&'a str>,
    rows: Rows,
    metrics: Metrics<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_class: Option<Vec<Class<'a>>>,
    digest: &'a str,
}

impl<'a> Slice<'a> {
    pub(crate) fn new(slice: &'a report::Slice) -> Self {
        let class = |it: &'a ClassMeasures| Class::new(&slice.classes[it.class], it);
        let has_classes = !slice.per_class.is_empty();
        Self {
            column: &slice.column,
            value: slice.value.as_deref(),
            rows: Rows::new(slice.rows),
            metrics: Metrics(&slice.metrics),
            per_class: has_classes.then(|| slice.per_class.iter().map(class).collect()),
            digest: &slice.digest,
        }
    }
}

/// Metrics by name.
struct Metrics<'a>(&'a [(String, Measure)]);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, measure)| (name, Metric::new(measure))))
    }
}
