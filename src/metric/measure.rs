//! A metric's value and what goes with it.

use crate::stat;
use crate::tally::{IntervalMethod, Moments, Spec};

/// A metric's value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The value; `Err` says in words why it is undefined.
    pub value: Result<f64, String>,
    /// Numerator and denominator, when the value is a quotient of counts.
    pub ratio: Option<(u64, u64)>,
    /// How sure the value is.
    pub interval: Option<Interval>,
    /// Why a value has no interval.
    pub no_interval: Option<String>,
    /// What a reader should know about the value.
    pub note: Option<String>,
}

/// A confidence interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The level, in (0, 1); 1 if certified.
    pub level: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The method: "wilson", "clopper-pearson", "normal", "delong",
    /// "bootstrap"; or "certified", which holds the value of these rows for sure.
    pub method: &'static str,
}

impl Measure {
    /// A plain number.
    pub(super) fn value(value: f64) -> Self {
        Self { value: Ok(value), ratio: None, interval: None, no_interval: None, note: None }
    }

    /// No value, because of `reason`.
    pub(super) fn undefined(reason: impl Into<String>) -> Self {
        Self { value: Err(reason.into()), ..Self::value(0.0) }
    }

    /// The share of `hits` in `rows` that are independent of each other, with
    /// the interval that `spec` asks for.
    pub(super) fn proportion(hits: u64, rows: u64, spec: &Spec) -> Self {
        let level = spec.interval;
        let ends = match spec.interval_method {
            IntervalMethod::Wilson => stat::wilson(hits, rows, level),
            IntervalMethod::ClopperPearson => stat::clopper_pearson(hits, rows, level),
        };
        let Some((low, high)) = ends else {
            return Self::undefined(NO_ROWS);
        };
        let method = spec.interval_method.name();
        Self {
            ratio: Some((hits, rows)),
            interval: Some(Interval { level, low, high, method }),
            ..Self::value(hits as f64 / rows as f64)
        }
    }

    /// The mean of `rows` values in fixed point, `unit` of them in 1, with the
    /// normal interval cut to 0 and `most`.
    pub(super) fn mean(moments: &Moments, unit: f64, rows: u64, most: f64, level: f64) -> Self {
        // Dividing by the unit, a power of two, is exact.
        let mean = moments.sum as f64 / unit / rows as f64;
        let error = moments
            .deviation(rows)
            .and_then(|deviation| stat::standard_error_of_mean(deviation / unit / unit, rows));
        let Some(error) = error else {
            return Self::value(mean).without_interval("one row does not tell how rows differ");
        };
        let (low, high) = stat::normal_interval(mean, error, level);
        let (low, high) = (low.max(0.0), high.min(most).max(mean));
        Self {
            interval: Some(Interval { level, low, high, method: "normal" }),
            ..Self::value(mean)
        }
    }

    pub(super) fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }

    /// A value with no interval, because of `reason`.
    pub(super) fn without_interval(self, reason: impl Into<String>) -> Self {
        Self { no_interval: Some(reason.into()), ..self }
    }
}

/// Why a metric of no rows at all is undefined.
pub(super) const NO_ROWS: &str = "no rows were scored";
