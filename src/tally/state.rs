//! The state file: tallies on disk.
//!
//! ```text
//! magic "TALLYHO\n" · format u32 · length of the body u64 · body · blake3 of all before
//! ```
//!
//! The body holds the options, the classes, the row counts, every tally, from format 4 on
//! options that seldom are given, from format 6 on aggregates that were asked for, each by
//! its name, in format 7 the same of groups of rows, from format 5 on the digest of an exact order and the names of shards, and the
//! digest. From format 5 on a state ends with 0, or with 1 and the signature of all bytes
//! before. All integers are little-endian.

use std::path::Path;

use super::check::contradiction;
use super::codec::{Reader, Writer};
use super::digest::{digest_of, order_digest};
use super::format_2::{self, FORMAT_2};
use super::key::Key;
use super::shards::Shards;
use super::{
    Aggregates, Confusion, FORMAT, FORMAT_WITH_AGGREGATES, FORMAT_WITH_SEAL, FORMAT_WITH_SECTIONS,
    FORMAT_WITH_SLICES, OLDEST, Tallies, Task, digest, slices,
};
use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"TALLYHO\n";
const HEADER: usize = 20;
const CHECKSUM: usize = 32;
const SIGNATURE: usize = 32;

/// What a state says of where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Seal {
    /// The names of the shards that it is the sum of.
    pub shards: Shards,
    /// What it is signed with, if it is.
    pub key: Option<Key>,
}

/// What a state file holds.
#[derive(Clone, Debug)]
pub struct State {
    /// The tallies.
    pub tallies: Tallies,
    /// Their digest.
    pub digest: String,
    /// The names of the shards that it is the sum of.
    pub shards: Shards,
    /// Whether it is signed, by whatever key.
    pub is_signed: bool,
}

/// The bytes of a state file that is neither named nor signed.
pub fn encode(tallies: &Tallies) -> Vec<u8> {
    encode_sealed(tallies, &Seal::default())
}

/// The bytes of a state file.
pub fn encode_sealed(tallies: &Tallies, seal: &Seal) -> Vec<u8> {
    let mut body = Writer::default();
    body.counted(&tallies.spec);
    body.shown(&tallies.spec);
    body.origin(tallies.classes.origin());
    body.classes(&tallies.classes);
    body.rows(&tallies.rows);
    body.confusion(&tallies.confusion);
    tallies.aggregates.write(&mut body);
    let plain = body.bytes.len();
    body.class_options(&tallies.spec);
    tallies.aggregates.write_sections(&mut body);
    let digest = digest(tallies);
    let of_order = order_digest(tallies, &digest);
    let has_sections = tallies.aggregates.has_sections();
    let is_sealed = of_order.is_some() || !seal.shards.is_empty() || seal.key.is_some();
    let has_slices = !tallies.slices.is_empty();
    if has_slices {
        slices::write(tallies, &mut body);
    }
    let format = if is_sealed || has_sections || has_slices {
        body.sections(of_order.as_deref(), &seal.shards);
        match (has_slices, has_sections) {
            (true, _) => FORMAT_WITH_SLICES,
            (false, true) => FORMAT_WITH_AGGREGATES,
            (false, false) => FORMAT_WITH_SEAL,
        }
    } else if body.bytes.len() > plain {
        FORMAT_WITH_SECTIONS
    } else {
        FORMAT
    };
    body.bytes.extend(digest.as_bytes());

    let mut file = Writer { bytes: MAGIC.to_vec() };
    file.u32(format);
    file.u64(body.bytes.len() as u64);
    file.bytes.extend(body.bytes);
    let checksum = blake3::hash(&file.bytes);
    file.bytes.extend(checksum.as_bytes());
    if format >= FORMAT_WITH_SEAL {
        let signature = seal.key.as_ref().map(|key| key.sign(&file.bytes));
        file.u8(u8::from(signature.is_some()));
        file.bytes.extend(signature.iter().flat_map(|signature| signature.as_bytes()));
    }
    file.bytes
}

/// The tallies in the bytes of a state file; `path` is for messages.
///
/// # Errors
///
/// [`Error::Format`] if it is no state file, is newer than this tool, is damaged, or
/// holds what no rows can have given.
pub fn decode(path: &Path, bytes: &[u8]) -> Result<Tallies> {
    decode_sealed(path, bytes, None).map(|state| state.tallies)
}

