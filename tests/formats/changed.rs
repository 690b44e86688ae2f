//! Files that change while they are read: every one is refused by name.
//!
//! `TALLYHO_CHANGES=300` makes as many; `TALLYHO_SEED` chooses which.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tallyho::batch::{Batch, Role};
use tallyho::engine::{self, Backend};
use tallyho::error::Result;
use tallyho::input::{Input, Request, Source, Stream};
use zip::CompressionMethod;

use super::{arrays, table};
use crate::common::files::{Column, Folder, npy, npz, parquet};
use crate::common::{Rng, campaign};

const ROWS: usize = 4_000;

/// A pass during which something happens after some batches.
struct Meanwhile<'a> {
    stream: Stream<'a>,
    batches_left: AtomicU32,
    change: Mutex<Option<Change>>,
}

struct Change {
    kind: Kind,
    path: PathBuf,
    seed: u64,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Shrink,
    Grow,
    Overwrite,
    OverwriteAndSetBack,
    Replace,
    Remove,
}

const KINDS: [Kind; 6] = [
    Kind::Shrink,
    Kind::Grow,
    Kind::Overwrite,
    Kind::OverwriteAndSetBack,
    Kind::Replace,
    Kind::Remove,
];

impl Change {
    fn make(&self) {
        let mut rng = Rng::new(self.seed);
        let content = fs::read(&self.path).unwrap();
        let length = u32::try_from(content.len()).unwrap();
        let open = || File::options().write(true).open(&self.path).unwrap();
        match self.kind {
            Kind::Shrink => open().set_len(u64::from(rng.below(length))).unwrap(),
            Kind::Grow => {
                let mut file = File::options().append(true).open(&self.path).unwrap();
                file.write_all(&content[..1 + rng.below(length - 1) as usize]).unwrap();
            }
            Kind::Overwrite | Kind::OverwriteAndSetBack => {
                let time = fs::metadata(&self.path).unwrap().modified().unwrap();
                let at = rng.below(length);
                let mut file = open();
                file.seek(SeekFrom::Start(u64::from(at))).unwrap();
                file.write_all(&[content[at as usize] ^ 1]).unwrap();
                if matches!(self.kind, Kind::OverwriteAndSetBack) {
                    file.set_modified(time).unwrap();
                }
            }
            Kind::Replace => {
                let other = self.path.with_extension("new");
                fs::write(&other, &content).unwrap();
                fs::rename(other, &self.path).unwrap();
            }
            Kind::Remove => fs::remove_file(&self.path).unwrap(),
        }
    }
}

impl Source for Meanwhile<'_> {
    fn next(&self, batch: &mut Batch) -> Result<bool> {
        if self.batches_left.fetch_sub(1, Ordering::Relaxed) == 0
            && let Some(change) = self.change.lock().unwrap().take()
        {
            change.make();
        }
        self.stream.next(batch)
    }

    fn rewind(&self) -> Result<()> {
        self.stream.rewind()
    }

    fn check_unchanged(&self) -> Result<()> {
        self.stream.check_unchanged()
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.stream.path(part, role)
    }
}

/// The files of one evaluation in each format, and which of them may change.
fn files(folder: &Folder, round: u32) -> (Request, Vec<PathBuf>) {
    let labels: Vec<i64> = (0..ROWS as i64).map(|row| row % 3).collect();
    let predictions: Vec<i64> = (0..ROWS as i64).map(|row| row * 7 % 3).collect();
    let lines = |from: usize, to: usize| {
        let line = |row: usize| format!("{},{}\n", labels[row], predictions[row]);
        "y,p\n".to_owned() + &(from..to).map(line).collect::<String>()
    };
    let name = |name: &str| format!("{round}-{name}");
    let column = |values: &[i64]| Column::I64(values.iter().copied().map(Some).collect());
    match round % 5 {
        0 => {
            let y = folder.file(&name("y.npy"), npy(&labels));
            let p = folder.file(&name("p.npy"), npy(&predictions));
            (arrays(&y, &p, Role::Predictions), vec![y, p])
        }
        1 => {
            let path = folder.file(&name("t.csv"), lines(0, ROWS));
            (table(&path, "y", Role::Predictions, "p"), vec![path])
        }
        2 => {
            let halves = [
                folder.file(&name("a.csv"), lines(0, ROWS / 2)),
                folder.file(&name("b.csv"), lines(ROWS / 2, ROWS)),
            ];
            let request = table(&halves[0], "y", Role::Predictions, "p");
            (Request { tables: halves.to_vec(), ..request }, halves.to_vec())
        }
        3 => {
            let columns = [("y", column(&labels)), ("p", column(&predictions))];
            let path = folder.file(&name("t.parquet"), parquet(&columns, 500));
            (table(&path, "y", Role::Predictions, "p"), vec![path])
        }
        _ => {
            let members = [("y", npy(&labels)), ("p", npy(&predictions))];
            let method = [CompressionMethod::Stored, CompressionMethod::Deflated];
            let bytes = npz(&members, method[round as usize / 5 % 2], false);
            let path = folder.file(&name("t.npz"), bytes);
            (table(&path, "y", Role::Predictions, "p"), vec![path])
        }
    }
}

/// What becomes of an evaluation of files one of which changes, if any does.
fn evaluate(request: &Request, change: Option<Change>, after: u32) -> Result<u64> {
    let input = Input::open(request)?;
    let stop = AtomicBool::new(false);
    let plan = engine::plan(&input, &engine::Options::default(), &stop)?;
    let source = Meanwhile {
        stream: input.stream(Some(100), 1)?,
        batches_left: AtomicU32::new(after),
        change: Mutex::new(change),
    };
    let evaluation = engine::evaluate(&source, &plan, &Backend::Cpu, &stop)?;
    assert!(source.change.into_inner().unwrap().is_none(), "the change was made");
    Ok(evaluation.tallies.rows.read)
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused_by_name() {
    let campaign = campaign("TALLYHO_CHANGES", 60);
    let folder = Folder::new();
    let mut rng = Rng::new(campaign.seed);
    for round in 0..campaign.count {
        let (request, paths) = files(&folder, round);
        assert_eq!(evaluate(&request, None, 0).unwrap(), ROWS as u64);
        let path = paths[rng.below(paths.len() as u32) as usize].clone();
        let kind = KINDS[rng.below(KINDS.len() as u32) as usize];
        let after = rng.below(ROWS as u32 / 100 + 1);
        let change = Change { kind, path: path.clone(), seed: rng.next_u64() };
        let found = evaluate(&request, Some(change), after).unwrap_err().to_string();
        assert!(
            found.contains(&path.display().to_string()) && found.contains("changed while"),
            "round {round} of seed {}: {kind:?} after {after}: {found}",
            campaign.seed
        );
    }
}
