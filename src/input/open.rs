//! Opening: from what the user named to parts that can be read.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::array::ArrayLane;
use super::csv::CsvLane;
use super::disk::Disk;
use super::keys::Keys;
use super::lane::{Lane, Layout};
use super::npz::Archive;
use super::roles::RoleFile;
use super::select::{Column, Values, has_wildcard};
use super::{
    InputFile, LabelsAre, Request, Shape, dimensions, foreign_formats, npy, roles, slices,
};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::Notice;

/// The formats, for messages.
const FORMATS: &str = ".npy, .npz, .csv, .tsv or .parquet";

/// Rows that belong together: a table, or one file for each role.
#[derive(Debug)]
pub(super) struct Part {
    /// What delivers the columns.
    pub(super) lanes: Vec<Box<dyn Lane>>,
    /// What the report says of them.
    pub(super) files: Vec<InputFile>,
    /// What the user should know about them.
    pub(super) notices: Vec<Notice>,
    /// The type that scores are widened to, where other parts have wider ones.
    pub(super) widened_to: Option<ScoreType>,
}

impl Part {
    /// Opens one table.
    pub(super) fn table(path: &Path, request: &Request) -> Result<Self> {
        // Spark writes such files for partitions without rows.
        let is_table = matches!(Format::by_extension(path), Some(Format::Csv | Format::Parquet));
        if is_table && fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Err(Error::empty(path, "is empty: 0 bytes"));
        }
        let disk = Disk::open(path)?;
        let format = Format::of(&disk)?;
        let mut lanes: Vec<Box<dyn Lane>> = match format {
            Format::Npy => {
                return Err(Error::format(
                    path,
                    "is one array, not a table; name it with --labels, --predictions or --scores",
                ));
            }
            Format::Npz => archive_lanes(disk.clone(), request)?,
            Format::Csv => vec![Box::new(CsvLane::open(&disk, request, None)?)],
            Format::Parquet => vec![open_parquet(&disk, request, None)?],
        };
        lanes.extend(slices::of_table(&disk, request)?);
        let files = vec![InputFile {
            role: None,
            path: path.to_owned(),
            format: format.name(),
            dtype: lanes.iter().map(|lane| lane.dtype()).collect::<Vec<_>>().join(", "),
            rows: lanes[0].rows(),
            bytes: disk.bytes(),
            has_checksums: lanes.iter().all(|lane| lane.has_checksums()),
        }];
        Self::new(lanes, files, request.labels_are)
    }

    /// Opens one file for each role, and the keys that they share.
    pub(super) fn arrays(request: &Request) -> Result<(Self, Option<Keys>)> {
        let named = [
            (Role::Labels, Some(&request.labels)),
            (Role::Predictions, request.predictions.as_ref()),
            (Role::Scores, request.only_scores()?),
        ];
        let mut files_named = Vec::new();
        for (role, name) in named {
            let Some(name) = name else { continue };
            roles::check(role, name, request)?;
            let (path, within) = roles::split(name);
            files_named.push(RoleFile { role, path, within });
        }
        let keys = Keys::find(&files_named, request)?;
        let (mut lanes, mut files) = (Vec::new(), Vec::new());
        for RoleFile { role, path, within } in files_named {
            let set_aside = keys.as_ref().map_or(&[][..], |keys| keys.set_aside(role));
            let disk = Disk::open(path)?;
            let file = RoleFile { role, path, within };
            let (lane, format) = role_lane(&disk, file, set_aside, request)?;
            files.push(role_file(role, &disk, format, lane.as_ref()));
            lanes.push(lane);
        }
        for (lane, file) in slices::of_files(request)? {
            lanes.push(lane);
            files.push(file);
        }
        Ok((Self::new(lanes, files, request.labels_are)?, keys))
    }

    pub(super) fn new(
        mut lanes: Vec<Box<dyn Lane>>,
        mut files: Vec<InputFile>,
        labels_are: Option<LabelsAre>,
    ) -> Result<Self> {
        let mut notices = dimensions::settle(&mut lanes, labels_are)?;
        files.iter_mut().zip(&lanes).for_each(|(file, lane)| file.rows = lane.rows());
        let known = || lanes.iter().filter_map(|lane| Some((lane, lane.rows()?)));
        if let Some((first, rows)) = known().next()
            && let Some((other, found)) = known().find(|(_, other)| *other != rows)
        {
            return Err(lengths_differ(first.as_ref(), rows, other.as_ref(), found));
        }
        notices.extend(dimensions::whole_scores(&lanes));
        notices.extend(lanes.iter().flat_map(|lane| lane.notices().to_vec()));
        Ok(Self { lanes, files, notices, widened_to: None })
    }

    /// Number of rows, if a lane knows it.
    pub(super) fn rows(&self) -> Option<u64> {
        self.lanes.iter().find_map(|lane| lane.rows())
    }

    /// The score columns, if there are any.
    pub(super) fn layout(&self) -> Option<&Layout> {
        self.lanes.iter().find_map(|lane| lane.layout())
    }

    /// The type of its scores in batches.
    pub(super) fn score_type(&self) -> Option<ScoreType> {
        self.layout().map(|layout| self.widened_to.unwrap_or(layout.score_type))
    }

    /// What its rows hold beside labels.
    pub(super) fn shape(&self) -> Shape {
        match self.layout() {
            None => Shape::Predictions,
            Some(layout) if !layout.matrix => Shape::Binary,
            Some(layout) => {
                Shape::Matrix { columns: layout.columns, names: layout.classes.clone() }
            }
        }
    }

    /// The file that holds a role.
    pub(super) fn path(&self, role: Role) -> &Path {
        let lane = self.lanes.iter().find(|lane| lane.roles().contains(&role));
        lane.unwrap_or(&self.lanes[0]).path()
    }
}

