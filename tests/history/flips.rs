//! Bits, bytes and sectors of a history that change on disk: what `verify` calls
//! sound is shown as it was recorded.

use std::fs;
use std::path::Path;

use tallyho::engine::{Bitmap, Fingerprint, RowCorrectness};
use tallyho::error::Result;
use tallyho::history::{
    self, ExportFormat, Failure, Filter, History, Input, Notice, Quantity, Record, RunId,
    TrendOptions, Verdict,
};
use tallyho::report::{self, Device, Provenance, Report, Timing};
use tallyho::tally::digest;

use super::{counted, identity};
use crate::common::Rng;
use crate::common::files::Folder;

/// A history of every table and every column, of `runs` runs.
pub fn everything(path: &Path, runs: usize) -> History {
    let history = History::open_or_create(path).unwrap();
    for at in 0..runs {
        record(&history, at);
        tell(&history, at);
    }
    history
        .accept(RunId(2), None, Some("meant so"), "2026-10-09T00:00:00Z".parse().unwrap())
        .unwrap();
    history
}

fn record(history: &History, at: usize) {
    let mut tallies = counted(800 + at % 3, 1000);
    tallies.spec.replicates = Some(20);
    let provenance = Provenance {
        device: Device {
            kind: "gpu".into(),
            name: "an adapter".into(),
            backend: Some("vulkan".into()),
            threads: 2,
            chosen_because: String::new(),
        },
        inputs: Vec::new(),
        timing: Timing {
            seconds: 0.5 + at as f64,
            rows_per_second: 200.25,
            bytes_per_second: 1600.125,
            peak_memory_bytes: Some(1 << 20),
        },
        warnings: Vec::new(),
    };
    let verdict = |rule: &str, verdict: &str| Verdict {
        rule: rule.into(),
        verdict: verdict.into(),
        value: Some(0.8 + at as f64 * 0.01),
        baseline: (at > 0).then_some(RunId(at as i64)),
        reason: format!("accuracy is 0.80 in night {at}"),
        accepted: None,
    };
    let input = |path: &str| Input {
        input: report::Input {
            role: Some("labels".into()),
            path: path.into(),
            format: "npy".into(),
            dtype: "i64".into(),
            rows: 1000,
            bytes: 8128,
            checksums: None,
        },
        fingerprint: Some(format!("{at:032x}")),
    };
    let (mut scored, mut hits) = (Bitmap::zeros(1000), Bitmap::zeros(1000));
    (0..1000).for_each(|row| scored.set(row));
    (0..800 + at % 3).for_each(|row| hits.set(row));
    let labels = Fingerprint::from_hex(&"0a".repeat(16)).unwrap();
    let correctness = RowCorrectness { rows: 1000, labels, scored, hits };
    let report = Report::new(&tallies, digest(&tallies), provenance, Vec::new()).unwrap();
    let record = Record {
        identity: &identity(["steady", "flaky"][at % 2]),
        night: format!("2026-10-{:02}", 1 + at / 2).parse().unwrap(),
        time: format!("2026-10-{:02}T02:00:00.25Z", 1 + at / 2).parse().unwrap(),
        host: "a-host",
        report: &report,
        inputs: vec![input("/data/labels.npy"), input("/data/predictions.npy")],
        verdicts: vec![verdict("accuracy >= 0.9", "broken"), verdict("rows >= 10", "holds")],
        correctness: Some(&correctness),
        request_hash: (at % 2 == 1).then_some("what was asked for"),
    };
    history.record(&record).unwrap();
}

fn tell(history: &History, at: usize) {
    let (night, time) = ("2026-10-01".parse().unwrap(), "2026-10-01T03:00:00Z".parse().unwrap());
    let identity = identity("steady");
    let failure =
        Failure { identity: identity.clone(), night, time, reason: format!("failure {at}") };
    history.record_failure(&failure).unwrap();
    let notice = Notice {
        identity,
        rule: "accuracy >= 0.9".into(),
        night,
        time,
        kind: "broken".into(),
        channel: "mail".into(),
        attempts: 2,
        delivered: true,
        answer: format!("250 OK {at}"),
        run: Some(RunId(1 + at as i64)),
        baseline: Some(RunId(1)),
    };
    history.record_notice(&notice).unwrap();
}

/// All that is ever read of a history.
fn outputs(history: &History) -> Result<Vec<String>> {
    let all = Filter::default();
    let mut outputs = Vec::new();
    for name in ["accuracy", "f1_macro", "recall[0]", "seconds", "peak_memory_bytes"] {
        let quantity = Quantity::parse(name)?;
        outputs.push(history::list_json(&history.values(&all, &quantity)?, name));
        let trends = history.trends(&all, &quantity, &TrendOptions::default())?;
        outputs.push(history::trends_json(&trends, name));
    }
    let runs = history.runs(&all)?;
    for run in &runs {
        outputs.push(history::run_json(&history.details(run.clone())?, &[]));
        let night = history.baselines(&run.identity, "accuracy >= 0.9", run.night)?;
        outputs.push(format!("{night:?}"));
        let prints: Vec<Option<String>> =
            history.inputs(run.id)?.into_iter().map(|input| input.fingerprint).collect();
        let done = history.done(&run.identity, run.night, "what was asked for", &prints)?;
        outputs.push(format!("{done:?} {:?}", history.correctness(run)?));
    }
    if runs.is_empty() {
        return Ok(outputs);
    }
    let compared = history.compare(runs[0].clone(), runs[runs.len() - 1].clone())?;
    outputs.push(history::compare_json(&compared));
    for format in [ExportFormat::Csv, ExportFormat::Json] {
        let mut bytes = Vec::new();
        history::export(history, &all, format, "x".as_ref(), &mut bytes)?;
        outputs.push(String::from_utf8(bytes).unwrap());
    }
    let judged = history.judged(&identity("steady"), "accuracy >= 0.9")?;
    outputs.push(format!("{judged:?} {:?} {:?}", history.failures(&all)?, history.notices(&all)?));
    Ok(outputs)
}

