//! Arrays in a `.npz` archive, which is a zip of `.npy` files.
//!
//! Stored members are read in place and in parallel, as a `.npy` file is.
//! Deflated members are inflated in order. The checksums of both are checked by
//! a pass over all rows.

use std::io::{self, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use crc32fast::Hasher;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::array::{ArrayLane, ArrayReader, Checked, Source};
use super::disk::{Cursor, Disk};
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::npy::{self, Array};
use super::opened::Opened;
use super::roles::quoted;
use super::seal::{MISMATCH, Stored};
use super::usual_names::likeliest;
use crate::batch::{Batch, Role};
use crate::class;
use crate::error::{Error, Result};
use crate::exact::ScoreType;

/// Largest deflated Fortran-order matrix, in bytes, that is held in memory.
const LARGEST_IN_MEMORY: u64 = 64 << 20;

/// One array of an archive.
#[derive(Clone, Debug)]
struct Member {
    /// The array's name, without `.npy`.
    name: String,
    method: CompressionMethod,
    encrypted: bool,
    /// Where its bytes begin and end in the file.
    start: u64,
    end: u64,
    /// Bytes when inflated.
    size: u64,
    crc: u32,
}

/// An archive whose directory was read.
pub(super) struct Archive {
    disk: Arc<Disk>,
    members: Vec<Member>,
}

impl Archive {
    /// Reads the directory of an archive.
    pub(super) fn open(disk: Arc<Disk>) -> Result<Self> {
        let damaged = |error| Error::format(disk.path(), format!("is not a sound npz: {error}"));
        let reader = BufReader::new(Cursor::new(&disk, 0, disk.bytes()));
        let mut archive = ZipArchive::new(reader).map_err(damaged)?;
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(damaged)?;
            let name = file.name().map_err(damaged)?;
            let Some(name) = name.strip_suffix(".npy") else { continue };
            let start = file.data_start().unwrap_or(u64::MAX);
            let end = start.checked_add(file.compressed_size()).filter(|&end| end <= disk.bytes());
            let end = end.ok_or_else(|| {
                Error::format(disk.path(), format!("is truncated: array '{name}' is cut off"))
            })?;
            members.push(Member {
                name: name.to_owned(),
                method: file.compression(),
                encrypted: file.encrypted(),
                start,
                end,
                size: file.size(),
                crc: file.crc32(),
            });
        }
        Ok(Self { disk, members })
    }

    /// The lane of the array `name`, or of the only array if no name is given.
    /// `said` is the type that the user gave for scores.
    pub(super) fn lane(
        &self,
        name: Option<&str>,
        role: Role,
        said: Option<ScoreType>,
    ) -> Result<Box<dyn Lane>> {
        let member = self.member(name, role)?;
        let path = self.disk.path();
        let place =
            |problem: String| Error::format(path, format!("array '{}' {problem}", member.name));
        let empty = |problem| Error::empty(path, format!("array '{}' {problem}", member.name));
        if member.encrypted {
            return Err(place("is encrypted; save it without a password".into()));
        }
        match member.method {
            CompressionMethod::Stored => {
                let from = Cursor::new(&self.disk, member.start, member.end);
                let array = npy::read_header(&mut BufReader::new(from), member.end - member.start)
                    .map_err(place)?;
                array.refuse_empty().map_err(empty)?;
                let checked = Checked::new(array, role, said).map_err(place)?;
                let bytes = member.start..member.end;
                let stored = Stored { name: member.name.clone(), bytes, crc: member.crc };
                Ok(Box::new(ArrayLane::stored(&self.disk, stored, checked)))
            }
            CompressionMethod::Deflated => {
                let mut from = Inflater::new(&self.disk, member);
                let array = npy::read_header(&mut from, member.size).map_err(place)?;
                array.refuse_empty().map_err(empty)?;
                check_order(&array).map_err(place)?;
                let checked = Checked::new(array, role, said).map_err(place)?;
                Ok(Box::new(DeflatedLane {
                    opened: self.disk.opened().clone(),
                    member: member.clone(),
                    checked,
                }))
            }
            other => Err(place(format!(
                "is compressed in another way ({other}); expected stored or deflated, as np.savez and \
                 np.savez_compressed write"
            ))),
        }
    }

    /// The arrays by name, each with its header or why that cannot be read.
    pub(super) fn arrays(&self) -> Vec<(String, Result<Array, String>)> {
        let header = |member: &Member| match member.method {
            _ if member.encrypted => Err("is encrypted".to_owned()),
            CompressionMethod::Stored => {
                let from = Cursor::new(&self.disk, member.start, member.end);
                npy::read_header(&mut BufReader::new(from), member.end - member.start)
            }
            CompressionMethod::Deflated => {
                npy::read_header(&mut Inflater::new(&self.disk, member), member.size)
            }
            other => Err(format!("is compressed in another way ({other})")),
        };
        self.members.iter().map(|member| (member.name.clone(), header(member))).collect()
    }

    /// The names of the arrays of one dimension.
    pub(super) fn vectors(&self) -> Vec<String> {
        let is_vector = |array: &Result<Array, String>| {
            array.as_ref().is_ok_and(|array| array.columns.is_none())
        };
        let arrays = self.arrays().into_iter().filter(|(_, array)| is_vector(array));
        arrays.map(|(name, _)| name).collect()
    }

    fn member(&self, name: Option<&str>, role: Role) -> Result<&Member> {
        let names = || self.members.iter().map(|member| member.name.as_str());
        let list = || names().collect::<Vec<_>>().join(", ");
        let path = self.disk.path();
        let Some(name) = name else {
            let likely = likeliest(role, &names().collect::<Vec<_>>()).or(names().next());
            let likely = likely.unwrap_or("ARRAY");
            return match self.members.as_slice() {
                [only] => Ok(only),
                [] => Err(Error::format(path, "holds no arrays")),
                _ => Err(Error::format(
                    path,
                    format!(
                        "holds {} arrays ({}); name one, as in --{} {}",
                        self.members.len(),
                        list(),
                        role.name(),
                        quoted(&format!("{}:{likely}", path.display()))
                    ),
                )),
            };
        };
        self.members.iter().find(|member| member.name == name).ok_or_else(|| {
            let hint = class::nearest(name, names())
                .map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
            Error::format(path, format!("has no array '{name}'; it has: {}{hint}", list()))
        })
    }
}

