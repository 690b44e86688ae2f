//! The recipe of a synthetic set.

use crate::error::{Error, Result};
use crate::tally::{ScoreType, ScoresAre};

/// Most classes that are generated.
pub const MOST_CLASSES: u32 = 1 << 20;

/// Most classes of half-precision probabilities. A sum of more could be off by
/// more than the 10⁻³ that probabilities are allowed: values from 2⁻¹⁴ on are
/// rounded by 2⁻¹² of themselves, smaller ones by 2⁻²⁵.
const MOST_HALF_PROBABILITIES: u32 = 1 << 14;

/// Beyond this, all but the first class are out of reach of 32-bit draws.
const MOST_SKEW: f64 = 64.0;

/// A synthetic prediction set. Equal recipes give equal rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Number of rows.
    pub rows: u64,
    /// Number of the first row: parts of a set are made one by one.
    pub first_row: u64,
    /// Number of classes, 2 to [`MOST_CLASSES`]; they are called 0, 1, 2, …
    pub classes: u32,
    /// What a row has beside its label.
    pub content: Content,
    /// Probability that a prediction is right, in [0, 1].
    pub accuracy: f64,
    /// Exponent of Zipf's law for the frequencies of labels; 0 makes all equal.
    pub skew: f64,
    /// Names the set among those of the same make.
    pub seed: u64,
}

/// What a row has beside its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The predicted class.
    Predictions,
    /// Scores of which the prediction's is the highest.
    Scores(ScoreKind),
}

/// What scores are and how they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreKind {
    /// Logits or probabilities.
    pub scores_are: ScoresAre,
    /// Type of a score.
    pub score_type: ScoreType,
    /// One score a row, that of class 1 of two, instead of one for each class.
    pub binary: bool,
}

impl ScoreKind {
    /// Bytes of a score.
    pub(super) fn size(self) -> u64 {
        self.score_type.bytes() as u64
    }

    /// What columns and arrays of such scores are called, or begin with.
    pub(super) fn letter(self) -> char {
        match self.scores_are {
            ScoresAre::Logits => 's',
            ScoresAre::Probabilities => 'p',
        }
    }
}

impl Recipe {
    /// Scores of a row: 0 if it has a prediction instead.
    pub fn width(&self) -> usize {
        match self.content {
            Content::Predictions => 0,
            Content::Scores(kind) if kind.binary => 1,
            Content::Scores(_) => self.classes as usize,
        }
    }

    /// Bytes of a row as arrays hold it, label included.
    pub(super) fn row_bytes(&self) -> u64 {
        8 + match self.content {
            Content::Predictions => 8,
            Content::Scores(kind) => self.width() as u64 * kind.size(),
        }
    }

    /// Checks that such a set can be made.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] names the option, its range and what was found.
    pub fn check(&self) -> Result<()> {
        let refuse = |problem: String| Err(Error::Usage(problem));
        if self.rows == 0 {
            return refuse("--rows must be at least 1, found 0".into());
        }
        if !(2..=MOST_CLASSES).contains(&self.classes) {
            return refuse(format!(
                "--classes must be 2 to {MOST_CLASSES}, found {}",
                self.classes
            ));
        }
        if !(0.0..=1.0).contains(&self.accuracy) {
            return refuse(format!("--accuracy must be 0 to 1, found {}", self.accuracy));
        }
        if !(0.0..=MOST_SKEW).contains(&self.skew) {
            return refuse(format!("--skew must be 0 to {MOST_SKEW}, found {}", self.skew));
        }
        if let Content::Scores(kind) = self.content {
            self.check_scores(kind)?;
        }
        self.check_size()
    }

    fn check_scores(&self, kind: ScoreKind) -> Result<()> {
        if kind.binary && self.classes != 2 {
            return Err(Error::Usage(format!(
                "--binary scores have 2 classes, found --classes {}; leave --classes out",
                self.classes
            )));
        }
        let half = kind.score_type == ScoreType::F16;
        let probabilities = kind.scores_are == ScoresAre::Probabilities;
        if half && probabilities && self.classes > MOST_HALF_PROBABILITIES {
            return Err(Error::Usage(format!(
                "f16 probabilities of {} classes would not sum to 1; use --score-type f32, or at \
                 most {MOST_HALF_PROBABILITIES} classes",
                self.classes
            )));
        }
        Ok(())
    }

    /// No file can be longer than 2⁶³ bytes.
    fn check_size(&self) -> Result<()> {
        if self.first_row.checked_add(self.rows).is_none() {
            return Err(Error::Usage(format!(
                "--first-row {} and --rows {} go beyond row 2^64",
                self.first_row, self.rows
            )));
        }
        match self.rows.checked_mul(self.row_bytes()).filter(|&bytes| bytes < 1 << 62) {
            Some(_) => Ok(()),
            None => Err(Error::Usage(format!(
                "{} rows of {} bytes are more than a file can hold; use fewer --rows",
                self.rows,
                self.row_bytes()
            ))),
        }
    }
}
