//! The table of runs: a row for each run, a column for each metric.

use crate::history::store::run::Run;
use crate::history::store::run_details::RunDetails;

/// A named column.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) cells: Cells,
}

/// The cells of a column, one for each run.
pub(super) enum Cells {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
}

/// The table of `runs`.
pub(super) fn columns(runs: &[RunDetails]) -> Vec<Column> {
    let text = |name: &str, read: fn(&Run) -> Option<String>| Column {
        name: name.to_owned(),
        cells: Cells::Text(runs.iter().map(|it| read(&it.run)).collect()),
    };
    let integer = |name: &str, read: fn(&Run) -> Option<u64>| Column {
        name: name.to_owned(),
        cells: Cells::Integer(
            runs.iter()
                .map(|it| read(&it.run).and_then(|count| i64::try_from(count).ok()))
                .collect(),
        ),
    };
    let float = |name: &str, read: fn(&Run) -> f64| Column {
        name: name.to_owned(),
        cells: Cells::Float(runs.iter().map(|it| Some(read(&it.run))).collect()),
    };
    let mut columns = vec![
        integer("run", |run| u64::try_from(run.id.0).ok()),
        text("job", |run| Some(run.identity.job.clone())),
        text("dataset", |run| Some(run.identity.dataset.clone())),
        text("model", |run| Some(run.identity.model.clone())),
        text("split", |run| Some(run.identity.split.clone()).filter(|split| !split.is_empty())),
        text("night", |run| Some(run.night.to_string())),
        text("time", |run| Some(run.time.to_string())),
        text("host", |run| Some(run.host.clone())),
        text("tool_version", |run| Some(run.tool_version.clone())),
        text("device_kind", |run| Some(run.device.kind.clone())),
        text("device", |run| Some(run.device.name.clone())),
        text("backend", |run| run.device.backend.clone()),
        integer("threads", |run| Some(run.device.threads)),
        integer("rows", |run| Some(run.rows.read)),
        integer("rows_scored", |run| Some(run.rows.scored)),
        integer("rows_ignored", |run| Some(run.rows.ignored)),
        integer("rows_invalid", |run| Some(run.rows.invalid)),
        integer("classes", |run| Some(run.classes)),
        float("seconds", |run| run.timing.seconds),
        float("rows_per_second", |run| run.timing.rows_per_second),
        float("bytes_per_second", |run| run.timing.bytes_per_second),
        integer("peak_memory_bytes", |run| run.timing.peak_memory_bytes),
        text("digest", |run| Some(run.digest.clone())),
        integer("rules", |run| Some(run.rules.judged)),
        integer("rules_not_holding", |run| Some(run.rules.not_holding)),
        text("accepted", |run| run.accepted.map(|time| time.to_string())),
    ];
    columns.extend(metric_names(runs).into_iter().map(|name| metric(runs, name)));
    columns
}

/// Every metric of any run, in the order of the first run that has it.
fn metric_names(runs: &[RunDetails]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in runs.iter().flat_map(|run| &run.metrics) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

fn metric(runs: &[RunDetails], name: &str) -> Column {
    let value = |run: &RunDetails| {
        let (_, value) = run.metrics.iter().find(|(known, _)| known == name)?;
        value.value.as_ref().ok().copied()
    };
    Column { name: name.to_owned(), cells: Cells::Float(runs.iter().map(value).collect()) }
}
