//! What can be written, how it reads back, and what is refused where.

use tallyho::rule::Rule;

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
        (
            "accuracy",
            "rule 'accuracy', column 9: expected one of >= <= > < == != within, found the end",
        ),
        (
            "accuracy = 0.9",
            "rule 'accuracy = 0.9', column 10: expected one of >= <= > < == != within, found '='",
        ),
        (
            "accuracy 0.9",
            "rule 'accuracy 0.9', column 10: expected one of >= <= > < == != within, found '0'",
        ),
        (
            "accuracy ≥ 0.9",
            "rule 'accuracy ≥ 0.9', column 10: expected one of >= <= > < == != within, found '≥'",
        ),
        (
            "accuracy >=",
            "rule 'accuracy >=', column 12: expected a number, or previous, best, mean of last N, run N or baseline, found the end",
        ),
        (
            "accuracy >= x",
            "rule 'accuracy >= x', column 13: expected a number, or previous, best, mean of last N, run N or baseline, found 'x'",
        ),
        (
            "accuracy >= nan",
            "rule 'accuracy >= nan', column 13: expected a number, or previous, best, mean of last N, run N or baseline, found 'n'",
        ),
        ("accuracy >= 1e999", "rule 'accuracy >= 1e999', column 13: 1e999 is too large a number"),
        (
            "accuracy >= 1e",
            "rule 'accuracy >= 1e', column 13: expected a number, or previous, best, mean of last N, run N or baseline, found '1'",
        ),
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
            "rule 'Größe[x] = 1', column 10: expected one of >= <= > < == != within, found '='",
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
