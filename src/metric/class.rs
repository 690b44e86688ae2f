//! The values of each class, one against the rest.

use super::alias;
use super::better::Better;
use super::measure::{Measure, NO_ROWS};
use super::order;
use super::overlap::Overlap;
use super::registry::Needs;
use super::source;
use super::summary::Summary;
use super::table::by_class::OF_CLASS;
use crate::class::Classes;
use crate::error::Error;
use crate::tally::{Spec, Tallies, ZeroDivision, aggregate};

/// The values of one class, one against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMeasures {
    /// All classes, which clones share.
    classes: Classes,
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
    pub precision: Result<f64, Undefined>,
    /// tp / support.
    pub recall: Result<f64, Undefined>,
    /// 2 tp / (support + predicted).
    pub f1: Result<f64, Undefined>,
    /// tn / (tn + fp).
    pub specificity: Result<f64, Undefined>,
    /// tp / (tp + fp + fn).
    pub jaccard: Result<f64, Undefined>,
    /// fp / (tn + fp).
    pub false_positive_rate: Result<f64, Undefined>,
    /// fn / support.
    pub false_negative_rate: Result<f64, Undefined>,
    /// What the order of its scores tells, if rows were put in order.
    pub order: Option<ClassAreas>,
    /// Values that were asked for, by name.
    pub asked: Vec<(&'static str, Result<f64, String>)>,
}

/// What the order of a class's scores tells.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassAreas {
    /// Area under the ROC curve.
    pub roc_auc: Result<f64, String>,
    /// Σ ΔR·P.
    pub average_precision: Result<f64, String>,
}

/// The values of every class, in class order.
///
/// A quotient with denominator 0 is undefined with a reason, or the 0 or 1 that
/// `spec.zero_division` says.
pub fn per_class(tallies: &Tallies) -> Vec<ClassMeasures> {
    Summary::new(tallies).per_class()
}

impl ClassMeasures {
    /// The values of the class with index `class`.
    pub fn new(summary: &Summary<'_>, class: usize) -> Self {
        let counts = summary.counts_of(class);
        let (tp, fp) = (counts.tp, counts.predicted - counts.tp);
        let fn_ = counts.support - tp;
        let value = |overlap: Overlap| {
            let value = overlap.of(&counts, summary.rows);
            match (value, summary.tallies.spec.zero_division) {
                (Some(value), _) => Ok(value),
                (None, ZeroDivision::Zero) => Ok(0.0),
                (None, ZeroDivision::One) => Ok(1.0),
                (None, ZeroDivision::Undefined | ZeroDivision::Exclude) => {
                    Err(Undefined::of(overlap))
                }
            }
        };
        Self {
            classes: summary.tallies.classes.clone(),
            class,
            tp,
            fp,
            fn_,
            tn: summary.rows - counts.support - fp,
            support: counts.support,
            predicted: counts.predicted,
            precision: value(Overlap::Precision),
            recall: value(Overlap::Recall),
            f1: value(Overlap::F(1.0)),
            specificity: value(Overlap::Specificity),
            jaccard: value(Overlap::Jaccard),
            false_positive_rate: value(Overlap::FalsePositiveRate),
            false_negative_rate: value(Overlap::FalseNegativeRate),
            order: summary.tallies.order().is_some().then(|| ClassAreas {
                roc_auc: order::class_area(summary, class).map(|it| it.value),
                average_precision: order::class_precision(summary, class).map(|it| it.value),
            }),
            asked: asked(summary, class),
        }
    }
}

/// The values of a class that were asked for.
fn asked(summary: &Summary<'_>, class: usize) -> Vec<(&'static str, Result<f64, String>)> {
    let value = |metric: &'static ClassMetric| match metric.read {
        Read::Asked(aggregate, read) => {
            let is_counted = aggregate::entry(aggregate).is_some_and(|it| summary.tallies.has(it));
            is_counted.then(|| (metric.name, read(summary, class).value))
        }
        Read::Count(_) | Read::Value(_) | Read::Order(_) => None,
    };
    PER_CLASS.iter().filter_map(value).collect()
}

/// Why the quotient of a class has denominator 0. [`ClassMeasures::why`] has the words: of
/// many classes that have no rows, hardly one is read about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// No row is predicted as the class.
    NeverPredicted,
    /// No row is of the class.
    NoRows,
    /// Neither.
    NoRowsAndNeverPredicted,
    /// All rows are of the class.
    NoOtherRows,
}

