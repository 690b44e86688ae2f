//! The registry: every metric of a whole set of rows, a file for each family.

pub(super) mod by_class;
mod counts;
mod in_order;
mod output;
mod scores;

use super::registry::Metric;

/// The families, in the order of a report.
const FAMILIES: [&[Metric]; 5] =
    [counts::METRICS, scores::METRICS, in_order::METRICS, output::METRICS, by_class::METRICS];

const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// Every metric, in the order of a report.
pub const ALL: &[Metric] = &all();

const fn all() -> [Metric; COUNT] {
    let mut all = [FAMILIES[0][0]; COUNT];
    let (mut family, mut at) = (0, 0);
    while family < FAMILIES.len() {
        let mut metric = 0;
        while metric < FAMILIES[family].len() {
            all[at] = FAMILIES[family][metric];
            metric += 1;
            at += 1;
        }
        family += 1;
    }
    all
}
