//! Commands that are killed, interrupted or run out of room at any instant: every output
//! is as it was or whole, no recorded run is lost, and the next start works and leaves no
//! file of an earlier one.
//!
//! `TALLYHO_KILLS`, `TALLYHO_SIGNALS` and `TALLYHO_FULL` make as many; `TALLYHO_SEED`
//! chooses when.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tallyho::history::{Filter, History};

use super::{names, sound, tallyho, words};
use crate::common::files::Folder;
use crate::common::program::{command, without_provenance};
use crate::common::{Campaign, Rng, campaign, figure};

const OUTPUTS: [&str; 3] = ["o.json", "o.csv", "o.tally"];
const HISTORY: [&str; 3] = ["h.db", "h.db-wal", "h.db-shm"];

/// Files that differ in their times, and one that is longer to count and to resample.
const LINES: [&str; 3] = [
    "eval t.csv --labels label --predictions prediction",
    "merge a.tally",
    "eval t.csv --labels label --predictions prediction --metrics f1_macro --replicates 20000",
];

fn line(of: usize) -> Vec<String> {
    let outputs = OUTPUTS.map(|name| format!("-o {name}")).join(" ");
    words(&format!("{} --quiet {outputs} --history h.db --dataset d --model m{of}", LINES[of]))
}

/// A command that a campaign ends before its time, and what it writes otherwise.
struct Trial {
    folder: Folder,
    /// What each line writes.
    whole: Vec<Vec<Vec<u8>>>,
    /// How long it takes, in microseconds.
    spans: Vec<u32>,
    runs: usize,
}

impl Trial {
    fn new() -> Self {
        let folder = sound();
        let more = "-o a.tally --quiet";
        tallyho(&folder, &format!("{} {more}", LINES[0])).expect(0);
        let (mut whole, mut spans) = (Vec::new(), Vec::new());
        for of in 0..LINES.len() {
            let started = Instant::now();
            assert!(start(&folder, of).status().unwrap().success());
            spans.push(u32::try_from(started.elapsed().as_micros()).unwrap());
            whole.push(OUTPUTS.map(|name| kept(&folder, name)).to_vec());
        }
        Self { folder, whole, spans, runs: LINES.len() }
    }

    /// Outputs that another program left, and now and then no history.
    fn reset(&mut self, round: u32) {
        for name in OUTPUTS {
            self.folder.file(name, "old");
        }
        if round.is_multiple_of(25) {
            for name in HISTORY {
                let _ = fs::remove_file(self.folder.path(name));
            }
            self.runs = 0;
        }
    }

    /// What is wrong after a command that ended so.
    fn check(&mut self, of: usize, succeeded: bool) -> Result<(), String> {
        for (name, whole) in OUTPUTS.iter().zip(&self.whole[of]) {
            let found = fs::read(self.folder.path(name)).map_err(|error| error.to_string())?;
            if found == b"old" && !succeeded {
                continue;
            }
            if kept(&self.folder, name) != *whole {
                return Err(format!("{name} is neither old nor whole"));
            }
        }
        let runs = self.recorded()?;
        let may_be =
            if succeeded { self.runs + 1..self.runs + 2 } else { self.runs..self.runs + 2 };
        if !may_be.contains(&runs) {
            return Err(format!("{runs} runs after {}", self.runs));
        }
        self.runs = runs;
        Ok(())
    }

    /// How many runs there are in a sound history, or in none.
    fn recorded(&self) -> Result<usize, String> {
        let path = self.folder.path("h.db");
        let history = match History::open(&path) {
            Ok(history) => history,
            // Ended before the tables were there.
            Err(_) if self.runs == 0 => return Ok(0),
            Err(error) => return Err(error.to_string()),
        };
        let found = history.verify(&Filter::default()).map_err(|error| error.to_string())?;
        if !found.is_sound() {
            return Err(format!("{found:?}"));
        }
        Ok(history.runs(&Filter::default()).map_err(|error| error.to_string())?.len())
    }

