//! Distributions without labels.
//!
//! Expected numbers: scipy 1.17.1 `chi2_contingency(…, correction=False)`,
//! `jensenshannon(…) ** 2`, and Σ (q − p) ln (q / p) in numpy.

use tallyho::rule::{Evaluated, JobFigures, Rule, Verdict, apply_holm, check, judge};
use tallyho::tally::{Spec, Tallies};

use super::made::{Made, after, hits, told};
use crate::metrics::{confusion, scored};

fn predicted(counts: &[u64]) -> Tallies {
    let cells: Vec<(u32, u32, u64)> =
        (0..).zip(counts).map(|(class, count)| (0, class, *count)).collect();
    confusion(counts.len(), &cells)
}

#[test]
fn predictions_are_compared_by_class_name() {
    let (past, tonight) = (Made::of(&[predicted(&[500, 300, 200])]), predicted(&[450, 310, 240]));
    let found = [
        ("chi_square(predictions, previous) <= 6", Verdict::Broken, "6.432"),
        ("psi(predictions, previous) <= 0.2", Verdict::Holds, "0.01289"),
        ("jensen_shannon(predictions, previous) <= 0.001", Verdict::Broken, "0.00161"),
        ("drifted(predictions, previous) @ 95%", Verdict::Broken, "p = 0.04012"),
        ("drifted(predictions, previous) @ 99%", Verdict::Holds, "p = 0.04012"),
    ]
    .map(|(rule, verdict, part)| {
        let found = after(&past, rule, &tonight);
        assert_eq!((found.verdict, found.baseline), (verdict, Some(1)), "{}", found.reason);
        assert!(found.reason.contains(part), "{}", found.reason);
        found
    });
    insta::assert_snapshot!(told(&found));
    // A class that is new tonight counts: 42.7955, p = 5.094e-10.
    let past = Made::of(&[predicted(&[500, 300])]);
    let found = after(&past, "drifted(predictions, previous)", &predicted(&[450, 310, 40]));
    assert!(
        found.reason.contains("42.8") && found.reason.contains("5.094e-10"),
        "{}",
        found.reason
    );
    // All rows are of one class on both sides: nothing can have moved.
    let past = Made::of(&[predicted(&[500])]);
    let found = after(&past, "drifted(predictions, previous)", &predicted(&[450]));
    assert_eq!(found.verdict, Verdict::Holds);
    let none = after(&Made::default(), "psi(predictions, previous) <= 0.2", &tonight);
    assert_eq!(none.verdict, Verdict::NoBaseline);
}

#[test]
fn several_nights_are_one_distribution() {
    let past = Made::of(&[predicted(&[600, 200, 200]), predicted(&[400, 400, 200])]);
    let found = after(&past, "psi(predictions, mean of last 2) == 0", &predicted(&[500, 300, 200]));
    assert_eq!((found.verdict, found.baseline), (Verdict::Holds, None), "{}", found.reason);
}

fn confident(high: usize, bins: usize) -> Tallies {
    let row = |at: usize| if at < high { vec![0.95, 0.05] } else { vec![0.55, 0.45] };
    scored(&[0; 100], &(0..100).map(row).collect::<Vec<_>>(), bins)
}

#[test]
fn confidences_are_compared_in_equal_bins() {
    let past = Made::of(&[confident(80, 15)]);
    let found = after(&past, "ks(confidence, previous) <= 0.3", &confident(40, 15));
    assert_eq!(found.verdict, Verdict::Broken, "{}", found.reason);
    assert!((found.value.unwrap() - 0.4).abs() < 1e-12);
    let found = after(&past, "drifted(confidence, previous)", &confident(40, 15));
    assert_eq!(found.verdict, Verdict::Broken, "{}", found.reason);
    let found = after(&past, "drifted(confidence, previous)", &confident(78, 15));
    assert_eq!(found.verdict, Verdict::Holds, "{}", found.reason);
    let found = after(&past, "ks(confidence, previous) <= 0.3", &confident(40, 10));
    assert_eq!(found.verdict, Verdict::Undefined);
    assert!(found.reason.contains("10 right-closed bins"), "{}", found.reason);
    let refused =
        check(&Rule::parse("ks(confidence, previous) < 1").unwrap(), &Spec::default(), Some(&[]));
    assert!(refused.unwrap_err().to_string().contains("confidence needs scores"));
}

#[test]
fn drift_is_corrected_with_the_other_alarms() {
    let (past, tonight) = (Made::of(&[predicted(&[500, 300, 200])]), predicted(&[450, 310, 240]));
    let rule = |text: &str| Rule::parse(text).unwrap();
    let calm = (Made::of(&[hits(930, 1000)]), hits(930, 1000));
    let figures = JobFigures::default();
    let pending = vec![
        judge(&rule("drifted(predictions, previous)"), &Evaluated::alone(&tonight, figures), &past),
        judge(&rule("worse(accuracy, previous)"), &Evaluated::alone(&calm.1, figures), &calm.0),
    ];
    let found = apply_holm(pending.into_iter().map(Result::unwrap).collect());
    assert_eq!(found[0].verdict, Verdict::Holds, "{}", found[0].reason);
    assert!(found[0].reason.contains("corrected for 2 tests p = 0.08024"), "{}", found[0].reason);
}
