//! Values against numbers.

use tallyho::metric::Needs;
use tallyho::rule::{
    Evaluated, JobFigures, Judgement, NoRunHistory, Rule, Verdict, apply_holm, check, judge_all,
};
use tallyho::tally::{Aggregate, Classwise, Spec, Task, ZeroDivision};

use super::{alone, animals, judged};
use crate::metrics::{confusion, matrix, scored, with};

#[test]
fn rules_that_these_rows_cannot_answer_are_refused() {
    let refuse =
        |text: &str| alone(&Rule::parse(text).unwrap(), &animals()).unwrap_err().to_string();
    assert_eq!(
        refuse("recall[bigdog] >= 0.9"),
        "rule 'recall[bigdog] >= 0.9': there is no class 'bigdog'; did you mean 'big dog'?"
    );
    assert_eq!(
        refuse("recall[7] >= 0.9"),
        "rule 'recall[7] >= 0.9': there is no class '7'; there are cat, big dog, owl"
    );
    assert_eq!(
        refuse("log_loss < 1"),
        "rule 'log_loss < 1': log_loss needs scores, and these rows have predictions only; \
         give --scores"
    );
    let of_slice = Rule::parse("accuracy{country=DE} >= 0.9").unwrap();
    assert_eq!(
        check(&of_slice, &Spec::default(), Some(&[])).unwrap_err().to_string(),
        "rule 'accuracy{country=DE} >= 0.9': accuracy{country=DE} is of a slice by 'country', but \
         no column makes slices; name it by --slice"
    );
    assert!(check(&of_slice, &Spec::default(), Some(&["country".into()])).is_ok());
    let scores = Spec { task: Task::Matrix, ..Spec::default() };
    let classwise = Rule::parse("classwise_ece < 0.1").unwrap();
    assert_eq!(classwise.needs(), [Needs::Asked(Classwise::NAME)]);
    assert!(check(&classwise, &scores, Some(&[])).is_err());
    assert!(
        check(&classwise, &Spec { asked: [Classwise::NAME].into(), ..scores.clone() }, Some(&[]))
            .is_ok()
    );
    assert!(check(&Rule::parse("log_loss < 1").unwrap(), &scores, Some(&[])).is_ok());
}

#[test]
fn a_long_list_of_classes_is_cut_short() {
    let rule = Rule::parse("recall[zebra] > 0.5").unwrap();
    assert_eq!(
        alone(&rule, &confusion(1_000, &[(0, 0, 1)])).unwrap_err().to_string(),
        "rule 'recall[zebra] > 0.5': there is no class 'zebra'; there are 1000 classes: \
         0, 1, 2, 3, 4, …"
    );
}

#[test]
fn a_verdict_gives_its_reason_with_the_numbers() {
    let cases = [
        ("accuracy >= 0.9", Verdict::Holds, "accuracy is 0.9699 (1743 of 1797), required >= 0.9"),
        ("accuracy > 0.97", Verdict::Broken, "accuracy is 0.9699 (1743 of 1797), required > 0.97"),
        // Four digits would say that 0.97 is not below 0.97.
        (
            "error_rate < 0.03005",
            Verdict::Broken,
            "error_rate is 0.0300501 (54 of 1797), required < 0.03005",
        ),
        ("fn[cat] <= 40", Verdict::Holds, "fn[cat] is 40, required <= 40"),
        (
            "recall[\"big dog\"] >= 0.99",
            Verdict::Broken,
            "recall[\"big dog\"] is 0.9837 (843 of 857), required >= 0.99",
        ),
        (
            "recall_macro >= 0.5",
            Verdict::Holds,
            "recall_macro is 0.647, required >= 0.5; recall is undefined for 1 of 3 classes, \
             counted as 0",
        ),
        (
            "precision[owl] >= 0",
            Verdict::Undefined,
            "precision[owl] is undefined: class owl is never predicted",
        ),
        (
            "predicted_share[cat] <= 0.4",
            Verdict::Broken,
            "predicted_share[cat] is 0.5086 (914 of 1797), required <= 0.4",
        ),
    ];
    for (text, verdict, reason) in cases {
        let judgement = judged(text);
        assert_eq!((judgement.verdict, judgement.reason.as_str()), (verdict, reason), "{text}");
        assert_eq!(judgement.value.is_none(), verdict == Verdict::Undefined, "{text}");
    }
}

#[test]
fn values_are_compared_as_they_are() {
    let nine_of_ten = matrix(&[[5, 1], [0, 4]]);
    let verdict = |text: &str| alone(&Rule::parse(text).unwrap(), &nine_of_ten).unwrap().verdict;
    for holds in [
        "== 0.9",
        ">= 0.9",
        "<= 0.9",
        "!= 0.90000000000000002221",
        "< 0.9000000000000001",
        "> 0.8999",
    ] {
        let expected = if holds.starts_with("!=") { Verdict::Broken } else { Verdict::Holds };
        assert_eq!(verdict(&format!("accuracy {holds}")), expected, "{holds}");
    }
    for broken in ["> 0.9", "< 0.9", "!= 0.9", "== 0.9000000000000001"] {
        assert_eq!(verdict(&format!("accuracy {broken}")), Verdict::Broken, "{broken}");
    }
    let same = alone(&Rule::parse("accuracy == 0.9").unwrap(), &nine_of_ten).unwrap();
    assert_eq!(same.reason, "accuracy is 0.9 (9 of 10), required == 0.9");
}

#[test]
fn zero_division_gives_a_rule_a_value_to_compare() {
    let rule = Rule::parse("precision[owl] >= 0.5").unwrap();
    let under = |zero_division| {
        alone(&rule, &with(&animals(), |spec| spec.zero_division = zero_division)).unwrap()
    };
    assert_eq!(under(ZeroDivision::Zero).verdict, Verdict::Broken);
    assert_eq!(under(ZeroDivision::One).verdict, Verdict::Holds);
    assert_eq!(under(ZeroDivision::One).reason, "precision[owl] is 1, required >= 0.5");
    assert_eq!(under(ZeroDivision::Exclude).verdict, Verdict::Undefined);
}

#[test]
fn a_rule_on_an_undefined_metric_says_why() {
    let rule = Rule::parse("log_loss < 1").unwrap();
    let judgement = alone(&rule, &scored(&[1], &[vec![1.0, 0.0]], 15)).unwrap();
    assert_eq!(judgement.verdict.name(), "undefined");
    assert_eq!(judgement.value, None);
    assert_eq!(judgement.reason, "log_loss is undefined: 1 row gives its label probability 0");
}

#[test]
fn many_rules_are_judged_as_one_by_one() {
    let rules =
        ["accuracy >= 0.9", "f1[cat] > 2", "recall[owl] > 0"].map(|text| text.parse().unwrap());
    let one_by_one: Vec<Judgement> =
        rules.iter().map(|rule| alone(rule, &animals()).unwrap()).collect();
    let tallies = animals();
    let evaluated = Evaluated::alone(&tallies, JobFigures::default());
    let together = judge_all(&rules, &evaluated, &NoRunHistory).unwrap();
    assert_eq!(apply_holm(together), one_by_one);
    let names: Vec<&str> = one_by_one.iter().map(|judgement| judgement.verdict.name()).collect();
    assert_eq!(names, ["holds", "broken", "undefined"]);
}
