//! The syntax tree of a rule: its forms, and how each is spelled.

use std::fmt;

use super::bound::{Bound, Level, Op, Reference};
use super::format::{number, spelling};
use crate::error::{Error, Result as Checked};
use crate::metric::Needs;
use crate::tally::Spec;

/// A rule taken apart; `S` is a subject as it was written, or one that is known.
#[derive(Clone, Debug)]
pub(crate) enum Form<S> {
    /// `subject [- less] op bound [@ proof]`
    Compare { subject: S, less: Option<S>, op: Op, bound: Bound, proof: Option<Level> },
    /// `subject within sigmas sigma of last N`
    Within { subject: S, sigmas: f64, last: usize },
    /// `worse(subject, reference, by by) @ level`
    Worse { subject: S, reference: Reference, by: f64, level: Level },
    /// `statistic(distribution, reference) op bound`
    Distance {
        statistic: Statistic,
        distribution: Distribution,
        reference: Reference,
        op: Op,
        bound: f64,
    },
    /// `drifted(distribution, reference) @ level`
    Drifted { distribution: Distribution, reference: Reference, level: Level },
}

/// How far two distributions are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    StabilityIndex,
    JensenShannon,
    KolmogorovSmirnov,
    ChiSquare,
}

/// What is distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distribution {
    /// Rows by the class that is predicted.
    Predictions,
    /// Rows by bins of confidence.
    Confidence,
}

impl Statistic {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("psi", Self::StabilityIndex),
        ("jensen_shannon", Self::JensenShannon),
        ("ks", Self::KolmogorovSmirnov),
        ("chi_square", Self::ChiSquare),
    ];

    pub(crate) fn spelling(self) -> &'static str {
        spelling(&Self::ALL, self)
    }
}

impl Distribution {
    pub(crate) const ALL: [(&'static str, Self); 2] =
        [("predictions", Self::Predictions), ("confidence", Self::Confidence)];

    pub(crate) fn spelling(self) -> &'static str {
        spelling(&Self::ALL, self)
    }

    /// What it is counted from.
    pub(crate) fn needs(self) -> Needs {
        match self {
            Self::Predictions => Needs::Confusion,
            Self::Confidence => Needs::Scores,
        }
    }

    /// Whether rows counted as `spec` says have it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], saying what is needed, if not.
    pub(crate) fn check(self, spec: &Spec) -> Checked<()> {
        match self.needs().missing(spec) {
            Some(missing) => Err(Error::Usage(format!("{} {missing}", self.spelling()))),
            None => Ok(()),
        }
    }
}

impl<S> Form<S> {
    /// The subjects, in the order written.
    pub(crate) fn subjects(&self) -> Vec<&S> {
        match self {
            Self::Compare { subject, less, .. } => {
                std::iter::once(subject).chain(less.as_ref()).collect()
            }
            Self::Within { subject, .. } | Self::Worse { subject, .. } => vec![subject],
            Self::Distance { .. } | Self::Drifted { .. } => Vec::new(),
        }
    }

    /// The earlier run that is compared with.
    pub(crate) fn reference(&self) -> Option<Reference> {
        match self {
            Self::Compare { bound, .. } => bound.reference(),
            Self::Within { .. } => None,
            Self::Worse { reference, .. }
            | Self::Distance { reference, .. }
            | Self::Drifted { reference, .. } => Some(*reference),
        }
    }

    /// The distribution that is compared.
    pub(crate) fn distribution(&self) -> Option<Distribution> {
        match self {
            Self::Distance { distribution, .. } | Self::Drifted { distribution, .. } => {
                Some(*distribution)
            }
            _ => None,
        }
    }

    /// The same form with every subject looked up.
    pub(crate) fn look_up<T, E>(self, find: impl Fn(S) -> Result<T, E>) -> Result<Form<T>, E> {
        Ok(match self {
            Self::Compare { subject, less, op, bound, proof } => Form::Compare {
                subject: find(subject)?,
                less: less.map(find).transpose()?,
                op,
                bound,
                proof,
            },
            Self::Within { subject, sigmas, last } => {
                Form::Within { subject: find(subject)?, sigmas, last }
            }
            Self::Worse { subject, reference, by, level } => {
                Form::Worse { subject: find(subject)?, reference, by, level }
            }
            Self::Distance { statistic, distribution, reference, op, bound } => {
                Form::Distance { statistic, distribution, reference, op, bound }
            }
            Self::Drifted { distribution, reference, level } => {
                Form::Drifted { distribution, reference, level }
            }
        })
    }
}

impl<S: fmt::Display> fmt::Display for Form<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare { subject, less, op, bound, proof } => {
                write!(f, "{subject}")?;
                if let Some(less) = less {
                    write!(f, " - {less}")?;
                }
                write!(f, " {} {bound}", op.spelling())?;
                proof.map_or(Ok(()), |level| write!(f, " @ {level}"))
            }
            Self::Within { subject, sigmas, last } => {
                write!(f, "{subject} within {} sigma of last {last}", number(*sigmas))
            }
            Self::Worse { subject, reference, by, level } => {
                write!(f, "worse({subject}, {reference}")?;
                if *by > 0.0 {
                    write!(f, ", by {}", number(*by))?;
                }
                write!(f, ") @ {level}")
            }
            Self::Distance { statistic, distribution, reference, op, bound } => {
                let (statistic, distribution) = (statistic.spelling(), distribution.spelling());
                let (op, bound) = (op.spelling(), number(*bound));
                write!(f, "{statistic}({distribution}, {reference}) {op} {bound}")
            }
            Self::Drifted { distribution, reference, level } => {
                write!(f, "drifted({}, {reference}) @ {level}", distribution.spelling())
            }
        }
    }
}
