//! Points on the curve of binary scores.

use proptest::prelude::*;
use tallyho::batch::Scores;
use tallyho::tally::{Point, Question, Rate, threshold};

use super::binary::{LABELS, SCORES};
use super::{close, exact, ordered, planned, single, value};

fn asked(questions: &[Question], labels: &[u8], scores: &[f32]) -> tallyho::tally::Tallies {
    let mut plan = single();
    questions.iter().for_each(|question| plan.spec.order.ask(*question));
    planned(labels, Scores::F32(scores.to_vec()), &plan)
}

/// scikit-learn 1.9.1: the highest precision of `precision_recall_curve` with a
/// recall of at least 0.9, the highest recall with a precision of at least 0.8,
/// the highest rate of `roc_curve` with a false positive rate of at most 0.1.
#[test]
fn points_agree_with_scikit_learn() {
    let questions = [
        Question::PrecisionAtRecall(0.9),
        Question::RecallAtPrecision(0.8),
        Question::TprAtFpr(0.1),
    ];
    let tallies = asked(&questions, &LABELS, &SCORES);
    close(value(&tallies, "precision_at_recall(0.9)"), 0.5142857142857142, "precision");
    close(value(&tallies, "recall_at_precision(0.8)"), 0.5555555555555556, "recall");
    close(value(&tallies, "tpr_at_fpr(0.1)"), 0.5555555555555556, "rate");
    assert_eq!(ordered(&tallies, "precision_at_recall(0.9)").ratio, Some((18, 35)));
    let unasked = ordered(&tallies, "tpr_at_fpr(0.2)").value.unwrap_err();
    assert!(unasked.contains("was not asked for"), "{unasked}");
}

#[test]
fn a_rate_that_no_threshold_reaches_is_undefined() {
    let questions = [Question::RecallAtPrecision(0.9), Question::TprAtFpr(0.0)];
    let tallies = asked(&questions, &[0, 1, 0, 1], &[4.0, 3.0, 2.0, 1.0]);
    let reason = ordered(&tallies, "recall_at_precision(0.9)").value;
    assert_eq!(reason, Err("no threshold has a precision of 0.9".into()));
    assert_eq!(value(&tallies, "tpr_at_fpr(0)"), 0.0);
}

fn rows() -> impl Strategy<Value = Vec<(u8, f32)>> {
    prop::collection::vec((0..2_u8, (-6..6_i8).prop_map(f32::from)), 2..40)
}

/// Every threshold, the highest first, with the rows at least as high.
fn thresholds(rows: &[(u8, f32)]) -> Vec<(f64, f64, f64)> {
    let mut scores: Vec<f32> = rows.iter().map(|row| row.1).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.dedup();
    let count = |least: f32, label: u8| {
        rows.iter().filter(|row| row.0 == label && row.1 >= least).count() as f64
    };
    scores.iter().map(|&it| (f64::from(it), count(it, 1), count(it, 0))).collect()
}

proptest! {
    #[test]
    fn answers_are_those_of_trying_every_threshold(rows in rows(), bound in 0..=20_u8) {
        let bound = f64::from(bound) / 20.0;
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.iter().copied().unzip();
        let positives = labels.iter().filter(|label| **label == 1).count() as f64;
        let negatives = labels.len() as f64 - positives;
        prop_assume!(positives > 0.0 && negatives > 0.0);
        let cost = Question::Cost { false_positive: 1.0, false_negative: 3.0 };
        let questions = [
            Question::PrecisionAtRecall(bound),
            Question::RecallAtPrecision(bound),
            Question::TprAtFpr(bound),
            Question::Threshold(Rate::Recall, bound),
            Question::Threshold(Rate::Precision, bound),
            Question::Threshold(Rate::Specificity, bound),
            cost,
        ];
        let tallies = asked(&questions, &labels, &scores);
        let tried = thresholds(&rows);
        let point = |at: usize| exact(&tallies).answers[at].1.point;
        let score = |point: Option<Point>| point.and_then(|it| threshold(&tallies.spec, &it));

        let recalling = tried.iter().filter(|it| it.1 / positives >= bound);
        let best = recalling.clone().map(|it| it.1 / (it.1 + it.2)).fold(0.0, f64::max);
        prop_assert_eq!(value(&tallies, &format!("precision_at_recall({bound})")), best);
        let first = recalling.map(|it| it.0).next();
        prop_assert_eq!(score(point(3)), first);

        let precise = tried.iter().filter(|it| it.1 / (it.1 + it.2) >= bound);
        let most = precise.clone().map(|it| it.1 / positives).reduce(f64::max);
        let found = ordered(&tallies, &format!("recall_at_precision({bound})"));
        prop_assert_eq!(found.value.ok(), most);
        prop_assert_eq!(score(point(4)), precise.map(|it| it.0).next_back());

        let calm = tried.iter().filter(|it| it.2 / negatives <= bound);
        let rate = calm.map(|it| it.1 / positives).next_back().unwrap_or(0.0);
        prop_assert_eq!(value(&tallies, &format!("tpr_at_fpr({bound})")), rate);
        let specific = tried.iter().filter(|it| (negatives - it.2) / negatives >= bound);
        prop_assert_eq!(score(point(5)), specific.map(|it| it.0).next_back());

        let of = |tp: f64, fp: f64| fp + 3.0 * (positives - tp);
        let least = tried.iter().map(|it| of(it.1, it.2)).fold(of(0.0, 0.0), f64::min);
        let found = point(6).unwrap().above;
        prop_assert_eq!(of(found.positive as f64, found.negative as f64), least);
    }

    #[test]
    fn the_curve_runs_through_true_points_from_end_to_end(rows in rows()) {
        let (labels, scores): (Vec<u8>, Vec<f32>) = rows.iter().copied().unzip();
        let tallies = asked(&[], &labels, &scores);
        let curve = &exact(&tallies).curve;
        let tried = thresholds(&rows);
        // So few rows that every threshold is a cell of its own.
        prop_assert_eq!(curve.len(), tried.len() + 1);
        prop_assert_eq!(curve[0], Point::START);
        for (point, (score, tp, fp)) in curve[1..].iter().zip(tried) {
            prop_assert_eq!(threshold(&tallies.spec, point), Some(score));
            let above = point.above;
            prop_assert_eq!((above.positive as f64, above.negative as f64), (tp, fp));
        }
    }
}

#[test]
fn a_curve_of_many_rows_is_reduced_to_what_a_plot_shows() {
    let rows = 400_000;
    let mut rng = crate::common::Rng::new(11);
    let (labels, scores): (Vec<u8>, Vec<f32>) = (0..rows)
        .map(|_| {
            let label = rng.below(4) / 3;
            (label as u8, rng.normal() + label as f32)
        })
        .unzip();
    let tallies = asked(&[], &labels, &scores);
    let order = exact(&tallies);
    let all = order.classes[0].all;
    assert!(order.curve.len() < 1_400, "{} points", order.curve.len());
    assert_eq!(order.curve.last().unwrap().above, all);
    let mut area = 0.0;
    for pair in order.curve.windows(2) {
        let [a, b] = [pair[0].above, pair[1].above];
        assert!((b.positive - a.positive) as f64 <= all.positive as f64 / 400.0, "{pair:?}");
        assert!((b.negative - a.negative) as f64 <= all.negative as f64 / 400.0, "{pair:?}");
        area += (b.negative - a.negative) as f64 * (a.positive + b.positive) as f64 / 2.0;
    }
    let area = area / all.positive as f64 / all.negative as f64;
    assert!((area - value(&tallies, "roc_auc")).abs() < 1e-5, "{area}");
}
