//! Parquet tables, by the low-level column readers of the `parquet` crate.
//!
//! Each thread has column readers of its own, lent from a pool in row order;
//! what another thread has read is skipped, whole pages at a time. Wide tables
//! have fewer readers, since each holds a page of every column; then several
//! threads share the work of one. Lists have one, since their pages do not say
//! how many rows they hold.

mod chunk;
mod column;
mod decimal;
mod footer;
mod group;
mod guard;
mod hybrid;
mod page_header;
mod pages;
mod plan;
mod pool;
mod schema;
mod structures;
mod thrift;
mod values;

use std::sync::Arc;

use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use self::chunk::ChunkFile;
use self::group::Group;
use self::guard::guarded;
use self::plan::{Plan, group_starts};
pub(super) use self::pool::Loan;
use self::pool::Pool;
use self::schema::Leaf;
use super::disk::Disk;
use super::dtype::not_bf16;
use super::lane::{Extent, Lane, Layout, Reader, Scratch};
use super::open::ParquetColumns;
use super::opened::Opened;
use super::score_columns::ScoreColumns;
use super::select::{Catalog, Choice, Column, Kind, Values};
use super::transpose::transpose;
use super::{Request, dimensions};
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::notice::{self, Notice};

/// Bytes of pages that all readers of a file may hold.
const MOST_PAGE_BYTES: u64 = 128 << 20;

/// Bytes that a class name takes in a batch, about.
const NAME_BYTES: usize = 8;

/// A Parquet file and the columns wanted of it.
#[derive(Debug)]
pub(super) struct ParquetLane {
    plan: Arc<Plan>,
    opened: Opened,
    /// Whether its pages carry checksums, by the first of them.
    has_checksums: bool,
    roles: Vec<Role>,
    notices: Vec<Notice>,
}

