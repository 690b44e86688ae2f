//! Rows by group: those of a block brought next to the others of their group, so that
//! counters take each group as blocks of its own.
//!
//! Counting a block takes some time however few rows it has. So rows of a group that has
//! few in a block wait, and are counted when there are enough.

use std::mem;
use std::ops::Range;

use super::shader::PLANES;
use super::{BLOCK, Block, BlockScores};

/// Rows of a group in one block from which they are counted at once.
const ENOUGH: usize = 48;

/// Rows of a group that wait before they are counted; with [`ENOUGH`] more, still a block.
const MOST_WAITING: usize = 256;

/// Bytes of scores of one group that wait, if they do.
const SCORE_BYTES: usize = 1 << 16;

/// Words of a waiting row: its planes and its label.
const WORDS: usize = PLANES + 1;

/// A group of rows.
pub trait Group {
    /// Its rows that wait.
    fn waiting(&mut self) -> &mut Waiting;

    /// Counts rows of it.
    fn count(&mut self, block: &Block<'_>);
}

/// Rows of one group that wait for more of it.
#[derive(Debug, Default)]
pub struct Waiting {
    /// `[rows, WORDS]`
    words: Vec<u32>,
    /// `[rows, columns]`, in the type that they are in; none where nothing reads them.
    f32s: Vec<f32>,
    f64s: Vec<f64>,
}

impl Waiting {
    fn rows(&self) -> usize {
        self.words.len() / WORDS
    }

    fn clear(&mut self) {
        self.words.clear();
        self.f32s.clear();
        self.f64s.clear();
    }
}

/// Room to put the rows of blocks in the order of their groups.
pub struct Regrouped {
    /// Whether scores are read of blocks.
    with_scores: bool,
    /// Of each group, where its next row goes; 0 but while a block is put in order.
    next: Vec<u32>,
    /// The groups of a block and where their rows are, in the order in which they are met.
    runs: Vec<(u32, Range<usize>)>,
    /// The row of the block in each place, `[rows]`.
    order: Vec<u32>,
    labels: Vec<u32>,
    /// `[PLANES, BLOCK]`.
    planes: Vec<u32>,
    f32s: Vec<f32>,
    f64s: Vec<f64>,
}

impl Regrouped {
    /// Room for rows whose scores are read, or are not.
    pub fn new(with_scores: bool) -> Self {
        Self {
            with_scores,
            next: Vec::new(),
            runs: Vec::new(),
            order: Vec::new(),
            labels: vec![0; BLOCK],
            planes: vec![0; PLANES * BLOCK],
            f32s: Vec::new(),
            f64s: Vec::new(),
        }
    }

    /// Counts the rows of a block by their groups, or has them wait.
    ///
    /// # Shapes
    ///
    /// `numbers` is `[rows]`, the place of each row's group in `groups`; a block has at most
    /// [`BLOCK`] rows.
    pub fn count<G: Group>(
        &mut self,
        block: &Block<'_>,
        numbers: &[u32],
        groups: &mut [Option<G>],
    ) {
        debug_assert!(block.rows() <= BLOCK && numbers.len() == block.rows());
        self.put_in_order(numbers, groups.len());
        let runs = mem::take(&mut self.runs);
        for (number, run) in &runs {
            let Some(group) = groups.get_mut(*number as usize).and_then(Option::as_mut) else {
                continue;
            };
            if run.len() == block.rows() {
                group.count(block);
            } else if run.len() >= ENOUGH {
                self.gather(block, run.clone());
                group.count(&self.block(block, run.len(), &self.f32s, &self.f64s));
            } else {
                self.wait(block, run.clone(), group.waiting());
                if group.waiting().rows() >= self.most_waiting(block) {
                    self.settle(block, group);
                }
            }
        }
        self.runs = runs;
    }