/// Refuses what can be read neither in order nor in memory.
fn check_order(array: &Array) -> Result<(), String> {
    if array.is_strided() && array.bytes() > LARGEST_IN_MEMORY {
        return Err(format!(
            "is compressed and in Fortran order, so its {} bytes would have to be held in memory; \
             save it with np.savez, or as np.ascontiguousarray(a)",
            array.bytes()
        ));
    }
    Ok(())
}

/// A deflated array in one role.
#[derive(Debug)]
struct DeflatedLane {
    opened: Opened,
    member: Member,
    checked: Checked,
}

impl DeflatedLane {
    fn place(&self) -> impl Fn(String) -> Error + Clone + use<> {
        let (path, name) = (self.path().to_owned(), self.member.name.clone());
        move |problem| Error::format(&path, format!("array '{name}' {problem}"))
    }
}

impl Lane for DeflatedLane {
    fn opened(&self) -> &Opened {
        &self.opened
    }

    fn dtype(&self) -> String {
        self.checked.array.dtype.name()
    }

    fn roles(&self) -> &[Role] {
        &self.checked.role
    }

    fn layout(&self) -> Option<&Layout> {
        self.checked.layout.as_ref()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.checked.array.rows)
    }

    fn bytes(&self) -> u64 {
        self.checked.array.bytes()
    }

    fn row_bytes(&self) -> usize {
        self.checked.array.row_bytes()
    }

    fn has_checksums(&self) -> bool {
        true
    }

    fn array(&self) -> Option<&Checked> {
        Some(&self.checked)
    }

    fn array_mut(&mut self) -> Option<&mut Checked> {
        Some(&mut self.checked)
    }

    fn arrange(&mut self, _order: &[usize], _classes: Option<Vec<String>>) -> Result<()> {
        let problem = "the columns of an array have no names to put them in order by";
        Err(Error::Internal(problem.into()))
    }

    fn reader(&self, _threads: usize, _extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.opened)?;
        let mut inflater = Inflater::new(&disk, &self.member);
        let place = self.place();
        npy::read_header(&mut inflater, self.member.size).map_err(&place)?;
        let array = &self.checked.array;
        if array.is_strided() {
            let mut values = Vec::new();
            inflater.inflate(&mut values, array.bytes()).map_err(&place)?;
            inflater.finish().map_err(&place)?;
            let (source, checked) = (Source::Memory(values), self.checked.clone());
            return Ok(Box::new(ArrayReader { source, start: 0, checked, seal: None }));
        }
        let checked = self.checked.clone();
        Ok(Box::new(DeflatedReader {
            inflater: Mutex::new(inflater),
            place: Box::new(place),
            checked,
        }))
    }
}

