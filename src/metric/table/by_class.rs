//! Metrics of the scores of the rows of each class, by themselves and on average.

use crate::metric::better::Better;
use crate::metric::class::{ClassMetric, Read};
use crate::metric::measure::Measure;
use crate::metric::registry::{Compute, Metric, Needs};
use crate::metric::score::{LOSS_UNIT, SHARE_UNIT};
use crate::metric::source;
use crate::metric::summary::Summary;
use crate::tally::aggregate::{BrierByClass, ClassLoss, LossByClass};
use crate::tally::{Aggregate, ZeroDivision};

/// Averages over classes.
pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "log_loss_macro",
        aliases: &[],
        formula: "mean over classes of the mean of -ln p(label) over the rows of the class, in nats",
        range: "[0, ∞)",
        needs: Needs::Asked(LossByClass::NAME),
        undefined: "a class has no rows, or a row of logits gives its label probability 0",
        source: source::LOG_LOSS,
        on_request: true,
        better: Better::Lower,
        standard_error: None,
        compute: Compute::Plain(|summary| mean_over_classes(summary, log_loss)),
    },
    Metric {
        name: "brier_score_macro",
        aliases: &[],
        formula: "mean over classes of the mean of Σ (p(class) - [class is the label])² over the rows of the class; half of it for two classes",
        range: "[0, 2]",
        needs: Needs::Asked(BrierByClass::NAME),
        undefined: "a class has no rows",
        source: source::BRIER,
        on_request: true,
        better: Better::Lower,
        standard_error: None,
        compute: Compute::Plain(|summary| mean_over_classes(summary, brier_score)),
    },
];

/// What is said of each class.
pub(in crate::metric) const OF_CLASS: &[ClassMetric] = &[
    ClassMetric {
        name: "log_loss",
        formula: "mean of -ln p(label) over the rows of the class, in nats",
        range: "[0, ∞)",
        undefined: "the class has no rows, or a row of logits gives it probability 0",
        source: source::LOG_LOSS,
        better: Better::Lower,
        read: Read::Asked(LossByClass::NAME, log_loss),
    },
    ClassMetric {
        name: "brier_score",
        formula: "mean of Σ (p(class) - [class is the label])² over the rows of the class; half of it for two classes",
        range: "[0, 2]",
        undefined: "the class has no rows",
        source: source::BRIER,
        better: Better::Lower,
        read: Read::Asked(BrierByClass::NAME, brier_score),
    },
];

/// The mean of a value over the classes that averages are over.
fn mean_over_classes(summary: &Summary<'_>, of: fn(&Summary<'_>, usize) -> Measure) -> Measure {
    let excludes = summary.spec().zero_division == ZeroDivision::Exclude;
    let (mut sum, mut classes, mut left_out) = (0.0, 0_u32, 0_u32);
    for class in summary.averaged() {
        // A class without rows has nothing to divide by; other reasons are of its rows.
        if excludes && summary.counts_of(class).support == 0 {
            left_out += 1;
            continue;
        }
        let measure = of(summary, class);
        match measure.value {
            Ok(value) => sum += value,
            Err(_) => return measure,
        }
        classes += 1;
    }
    if classes == 0 {
        return Measure::undefined("no class has rows");
    }
    let all = classes + left_out;
    let note =
        (left_out > 0).then(|| format!("undefined for {left_out} of {all} classes, left out"));
    Measure::value(sum / f64::from(classes))
        .without_interval("how values of a class vary from row to row is not counted")
        .with_note(note)
}

/// Mean −ln p(label) over the rows of a class, in nats.
fn log_loss(summary: &Summary<'_>, class: usize) -> Measure {
    let name = &summary.tallies.classes.names()[class];
    let ClassLoss { loss, infinite } = summary.aggregate::<LossByClass>().0[class];
    match (summary.counts_of(class).support, infinite) {
        (0, _) => Measure::undefined(format!("class {name} has no rows")),
        (_, 1..) => {
            Measure::undefined(format!("{infinite} rows of class {name} give it probability 0"))
        }
        (rows, 0) => Measure::value(loss as f64 / LOSS_UNIT / rows as f64),
    }
}

/// Mean Σ (p − onehot)² over the rows of a class; half of that for two classes.
fn brier_score(summary: &Summary<'_>, class: usize) -> Measure {
    let unit = if summary.classes() == 2 { 2.0 * SHARE_UNIT } else { SHARE_UNIT };
    let sum = summary.aggregate::<BrierByClass>().0[class];
    match summary.counts_of(class).support {
        0 => {
            let name = &summary.tallies.classes.names()[class];
            Measure::undefined(format!("class {name} has no rows"))
        }
        rows => Measure::value(sum as f64 / unit / rows as f64),
    }
}
