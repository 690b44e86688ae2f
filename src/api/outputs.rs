//! Outputs of a model for every row: its scores, or the class it predicted.

use std::fmt::Debug;
use std::ops::Range;

use bytemuck::Pod;
use half::{bf16, f16};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};

use super::columns::Labels;
use crate::batch::Scores;
use crate::engine::ScoresGiven;
use crate::exact::ScoreType;

/// What a model gave for every row: see [`logits`], [`probabilities`] and
/// [`predictions`]. A view of scores by itself is taken for what its first 1,024 rows
/// look like.
#[derive(Debug)]
pub struct Outputs<'a> {
    pub(super) values: Values<'a>,
    /// What the scores are, if that was said.
    pub(super) given: Option<ScoresGiven>,
}

#[derive(Debug)]
pub(super) enum Values<'a> {
    Predictions(Labels<'a>),
    Scores(ScoreView<'a>),
}

/// Logits: one for each class, `[rows, classes]`, or one of the positive class, `[rows]`.
pub fn logits<'a>(scores: impl Into<ScoreView<'a>>) -> Outputs<'a> {
    Outputs { values: Values::Scores(scores.into()), given: Some(ScoresGiven::Logits) }
}

/// Probabilities: one for each class, `[rows, classes]`, or that of the positive class,
/// `[rows]`.
pub fn probabilities<'a>(scores: impl Into<ScoreView<'a>>) -> Outputs<'a> {
    Outputs { values: Values::Scores(scores.into()), given: Some(ScoresGiven::Probabilities) }
}

/// Predicted classes, `[rows]`, in any type that labels have; not necessarily theirs.
pub fn predictions<'a>(classes: impl Into<Labels<'a>>) -> Outputs<'a> {
    Outputs { values: Values::Predictions(classes.into()), given: None }
}

impl Outputs<'_> {
    pub(super) fn rows(&self) -> usize {
        match &self.values {
            Values::Predictions(column) => column.rows(),
            Values::Scores(scores) => scores.matrix.rows(),
        }
    }

    /// The shape as it is written in messages: "scores have shape (2, 10)".
    pub(super) fn shape(&self) -> String {
        match &self.values {
            Values::Predictions(column) => format!("predictions have shape ({},)", column.rows()),
            Values::Scores(scores) => format!("scores have shape {}", scores.shape()),
        }
    }
}

/// A view of scores in half, bfloat16, single or double precision, of any strides.
#[derive(Debug)]
pub struct ScoreView<'a> {
    matrix: Box<dyn Matrix + 'a>,
    /// Whether it has one dimension, of which the matrix is a column.
    is_flat: bool,
}

impl ScoreView<'_> {
    /// Scores of a row.
    pub(super) fn columns(&self) -> usize {
        self.matrix.columns()
    }

    pub(super) fn row_bytes(&self) -> usize {
        self.matrix.row_bytes()
    }

    pub(super) fn score_type(&self) -> ScoreType {
        self.matrix.score_type()
    }

    /// Replaces `scores` by those of some rows.
    pub(super) fn fill(&self, rows: Range<usize>, scores: &mut Scores) {
        self.matrix.fill(rows, scores);
    }

    fn shape(&self) -> String {
        match self.is_flat {
            true => format!("({},)", self.matrix.rows()),
            false => format!("({}, {})", self.matrix.rows(), self.matrix.columns()),
        }
    }
}

/// A two-dimensional view, whatever its type and strides.
trait Matrix: Debug + Send + Sync {
    fn rows(&self) -> usize;
    fn columns(&self) -> usize;
    fn row_bytes(&self) -> usize;
    fn score_type(&self) -> ScoreType;
    fn fill(&self, rows: Range<usize>, scores: &mut Scores);
}

impl<T: Element> Matrix for ArrayView2<'_, T> {
    fn rows(&self) -> usize {
        self.nrows()
    }

    fn columns(&self) -> usize {
        self.ncols()
    }

    fn row_bytes(&self) -> usize {
        self.ncols() * size_of::<T>()
    }

    fn score_type(&self) -> ScoreType {
        T::TYPE
    }

    fn fill(&self, rows: Range<usize>, scores: &mut Scores) {
        let from = self.slice(s![rows, ..]);
        let to: &mut [T] = bytemuck::cast_slice_mut(scores.room(T::TYPE, from.len()));
        if let Some(from) = from.as_slice() {
            to.copy_from_slice(from);
            return;
        }
        match ArrayViewMut2::from_shape(from.dim(), to) {
            Ok(mut to) => to.assign(&from),
            Err(_) => unreachable!("there is room for as many scores"),
        }
    }
}

/// A type that scores are stored in.
pub trait Element: Pod + Debug + Send + Sync + sealed::Sealed {
    /// The type by its name.
    const TYPE: ScoreType;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! elements {
    ($($stored:ty => $variant:ident),+) => {$(
        impl sealed::Sealed for $stored {}

        impl Element for $stored {
            const TYPE: ScoreType = ScoreType::$variant;
        }

        impl<'a> From<ArrayView1<'a, $stored>> for Outputs<'a> {
            fn from(view: ArrayView1<'a, $stored>) -> Self {
                Self { values: Values::Scores(view.into()), given: None }
            }
        }

        impl<'a> From<ArrayView2<'a, $stored>> for Outputs<'a> {
            fn from(view: ArrayView2<'a, $stored>) -> Self {
                Self { values: Values::Scores(view.into()), given: None }
            }
        }
    )+};
}

elements!(f16 => F16, bf16 => Bf16, f32 => F32, f64 => F64);

impl<'a, T: Element> From<ArrayView2<'a, T>> for ScoreView<'a> {
    fn from(view: ArrayView2<'a, T>) -> Self {
        Self { matrix: Box::new(view), is_flat: false }
    }
}

impl<'a, T: Element> From<ArrayView1<'a, T>> for ScoreView<'a> {
    fn from(view: ArrayView1<'a, T>) -> Self {
        Self { matrix: Box::new(view.insert_axis(Axis(1))), is_flat: true }
    }
}