/// One thing that happens to bytes.
fn damage(bytes: &mut [u8], earlier: &[u8], rng: &mut Rng) -> String {
    let len = u32::try_from(bytes.len()).unwrap();
    let at = rng.below(len) as usize;
    match rng.below(9) {
        0..=3 => {
            bytes[at] ^= 1 << rng.below(8);
            format!("a bit of byte {at}")
        }
        4 => {
            bytes[at] = rng.next_u32() as u8;
            format!("byte {at}")
        }
        5 => {
            let sector = &mut bytes[at / 512 * 512..];
            let end = sector.len().min(512);
            let fill = [0, 0xff, 0x5a][rng.below(3) as usize];
            sector[..end].iter_mut().for_each(|byte| *byte = (*byte & 1) ^ fill);
            format!("sector {}", at / 512)
        }
        6 => {
            let other = rng.below(len) as usize;
            let (first, second) = (at.min(other) / 512 * 512, at.max(other) / 512 * 512);
            let end = bytes.len().min(second + 512);
            for offset in 0..end - second {
                bytes.swap(first + offset, second + offset);
            }
            format!("sectors {} and {} swapped", first / 512, second / 512)
        }
        7 => {
            // A page that never came to the disk.
            let page = at / 4096 * 4096;
            let end = bytes.len().min(earlier.len()).min(page + 4096);
            if page < end {
                bytes[page..end].copy_from_slice(&earlier[page..end]);
            }
            format!("an earlier page {}", at / 4096)
        }
        _ => {
            let (from, to) = (at, rng.below(len) as usize);
            let length = (1 + rng.below(64) as usize).min(bytes.len() - from.max(to));
            bytes.copy_within(from..from + length, to);
            format!("{length} bytes from {from} to {to}")
        }
    }
}

/// Whether `verify` calls a history sound that does not show what it showed.
fn is_silent(path: &Path, expected: &[String]) -> bool {
    let Ok(history) = History::open(path) else { return false };
    match history.verify(&Filter::default()) {
        Ok(found) if found.is_sound() => !outputs(&history).is_ok_and(|it| it == expected),
        _ => false,
    }
}

/// `TALLYHO_FLIPS` times, in the file and in its log; how many were found, and
/// the seeds of those that were silent.
#[test]
fn nothing_that_changed_on_disk_is_called_sound() {
    let flips = std::env::var("TALLYHO_FLIPS").map_or(60, |flips| flips.parse().unwrap());
    let folder = Folder::new();
    let live = everything(&folder.path("live.db"), 4);
    live.backup(&folder.path("earlier.db")).unwrap();
    // What comes now begins the log anew, over what is in the file by then.
    let other = rusqlite::Connection::open(folder.path("live.db")).unwrap();
    other.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(())).unwrap();
    drop(other);
    for at in 4..6 {
        record(&live, at);
        tell(&live, at);
    }
    let expected = outputs(&live).unwrap();
    live.backup(&folder.path("whole.db")).unwrap();
    let whole = fs::read(folder.path("whole.db")).unwrap();
    let (file, log) = (fs::read(folder.path("live.db")), fs::read(folder.path("live.db-wal")));
    let (file, log) = (file.unwrap(), log.unwrap());
    drop(live);
    let earlier = fs::read(folder.path("earlier.db")).unwrap();
    assert!(file.len() > 30_000 && log.len() > 30_000 && earlier.len() < whole.len());
    let mut silent = Vec::new();
    for seed in 0..flips {
        let mut rng = Rng::new(seed);
        let path = folder.path("tallyho.db");
        let copies = [&whole, &file, &log];
        let of = if seed % 4 < 3 { 0 } else { 1 + seed as usize / 4 % 2 };
        let mut bytes = copies[of].clone();
        let what = damage(&mut bytes, &earlier, &mut rng);
        let _ = fs::remove_file(folder.path("tallyho.db-shm"));
        match of {
            0 => drop(fs::remove_file(folder.path("tallyho.db-wal"))),
            1 => drop(folder.file("tallyho.db-wal", &log)),
            _ => drop(folder.file("tallyho.db-wal", &bytes)),
        }
        folder.file("tallyho.db", if of == 2 { &file } else { &bytes });
        if bytes != *copies[of] && is_silent(&path, &expected) {
            silent.push(format!("{seed}: {what} of {}", ["file", "file beside log", "log"][of]));
        }
    }
    assert!(silent.is_empty(), "{} of {flips}:\n{}", silent.len(), silent.join("\n"));
}

/// What was changed before there were checksums is not known, and is seen here.
#[test]
fn a_silent_change_would_be_noticed() {
    let folder = Folder::new();
    let path = folder.path("tallyho.db");
    let history = everything(&path, 2);
    let expected = outputs(&history).unwrap();
    drop(history);
    assert!(!is_silent(&path, &expected));
    let database = rusqlite::Connection::open(&path).unwrap();
    let change = "UPDATE run SET host = 'other'; DROP TABLE checksum; PRAGMA user_version = 3";
    database.execute_batch(change).unwrap();
    drop(database);
    assert!(is_silent(&path, &expected));
}
