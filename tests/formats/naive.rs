//! Small arrays changed at random: what is read is what a naive reader gives, or
//! they are refused.
//!
//! `TALLYHO_MUTATIONS=1000000` makes as many changes; `TALLYHO_SEED` chooses which.

use std::path::Path;

use half::f16;
use tallyho::batch::Role;
use zip::CompressionMethod;

use super::{arrays, read_by, table};
use crate::common::files::{Folder, Layout, npy, npy_as, npy_header, npz};
use crate::common::{Campaign, Rng, campaign};

/// A word of a header.
#[derive(Debug, PartialEq)]
enum Word {
    Mark(char),
    Text(String),
    Number(usize),
    Name(String),
}

/// The words of a Python dict; `None` where Python would not read it, either.
fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            ' ' | '\t' | '\n' | '\r' | '\x0c' => {}
            '{' | '}' | '(' | ')' | ',' | ':' => words.push(Word::Mark(next)),
            '\'' | '"' => {
                let mut string = String::new();
                loop {
                    match rest.next()? {
                        '\\' => return None,
                        end if end == next => break,
                        other => string.push(other),
                    }
                }
                words.push(Word::Text(string));
            }
            digit if digit.is_ascii_digit() => {
                let mut digits = digit.to_string();
                while let Some(more) = rest.next_if(char::is_ascii_digit) {
                    digits.push(more);
                }
                if digits.len() > 1 && digit == '0' {
                    return None;
                }
                rest.next_if_eq(&'L');
                words.push(Word::Number(digits.parse().ok()?));
            }
            letter if letter.is_ascii_alphabetic() => {
                let mut name = letter.to_string();
                while let Some(more) = rest.next_if(char::is_ascii_alphanumeric) {
                    name.push(more);
                }
                words.push(Word::Name(name));
            }
            _ => return None,
        }
    }
    Some(words)
}

/// Type, order and shape in a header.
fn header(text: &str) -> Option<(String, bool, Vec<usize>)> {
    let mut words = words(text)?.into_iter().peekable();
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    let mark = |words: &mut std::iter::Peekable<std::vec::IntoIter<Word>>, mark| {
        words.next_if_eq(&Word::Mark(mark))
    };
    mark(&mut words, '{')?;
    while mark(&mut words, '}').is_none() {
        let Word::Text(key) = words.next()? else { return None };
        mark(&mut words, ':')?;
        match (key.as_str(), words.next()?) {
            ("descr", Word::Text(text)) => descr = Some(text),
            ("fortran_order", Word::Name(name)) => {
                fortran = Some(match name.as_str() {
                    "True" => true,
                    "False" => false,
                    _ => return None,
                });
            }
            ("shape", Word::Mark('(')) => {
                let mut lengths = Vec::new();
                let mut commas = 0;
                while mark(&mut words, ')').is_none() {
                    if lengths.len() != commas {
                        return None;
                    }
                    let Word::Number(length) = words.next()? else { return None };
                    lengths.push(length);
                    commas += usize::from(mark(&mut words, ',').is_some());
                }
                if lengths.len() == 1 && commas == 0 {
                    return None;
                }
                shape = Some(lengths);
            }
            _ => return None,
        }
        if mark(&mut words, ',').is_none() {
            mark(&mut words, '}')?;
            break;
        }
    }
    words.next().is_none().then_some((descr?, fortran?, shape?))
}

/// The class names in an array of one value per row, read value by value; `None`
/// if it is anything else, or damaged.
fn naive(file: &[u8]) -> Option<Vec<String>> {
    let (length, start) = match file.get(..8)? {
        b"\x93NUMPY\x01\0" => {
            (usize::from(u16::from_le_bytes(file.get(8..10)?.try_into().ok()?)), 10)
        }
        b"\x93NUMPY\x02\0" | b"\x93NUMPY\x03\0" => {
            (u32::from_le_bytes(file.get(8..12)?.try_into().ok()?) as usize, 12)
        }
        _ => return None,
    };
    let text = std::str::from_utf8(file.get(start..start + length)?).ok()?;
    let (descr, _, shape) = header(text)?;
    let [rows, others @ ..] = shape.as_slice() else { return None };
    if others.iter().any(|&length| length != 1) {
        return None;
    }
    let (big, kind) = match descr.strip_prefix(['<', '>', '|', '=']) {
        Some(kind) => (descr.starts_with('>'), kind),
        None => (false, descr.as_str()),
    };
    let digits = kind.get(1..)?;
    let count: usize = if kind == "?" { 1 } else { digits.parse().ok()? };
    let size = if kind.starts_with('U') { count.checked_mul(4)? } else { count };
    let values = file.get(start + length..)?;
    if size == 0 || values.len() != rows.checked_mul(size)? {
        return None;
    }
    values.chunks_exact(size).map(|value| name(kind, big, value)).collect()
}

