//! Drives the targets without libFuzzer, on stable.
//!
//! ```text
//! drive replay                        # every file of every corpus, once
//! drive TARGET RUNS [SEED]            # as many changed seeds, on all cores
//! ```
//!
//! Of a failure, the input is left in `fuzz/artifacts`, for the corpus once it is mended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, thread};

use tallyho_fuzz::{ALL, Target, find};

const USAGE: &str = "drive replay | drive TARGET RUNS [SEED]";

/// Longest input; every format fits.
const LONGEST: usize = 1 << 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: &str| args.get(at).map_or(usual, |it| it).parse::<u64>();
    match (args.first().map(String::as_str), number(1, ""), number(2, "1")) {
        (Some("replay"), ..) if args.len() == 1 => replay(),
        (Some(name), Ok(runs), Ok(seed)) => match find(name) {
            Some(target) => campaign(target, runs, seed),
            None => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    let names: Vec<&str> = ALL.iter().map(|target| target.name).collect();
    eprintln!("{USAGE}\ntargets: {}", names.join(" "));
    ExitCode::from(2)
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(kind)
}

/// The committed inputs of a target, in the order of their names.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder("corpus").join(target.name)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a file of the corpus")).collect()
}

fn replay() -> ExitCode {
    let mut is_sound = true;
    for target in &ALL {
        let inputs = corpus(target);
        is_sound &= !inputs.is_empty() && inputs.iter().all(|input| holds(target, input));
        println!("{}: {} inputs", target.name, inputs.len());
    }
    if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a target once; an input that makes it panic is kept.
fn holds(target: &Target, input: &[u8]) -> bool {
    let is_sound = catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok();
    if !is_sound {
        let name = format!("{}-{}", target.name, &blake3::hash(input).to_hex()[..16]);
        let path = folder("artifacts").join(name);
        fs::create_dir_all(folder("artifacts")).expect("a folder for failures");
        fs::write(&path, input).expect("room for a failure");
        eprintln!("{}: fails on {}", target.name, path.display());
    }
    is_sound
}

fn campaign(target: &Target, runs: u64, seed: u64) -> ExitCode {
    let corpus = corpus(target);
    let started = Instant::now();
    let threads = thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let work = |thread: u64| {
        let mut rng = Rng(seed.wrapping_mul(1_000_003) + thread);
        let own = runs / threads + u64::from(thread < runs % threads);
        (0..own).filter(|_| !holds(target, &changed(&corpus, target, &mut rng))).count()
    };
    let failures: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|it| scope.spawn(move || work(it))).collect();
        workers.into_iter().map(|it| it.join().expect("panics are caught")).sum()
    });
    let seconds = started.elapsed().as_secs();
    println!("{:8} {runs:>9} runs  {failures} failures  {seconds} s  seed {seed}", target.name);
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A seed with a few changes.
fn changed(corpus: &[Vec<u8>], target: &Target, rng: &mut Rng) -> Vec<u8> {
    let mut input = corpus.get(rng.below(corpus.len())).cloned().unwrap_or_default();
    for _ in 0..1 + rng.below(4) {
        change(&mut input, corpus, target.words, rng);
    }
    input.truncate(LONGEST);
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[&str], rng: &mut Rng) {
    let at = rng.below(input.len() + 1);
    let end = (at + 1 + rng.below(16)).min(input.len());
    match rng.below(10) {
        0 | 1 if at < input.len() => input[at] ^= 1 << rng.below(8),
        2 if at < input.len() => input[at] = rng.next() as u8,
        3 => drop(input.drain(at..end)),
        4 => {
            let again = input[at..end].to_vec();
            let to = rng.below(input.len() + 1);
            input.splice(to..to, again);
        }
        5 => input.insert(at, rng.next() as u8),
        6 if rng.below(4) == 0 => input.truncate(at),
        // Lengths and offsets at their ends.
        7 => {
            const ENDS: [u64; 6] = [0, 1, u64::MAX, 1 << 31, 1 << 63, 0xffff];
            let bytes = ENDS[rng.below(ENDS.len())].to_le_bytes();
            let width = [1, 2, 4, 8][rng.below(4)];
            let end = (at + width).min(input.len());
            input[at..end].copy_from_slice(&bytes[..end - at]);
        }
        8 => {
            // The end of another seed.
            let other = &corpus[rng.below(corpus.len())];
            let from = rng.below(other.len() + 1);
            input.truncate(at);
            input.extend(&other[from..]);
        }
        _ if !words.is_empty() => {
            let word = words[rng.below(words.len())].bytes();
            let to = if rng.below(2) == 0 { at } else { end };
            input.splice(at..to.max(at), word);
        }
        _ => {
            let bytes = (0..4).map(|_| rng.next() as u8).collect::<Vec<_>>();
            input.splice(at..at, bytes);
        }
    }
}

/// SplitMix64, so that a seed names a campaign.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `0..end`; 0 if that is empty.
    fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }
}