impl ParquetLane {
    /// Opens a table; with a `role`, a file that has only that one.
    pub(super) fn open(
        disk: &Arc<Disk>,
        request: &Request,
        role: Option<(Role, Values<'_>)>,
    ) -> Result<Self> {
        let (metadata, starts) = read_rows(disk)?;
        let (columns, leaves) = schema::columns(metadata.file_metadata().schema_descr());
        let catalog = Catalog { path: disk.path(), columns: &columns };
        let choice = match role {
            Some((role, values)) => catalog.choose_values(role, values)?,
            None => catalog.choose(request)?,
        };
        let plan = Plan::new(disk.path().to_owned(), metadata, starts);
        Self::of_choice(disk, plan, &columns, &leaves, &choice, request.score_type)
    }

    /// The columns that were chosen, of a table whose footer was read.
    fn of_choice(
        disk: &Arc<Disk>,
        plan: Plan,
        columns: &[Column],
        leaves: &[Option<Leaf>],
        choice: &Choice,
        said: Option<ScoreType>,
    ) -> Result<Self> {
        let leaf = |place: usize| {
            let leaf = leaves.get(place).cloned().flatten();
            leaf.ok_or_else(|| {
                Error::Internal(format!("column {place} was chosen but has no leaf"))
            })
        };
        let scores = choice.scores.as_ref().map_or(&[][..], |scores| &scores.places);
        let mut plan = Plan {
            label: choice.labels.map(leaf).transpose()?,
            prediction: choice.predictions.map(leaf).transpose()?,
            scores: scores.iter().map(|&place| leaf(place)).collect::<Result<_>>()?,
            ..plan
        };
        if !plan.scores.iter().any(|leaf| leaf.list) {
            let name = |&place: &usize| columns[place].name.clone();
            plan.score_names = scores.iter().map(name).collect();
        }
        plan.check_chunks(disk.bytes())?;
        plan.check_compression()?;
        if let Some(scores) = &choice.scores {
            let layout = layout(disk, &plan, scores, said)?;
            plan.layout = Some(layout.chosen_from(columns, &scores.places));
        }
        let mut notices = choice.notices();
        notices.extend(whole_numbers(&plan));
        let (plan, roles) = (Arc::new(plan), choice.roles());
        let has_checksums = plan.has_checksums(disk);
        Ok(Self { plan, opened: disk.opened().clone(), has_checksums, roles, notices })
    }
}

impl ParquetLane {
    /// Opens a table for one column by which rows may be known, read as labels are.
    pub(super) fn open_key(disk: &Arc<Disk>, name: &str) -> Result<Self> {
        let path = disk.path().to_owned();
        let (metadata, starts) = read_rows(disk)?;
        let leaf = schema::key(metadata.file_metadata().schema_descr(), name)
            .ok_or_else(|| Error::format(&path, format!("has no values in column '{name}'")))?;
        let plan = Plan { label: Some(leaf), ..Plan::new(path, metadata, starts) };
        plan.check_chunks(disk.bytes())?;
        plan.check_compression()?;
        let (opened, has_checksums) = (disk.opened().clone(), plan.has_checksums(disk));
        let (plan, roles) = (Arc::new(plan), vec![Role::Labels]);
        Ok(Self { plan, opened, has_checksums, roles, notices: Vec::new() })
    }
}

/// What the footer of a file says, and the first row of each row group.
fn read_rows(disk: &Arc<Disk>) -> Result<(Arc<ParquetMetaData>, Vec<u64>)> {
    let metadata = read_metadata(disk)?;
    let starts = group_starts(&metadata)
        .ok_or_else(|| Error::format(disk.path(), "has an impossible number of rows"))?;
    match starts.last() {
        Some(0) => Err(Error::empty(disk.path(), "is empty: no rows")),
        _ => Ok((Arc::new(metadata), starts)),
    }
}

/// What the footer of a file says.
fn read_metadata(disk: &Arc<Disk>) -> Result<ParquetMetaData> {
    footer::check(disk)?;
    let file = ChunkFile::new(disk);
    let parse = || ParquetMetaDataReader::new().parse_and_finish(&file);
    guarded(|| parse().map_err(|error| error.to_string()))
        .map_err(|problem| group::damaged(disk.path(), &problem))
}

/// The names of a table's columns.
pub(super) fn column_names(disk: &Arc<Disk>) -> Result<Vec<String>> {
    let metadata = read_metadata(disk)?;
    let (columns, _) = schema::columns(metadata.file_metadata().schema_descr());
    Ok(columns.into_iter().map(|column| column.name).collect())
}

/// The columns of a file, with the type of each that can be read, what reads each of the
/// first `most` on its own, and the number of rows. The footer is read once.
pub(super) fn columns(disk: &Arc<Disk>, most: usize) -> Result<ParquetColumns> {
    let metadata = Arc::new(read_metadata(disk)?);
    let starts = group_starts(&metadata).unwrap_or_default();
    let (columns, leaves) = schema::columns(metadata.file_metadata().schema_descr());
    let types = leaves.iter().map(|leaf| leaf.as_ref().map(Leaf::type_name)).collect();
    let rows = starts.last().copied().unwrap_or(0);
    let catalog = Catalog { path: disk.path(), columns: &columns };
    let lane = |place: usize| -> Result<Box<dyn Lane>> {
        let mut choice = Choice::default();
        match columns[place].kind {
            Kind::Float | Kind::FloatList => choice.scores = Some(catalog.score_column(place)?),
            _ => choice.labels = Some(place),
        }
        let plan = Plan::new(disk.path().to_owned(), Arc::clone(&metadata), starts.clone());
        Ok(Box::new(ParquetLane::of_choice(disk, plan, &columns, &leaves, &choice, None)?))
    };
    let shown = if rows == 0 { 0 } else { most.min(columns.len()) };
    let lanes = (0..shown).map(lane).collect();
    Ok((columns, types, lanes, rows))
}

/// The score columns: for a list, as many as the first list that isn't empty has.
fn layout(
    disk: &Arc<Disk>,
    plan: &Plan,
    scores: &ScoreColumns,
    said: Option<ScoreType>,
) -> Result<Layout> {
    let widest = plan.scores.iter().filter_map(|leaf| leaf.stored.score_type());
    let score_type = widest.max_by_key(|score_type| score_type.bytes());
    if let (Some(found), Some(ScoreType::Bf16)) = (score_type, said) {
        return Err(Error::format(&plan.path, not_bf16(found.name())));
    }
    let columns = match plan.scores.as_slice() {
        [list] if list.list => group::first_list_length(disk, plan, list)?,
        columns => columns.len(),
    };
    let score_type = score_type
        .ok_or_else(|| Error::Internal("scores that are not numbers were chosen".into()))?;
    Ok(Layout::new(columns, scores.matrix, scores.named.clone(), score_type))
}

/// What is to be said of scores that are whole numbers without exception.
fn whole_numbers(plan: &Plan) -> Option<Notice> {
    let (layout, first) = plan.layout.as_ref().zip(plan.scores.first())?;
    if !plan.scores.iter().all(|leaf| leaf.stored.is_whole()) {
        return None;
    }
    if !layout.matrix {
        let text = format!(
            "{}: the one score of a row is a whole number ({}), as predicted classes are",
            plan.path.display(),
            first.type_name()
        );
        let hint = "if they are predicted classes, name them with --predictions";
        return Some(Notice::new(notice::WHOLE_SCORE, text).hint(hint));
    }
    if plan.scores.iter().all(|leaf| leaf.narrow == Some(8)) {
        let text = format!(
            "{}: all scores are integers of 8 bits, as quantised models give them, and the file \
             has no scale for them: losses and calibration mean nothing then",
            plan.path.display()
        );
        let hint = "write them dequantised: (q - zero_point) * scale";
        return Some(Notice::new(notice::QUANTISED_SCORES, text).hint(hint));
    }
    Some(dimensions::whole_numbers(&plan.path, &first.type_name()))
}

impl Lane for ParquetLane {
    fn opened(&self) -> &Opened {
        &self.opened
    }

