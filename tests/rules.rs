//! The grammar of rules, their verdicts, and the words of both.

use tallyho::class::Classes;
use tallyho::metric::Needs;
use tallyho::rule::{Judgement, Rule, Verdict, check, judge, judge_all};
use tallyho::tally::{Spec, Tallies, Task, ZeroDivision};

use crate::metrics::{confusion, matrix, scored, with};

/// 1743 of 1797 right; "owl" has no rows and is never predicted.
fn animals() -> Tallies {
    let cells = [(0, 0, 900), (0, 1, 40), (1, 0, 14), (1, 1, 843)];
    let names = ["cat", "big dog", "owl"].map(String::from).to_vec();
    Tallies { classes: Classes::given(names).unwrap(), ..confusion(3, &cells) }
}

fn judged(text: &str) -> Judgement {
    judge(&Rule::parse(text).unwrap(), &animals()).unwrap()
}

fn refused(text: &str) -> String {
    Rule::parse(text).unwrap_err().to_string()
}

#[test]
fn rules_read_back_in_one_canonical_spelling() {
    let cases = [
        ("accuracy >= 0.9", "accuracy >= 0.9"),
        ("  accuracy>=.9 ", "accuracy >= 0.9"),
        ("accuracy < 9e-1", "accuracy < 0.9"),
        ("\"accuracy\" <= 1", "accuracy <= 1"),
        ("overconfidence > -0.05", "overconfidence > -0.05"),
        ("overconfidence != -0", "overconfidence != 0"),
        ("log_loss < +1e-7", "log_loss < 1e-7"),
        ("log_loss < 1e300", "log_loss < 1e300"),
        ("zero_one_loss == 0", "error_rate == 0"),
        ("hamming_loss == 0", "error_rate == 0"),
        ("top_5_accuracy > 0.99", "top_5_accuracy > 0.99"),
        ("fbeta_macro(beta=2) >= 0.7", "fbeta_macro(beta=2) >= 0.7"),
        ("fbeta_macro ( 0.5 ) >= 0.7", "fbeta_macro(beta=0.5) >= 0.7"),
        ("recall[cat] >= 0.8", "recall[cat] >= 0.8"),
        ("recall [ big dog ] >= 0.8", "recall[\"big dog\"] >= 0.8"),
        ("recall[\"cat\"] >= 0.8", "recall[cat] >= 0.8"),
        (r#"recall["a \"b\" ] \\ c"] >= 0.8"#, r#"recall["a \"b\" ] \\ c"] >= 0.8"#),
        ("recall[\"\"] >= 0.8", "recall[\"\"] >= 0.8"),
        ("recall[-1] >= 0.8", "recall[-1] >= 0.8"),
        ("recall[Löwe] >= 0.8", "recall[Löwe] >= 0.8"),
        ("fn[cat] <= 100", "fn[cat] <= 100"),
        ("predicted_share[cat] <= 0.5", "predicted_share[cat] <= 0.5"),
        (
            "recall_macro{country=DE, split = \"to test\"} >= 0.8",
            "recall_macro{country=DE,split=\"to test\"} >= 0.8",
        ),
        ("recall[cat]{country=DE} >= 0.8", "recall[cat]{country=DE} >= 0.8"),
    ];
    for (text, canonical) in cases {
        let rule: Rule = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(rule.to_string(), canonical);
        assert_eq!(Rule::parse(canonical).unwrap().to_string(), canonical);
    }
}

#[test]
fn rules_outside_the_grammar_are_refused_at_their_column() {
    let cases = [
        ("", "rule '', column 1: expected the name of a metric, found the end"),
        ("   ", "rule '   ', column 4: expected the name of a metric, found the end"),
        (">= 0.9", "rule '>= 0.9', column 1: expected the name of a metric, found '>'"),
        ("accuracy", "rule 'accuracy', column 9: expected one of >= <= > < == !=, found the end"),
        (
            "accuracy = 0.9",
            "rule 'accuracy = 0.9', column 10: expected one of >= <= > < == !=, found '='",
        ),
        (
            "accuracy 0.9",
            "rule 'accuracy 0.9', column 10: expected one of >= <= > < == !=, found '0'",
        ),
        (
            "accuracy ≥ 0.9",
            "rule 'accuracy ≥ 0.9', column 10: expected one of >= <= > < == !=, found '≥'",
        ),
        ("accuracy >=", "rule 'accuracy >=', column 12: expected a number, found the end"),
        ("accuracy >= x", "rule 'accuracy >= x', column 13: expected a number, found 'x'"),
        ("accuracy >= nan", "rule 'accuracy >= nan', column 13: expected a number, found 'n'"),
        ("accuracy >= 1e999", "rule 'accuracy >= 1e999', column 13: 1e999 is too large a number"),
        ("accuracy >= 1e", "rule 'accuracy >= 1e', column 13: expected a number, found '1'"),
        (
            "accuracy >= 0.9 or so",
            "rule 'accuracy >= 0.9 or so', column 17: expected the end of the rule, found 'o'",
        ),
        (
            "accuracy >= 90%",
            "rule 'accuracy >= 90%', column 15: expected the end of the rule, found '%'",
        ),
        ("recall[cat >= 0.9", "rule 'recall[cat >= 0.9', column 12: expected ']', found '>'"),
        (
            "recall[] >= 0.9",
            "rule 'recall[] >= 0.9', column 8: expected the name of a class, found ']'",
        ),
        (
            "recall[\"cat] >= 0.9",
            "rule 'recall[\"cat] >= 0.9', column 8: this quote is never closed",
        ),
        (
            "fbeta_macro(2 >= 0.9",
            "rule 'fbeta_macro(2 >= 0.9', column 13: the parenthesis before this is never closed",
        ),
        (
            "fbeta_macro() >= 0.9",
            "rule 'fbeta_macro() >= 0.9', column 13: expected a parameter, found ')'",
        ),
        (
            "accuracy{country} >= 0.9",
            "rule 'accuracy{country} >= 0.9', column 17: expected '=', found '}'",
        ),
        (
            "accuracy{country=DE >= 0.9",
            "rule 'accuracy{country=DE >= 0.9', column 21: expected ',' or '}', found '>'",
        ),
        (
            "Größe[x] = 1",
            "rule 'Größe[x] = 1', column 10: expected one of >= <= > < == !=, found '='",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message);
    }
}

#[test]
fn rules_on_unknown_metrics_are_refused_with_the_nearest_name() {
    let cases = [
        (
            "acuracy >= 0.9",
            "rule 'acuracy >= 0.9': there is no metric 'acuracy'; did you mean 'accuracy'?",
        ),
        ("qqq >= 0.9", "rule 'qqq >= 0.9': there is no metric 'qqq'; --list-metrics lists them"),
        (
            "recall >= 0.9",
            "rule 'recall >= 0.9': recall is a value of each class: write recall[CLASS], or \
             recall_macro, recall_micro, recall_weighted",
        ),
        (
            "recal[cat] >= 0.9",
            "rule 'recal[cat] >= 0.9': there is no value 'recal' of a class; did you mean 'recall'?",
        ),
        (
            "accuracy[cat] >= 0.9",
            "rule 'accuracy[cat] >= 0.9': accuracy has no value of its own for a class; these \
             have: tp, fp, fn, tn, support, predicted, precision, recall, f1, specificity, \
             jaccard, false_positive_rate, false_negative_rate, predicted_share, roc_auc, \
             average_precision",
        ),
        (
            "fbeta_macro >= 0.9",
            "rule 'fbeta_macro >= 0.9': fbeta_macro needs a beta: write fbeta_macro(beta=2)",
        ),
        (
            "fbeta_macro(beta=-1) >= 0.9",
            "rule 'fbeta_macro(beta=-1) >= 0.9': fbeta_macro: beta is a number from 0 up, found '-1'",
        ),
        (
            "accuracy(2) >= 0.9",
            "rule 'accuracy(2) >= 0.9': accuracy takes no parameter, found '(2)'",
        ),
        (
            "recall(2)[cat] >= 0.9",
            "rule 'recall(2)[cat] >= 0.9': recall takes no parameter, found '(2)'",
        ),
        (
            "top_K_accuracy >= 0.9",
            "rule 'top_K_accuracy >= 0.9': top_K_accuracy needs a K: write top_5_accuracy",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message);
    }
}

#[test]
fn rules_that_these_rows_cannot_answer_are_refused() {
    let refuse =
        |text: &str| judge(&Rule::parse(text).unwrap(), &animals()).unwrap_err().to_string();
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
    assert_eq!(
        refuse("accuracy{country=DE} >= 0.9"),
        "rule 'accuracy{country=DE} >= 0.9': these rows are not counted by slice, so there is \
         none by 'country'; leave out the braces"
    );
    let scores = Spec { task: Task::Matrix, ..Spec::default() };
    let classwise = Rule::parse("classwise_ece < 0.1").unwrap();
    assert_eq!(classwise.needs(), Needs::Classwise);
    assert!(check(&classwise, &scores).is_err());
    assert!(check(&classwise, &Spec { classwise: true, ..scores.clone() }).is_ok());
    assert!(check(&Rule::parse("log_loss < 1").unwrap(), &scores).is_ok());
}

#[test]
fn a_long_list_of_classes_is_cut_short() {
    let rule = Rule::parse("recall[zebra] > 0.5").unwrap();
    assert_eq!(
        judge(&rule, &confusion(1_000, &[(0, 0, 1)])).unwrap_err().to_string(),
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
    let verdict = |text: &str| judge(&Rule::parse(text).unwrap(), &nine_of_ten).unwrap().verdict;
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
    let same = judge(&Rule::parse("accuracy == 0.9").unwrap(), &nine_of_ten).unwrap();
    assert_eq!(same.reason, "accuracy is 0.9 (9 of 10), required == 0.9");
}

#[test]
fn zero_division_gives_a_rule_a_value_to_compare() {
    let rule = Rule::parse("precision[owl] >= 0.5").unwrap();
    let under = |zero_division| {
        judge(&rule, &with(&animals(), |spec| spec.zero_division = zero_division)).unwrap()
    };
    assert_eq!(under(ZeroDivision::Zero).verdict, Verdict::Broken);
    assert_eq!(under(ZeroDivision::One).verdict, Verdict::Holds);
    assert_eq!(under(ZeroDivision::One).reason, "precision[owl] is 1, required >= 0.5");
    assert_eq!(under(ZeroDivision::Exclude).verdict, Verdict::Undefined);
}

#[test]
fn a_rule_on_an_undefined_metric_says_why() {
    let rule = Rule::parse("log_loss < 1").unwrap();
    let judgement = judge(&rule, &scored(&[1], &[vec![1.0, 0.0]], 15)).unwrap();
    assert_eq!(judgement.verdict.name(), "undefined");
    assert_eq!(judgement.value, None);
    assert_eq!(judgement.reason, "log_loss is undefined: 1 row gives its label probability 0");
}

#[test]
fn many_rules_are_judged_as_one_by_one() {
    let rules =
        ["accuracy >= 0.9", "f1[cat] > 2", "recall[owl] > 0"].map(|text| text.parse().unwrap());
    let one_by_one: Vec<Judgement> =
        rules.iter().map(|rule| judge(rule, &animals()).unwrap()).collect();
    assert_eq!(judge_all(&rules, &animals()).unwrap(), one_by_one);
    let names: Vec<&str> = one_by_one.iter().map(|judgement| judgement.verdict.name()).collect();
    assert_eq!(names, ["holds", "broken", "undefined"]);
}
