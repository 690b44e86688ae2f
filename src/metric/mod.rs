//! Metrics: pure functions from tallies to values.
//!
//! [`ALL`] is the registry. Every entry says what it is, when it is undefined
//! and where it comes from; `--list-metrics` prints it and tests walk it.

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

/// The values of one class, one against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMeasures {
    /// Index of the class.
    pub class: usize,
    /// Rows of the class predicted as it.
    pub tp: u64,
    /// Rows of other classes predicted as it.
    pub fp: u64,
    /// Rows of the class predicted as another.
    pub fn_: u64,
    /// Rows of other classes predicted as another.
    pub tn: u64,
    /// Rows of the class.
    pub support: u64,
    /// Rows predicted as it.
    pub predicted: u64,
    /// tp / predicted.
    pub precision: Result<f64, String>,
    /// tp / support.
    pub recall: Result<f64, String>,
    /// 2 tp / (support + predicted).
    pub f1: Result<f64, String>,
    /// tn / (tn + fp).
    pub specificity: Result<f64, String>,
    /// tp / (tp + fp + fn).
    pub jaccard: Result<f64, String>,
}
