//! Distributions tonight against earlier ones, without any label.

use std::collections::BTreeMap;

use super::alarm::{Alarm, Trial, Tried};
use super::baseline::{self, Rows};
use super::bound::{Level, Op};
use super::finding::{Finding, Lack, Stop};
use super::form::{Spread, Statistic};
use super::scene::Scene;
use super::verdict::Verdict;
use super::wording;
use crate::error::{Error, Result as Checked};
use crate::metric::{Needs, Summary};
use crate::stat::{self, Test};
use crate::tally::{Calibration, Spec, Tallies};

impl Spread {
    /// What it is counted from.
    pub(super) fn needs(self) -> Needs {
        match self {
            Self::Predictions => Needs::Confusion,
            Self::Confidence => Needs::Scores,
        }
    }

    /// Whether rows counted as `spec` says have it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], saying what is needed, if not.
    pub(super) fn check(self, spec: &Spec) -> Checked<()> {
        match self.needs().missing(spec) {
            Some(missing) => Err(Error::Usage(format!("{} {missing}", self.spelling()))),
            None => Ok(()),
        }
    }
}

/// Rows of the same kinds, or bins, tonight and earlier.
struct Compared {
    new: Vec<u64>,
    earlier: Vec<u64>,
    baseline: Rows,
}

/// `statistic(spread, reference) op bound`.
pub(super) fn distance(
    scene: &Scene<'_, '_>,
    statistic: Statistic,
    spread: Spread,
    (op, bound): (Op, f64),
) -> Result<Vec<Finding>, Stop> {
    let compared = compared(scene, spread)?;
    let (new, earlier) = (&compared.new, &compared.earlier);
    let value = match statistic {
        Statistic::StabilityIndex => stat::stability_index(earlier, new),
        Statistic::JensenShannon => stat::jensen_shannon(earlier, new),
        Statistic::KolmogorovSmirnov => {
            stat::kolmogorov_smirnov(earlier, new).map(|test| test.statistic)
        }
        Statistic::ChiSquare => chi_square(earlier, new).map(|test| test.statistic),
    };
    let value = value.ok_or_else(|| Lack::undefined("no rows were scored"))?;
    let shown = wording::rounded(value, bound);
    let reason = format!(
        "{} of {} is {shown}, required {} {}: {}",
        statistic.spelling(),
        spread.spelling(),
        op.spelling(),
        wording::number(bound),
        compared.words(),
    );
    Ok(vec![Finding {
        class: None,
        verdict: if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken },
        value: Some(value),
        baseline: compared.baseline.run,
        slack: op.slack(value, bound),
        reason,
    }])
}

/// `drifted(spread, reference) @ level`, pending.
pub(super) fn drifted(scene: &Scene<'_, '_>, spread: Spread, level: Level) -> Result<Alarm, Stop> {
    let compared = compared(scene, spread)?;
    let (new, earlier) = (&compared.new, &compared.earlier);
    let (name, test) = match spread {
        Spread::Predictions => ("chi-square", chi_square(earlier, new)),
        Spread::Confidence => ("Kolmogorov-Smirnov", stat::kolmogorov_smirnov(earlier, new)),
    };
    let test = test.ok_or_else(|| Lack::undefined("no rows were scored"))?;
    let trial = Trial {
        p: test.p_value,
        words: format!(
            "{name} of {} is {}: {}",
            spread.spelling(),
            wording::short(test.statistic),
            compared.words()
        ),
        means: [format!("{} drifted", spread.spelling()), "no drift shown".to_owned()],
    };
    let case = Tried {
        class: None,
        value: Some(test.statistic),
        baseline: compared.baseline.run,
        test: Ok(trial),
    };
    let (rule, outcomes) = (scene.text.clone(), scene.rule.terms.outcomes);
    Ok(Alarm { rule, outcomes, level, cases: vec![case] })
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
            [&self.new, &self.earlier].map(|rows| wording::count(rows.iter().sum()));
        format!("{new} rows against {earlier} in {}", self.baseline.words)
    }
}

fn compared(scene: &Scene<'_, '_>, spread: Spread) -> Result<Compared, Stop> {
    let baseline = baseline::rows(scene, None)?;
    let tallies = &*baseline.tallies;
    let (new, earlier) = match spread {
        Spread::Predictions => predictions(scene.summary, &Summary::new(tallies)),
        Spread::Confidence => {
            spread.check(&tallies.spec).map_err(|why| {
                Lack::no_baseline(format!(
                    "there is nothing to compare with in {}: {why}",
                    baseline.words
                ))
            })?;
            alike(&scene.summary.tallies.spec, &tallies.spec, &baseline.words)?;
            (confidences(scene.summary.tallies), confidences(tallies))
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
fn alike(new: &Spec, earlier: &Spec, words: &str) -> Result<(), Lack> {
    if (new.bins, new.bin_edges) == (earlier.bins, earlier.bin_edges) {
        return Ok(());
    }
    Err(Lack::undefined(format!(
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
