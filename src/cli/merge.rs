//! `tallyho merge`: states to the report of the whole.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::Merge;
use super::output::Outputs;
use super::{judge, present};
use crate::error::{Error, Result};
use crate::evaluation::provenance;
use crate::input::once;
use crate::notice::{self, Notice};
use crate::report::{Provenance, Report};
use crate::rule;
use crate::tally::{self, Tallies};

pub(super) fn merge(args: &Merge, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<u8> {
    let started = Instant::now();
    let rules = rule::parse_all(&args.show.require)?;
    judge::check(&rules, &args.record)?;
    let (paths, twice) = once(&args.states);
    let states = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    // A state may be replaced by the sum it is part of, so none is protected.
    let outputs = Outputs::open(&args.show.output, &args.show.curves, &args.record.files())?;
    let target = args.record.open()?;
    let mut whole = add_up(&paths, &states)?;
    whole.spec.ordinal = args.ordinal;
    rules.iter().try_for_each(|rule| rule::check(rule, &whole.spec))?;
    let bytes = states.iter().map(|state| state.bytes).sum();
    let inputs = paths.iter().zip(&states);
    let provenance = Provenance {
        device: provenance::merge(),
        inputs: inputs
            .map(|(path, state)| provenance::state(path, state.tallies.rows.read, state.bytes))
            .collect(),
        timing: provenance::timing(started.elapsed(), whole.rows.read, bytes),
        warnings: twice.into_iter().chain(same_tallies(&paths, &states)).collect(),
    };
    let judgements = judge::judge(&rules, &whole, &provenance.timing, target.as_ref(), None)?;
    let record = |report: &Report<'_>| target.map(|it| it.record(report, None)).transpose();
    let to = present::Streams { stdout, stderr };
    present::present(&whole, provenance, &args.show, judgements, outputs, record, to)
}

struct State {
    tallies: Tallies,
    bytes: u64,
}

fn read(path: &Path) -> Result<State> {
    let bytes = std::fs::read(path).map_err(Error::io(path, "read the state"))?;
    let tallies = tally::decode(path, &bytes)?;
    Ok(State { tallies, bytes: bytes.len() as u64 })
}

/// A warning where two files hold the same tallies, which other rows hardly have.
fn same_tallies(paths: &[&PathBuf], states: &[State]) -> Option<Notice> {
    let mut known: HashMap<(u64, u64, u64), Vec<usize>> = HashMap::new();
    for (at, State { tallies, .. }) in states.iter().enumerate() {
        let right = tallies.confusion.diagonal().sum();
        let alike = known.entry((tallies.rows.read, tallies.rows.scored, right)).or_default();
        let same = alike.iter().find(|&&other| states[other].tallies == *tallies);
        if let Some(&other) = same.filter(|_| tallies.hardly_recur()) {
            let text = format!(
                "{} and {} hold the same counts of {} rows, and both are added",
                paths[other].display(),
                paths[at].display(),
                tallies.rows.read
            );
            let hint = "if they are of the same rows, leave one out";
            return Some(Notice::new(notice::SAME_TALLIES, text).hint(hint));
        }
        alike.push(at);
    }
    None
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
