//! Metrics of the output distribution.

use crate::metric::better::Better;
use crate::metric::registry::{Compute, Metric, Needs};
use crate::metric::{distribution, source};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "prediction_entropy",
        aliases: &[],
        formula: "-Σ (p / n) ln(p / n), in nats",
        range: "[0, ln C]",
        needs: Needs::Confusion,
        undefined: "never",
        source: source::ENTROPY,
        on_request: false,
        better: Better::Neither,
        standard_error: None,
        compute: Compute::Plain(distribution::prediction_entropy),
    },
    Metric {
        name: "label_entropy",
        aliases: &[],
        formula: "-Σ (t / n) ln(t / n), in nats",
        range: "[0, ln C]",
        needs: Needs::Confusion,
        undefined: "never",
        source: source::ENTROPY,
        on_request: false,
        better: Better::Neither,
        standard_error: None,
        compute: Compute::Plain(distribution::label_entropy),
    },
];
