//! Tallies of rows in order: the exact form, and the binned one that merges.

mod absorb;
mod check;
mod codec;
mod column_bins;
mod counter;
mod one_vs_rest;
mod points;

pub use counter::OrderCounter;

use super::aggregate::{Aggregate, DeviceForm, OrderForm, Presence, Reads};
use super::check::Margins;
use super::codec::{Reader, Writer};
use super::confusion::checked_add;
use super::{Auc, Counted, Ordered, ScoresAre, Spec, Tallies, Task};
use crate::error::Result;
use crate::exact::grid::BINS;
use crate::exact::key;
use crate::exact::order::{Answer, Counts, MassBin, Point, Question, Sums};
use crate::kernel::order::shader::By;

/// What the order of rows tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Found from every score.
    Exact(Box<ExactOrder>),
    /// Exact once, and lost by merging: how rows of one part lie among those of
    /// another is not known.
    Merged,
    /// Counts of bins of scores.
    Binned(BinnedOrder),
}

/// What is asked of the order beyond areas and average precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderWish {
    /// Questions about the curve of binary scores, or about risk and coverage.
    pub questions: Vec<Question>,
    /// Whether rows are put in order by confidence, too.
    pub confidence: bool,
    /// Whether all pairs of a row and a class are put in one order, too.
    pub micro: bool,
    /// Whether pairs of classes are compared, too, up to 100 classes.
    pub pairs: bool,
    /// Bins of equal size by confidence; 0 for none.
    pub mass_bins: usize,
}

impl OrderWish {
    /// Adds a question, unless it is there already.
    pub fn ask(&mut self, question: Question) {
        self.confidence |= matches!(question, Question::CoverageAtRisk(_));
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    /// The questions about the order by confidence, or those about the scores.
    pub fn questions(&self, confidence: bool) -> Vec<Question> {
        let about = |it: &&Question| matches!(it, Question::CoverageAtRisk(_)) == confidence;
        self.questions.iter().filter(about).copied().collect()
    }
}

/// Integers found from every score. They do not merge and are not in the digest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExactOrder {
    /// The positive class of binary scores; of a matrix each class, `[C]`, then the
    /// positive one of two, as [`Spec::ordered`] says.
    pub classes: Vec<Sums>,
    /// `pairs[a C + b]`: 2U of the rows of class a against those of class b, by
    /// the score of a, `[C * C]`; empty for binary scores, for many classes, and if
    /// not asked for.
    pub pairs: Vec<u128>,
    /// Every (row, class) of a matrix in one order.
    pub micro: Option<Sums>,
    /// The curve of the positive class at the resolution of a plot.
    pub curve: Vec<Point>,
    /// Answers about that curve.
    pub answers: Vec<(Question, Answer)>,
    /// Rows by confidence.
    pub confidence: Option<ConfidenceOrder>,
}

/// Rows by falling confidence; the positive ones of its counts are wrong rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfidenceOrder {
    /// Σ over rows of the share of wrong rows among those at least as
    /// confident, in units of 2⁻⁶⁰.
    pub risk: u128,
    /// Risk over coverage at the resolution of a plot.
    pub curve: Vec<Point>,
    /// Answers about that curve.
    pub answers: Vec<(Question, Answer)>,
    /// Bins of equal size, most confident rows first; keys are in units of 2⁻³⁰.
    pub bins: Vec<MassBin>,
}

impl ExactOrder {
    /// The positive class, if it was put in order.
    pub fn positive(&self, spec: &Spec) -> Option<&Sums> {
        self.classes.get(positive_place(spec)?)
    }
}

/// The most classes whose pairs are kept.
pub const MOST_PAIRED: usize = 100;

/// Rows by bins of their scores: 65,536 bins that rise with the score, see
/// [`grid`](crate::exact::grid).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BinnedOrder {
    /// The positive class of binary scores; of a matrix each class, `[C]`.
    pub classes: Vec<ScoreBins>,
    /// Rows by confidence, the wrong ones counted as positive.
    pub confidence: Option<ScoreBins>,
}

impl BinnedOrder {
    /// The positive class, if it was put in order.
    pub fn positive(&self, spec: &Spec) -> Option<&ScoreBins> {
        self.classes.get(positive_place(spec)?)
    }
}

/// The bins that hold rows, in rising order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreBins {
    bins: Vec<(u16, Counts)>,
}

impl ScoreBins {
    /// From bins in any order, each once; those without rows are dropped.
    pub fn new(mut bins: Vec<(u16, Counts)>) -> Self {
        bins.retain(|(_, rows)| rows.rows() > 0);
        bins.sort_unstable_by_key(|(bin, _)| *bin);
        Self { bins }
    }

    /// From bins of which one may come several times.
    pub fn adding(bins: impl Iterator<Item = (u16, Counts)>) -> Self {
        let mut dense = vec![Counts::default(); BINS];
        bins.for_each(|(bin, rows)| dense[usize::from(bin)] += rows);
        Self::new((0..=u16::MAX).zip(dense).collect())
    }

    /// The bins that hold rows, in rising order.
    pub fn bins(&self) -> &[(u16, Counts)] {
        &self.bins
    }

    /// All rows.
    pub fn all(&self) -> Counts {
        self.bins.iter().fold(Counts::default(), |sum, (_, rows)| sum + *rows)
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        let mut dense = vec![Counts::default(); BINS];
        for (bin, rows) in self.bins.iter().chain(&other.bins) {
            let sum = &mut dense[usize::from(*bin)];
            sum.positive = checked_add(sum.positive, rows.positive)?;
            sum.negative = checked_add(sum.negative, rows.negative)?;
            checked_add(sum.positive, sum.negative)?;
        }
        *self = Self::new((0..=u16::MAX).zip(dense).collect());
        Ok(())
    }
}

