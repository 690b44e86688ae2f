//! Values against those of earlier runs.

use tallyho::rule::{
    Evaluated, JobFigures, NoRunHistory, Reference, Rule, RuleConfig, Verdict, VerdictOverrides,
    apply_holm, judge,
};

use super::made::{Made, after, after_by, classes, hits, told};
use super::{alone, animals};
use crate::metrics::{confusion, scored};

/// 0.90, 0.95, 0.92.
fn three() -> Made {
    Made::of(&[hits(900, 1000), hits(950, 1000), hits(920, 1000)])
}

#[test]
fn every_reference_holds_and_breaks_where_it_should() {
    let tonight = hits(930, 1000);
    let cases = [
        ("accuracy >= previous", Verdict::Holds, Some(3)),
        ("accuracy >= previous + 0.011", Verdict::Broken, Some(3)),
        ("accuracy >= best - 0.025", Verdict::Holds, Some(2)),
        ("accuracy >= best - 0.01", Verdict::Broken, Some(2)),
        ("error_rate <= best + 0.01", Verdict::Broken, Some(2)),
        ("error_rate <= best + 0.025", Verdict::Holds, Some(2)),
        ("accuracy >= mean of last 2", Verdict::Broken, None),
        ("accuracy >= mean of last 3", Verdict::Holds, None),
        ("accuracy >= mean of last 30", Verdict::Holds, None),
        ("accuracy >= run 1", Verdict::Holds, Some(1)),
        ("accuracy >= run 2", Verdict::Broken, Some(2)),
        ("accuracy >= run 9", Verdict::NoBaseline, None),
        ("accuracy >= baseline", Verdict::Holds, Some(3)),
        ("recall[0] >= previous", Verdict::Holds, Some(3)),
        ("recall[*] >= best", Verdict::Broken, Some(2)),
    ];
    let found: Vec<_> = cases.iter().map(|(rule, ..)| after(&three(), rule, &tonight)).collect();
    for (judgement, (rule, verdict, baseline)) in found.iter().zip(&cases) {
        assert_eq!((judgement.verdict, judgement.baseline), (*verdict, *baseline), "{rule}");
        assert_eq!(
            judgement.value.is_some(),
            !rule.contains('*') || *verdict != Verdict::NoBaseline
        );
    }
    insta::assert_snapshot!(told(&found));
}

#[test]
fn a_run_that_broke_the_rule_is_no_baseline() {
    let past = Made { broken: vec![2, 3], ..three() };
    let found = after(&past, "accuracy >= previous", &hits(905, 1000));
    assert_eq!((found.verdict, found.baseline), (Verdict::Holds, Some(1)));
    let found = after(&past, "accuracy >= run 2", &hits(905, 1000));
    assert_eq!((found.verdict, found.baseline), (Verdict::Broken, Some(2)), "named all the same");
    let past = Made { broken: vec![1, 2, 3], ..three() };
    let found = after(&past, "accuracy >= previous", &hits(905, 1000));
    assert_eq!((found.verdict, found.value), (Verdict::NoBaseline, Some(0.905)));
}

#[test]
fn baseline_is_what_the_caller_says() {
    let rule = Rule::parse("accuracy >= baseline").unwrap();
    for (baseline, expected) in [("previous", Some(3)), ("best", Some(2)), ("run 1", Some(1))] {
        let config = RuleConfig { baseline: baseline.parse().unwrap(), ..RuleConfig::default() };
        let found = after_by(&three(), &rule.clone().under(config), &hits(930, 1000));
        assert_eq!((found.baseline, found.rule.as_str()), (expected, "accuracy >= baseline"));
    }
    let best = RuleConfig { baseline: Reference::Best, ..RuleConfig::default() };
    let tonight = animals();
    let evaluated = Evaluated::alone(&tonight, JobFigures::default());
    for text in
        ["label_entropy < baseline", "psi(predictions, baseline) < 1", "worse(recall[*], baseline)"]
    {
        let rule = Rule::parse(text).unwrap().under(best);
        assert!(judge(&rule, &evaluated, &NoRunHistory).is_err(), "{text}");
    }
}

#[test]
fn outcomes_count_as_configured_and_keep_their_words() {
    let rule = |text: &str, config| Rule::parse(text).unwrap().under(config);
    let few = RuleConfig { min_rows: 1000, ..RuleConfig::default() };
    let found = after_by(&three(), &rule("accuracy >= 0.99", few), &hits(90, 100));
    assert_eq!((found.verdict, found.value), (Verdict::TooFewRows, Some(0.9)));
    let overrides = VerdictOverrides {
        undefined: Some(Verdict::Holds),
        no_baseline: Some(Verdict::Broken),
        too_few_rows: Some(Verdict::Undefined),
        undecided: Some(Verdict::Broken),
    };
    let config = RuleConfig { overrides, ..few };
    let none = Made::default();
    let found = [
        after_by(&none, &rule("accuracy >= 0.99", config), &hits(90, 100)),
        after_by(&none, &rule("accuracy >= previous", config), &hits(900, 1000)),
        after_by(&three(), &rule("accuracy >= previous @ 99%", config), &hits(921, 1000)),
        after_by(&three(), &rule("worse(accuracy, run 7)", config), &hits(921, 1000)),
        alone(&rule("precision[owl] > 0", config), &animals()).unwrap(),
    ];
    let verdicts = found.each_ref().map(|it| it.verdict);
    assert_eq!(
        verdicts,
        [Verdict::Undefined, Verdict::Broken, Verdict::Broken, Verdict::Broken, Verdict::Holds]
    );
    insta::assert_snapshot!(told(&found));
}

