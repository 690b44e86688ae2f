//! The run in a few lines: what was scored, on what, how fast.

use super::Report;
use super::figures::{class, count, counted, duration, printable, scaled};
use crate::notice::{self, Notice};
use crate::rule::{Judgement, Verdict};
use crate::tally::{Counted, Task, Ties, ZeroDivision};

/// The files or rules that are named in a line.
const FEW: usize = 3;

/// Whether no rule fails, and a line that says so or names those that do; `None`
/// without rules.
pub(super) fn verdict(report: &Report) -> Option<(bool, String)> {
    let all = report.judgements.len();
    let named =
        |judgements: &[&Judgement]| first_few(judgements.iter().map(|it| it.rule.as_str()), " · ");
    let (failed, rest): (Vec<&Judgement>, Vec<&Judgement>) =
        report.judgements.iter().partition(|it| it.verdict.fails());
    let open: Vec<&Judgement> =
        rest.into_iter().filter(|it| it.verdict != Verdict::Holds).collect();
    match (all, failed.len(), open.len()) {
        (0, ..) => None,
        (1, 0, 0) => Some((true, "the rule holds".to_owned())),
        (_, 0, 0) => Some((true, format!("all {all} rules hold"))),
        // Without a baseline, undecided, on too few rows: no reason to fail.
        (_, 0, 1) => Some((true, format!("no rule fails; one is open: {}", named(&open)))),
        (_, 0, few) => Some((true, format!("no rule fails; {few} are open: {}", named(&open)))),
        (_, few, _) => {
            let what = match (few, all) {
                (1, 1) => "the rule does not hold".to_owned(),
                (1, _) => format!("one rule of {all} does not hold"),
                _ => format!("{few} rules of {all} do not hold"),
            };
            Some((false, format!("{what}: {}", named(&failed))))
        }
    }
}

/// What is to be read before any number: that they may be better than the model.
pub(super) fn first<'r>(report: &'r Report<'_>) -> impl Iterator<Item = &'r Notice> {
    let is_many = report.tallies.rows.many_invalid().is_some();
    report.notices().filter(move |notice| match notice.code {
        notice::OUTSIDE_LEFT_OUT | notice::MANY_INVALID => true,
        notice::INVALID_ROWS => is_many,
        _ => false,
    })
}

/// Each line by its name.
pub(super) fn lines(report: &Report) -> Vec<(&'static str, String)> {
    let classes = classes(report);
    let lines = [
        ("rows", Some(rows(report))),
        ("classes", Some(classes)),
        ("scores", scores(report)),
        ("options", options(report)),
        ("inputs", inputs(report)),
        ("device", Some(device(report))),
        ("time", Some(time(report))),
    ];
    lines.into_iter().filter_map(|(name, text)| text.map(|text| (name, text))).collect()
}

fn classes(report: &Report) -> String {
    let mut text = count(report.classes().len() as u64);
    if let Some(outside) = report.outside().map(|rows| rows.iter().sum()) {
        let wrong = counted(outside, "prediction", "predictions");
        text.push_str(&format!("; {wrong} of no class, counted as wrong"));
    }
    text
}

/// The classes that averages are over, if not over all.
fn averaged(report: &Report) -> Option<String> {
    let names = report.averaged()?;
    let all = report.classes().len();
    Some(match names.len() {
        // Those left out are fewer to name.
        few if few > FEW && all - few <= FEW => {
            let rest = report.classes().iter().filter(|name| !names.contains(name));
            let rest: Vec<&str> = rest.map(String::as_str).collect();
            format!("averages over all classes but {}", first_few(rest.into_iter(), ", "))
        }
        _ => format!("averages over {}", first_few(names.iter().map(|it| it.as_str()), ", ")),
    })
}

fn rows(report: &Report) -> String {
    let rows = report.tallies.rows;
    let mut text = format!("{} scored", count(rows.scored));
    for (number, what) in [(rows.ignored, "ignored"), (rows.invalid, "invalid")] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number)));
        }
    }
    if rows.scored < rows.read {
        text.push_str(&format!(", of {} read", count(rows.read)));
    }
    text
}

fn scores(report: &Report) -> Option<String> {
    let spec = &report.tallies.spec;
    let mut text = spec.scores_are?.name().to_owned();
    if let Some(positive) = spec.chosen_positive()
        && let Some(name) = report.tallies.classes.names().get(positive)
    {
        match spec.task {
            Task::Matrix => text.push_str(&format!(", class {} positive", class(name))),
            _ => text.push_str(&format!(" of class {}", class(name))),
        }
    }
    if let Some(threshold) = spec.threshold {
        text.push_str(&format!(", positive from {threshold} up"));
    }
    Some(text)
}

/// The options that are not as usual.
fn options(report: &Report) -> Option<String> {
    let spec = &report.tallies.spec;
    let mut options = Vec::new();
    if spec.zero_division != ZeroDivision::Undefined {
        options.push(format!("zero division {}", spec.zero_division.name()));
    }
    if spec.ties != Ties::Lowest {
        options.push(format!("ties {}", spec.ties.name()));
    }
    options.extend(averaged(report));
    if spec.class_options.is_loose() {
        options.push("spellings of one class counted as one".to_owned());
    }
    match spec.counted {
        Counted::All => {}
        Counted::Order => options.push("loss and calibration left out by --metrics".to_owned()),
        Counted::Counts => options
            .push("counts only: loss, calibration, ranks and order left out by --metrics".into()),
    }
    (!options.is_empty()).then(|| options.join(", "))
}

/// The files, each once; the first few of many.
fn inputs(report: &Report) -> Option<String> {
    let mut paths: Vec<&str> = Vec::new();
    for input in &report.provenance.inputs {
        if paths.last() != Some(&input.path.as_str()) {
            paths.push(&input.path);
        }
    }
    (!paths.is_empty()).then(|| first_few(paths.into_iter(), ", "))
}

/// The first of many names, and how many more there are.
fn first_few<'n>(names: impl ExactSizeIterator<Item = &'n str>, between: &str) -> String {
    let more = names.len().saturating_sub(FEW);
    let few: Vec<_> = names.take(FEW).map(printable).collect();
    match more {
        0 => few.join(between),
        _ => format!("{} and {} more", few.join(between), count(more as u64)),
    }
}

fn device(report: &Report) -> String {
    let device = &report.provenance.device;
    let mut text = device.kind.clone();
    if let Some(backend) = &device.backend {
        text.push_str(&format!(" ({backend})"));
    }
    text.push_str(&format!(", {}", counted(device.threads as u64, "thread", "threads")));
    if !device.name.is_empty() {
        text.push_str(&format!(": {}", device.name));
    }
    if !device.chosen_because.is_empty() {
        text.push_str(&format!(" ({})", device.chosen_because));
    }
    printable(&text).into_owned()
}

fn time(report: &Report) -> String {
    let timing = &report.provenance.timing;
    let mut text = format!(
        "{}, {}, {}",
        duration(timing.seconds),
        scaled(timing.rows_per_second, "rows/s"),
        scaled(timing.bytes_per_second, "B/s")
    );
    if let Some(bytes) = timing.peak_memory_bytes {
        #[allow(clippy::cast_precision_loss, reason = "shown with three digits")]
        text.push_str(&format!(", peak memory {}", scaled(bytes as f64, "B")));
    }
    text
}
