//! The description of a file whose columns have no roles yet: their names, types
//! and first values. Nothing is counted.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::csv;
use super::disk::{Cursor, Disk};
use super::npy::{self, Array};
use super::npz::Archive;
use super::open::{Format, open_parquet_columns};
use super::paths::expand;
use super::select::{Column, Kind};
use super::{Input, Request};
use crate::batch::with_scores;
use crate::error::{Error, Result};

/// Values of a column that are shown.
const FIRST: usize = 3;

/// Rows that tell whether numbers in a text are all whole.
const TELLING: usize = 64;

/// Columns whose values are looked at; each costs a look into the file.
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
            (Some(array.rows), vec![of_array(String::new(), Ok(&array))])
        }
        Format::Npz => {
            let arrays = Archive::open(Arc::clone(&disk))?.arrays();
            let fields = arrays.iter().map(|(name, array)| of_array(name.clone(), array.as_ref()));
            (None, fields.collect())
        }
        Format::Csv => {
            let columns = csv::columns(&disk, &Request::default())?;
            (None, columns.iter().map(|column| of_column(column, None)).collect())
        }
        Format::Parquet => {
            let (columns, types, rows) = open_parquet_columns(&disk)?;
            let fields = columns.iter().zip(types);
            (Some(rows), fields.map(|(column, dtype)| of_column(column, dtype)).collect())
        }
    };
    let mut described = Description { path: path.clone(), format: format.name(), rows, fields };
    look(&mut described);
    Ok((described, paths.len()))
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

/// Reads the first values of each field. What cannot be read stays without.
fn look(described: &mut Description) {
    let is_class = |field: &&Field| matches!(field.holds, Holds::Texts | Holds::Integers);
    let classes = described.fields.iter().find(is_class).map(|field| field.name.clone());
    let (path, is_array) = (described.path.clone(), described.is_array());
    for field in described.fields.iter_mut().take(LOOKED_AT) {
        let name = match is_array {
            true => path.to_string_lossy().into_owned(),
            false => field.name.clone(),
        };
        let tables = if is_array { Vec::new() } else { vec![path.clone()] };
        let class = Request { tables: tables.clone(), labels: name.clone(), ..Request::default() };
        let labels = classes.clone().unwrap_or_else(|| name.clone());
        let score = Request { tables, labels, scores: vec![name], ..Request::default() };
        let is_text = described.format == "csv";
        let read = match field.holds {
            Holds::Nothing => continue,
            Holds::Texts | Holds::Integers => labels_of(&class),
            // Numbers in a text that are no scores may be labels all the same.
            Holds::Numbers if is_text => labels_of(&class),
            Holds::Numbers | Holds::Vectors if is_array => continue,
            Holds::Numbers | Holds::Vectors => scores_of(&score),
        };
        let mut values = read.unwrap_or_default();
        if is_text && field.holds == Holds::Numbers && are_whole(&values) {
            (field.holds, field.dtype) = (Holds::Integers, "integer".to_owned());
        }
        values.truncate(FIRST);
        field.first = values;
    }
}

/// Whether all values that are there are whole numbers, and one is.
fn are_whole(values: &[String]) -> bool {
    let mut there = values.iter().filter(|value| !value.trim().is_empty()).peekable();
    let is_whole = |value: &String| value.trim().parse().is_ok_and(|it: f64| it.fract() == 0.0);
    there.peek().is_some() && there.all(is_whole)
}

/// The first labels of a request.
fn labels_of(request: &Request) -> Result<Vec<String>> {
    let head = Input::open(request)?.head(0, TELLING, 1)?;
    Ok((0..head.rows.min(TELLING)).map(|row| head.labels.name(row)).collect())
}

/// The first scores of a request; of several in a row, those of the first row.
fn scores_of(request: &Request) -> Result<Vec<String>> {
    let head = Input::open(request)?.head(0, FIRST, 1)?;
    let first = |scores: &mut dyn Iterator<Item = String>| scores.take(FIRST).collect();
    Ok(with_scores!(&head.scores, scores => first(&mut scores.iter().map(ToString::to_string))))
}
