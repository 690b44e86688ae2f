//! The requirements on the order of rows: what options, metrics and rules need of it.

use super::settings::{EvaluationContext, Settings};
use crate::engine::TwoColumns;
use crate::error::{Error, Result};
use crate::metric::{self, Metric, Needs};
use crate::tally::{Auc, Counted, OrderWish, Question, Rate};

/// What to put in order, and what for.
pub(super) struct Requirements {
    pub(super) auc: Option<Auc>,
    pub(super) wish: OrderWish,
    /// What scores need to be looked at for.
    pub(super) counted: Counted,
    pub(super) two_columns: TwoColumns,
}

/// Collects what options, metrics and rules ask for.
pub(super) fn asked(
    settings: &Settings,
    metrics: &[String],
    context: EvaluationContext<'_>,
) -> Result<Requirements> {
    // Without --metrics a report shows all that there is.
    let mut wish = OrderWish { pairs: metrics.is_empty(), ..OrderWish::default() };
    let mut needs = Vec::new();
    for name in metrics {
        let (metric, question) = metric::asked(name)?;
        needs.push(metric.needs);
        add(&mut wish, metric, question, settings);
    }
    for rule in context.rules {
        needs.extend(rule.needs());
        for request in rule.requests() {
            add(&mut wish, request.metric(), request.question(), settings);
        }
    }
    for &rate in settings.max_fpr.iter().flatten() {
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(Error::Usage(format!(
                "--max-fpr takes a rate above 0 up to 1, found {rate}"
            )));
        }
        wish.ask(Question::PartialArea(rate));
    }
    for text in settings.threshold_for.iter().flatten() {
        wish.ask(threshold(text)?);
    }
    for text in settings.cost.iter().flatten() {
        wish.ask(cost(text)?);
    }
    wish.confidence |= context.curves;
    let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let (thresholds, costs) = (some(&settings.threshold_for), some(&settings.cost));
    if settings.max_fpr.iter().flatten().next().is_some() && settings.auc == Some(Auc::None) {
        return Err(Error::Usage("--max-fpr needs --auc exact or binned, found none".into()));
    }
    if (thresholds || costs) && matches!(settings.auc, Some(Auc::Binned | Auc::None)) {
        let option = if !costs { "--threshold-for" } else { "--cost" };
        return Err(Error::Usage(format!("{option} needs --auc exact")));
    }
    let in_order = needs.iter().any(|needs| needs.is_order());
    let wanted = in_order || !wish.questions.is_empty() || context.curves;
    let implied = (wanted && context.has_scores).then_some(Auc::Exact);
    let auc = settings.auc.or(implied);
    // Settings of what is left out ask for it, those that say the usual too.
    let plain = !metrics.is_empty()
        && !context.curves
        && settings.bins.is_none()
        && settings.bin_edges.is_none()
        && settings.ties.is_none()
        && settings.top_k.iter().flatten().next().is_none();
    let all = |is: fn(Needs) -> bool| plain && needs.iter().all(|&needs| is(needs));
    // The history computes metrics for old runs that nobody asks for tonight.
    let counted = match auc {
        None | Some(Auc::None) if !context.recorded && all(|it| it == Needs::Confusion) => {
            Counted::Counts
        }
        _ if in_order && all(Needs::is_plain_order) => Counted::Order,
        _ => Counted::All,
    };
    let two_columns = two_columns(settings, metrics, context, &needs, &wish);
    Ok(Requirements { auc, wish, counted, two_columns })
}

/// What is asked of two score columns, should there be two.
fn two_columns(
    settings: &Settings,
    metrics: &[String],
    context: EvaluationContext<'_>,
    needs: &[Needs],
    wish: &OrderWish,
) -> TwoColumns {
    let everything = metrics.is_empty();
    let is_needed = |wanted: &[Needs]| needs.iter().any(|needs| wanted.contains(needs));
    let (positive, threshold) = (settings.positive.is_some(), settings.threshold.is_some());
    // Predictions by a threshold alone need no order, and neither do metrics of them.
    let named = if threshold { everything } else { positive };
    TwoColumns {
        positive: context.curves
            || named
            || is_needed(&[Needs::BinaryOrder])
            || !wish.questions(false).is_empty(),
        each_class: context.curves
            || is_needed(&[Needs::ClassOrder, Needs::AnyOrder])
            || (everything && (settings.auc.is_some() || is_needed(&[Needs::ConfidenceOrder]))),
        everything,
    }
}

fn add(wish: &mut OrderWish, metric: &Metric, question: Option<Question>, settings: &Settings) {
    question.into_iter().for_each(|question| wish.ask(question));
    wish.confidence |= metric.needs == Needs::ConfidenceOrder;
    wish.micro |= metric.needs == Needs::ClassOrder && metric.name.ends_with("_micro");
    wish.pairs |= metric.name.starts_with("roc_auc_ovo");
    if metric.name == "expected_calibration_error_equal_mass" {
        wish.mass_bins = settings.bins.unwrap_or(crate::tally::Spec::default().bins);
    }
}

/// "recall >= 0.95"
fn threshold(text: &str) -> Result<Question> {
    let wrong = || {
        Error::Usage(format!(
            "--threshold-for takes 'recall >= R', 'precision >= P', 'specificity >= S' or \
             'false_positive_rate <= F', found '{text}'"
        ))
    };
    let at = text.find(['<', '>']).ok_or_else(wrong)?;
    let (name, rest) = (text[..at].trim(), &text[at..]);
    let (_, rate) = Rate::ALL.iter().find(|(known, _)| *known == name).ok_or_else(wrong)?;
    let op = if rate.at_most() { "<=" } else { ">=" };
    let bound = rest.strip_prefix(op).and_then(|bound| bound.trim().parse().ok());
    let bound = bound.filter(|bound| (0.0..=1.0).contains(bound)).ok_or_else(wrong)?;
    Ok(Question::Threshold(*rate, bound))
}

/// "fp=1,fn=10"
fn cost(text: &str) -> Result<Question> {
    let wrong = || {
        Error::Usage(format!(
            "--cost takes the cost of a false positive and of a false negative, \
             as 'fp=1,fn=10', found '{text}'"
        ))
    };
    let (mut false_positive, mut false_negative) = (None, None);
    for part in text.split(',') {
        let (name, number) = part.split_once('=').ok_or_else(wrong)?;
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let place = match name.trim() {
            "fp" => &mut false_positive,
            "fn" => &mut false_negative,
            _ => return Err(wrong()),
        };
        // More would be rounded when many rows are added up.
        let fit = (0.0..=1e9).contains(&number) && place.is_none();
        *place = Some(number).filter(|_| fit);
        place.ok_or_else(wrong)?;
    }
    match (false_positive, false_negative) {
        (Some(false_positive), Some(false_negative)) => {
            Ok(Question::Cost { false_positive, false_negative })
        }
        _ => Err(wrong()),
    }
}
