//! The history: the library and the real program on temporary databases.

mod accepting;
mod exports;
mod faults;
mod flips;
#[cfg(unix)]
mod interrupted;
mod judging;
mod killed;
#[cfg(target_os = "linux")]
pub mod locked;
mod many;
mod migrations;
mod moments;
mod recording;
mod together;
mod trends;
mod verifying;

use std::path::Path;

use tallyho::engine::RowCorrectness;
use tallyho::history::{Filter, History, Identity, Quantity, Record, Run, RunId, Value, Verdict};
use tallyho::report::{Device, Provenance, Report, Timing};
use tallyho::tally::{Tallies, digest};

use crate::common::files::Folder;
use crate::common::memory::tallies;
use crate::common::program::{Ran, run};

/// Runs `tallyho history …`.
pub fn history(folder: &Folder, line: &str) -> Ran {
    let words = crate::command_line::words(&format!("history {line}"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    run(&folder.path(""), &words)
}

/// `rows` rows of two classes, of which `hits` are right.
pub fn counted(hits: usize, rows: usize) -> Tallies {
    let labels: Vec<i64> = (0..rows).map(|row| (row % 2) as i64).collect();
    let wrong = |row: usize, label: i64| if row < hits { label } else { 1 - label };
    let predictions: Vec<i64> =
        labels.iter().enumerate().map(|(row, label)| wrong(row, *label)).collect();
    tallies(&labels, &predictions)
}

pub fn identity(model: &str) -> Identity {
    Identity {
        job: "nightly".into(),
        dataset: "cats".into(),
        model: model.into(),
        split: "test".into(),
    }
}

/// Records tallies as a run of a night of 2026 such as "10-01".
pub fn record(
    history: &History,
    model: &str,
    night: &str,
    tallies: &Tallies,
    verdicts: &[(&str, bool)],
    correctness: Option<&RowCorrectness>,
) -> RunId {
    let verdicts = verdicts.iter().map(|(rule, holds)| Verdict {
        rule: (*rule).to_owned(),
        verdict: if *holds { "holds" } else { "broken" }.into(),
        value: None,
        baseline: None,
        reason: "because".into(),
        accepted: None,
    });
    record_judged(history, model, night, tallies, verdicts.collect(), correctness)
}

/// The same with verdicts of any kind.
pub fn record_judged(
    history: &History,
    model: &str,
    night: &str,
    tallies: &Tallies,
    verdicts: Vec<Verdict>,
    correctness: Option<&RowCorrectness>,
) -> RunId {
    let provenance = Provenance {
        device: Device {
            kind: "cpu".into(),
            name: "a processor".into(),
            backend: None,
            threads: 2,
            chosen_because: String::new(),
        },
        inputs: Vec::new(),
        timing: Timing {
            seconds: 0.5,
            rows_per_second: 200.0,
            bytes_per_second: 1600.0,
            peak_memory_bytes: Some(1 << 20),
        },
        warnings: Vec::new(),
    };
    let report = Report::new(tallies, digest(tallies), provenance, Vec::new()).unwrap();
    let record = Record {
        identity: &identity(model),
        night: format!("2026-{night}").parse().unwrap(),
        time: format!("2026-{night}T02:00:00Z").parse().unwrap(),
        host: "a-host",
        report: &report,
        inputs: Vec::new(),
        verdicts,
        correctness,
        request_hash: None,
    };
    history.record(&record).unwrap()
}

/// A history of one model with these hits of 1,000 rows, by night of 2026.
pub fn nights(path: &Path, nights: &[(&str, usize)]) -> History {
    let history = History::open_or_create(path).unwrap();
    for (night, hits) in nights {
        record(&history, "steady", night, &counted(*hits, 1000), &[], None);
    }
    history
}

/// Three weeks at about 0.9, then one at 0.8; two nights without a run, one
/// with two.
pub fn october(path: &Path) -> History {
    let hits = [903, 899, 901, 898, 0, 900, 902, 897, 0, 901, 900, 899, 902, 898, 900, 901, 899];
    let more = [900, 902, 898, 901, 801, 799, 800, 802, 798, 800, 801];
    let all = hits.iter().chain(&more).zip(1..).filter(|(hits, _)| **hits > 0);
    let dated: Vec<(String, usize)> =
        all.map(|(hits, day)| (format!("10-{day:02}"), *hits)).collect();
    let dated: Vec<(&str, usize)> = dated.iter().map(|(night, hits)| (&**night, *hits)).collect();
    let history = nights(path, &dated);
    record(&history, "steady", "10-12", &counted(905, 1000), &[], None);
    history
}

/// The accuracy of every run.
pub fn accuracies(history: &History) -> Vec<(Run, Value)> {
    history.values(&Filter::default(), &Quantity::parse("accuracy").unwrap()).unwrap()
}
