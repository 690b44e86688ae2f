//! The threshold from which a score is positive: as scores hold it, and whether any
//! score can be on both sides of it.

use super::clip::nearest;
use super::preparation::Rescale;
use super::settled::Plan;
use crate::error::{Error, Result};
use crate::exact::ScoreType;
use crate::input::Dataset;
use crate::notice::{self, Notice};
use crate::tally::ScoresAre;

/// Refuses a threshold that is another number in the types of different files.
pub(crate) fn refuse_in_several_types(input: &dyn Dataset, plan: &Plan) -> Result<()> {
    let Some(threshold) = plan.spec.threshold.filter(|_| input.is_widened()) else { return Ok(()) };
    let narrow = [ScoreType::F16, ScoreType::F32];
    if narrow.into_iter().all(|score_type| nearest(score_type, threshold) == threshold) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "--threshold {threshold} is another number in each type of scores, and the files hold \
         several; evaluate those of one type at a time, or give a threshold that all types hold, \
         such as 0.5"
    )))
}

/// What is said of a threshold that tells no probabilities apart.
pub(crate) fn beyond(plan: &Plan) -> Option<Notice> {
    let threshold = plan.spec.threshold?;
    if plan.spec.scores_are != Some(ScoresAre::Probabilities) {
        return None;
    }
    let is_percent = plan.preparation.rescale == Some(Rescale::Percent);
    let (text, hint) = match threshold {
        it if it > 1.0 => (
            format!("--threshold {it} is above every probability, so no row is predicted positive"),
            "a threshold of probabilities lies in 0 to 1",
        ),
        it if it < 0.0 => (
            format!(
                "--threshold {it} is below every probability, so all rows are predicted positive"
            ),
            "a threshold of probabilities lies in 0 to 1",
        ),
        it if it == 1.0 && is_percent => (
            "--threshold 1 is 100 % here, since --scores-are percent divides scores by 100".into(),
            "for 1 % say --threshold 0.01",
        ),
        _ => return None,
    };
    Some(Notice::new(notice::THRESHOLD_BEYOND, text).hint(hint))
}