#[test]
fn the_worst_class_decides_and_those_that_fail_are_named() {
    let tonight = classes([(80, 100), (178, 200), (268, 300)]);
    let past = Made::of(&[classes([(95, 100), (180, 200), (270, 300)])]);
    let found = [
        after(&past, "recall[*] >= 0.7", &tonight),
        after(&past, "recall[*] >= 0.85", &tonight),
        after(&past, "recall[*] >= 0.8999", &tonight),
        after(&past, "recall[*] >= previous - 0.1", &tonight),
        after(&past, "recall[*] >= previous", &tonight),
        after(&past, "fn[*] <= 40", &tonight),
        alone(&Rule::parse("recall[*] >= 0.1").unwrap(), &animals()).unwrap(),
    ];
    assert_eq!(
        found.each_ref().map(|it| it.value),
        [Some(0.8), Some(0.8), Some(0.8), Some(0.8), Some(0.8), Some(32.0), None,]
    );
    insta::assert_snapshot!(told(&found));
    // A class that is new tonight has nothing to be compared with.
    let past = Made::of(&[confusion(2, &[(0, 0, 95), (0, 1, 5), (1, 1, 200)])]);
    let found = after(&past, "recall[*] >= previous - 0.2", &tonight);
    assert_eq!(found.verdict, Verdict::NoBaseline, "{}", found.reason);
    assert!(found.reason.contains("class 2 does not occur"), "{}", found.reason);
}

#[test]
fn the_job_itself_is_judged() {
    let figures = JobFigures {
        rows: 1000,
        rows_scored: 990,
        rows_ignored: 7,
        rows_invalid: 3,
        seconds: 12.5,
        rows_per_second: 80.0,
        bytes_per_second: 640.0,
        peak_memory_bytes: None,
    };
    let tallies = hits(900, 1000);
    let slow = JobFigures { seconds: 10.0, ..figures };
    let past = Made {
        nights: vec![(tallies.clone(), slow), (tallies.clone(), figures)],
        ..Made::default()
    };
    let evaluated = Evaluated::alone(&tallies, figures);
    let found = [
        ("rows >= 1000", Verdict::Holds),
        ("rows_scored > 990", Verdict::Broken),
        ("rows_ignored <= 7", Verdict::Holds),
        ("rows_invalid <= 0", Verdict::Broken),
        ("seconds <= 60", Verdict::Holds),
        ("seconds <= 1.1 * mean of last 7", Verdict::Broken),
        ("seconds <= 1.2 * mean of last 7", Verdict::Holds),
        ("rows_per_second >= 1e6", Verdict::Broken),
        ("peak_memory_bytes <= 2e9", Verdict::Undefined),
    ]
    .map(|(text, verdict)| {
        let pending = judge(&Rule::parse(text).unwrap(), &evaluated, &past).unwrap();
        let found = apply_holm(vec![pending]).remove(0);
        assert_eq!(found.verdict, verdict, "{text}: {}", found.reason);
        found
    });
    insta::assert_snapshot!(told(&found));
}

#[test]
fn a_run_without_the_value_is_no_baseline() {
    // One row gives its label probability 0, so that the loss has no value.
    let zero = scored(&[1, 0], &[vec![1.0, 0.0], vec![0.9, 0.1]], 15);
    let sound = scored(&[0, 0], &[vec![0.8, 0.2], vec![0.9, 0.1]], 15);
    let found = after(&Made::of(std::slice::from_ref(&zero)), "log_loss <= previous", &sound);
    assert_eq!(found.verdict, Verdict::NoBaseline);
    assert!(found.reason.contains("probability 0"), "{}", found.reason);
    let found = after(&Made::of(&[sound]), "log_loss <= previous", &zero);
    assert_eq!(found.verdict, Verdict::Undefined);
}

#[test]
fn callers_learn_what_a_rule_needs() {
    let rule = |text: &str| Rule::parse(text).unwrap();
    for text in
        ["accuracy >= previous", "accuracy within 3 sigma of last 9", "drifted(predictions, run 3)"]
    {
        assert!(rule(text).needs_history(), "{text}");
    }
    let apart = rule("roc_auc{split=train} - log_loss{split=test} < 1");
    assert!(!apart.needs_history());
    assert_eq!(apart.splits(), ["train", "test"]);
    let names: Vec<String> = apart.requests().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["roc_auc", "log_loss"]);
    assert_eq!(apart.needs().len(), 2);
    assert!(rule("seconds < 1").needs().is_empty());
}
