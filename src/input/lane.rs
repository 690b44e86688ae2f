//! The lane that every format offers: it delivers rows of one or more columns.

use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;

use super::array::Checked;
use super::one_column::OneColumn;
use super::opened::Opened;
use super::score_columns::Named;
use super::select::Column;
use crate::batch::{Batch, Role};
use crate::error::Result;
use crate::exact::ScoreType;
use crate::notice::Notice;

/// One file, or one array in it, that was opened and checked.
pub(super) trait Lane: Debug + Send + Sync {
    /// The file as it was when it was opened.
    fn opened(&self) -> &Opened;

    /// The file, as errors name it.
    fn path(&self) -> &Path {
        self.opened().path()
    }

    /// The stored types, in the format's words.
    fn dtype(&self) -> String;

    /// What it holds.
    fn roles(&self) -> &[Role];

    /// The score columns, if it holds any.
    fn layout(&self) -> Option<&Layout>;

    /// Number of rows, if known before reading.
    fn rows(&self) -> Option<u64>;

    /// Bytes that reading all rows adds up to in [`Reader::fill`].
    fn bytes(&self) -> u64;

    /// Bytes that a row takes in a batch, about.
    fn row_bytes(&self) -> usize;

    /// Whether short runs of rows are slow to read, because a row's values are
    /// far apart in the file.
    fn prefers_tall_batches(&self) -> bool {
        false
    }

    /// The array that it is, if it is one.
    fn array(&self) -> Option<&Checked> {
        None
    }

    /// The same, for how its dimensions are read to be settled.
    fn array_mut(&mut self) -> Option<&mut Checked> {
        None
    }

    /// Whether the file carries checksums of what is read, which are verified then.
    fn has_checksums(&self) -> bool {
        false
    }

    /// What the user should know about it.
    fn notices(&self) -> &[Notice] {
        &[]
    }

    /// Makes column `order[k]` of the score columns column k, that of class k of
    /// `classes`.
    fn arrange(&mut self, order: &[usize], classes: Option<Vec<String>>) -> Result<()>;

    /// What the last pass over all rows found that the user should know.
    fn pass_notices(&self) -> Vec<Notice> {
        Vec::new()
    }

    /// The names of the score columns, in the table's order, if they have any.
    fn score_names(&self) -> &[String] {
        &[]
    }

    /// What may be behind one row more than other files have.
    fn why_one_row_more(&self) -> Option<String> {
        None
    }

    /// What may be behind one row less.
    fn why_one_row_less(&self) -> Option<String> {
        None
    }

    /// Starts a pass for so many threads.
    fn reader(&self, threads: usize, extent: Extent) -> Result<Box<dyn Reader>>;
}

/// How far a pass goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Over the first rows only, which another pass will read again.
    Head,
    /// Over all rows, so that what covers all of them can be checked.
    Whole,
}

/// The score columns of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Number of columns.
    pub(super) columns: usize,
    /// Whether a row has a score for each class, not one of the positive class.
    pub(super) matrix: bool,
    /// The classes of the columns in their order, if their names say others than 0, 1,
    /// 2, ….
    pub(super) classes: Option<Vec<String>>,
    /// The names of the columns, from which classes can be told.
    pub(super) named: Option<Named>,
    /// The one column of a table, if there is but one.
    pub(super) one: Option<OneColumn>,
    /// The named column of each class.
    pub(super) order: Vec<usize>,
    /// Type of a score in batches.
    pub(super) score_type: ScoreType,
}

impl Layout {
    /// Score columns; of one column there is one score per row, whatever its form.
    pub(super) fn new(
        columns: usize,
        matrix: bool,
        named: Option<Named>,
        score_type: ScoreType,
    ) -> Self {
        let matrix = matrix && columns > 1;
        let named = named.filter(|_| matrix);
        Self { columns, matrix, classes: None, named, one: None, order: Vec::new(), score_type }
    }

    /// The same, for the columns at `places` of a table.
    #[must_use]
    pub(super) fn chosen_from(self, columns: &[Column], places: &[usize]) -> Self {
        Self { one: OneColumn::of(columns, places).filter(|_| !self.matrix), ..self }
    }

    /// Puts the columns in the order of classes.
    pub(super) fn arrange(&mut self, order: &[usize], classes: Option<Vec<String>>) {
        self.order = order.to_vec();
        self.classes = classes;
    }
}

/// One pass over a lane. Rows are claimed in order, one thread at a time, then
/// read by any number of threads.
pub(super) trait Reader: Send + Sync {
    /// Claims up to `rows` rows from row `first` on, where the last claim ended.
    /// Returns how many there are; fewer only at the end of the lane. What can
    /// only be done in order is done here and left in `scratch`.
    fn claim(&self, first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize>;

    /// Reads the claimed rows into the columns of `batch` that are this lane's.
    /// Returns the bytes that this took from the file.
    fn fill(
        &self,
        first: u64,
        rows: usize,
        scratch: &mut Scratch,
        batch: &mut Batch,
    ) -> Result<u64>;
}

/// Memory of one lane for one batch under way, reused for later ones.
#[derive(Default)]
pub(super) struct Scratch {
    /// Bytes as they are in the file.
    pub(super) raw: Vec<u8>,
    /// A block being transposed or decoded.
    pub(super) block: Vec<u8>,
    /// Where the records of text are in `raw`.
    pub(super) records: Vec<Range<usize>>,
    /// What a column of slices is read into.
    pub(super) batch: Option<Box<Batch>>,
    /// Column readers, lent for one claim.
    #[cfg(feature = "parquet")]
    pub(super) loan: Option<super::parquet::Loan>,
}
