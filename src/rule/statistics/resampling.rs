//! Differences of functions of counts, from resamples of both.

use super::common_classes::Common;
use super::compared::{Compared, Question, Tested, Untested, defined, few};
use super::difference::{Difference, Kind};
use crate::metric::{Measure, Request, Side, Summary, first_resamples, resamples};

/// The fewest rows that are resampled for a test.
const LEAST_ROWS: u64 = 200;
/// The most resamples of a test, and the most cells that they draw in all.
const MOST_REPLICATES: u32 = 100_000;
const MOST_DRAWS: usize = 20_000_000;
/// Resamples beyond a limit that make a p-value of them.
const ENOUGH_BEYOND: usize = 10;

impl Compared<'_> {
    /// A function of counts, of the common classes if it is an average over classes.
    pub(super) fn resampled(
        &self,
        request: &Request,
        measures: (Measure, Measure),
    ) -> Result<Tested, Untested> {
        let rows = (self.new.rows, self.baseline.rows);
        if rows.0.min(rows.1) < LEAST_ROWS {
            return Err(few(request, LEAST_ROWS, rows, "rows"));
        }
        let common = request.is_macro().then(|| Common::of_rows(self.new, self.baseline));
        let Some(common) = common else {
            return self.of_resamples(request, (self.new, self.baseline), measures, None);
        };
        if common.is_empty() {
            return Err(Untested::Undecided(format!(
                "no class has {} rows on both nights",
                Common::LEAST_ROWS
            )));
        }
        let (now, before) = common.kept();
        let (new, baseline) = (self.new.averaged_over(&now), self.baseline.averaged_over(&before));
        let measures = (request.measure(&new), request.measure(&baseline));
        self.of_resamples(request, (&new, &baseline), measures, common.note())
    }

    fn of_resamples(
        &self,
        request: &Request,
        rows: (&Summary<'_>, &Summary<'_>),
        measures: (Measure, Measure),
        note: Option<String>,
    ) -> Result<Tested, Untested> {
        let value = self.sign * defined(&measures)?;
        let of = |rows: &Summary<'_>, _| request.measure(rows).value.ok();
        let kind = self.differences(rows, of, value)?;
        Ok(Tested { measures, difference: Difference { value, kind }, note })
    }

    /// Differences of resamples, as many as the question takes, less the bias that
    /// resampling shows.
    pub(super) fn differences(
        &self,
        (new, baseline): (&Summary<'_>, &Summary<'_>),
        value: impl Fn(&Summary<'_>, Side) -> Option<f64> + Sync,
        observed: f64,
    ) -> Result<Kind, Untested> {
        let ((first, cells), (other, more)) = (first_resamples(new)?, first_resamples(baseline)?);
        let most = u32::try_from(MOST_DRAWS / (cells + more).max(1)).unwrap_or(MOST_REPLICATES);
        let mut replicates = first.max(other);
        loop {
            let of = |rows, side| {
                let found = resamples(rows, side, 1, replicates, |it, _| value(it, side)).pop();
                found.unwrap_or_else(|| Ok(Vec::new()))
            };
            let (now, before) = (of(new, Side::New)?, of(baseline, Side::Baseline)?);
            let pairs = now.iter().zip(&before);
            let mut differences: Vec<f64> = pairs.map(|(a, b)| self.sign * (a - b)).collect();
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            let twice = 2.0 * (mean - observed);
            differences.iter_mut().for_each(|it| *it -= twice);
            differences.sort_unstable_by(f64::total_cmp);
            let (least, last) = (differences.first(), differences.last());
            if let (Question::Above { .. }, true) = (self.question, least == last) {
                return Err(Untested::Undecided(
                    "no resample of these rows changes the value, which does not tell how others \
                     vary"
                        .into(),
                ));
            }
            let next = replicates.saturating_mul(10).min(MOST_REPLICATES).min(most);
            if next <= replicates || self.is_answered(&differences) {
                let rows = (self.new.rows, self.baseline.rows);
                return Ok(Kind::Resampled { differences, rows });
            }
            replicates = next;
        }
    }

    /// Whether so many differences give a p-value that is small enough, or not too small.
    fn is_answered(&self, differences: &[f64]) -> bool {
        let (beyond, least) = match self.question {
            Question::Worse { by } => {
                (differences.len() - differences.partition_point(|it| *it < -by), 0.0)
            }
            Question::Above { margin, risk } => {
                (differences.partition_point(|it| *it <= margin), risk)
            }
        };
        beyond >= ENOUGH_BEYOND || (ENOUGH_BEYOND as f64) < least * differences.len() as f64
    }
}