/// One value as a class.
fn name(kind: &str, big: bool, value: &[u8]) -> Option<String> {
    let mut bytes = value.to_vec();
    if big {
        bytes.reverse();
    }
    let unsigned = bytes.iter().rev().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    let shift = 64 - 8 * bytes.len().min(8);
    let whole = |value: f64| {
        let fits = value.fract() == 0.0 && (-9.3e18..9.3e18).contains(&value);
        let exact = value as i128;
        (fits && i64::try_from(exact).is_ok()).then(|| exact.to_string())
    };
    match kind {
        "b1" | "?" => Some(u8::from(unsigned != 0).to_string()),
        "u1" | "u2" | "u4" | "u8" => Some(unsigned.to_string()),
        "i1" | "i2" | "i4" | "i8" => Some((((unsigned << shift) as i64) >> shift).to_string()),
        "f2" => whole(f16::from_bits(unsigned as u16).to_f64()),
        "f4" => whole(f32::from_bits(unsigned as u32).into()),
        "f8" => whole(f64::from_bits(unsigned)),
        _ if kind.starts_with('S') => {
            let text = std::str::from_utf8(value).ok()?;
            Some(text.trim_end_matches('\0').to_owned())
        }
        _ if kind.starts_with('U') => {
            let points = value.chunks_exact(4).map(|point| {
                let point: [u8; 4] = point.try_into().unwrap();
                let point = if big { u32::from_be_bytes(point) } else { u32::from_le_bytes(point) };
                char::from_u32(point)
            });
            let text: Option<String> = points.collect();
            text.map(|text| text.trim_end_matches('\0').to_owned())
        }
        _ => None,
    }
}

/// What came of a changed file.
#[derive(Debug, PartialEq)]
enum Outcome {
    Refused,
    Read,
}

/// Holds what was read of a changed array to what the naive reader gives.
fn judge(
    read: Result<(Vec<String>, usize), String>,
    naive: Option<Vec<String>>,
) -> Result<Outcome, String> {
    match (read, naive) {
        (Err(_), _) => Ok(Outcome::Refused),
        // A row at fault is refused by name, unless the user wants it left out.
        (Ok((_, faults)), _) if faults > 0 => Ok(Outcome::Refused),
        (Ok((names, _)), Some(expected)) if names == expected => Ok(Outcome::Read),
        (Ok((names, _)), expected) => Err(format!("read {names:?}, naively {expected:?}")),
    }
}

fn judge_file(labels: &Path, changed: &Path, bytes: &[u8]) -> Result<Outcome, String> {
    let read = read_by(&arrays(labels, changed, Role::Predictions), None, 1);
    judge(read.map(|rows| (rows.predictions, rows.faults.len())), naive(bytes))
}

/// Arrays of seven rows of every kind.
fn samples() -> Vec<Vec<u8>> {
    let big = Layout { version: 1, big_endian: true, fortran: true };
    let mut text = npy_header("|S3", false, &[7], 1);
    text.extend(b"a\0\0bc\0\0\0\0abc1\0\0\0\0\0d e");
    let mut points = npy_header("<U1", false, &[7], 3);
    points.extend("abc1é日\0".chars().flat_map(|c| u32::from(c).to_le_bytes()));
    vec![
        npy(&[0_u8, 1, 2, 3, 0, 255, 1]),
        npy_as(&[0_i64, -1, 2, 300, 1 << 40, 0, 1], &[7, 1], Layout::default()),
        npy_as(&[0_i32, -1, 2, 300, 1 << 20, 0, 1], &[7], big),
        npy_as(&[0_u16, 1, 2, 300, 5, 0, 1], &[7], Layout { version: 2, ..Layout::default() }),
        npy(&[0_f64, -1.0, 2.0, 300.0, 4e9, 0.0, 1.0]),
        npy(&[0_f32, -1.0, 2.0, 300.0, 4e9, 0.0, 1.0]),
        npy_as(&[0.0, 1.0, -2.0, 3.0, 0.0, 2.0, 1.0].map(f16::from_f32), &[7, 1], big),
        npy(&[true, false, true, true, false, false, true]),
        text,
        points,
    ]
}

