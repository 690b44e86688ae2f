//! `tallyho merge`: states to the report of the whole.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::Merge;
use super::output::Outputs;
use super::{judge, present};
use crate::atomic_file::Kept;
use crate::error::{Error, Result};
use crate::evaluation::provenance;
use crate::input::once;
use crate::memory;
use crate::notice::{self, Notice};
use crate::report::{Provenance, Report};
use crate::rule;
use crate::tally::{self, Key, Shards, Tallies};

pub(super) fn merge(args: &Merge, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<u8> {
    let started = Instant::now();
    args.memory.settle();
    let rules = rule::parse_all(&args.show.require)?;
    judge::check(&rules, &args.record)?;
    let (paths, twice) = once(&args.states);
    let key = args.verify.as_deref().map(Key::read).transpose()?;
    let instead = match paths.len() {
        1 => "make it with fewer classes",
        _ => "merge fewer states at once",
    };
    let states = paths.iter().map(|path| read(path, key.as_ref(), instead));
    let states = states.collect::<Result<Vec<_>>>()?;
    let shards = shards(&paths, &states, args.allow_repeats)?;
    // A state may be replaced by the sum it is part of, so none is protected.
    let keys = args.show.sign.iter().chain(&args.verify).map(|path| Kept::input(path));
    let kept: Vec<Kept> = keys.chain(args.record.files()).collect();
    let outputs = Outputs::open(&args.show.output, &args.show.curves, &kept)?;
    let outputs = outputs.of_shards(shards.names).signed(args.show.sign.as_deref())?;
    let target = args.record.open()?;
    let mut whole = add_up(&paths, &states)?;
    whole.spec.ordinal = args.ordinal;
    whole.settle_slices();
    rules
        .iter()
        .try_for_each(|rule| rule::check(rule, &whole.spec, Some(&whole.slice_columns())))?;
    let bytes = states.iter().map(|state| state.bytes).sum();
    let inputs = paths.iter().zip(&states);
    let provenance = Provenance {
        device: provenance::merge(),
        inputs: inputs
            .map(|(path, state)| provenance::state(path, state.tallies.rows.read, state.bytes))
            .collect(),
        timing: provenance::timing(started.elapsed(), whole.rows.read, bytes),
        warnings: twice
            .into_iter()
            .chain(shards.repeated)
            .chain(same_tallies(&paths, &states).filter(|_| !args.allow_repeats))
            .chain(slices_left_out(&paths, &states))
            .chain(shown_as_first(&paths, &states))
            .chain(unverified(&states).filter(|_| key.is_none()))
            .collect(),
    };
    let judgements = judge::judge(&rules, &whole, &provenance.timing, target.as_ref(), None)?;
    let record = |report: &Report<'_>| target.map(|it| it.record(report, None)).transpose();
    let to = present::Streams { stdout, stderr };
    present::present(&whole, provenance, &args.show, judgements, outputs, record, to)
}

struct State {
    tallies: Tallies,
    digest: String,
    shards: Shards,
    is_signed: bool,
    bytes: u64,
}

/// Bytes that a state takes for each of its file, about, where it is mostly names.
const READ_BYTES: u64 = 4;

fn read(path: &Path, key: Option<&Key>, instead: &'static str) -> Result<State> {
    memory::need_for_file(path, READ_BYTES, instead)?;
    let bytes = std::fs::read(path).map_err(Error::io(path, "read the state"))?;
    let tally::State { tallies, digest, shards, is_signed } =
        tally::decode_sealed(path, &bytes, key)?;
    Ok(State { tallies, digest, shards, is_signed, bytes: bytes.len() as u64 })
}

/// The shards that states are the sum of, and what is said of those that repeat.
struct Merged {
    names: Shards,
    repeated: Option<Notice>,
}

/// Puts the names of shards together, of which none may come twice unless that is asked
/// for.
fn shards(paths: &[&PathBuf], states: &[State], allow_repeats: bool) -> Result<Merged> {
    let mut merged = Merged { names: Shards::default(), repeated: None };
    for (at, State { shards, .. }) in states.iter().enumerate() {
        if let Some(name) = shards.in_common(&merged.names) {
            let has_it = |state: &State| state.shards.names().any(|known| known == name);
            let first = states.iter().position(has_it).unwrap_or(at);
            let both = format!(
                "{} and {} both hold the shard '{name}'",
                paths[first].display(),
                paths[at].display()
            );
            if !allow_repeats {
                return Err(Error::Mismatch(format!(
                    "{both}, which would be counted twice; leave one out, or add both with \
                     --allow-repeats"
                )));
            }
            let text = format!("{both}, and both are added, as asked");
            merged.repeated.get_or_insert_with(|| Notice::new(notice::REPEATED_SHARD, text));
        }
        merged.names.merge(shards)?;
    }
    Ok(merged)
}

/// Fewest rows of which equal counts say that they are the same rows.
const FEWEST_ROWS: u64 = 1_000;

/// A warning where two files hold the same tallies, which other rows hardly have; not
/// where both have names, which are others then.
fn same_tallies(paths: &[&PathBuf], states: &[State]) -> Option<Notice> {
    let mut known: HashMap<&str, Vec<usize>> = HashMap::new();
    let many = states.iter().enumerate().filter(|(_, it)| it.tallies.rows.scored >= FEWEST_ROWS);
    for (at, state) in many {
        let alike = known.entry(&state.digest).or_default();
        let unnamed = |other: &&usize| state.shards.is_empty() || states[**other].shards.is_empty();
        if let Some(&other) = alike.iter().find(unnamed) {
            let text = format!(
                "{} and {} hold the same counts of {} rows, and both are added",
                paths[other].display(),
                paths[at].display(),
                state.tallies.rows.read
            );
            let hint = "if they are of the same rows, leave one out; if not, --shard names each \
                        when it is evaluated, and --allow-repeats takes them as they are";
            return Some(Notice::new(notice::SAME_TALLIES, text).hint(hint));
        }
        alike.push(at);
    }
    None
}

/// A note where states are signed and nobody asked by whom.
fn unverified(states: &[State]) -> Option<Notice> {
    let signed = states.iter().filter(|state| state.is_signed).count();
    let text = format!("{signed} of {} states are signed, which was not verified", states.len());
    let hint = "--verify KEYFILE takes only those that are signed with that key";
    (signed > 0).then(|| Notice::new(notice::UNVERIFIED, text).hint(hint))
}

fn add_up(paths: &[&PathBuf], states: &[State]) -> Result<Tallies> {
    let mut parts = paths.iter().zip(states);
    let (first, whole) =
        parts.next().ok_or_else(|| Error::Usage("name at least one state to merge".into()))?;
    let mut whole = whole.tallies.clone();
    for (path, state) in parts {
        whole.merge(&state.tallies).map_err(|error| {
            let (first, path) = (first.display(), path.display());
            let remedy = whole.remedy(&state.tallies);
            Error::Mismatch(format!("{first} and {path} do not merge: {error}; {remedy}"))
        })?;
    }
    Ok(whole)
}

/// A warning of groups of rows that some states have and others have not: their sum has
/// none such.
fn slices_left_out(paths: &[&PathBuf], states: &[State]) -> Option<Notice> {
    let named = paths.iter().zip(states);
    let columns = named.clone().flat_map(|(path, state)| {
        state.tallies.slices.iter().map(move |grouped| (&grouped.column, path))
    });
    let lacking = |column: &str| {
        named.clone().find(|(_, it)| it.tallies.grouped(column).is_none()).map(|(path, _)| path)
    };
    let mut lost = columns.filter_map(|(column, has)| Some((column, has, lacking(column)?)));
    let (column, has, lacks) = lost.next()?;
    let mut others: Vec<&String> =
        lost.map(|(other, ..)| other).filter(|it| *it != column).collect();
    others.sort_unstable();
    others.dedup();
    let others: String =
        others.iter().map(|other| format!(", and so are those by '{other}'")).collect();
    let text = format!(
        "{} has slices by '{column}' and {} has none, so that they are left out{others}",
        has.display(),
        lacks.display()
    );
    let hint = "evaluate all with the same slices";
    Some(Notice::new(notice::SLICES_LEFT_OUT, text).hint(hint))
}

/// A note of states that were to be shown in different ways.
fn shown_as_first(paths: &[&PathBuf], states: &[State]) -> Option<Notice> {
    let (first, rest) = states.split_first()?;
    let (difference, other) = rest.iter().zip(&paths[1..]).find_map(|(state, path)| {
        Some((first.tallies.spec.shown_difference(&state.tallies.spec)?, path))
    })?;
    let (first, other) = (paths[0].display(), other.display());
    let text = format!(
        "{first} and {other} are to be shown in different ways ({difference}); the \
                        whole is shown as the first"
    );
    Some(Notice::new(notice::SHOWN_AS_FIRST, text))
}
