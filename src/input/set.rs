//! The whole input: parts that agree with each other.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::class_order;
use super::keys::Keys;
use super::lane::{Extent, Layout};
use super::one_column::OneColumn;
use super::open::Part;
use super::stream::Stream;
use super::{InputFile, Request, Shape, named_twice, pooled, shards, slices};
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::{Notice, grouped};

/// Files that were opened and checked, ready to be read any number of times.
#[derive(Debug)]
pub struct Input {
    parts: Vec<Part>,
    shape: Shape,
    notices: Vec<Notice>,
    /// Columns by which the rows of several files belong together.
    keys: Option<Keys>,
    /// The names of the columns that slices are made by.
    slices: Vec<String>,
}

impl Input {
    /// Opens what `request` names and checks every header.
    ///
    /// Tables are parts in the order given, those of a glob or a folder sorted by
    /// path; those without rows are none. Without tables, the files of all roles are one part.
    ///
    /// # Errors
    ///
    /// A file that is missing, damaged, empty, of an unknown format or type, or
    /// without the columns asked for; files that don't belong together.
    pub fn open(request: &Request) -> Result<Self> {
        let slices = slices::names(request)?;
        let (mut parts, mut notices, keys) = if request.tables.is_empty() {
            let (part, keys) = Part::arrays(request)?;
            (vec![part], Vec::new(), keys)
        } else {
            let (parts, notices) = shards::open(request)?;
            (parts, notices, None)
        };
        let columns = class_order::settle(&mut parts, request)?;
        let shape = agreed_shape(&parts)?;
        notices.extend(shards::widen(&mut parts));
        notices.extend(parts.iter().flat_map(|part| part.notices.iter().cloned()));
        notices.extend(pooled::notice(&parts));
        notices.extend(columns);
        notices.extend(named_twice::notice(request));
        Ok(Self { parts, shape, notices: grouped(notices), keys, slices })
    }

    /// What the rows hold beside their labels.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The names of the columns that slices are made by.
    pub fn slices(&self) -> &[String] {
        &self.slices
    }

    /// The type of the scores, if there are any.
    pub fn score_type(&self) -> Option<ScoreType> {
        self.parts[0].score_type()
    }

    /// What the user should know about the files.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What the last pass over all rows found that the user should know.
    pub fn pass_notices(&self) -> Vec<Notice> {
        let lanes = self.parts.iter().flat_map(|part| &part.lanes);
        grouped(lanes.flat_map(|lane| lane.pass_notices()).collect())
    }

    /// Checks that rows of files of one role each belong together, where the files
    /// have columns that say so, and what the user should know of that.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if they do not; [`Error::Interrupted`] if `stop` is set;
    /// whatever makes a file unreadable.
    pub fn check_keys(&self, stop: &AtomicBool) -> Result<Option<Notice>> {
        self.keys.as_ref().map_or(Ok(None), |keys| keys.check(stop))
    }

    /// The files, for the report.
    pub fn files(&self) -> Vec<InputFile> {
        self.parts.iter().flat_map(|part| part.files.iter().cloned()).collect()
    }

    /// The names of the score columns in the order of the classes, if they have any.
    pub fn score_columns(&self) -> Option<Vec<&str>> {
        let layout = self.parts[0].layout()?;
        let columns = &layout.named.as_ref()?.columns;
        let name = |&column: &usize| columns.get(column).map(String::as_str);
        layout.order.iter().map(name).collect()
    }

    /// The one score column of the first table, if it has but one.
    pub fn one_column(&self) -> Option<&OneColumn> {
        self.parts[0].layout()?.one.as_ref()
    }

    /// The type that the scores of a part are stored in, if there are any.
    pub fn stored_type(&self, part: usize) -> Option<ScoreType> {
        self.parts[part].layout().map(|layout| layout.score_type)
    }

    /// The names of the columns of scores of a part, one of the positive class too, in
    /// the order of the classes; none where they have no names.
    pub fn score_names(&self, part: usize) -> Vec<String> {
        let lane = self.parts[part].lanes.iter().find(|lane| lane.layout().is_some());
        let Some((lane, layout)) = lane.and_then(|lane| Some((lane, lane.layout()?))) else {
            return Vec::new();
        };
        let names = lane.score_names();
        let ordered: Option<Vec<String>> =
            layout.order.iter().map(|&column| names.get(column).cloned()).collect();
        ordered.filter(|it| !it.is_empty()).unwrap_or_else(|| names.to_vec())
    }

    /// Whether some scores are read in a wider type than they are stored in.
    pub fn is_widened(&self) -> bool {
        self.parts.iter().any(|part| part.widened_to.is_some())
    }

    /// Number of rows, if every part knows it before it is read.
    pub fn rows(&self) -> Option<u64> {
        self.parts.iter().map(Part::rows).sum()
    }

    /// Bytes that a pass reads; [`Stream::bytes_read`] arrives there.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().flat_map(|part| &part.lanes).map(|lane| lane.bytes()).sum()
    }

    /// Number of parts: tables, or 1.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The file of a part that holds a role, for messages.
    pub fn path(&self, part: usize, role: Role) -> &Path {
        self.parts[part].path(role)
    }

    /// Reads the first rows of one part, up to `rows`, without moving any stream.
    /// Wide tables are read by up to `threads` threads.
    ///
    /// # Errors
    ///
    /// Whatever makes the file unreadable.
    pub fn head(&self, part: usize, rows: usize, threads: usize) -> Result<Batch> {
        let mut batch = Batch::default();
        let parts = &self.parts[part..=part];
        let stream = Stream::over(parts, part, Some(rows), threads.max(1), Extent::Head);
        stream.next_batch(&mut batch)?;
        Ok(batch)
    }

    /// Starts a pass over all rows, to be drawn from by up to `threads` threads
    /// in batches of `batch_rows` rows (as suits the second-level cache, if
    /// `None`).
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if `batch_rows` is 0.
    pub fn stream(&self, batch_rows: Option<usize>, threads: usize) -> Result<Stream<'_>> {
        if batch_rows == Some(0) {
            return Err(Error::Usage("--batch-rows must be at least 1, found 0".into()));
        }
        Ok(Stream::over(&self.parts, 0, batch_rows, threads.max(1), Extent::Whole))
    }
}

/// The shape of all parts, or the two that differ.
fn agreed_shape(parts: &[Part]) -> Result<Shape> {
    let Some(first) = parts.first() else {
        return Err(Error::Usage("no input file; name a table, or files with --labels".into()));
    };
    let shape = first.shape();
    let words = |part: &Part| match part.layout() {
        None => "no scores".to_owned(),
        Some(Layout { columns, matrix, score_type, .. }) => {
            let row = if *matrix { format!("{columns} scores") } else { "one score".to_owned() };
            format!("{row} of type {} per row", score_type.name())
        }
    };
    for part in parts {
        if part.shape() == shape {
            continue;
        }
        let paths = [first, part].map(|part| part.path(Role::Scores).display().to_string());
        let alike = |part: &Part| part.layout().map(|layout| (layout.columns, layout.matrix));
        if alike(part) == alike(first) {
            return Err(Error::Mismatch(format!(
                "{} and {} name the score columns differently or in another order; \
                 all files must agree",
                paths[0], paths[1]
            )));
        }
        return Err(Error::Mismatch(format!(
            "{} has {}, but {} has {}; all files must agree",
            paths[0],
            words(first),
            paths[1],
            words(part)
        )));
    }
    Ok(shape)
}