impl Aggregate for Order {
    type Counter = OrderCounter;

    const NAME: &'static str = "order";
    const WHAT: &'static str = "scores in order";
    const PRESENCE: Presence = Presence::Code;

    fn is_wanted(spec: &Spec) -> bool {
        spec.task != Task::Predictions && spec.auc != Auc::None
    }

    fn empty(spec: &Spec, classes: usize) -> Self {
        let each = if spec.has_each_class() { classes } else { 0 };
        let is_apart = spec.task != Task::Matrix || spec.ordered != Ordered::Classes;
        let orders = each + usize::from(is_apart && spec.positive_class().is_some());
        let by_confidence = spec.counted != Counted::Order;
        match spec.auc {
            Auc::Binned => Self::Binned(BinnedOrder {
                classes: vec![ScoreBins::default(); orders],
                confidence: by_confidence.then(ScoreBins::default),
            }),
            Auc::Exact | Auc::None => Self::Merged,
        }
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        match (&mut *self, other) {
            (Self::Binned(own), Self::Binned(more)) => {
                for (own, more) in own.classes.iter_mut().zip(&more.classes) {
                    own.merge(more)?;
                }
                match (&mut own.confidence, &more.confidence) {
                    (Some(own), Some(more)) => own.merge(more),
                    _ => Ok(()),
                }
            }
            _ => {
                *self = Self::Merged;
                Ok(())
            }
        }
    }

    fn relabel(&mut self, places: &[u32], classes: usize) {
        if let Self::Binned(order) = self
            && order.classes.len() == places.len()
        {
            let mut relabelled = vec![ScoreBins::default(); classes];
            for (own, &place) in std::mem::take(&mut order.classes).into_iter().zip(places) {
                relabelled[place as usize] = own;
            }
            order.classes = relabelled;
        }
    }

    fn write(&self, out: &mut Writer) {
        match self {
            Self::Merged => out.u8(1),
            Self::Binned(order) => {
                out.u8(2);
                out.binned(order);
            }
            Self::Exact(order) => {
                out.u8(3);
                out.exact(order);
            }
        }
    }

    /// An exact order is no part of it: it does not merge.
    fn write_mergeable(&self, out: &mut Writer) {
        if let Self::Binned(order) = self {
            out.binned(order);
        }
    }

    fn read(input: &mut Reader<'_>, _: &Spec) -> Option<Self> {
        Some(match input.u8()? {
            1 => Self::Merged,
            2 => Self::Binned(input.binned()?),
            3 => Self::Exact(Box::new(input.exact()?)),
            _ => return None,
        })
    }

    fn fits(&self, tallies: &Tallies, margins: &Margins) -> bool {
        check::fit(self, tallies, margins)
    }

    fn reads(spec: &Spec) -> Reads {
        Reads { all_planes: spec.counted != Counted::Order, scores: true }
    }

    fn device(spec: &Spec) -> DeviceForm {
        match orders(spec) {
            [] => DeviceForm::Host,
            by => DeviceForm::Orders(OrderForm { by, take: counter::take }),
        }
    }
}

/// What a device puts rows in order by; nothing if it leaves that to the host, as with
/// doubles: it lays out 16 bits of a key by the other 16.
fn orders(spec: &Spec) -> &'static [By] {
    if spec.orders_doubles() {
        return &[];
    }
    let by_confidence = match spec.auc {
        Auc::Exact => spec.order.confidence,
        _ => spec.counted != Counted::Order,
    };
    match (spec.auc, spec.task, by_confidence) {
        (Auc::Exact, Task::Binary { .. }, false) => &[By::Score],
        (Auc::Exact, Task::Binary { .. }, true) => &[By::Score, By::Confidence],
        (Auc::Binned, Task::Binary { .. }, _) => match (spec.scores_are, by_confidence) {
            (Some(ScoresAre::Probabilities), false) => &[By::ProbabilityBin],
            (Some(ScoresAre::Probabilities), true) => &[By::ProbabilityBin, By::ConfidenceBin],
            (_, false) => &[By::LogitBin],
            (_, true) => &[By::LogitBin, By::ConfidenceBin],
        },
        _ => &[],
    }
}

/// The score that a point of the curve of the positive class begins with; `None` for
/// the point above all of them.
pub fn threshold(spec: &Spec, point: &Point) -> Option<f64> {
    let key = point.key?;
    Some(match spec.orders_doubles() {
        true => key::to_f64(key),
        false => f64::from(key::to_f32(u32::try_from(key).unwrap_or(u32::MAX))),
    })
}

/// The place of the positive class among those in order.
///
/// Where two classes were put in order and the positive one was not for itself, a
/// probability's order is that of its column. The softmax of logits ties what their
/// difference tells apart.
fn positive_place(spec: &Spec) -> Option<usize> {
    match (spec.task, spec.ordered) {
        (Task::Predictions, _) => None,
        (Task::Binary { .. }, _) | (Task::Matrix, Ordered::Positive) => Some(0),
        (Task::Matrix, Ordered::Both) => Some(2),
        (Task::Matrix, Ordered::Classes) => {
            spec.positive.filter(|_| spec.scores_are == Some(ScoresAre::Probabilities))
        }
    }
}
