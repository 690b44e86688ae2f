//! Histories: bytes say where a sound one is changed, and how.

use std::sync::OnceLock;

use tallyho::engine::Options;
use tallyho::history::{
    self, ExportFormat, Filter, History, Identity, Input, Quantity, Record, TrendOptions, Verdict,
};
use tallyho::report::{self, Device, Provenance, Report, Timing};
use tallyho::tally::digest;

use super::file;
use super::table::{self, said};

/// Four bytes each say a place and what is put there. What is called sound is shown as
/// it was recorded.
pub fn run(data: &[u8]) {
    let sound = SOUND.get_or_init(sound);
    let mut bytes = sound.file.clone();
    for change in data.chunks_exact(4) {
        // Pages, cells and headers are near multiples of what they are long.
        let at = usize::from(change[0]) << 16 | usize::from(change[1]) << 8;
        let at = (at | usize::from(change[2])) % bytes.len();
        bytes[at] ^= change[3];
    }
    let path = file::with("changed.db", &bytes);
    for beside in ["changed.db-wal", "changed.db-shm"] {
        let _ = std::fs::remove_file(file::path(beside));
    }
    let Ok(history) = said(History::open(&path)) else { return };
    let is_sound = said(history.verify(&Filter::default())).is_ok_and(|found| found.is_sound());
    let shown = outputs(&history);
    if is_sound {
        assert_eq!(shown.as_ref(), Ok(&sound.outputs), "called sound");
    }
}

struct Sound {
    file: Vec<u8>,
    outputs: Vec<String>,
}

static SOUND: OnceLock<Sound> = OnceLock::new();

fn sound() -> Sound {
    let path = file::path("sound.db");
    let history = History::open_or_create(&path).expect("a history");
    for night in 1..4 {
        record(&history, night);
    }
    let copy = file::path("whole.db");
    history.backup(&copy).expect("a copy");
    let file = std::fs::read(copy).expect("the copy");
    Sound { file, outputs: outputs(&history).expect("sound runs") }
}

fn record(history: &History, night: usize) {
    let rows = format!("label,prediction\ncat,cat\ndog,cat\n{}", "dog,dog\n".repeat(night));
    let [request, _] = table::requests(&file::with("rows.csv", rows.as_bytes()));
    let tallies = table::tallies(&request, &Options::default(), None, 1).expect("sound rows");
    let report = Report::new(&tallies, digest(&tallies), provenance(), Vec::new());
    let input = report::Input {
        role: None,
        path: "rows.csv".into(),
        format: "csv".into(),
        dtype: "text".into(),
        rows: 3,
        bytes: 40,
        checksums: None,
    };
    let verdict = Verdict {
        rule: "accuracy >= 0.5".into(),
        verdict: "holds".into(),
        value: Some(0.75),
        baseline: None,
        reason: "it is".into(),
        accepted: None,
    };
    let identity = Identity {
        job: "nightly".into(),
        dataset: "pets".into(),
        model: "m".into(),
        split: String::new(),
    };
    let record = Record {
        identity: &identity,
        night: format!("2026-10-{night:02}").parse().expect("a date"),
        time: format!("2026-10-{night:02}T02:00:00Z").parse().expect("a time"),
        host: "host",
        report: &report.expect("sound tallies"),
        inputs: vec![Input { input, fingerprint: Some(format!("{night:032x}")) }],
        verdicts: vec![verdict],
        correctness: None,
        request_hash: None,
    };
    history.record(&record).expect("room");
}

fn provenance() -> Provenance {
    let device = Device {
        kind: "cpu".into(),
        name: "none".into(),
        backend: None,
        threads: 1,
        chosen_because: String::new(),
    };
    let timing = Timing {
        seconds: 1.5,
        rows_per_second: 2.0,
        bytes_per_second: 3.0,
        peak_memory_bytes: None,
    };
    Provenance { device, inputs: Vec::new(), timing, warnings: Vec::new() }
}

/// All that is read of a history.
fn outputs(history: &History) -> Result<Vec<String>, (String, bool)> {
    let all = Filter::default();
    let mut outputs = Vec::new();
    let quantity = said(Quantity::parse("accuracy"))?;
    let values = said(history.values(&all, &quantity))?;
    outputs.push(history::list_json(&values, "accuracy"));
    let trends = said(history.trends(&all, &quantity, &TrendOptions::default()))?;
    outputs.push(history::trends_json(&trends, "accuracy"));
    for run in said(history.runs(&all))? {
        outputs.push(format!("{:?}", said(history.tallies(&run))?));
        outputs.push(history::run_json(&said(history.details(run))?, &[]));
    }
    let mut bytes = Vec::new();
    said(history::export(history, &all, ExportFormat::Csv, "x".as_ref(), &mut bytes))?;
    outputs.push(String::from_utf8_lossy(&bytes).into_owned());
    Ok(outputs)
}
