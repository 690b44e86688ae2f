//! Rows that can be planned for: files, or arrays in memory.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{Input, OneColumn, Shape, Source};
use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::exact::ScoreType;
use crate::notice::Notice;

/// What is known of rows before they are counted, and a look at the first of them.
pub trait Dataset {
    /// What the rows hold beside their labels.
    fn shape(&self) -> &Shape;

    /// Number of rows, if it is known before they are read.
    fn rows(&self) -> Option<u64>;

    /// Number of parts, at least 1.
    fn parts(&self) -> usize;

    /// The type that all scores are read as, if there are any.
    fn score_type(&self) -> Option<ScoreType>;

    /// The type that the scores of a part are stored in, if there are any.
    fn stored_type(&self, part: usize) -> Option<ScoreType>;

    /// Whether some scores are read in a wider type than they are stored in.
    fn is_widened(&self) -> bool;

    /// The names of the score columns of a part in the order of the classes; none
    /// where they have no names.
    fn score_names(&self, part: usize) -> Vec<String>;

    /// The one score column, if there is but one and it has a name.
    fn one_column(&self) -> Option<&OneColumn>;

    /// The names of the columns that slices are made by.
    fn slices(&self) -> &[String] {
        &[]
    }

    /// What a message about a column of a part should name.
    fn path(&self, part: usize, role: Role) -> &Path;

    /// The first rows of one part, up to `rows`, read by up to `threads` threads.
    ///
    /// # Errors
    ///
    /// Whatever makes the rows unreadable.
    fn head(&self, part: usize, rows: usize, threads: usize) -> Result<Batch>;

    /// A pass over all rows, drawn from by one thread.
    ///
    /// # Errors
    ///
    /// As [`Source::next`].
    fn pass(&self) -> Result<Box<dyn Source + '_>>;

    /// Checks that columns of different origin belong together, and what the user
    /// should know of that.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`](crate::error::Error::Mismatch) if they do not.
    fn check_keys(&self, stop: &AtomicBool) -> Result<Option<Notice>>;
}

impl Dataset for Input {
    fn shape(&self) -> &Shape {
        self.shape()
    }

    fn rows(&self) -> Option<u64> {
        self.rows()
    }

    fn parts(&self) -> usize {
        self.parts()
    }

    fn score_type(&self) -> Option<ScoreType> {
        self.score_type()
    }

    fn stored_type(&self, part: usize) -> Option<ScoreType> {
        self.stored_type(part)
    }

    fn is_widened(&self) -> bool {
        self.is_widened()
    }

    fn score_names(&self, part: usize) -> Vec<String> {
        self.score_names(part)
    }

    fn one_column(&self) -> Option<&OneColumn> {
        self.one_column()
    }

    fn slices(&self) -> &[String] {
        self.slices()
    }

    fn path(&self, part: usize, role: Role) -> &Path {
        self.path(part, role)
    }

    fn head(&self, part: usize, rows: usize, threads: usize) -> Result<Batch> {
        self.head(part, rows, threads)
    }

    fn pass(&self) -> Result<Box<dyn Source + '_>> {
        Ok(Box::new(self.stream(None, 1)?))
    }

    fn check_keys(&self, stop: &AtomicBool) -> Result<Option<Notice>> {
        self.check_keys(stop)
    }
}
