//! The registry: every metric of a whole set of rows, a file for each family.

mod counts;
mod in_order;
mod output;
mod scores;

use super::registry::Metric;

/// The families, in the order of a report.
const FAMILIES: [&[Metric]; 4] =
    [counts::METRICS, scores::METRICS, in_order::METRICS, output::METRICS];

const COUNT: usize = FAMILIES[0].len() + FAMILIES[1].len() + FAMILIES[2].len() + FAMILIES[3].len();

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
