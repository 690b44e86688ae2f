//! `tallyho merge`: states to the report of the whole.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::Merge;
use super::output::Outputs;
use super::{judge, present};
use crate::error::{Error, Result};
use crate::evaluation::provenance;
use crate::report::{Provenance, Report};
use crate::rule;
use crate::tally::{self, Tallies};

pub(super) fn merge(args: &Merge, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<u8> {
    let started = Instant::now();
    let rules = rule::parse_all(&args.show.require)?;
    judge::check(&rules, &args.record)?;
    let states = args.states.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    // A state may be replaced by the sum it is part of, so none is protected.
    let outputs = Outputs::open(&args.show.output, &args.show.curves, std::iter::empty())?;
    let target = args.record.open()?;
    let mut whole = add_up(&args.states, &states)?;
    whole.spec.ordinal = args.ordinal;
    rules.iter().try_for_each(|rule| rule::check(rule, &whole.spec))?;
    let bytes = states.iter().map(|state| state.bytes).sum();
    let inputs = args.states.iter().zip(&states);
    let provenance = Provenance {
        device: provenance::merge(),
        inputs: inputs
            .map(|(path, state)| provenance::state(path, state.tallies.rows.read, state.bytes))
            .collect(),
        timing: provenance::timing(started.elapsed(), whole.rows.read, bytes),
        warnings: Vec::new(),
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

fn add_up(paths: &[PathBuf], states: &[State]) -> Result<Tallies> {
    let mut parts = paths.iter().zip(states);
    let (first, whole) =
        parts.next().ok_or_else(|| Error::Usage("name at least one state to merge".into()))?;
    let mut whole = whole.tallies.clone();
    for (path, state) in parts {
        whole.merge(&state.tallies).map_err(|error| {
            Error::Mismatch(format!(
                "{} and {} do not merge: {error}; evaluate both alike",
                first.display(),
                path.display()
            ))
        })?;
    }
    Ok(whole)
}