    /// Starts once more, to the end.
    fn next_start(&mut self) -> Result<(), String> {
        let output = start(&self.folder, 0).output().unwrap();
        if !output.status.success() {
            return Err(format!("next start: {}", String::from_utf8_lossy(&output.stderr)));
        }
        self.check(0, true)?;
        let left = left(&self.folder.path(""));
        if left.is_empty() { Ok(()) } else { Err(format!("left: {left:?}")) }
    }
}

/// Temporary files.
fn left(folder: &Path) -> Vec<String> {
    names(folder).into_iter().filter(|name| name.ends_with(".tmp")).collect()
}

/// What is compared of an output: all of it but times and warnings.
fn kept(folder: &Folder, name: &str) -> Vec<u8> {
    let bytes = fs::read(folder.path(name)).unwrap();
    match (name, std::str::from_utf8(&bytes)) {
        ("o.json", Ok(text)) if text.ends_with("}\n") => without_provenance(text).into_bytes(),
        _ => bytes,
    }
}

fn start(folder: &Folder, of: usize) -> Command {
    let args = line(of);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = command(&folder.path(""), &args);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts commands, ends each after some time by `end`, and says how it ended, after
/// how long, with which message.
fn rounds(
    campaign: &Campaign,
    mut end: impl FnMut(&mut std::process::Child, &mut Rng),
    mut judge: impl FnMut(&mut Trial, usize, ExitStatus, Duration, &str) -> Result<(), String>,
) {
    let mut rng = Rng::new(campaign.seed);
    let mut trial = Trial::new();
    for round in 0..campaign.count {
        trial.reset(round);
        let of = rng.below(LINES.len() as u32) as usize;
        let mut child = start(&trial.folder, of).spawn().unwrap();
        let after = rng.below(trial.spans[of] / 4 * 5);
        sleep(Duration::from_micros(after.into()));
        end(&mut child, &mut rng);
        let asked = Instant::now();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let judged = judge(&mut trial, of, output.status, asked.elapsed(), &stderr)
            .and_then(|()| trial.next_start());
        if let Err(problem) = judged {
            panic!("seed {}, round {round}, line {of} after {after} µs: {problem}", campaign.seed);
        }
    }
}

#[test]
fn a_command_that_is_killed_loses_nothing_and_leaves_nothing() {
    let campaign = campaign("TALLYHO_KILLS", 12);
    let mut killed = 0;
    rounds(
        &campaign,
        |child, _| child.kill().unwrap(),
        |trial, of, status, _, _| {
            killed += u32::from(status.code().is_none());
            trial.check(of, status.success())
        },
    );
    figure(campaign.count, &format!("{killed} killed before their end"));
    assert!(killed >= campaign.count / 10, "only {killed} were killed");
}

#[test]
fn a_command_that_is_interrupted_ends_within_a_second_or_is_done() {
    let campaign = campaign("TALLYHO_SIGNALS", 12);
    let (mut interrupted, mut longest) = (0, Duration::ZERO);
    let signal = |child: &mut std::process::Child, rng: &mut Rng| {
        let signal = ["-INT", "-TERM"][rng.below(2) as usize];
        // It may have ended.
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).output();
    };
    rounds(&campaign, signal, |trial, of, status, took, stderr| {
        longest = longest.max(took);
        interrupted += u32::from(status.code() == Some(130));
        let before_it_listens = matches!(status.signal(), Some(2 | 15));
        let as_promised = status.success() || status.code() == Some(130) || before_it_listens;
        if !as_promised || stderr.contains("panic") {
            return Err(format!("{status}: {stderr}"));
        }
        let left = left(&trial.folder.path(""));
        if !left.is_empty() && !before_it_listens {
            return Err(format!("{status} left {left:?}"));
        }
        trial.check(of, status.success())
    });
    let longest_ms = longest.as_millis();
    let found = format!("{interrupted} with status 130, the longest after {longest_ms} ms");
    figure(campaign.count, &found);
    // A second, and what a busy machine adds.
    assert!(longest < Duration::from_secs(4), "{longest:?}");
    assert!(interrupted >= campaign.count / 50, "only {interrupted} were interrupted");
}

