//! Small CSV files changed at random: what is read without a word is what a naive
//! reader gives.
//!
//! A changed file is read as that reader reads it, or refused (as a whole, or for
//! a row of it), or a notice says what was decided. The number of files is that of
//! the variable `TALLYHO_MUTATIONS`, and the seed that of
//! `TALLYHO_SEED`. For a long campaign:
//!
//! ```text
//! TALLYHO_MUTATIONS=1000000 TALLYHO_SEED=7 \
//!     cargo test --release --test tests -- csv_mutations
//! ```

use std::fs;
use std::path::Path;

use tallyho::batch::{Batch, Role};
use tallyho::input::{Input, Request, Source};

use super::naive_csv::{NaiveTable, Unclear, read};
use super::{arrays, names, table};
use crate::common::files::Folder;
use crate::common::{Campaign, Rng, campaign};

/// Files in a run that is not a campaign.
const USUAL: u32 = 3_000;

/// What is said of sound files, too, and excuses no difference: that nothing proves a
/// first line to be a header, that one column is named for both roles, and that the
/// last line has no end.
const QUIET: [&str; 3] = ["TH013", "TH019", "TH517"];

/// What files are like before they are changed.
const FILES: [&str; 8] = [
    "y,p\ncat,cat\ndog,cat\nbird,bird\ncat,dog\n",
    "id,y,p\r\n1,0,0\r\n2,1,0\r\n3,1,1\r\n",
    "\u{feff}y,p,text\na,a,\"one, two\"\nb,a,\"say \"\"so\"\"\"\nb,b,\"two\nlines\"\n",
    "y,s,p\n1,0.5,1\n0,-1e-3,1\n1,2.5,0\n\n0,1.25,0",
    "\"y\",\"p\"\n\"x y\",\"x y\"\n\"z\",\"x y\"\n",
    "y\ncat\ndog\n\ncat\nbird\n",
    "p\r\n3\r\n1\r\n2\r\n1\r\n",
    "y\n\"a\"\n\"b,c\"\n\"a\"\nd",
];

/// Labels and predictions, as counted.
type Pairs = Vec<(String, String)>;

/// What the reader under test makes of a file.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Read(Pairs),
    /// Refused, or not read without a word.
    Said,
}

/// Whether two readers agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agreement {
    Same,
    Said,
}

/// What to ask for: columns of a table, or the only column of a file.
fn request(path: &Path, is_column: bool) -> Request {
    if is_column {
        arrays(path, path, Role::Predictions)
    } else {
        table(path, "y", Role::Predictions, "p")
    }
}

/// The pairs of a table; `None` where a row or a column is amiss.
fn pairs(table: &NaiveTable, is_column: bool) -> Option<Pairs> {
    let named = |name: &str| {
        let mut places = (0..table.header.len()).filter(|&k| table.header[k] == name.as_bytes());
        places.next().filter(|_| places.next().is_none())
    };
    let (y, p) = if is_column {
        (0, (table.header.len() == 1).then_some(0)?)
    } else {
        (named("y")?, named("p")?)
    };
    let value = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).ok().filter(|it| !it.is_empty());
    let pair = |row: &Vec<Vec<u8>>| {
        let fits = row.len() == table.header.len();
        fits.then(|| Some((value(&row[y])?, value(&row[p])?))).flatten()
    };
    table.rows.iter().map(pair).collect()
}

fn found(request: &Request) -> Found {
    read_quietly(request).map_or(Found::Said, Found::Read)
}

/// What is read without an error, a row that cannot be scored, or a notice.
fn read_quietly(request: &Request) -> Option<Pairs> {
    let input = Input::open(request).ok()?;
    if input.notices().iter().any(|notice| !QUIET.contains(&notice.code.id)) {
        return None;
    }
    let stream = input.stream(Some(2), 1).ok()?;
    let (mut batch, mut pairs) = (Batch::default(), Vec::new());
    while stream.next(&mut batch).ok()? {
        if !batch.faults.is_empty() {
            return None;
        }
        pairs.extend(names(&batch.labels).zip(names(&batch.predictions)));
    }
    input.pass_notices().is_empty().then_some(pairs)
}

/// Holds what was found to what the naive reader gives.
fn compare(
    naive: &Result<NaiveTable, Unclear>,
    is_column: bool,
    found: &Found,
) -> Result<Agreement, String> {
    let Found::Read(read) = found else { return Ok(Agreement::Said) };
    let expected = naive.as_ref().map_err(|unclear| format!("{unclear:?}, but read {read:?}"))?;
    match pairs(expected, is_column) {
        Some(expected) if expected == *read => Ok(Agreement::Same),
        expected => Err(format!("expected {expected:?}, read {read:?}")),
    }
}

