//! Metrics of the scores of the rows of each class, by themselves and on average.

use crate::metric::class::ClassMetric;
use crate::metric::measure::Measure;
use crate::metric::registry::Metric;
use crate::metric::summary::Summary;
use crate::tally::ZeroDivision;

/// Averages over classes.
pub(super) const METRICS: &[Metric] = &[];

/// What is said of each class.
pub(in crate::metric) const OF_CLASS: &[ClassMetric] = &[];

/// The mean of a value over the classes that averages are over.
fn mean_over_classes(summary: &Summary<'_>, of: fn(&Summary<'_>, usize) -> Measure) -> Measure {
    let (mut sum, mut classes) = (0.0, 0.0);
    for class in summary.averaged() {
        let measure = of(summary, class);
        match measure.value {
            Ok(value) => sum += value,
            Err(_) if summary.spec().zero_division == ZeroDivision::Exclude => continue,
            Err(_) => return measure,
        }
        classes += 1.0;
    }
    match classes > 0.0 {
        true => Measure::value(sum / classes)
            .without_interval("how values of a class vary from row to row is not counted"),
        false => Measure::undefined("no class has a value"),
    }
}
