//! Proofs, and the rows that they would need.

use tallyho::rule::{Judgement, Verdict};
use tallyho::stat::{Agreement, Chance};
use tallyho::tally::Tallies;

use super::alarms::losses;
use super::made::{Made, after, classes, hits, told};
use crate::metrics::confusion;
use crate::statistics::nights::{draws, in_order, paired, share, with_losses};

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

/// Bound as in `statistics::shares`; rows by Farrington and Manning's formula for a power of
/// 80 %, with the likeliest shares at the margin, in numpy: 3365.
#[test]
fn a_proof_holds_only_if_the_lower_bound_does() {
    let past = Made::of(&[hits(930, 1000)]);
    let open = after(&past, "accuracy >= previous - 0.005 @ 95%", &hits(940, 1000));
    assert!(open.reason.contains("at least -0.008201 at 95%"), "{}", open.reason);
    assert!((3350..3380).contains(&needed(&open)), "{}", open.reason);
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

/// The share of nights of so many rows on which a rule holds.
fn power(rule: &str, rows: u64, night: impl Fn(u64, u32) -> (Made, Tallies)) -> f64 {
    share(500, rule, Verdict::Holds, |at| night(rows, at))
}

#[test]
fn with_the_rows_that_are_said_to_do_a_proof_holds_four_times_of_five() {
    let rule = "accuracy >= previous - 0.005 @ 95%";
    let rows = needed(&after(&Made::of(&[hits(930, 1000)]), rule, &hits(940, 1000)));
    let found = power(rule, rows, |rows, at| {
        let mut draws = draws(20, at);
        let [old, new] = [930, 940].map(|right| draws.binomial(rows, &Chance::new(right, 1000)));
        (Made::of(&[hits(old, rows)]), hits(new, rows))
    });
    assert!((0.75..0.86).contains(&found), "{rows}: {found}");

    let rule = "accuracy >= previous @ 95%";
    let agreement = Some(Agreement { both: 900, first: 30, second: 40, neither: 30 });
    let past = Made { agreement, ..Made::of(&[hits(930, 1000)]) };
    let rows = needed(&after(&past, rule, &hits(940, 1000)));
    let found = power(rule, rows, |rows, at| {
        let part = |of: u64| of * rows / 1000;
        paired([part(900), part(30), part(40), part(30)], &mut draws(21, at))
    });
    assert!((0.75..0.86).contains(&found), "{rows}: {found}");

    let rule = "log_loss <= previous + 0.1 @ 95%";
    let night = |rows: u64, at: u32| {
        let mut draws = draws(22, at);
        let mut night = || with_losses(rows, || -0.5 * (1.0 - draws.uniforms()[0]).ln());
        (Made::of(&[night()]), night())
    };
    // As if both nights had the same mean, which is the truth.
    let (past, _) = night(300, 0);
    let rows = needed(&after(&past, rule, &past.nights[0].0));
    let found = power(rule, rows, night);
    assert!((0.7..0.9).contains(&found), "{rows}: {found}");
}

/// From either side, and not where the contrary is true.
#[test]
fn f_of_a_class_is_proven_as_a_share() {
    let past = Made::of(&[hits(9_300, 10_000)]);
    let verdict = |rule: &str, right: u64| {
        let found = after(&past, rule, &hits(right, 10_000));
        (found.verdict, found.reason)
    };
    assert_eq!(verdict("f1[0] >= previous - 0.03 @ 95%", 9_290).0, Verdict::Holds);
    assert_eq!(verdict("f1[0] <= previous + 0.03 @ 95%", 9_310).0, Verdict::Holds);
    assert_eq!(verdict("f1[0] <= previous - 0.03 @ 95%", 8_500).0, Verdict::Holds);
    assert_eq!(verdict("f1[0] >= previous - 0.03 @ 95%", 8_500).0, Verdict::Undecided);
    let (found, reason) = verdict("f1[0] >= previous - 0.005 @ 95%", 9_300);
    assert!(found == Verdict::Undecided && reason.contains("4 times of 5"), "{reason}");
}

/// Of the rows, those of the class are trials: a fifth here.
#[test]
fn the_rows_of_a_class_are_counted_in_rows_of_all() {
    let of = |right: u64| confusion(2, &[(0, 0, right), (0, 1, 200 - right), (1, 1, 800)]);
    let found = after(&Made::of(&[of(186)]), "recall[0] >= previous - 0.005 @ 95%", &of(188));
    // 3365 rows of the class, as of all rows above.
    assert!((16_750..16_900).contains(&needed(&found)), "{}", found.reason);
}

#[test]
fn a_mean_that_is_proven_holds() {
    let (past, tonight) = losses();
    // Upper bound: 0.1412 + 1.649 · 0.0226 = 0.1784, and 16 nats in 200 rows times ln 20.
    let found = after(&past, "log_loss <= previous + 0.42 @ 95%", &tonight);
    assert_eq!(found.verdict, Verdict::Holds, "{}", found.reason);
    assert!(
        found.reason.contains("at most +0.4182 at 95%, required below 0.42"),
        "{}",
        found.reason
    );
    let found = after(&past, "log_loss <= previous + 0.418 @ 95%", &tonight);
    assert_eq!(found.verdict, Verdict::Undecided);
}

/// Three rows, all right, twice: nothing is proven by rows that do not differ.
#[test]
fn rows_that_do_not_vary_prove_nothing() {
    let right = |rows: u64| confusion(3, &[(0, 0, rows), (1, 1, rows), (2, 2, rows)]);
    let verdict = |rule: &str, tallies: &Tallies| {
        let found = after(&Made::of(std::slice::from_ref(tallies)), rule, tallies);
        (found.verdict, found.reason)
    };
    for metric in ["accuracy", "balanced_accuracy", "recall[0]", "f1[*]", "f1_macro", "cohen_kappa"]
    {
        for (rows, level) in [(1, "99.9"), (9, "95"), (80, "99.9")] {
            let rule = format!("{metric} >= previous - 0.0001 @ {level}%");
            let (found, reason) = verdict(&rule, &right(rows));
            assert_eq!(found, Verdict::Undecided, "{rule} {rows}: {reason}");
        }
    }
    let same = with_losses(500, || 0.25);
    let (found, reason) = verdict("log_loss <= previous + 0.1 @ 95%", &same);
    assert!(found == Verdict::Undecided && reason.contains("same value"), "{reason}");
    let few = with_losses(150, || 0.25);
    let (found, reason) = verdict("log_loss <= previous + 0.1 @ 95%", &few);
    assert!(found == Verdict::Undecided && reason.contains("from 200 rows on"), "{reason}");
    let apart = in_order(&[(300, 0), (0, 300)]);
    assert_eq!(verdict("roc_auc >= previous - 0.001 @ 95%", &apart).0, Verdict::Undecided);
    assert_eq!(verdict("roc_auc >= previous - 0.03 @ 95%", &apart).0, Verdict::Holds);
    let few = in_order(&[(9, 0), (0, 300)]);
    let (found, reason) = verdict("roc_auc >= previous - 0.1 @ 95%", &few);
    assert!(found == Verdict::Undecided && reason.contains("the rarer kind"), "{reason}");
}
