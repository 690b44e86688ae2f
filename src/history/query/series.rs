//! The nights of one identity: repeated ones, missing ones.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::history::store::identity::Identity;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;

/// Runs of one identity over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// What they are of.
    pub identity: Identity,
    /// Runs and values by night. A night that was repeated has its last run, or
    /// all of them where all are asked for.
    pub runs: Vec<(Run, Value)>,
    /// For each run how many others its night has that are not shown.
    pub hidden: Vec<usize>,
    /// Days from one night to the next, as it usually is.
    pub step: i64,
    /// Nights between the first and the last that have no run.
    pub missing: Vec<Date>,
}

impl Series {
    /// Splits runs, which are ordered by night, by identity; the series are
    /// sorted by identity. Of repeated nights the last run stays unless `all`.
    pub fn split(runs: Vec<(Run, Value)>, all: bool) -> Vec<Self> {
        let mut by_identity = std::collections::BTreeMap::<Identity, Vec<(Run, Value)>>::new();
        for (run, value) in runs {
            by_identity.entry(run.identity.clone()).or_default().push((run, value));
        }
        let series = by_identity.into_iter();
        series.map(|(identity, runs)| Self::new(identity, runs, all)).collect()
    }

    fn new(identity: Identity, runs: Vec<(Run, Value)>, all: bool) -> Self {
        let (mut kept, mut hidden) = (Vec::<(Run, Value)>::new(), Vec::new());
        for (run, value) in runs {
            match (kept.last_mut(), hidden.last_mut()) {
                (Some(last), Some(others)) if !all && last.0.night == run.night => {
                    *last = (run, value);
                    *others += 1;
                }
                _ => {
                    kept.push((run, value));
                    hidden.push(0);
                }
            }
        }
        let mut nights: Vec<Date> = kept.iter().map(|(run, _)| run.night).collect();
        nights.dedup();
        let step = usual_step(&nights);
        Self { identity, missing: missing(&nights, step), runs: kept, hidden, step }
    }
}

/// The most common number of days between neighbours; of several, the fewest.
fn usual_step(nights: &[Date]) -> i64 {
    let mut steps: Vec<i64> = nights.windows(2).map(|pair| days(pair[0], pair[1])).collect();
    steps.sort_unstable();
    let (mut usual, mut most) = (1, 0);
    for equal in steps.chunk_by(|a, b| a == b) {
        if equal.len() > most {
            (usual, most) = (equal[0], equal.len());
        }
    }
    usual.max(1)
}

/// The nights that a run was due and is not there.
fn missing(nights: &[Date], step: i64) -> Vec<Date> {
    let mut missing = Vec::new();
    for pair in nights.windows(2) {
        // A night that is off by less than half a step is late, not missing.
        let gaps = (days(pair[0], pair[1]) + step / 2) / step - 1;
        for gap in 1..=gaps {
            missing.extend(pair[0].checked_add((gap * step).days()).ok());
        }
    }
    missing
}

/// Days from one date to a later one.
pub(in crate::history) fn days(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn dates(texts: &[&str]) -> Vec<Date> {
        texts.iter().map(|text| format!("2026-{text}").parse().unwrap()).collect()
    }

    #[test]
    fn missing_nights_are_those_between() {
        let nights = dates(&["02-27", "02-28", "03-02", "03-03", "03-06"]);
        assert_eq!(usual_step(&nights), 1);
        assert_eq!(missing(&nights, 1), dates(&["03-01", "03-04", "03-05"]));
    }

    #[test]
    fn a_weekly_job_misses_weeks_and_not_days() {
        let nights = dates(&["01-05", "01-12", "01-20", "02-02"]);
        assert_eq!(usual_step(&dates(&["01-05", "01-12", "01-19", "02-02"])), 7);
        assert_eq!(missing(&nights, 7), dates(&["01-27"]));
    }

    #[test]
    fn a_single_night_misses_none() {
        assert_eq!(usual_step(&dates(&["01-05"])), 1);
        assert_eq!(missing(&dates(&["01-05"]), 1), []);
    }
}
