//! Differences of means over rows and of areas, from their sampling errors.

use super::compared::{Compared, LEAST_ROWS, Question, Untested, few};
use super::difference::{Area, Kind, Mean};
use crate::metric::{Measure, Request, Sampling};

/// The fewest rows for a proof about means.
const LEAST_FOR_PROOF: u64 = 200;
/// The fewest rows of either kind for a test of areas.
const LEAST_OF_A_KIND: u64 = 10;

impl Compared<'_> {
    /// A mean over rows, or an area.
    pub(super) fn sampled(
        &self,
        request: &Request,
        sampling: (Sampling, Sampling),
        measures: &(Measure, Measure),
    ) -> Result<Kind, Untested> {
        let areas = (area(sampling.0, &measures.0), area(sampling.1, &measures.1));
        match (sampling, areas) {
            ((Sampling::Mean { error, most }, Sampling::Mean { error: earlier, .. }), _) => {
                self.means(request, (error, earlier), most)
            }
            (_, (Some((new, scale)), Some((baseline, _)))) => {
                self.areas(request, (new, baseline), scale)
            }
            _ => Err(format!("no test compares {request} of different rows").into()),
        }
    }

    /// Means over rows of which each counts `most` at most, with their standard errors.
    fn means(
        &self,
        request: &Request,
        (error, earlier): (f64, f64),
        most: f64,
    ) -> Result<Kind, Untested> {
        let rows = (self.new.rows, self.baseline.rows);
        let is_proof = matches!(self.question, Question::Above { .. });
        let least = if is_proof { LEAST_FOR_PROOF } else { LEAST_ROWS };
        if rows.0.min(rows.1) < least {
            return Err(few(request, least, rows, "rows"));
        }
        if is_proof && (error == 0.0 || earlier == 0.0) {
            return Err(Untested::Undecided(
                "all rows have the same value, which does not tell how others vary".into(),
            ));
        }
        // Where more is better, rows that nobody saw may lie in either set.
        let seen = if self.sign > 0.0 { rows.0.min(rows.1) } else { rows.0 };
        Ok(Kind::Means {
            new: Mean { error, rows: rows.0 },
            baseline: Mean { error: earlier, rows: rows.1 },
            unseen: most / seen as f64,
        })
    }

    fn areas(
        &self,
        request: &Request,
        (new, baseline): (Area, Area),
        scale: f64,
    ) -> Result<Kind, Untested> {
        let fewest = |area: Area| area.positives.min(area.negatives);
        let have = (fewest(new), fewest(baseline));
        if have.0.min(have.1) < LEAST_OF_A_KIND {
            return Err(few(request, LEAST_OF_A_KIND, have, "rows of the rarer kind"));
        }
        let rows = (self.new.rows, self.baseline.rows);
        let (first, second) = if self.sign > 0.0 { (baseline, new) } else { (new, baseline) };
        Ok(Kind::Areas { first, second, scale, rows })
    }
}

/// The area that a measure is, and how many times it counts in the measure.
fn area(sampling: Sampling, measure: &Measure) -> Option<(Area, f64)> {
    let Sampling::Area { error, scale, positives, negatives } = sampling else { return None };
    // Twice the area less 1 is 0 at the area ½, as the area is ½ there.
    let value = 0.5 + (measure.value.as_ref().ok()? - if scale == 2.0 { 0.0 } else { 0.5 }) / scale;
    Some((Area { value, error: error / scale, positives, negatives }, scale))
}
