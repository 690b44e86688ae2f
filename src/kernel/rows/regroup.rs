//! Blocks by group: rows of a block brought next to the others of their group, so that
//! counters take each group as a block of its own.

use std::ops::Range;

use super::shader::PLANES;
use super::{BLOCK, Block, BlockScores};

/// Room for the rows of one block, in the order of their groups.
#[derive(Default)]
pub struct Regrouped {
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
    /// Gives `each` the rows of every group that a block has, as a block. Scores are left
    /// out unless `with_scores`.
    ///
    /// # Shapes
    ///
    /// `groups` is `[rows]`, small numbers; a block has at most [`BLOCK`] rows.
    pub fn each(
        &mut self,
        block: &Block<'_>,
        groups: &[u32],
        with_scores: bool,
        mut each: impl FnMut(u32, &Block<'_>),
    ) {
        debug_assert!(block.rows() <= BLOCK && groups.len() == block.rows());
        let Some(&first) = groups.first() else { return };
        if groups.iter().all(|&group| group == first) {
            return each(first, block);
        }
        self.put_in_order(groups);
        self.gather(block, with_scores);
        for (group, run) in &self.runs {
            let scores = run.start * block.columns..run.end * block.columns;
            let own = Block {
                labels: &self.labels[run.clone()],
                planes: &self.planes[run.start..],
                stride: BLOCK,
                scores: match block.scores {
                    BlockScores::F32(_) => BlockScores::F32(part(&self.f32s, scores)),
                    BlockScores::F64(_) => BlockScores::F64(part(&self.f64s, scores)),
                },
                ..*block
            };
            each(*group, &own);
        }
    }

    /// Finds the groups of a block and the place of each row.
    fn put_in_order(&mut self, groups: &[u32]) {
        let most = groups.iter().fold(0, |most, &group| most.max(group)) as usize;
        self.next.resize(self.next.len().max(most + 1), 0);
        self.runs.clear();
        for &group in groups {
            let rows = &mut self.next[group as usize];
            if *rows == 0 {
                self.runs.push((group, 0..0));
            }
            *rows += 1;
        }
        let mut start = 0;
        for (group, run) in &mut self.runs {
            let next = &mut self.next[*group as usize];
            let rows = *next as usize;
            (*run, *next) = (start..start + rows, to_u32(start));
            start += rows;
        }
        self.order.resize(groups.len(), 0);
        for (row, &group) in (0..).zip(groups) {
            let next = &mut self.next[group as usize];
            self.order[*next as usize] = row;
            *next += 1;
        }
        self.runs.iter().for_each(|(group, _)| self.next[*group as usize] = 0);
    }

    fn gather(&mut self, block: &Block<'_>, with_scores: bool) {
        let Self { order, labels, planes, f32s, f64s, .. } = self;
        labels.clear();
        labels.extend(order.iter().map(|&row| block.labels[row as usize]));
        planes.resize(PLANES * BLOCK, 0);
        for (plane, to) in planes.chunks_exact_mut(BLOCK).enumerate() {
            let from = &block.planes[plane * block.stride..][..block.rows()];
            to.iter_mut().zip(&*order).for_each(|(to, &row)| *to = from[row as usize]);
        }
        let order: &[u32] = if with_scores { order } else { &[] };
        match block.scores {
            BlockScores::F32(scores) => gather_scores(scores, order, block.columns, f32s),
            BlockScores::F64(scores) => gather_scores(scores, order, block.columns, f64s),
        }
    }
}

fn gather_scores<T: Copy>(scores: &[T], order: &[u32], columns: usize, out: &mut Vec<T>) {
    out.clear();
    let rows = order.iter().map(|&row| &scores[row as usize * columns..][..columns]);
    rows.for_each(|row| out.extend_from_slice(row));
}

/// Some scores, or none where none were gathered.
fn part<T>(scores: &[T], places: Range<usize>) -> &[T] {
    scores.get(places).unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation, reason = "a place in a block")]
fn to_u32(place: usize) -> u32 {
    place as u32
}