/// Changes a few bytes, as slips, tools and transfers do.
fn change(text: &mut Vec<u8>, rng: &mut Rng) {
    const BYTES: &[u8] = b"\"\"\"\r\r\n\n\n,,,;\t|'a0. y\xef\xff\0";
    for _ in 0..=rng.below(3) {
        let length = text.len() as u32;
        let at = rng.below(length + 1) as usize;
        let byte = BYTES[rng.below(BYTES.len() as u32) as usize];
        match rng.below(9) {
            0 if at < text.len() => text[at] ^= 1 << rng.below(8),
            1 if at < text.len() => text[at] = byte,
            2 if at < text.len() => drop(text.remove(at)),
            3 => {
                let end = text.len().min(at + rng.below(12) as usize);
                text.drain(at..end);
            }
            4 => {
                let end = text.len().min(at + rng.below(16) as usize);
                let again = text[at..end].to_vec();
                text.splice(at..at, again);
            }
            5 => {
                // The beginning once more, as where files are put together.
                let end = rng.below(length.min(12) + 1) as usize;
                let head = text[..end].to_vec();
                text.splice(at..at, head);
            }
            6 => {
                let mark = if rng.below(2) == 0 { &b"\xef\xbb\xbf"[..] } else { b"\r\n" };
                text.splice(at..at, mark.iter().copied());
            }
            _ => text.insert(at, byte),
        }
    }
}

/// Changes files and hands each over with what is made of it.
fn each_changed_file(count: usize, seed: u64, mut see: impl FnMut(&[u8], bool, &Found)) {
    let folder = Folder::new();
    let path = folder.path("t.csv");
    let mut rng = Rng::new(seed);
    for _ in 0..count {
        let mut text = FILES[rng.below(FILES.len() as u32) as usize].as_bytes().to_vec();
        let is_column = read(&text).unwrap().header.len() == 1;
        change(&mut text, &mut rng);
        fs::write(&path, &text).unwrap();
        see(&text, is_column, &found(&request(&path, is_column)));
    }
}

/// Holds many files to the naive reader: how many are the same, and what differs.
fn hold(count: usize, seed: u64) -> (usize, Vec<String>) {
    let (mut same, mut differing) = (0, Vec::new());
    each_changed_file(count, seed, |text, is_column, found| {
        match compare(&read(text), is_column, found) {
            Ok(agreement) => same += usize::from(agreement == Agreement::Same),
            Err(why) => differing.push(format!("{}\n  {why}", text.escape_ascii())),
        }
    });
    (same, differing)
}

#[test]
fn what_is_read_without_a_word_is_what_a_naive_reader_gives() {
    let Campaign { count, seed } = campaign("TALLYHO_MUTATIONS", USUAL);
    let count = count as usize;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut same, mut differing) = (0, Vec::new());
    std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || hold(count / threads + 1, seed + thread));
        let workers: Vec<_> = (0..threads as u64).map(start).collect();
        for worker in workers {
            let (agreeing, others) = worker.join().unwrap();
            same += agreeing;
            differing.extend(others);
        }
    });
    assert!(
        differing.is_empty(),
        "seed {seed}: {} of {count} files:\n{}",
        differing.len(),
        differing[..differing.len().min(20)].join("\n")
    );
    // Refusing everything would be no reader.
    assert!(5 * same > count, "only {same} of {count} files were read");
}

#[test]
fn files_that_were_not_changed_are_read() {
    let folder = Folder::new();
    for text in FILES {
        let is_column = read(text.as_bytes()).unwrap().header.len() == 1;
        let request = request(&folder.file("t.csv", text), is_column);
        let read = compare(&read(text.as_bytes()), is_column, &found(&request));
        // Two columns hold what is refused: an empty line, and only numbers.
        let said = text.starts_with("y\ncat");
        assert_eq!(read, Ok(if said { Agreement::Said } else { Agreement::Same }), "{text:?}");
    }
}

#[test]
fn a_reader_that_drops_or_alters_a_row_is_caught_in_every_file_that_is_read() {
    let mut caught = [0; 3];
    each_changed_file(400, 1, |text, is_column, found| {
        let naive = read(text);
        let Found::Read(pairs) = found else { return };
        assert_eq!(compare(&naive, is_column, found), Ok(Agreement::Same));
        let mut wrong = vec![pairs[1..].to_vec(), pairs[..pairs.len() - 1].to_vec()];
        let mut altered = pairs.clone();
        altered[0].1.push('\r');
        wrong.push(altered);
        for (kind, pairs) in wrong.into_iter().enumerate() {
            let verdict = compare(&naive, is_column, &Found::Read(pairs));
            assert!(verdict.is_err(), "{}", text.escape_ascii());
            caught[kind] += 1;
        }
    });
    assert!(caught[0] > 50 && caught.iter().all(|count| *count == caught[0]), "{caught:?}");
}