/// Opens what has one role in a file, without the columns that are `set_aside`.
pub(super) fn role_lane(
    disk: &Arc<Disk>,
    file: RoleFile<'_>,
    set_aside: &[String],
    request: &Request,
) -> Result<(Box<dyn Lane>, Format)> {
    let RoleFile { role, path, within } = file;
    let values = within.map_or(Values::Beside(set_aside), Values::Named);
    let format = Format::of(disk)?;
    let lane: Box<dyn Lane> = match (format, within) {
        (Format::Npy, Some(within)) => return Err(roles::no_column(path, within)),
        (Format::Npy, None) => Box::new(ArrayLane::open(disk, role, request.score_type)?),
        (Format::Npz, _) => Archive::open(disk.clone())?.lane(within, role, request.score_type)?,
        (Format::Csv, _) => Box::new(CsvLane::open(disk, request, Some((role, values)))?),
        (Format::Parquet, _) => open_parquet(disk, request, Some((role, values)))?,
    };
    Ok((lane, format))
}

/// What the report says of a file that has one role.
pub(super) fn role_file(role: Role, disk: &Disk, format: Format, lane: &dyn Lane) -> InputFile {
    InputFile {
        role: Some(role),
        path: disk.path().to_owned(),
        format: format.name(),
        dtype: lane.dtype(),
        rows: lane.rows(),
        bytes: disk.bytes(),
        has_checksums: lane.has_checksums(),
    }
}

/// The error of two columns that should be equally long.
pub(super) fn lengths_differ(a: &dyn Lane, a_rows: u64, b: &dyn Lane, b_rows: u64) -> Error {
    let words = |lane: &dyn Lane, rows| {
        let name = |role: &Role| match role {
            Role::Slices => "values of a slice",
            role => role.name(),
        };
        let roles: Vec<&str> = lane.roles().iter().map(name).collect();
        format!("{} has {rows} {}", lane.path().display(), roles.join(" and "))
    };
    let (longer, shorter) = if a_rows > b_rows { (a, b) } else { (b, a) };
    let by_one = || (a_rows.abs_diff(b_rows) == 1).then(|| shorter.why_one_row_less()).flatten();
    let hint = longer.why_one_row_more().or_else(by_one);
    Error::Mismatch(format!(
        "{}, but {}; {}",
        words(a, a_rows),
        words(b, b_rows),
        hint.as_deref().unwrap_or("expected one for each row")
    ))
}

