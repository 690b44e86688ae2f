//! Values against the spread of those before.

use tallyho::rule::Verdict;
use tallyho::stat::Chance;

use super::made::{Made, after, classes, hits, told};
use crate::statistics::nights::{draws, share};

/// Mean 0.9, deviation 0.00158114 (numpy, ddof = 1). Of five nights 3 sigma are scipy's
/// `t.isf(norm.sf(3), 4) * sqrt(1.2)` = 7.252 deviations, 0.01147.
fn five() -> Made {
    Made::of(&[900, 902, 898, 901, 899].map(|right| hits(right, 1000)))
}

#[test]
fn a_jump_to_either_side_breaks_the_window() {
    let rule = "accuracy within 3 sigma of last 30";
    let cases = [
        (911, Verdict::Holds),
        (912, Verdict::Broken),
        (889, Verdict::Holds),
        (888, Verdict::Broken),
    ];
    let found = cases.map(|(right, verdict)| {
        let found = after(&five(), rule, &hits(right, 1000));
        assert_eq!(found.verdict, verdict, "{}", found.reason);
        found
    });
    assert!(
        found[1].reason.contains("7.589 deviations above the mean of 5 nights"),
        "{}",
        found[1].reason
    );
    insta::assert_snapshot!(told(&found));
}

#[test]
fn a_deviation_takes_five_nights_that_did_not_break_the_rule() {
    let rule = "accuracy within 3 sigma of last 30";
    let few = Made { broken: vec![2], ..five() };
    let found = after(&few, rule, &hits(900, 1000));
    assert_eq!(found.verdict, Verdict::NoBaseline);
    assert!(found.reason.contains("there are 4"), "{}", found.reason);
    let found = after(&Made::default(), rule, &hits(900, 1000));
    assert!(found.reason.contains("there are 0"), "{}", found.reason);
}

#[test]
fn the_window_is_of_the_last_nights_only() {
    let mut nights = vec![hits(500, 1000); 20];
    nights.extend(five().nights.into_iter().map(|(tallies, _)| tallies));
    let past = Made::of(&nights);
    let verdict = |last: usize| {
        after(&past, &format!("accuracy within 3 sigma of last {last}"), &hits(912, 1000)).verdict
    };
    assert_eq!((verdict(5), verdict(30)), (Verdict::Broken, Verdict::Holds));
}

#[test]
fn after_equal_nights_any_difference_breaks() {
    let past = Made::of(&vec![hits(900, 1000); 6]);
    let rule = "accuracy within 100 sigma of last 30";
    let found = [after(&past, rule, &hits(900, 1000)), after(&past, rule, &hits(901, 1000))];
    assert_eq!(found.each_ref().map(|it| it.verdict), [Verdict::Holds, Verdict::Broken]);
    insta::assert_snapshot!(told(&found));
}

#[test]
fn every_class_has_a_window_of_its_own() {
    let night = |a: u64, b: u64| classes([(a, 100), (b, 200), (270, 300)]);
    let past =
        Made::of(&[night(90, 180), night(91, 180), night(89, 180), night(90, 181), night(90, 179)]);
    let found = after(&past, "recall[*] within 3 sigma of last 10", &night(90, 170));
    assert_eq!((found.verdict, found.value), (Verdict::Broken, Some(0.85)));
    assert!(
        found.reason.starts_with("broken for 1 of 3 classes: recall[1] is 0.85"),
        "{}",
        found.reason
    );
}

/// As often as a normal value lies beyond three deviations that are known; with the sample's
/// own, one night in 25 would break the rule.
#[test]
fn quiet_nights_break_a_window_as_rarely_as_its_sigmas_say() {
    let rule = "accuracy within 2 sigma of last 5";
    let found = share(3_000, rule, Verdict::Broken, |at| {
        let mut draws = draws(30, at);
        let mut night = || hits(draws.binomial(10_000, &Chance::new(9, 10)), 10_000);
        (Made::of(&std::array::from_fn::<_, 5, _>(|_| night())), night())
    });
    // 2 (1 − Φ(2)) = 0.0455, and an error of 0.0038.
    assert!((0.034..0.057).contains(&found), "{found}");
}
