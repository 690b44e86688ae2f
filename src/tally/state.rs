//! The state file: tallies on disk.
//!
//! ```text
//! magic "TALLYHO\n" · format u32 · length of the body u64 · body · blake3 of all before
//! ```
//!
//! The body holds the options, the classes, the row counts, every tally, in format 4
//! options that seldom are given, and the digest. All integers are little-endian.

use std::path::Path;

use super::codec::{Reader, Writer};
use super::digest::digest_of;
use super::format_2::{self, FORMAT_2};
use super::{
    Auc, Bin, Confusion, Counted, FORMAT, FORMAT_WITH_SECTIONS, Moments, OLDEST, ScoreTallies,
    Spec, Tallies, Task, Wide, digest, inverse_temperatures,
};
use crate::class::OUTSIDE;
use crate::error::{Error, Result};
use crate::exact::fixed::LOSS_CAP;

const MAGIC: &[u8; 8] = b"TALLYHO\n";
const HEADER: usize = 20;
const CHECKSUM: usize = 32;

/// Bits of a confidence of 1.
const CONFIDENCE_BITS: u32 = 30;

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
    body.order(tallies.order.as_ref());
    let plain = body.bytes.len();
    body.sections(&tallies.spec);
    let format = if body.bytes.len() > plain { FORMAT_WITH_SECTIONS } else { FORMAT };
    body.bytes.extend(digest(tallies).as_bytes());

    let mut file = Writer { bytes: MAGIC.to_vec() };
    file.u32(format);
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
    if format == 0 {
        return wrong("damaged: there is no state format 0; write the state again".into());
    }
    if format < OLDEST {
        return wrong(format!(
            "state format {format} is older than this tallyho reads ({OLDEST} to {FORMAT_WITH_SECTIONS}); \
             evaluate again and write a new one"
        ));
    }
    if format > FORMAT_WITH_SECTIONS {
        return wrong(format!(
            "state format {format} is newer than this tallyho reads ({OLDEST} to {FORMAT_WITH_SECTIONS}); \
             upgrade tallyho"
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
    let tallies = body(format, &covered[HEADER..]).filter(consistent);
    tallies.ok_or_else(|| Error::format(path, "damaged: its contents contradict one another"))
}

/// Reads the body; `None` if it does not hold what [`encode`] writes, or wrote in
/// that format.
fn body(format: u32, bytes: &[u8]) -> Option<Tallies> {
    let mut reader = Reader { rest: bytes };
    let (mut spec, classes) = (reader.spec()?, reader.classes()?);
    if spec.task == Task::Matrix && classes.len() == 2 {
        spec.positive.get_or_insert(1);
    }
    let mut tallies = Tallies {
        spec,
        classes,
        rows: reader.rows()?,
        confusion: match format {
            FORMAT_2 => format_2::read_confusion(&mut reader)?,
            _ => Confusion::read(&mut reader)?,
        },
        scores: match reader.u8()? {
            0 => None,
            _ => Some(reader.scores()?),
        },
        order: reader.order()?,
    };
    if format == FORMAT_WITH_SECTIONS {
        reader.sections(&mut tallies.spec)?;
    }
    (reader.rest == digest_of(format.min(FORMAT), &tallies).as_bytes()).then_some(tallies)
}

/// Whether sizes, indices and sums agree, so that nothing later can index
/// outside or report what no rows can have given.
fn consistent(tallies: &Tallies) -> bool {
    let Tallies { spec, classes, rows, confusion, scores, order } = tallies;
    let went: u128 = [rows.scored, rows.ignored, rows.invalid].map(u128::from).iter().sum();
    counted(confusion, classes.len()) == Some(u128::from(rows.scored))
        && went == u128::from(rows.read)
        && rows.infinite_loss <= rows.scored
        && fits_task(spec, classes.len())
        && outside_fits(tallies)
        && (spec.task == Task::Predictions || spec.counted != Counted::All) == scores.is_none()
        && scores.as_ref().is_none_or(|scores| scores_agree(tallies, scores))
        && (spec.auc == Auc::None || spec.task == Task::Predictions) == order.is_none()
        && order.as_ref().is_none_or(|order| order.agrees(tallies))
}

/// Whether there is a class of no class only where its predictions count, and no label
/// is it.
fn outside_fits(tallies: &Tallies) -> bool {
    let options = &tallies.spec.class_options;
    let outside = tallies.classes.names().iter().position(|name| name == OUTSIDE);
    let is_label = |class: usize| tallies.confusion.rows().any(|row| row.label() as usize == class);
    outside == tallies.classes.outside()
        && outside.is_none_or(|class| options.outside_is_wrong && !is_label(class))
        && (!options.outside_is_wrong || tallies.spec.task == Task::Predictions)
        && options.check(&tallies.classes).is_ok()
}

/// The rows of all cells; `None` if one is of no class.
fn counted(confusion: &Confusion, classes: usize) -> Option<u128> {
    let (mut rows, mut last) = (0, 0);
    for row in confusion.rows() {
        last = last.max(row.label());
        row.for_each(|prediction, count| {
            last = if count > 0 { last.max(prediction) } else { last };
            rows += u128::from(count);
        });
    }
    (confusion.is_empty() || (last as usize) < classes).then_some(rows)
}

/// Whether the options are those of the task.
fn fits_task(spec: &Spec, classes: usize) -> bool {
    let has_scores = spec.task != Task::Predictions;
    let is_binary = matches!(spec.task, Task::Binary { .. });
    spec.scores_are.is_some() == has_scores
        && spec.score_type.is_some() == has_scores
        && (is_binary || spec.positive.is_some() || spec.threshold.is_none())
        && (!is_binary || spec.threshold.is_some())
        && (spec.positive.is_none() || classes == 2)
        && spec.threshold.is_none_or(f64::is_finite)
        && match spec.counted {
            Counted::All => true,
            Counted::Order => is_binary,
            Counted::Counts => has_scores && spec.auc == Auc::None,
        }
        && (!is_binary || classes == 2)
}

fn scores_agree(tallies: &Tallies, scores: &ScoreTallies) -> bool {
    let (bins, classes) = (tallies.spec.bins, tallies.classes.len());
    let scored = tallies.rows.scored;
    let rows_of = |bins: &[Bin]| bins.iter().map(|bin| u128::from(bin.rows)).sum::<u128>();
    let right = |bin: &Bin| {
        bin.correct <= bin.rows && bin.confidence <= u128::from(bin.rows) << CONFIDENCE_BITS
    };
    let classwise = scores.classwise.as_deref();
    let own_bins = |cells: &[Bin]| {
        Some(cells.len()) == classes.checked_mul(bins)
            && cells.iter().all(right)
            && cells.chunks(bins.max(1)).all(|cells| rows_of(cells) == u128::from(scored))
    };
    scores.ranks.len() == classes
        && scores.ranks.iter().map(|&rows| u128::from(rows)).sum::<u128>() == u128::from(scored)
        && scores.calibration.len() == bins
        && rows_of(&scores.calibration) == u128::from(scored)
        && scores.calibration.iter().all(right)
        && possible(&scores.loss, scored.saturating_sub(tallies.rows.infinite_loss), LOSS_CAP)
        && possible(&scores.squared_error, scored, 4 << CONFIDENCE_BITS)
        && possible(&scores.confidence, scored, 1 << CONFIDENCE_BITS)
        && classwise.is_some() == tallies.spec.classwise
        && classwise.is_none_or(own_bins)
        && scores.tempered.is_some() == tallies.spec.temperature
        && scores.tempered.as_ref().is_none_or(|losses| {
            let most = u128::from(scored) * u128::from(LOSS_CAP);
            losses.len() == inverse_temperatures().len() && losses.iter().all(|it| *it <= most)
        })
}

/// Whether `rows` values of at most `most` can have these sums.
fn possible(moments: &Moments, rows: u64, most: u64) -> bool {
    moments.squares <= Wide::product(moments.sum, most) && moments.deviation(rows).is_some()
}
