//! What can be written, how it reads back, and what is refused where.

use proptest::prelude::*;

use tallyho::rule::{Reference, Rule};

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
        ("recall[*]>=.7", "recall[*] >= 0.7"),
        ("recall[ \"*\" ] >= 0.7", "recall[\"*\"] >= 0.7"),
        ("accuracy>=previous", "accuracy >= previous"),
        ("accuracy >= best-.02", "accuracy >= best - 0.02"),
        ("accuracy >= baseline + 0", "accuracy >= baseline"),
        ("accuracy >= mean  of last 7 - 1e-2", "accuracy >= mean of last 7 - 0.01"),
        ("accuracy >= run 12 - 0.01", "accuracy >= run 12 - 0.01"),
        ("seconds <= 1.50*mean of last 7 + 2", "seconds <= 1.5 * mean of last 7 + 2"),
        ("seconds <= 1 * previous", "seconds <= previous"),
        ("rows >= 1000", "rows >= 1000"),
        ("rows_per_second >= 1e6", "rows_per_second >= 1000000"),
        ("accuracy >= previous - 0.005 @95 %", "accuracy >= previous - 0.005 @ 95%"),
        ("worse(accuracy,previous)", "worse(accuracy, previous) @ 95%"),
        ("worse( accuracy , best , by .005 ) @ 99.9%", "worse(accuracy, best, by 0.005) @ 99.9%"),
        (
            "worse(recall[*], mean of last 3, by 0.02)",
            "worse(recall[*], mean of last 3, by 0.02) @ 95%",
        ),
        ("accuracy within 3 sigma of last 30", "accuracy within 3 sigma of last 30"),
        ("recall[*] within 2.50 sigma of last 5", "recall[*] within 2.5 sigma of last 5"),
        (
            "accuracy{split=train}-accuracy{ split = validation } <= .05",
            "accuracy{split=train} - accuracy{split=validation} <= 0.05",
        ),
        ("psi(predictions,previous) <= 0.2", "psi(predictions, previous) <= 0.2"),
        ("ks(confidence, run 3) <= 0.1", "ks(confidence, run 3) <= 0.1"),
        (
            "jensen_shannon(predictions, baseline) < .1",
            "jensen_shannon(predictions, baseline) < 0.1",
        ),
        (
            "chi_square(confidence, mean of last 7) < 30",
            "chi_square(confidence, mean of last 7) < 30",
        ),
        ("drifted(predictions, previous)", "drifted(predictions, previous) @ 95%"),
        ("drifted(confidence, baseline) @ 99%", "drifted(confidence, baseline) @ 99%"),
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
             average_precision, log_loss, brier_score",
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
fn slips_in_longer_rules_are_found_where_they_are() {
    let errors: Vec<String> = [
        "accuracy >= previus - 0.01",
        "accuracy >= mean last 7",
        "accuracy >= mean of last 0",
        "accuracy >= mean of last few",
        "accuracy >= run first",
        "accuracy >= run 1.5",
        "accuracy >= run 0",
        "accuracy >= previous - -1",
        "accuracy >= previous - x",
        "accuracy >= 2 * 3",
        "accuracy >= previous @ 95",
        "accuracy >= previous @ 40%",
        "accuracy >= previous @ 100%",
        "accuracy >= 0.9 @ 95%",
        "accuracy >= 0.9 * previous @ 95%",
        "accuracy == previous @ 95%",
        "accuracy witin 3 sigma of last 30",
        "accuracy within three sigma of last 30",
        "accuracy within 0 sigma of last 30",
        "accuracy within 3 sigmas of last 30",
        "accuracy within 3 sigma of last 4",
        "worse(accuracy) @ 95%",
        "worse(accuracy, yesterday) @ 95%",
        "worse(accuracy, previous, 0.005) @ 95%",
        "worse(accuracy, previous, by -0.005) @ 95%",
        "worse(accuracy, previous @ 95%",
        "worse(accuracy, previous) >= 0.1",
        "worse(acuracy, previous)",
        "worse(seconds, previous)",
        "worse(prediction_entropy, previous)",
        "worse(recall[*], best)",
        "worse accuracy",
        "label_entropy <= best",
        "rows >= best",
        "seconds{split=test} < 1",
        "secnds < 1",
        "seconds(2) < 1",
        "seconds[cat] < 1",
        "recall[*] - accuracy < 1",
        "seconds - accuracy < 1",
        "accuracy - f1_macro < previous",
        "accuracy - f1_macro < 0.1 @ 95%",
        "accuracy - f1_macro within 3 sigma of last 30",
        "ks(predictions, previous) < 0.1",
        "psi(prediction, previous) < 0.1",
        "psi(labels, previous) < 0.1",
        "psi(predictions, best) < 0.1",
        "psi(predictions, previous)",
        "psi(predictions, previous) <= previous",
        "drifted(predictions, previous) < 0.1",
    ]
    .map(refused)
    .to_vec();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_baseline_can_be_configured_as_anything_but_itself() {
    let read = |text: &str| text.parse::<Reference>().map_err(|error| error.to_string());
    assert_eq!(read(" mean of  last 7 ").unwrap(), Reference::MeanOfLast(7));
    for reference in ["previous", "best", "mean of last 30", "run 12"] {
        assert_eq!(read(reference).unwrap().to_string(), reference);
    }
    let errors =
        ["baseline", "", "lst", "bets", "run", "previous - 0.1"].map(|it| read(it).unwrap_err());
    insta::assert_snapshot!(errors.join("\n"));
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..1.0, 0.0..1e6, Just(0.01), Just(1e-9), Just(3e20)]
}