    /// Counts the rows of a group that wait; `like` is any block of such rows.
    pub fn settle(&mut self, like: &Block<'_>, group: &mut impl Group) {
        let mut waiting = mem::take(group.waiting());
        for (row, words) in waiting.words.chunks_exact(WORDS).enumerate() {
            let planes = self.planes.chunks_exact_mut(BLOCK);
            planes.zip(words).for_each(|(plane, word)| plane[row] = *word);
            self.labels[row] = words[PLANES];
        }
        let rows = waiting.rows();
        if rows > 0 {
            group.count(&self.block(like, rows, &waiting.f32s, &waiting.f64s));
        }
        waiting.clear();
        *group.waiting() = waiting;
    }

    /// Finds the groups of a block and the place of each row.
    fn put_in_order(&mut self, numbers: &[u32], groups: usize) {
        self.next.resize(self.next.len().max(groups), 0);
        self.runs.clear();
        for &number in numbers {
            let rows = &mut self.next[number as usize];
            if *rows == 0 {
                self.runs.push((number, 0..0));
            }
            *rows += 1;
        }
        let mut start = 0;
        for (number, run) in &mut self.runs {
            let next = &mut self.next[*number as usize];
            let rows = *next as usize;
            (*run, *next) = (start..start + rows, to_u32(start));
            start += rows;
        }
        self.order.resize(numbers.len(), 0);
        for (row, &number) in (0..).zip(numbers) {
            let next = &mut self.next[number as usize];
            self.order[*next as usize] = row;
            *next += 1;
        }
        self.runs.iter().for_each(|(number, _)| self.next[*number as usize] = 0);
    }

    /// Copies the rows of one group next to each other.
    fn gather(&mut self, block: &Block<'_>, run: Range<usize>) {
        let Self { order, labels, planes, f32s, f64s, .. } = self;
        let order = &order[run];
        for (to, &row) in labels.iter_mut().zip(order) {
            *to = block.labels[row as usize];
        }
        for (plane, to) in planes.chunks_exact_mut(BLOCK).enumerate() {
            let from = &block.planes[plane * block.stride..][..block.rows()];
            to.iter_mut().zip(order).for_each(|(to, &row)| *to = from[row as usize]);
        }
        f32s.clear();
        f64s.clear();
        if self.with_scores {
            append(block, order, f32s, f64s);
        }
    }

    /// Adds the rows of one group to those that wait.
    fn wait(&self, block: &Block<'_>, run: Range<usize>, waiting: &mut Waiting) {
        let order = &self.order[run];
        for &row in order {
            let row = row as usize;
            let words = (0..PLANES).map(|plane| block.planes[plane * block.stride + row]);
            waiting.words.extend(words.chain([block.labels[row]]));
        }
        if self.with_scores {
            append(block, order, &mut waiting.f32s, &mut waiting.f64s);
        }
    }

    fn most_waiting(&self, block: &Block<'_>) -> usize {
        let scores = if self.with_scores { block.columns * size_of::<f64>() } else { 0 };
        SCORE_BYTES.checked_div(scores).map_or(MOST_WAITING, |rows| rows.clamp(1, MOST_WAITING))
    }

    /// The first rows that were brought together, as a block.
    fn block<'a>(
        &'a self,
        like: &Block<'a>,
        rows: usize,
        f32s: &'a [f32],
        f64s: &'a [f64],
    ) -> Block<'a> {
        Block {
            labels: &self.labels[..rows],
            planes: &self.planes,
            stride: BLOCK,
            scores: match f64s {
                [] => BlockScores::F32(f32s),
                doubles => BlockScores::F64(doubles),
            },
            ..*like
        }
    }
}

/// Adds the scores of some rows of a block to those of their type.
fn append(block: &Block<'_>, rows: &[u32], f32s: &mut Vec<f32>, f64s: &mut Vec<f64>) {
    fn add<T: Copy>(scores: &[T], rows: &[u32], columns: usize, out: &mut Vec<T>) {
        for &row in rows {
            out.extend_from_slice(&scores[row as usize * columns..][..columns]);
        }
    }
    match block.scores {
        BlockScores::F32(scores) => add(scores, rows, block.columns, f32s),
        BlockScores::F64(scores) => add(scores, rows, block.columns, f64s),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a place in a block")]
fn to_u32(place: usize) -> u32 {
    place as u32
}
