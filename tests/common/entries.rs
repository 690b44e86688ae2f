//! Evaluations as other systems are told of them.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tallyho::engine::{self, Backend, Options};
use tallyho::input::{Input, Request};
use tallyho::report::{Device, Entry, Provenance, Report, Subject, Timing};
use tallyho::rule::{self, Evaluated, JobFigures, NoRunHistory, Rule};
use tallyho::tally::{Spec, digest};

/// 21 November 2026, 02:00:05 UTC.
pub fn night() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_795_226_405_250)
}

pub fn subject(model: &str) -> Subject {
    Subject {
        job: "nightly".into(),
        dataset: "digits".into(),
        model: model.into(),
        split: "test".into(),
    }
}

/// The committed scores of handwritten digits, with two rules that hold and one
/// that is broken; and the report in JSON.
pub fn digits(model: &str) -> (Entry, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/digits");
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let request = Request {
        labels: file("labels.npy"),
        scores: vec![file("logits.npy")],
        ..Request::default()
    };
    let input = Input::open(&request).unwrap();
    let spec = Spec { betas: vec![0.5, 2.0], ..Spec::default() };
    let options = Options { spec, ..Options::default() };
    let stop = AtomicBool::new(false);
    let plan = engine::plan(&input, &options, &stop).unwrap();
    let stream = input.stream(None, plan.threads).unwrap();
    let tallies = engine::evaluate(&stream, &plan, &Backend::Cpu, &stop).unwrap().tallies;
    let rules = ["accuracy >= 0.5", "recall[8] >= 0.999", "recall[3] >= 0.1"];
    let rules: Vec<Rule> = rules.iter().map(|text| Rule::parse(text).unwrap()).collect();
    let evaluated = Evaluated::alone(&tallies, JobFigures::default());
    let judgements = rule::apply_holm(rule::judge_all(&rules, &evaluated, &NoRunHistory).unwrap());
    let provenance = Provenance {
        device: Device {
            kind: "cpu".into(),
            name: "a processor".into(),
            backend: None,
            threads: 2,
            chosen_because: "asked for".into(),
        },
        inputs: Vec::new(),
        timing: Timing {
            seconds: 1.5,
            rows_per_second: 1198.0,
            bytes_per_second: 47_920.0,
            peak_memory_bytes: Some(23_500_000),
        },
        warnings: Vec::new(),
    };
    let report = Report::new(&tallies, digest(&tallies), provenance, judgements).unwrap();
    let entry = Entry::new(subject(model), &report, night());
    (entry, tallyho::report::json(&report))
}

/// An evaluation that failed tonight and succeeded the night before.
pub fn gone(model: &str) -> Entry {
    let reason = "digits.parquet: cannot open the file: No such file or directory".to_owned();
    let before = night() - Duration::from_secs(86_400);
    Entry::failed(subject(model), reason, night(), Some(before))
}
