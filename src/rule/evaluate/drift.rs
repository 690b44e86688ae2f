//! Distributions tonight against earlier ones, without any label.

use std::collections::BTreeMap;

use super::baseline::{self, Rows};
use super::context::Context;
use super::finding::{Abort, Finding, NoVerdict};
use super::pending::{Alarm, AlarmTest, TestResult};
use crate::metric::Summary;
use crate::rule::syntax::ast::{Distribution, Statistic};
use crate::rule::syntax::bound::{Level, Op};
use crate::rule::syntax::format;
use crate::rule::verdict::Verdict;
use crate::stat::{self, Test};
use crate::tally::{Calibration, Spec, Tallies};

/// Rows of the same kinds, or bins, tonight and earlier.
struct Compared {
    new: Vec<u64>,
    earlier: Vec<u64>,
    baseline: Rows,
}

/// `statistic(distribution, reference) op bound`.
pub(crate) fn distance(
    context: &Context<'_, '_>,
    statistic: Statistic,
    distribution: Distribution,
    (op, bound): (Op, f64),
) -> Result<Vec<Finding>, Abort> {
    let compared = compared(context, distribution)?;
    let (new, earlier) = (&compared.new, &compared.earlier);
    let value = match statistic {
        Statistic::StabilityIndex => stat::stability_index(earlier, new),
        Statistic::JensenShannon => stat::jensen_shannon(earlier, new),
        Statistic::KolmogorovSmirnov => {
            stat::kolmogorov_smirnov(earlier, new).map(|test| test.statistic)
        }
        Statistic::ChiSquare => chi_square(earlier, new).map(|test| test.statistic),
    };
    let value = value.ok_or_else(|| NoVerdict::undefined("no rows were scored"))?;
    let shown = format::rounded(value, bound);
    let reason = format!(
        "{} of {} is {shown}, required {} {}: {}",
        statistic.spelling(),
        distribution.spelling(),
        op.spelling(),
        format::number(bound),
        compared.words(),
    );
    Ok(vec![Finding {
        class: None,
        verdict: if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken },
        value: Some(value),
        baseline: compared.baseline.run,
        slack: op.slack(value, bound),
        reason,
        optional: false,
    }])
}

/// `drifted(distribution, reference) @ level`, pending.
pub(crate) fn drifted(
    context: &Context<'_, '_>,
    distribution: Distribution,
    level: Level,
) -> Result<Alarm, Abort> {
    let compared = compared(context, distribution)?;
    let (new, earlier) = (&compared.new, &compared.earlier);
    let (name, test) = match distribution {
        Distribution::Predictions => ("chi-square", chi_square(earlier, new)),
        Distribution::Confidence => ("Kolmogorov-Smirnov", stat::kolmogorov_smirnov(earlier, new)),
    };
    let test = test.ok_or_else(|| NoVerdict::undefined("no rows were scored"))?;
    let trial = TestResult {
        p: test.p_value,
        words: format!(
            "{name} of {} is {}: {}",
            distribution.spelling(),
            format::short(test.statistic),
            compared.words()
        ),
        means: [format!("{} drifted", distribution.spelling()), "no drift shown".to_owned()],
        replicates: None,
    };
    let case = AlarmTest {
        class: None,
        value: Some(test.statistic),
        baseline: compared.baseline.run,
        test: Ok(trial),
    };
    let (rule, overrides) = (context.text.clone(), context.rule.config.overrides);
    Ok(Alarm { rule, overrides, level, cases: vec![case] })
}

/// Chi-square; of rows that are all of one kind on both sides, nothing differs.
fn chi_square(earlier: &[u64], new: &[u64]) -> Option<Test> {
    let sum = |counts: &[u64]| counts.iter().any(|count| *count > 0);
    let kinds = earlier.iter().zip(new).filter(|(a, b)| **a > 0 || **b > 0).count();
    match kinds {
        1 if sum(earlier) && sum(new) => Some(Test { statistic: 0.0, p_value: 1.0 }),
        _ => stat::chi_square(earlier, new),
    }
}

impl Compared {
    /// "1,000 rows against 1,000 in run 12 of 2026-10-03"
    fn words(&self) -> String {
        let [new, earlier] =
            [&self.new, &self.earlier].map(|rows| format::count(rows.iter().sum()));
        format!("{new} rows against {earlier} in {}", self.baseline.words)
    }
}

fn compared(context: &Context<'_, '_>, distribution: Distribution) -> Result<Compared, Abort> {
    let baseline = baseline::rows(context, None)?;
    let tallies = &*baseline.tallies;
    let (new, earlier) = match distribution {
        Distribution::Predictions => predictions(context.summary, &Summary::new(tallies)),
        Distribution::Confidence => {
            distribution.check(&tallies.spec).map_err(|why| {
                NoVerdict::no_baseline(format!(
                    "there is nothing to compare with in {}: {why}",
                    baseline.words
                ))
            })?;
            alike(&context.summary.tallies.spec, &tallies.spec, &baseline.words)?;
            (confidences(context.summary.tallies), confidences(tallies))
        }
    };
    Ok(Compared { new, earlier, baseline })
}

/// Rows by predicted class, matched by name.
fn predictions(new: &Summary<'_>, earlier: &Summary<'_>) -> (Vec<u64>, Vec<u64>) {
    let mut by_name = BTreeMap::<&str, [u64; 2]>::new();
    for (place, rows) in [new, earlier].into_iter().enumerate() {
        for (name, counts) in rows.tallies.classes.names().iter().zip(&rows.counts) {
            by_name.entry(name).or_default()[place] += counts.predicted;
        }
    }
    by_name.into_values().map(|[new, earlier]| (new, earlier)).unzip()
}

/// Whether confidences were counted in the same bins.
fn alike(new: &Spec, earlier: &Spec, words: &str) -> Result<(), NoVerdict> {
    if (new.bins, new.bin_edges) == (earlier.bins, earlier.bin_edges) {
        return Ok(());
    }
    Err(NoVerdict::undefined(format!(
        "confidences are counted in {} {} bins, and in {} {} ones in {words}",
        new.bins,
        new.bin_edges.name(),
        earlier.bins,
        earlier.bin_edges.name()
    )))
}

/// Rows by bin of confidence.
fn confidences(tallies: &Tallies) -> Vec<u64> {
    let bins = tallies.get::<Calibration>().map(|calibration| calibration.0.as_slice());
    bins.unwrap_or_default().iter().map(|bin| bin.rows).collect()
}
