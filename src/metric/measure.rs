//! A metric's value and what goes with it.

use crate::stat;

/// A metric's value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The value; `Err` says in words why it is undefined.
    pub value: Result<f64, String>,
    /// Numerator and denominator, when the value is a quotient of counts.
    pub ratio: Option<(u64, u64)>,
    /// How sure the value is.
    pub interval: Option<Interval>,
    /// What a reader should know about the value.
    pub note: Option<String>,
}

/// A confidence interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The level, in (0, 1).
    pub level: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The method: "wilson".
    pub method: &'static str,
}

impl Measure {
    /// A plain number.
    pub(super) fn value(value: f64) -> Self {
        Self { value: Ok(value), ratio: None, interval: None, note: None }
    }

    /// No value, because of `reason`.
    pub(super) fn undefined(reason: impl Into<String>) -> Self {
        Self { value: Err(reason.into()), ratio: None, interval: None, note: None }
    }

    /// The share of `hits` in `rows` that are independent of each other, with
    /// its Wilson interval.
    pub(super) fn proportion(hits: u64, rows: u64, level: f64) -> Self {
        let Some((low, high)) = stat::wilson(hits, rows, level) else {
            return Self::undefined(NO_ROWS);
        };
        Self {
            value: Ok(hits as f64 / rows as f64),
            ratio: Some((hits, rows)),
            interval: Some(Interval { level, low, high, method: "wilson" }),
            note: None,
        }
    }

    pub(super) fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

/// Why a metric of no rows at all is undefined.
pub(super) const NO_ROWS: &str = "no rows were scored";