/// All that the bytes of a state file hold. With a key, only what was signed with it is
/// looked into.
///
/// # Errors
///
/// As of [`decode`]; with a key, also if the state is not signed with it.
pub fn decode_sealed(path: &Path, bytes: &[u8], key: Option<&Key>) -> Result<State> {
    let wrong = |problem: &str| Error::format(path, problem);
    let (format, covered, signature) = parts(bytes).map_err(|problem| wrong(&problem))?;
    if let Some(key) = key {
        let signature = signature.ok_or_else(|| wrong(UNSIGNED))?;
        let signed = &bytes[..covered.len() + CHECKSUM];
        if key.sign(signed) != blake3::Hash::from_bytes(signature) {
            return Err(wrong(WRONGLY_SIGNED));
        }
    }
    if blake3::hash(covered).as_bytes() != &bytes[covered.len()..][..CHECKSUM] {
        return Err(wrong("damaged: the checksum does not match; write the state again"));
    }
    let contradicts = |what: &str| {
        wrong(&format!(
            "damaged: its contents contradict one another ({what}); write the state again"
        ))
    };
    let (tallies, digest, shards) = body(format, &covered[HEADER..])
        .ok_or_else(|| contradicts("a form that is not written"))?;
    match contradiction(&tallies) {
        Some(section) => Err(contradicts(section)),
        None => Ok(State { tallies, digest, shards, is_signed: signature.is_some() }),
    }
}

const UNSIGNED: &str = "not signed, and only states that are signed with the key are to be \
                        merged; write it again with the key";
const WRONGLY_SIGNED: &str = "its signature is not of this key: it was signed with another one, \
                              or changed since; write it again with the key";

/// The format of a state, what its checksum covers, and the signature.
type Parts<'a> = (u32, &'a [u8], Option<[u8; SIGNATURE]>);

/// Takes the file apart without looking into the body; the problem if that is not
/// possible.
fn parts(bytes: &[u8]) -> std::result::Result<Parts<'_>, String> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or("not a tallyho state; write one with `tallyho eval … -o x.tally`")?;
    let mut header = Reader { rest };
    let (Some(format), Some(length)) = (header.u32(), header.u64()) else {
        return Err(format!(
            "cut off within its header, after {} bytes; write the state again",
            bytes.len()
        ));
    };
    let known = format!("{OLDEST} to {FORMAT_WITH_SLICES}");
    match format {
        0 => return Err("damaged: there is no state format 0; write the state again".into()),
        OLDEST..=FORMAT_WITH_SLICES => {}
        1..OLDEST => {
            return Err(format!(
                "state format {format} is older than this tallyho reads ({known}); \
                 evaluate again and write a new one"
            ));
        }
        _ => {
            return Err(format!(
                "state format {format} is newer than this tallyho reads ({known}); \
                 upgrade tallyho"
            ));
        }
    }
    let plain = length.saturating_add((HEADER + CHECKSUM) as u64);
    let is_sealed = format >= FORMAT_WITH_SEAL;
    let end = usize::try_from(plain).ok().and_then(|end| bytes.split_at_checked(end));
    let signature = match end {
        Some((_, [])) if !is_sealed => Some(None),
        Some((_, [0])) if is_sealed => Some(None),
        Some((_, [1, signature @ ..])) if is_sealed => signature.try_into().ok().map(Some),
        _ => None,
    };
    let (Some(signature), Some((all, _))) = (signature, end) else {
        let with = |more: usize| plain.saturating_add(more as u64);
        let expected = match is_sealed {
            false => plain.to_string(),
            true => format!("{} or {}", with(1), with(1 + SIGNATURE)),
        };
        return Err(format!(
            "damaged: expected {expected} bytes, found {}; write the state again",
            bytes.len()
        ));
    };
    Ok((format, &all[..all.len() - CHECKSUM], signature))
}

/// Reads the body; `None` if it does not hold what [`encode`] writes, or wrote in
/// that format.
fn body(format: u32, bytes: &[u8]) -> Option<(Tallies, String, Shards)> {
    let mut reader = Reader { rest: bytes };
    let (mut spec, classes) = (reader.spec()?, reader.classes()?);
    if spec.task == Task::Matrix && classes.len() == 2 {
        spec.positive.get_or_insert(1);
    }
    let rows = reader.rows()?;
    let confusion = match format {
        FORMAT_2 => format_2::read_confusion(&mut reader)?,
        _ => Confusion::read(&mut reader)?,
    };
    let mut tallies = Tallies::of_confusion(spec, classes, rows, confusion);
    tallies.aggregates = Aggregates::read(&mut reader, &tallies.spec)?;
    if format >= FORMAT_WITH_SECTIONS {
        tallies.spec.class_options = reader.class_options()?;
    }
    if format >= FORMAT_WITH_AGGREGATES {
        tallies.aggregates.read_sections(&mut reader, &mut tallies.spec)?;
    }
    if format >= FORMAT_WITH_SLICES {
        tallies.slices = slices::read(&mut reader, &tallies)?;
    }
    let (of_order, shards) = match format {
        FORMAT_WITH_SEAL.. => reader.sections()?,
        _ => (None, Shards::default()),
    };
    let stored = digest_of(format.min(FORMAT), &tallies);
    let is_whole = reader.rest == stored.as_bytes()
        && (format < FORMAT_WITH_SEAL || of_order == order_digest(&tallies, &stored));
    let digest = if format < FORMAT { digest(&tallies) } else { stored };
    is_whole.then_some((tallies, digest, shards))
}