/// A pass over a deflated array.
struct DeflatedReader {
    inflater: Mutex<Inflater>,
    place: Box<dyn Fn(String) -> Error + Send + Sync>,
    checked: Checked,
}

impl Reader for DeflatedReader {
    fn claim(&self, first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize> {
        let array = &self.checked.array;
        let left = array.rows.saturating_sub(first);
        let rows = usize::try_from(left).map_or(rows, |left| left.min(rows));
        // A panic elsewhere leaves the decoder usable: it is read under the lock only.
        let mut inflater = self.inflater.lock().unwrap_or_else(PoisonError::into_inner);
        scratch.raw.clear();
        let bytes = (rows * array.row_bytes()) as u64;
        inflater.inflate(&mut scratch.raw, bytes).map_err(&self.place)?;
        if rows as u64 == left && rows > 0 {
            inflater.finish().map_err(&self.place)?;
        }
        Ok(rows)
    }

    fn fill(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64> {
        let Scratch { raw, block, .. } = scratch;
        let fetch = |buffer: &mut [u8]| {
            buffer.copy_from_slice(raw);
            Ok(())
        };
        let faults = batch.faults.len();
        self.checked.read(rows, batch, block, fetch)?;
        self.checked.locate(first, faults, batch);
        Ok(raw.len() as u64)
    }
}

/// Inflates a member from its beginning.
struct Inflater {
    from: DeflateDecoder<BufReader<Cursor>>,
    checksum: Hasher,
    size: u64,
    crc: u32,
}

impl Inflater {
    fn new(disk: &Arc<Disk>, member: &Member) -> Self {
        let from = BufReader::with_capacity(1 << 17, Cursor::new(disk, member.start, member.end));
        let (size, crc) = (member.size, member.crc);
        Self { from: DeflateDecoder::new(from), checksum: Hasher::new(), size, crc }
    }

    /// Appends exactly `count` bytes to `target`.
    fn inflate(&mut self, target: &mut Vec<u8>, count: u64) -> Result<(), String> {
        let before = target.len() as u64;
        Read::by_ref(self)
            .take(count)
            .read_to_end(target)
            .map_err(|error| format!("cannot be inflated: {error}"))?;
        let found = target.len() as u64 - before;
        if found != count {
            return Err(format!(
                "is truncated: {count} bytes expected, found {found} until its end"
            ));
        }
        Ok(())
    }

    /// Reads what follows the values and checks size and checksum.
    fn finish(&mut self) -> Result<(), String> {
        io::copy(self, &mut io::sink()).map_err(|error| format!("cannot be inflated: {error}"))?;
        if self.from.total_out() != self.size {
            return Err(format!(
                "is damaged: {} bytes when inflated, expected {}",
                self.from.total_out(),
                self.size
            ));
        }
        if self.checksum.clone().finalize() != self.crc {
            return Err(MISMATCH.into());
        }
        Ok(())
    }
}

impl Read for Inflater {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.checksum.update(&buffer[..count]);
        Ok(count)
    }
}