/// Changes one to three places: of the values, or of anything.
fn change(file: &mut Vec<u8>, rng: &mut Rng) {
    let below = |rng: &mut Rng, end: usize| rng.below(end as u32) as usize;
    // Half the files keep their length and most of their header, so that some are read.
    if rng.below(2) == 0 {
        for _ in 0..1 + below(rng, 3) {
            let at = file.len() - 1 - below(rng, 60.min(file.len()));
            file[at] = if rng.below(2) == 0 { rng.below(4) as u8 } else { rng.below(256) as u8 };
        }
        return;
    }
    for _ in 0..1 + below(rng, 2) {
        let end = file.len().max(1);
        // The words of a header end before byte 80.
        let at = if rng.below(3) > 0 { below(rng, end.min(80)) } else { below(rng, end) };
        match rng.below(8) {
            0 => file[at] ^= 1 << rng.below(8),
            1 => file[at] = rng.below(256) as u8,
            2 => _ = file.remove(at),
            3 => file.insert(at, rng.below(256) as u8),
            4 => {
                let other = below(rng, end);
                file.swap(at, other);
            }
            5 => file.truncate(file.len() - below(rng, 3)),
            // What headers are made of, where it may make sense.
            _ => {
                const LIKELY: &[u8] = b"0123456789<>|=biufSUV?'(), :L\"{}TrueFalse";
                let digits: Vec<usize> =
                    (0..end.min(90)).filter(|&at| file[at].is_ascii_alphanumeric()).collect();
                let at = if digits.is_empty() { at } else { digits[below(rng, digits.len())] };
                file[at] = LIKELY[below(rng, LIKELY.len())];
            }
        }
        if file.is_empty() {
            return;
        }
    }
}

#[test]
fn a_changed_array_is_what_a_naive_reader_gives_or_is_refused() {
    let Campaign { count: mutations, seed } = campaign("TALLYHO_MUTATIONS", 8_000);
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0_u8; 7]));
    let samples = samples();
    for (at, sample) in samples.iter().enumerate() {
        let path = folder.file("p.npy", sample);
        assert_eq!(judge_file(&labels, &path, sample), Ok(Outcome::Read), "sample {at}");
    }
    let mut rng = Rng::new(seed);
    let mut read = 0;
    for mutation in 0..mutations {
        let mut file = samples[rng.below(samples.len() as u32) as usize].clone();
        change(&mut file, &mut rng);
        let path = folder.file("p.npy", &file);
        match judge_file(&labels, &path, &file) {
            Ok(outcome) => read += u32::from(outcome == Outcome::Read),
            Err(why) => panic!("seed {seed}, mutation {mutation}: {why}: {}", file.escape_ascii()),
        }
    }
    // Neither is all refused, nor all read.
    assert!((mutations / 20..mutations * 19 / 20).contains(&read), "{read} of {mutations} read");
}

#[test]
fn a_changed_archive_is_what_it_was_or_is_refused() {
    let Campaign { count, seed } = campaign("TALLYHO_MUTATIONS", 8_000);
    let mutations = count / 4;
    let folder = Folder::new();
    let samples = samples();
    let mut rng = Rng::new(seed);
    for mutation in 0..mutations {
        let sample = &samples[rng.below(samples.len() as u32) as usize];
        let method = [CompressionMethod::Stored, CompressionMethod::Deflated];
        let members = [("y", npy(&[0_u8; 7])), ("p", sample.clone())];
        let mut file = npz(&members, method[rng.below(2) as usize], false);
        let at = rng.below(file.len() as u32) as usize;
        file[at] ^= 1 << rng.below(8);
        let path = folder.file("t.npz", &file);
        let read = read_by(&table(&path, "y", Role::Predictions, "p"), None, 1);
        let read = read.map(|rows| (rows.predictions, rows.faults.len()));
        if let Err(why) = judge(read, naive(sample)) {
            panic!("seed {seed}, mutation {mutation}: {why}");
        }
    }
}

#[test]
fn a_reader_that_drops_a_row_is_caught() {
    let samples = samples();
    for sample in samples {
        let mut names = naive(&sample).unwrap();
        assert_eq!(names.len(), 7);
        assert_eq!(judge(Ok((names.clone(), 0)), naive(&sample)), Ok(Outcome::Read));
        names.remove(3);
        assert!(judge(Ok((names, 0)), naive(&sample)).is_err());
    }
}

#[test]
fn the_naive_reader_refuses_what_is_no_array() {
    let good = npy(&[0_u8, 1]);
    assert!(naive(&good).is_some());
    assert_eq!(naive(&good[..good.len() - 1]), None);
    assert_eq!(naive(&[&good[..], &[0]].concat()), None);
    assert_eq!(naive(&npy_as(&[0_u8; 4], &[2, 2], Layout::default())), None);
    assert_eq!(naive(&npy_header("|O", false, &[2], 1)), None);
    assert_eq!(naive(b"\x93NUMPY"), None);
}