impl Undefined {
    fn of(overlap: Overlap) -> Self {
        match overlap {
            Overlap::Precision => Self::NeverPredicted,
            Overlap::Recall | Overlap::FalseNegativeRate => Self::NoRows,
            Overlap::F(_) | Overlap::Jaccard => Self::NoRowsAndNeverPredicted,
            Overlap::Specificity | Overlap::FalsePositiveRate => Self::NoOtherRows,
        }
    }
}

impl ClassMeasures {
    /// Why a value of the class is undefined, in words.
    pub fn why(&self, undefined: Undefined) -> String {
        let class = &self.classes.names()[self.class];
        match undefined {
            Undefined::NeverPredicted => format!("class {class} is never predicted"),
            Undefined::NoRows => format!("class {class} has no rows"),
            Undefined::NoRowsAndNeverPredicted => {
                format!("class {class} has no rows and is never predicted")
            }
            Undefined::NoOtherRows => format!("there are no rows of other classes than {class}"),
        }
    }

    fn plain(&self, value: Result<f64, Undefined>) -> Measure {
        match value {
            Ok(value) => Measure::value(value),
            Err(undefined) => Measure::undefined(self.why(undefined)),
        }
    }

    /// A quotient; one with denominator 0 that zero division gave a value keeps no ratio.
    fn quotient(&self, value: Result<f64, Undefined>, part: u64, whole: u64) -> Measure {
        Measure { ratio: (whole > 0).then_some((part, whole)), ..self.plain(value) }
    }
}

/// A value that every class has: an entry of [`PER_CLASS`].
#[derive(Clone, Copy, Debug)]
pub struct ClassMetric {
    /// Its name in rules and reports.
    pub name: &'static str,
    /// What it is, in counts of the class.
    pub formula: &'static str,
    /// The values it can take.
    pub range: &'static str,
    /// When it is undefined.
    pub undefined: &'static str,
    /// The paper or standard text that defines it.
    pub source: &'static str,
    /// Which way it gets better.
    pub better: Better,
    pub(super) read: Read,
}

/// Where a value of a class is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    Count(fn(&ClassMeasures) -> u64),
    Value(fn(&ClassMeasures) -> Measure),
    Order(fn(&ClassAreas) -> &Result<f64, String>),
    /// Of an aggregate that is counted only when asked for, by its name.
    Asked(&'static str, fn(&Summary<'_>, usize) -> Measure),
}

impl ClassMetric {
    /// The entry of that name, or of the name that other tools have for it.
    pub fn find(name: &str) -> Option<&'static Self> {
        let called = |name: &str| PER_CLASS.iter().find(|metric| metric.name == name);
        called(name).or_else(|| alias::of_a_class(name).and_then(called))
    }

    /// What it is computed from.
    pub fn needs(&self) -> Needs {
        match self.read {
            Read::Order(_) => Needs::AnyOrder,
            Read::Asked(aggregate, _) => Needs::Asked(aggregate),
            Read::Count(_) | Read::Value(_) => Needs::Confusion,
        }
    }

    /// Whether rows counted as `spec` says can have it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], saying what is needed, if they cannot.
    pub fn check(&self, spec: &Spec) -> Result<(), Error> {
        match self.needs().missing(spec) {
            Some(missing) => Err(Error::Usage(format!("{} {missing}", self.name))),
            None => Ok(()),
        }
    }

    /// Its value for one class, with the counts that it is a quotient of.
    pub fn measure(&self, class: &ClassMeasures) -> Measure {
        match self.read {
            Read::Count(read) => Measure::value(read(class) as f64),
            Read::Value(read) => read(class),
            Read::Order(read) => match &class.order {
                Some(areas) => match read(areas) {
                    Ok(value) => Measure::value(*value),
                    Err(reason) => Measure::undefined(reason.clone()),
                },
                None => Measure::undefined("rows were not put in order"),
            },
            Read::Asked(..) => match class.asked.iter().find(|(name, _)| *name == self.name) {
                Some((_, Ok(value))) => Measure::value(*value),
                Some((_, Err(reason))) => Measure::undefined(reason.clone()),
                None => Measure::undefined("it was not counted"),
            },
        }
    }
}

/// Every value of a class, in the order of a report.
pub const PER_CLASS: &[ClassMetric] = &all();

const COUNT: usize = ALWAYS.len() + OF_CLASS.len();