fn archive_lanes(disk: Arc<Disk>, request: &Request) -> Result<Vec<Box<dyn Lane>>> {
    let scores = request.only_scores()?;
    if let Some(glob) = scores.filter(|name| has_wildcard(name)) {
        let problem =
            format!("--scores '{glob}' is a glob; in an npz, name the one array that holds scores");
        return Err(Error::format(disk.path(), problem));
    }
    let archive = Archive::open(disk)?;
    let roles = [
        (Role::Labels, Some(&request.labels)),
        (Role::Predictions, request.predictions.as_ref()),
        (Role::Scores, scores),
    ];
    let (mut lanes, mut empty) = (Vec::new(), None);
    for (role, name) in roles {
        let Some(name) = name else { continue };
        match archive.lane(Some(name), role, request.score_type) {
            Ok(lane) => lanes.push(lane),
            Err(error @ Error::Empty { .. }) => empty = empty.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    match (empty, lanes.first()) {
        (None, _) => Ok(lanes),
        // The others are shorter than they should be, not a shard without rows.
        (Some(Error::Empty { path, problem }), Some(_)) => Err(Error::Format { path, problem }),
        (Some(empty), _) => Err(empty),
    }
}

#[cfg(feature = "parquet")]
pub(super) fn open_parquet(
    disk: &Arc<Disk>,
    request: &Request,
    role: Option<(Role, Values<'_>)>,
) -> Result<Box<dyn Lane>> {
    Ok(Box::new(super::parquet::ParquetLane::open(disk, request, role)?))
}

/// One column of a parquet file, to be compared with that of another.
#[cfg(feature = "parquet")]
pub(super) fn open_parquet_key(disk: &Arc<Disk>, name: &str) -> Result<Box<dyn Lane>> {
    Ok(Box::new(super::parquet::ParquetLane::open_key(disk, name)?))
}

#[cfg(not(feature = "parquet"))]
pub(super) fn open_parquet_key(disk: &Arc<Disk>, _: &str) -> Result<Box<dyn Lane>> {
    open_parquet(disk, &Request::default(), None)
}

#[cfg(feature = "parquet")]
pub(super) use super::parquet::column_names as parquet_column_names;

#[cfg(not(feature = "parquet"))]
pub(super) fn parquet_column_names(disk: &Arc<Disk>) -> Result<Vec<String>> {
    open_parquet(disk, &Request::default(), None).map(|_| Vec::new())
}

#[cfg(not(feature = "parquet"))]
pub(super) fn open_parquet(
    disk: &Arc<Disk>,
    _: &Request,
    _: Option<(Role, Values<'_>)>,
) -> Result<Box<dyn Lane>> {
    let problem = "is parquet, which this tallyho was built without; \
                   build it with `--features parquet`";
    Err(Error::format(disk.path(), problem))
}

/// The columns of a parquet file, the type of each that can be read, what reads each of
/// the first, and the number of rows.
pub(super) type ParquetColumns =
    (Vec<Column>, Vec<Option<String>>, Vec<Result<Box<dyn Lane>>>, u64);

#[cfg(feature = "parquet")]
pub(super) use super::parquet::columns as open_parquet_columns;

#[cfg(not(feature = "parquet"))]
pub(super) fn open_parquet_columns(disk: &Arc<Disk>, _: usize) -> Result<ParquetColumns> {
    open_parquet(disk, &Request::default(), None).map(|_| Default::default())
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Npy,
    Npz,
    Csv,
    Parquet,
}

impl Format {
    /// By the extension alone.
    pub(super) fn by_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_ascii_lowercase().to_str()? {
            "npy" => Some(Self::Npy),
            "npz" => Some(Self::Npz),
            "csv" | "tsv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The format of a file that was found, not named; by the extension, or by
    /// the first bytes where that is another. A zip of another name is not taken
    /// for arrays: documents and models are zips, too.
    pub(super) fn guess(path: &Path) -> Option<Self> {
        if let Some(format) = Self::by_extension(path) {
            return Some(format);
        }
        if !path.is_file() {
            return None;
        }
        let mut start = Vec::new();
        fs::File::open(path).ok()?.take(8).read_to_end(&mut start).ok()?;
        match start.as_slice() {
            s if s.starts_with(npy::MAGIC) => Some(Self::Npy),
            s if s.starts_with(b"PAR1") || s.starts_with(b"PARE") => Some(Self::Parquet),
            s if s.starts_with(b"PK\x03\x04") && path.extension().is_none() => Some(Self::Npz),
            _ => None,
        }
    }

    /// Whether a file of it can hold more than one column.
    pub(super) fn is_table(self) -> bool {
        self != Self::Npy
    }

    /// By the first bytes; for text, which has none of its own, by the extension.
    pub(super) fn of(disk: &Disk) -> Result<Self> {
        let mut start = [0; 8];
        let length = usize::try_from(disk.bytes()).map_or(start.len(), |b| b.min(start.len()));
        disk.read_exact_at(&mut start[..length], 0)?;
        let extension = disk.path().extension().unwrap_or_default().to_ascii_lowercase();
        let extension = extension.to_string_lossy();
        let unlike = |what: &str| {
            Error::format(disk.path(), format!("is not {what}: it begins with {}", spell(&start)))
        };
        if let Some(problem) = foreign_formats::problem(&start, disk.path()) {
            return Err(Error::format(disk.path(), problem));
        }
        match &start {
            s if s.starts_with(npy::MAGIC) => Ok(Self::Npy),
            s if s.starts_with(b"PK\x03\x04") || s.starts_with(b"PK\x05\x06") => Ok(Self::Npz),
            s if s.starts_with(b"PAR1") || s.starts_with(b"PARE") => Ok(Self::Parquet),
            _ => match extension.as_ref() {
                "csv" | "tsv" => Ok(Self::Csv),
                "npy" => Err(unlike("an npy array, which begins with \\x93NUMPY")),
                "npz" => Err(unlike("an npz archive, which begins with PK")),
                "parquet" => Err(unlike("parquet, which begins with PAR1")),
                _ => Err(Error::format(
                    disk.path(),
                    format!("has a format that is not known here; expected {FORMATS}"),
                )),
            },
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Bytes as they would be written in a string literal.
fn spell(bytes: &[u8]) -> String {
    format!("'{}'", bytes.escape_ascii())
}
