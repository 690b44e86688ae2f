//! Proofs, and the rows that they would need.

use tallyho::rule::{Judgement, Verdict};
use tallyho::stat::Agreement;
use tallyho::tally::Tallies;

use super::alarms::losses;
use super::made::{Made, after, classes, hits, told};
use crate::metrics::{confusion, scored};

/// The rows that a reason says would do.
fn needed(found: &Judgement) -> u64 {
    assert_eq!(found.verdict, Verdict::Undecided, "{}", found.reason);
    let words: Vec<&str> = found.reason.split_whitespace().collect();
    let at = words
        .iter()
        .position(|word| *word == "about")
        .unwrap_or_else(|| panic!("{}", found.reason));
    words[at + 1].replace(',', "").parse().unwrap()
}

/// Bound by statsmodels 0.15.0, rows by scipy `brentq` on it: 1469.7.
#[test]
fn a_proof_holds_only_if_the_lower_bound_does() {
    let past = Made::of(&[hits(930, 1000)]);
    let open = after(&past, "accuracy >= previous - 0.005 @ 95%", &hits(940, 1000));
    assert!(open.reason.contains("at least -0.008218 at 95%"), "{}", open.reason);
    assert!((1420..1520).contains(&needed(&open)), "{}", open.reason);
    let cases = [
        ("accuracy >= previous - 0.01 @ 95%", 940, Verdict::Holds),
        ("error_rate <= previous + 0.01 @ 95%", 940, Verdict::Holds),
        ("error_rate <= previous + 0.005 @ 95%", 940, Verdict::Undecided),
        ("accuracy >= previous @ 95%", 930, Verdict::Undecided),
        ("accuracy >= previous - 0.005 @ 95%", 800, Verdict::Undecided),
        ("accuracy >= run 1 + 0.01 @ 90%", 980, Verdict::Holds),
    ];
    let found: Vec<Judgement> =
        cases.iter().map(|(rule, now, _)| after(&past, rule, &hits(*now, 1000))).collect();
    for (judgement, (rule, _, verdict)) in found.iter().zip(&cases) {
        assert_eq!(judgement.verdict, *verdict, "{rule}: {}", judgement.reason);
    }
    insta::assert_snapshot!(told(&found));
    let each = Made::of(&[classes([(95, 100), (180, 200), (270, 300)])]);
    let tonight = classes([(95, 100), (180, 200), (270, 300)]);
    let found = after(&each, "recall[*] >= previous - 0.05 @ 95%", &tonight);
    assert!(found.reason.starts_with("undecided for "), "{}", found.reason);
}

/// At 1.2 times the rows that are said to do the proof succeeds, at 0.8 times not.
fn right_within_a_fifth(rule: &str, of: impl Fn(f64) -> (Made, Tallies)) {
    let (past, tonight) = of(1.0);
    let factor = needed(&after(&past, rule, &tonight)) as f64 / tonight.rows.scored as f64;
    for (part, verdict) in [(1.2, Verdict::Holds), (0.8, Verdict::Undecided)] {
        let (past, tonight) = of(factor * part);
        let found = after(&past, rule, &tonight);
        assert_eq!(found.verdict, verdict, "{rule}, {part} of them: {}", found.reason);
    }
}

fn scale(count: u64, factor: f64) -> u64 {
    #[allow(clippy::cast_sign_loss, reason = "counts are positive")]
    let scaled = (count as f64 * factor).round() as u64;
    scaled
}

#[test]
fn the_rows_that_are_said_to_do_are_right_within_a_fifth() {
    let shares = |factor: f64| {
        let rows = scale(1000, factor);
        (Made::of(&[hits(scale(930, factor), rows)]), hits(scale(940, factor), rows))
    };
    right_within_a_fifth("accuracy >= previous - 0.005 @ 95%", shares);
    right_within_a_fifth("accuracy >= previous @ 99%", shares);
    right_within_a_fifth("recall[0] >= previous @ 95%", shares);
    right_within_a_fifth("f1_macro >= previous - 0.005 @ 95%", shares);
    let paired = |factor: f64| {
        let [both, first, second, neither] = [900, 30, 40, 30].map(|count| scale(count, factor));
        let agreement = Some(Agreement { both, first, second, neither });
        let rows = both + first + second + neither;
        (Made { agreement, ..Made::of(&[hits(both + first, rows)]) }, hits(both + second, rows))
    };
    right_within_a_fifth("accuracy >= previous @ 95%", paired);
    right_within_a_fifth("error_rate <= previous @ 99%", paired);
    let means = |factor: f64| {
        let rows = |few: usize, p: f64| {
            let (few, all) = (scale(few as u64, factor) as usize, scale(200, factor) as usize);
            let row = |at: usize| if at < few { vec![0.5, 0.5] } else { vec![p, 1.0 - p] };
            scored(&vec![0; all], &(0..all).map(row).collect::<Vec<_>>(), 15)
        };
        (Made::of(&[rows(40, 0.9)]), rows(60, 0.8))
    };
    right_within_a_fifth("log_loss <= previous + 0.155 @ 95%", means);
}

/// Of the rows, those of the class are trials: a fifth here.
#[test]
fn the_rows_of_a_class_are_counted_in_rows_of_all() {
    let of = |right: u64| confusion(2, &[(0, 0, right), (0, 1, 200 - right), (1, 1, 800)]);
    let found = after(&Made::of(&[of(186)]), "recall[0] >= previous - 0.005 @ 95%", &of(188));
    // 1470 rows of the class, as of all rows above.
    assert!((7275..7425).contains(&needed(&found)), "{}", found.reason);
}

#[test]
fn a_mean_that_is_proven_holds() {
    let (past, tonight) = losses();
    // Upper bound: 0.1412 + 1.645 · 0.0226 = 0.1784.
    let found = after(&past, "log_loss <= previous + 0.18 @ 95%", &tonight);
    assert_eq!(found.verdict, Verdict::Holds, "{}", found.reason);
    assert!(
        found.reason.contains("at most +0.1784 at 95%, required below 0.18"),
        "{}",
        found.reason
    );
    let found = after(&past, "log_loss <= previous + 0.178 @ 95%", &tonight);
    assert_eq!(found.verdict, Verdict::Undecided);
}
