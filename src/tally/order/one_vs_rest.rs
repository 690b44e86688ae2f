//! The second pass over a matrix of scores: for each class, where the rows of
//! other classes lie among its own.
//!
//! Only the keys of the labels are held, so memory grows with the rows, not with
//! rows × classes.

use std::any::Any;
use std::sync::Arc;

use rayon::prelude::*;

use super::counter::Labels;
use super::{ExactOrder, MOST_PAIRED, OrderWish};
use crate::error::{Error, Result};
use crate::kernel::Score;
use crate::kernel::order::{Locator, keys};
use crate::kernel::rows::{Block, with_block_scores};
use crate::tally::aggregate::{Counter, Finish, typed};

/// Keys of a tile: rows of all classes, to be located one class at a time, so
/// that its positives stay in the cache meanwhile.
const TILE_KEYS: usize = 1 << 20;

/// Keys between one class's column of a tile and the next, beyond its rows: columns
/// a power of two apart would share their places in the cache.
const GAP: usize = 8;

/// Locates every score and puts what comes of each class before what `order` has.
pub(super) fn count(of: &Finish<'_>, labels: Vec<Labels>, order: &mut ExactOrder) -> Result<()> {
    let targets = Arc::new(Targets::new(labels, of.counting.classes, &of.counting.spec.order));
    let counters = of.again.count(&|| Box::new(Columns::new(&targets)))?;
    let mut counts = Located::new(&targets);
    let mut counters = typed::<Columns>(counters)?;
    counters.par_iter_mut().for_each(Columns::locate);
    counters.iter().for_each(|counter| counts.add(&counter.counts));
    if counts.rows != targets.rows {
        return Err(Error::Internal(format!(
            "{} rows have labels in order and {} were located among them",
            targets.rows, counts.rows
        )));
    }
    let sums = targets.classes.par_iter().enumerate();
    let each: Vec<_> = sums.map(|(class, own)| own.sums(&counts.negatives(own, class))).collect();
    // The positive one of two comes last, if it is there.
    order.classes.splice(0..0, each);
    order.pairs = counts.pairs.into_iter().map(u128::from).collect();
    order.micro = targets.micro.as_ref().map(|all| all.sums(&all.without_own(counts.micro)));
    Ok(())
}

/// What scores are located among.
struct Targets {
    /// Each class's own rows.
    classes: Vec<Locator<u64>>,
    /// The rows of all classes.
    micro: Option<Locator<u64>>,
    /// Whether pairs of classes are wanted.
    paired: bool,
    rows: u64,
}

impl Targets {
    fn new(labels: Vec<Labels>, classes: usize, wish: &OrderWish) -> Self {
        let mut own = vec![Vec::new(); classes];
        let mut all = Vec::new();
        let mut rows = 0;
        for (labels, keys) in labels {
            rows += keys.len() as u64;
            if wish.micro {
                all.extend_from_slice(&keys);
            }
            for (label, key) in labels.into_iter().zip(keys) {
                own[label as usize].push(key);
            }
        }
        let paired = wish.pairs && classes <= MOST_PAIRED;
        let classes = own.into_par_iter().map(Locator::new).collect();
        Self { classes, micro: wish.micro.then(|| Locator::new(all)), paired, rows }
    }
}

/// How many scores lie in each slot of each class.
struct Located {
    rows: u64,
    /// All rows of every class, the class's own included, one class after another.
    slots: Vec<u32>,
    starts: Vec<usize>,
    /// 2U of each pair of classes, `[C * C]`, or empty.
    pairs: Vec<u64>,
    micro: Vec<u64>,
}

impl Located {
    fn new(targets: &Targets) -> Self {
        let mut starts = Vec::with_capacity(targets.classes.len());
        let mut end = 0;
        for class in &targets.classes {
            starts.push(end);
            end += class.slots();
        }
        let classes = targets.classes.len();
        let paired = if targets.paired { classes * classes } else { 0 };
        let micro = targets.micro.as_ref().map_or(0, Locator::slots);
        Self { rows: 0, slots: vec![0; end], starts, pairs: vec![0; paired], micro: vec![0; micro] }
    }

