//! Bombs: small files and short lines that ask for much, at random, each run where the
//! address space is limited to 512 MiB.
//!
//! Whatever they are, the program ends by itself and soon, with status 0, 1 or 2 and
//! little on standard error, and leaves no file that it was not asked for.
//!
//! `TALLYHO_BOMBS` makes as many, and `TALLYHO_SEED` chooses which; `TALLYHO_BOMB` takes
//! only kinds whose names begin so, and shows what became of each. An optimised build is
//! faster by far:
//!
//! ```text
//! TALLYHO_BOMBS=500 cargo test --profile dev --test tests -- command_line::bombs --nocapture
//! ```

mod archive;
mod arrays;
mod stored;
mod texts;
mod typed;

#[cfg(feature = "parquet")]
mod tables;

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{names, sound, words};
use crate::common::files::Folder;
use crate::common::{Campaign, Rng, campaign, figure};

/// How long a bomb may last. What keeps processors busy is ended sooner, after
/// 120 seconds of theirs: that is much in a build that is not optimised, too.
const PATIENCE: Duration = Duration::from_secs(600);

/// What the standard error of one run may hold; a listing of what is in a file is longest.
const MOST_BYTES: usize = 8_000;
const MOST_LINES: usize = 60;

/// What a bomb may write where it is no bomb after all.
const OUTPUTS: [&str; 9] = [
    "o.json",
    "o.csv",
    "o.md",
    "o.tally",
    "o.npy",
    "h.db",
    "h.db-wal",
    "h.db-shm",
    // It stays, so that two that wait for it wait for the same.
    "h.db.night.lock",
];

/// Puts files into a folder of sound ones, and says what to run there.
type Bomb = fn(&Folder, &mut Rng) -> String;

fn kinds() -> Vec<(&'static str, Bomb)> {
    let mut kinds = Vec::new();
    kinds.extend_from_slice(arrays::KINDS);
    kinds.extend_from_slice(archive::KINDS);
    kinds.extend_from_slice(texts::KINDS);
    kinds.extend_from_slice(typed::KINDS);
    kinds.extend_from_slice(stored::KINDS);
    #[cfg(feature = "parquet")]
    kinds.extend_from_slice(tables::KINDS);
    kinds
}

/// One of some things.
fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.below(u32::try_from(of.len()).unwrap()) as usize]
}

fn flip(rng: &mut Rng) -> bool {
    rng.below(2) == 0
}

/// A number that is too much, at the edges of types among others.
fn huge(rng: &mut Rng) -> u64 {
    let edge =
        pick(rng, &[17 << 30, 1 << 31, 1 << 32, 1 << 40, 1 << 53, 1 << 62, 1 << 63, u64::MAX]);
    match rng.below(3) {
        0 => edge,
        1 => edge - 1,
        _ => edge >> rng.below(4),
    }
}

/// A file of some beginning and zeros after it, which take no room on a disk.
fn sparse(folder: &Folder, name: &str, head: &[u8], zeros: u64) {
    let mut file = File::create(folder.path(name)).unwrap();
    file.write_all(head).unwrap();
    let end = file.stream_position().unwrap() + zeros;
    file.set_len(end).unwrap();
}

/// How a run ended, and what it said.
struct Ended {
    /// `None` where it did not end in time.
    status: Option<ExitStatus>,
    /// Whether there is anything on standard output, where a job says what is wrong.
    is_told: bool,
    stderr: String,
    took: Duration,
}

/// Runs a program where the address space is limited to 512 MiB, for so long at most.
fn confined(folder: &Folder, program: &str, args: &[String], patience: Duration) -> Ended {
    let [stdout, stderr] = [(); 2].map(|()| tempfile::NamedTempFile::new().unwrap());
    let started = Instant::now();
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -c 0; ulimit -v 524288; ulimit -t 120; exec \"$0\" \"$@\"", program])
        .args(args)
        .current_dir(folder.path(""))
        .env("COLUMNS", "80")
        .env("TALLYHO_CACHE_DIR", "")
        .stdin(Stdio::null())
        .stdout(stdout.reopen().unwrap())
        .stderr(stderr.reopen().unwrap())
        .spawn()
        .unwrap();
    while started.elapsed() < patience && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(2));
    }
    let took = started.elapsed();
    let is_in_time = child.try_wait().unwrap().is_some();
    if !is_in_time {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    Ended {
        status: is_in_time.then_some(status),
        is_told: stdout.as_file().metadata().unwrap().len() > 0,
        stderr: String::from_utf8_lossy(&fs::read(stderr.path()).unwrap()).into_owned(),
        took,
    }
}

/// What is wrong with how a run ended.
fn judge(ended: &Ended) -> Result<i32, String> {
    let Some(status) = ended.status else {
        return Err(format!("no end after {:?}", ended.took));
    };
    let Some(status @ 0..=2) = status.code() else {
        return Err(format!("ended by signal {:?} or status {:?}", status.signal(), status.code()));
    };
    let text = &ended.stderr;
    if text.contains("panicked") || text.contains("internal error") {
        return Err("a panic or a bug".into());
    }
    let lines = text.lines().count();
    if text.len() > MOST_BYTES || lines > MOST_LINES {
        return Err(format!("{} bytes and {lines} lines on standard error", text.len()));
    }
    let refused = |line: &str| line.starts_with("tallyho: ") || line.starts_with("error: ");
    match status {
        2 if !ended.is_told && !text.lines().any(refused) => Err("status 2 without a word".into()),
        _ => Ok(status),
    }
}