    fn dtype(&self) -> String {
        let names = [&self.plan.label, &self.plan.prediction];
        let mut types: Vec<String> = names.into_iter().flatten().map(Leaf::type_name).collect();
        types.extend(self.plan.scores.first().map(Leaf::type_name));
        types.join(", ")
    }

    fn roles(&self) -> &[Role] {
        &self.roles
    }

    fn layout(&self) -> Option<&Layout> {
        self.plan.layout.as_ref()
    }

    fn rows(&self) -> Option<u64> {
        Some(self.plan.rows())
    }

    fn bytes(&self) -> u64 {
        self.plan.chunk_bytes(|group, column| group.column(column).compressed_size())
    }

    fn row_bytes(&self) -> usize {
        let scores = self.plan.layout.as_ref().map_or(0, |l| l.columns * l.score_type.bytes());
        self.roles.len() * NAME_BYTES + scores
    }

    fn prefers_tall_batches(&self) -> bool {
        true
    }

    fn score_names(&self) -> &[String] {
        &self.plan.score_names
    }

    fn has_checksums(&self) -> bool {
        self.has_checksums
    }

    fn notices(&self) -> &[Notice] {
        &self.notices
    }

    fn arrange(&mut self, order: &[usize], classes: Option<Vec<String>>) -> Result<()> {
        let plan = Arc::get_mut(&mut self.plan)
            .ok_or_else(|| Error::Internal("columns are arranged during a pass".into()))?;
        let leaves = order.iter().filter_map(|&from| plan.scores.get(from).cloned());
        plan.scores = leaves.collect();
        if let Some(layout) = &mut plan.layout {
            layout.arrange(order, classes);
        }
        Ok(())
    }

    fn reader(&self, threads: usize, extent: Extent) -> Result<Box<dyn Reader>> {
        let disk = Disk::reopen(&self.opened)?;
        let fit = MOST_PAGE_BYTES / self.plan.page_bytes().max(1);
        let most = usize::try_from(fit).unwrap_or(usize::MAX).clamp(1, threads);
        let single = extent == Extent::Head || self.plan.has_list();
        let readers = if single { 1 } else { most };
        let file = Arc::new(ChunkFile::new(&disk));
        let group = |_| Group::new(&file, &self.plan, threads / readers);
        let groups: Vec<Group> = (0..readers).map(group).collect();
        let pool = Pool::of(groups);
        Ok(Box::new(ParquetReader { pool, plan: Arc::clone(&self.plan), bytes: self.bytes() }))
    }
}

/// A pass over a Parquet file.
struct ParquetReader {
    pool: Arc<Pool>,
    plan: Arc<Plan>,
    bytes: u64,
}

impl Reader for ParquetReader {
    fn claim(&self, first: u64, rows: usize, scratch: &mut Scratch) -> Result<usize> {
        let left = self.plan.rows().saturating_sub(first);
        let rows = usize::try_from(left).map_or(rows, |left| left.min(rows));
        scratch.loan = None;
        if rows > 0 {
            scratch.loan = Some(Pool::lend(&self.pool));
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
        let mut loan = scratch.loan.take();
        let group = loan.as_mut().and_then(|loan| loan.group.as_mut());
        let group =
            group.ok_or_else(|| Error::Internal("rows are read that were not claimed".into()))?;
        group.read(first, rows, &mut scratch.block, batch)?;
        // Others may have the columns while these are turned into rows.
        drop(loan);
        if let Some(layout) = self.plan.layout.as_ref().filter(|_| !self.plan.has_list()) {
            let Layout { columns, score_type, .. } = *layout;
            transpose(&scratch.block, rows, columns, score_type, &mut batch.scores);
        }
        // Bytes in proportion, such that those of all batches add up.
        let until =
            |row: u64| u128::from(self.bytes) * u128::from(row) / u128::from(self.plan.rows());
        Ok(u64::try_from(until(first + rows as u64) - until(first)).unwrap_or(0))
    }
}
