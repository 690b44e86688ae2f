//! Rows in memory, generated on all cores.

use rayon::prelude::*;

use super::pair::Pairs;
use super::recipe::{Content, Recipe};
use super::score::{Scorer, Stored};
use crate::batch::{Scores, with_scores};
use crate::error::Result;

/// Scores, or rows of pairs, that one thread generates at a time.
const PIECE: usize = 1 << 14;

/// Consecutive rows. What was not wanted is empty.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Number of rows.
    pub rows: usize,
    /// The true classes, `[rows]`.
    pub labels: Vec<i64>,
    /// The predicted classes, `[rows]`.
    pub predictions: Vec<i64>,
    /// The scores, `[rows, width]`, row by row.
    pub scores: Scores,
}

/// What of the rows is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The labels.
    pub labels: bool,
    /// The predictions, or the scores where the recipe has those.
    pub content: bool,
}

impl Wanted {
    /// Everything that a row has.
    pub const ALL: Self = Self { labels: true, content: true };
    /// Labels only.
    pub const LABELS: Self = Self { labels: true, content: false };
    /// Predictions or scores only.
    pub const CONTENT: Self = Self { labels: false, content: true };
}

/// The rows of a recipe. Each is a function of the recipe and its number; how
/// many others are asked for, in which order and by how many threads, can't show.
#[derive(Clone, Debug)]
pub struct Rows {
    recipe: Recipe,
    pairs: Pairs,
    scorer: Option<Scorer>,
}

impl Rows {
    /// Prepares to generate, which takes time and memory by the number of
    /// classes only.
    ///
    /// # Errors
    ///
    /// Those of [`Recipe::check`].
    pub fn new(recipe: Recipe) -> Result<Self> {
        recipe.check()?;
        let scorer = match recipe.content {
            Content::Predictions => None,
            Content::Scores(kind) => Some(Scorer::new(&recipe, kind)),
        };
        Ok(Self { pairs: Pairs::new(&recipe), scorer, recipe })
    }

    /// What the rows are made by.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Replaces the contents of `block` by `rows` rows from row `first` on, on
    /// the threads of the current rayon pool.
    pub fn fill(&self, first: u64, rows: usize, wanted: Wanted, block: &mut Block) {
        block.rows = rows;
        block.labels.resize(if wanted.labels { rows } else { 0 }, 0);
        self.fill_classes(first, &mut block.labels, |row| self.pairs.pair(row).label);
        let predictions = wanted.content && self.scorer.is_none();
        block.predictions.resize(if predictions { rows } else { 0 }, 0);
        self.fill_classes(first, &mut block.predictions, |row| self.pairs.pair(row).prediction);
        if let (true, Content::Scores(kind), Some(scorer)) =
            (wanted.content, self.recipe.content, &self.scorer)
        {
            with_scores!(block.scores.become_type(kind.score_type), scores => {
                self.fill_scores(first, rows, scorer, scores);
            });
        }
    }

    fn fill_classes(&self, first: u64, classes: &mut [i64], of: impl Fn(u64) -> u32 + Sync) {
        let pieces = classes.par_chunks_mut(PIECE).enumerate();
        pieces.for_each(|(piece, classes)| {
            let first = first + (piece * PIECE) as u64;
            for (class, row) in classes.iter_mut().zip(first..) {
                *class = of(row).into();
            }
        });
    }

    fn fill_scores<T: Stored>(
        &self,
        first: u64,
        rows: usize,
        scorer: &Scorer,
        scores: &mut Vec<T>,
    ) {
        let width = self.recipe.width();
        scores.resize(rows * width, T::default());
        let piece_rows = (PIECE / width).max(1);
        let pieces = scores.par_chunks_mut(piece_rows * width).enumerate();
        pieces.for_each_init(
            || vec![0.0; width],
            |weights, (piece, scores)| {
                let first = first + (piece * piece_rows) as u64;
                for (scores, row) in scores.chunks_exact_mut(width).zip(first..) {
                    scorer.fill(&self.pairs, row, weights, scores);
                }
            },
        );
    }
}
