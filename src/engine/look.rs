//! Whether scores are logits or probabilities, by looking at some.

use super::plan::{Plan, reading};
use crate::batch::{Batch, Role, Widened};
use crate::error::{Error, Result};
use crate::input::{Input, Shape};
use crate::kernel::rows::Params;
use crate::kernel::{Score, rows};
use crate::notice::{self, Notice};
use crate::tally::{ScoreType, ScoresAre, Spec};

/// Rows of every part that decide what its scores are.
const LOOK_AT: usize = 1_024;

/// Settles whether scores are logits or probabilities, and their type.
pub(super) fn settle_scores(input: &Input, plan: &mut Plan) -> Result<()> {
    plan.stored_as = input.score_type();
    plan.spec.score_type = plan.stored_as.map(ScoreType::counted_as);
    if plan.spec.scores_are.is_some() {
        return Ok(());
    }
    let mut first: Option<(usize, ScoresAre)> = None;
    let mut noticed = false;
    for part in 0..input.parts() {
        let look = look_at(&input.head(part, LOOK_AT, plan.threads)?, input.shape());
        let Some(found) = look.verdict(*input.shape() == Shape::Binary) else { continue };
        if look.unit_range_only && found == ScoresAre::Logits && !noticed {
            plan.notices.push(unit_range());
            noticed = true;
        }
        match first {
            None => first = Some((part, found)),
            Some((_, known)) if known == found => {}
            Some((other, known)) => {
                let path = |part| input.path(part, Role::Scores).display();
                return Err(Error::Mismatch(format!(
                    "{} holds {}, {} holds {}; say which with --scores-are",
                    path(other),
                    known.name(),
                    path(part),
                    found.name()
                )));
            }
        }
    }
    plan.spec.scores_are = Some(first.map_or(ScoresAre::Logits, |(_, found)| found));
    Ok(())
}

fn unit_range() -> Notice {
    let text = "every score looked at lies in 0 to 1 but few rows sum to 1: taken as logits";
    Notice::new(notice::UNIT_RANGE, text)
        .hint("if they are probabilities, say --scores-are probabilities")
}

/// What the first rows of a part look like.
#[derive(Default)]
struct Look {
    rows: usize,
    passing: usize,
    /// Whether every finite score lies in 0..=1.
    unit_range_only: bool,
}

impl Look {
    /// Probabilities, if enough rows pass as such: the others are bad rows then,
    /// not logits. Half is enough for rows that sum to 1, which logits never do
    /// by chance; a single logit may well lie in 0..=1. `None` without rows.
    fn verdict(&self, binary: bool) -> Option<ScoresAre> {
        let enough = if binary { 0.99 } else { 0.5 };
        (self.rows > 0).then_some(match self.passing as f64 >= enough * self.rows as f64 {
            true => ScoresAre::Probabilities,
            false => ScoresAre::Logits,
        })
    }
}

fn look_at(batch: &Batch, shape: &Shape) -> Look {
    let columns = match shape {
        Shape::Matrix { columns, .. } => *columns,
        _ => 1,
    };
    let binary = *shape == Shape::Binary;
    let params = reading(&Spec::default(), batch.scores.score_type());
    match batch.scores.widened(&mut Vec::new()) {
        Widened::F32(scores) => look_at_rows(&params, scores, columns, binary),
        Widened::F64(scores) => look_at_rows(&params, scores, columns, binary),
    }
}

/// Rows with a score that is not finite say nothing.
fn look_at_rows<T: Score>(params: &Params, scores: &[T], columns: usize, binary: bool) -> Look {
    let mut look = Look { unit_range_only: true, ..Look::default() };
    for row in scores.chunks_exact(columns.max(1)) {
        if row.iter().any(|score| !score.widen().is_finite()) {
            continue;
        }
        look.rows += 1;
        let in_range = row.iter().all(|score| (0.0..=1.0).contains(&score.widen()));
        look.unit_range_only &= in_range;
        let passes = if binary { in_range } else { rows::passes_as_probabilities(params, row) };
        look.passing += usize::from(passes);
    }
    look
}
