//! Two score columns of a binary problem: which class is the positive one, and what
//! is put in order for it.

use super::guessed_positive;
use super::options::Options;
use super::settled::Plan;
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};
use crate::tally::{Auc, Counted, Ordered, ScoresAre};

/// Settles the positive class of two and what is put in order. The classes and what
/// the scores are are settled already.
pub(crate) fn settle(plan: &mut Plan, options: &Options, classes: &Classes) -> Result<()> {
    let asked = options.two_columns;
    plan.spec.positive = Some(super::classes::positive(classes, options)?);
    plan.spec.auc = options.auc.unwrap_or(if asked.positive { Auc::Exact } else { Auc::None });
    if plan.spec.auc != Auc::None && plan.spec.counted == Counted::Counts {
        plan.spec.counted = Counted::All;
    }
    if options.positive.is_some() && plan.spec.threshold.is_none() && plan.spec.auc == Auc::None {
        return Err(Error::Usage(
            "--positive is without effect on a score for each of two classes where neither \
             --threshold nor an order needs it; leave out --auc none, or --positive"
                .into(),
        ));
    }
    // The softmax of two logits ties what their difference tells apart.
    let is_logits = plan.spec.scores_are == Some(ScoresAre::Logits);
    let own = asked.positive || (is_logits && asked.everything);
    plan.spec.ordered = match (plan.spec.auc, own, asked.each_class) {
        (Auc::Exact, true, true) => Ordered::Both,
        (Auc::Exact, true, false) => Ordered::Positive,
        _ => Ordered::Classes,
    };
    plan.notices.extend(unordered(plan, options, classes));
    if options.positive.is_none() && depends(plan, options) {
        plan.notices.extend(taken(plan, options, classes));
    }
    Ok(())
}

/// Whether something that is counted or asked for depends on the positive class.
fn depends(plan: &Plan, options: &Options) -> bool {
    let asked = options.two_columns;
    let order = plan.spec.auc != Auc::None && (asked.positive || asked.everything);
    plan.spec.threshold.is_some() || order
}

/// How to get the metrics of one class.
fn unordered(plan: &Plan, options: &Options, classes: &Classes) -> Option<Notice> {
    let name = &classes.names()[plan.spec.positive?];
    let unasked = plan.spec.auc == Auc::None && options.auc.is_none();
    (unasked && options.two_columns.everything).then(|| {
        let text = "rows of two score columns were not put in order";
        let hint = format!(
            "for roc_auc, average_precision and thresholds of class '{name}', say --positive \
             '{name}' or --auc exact"
        );
        Notice::new(notice::UNORDERED_COLUMNS, text).hint(hint)
    })
}

/// Which class the metrics of one class and the threshold are about.
fn taken(plan: &Plan, options: &Options, classes: &Classes) -> Option<Notice> {
    let positive = plan.spec.positive?;
    let guessed = guessed_positive::notice(classes, positive).filter(|_| options.classes.is_none());
    if guessed.is_some() || plan.spec.auc == Auc::None {
        return guessed;
    }
    let name = &classes.names()[positive];
    let text = format!(
        "of two score columns, metrics of one class are those of class '{name}', the later one"
    );
    Some(Notice::new(notice::POSITIVE_COLUMN, text).hint("--positive names the other"))
}
