//! The bound of a value: the comparison, the runs it comes from, the level.

use std::fmt;

use super::format::{number, spelling};

/// How a value is compared with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
    NotEqual,
}

impl Op {
    /// Longer spellings come before those that they begin with.
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    pub(crate) fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::AtMost => value <= bound,
            Self::Above => value > bound,
            Self::Below => value < bound,
            Self::Equal => value == bound,
            Self::NotEqual => value != bound,
        }
    }

    pub(crate) fn spelling(self) -> &'static str {
        spelling(&Self::ALL, self)
    }

    /// Whether more is better (1) or less is (−1); `None` of equality.
    pub(crate) fn upward(self) -> Option<f64> {
        match self {
            Self::AtLeast | Self::Above => Some(1.0),
            Self::AtMost | Self::Below => Some(-1.0),
            Self::Equal | Self::NotEqual => None,
        }
    }

    /// How far `value` is on the good side of `bound`, below 0 on the other.
    pub(crate) fn slack(self, value: f64, bound: f64) -> f64 {
        match self.upward() {
            Some(sign) => sign * (value - bound),
            None => -(value - bound).abs(),
        }
    }
}

/// The earlier runs that a rule compares with.
///
/// Means and bests are over the runs that did not break the rule or were
/// accepted; so is the previous one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// What the caller has configured; the previous run unless it says otherwise.
    Baseline,
    /// The latest run of an earlier night.
    #[default]
    Previous,
    /// The run of the best value, of equal ones the latest.
    Best,
    /// The last so many nights that have a run.
    MeanOfLast(usize),
    /// The run of that number.
    Run(i64),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Baseline => f.write_str("baseline"),
            Self::Previous => f.write_str("previous"),
            Self::Best => f.write_str("best"),
            Self::MeanOfLast(last) => write!(f, "mean of last {last}"),
            Self::Run(run) => write!(f, "run {run}"),
        }
    }
}

/// What a value has to keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    Number(f64),
    /// factor · value of the reference + offset.
    Of {
        factor: f64,
        reference: Reference,
        offset: f64,
    },
}

impl Bound {
    pub(crate) fn reference(self) -> Option<Reference> {
        match self {
            Self::Number(_) => None,
            Self::Of { reference, .. } => Some(reference),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (factor, reference, offset) = match *self {
            Self::Number(bound) => return f.write_str(&number(bound)),
            Self::Of { factor, reference, offset } => (factor, reference, offset),
        };
        if factor != 1.0 {
            write!(f, "{} * ", number(factor))?;
        }
        write!(f, "{reference}")?;
        match offset {
            0.0 => Ok(()),
            less if less < 0.0 => write!(f, " - {}", number(-less)),
            more => write!(f, " + {}", number(more)),
        }
    }
}

/// The level of a proof or an alarm, in per cent: above 50 and below 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level(pub(crate) f64);

impl Level {
    pub(crate) const USUAL: Self = Self(95.0);

    /// The chance of a false alarm that it leaves.
    pub(crate) fn risk(self) -> f64 {
        (100.0 - self.0) / 100.0
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", number(self.0))
    }
}