/// A folder in memory of so many KiB, or files of at most so many where that is not
/// allowed.
fn with_little_room(trial: &Trial, of: usize, kib: u32) -> ExitStatus {
    let in_memory = "mount -t tmpfs -o size=${1}k tmpfs full && cp h.db* o.* full && shift && \
                     cd full && ln -s ../t.csv ../a.tally . && (\"$@\"); status=$?; rm -f t.csv \
                     a.tally; cp -a . ../left; exit $status";
    let limited = "ulimit -f $((2 * $1)); trap '' XFSZ; mkdir left; cp h.db* o.* left; shift; \
                   cd left && ln -s ../t.csv ../a.tally . && (\"$@\"); status=$?; rm -f t.csv \
                   a.tally; exit $status";
    let folder = trial.folder.path("");
    let _ = fs::remove_dir_all(folder.join("left"));
    let _ = fs::remove_dir_all(folder.join("full"));
    fs::create_dir(folder.join("full")).unwrap();
    let may_mount = Command::new("unshare").args(["-rm", "true"]).status();
    let mut shell = match may_mount.is_ok_and(|status| status.success()) {
        true => {
            fs::create_dir(folder.join("left")).unwrap();
            let mut shell = Command::new("unshare");
            shell.args(["-rm", "sh", "-c", in_memory]);
            shell
        }
        false => {
            let mut shell = Command::new("sh");
            shell.args(["-c", limited]);
            shell
        }
    };
    shell.args(["sh", &kib.to_string(), env!("CARGO_BIN_EXE_tallyho")]).args(line(of));
    let output = shell.current_dir(&folder).stdout(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panic"), "{stderr}");
    output.status
}

#[test]
fn a_disk_that_is_full_costs_no_output_and_no_run() {
    let campaign = campaign("TALLYHO_FULL", 4);
    let mut rng = Rng::new(campaign.seed);
    let mut trial = Trial::new();
    let mut refused = 0;
    for round in 0..campaign.count {
        trial.reset(round);
        if trial.runs == 0 {
            trial.next_start().unwrap();
            trial.reset(1);
        }
        let of = rng.below(LINES.len() as u32) as usize;
        let kib = history_kib(&trial) + 16 + rng.below(200);
        let status = with_little_room(&trial, of, kib);
        refused += u32::from(status.code() == Some(2));
        let case = format!("seed {}, round {round}, {kib} KiB: {status}", campaign.seed);
        assert!(matches!(status.code(), Some(0 | 2)), "{case}");
        // What was left there becomes the folder of the next start.
        for name in OUTPUTS.iter().chain(&HISTORY) {
            let (from, to) = (trial.folder.path("left").join(name), trial.folder.path(name));
            let _ = fs::remove_file(&to);
            let _ = fs::rename(from, to);
        }
        assert_eq!(left(&trial.folder.path("left")), [""; 0], "{case}");
        trial.check(of, status.success()).unwrap_or_else(|error| panic!("{case}: {error}"));
        trial.next_start().unwrap_or_else(|error| panic!("{case}: {error}"));
    }
    figure(campaign.count, &format!("{refused} refused with status 2"));
    let some = campaign.count / 10;
    assert!((some..=campaign.count - some).contains(&refused), "{refused} of {}", campaign.count);
}

fn history_kib(trial: &Trial) -> u32 {
    let bytes = |name: &&str| fs::metadata(trial.folder.path(name)).map_or(0, |it| it.len());
    u32::try_from(HISTORY.iter().map(bytes).sum::<u64>() / 1024).unwrap()
}

/// The checks are themselves checked.
#[test]
fn half_an_output_and_a_lost_run_are_found() {
    let mut trial = Trial::new();
    let whole = fs::read(trial.folder.path("o.tally")).unwrap();
    start(&trial.folder, 0).status().unwrap();
    trial.check(0, true).unwrap();
    trial.folder.file("o.tally", &whole[..whole.len() / 2]);
    assert!(trial.check(0, false).unwrap_err().contains("neither old nor whole"));
    trial.folder.file("o.tally", "old");
    assert!(trial.check(0, true).unwrap_err().contains("neither old nor whole"));
    start(&trial.folder, 0).status().unwrap();
    trial.runs += 2;
    assert!(trial.check(0, true).unwrap_err().contains("runs after"));
    trial.folder.file("h.db", "");
    assert!(trial.check(0, false).is_err());
}