fn class() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[*]".to_owned()),
        Just("[cat]".to_owned()),
        any::<String>().prop_map(|name| {
            format!("[\"{}\"]", name.replace('\\', "\\\\").replace('"', "\\\""))
        })
    ]
}

fn subject() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("accuracy".to_owned()),
        Just("log_loss{split=\"to test\"}".to_owned()),
        number().prop_map(|beta| format!("fbeta_macro({})", beta.min(1e6))),
        class().prop_map(|class| format!("recall{class}")),
    ]
}

fn reference() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("baseline".to_owned()),
        Just("previous".to_owned()),
        (1..1000_usize).prop_map(|last| format!("mean of last {last}")),
        (1..i64::from(u32::MAX)).prop_map(|run| format!("run {run}")),
    ]
}

fn level() -> impl Strategy<Value = String> {
    (50.5..99.99_f64).prop_map(|level| format!(" @ {level}%"))
}

fn rule() -> impl Strategy<Value = String> {
    let op = prop_oneof![Just(">="), Just("<="), Just(">"), Just("<")];
    let sign = prop_oneof![Just('-'), Just('+')];
    let factor = (0.1..10.0_f64).prop_map(|it| format!("{it} * "));
    let spread = prop_oneof![Just("predictions"), Just("confidence")];
    let statistic = prop_oneof![Just("psi"), Just("jensen_shannon"), Just("chi_square")];
    prop_oneof![
        (subject(), op.clone(), number()).prop_map(|(s, op, n)| format!("{s} {op} {n}")),
        (subject(), op.clone(), factor, reference(), sign.clone(), number())
            .prop_map(|(s, op, f, r, sign, n)| format!("{s} {op} {f}{r} {sign} {n}")),
        (subject(), op.clone(), reference(), sign, number(), level())
            .prop_map(|(s, op, r, sign, n, l)| format!("{s} {op} {r}{sign}{n}{l}")),
        (subject(), reference(), number(), level())
            .prop_map(|(s, r, n, l)| format!("worse({s},{r},by {n}){l}")),
        (subject(), 0.1..9.0_f64, 5..99_usize)
            .prop_map(|(s, sigmas, last)| format!("{s} within {sigmas} sigma of last {last}")),
        (statistic, spread.clone(), reference(), op, number())
            .prop_map(|(t, s, r, op, n)| format!("{t}({s}, {r}) {op} {n}")),
        (spread, reference(), level()).prop_map(|(s, r, l)| format!("drifted({s},{r}){l}")),
    ]
}

proptest! {
    #[test]
    fn the_canonical_spelling_reads_back_as_itself(text in rule()) {
        let rule = Rule::parse(&text).unwrap();
        let canonical = rule.to_string();
        let again = Rule::parse(&canonical).unwrap();
        prop_assert_eq!(format!("{again:?}"), format!("{rule:?}"));
        prop_assert_eq!(again.to_string(), canonical);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), cut in 0..80_usize, rule in rule()) {
        let _ = Rule::parse(&text);
        let end = rule.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(rule.len());
        let _ = Rule::parse(&rule[..end]);
        let _ = Rule::parse(&(rule[..end].to_owned() + &text));
    }
}
