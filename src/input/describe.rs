//! The description of a file whose columns have no roles yet: their names, types
//! and first values. Nothing is counted.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::array::ArrayLane;
use super::disk::{Cursor, Disk};
use super::lane::{Extent, Lane};
use super::npy::{self, Array};
use super::npz::Archive;
use super::open::{Format, Part, open_parquet_columns};
use super::paths::expand;
use super::select::{Column, Kind};
use super::stream::Stream;
use super::{Request, csv};
use crate::batch::{Batch, Role, with_scores};
use crate::error::{Error, Result};

/// Values of a column that are shown.
const FIRST: usize = 3;

/// Rows that tell whether numbers in a text are all whole.
const TELLING: usize = 64;

/// Columns whose values are looked at.
const LOOKED_AT: usize = 40;

/// A file and what it holds.
#[derive(Clone, Debug)]
pub struct Description {
    /// The path as the user wrote it, or as a glob found it.
    pub path: PathBuf,
    /// "npy", "npz", "csv", "parquet".
    pub format: &'static str,
    /// Rows, where the format says so before reading.
    pub rows: Option<u64>,
    /// Its columns, or its arrays; of a file of one array, that one without a name.
    pub fields: Vec<Field>,
}

/// A column of a table or an array.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, in the format's words.
    pub dtype: String,
    /// What its rows are.
    pub holds: Holds,
    /// The values of its first rows, where they can be read.
    pub first: Vec<String>,
}

/// What the rows of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A text each.
    Texts,
    /// A whole number each.
    Integers,
    /// A number each.
    Numbers,
    /// Several numbers each.
    Vectors,
    /// Nothing that can be read here.
    Nothing,
}

impl Description {
    /// Whether it is one array, which has no columns to name.
    pub fn is_array(&self) -> bool {
        self.format == "npy"
    }