/// What is left behind beside the outputs.
fn left(folder: &Folder, before: &[String]) -> Result<(), String> {
    let is_new = |name: &String| !before.contains(name) && !OUTPUTS.contains(&name.as_str());
    match names(&folder.path("")).into_iter().filter(is_new).collect::<Vec<_>>() {
        more if more.is_empty() => Ok(()),
        more => Err(format!("left behind: {more:?}")),
    }
}

/// The beginning of what may be long.
fn head(text: &str) -> String {
    text.chars().take(1_000).collect()
}

/// Makes a bomb, runs it, and says what became of it.
fn set_off(bomb: Bomb, case: u64) -> (Ended, String, Result<i32, String>) {
    let folder = sound();
    let line = bomb(&folder, &mut Rng::new(case));
    let before = names(&folder.path(""));
    let ended = confined(&folder, env!("CARGO_BIN_EXE_tallyho"), &words(&line), PATIENCE);
    let judged = judge(&ended).and_then(|status| left(&folder, &before).map(|()| status));
    let said = format!("  {}\n  {}", head(&line), head(&ended.stderr));
    (ended, said, judged)
}

#[allow(clippy::print_stdout, reason = "it is shown where a kind was asked for")]
#[test]
fn no_bomb_aborts_the_program_or_keeps_it_busy() {
    let Campaign { count, seed } = campaign("TALLYHO_BOMBS", 12);
    let (kinds, only) = (kinds(), std::env::var("TALLYHO_BOMB").ok());
    let (mut statuses, mut last_resort) = ([0; 3], 0);
    let (mut longest, mut faults) = (Duration::ZERO, Vec::new());
    for case in (seed - 1) * u64::from(count)..seed * u64::from(count) {
        // All kinds in turn, such that a few are of different formats.
        let (name, bomb) = kinds[usize::try_from(case * 101).unwrap() % kinds.len()];
        if only.as_ref().is_some_and(|only| !name.starts_with(only.as_str())) {
            continue;
        }
        let (ended, said, judged) = set_off(bomb, case);
        longest = longest.max(ended.took);
        last_resort += u32::from(ended.stderr.contains("tallyho: out of memory: "));
        if only.is_some() {
            println!("{name}: {judged:?} after {:?}\n{said}", ended.took);
        }
        match judged {
            Ok(status) => statuses[usize::try_from(status).unwrap()] += 1,
            Err(problem) => faults.push(format!("case {case}, {name}: {problem}\n{said}")),
        }
    }
    let [done, broken, refused] = statuses;
    let (done, longest) = (done + broken, longest.as_secs_f32());
    let found = format!(
        "{refused} refused, {last_resort} of them by the allocator, {done} done; the longest took \
         {longest:.1} s"
    );
    figure(done + refused, &found);
    assert!(faults.is_empty(), "seed {seed}: {} faults\n{}", faults.len(), faults.join("\n"));
}

/// The judge is itself judged.
#[test]
fn what_aborts_hangs_or_says_too_much_is_found() {
    let folder = sound();
    let ran = |script: &str| {
        let args = ["-c".to_owned(), script.to_owned()];
        let patience =
            if script.starts_with("sleep") { Duration::from_millis(500) } else { PATIENCE };
        judge(&confined(&folder, "sh", &args, patience))
    };
    assert_eq!(ran("exit 1"), Ok(1));
    assert_eq!(ran("echo 'tallyho: no' >&2; exit 2"), Ok(2));
    for (script, problem) in [
        ("kill -ABRT $$", "signal Some(6)"),
        ("kill -KILL $$", "signal Some(9)"),
        ("exit 134", "status Some(134)"),
        ("exit 2", "without a word"),
        ("sleep 9", "no end after"),
        ("ulimit -t 1; while :; do :; done", "signal Some("),
        ("echo \"thread 'main' panicked\" >&2", "a panic"),
        ("yes | head -61 >&2", "61 lines"),
        ("head -c 9000 /dev/zero >&2", "9000 bytes"),
    ] {
        let found = ran(script).unwrap_err();
        assert!(found.contains(problem), "{script}: {found}");
    }
    let before = names(&folder.path(""));
    folder.file("o.json", "");
    assert_eq!(left(&folder, &before), Ok(()));
    folder.file(".o.json.tmp", "");
    assert!(left(&folder, &before).unwrap_err().contains(".o.json.tmp"));
}

/// And the limit is a limit.
#[test]
fn there_is_no_more_than_half_a_gigabyte() {
    let args = ["-c".to_owned(), "test $(ulimit -v) = 524288".to_owned()];
    let ended = confined(&sound(), "sh", &args, PATIENCE);
    assert_eq!(ended.status.and_then(|status| status.code()), Some(0));
}