const fn all() -> [ClassMetric; COUNT] {
    let mut all = [ALWAYS[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < ALWAYS.len() { ALWAYS[at] } else { OF_CLASS[at - ALWAYS.len()] };
        at += 1;
    }
    all
}

/// Those that follow from what is always counted.
const ALWAYS: &[ClassMetric] = &[
    count("tp", "rows of the class predicted as it", Better::Higher, |class| class.tp),
    count("fp", "rows of other classes predicted as it", Better::Lower, |class| class.fp),
    count("fn", "rows of the class predicted as another", Better::Lower, |class| class.fn_),
    count("tn", "rows of other classes predicted as another", Better::Higher, |class| class.tn),
    count("support", "rows of the class", Better::Neither, |class| class.support),
    count("predicted", "rows predicted as the class", Better::Neither, |class| class.predicted),
    ClassMetric {
        name: "precision",
        formula: "tp / predicted",
        range: "[0, 1]",
        undefined: "the class is never predicted",
        source: source::RETRIEVAL,
        better: Better::Higher,
        read: Read::Value(|class| class.quotient(class.precision, class.tp, class.predicted)),
    },
    ClassMetric {
        name: "recall",
        formula: "tp / support",
        range: "[0, 1]",
        undefined: "the class has no rows",
        source: source::RETRIEVAL,
        better: Better::Higher,
        read: Read::Value(|class| class.quotient(class.recall, class.tp, class.support)),
    },
    ClassMetric {
        name: "f1",
        formula: "2 tp / (support + predicted)",
        range: "[0, 1]",
        undefined: "the class has no rows and is never predicted",
        source: source::F_MEASURE,
        better: Better::Higher,
        read: Read::Value(|class| class.plain(class.f1)),
    },
    ClassMetric {
        name: "specificity",
        formula: "tn / (tn + fp)",
        range: "[0, 1]",
        undefined: "every row is of the class",
        source: source::SPECIFICITY,
        better: Better::Higher,
        read: Read::Value(|class| class.quotient(class.specificity, class.tn, class.tn + class.fp)),
    },
    ClassMetric {
        name: "jaccard",
        formula: "tp / (tp + fp + fn)",
        range: "[0, 1]",
        undefined: "the class has no rows and is never predicted",
        source: source::JACCARD,
        better: Better::Higher,
        read: Read::Value(|class| {
            class.quotient(class.jaccard, class.tp, class.tp + class.fp + class.fn_)
        }),
    },
    ClassMetric {
        name: "false_positive_rate",
        formula: "fp / (tn + fp)",
        range: "[0, 1]",
        undefined: "every row is of the class",
        source: source::SPECIFICITY,
        better: Better::Lower,
        read: Read::Value(|class| {
            class.quotient(class.false_positive_rate, class.fp, class.tn + class.fp)
        }),
    },
    ClassMetric {
        name: "false_negative_rate",
        formula: "fn / support",
        range: "[0, 1]",
        undefined: "the class has no rows",
        source: source::SPECIFICITY,
        better: Better::Lower,
        read: Read::Value(|class| {
            class.quotient(class.false_negative_rate, class.fn_, class.support)
        }),
    },
    ClassMetric {
        name: "predicted_share",
        formula: "predicted / n",
        range: "[0, 1]",
        undefined: "there are no rows",
        source: source::CONTINGENCY,
        better: Better::Neither,
        read: Read::Value(|class| {
            let rows = class.tp + class.fp + class.fn_ + class.tn;
            let share = class.predicted as f64 / rows as f64;
            match rows {
                0 => Measure::undefined(NO_ROWS),
                _ => class.quotient(Ok(share), class.predicted, rows),
            }
        }),
    },
    ClassMetric {
        name: "roc_auc",
        formula: "area under the ROC curve of the class against the rest",
        range: "[0, 1]",
        undefined: "the class has no rows, or every row, or an exact order was merged",
        source: source::OVR,
        better: Better::Higher,
        read: Read::Order(|areas| &areas.roc_auc),
    },
    ClassMetric {
        name: "average_precision",
        formula: "Σ over thresholds of the rise in recall times precision, of the class against the rest",
        range: "[0, 1]",
        undefined: "the class has no rows, the scores are another's, or an exact order was merged",
        source: source::AVERAGE_PRECISION,
        better: Better::Higher,
        read: Read::Order(|areas| &areas.average_precision),
    },
];

const fn count(
    name: &'static str,
    formula: &'static str,
    better: Better,
    read: fn(&ClassMeasures) -> u64,
) -> ClassMetric {
    ClassMetric {
        name,
        formula,
        range: "[0, n]",
        undefined: "never",
        source: source::CONTINGENCY,
        better,
        read: Read::Count(read),
    }
}