    /// The only field, of a file that can play a role as a whole.
    pub fn only_field(&self) -> Option<&Field> {
        match self.fields.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// The files that a table argument names, and what the first of them holds.
///
/// # Errors
///
/// A file that is missing, damaged, empty or of an unknown format.
pub fn describe(table: &Path) -> Result<(Description, usize)> {
    let paths = expand(&[table.to_owned()])?.paths;
    let Some(path) = paths.first() else {
        return Err(Error::Usage(format!("no file matches '{}'", table.display())));
    };
    let disk = Disk::open(path)?;
    let format = Format::of(&disk)?;
    let (rows, fields) = match format {
        Format::Npy => {
            let mut header = BufReader::new(Cursor::new(&disk, 0, disk.bytes()));
            let array = npy::read_header(&mut header, disk.bytes());
            let array = array.map_err(|problem| Error::format(path, problem))?;
            let field = of_array(String::new(), Ok(&array));
            let lane = || Ok(Box::new(ArrayLane::open(&disk, Role::Labels, None)?) as _);
            let first = if field.is_class() { first_values(lane()) } else { Vec::new() };
            (Some(array.rows), vec![Field { first, ..field }])
        }
        Format::Npz => (None, of_archive(&Archive::open(Arc::clone(&disk))?)),
        Format::Csv => {
            let (columns, texts) = csv::columns(&disk, &Request::default(), LOOKED_AT, TELLING)?;
            let mut fields: Vec<Field> = columns.iter().map(|it| of_column(it, None)).collect();
            fields.iter_mut().zip(texts).for_each(|(field, texts)| field.take_texts(texts));
            (None, fields)
        }
        Format::Parquet => {
            let (columns, types, lanes, rows) = open_parquet_columns(&disk, LOOKED_AT)?;
            let fields = columns.iter().zip(types);
            let mut fields: Vec<Field> =
                fields.map(|(column, dtype)| of_column(column, dtype)).collect();
            for (field, lane) in fields.iter_mut().zip(lanes) {
                field.first = first_values(lane);
            }
            (Some(rows), fields)
        }
    };
    Ok((Description { path: path.clone(), format: format.name(), rows, fields }, paths.len()))
}

fn of_archive(archive: &Archive) -> Vec<Field> {
    let arrays = archive.arrays();
    let fields = arrays.iter().map(|(name, array)| of_array(name.clone(), array.as_ref()));
    let mut fields: Vec<Field> = fields.collect();
    for field in fields.iter_mut().take(LOOKED_AT).filter(|it| it.holds != Holds::Nothing) {
        let role = if field.is_class() { Role::Labels } else { Role::Scores };
        field.first = first_values(archive.lane(Some(&field.name), role, None));
    }
    fields
}

fn of_array(name: String, array: Result<&Array, &String>) -> Field {
    let (dtype, holds) = match array {
        Ok(array) => {
            let name = array.dtype.name();
            // Whole numbers may be scores, but one in a row is most likely a class.
            let is_float = name.contains("float");
            let holds = match (array.width(), is_float) {
                (0, _) => Holds::Nothing,
                (1, true) => Holds::Numbers,
                (1, false) if name.starts_with(['S', 'U']) => Holds::Texts,
                (1, false) => Holds::Integers,
                _ => Holds::Vectors,
            };
            (format!("{name} {}", array.shape()), holds)
        }
        Err(problem) => (problem.clone(), Holds::Nothing),
    };
    Field { name, dtype, holds, first: Vec::new() }
}

fn of_column(column: &Column, dtype: Option<String>) -> Field {
    let (word, holds) = match &column.kind {
        Kind::Text => ("text", Holds::Texts),
        Kind::Integer => ("integer", Holds::Integers),
        Kind::Float => ("number", Holds::Numbers),
        Kind::FloatList => ("list of numbers", Holds::Vectors),
        Kind::Index => ("row number", Holds::Integers),
        Kind::Class(name) if name == "string" => ("string", Holds::Texts),
        Kind::Class(name) if name.starts_with("text") => ("text", Holds::Texts),
        Kind::Class(name) => (name.as_str(), Holds::Integers),
        Kind::Unusable(why) => (why.as_str(), Holds::Nothing),
    };
    let dtype = dtype.unwrap_or_else(|| word.to_owned());
    Field { name: column.name.clone(), dtype, holds, first: Vec::new() }
}

impl Field {
    fn is_class(&self) -> bool {
        matches!(self.holds, Holds::Texts | Holds::Integers)
    }

    /// Takes the first values of a column of text.
    fn take_texts(&mut self, mut texts: Vec<String>) {
        // Numbers in a text that are no scores may be labels all the same.
        if self.holds == Holds::Numbers && are_whole(&texts) {
            (self.holds, self.dtype) = (Holds::Integers, "integer".to_owned());
        }
        texts.truncate(FIRST);
        self.first = texts;
    }
}

/// Whether all values that are there are whole numbers, and one is.
fn are_whole(values: &[String]) -> bool {
    let mut there = values.iter().filter(|value| !value.trim().is_empty()).peekable();
    let is_whole = |value: &String| value.trim().parse().is_ok_and(|it: f64| it.fract() == 0.0);
    there.peek().is_some() && there.all(is_whole)
}

/// The first labels of a file that holds nothing else, or its first scores: of several
/// in a row, those of the first row. None where they cannot be read.
fn first_values(lane: Result<Box<dyn Lane>>) -> Vec<String> {
    let read = || {
        let part = Part::new(vec![lane?], Vec::new(), None)?;
        let mut batch = Batch::default();
        let parts = std::slice::from_ref(&part);
        Stream::over(parts, 0, Some(FIRST), 1, Extent::Head).next_batch(&mut batch)?;
        Ok::<_, Error>((part.layout().is_some(), batch))
    };
    match read() {
        Ok((false, batch)) => (0..batch.rows).map(|row| batch.labels.name(row)).collect(),
        Ok((true, batch)) => with_scores!(&batch.scores, scores => {
            scores.iter().take(FIRST).map(ToString::to_string).collect()
        }),
        Err(_) => Vec::new(),
    }
}
