//! The forms of a rule, and how each is spelled.

use std::fmt;

use super::bound::{Bound, Level, Op, Reference};
use super::wording::{name, number};

/// A rule taken apart; `S` is a subject as it was written, or one that is known.
#[derive(Clone, Debug)]
pub(super) enum Form<S> {
    /// `subject [- less] op bound [@ proof]`
    Compare { subject: S, less: Option<S>, op: Op, bound: Bound, proof: Option<Level> },
    /// `subject within sigmas sigma of last N`
    Within { subject: S, sigmas: f64, last: usize },
    /// `worse(subject, reference, by by) @ level`
    Worse { subject: S, reference: Reference, by: f64, level: Level },
    /// `statistic(spread, reference) op bound`
    Distance { statistic: Statistic, spread: Spread, reference: Reference, op: Op, bound: f64 },
    /// `drifted(spread, reference) @ level`
    Drifted { spread: Spread, reference: Reference, level: Level },
}

/// How far two distributions are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statistic {
    StabilityIndex,
    JensenShannon,
    KolmogorovSmirnov,
    ChiSquare,
}

/// What is distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// Rows by the class that is predicted.
    Predictions,
    /// Rows by bins of confidence.
    Confidence,
}

impl Statistic {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("psi", Self::StabilityIndex),
        ("jensen_shannon", Self::JensenShannon),
        ("ks", Self::KolmogorovSmirnov),
        ("chi_square", Self::ChiSquare),
    ];

    pub(super) fn spelling(self) -> &'static str {
        spelling(&Self::ALL, self)
    }
}

impl Spread {
    pub(super) const ALL: [(&'static str, Self); 2] =
        [("predictions", Self::Predictions), ("confidence", Self::Confidence)];

    pub(super) fn spelling(self) -> &'static str {
        spelling(&Self::ALL, self)
    }
}

/// The name that a table gives to `wanted`.
pub(super) fn spelling<T: Copy + PartialEq>(
    table: &[(&'static str, T)],
    wanted: T,
) -> &'static str {
    match table.iter().find(|(_, value)| *value == wanted) {
        Some((name, _)) => name,
        None => unreachable!("the table lists every value"),
    }
}

impl<S> Form<S> {
    /// The subjects, in the order written.
    pub(super) fn subjects(&self) -> Vec<&S> {
        match self {
            Self::Compare { subject, less, .. } => {
                std::iter::once(subject).chain(less.as_ref()).collect()
            }
            Self::Within { subject, .. } | Self::Worse { subject, .. } => vec![subject],
            Self::Distance { .. } | Self::Drifted { .. } => Vec::new(),
        }
    }

    /// The earlier run that is compared with.
    pub(super) fn reference(&self) -> Option<Reference> {
        match self {
            Self::Compare { bound, .. } => bound.reference(),
            Self::Within { .. } => None,
            Self::Worse { reference, .. }
            | Self::Distance { reference, .. }
            | Self::Drifted { reference, .. } => Some(*reference),
        }
    }

    /// The distribution that is compared.
    pub(super) fn spread(&self) -> Option<Spread> {
        match self {
            Self::Distance { spread, .. } | Self::Drifted { spread, .. } => Some(*spread),
            _ => None,
        }
    }

    /// The same form with every subject looked up.
    pub(super) fn look_up<T, E>(self, find: impl Fn(S) -> Result<T, E>) -> Result<Form<T>, E> {
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
            Self::Distance { statistic, spread, reference, op, bound } => {
                Form::Distance { statistic, spread, reference, op, bound }
            }
            Self::Drifted { spread, reference, level } => {
                Form::Drifted { spread, reference, level }
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
            Self::Distance { statistic, spread, reference, op, bound } => {
                let (statistic, spread) = (statistic.spelling(), spread.spelling());
                let (op, bound) = (op.spelling(), number(*bound));
                write!(f, "{statistic}({spread}, {reference}) {op} {bound}")
            }
            Self::Drifted { spread, reference, level } => {
                write!(f, "drifted({}, {reference}) @ {level}", spread.spelling())
            }
        }
    }
}

/// `{split=test,country="to test"}`
pub(super) fn braces(slices: &[(String, String)]) -> String {
    if slices.is_empty() {
        return String::new();
    }
    let slice = |(column, value): &(String, String)| format!("{}={}", name(column), name(value));
    let slices: Vec<String> = slices.iter().map(slice).collect();
    format!("{{{}}}", slices.join(","))
}
