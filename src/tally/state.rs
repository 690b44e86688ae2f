//! The state file: tallies on disk.
//!
//! ```text
//! magic "TALLYHO\n" · format u32 · length of the body u64 · body · blake3 of all before
//! ```
//!
//! The body holds the options, the classes, the row counts, every tally and
//! the digest. All integers are little-endian.

use std::path::Path;

use super::codec::{Reader, Writer};
use super::{FORMAT, ScoreTallies, Tallies, Task, digest};
use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"TALLYHO\n";
const HEADER: usize = 20;
const CHECKSUM: usize = 32;

/// The bytes of a state file.
pub fn encode(tallies: &Tallies) -> Vec<u8> {
    let mut body = Writer::default();
    body.counted(&tallies.spec);
    body.shown(&tallies.spec);
    body.origin(tallies.classes.origin());
    body.classes(&tallies.classes);
    body.rows(&tallies.rows);
    body.confusion(&tallies.confusion);
    body.u8(u8::from(tallies.scores.is_some()));
    if let Some(scores) = &tallies.scores {
        body.scores(scores);
    }
    body.bytes.extend(digest(tallies).as_bytes());

    let mut file = Writer { bytes: MAGIC.to_vec() };
    file.u32(FORMAT);
    file.u64(body.bytes.len() as u64);
    file.bytes.extend(body.bytes);
    let checksum = blake3::hash(&file.bytes);
    file.bytes.extend(checksum.as_bytes());
    file.bytes
}

/// The tallies in the bytes of a state file; `path` is for messages.
///
/// # Errors
///
/// [`Error::Format`] if it is no state file, is newer than this tool, or is damaged.
pub fn decode(path: &Path, bytes: &[u8]) -> Result<Tallies> {
    let wrong = |problem: String| Err(Error::format(path, problem));
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return wrong("not a tallyho state; write one with `tallyho eval … -o x.tally`".into());
    };
    let mut header = Reader { rest };
    let (Some(format), Some(length)) = (header.u32(), header.u64()) else {
        return wrong(format!(
            "cut off within its header, after {} bytes; write the state again",
            bytes.len()
        ));
    };
    if format > FORMAT {
        return wrong(format!(
            "state format {format} is newer than this tallyho reads ({FORMAT}); upgrade tallyho"
        ));
    }
    let expected = length.saturating_add((HEADER + CHECKSUM) as u64);
    if bytes.len() as u64 != expected {
        return wrong(format!(
            "damaged: expected {expected} bytes, found {}; write the state again",
            bytes.len()
        ));
    }
    let (covered, checksum) = bytes.split_at(bytes.len() - CHECKSUM);
    if blake3::hash(covered).as_bytes() != checksum {
        return wrong("damaged: the checksum does not match; write the state again".into());
    }
    let tallies = body(&covered[HEADER..]).filter(consistent);
    tallies.ok_or_else(|| Error::format(path, "damaged: its contents contradict one another"))
}

/// Reads the body; `None` if it does not hold what [`encode`] writes.
fn body(bytes: &[u8]) -> Option<Tallies> {
    let mut reader = Reader { rest: bytes };
    let tallies = Tallies {
        spec: reader.spec()?,
        classes: reader.classes()?,
        rows: reader.rows()?,
        confusion: reader.confusion()?,
        scores: match reader.u8()? {
            0 => None,
            _ => Some(reader.scores()?),
        },
    };
    (reader.rest == digest(&tallies).as_bytes()).then_some(tallies)
}

/// Whether sizes and indices agree, so that nothing later can index outside.
fn consistent(tallies: &Tallies) -> bool {
    let classes = tallies.classes.len();
    let inside = |index: u32| (index as usize) < classes;
    let cells = tallies.confusion.cells();
    let counted = cells.iter().map(|cell| u128::from(cell.count)).sum::<u128>();
    let sizes = |scores: &ScoreTallies| {
        let bins = tallies.spec.bins;
        let classwise = scores.classwise.as_ref();
        scores.ranks.len() == classes
            && scores.calibration.len() == bins
            && classwise.is_some() == tallies.spec.classwise
            && classwise.is_none_or(|cells| Some(cells.len()) == classes.checked_mul(bins))
    };
    cells.iter().all(|cell| inside(cell.label) && inside(cell.prediction))
        && counted == u128::from(tallies.rows.scored)
        && (tallies.spec.task == Task::Predictions) == tallies.scores.is_none()
        && (!matches!(tallies.spec.task, Task::Binary { .. }) || classes == 2)
        && tallies.scores.as_ref().is_none_or(sizes)
}