    fn add(&mut self, more: &Self) {
        self.rows += more.rows;
        self.slots.iter_mut().zip(&more.slots).for_each(|(sum, more)| *sum += more);
        self.pairs.iter_mut().zip(&more.pairs).for_each(|(sum, more)| *sum += more);
        self.micro.iter_mut().zip(&more.micro).for_each(|(sum, more)| *sum += more);
    }

    /// The rows of other classes in each slot of one.
    fn negatives(&self, own: &Locator<u64>, class: usize) -> Vec<u64> {
        let slots = &self.slots[self.starts[class]..][..own.slots()];
        own.without_own(slots.iter().map(|&rows| rows.into()).collect())
    }
}

/// The scores of one worker's rows.
struct Columns {
    targets: Arc<Targets>,
    counts: Located,
    /// Keys by class, `[C, height + GAP]`.
    tile: Vec<u64>,
    height: usize,
    labels: Vec<u32>,
    keys: Vec<u64>,
}

impl Counter for Columns {
    fn update(&mut self, block: &Block<'_>) {
        with_block_scores!(block.scores, scores => self.rows(block, scores));
    }

    fn absorb(&mut self, more: Box<dyn Counter>) -> Option<Box<dyn Counter>> {
        let Ok(mut more) = (more as Box<dyn Any>).downcast::<Self>() else {
            unreachable!("counters of one pass are of one kind")
        };
        more.locate();
        self.counts.add(&more.counts);
        None
    }
}

impl Columns {
    fn new(targets: &Arc<Targets>) -> Self {
        let classes = targets.classes.len();
        let height = (TILE_KEYS / classes).clamp(16, 1 << 14);
        Self {
            targets: Arc::clone(targets),
            counts: Located::new(targets),
            tile: vec![0; classes * (height + GAP)],
            height,
            labels: Vec::with_capacity(height),
            keys: Vec::new(),
        }
    }

    fn rows<T: Score>(&mut self, block: &Block<'_>, scores: &[T]) {
        for row in block.scored() {
            keys(block.params, &scores[row * block.columns..][..block.columns], &mut self.keys);
            self.row(block.labels[row]);
        }
    }

    #[inline]
    fn row(&mut self, label: u32) {
        let place = self.labels.len();
        let columns = self.tile.chunks_exact_mut(self.height + GAP);
        for (column, &key) in columns.zip(&self.keys) {
            column[place] = key;
        }
        self.labels.push(label);
        if self.labels.len() == self.height {
            self.locate();
        }
    }

    /// Locates the scores of the tile and empties it.
    fn locate(&mut self) {
        let counts = &mut self.counts;
        let classes = self.targets.classes.len();
        let columns = self.tile.chunks_exact(self.height + GAP);
        for (class, (column, own)) in columns.zip(&self.targets.classes).enumerate() {
            let slots = &mut counts.slots[counts.starts[class]..][..own.slots()];
            let column = &column[..self.labels.len()];
            // Slots cannot wrap: rows of a matrix are fewer than 32 bits hold.
            if counts.pairs.is_empty() {
                column.iter().for_each(|&key| {
                    let slot = &mut slots[own.slot(key)];
                    *slot = slot.wrapping_add(1);
                });
            } else {
                let pairs = &mut counts.pairs[class * classes..][..classes];
                for (&key, &label) in column.iter().zip(&self.labels) {
                    let slot = own.slot(key);
                    slots[slot] = slots[slot].wrapping_add(1);
                    // Nor can this: of fewer than 2³¹ rows, 2U is below 2⁶¹.
                    let pairs = &mut pairs[label as usize];
                    *pairs = pairs.wrapping_add(own.placement(slot));
                }
            }
            if let Some(all) = &self.targets.micro {
                column.iter().for_each(|&key| {
                    let slot = &mut counts.micro[all.slot(key)];
                    *slot = slot.wrapping_add(1);
                });
            }
        }
        counts.rows += self.labels.len() as u64;
        self.labels.clear();
    }
}
