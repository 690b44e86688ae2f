//! What other systems read: gauges for Prometheus, verdicts as JUnit XML.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tallyho::metric::{ALL, Request};
use tallyho::report::{Entry, MOST_CLASSES, Subject, junit, prometheus};
use tallyho::rule::{Judgement, Verdict};

use super::sets::{diagonal, digits, holes, iris, sets};
use super::{report, verdicts};

const WEIRD: &str = "a \"model\"\\ <&>\nüß😀\u{1b}[31m";

fn subject(model: &str, split: &str) -> Subject {
    Subject {
        job: "nightly".into(),
        dataset: "cats".into(),
        model: model.into(),
        split: split.into(),
    }
}

/// 21 November 2026, 02:00:05 UTC.
fn night() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_795_226_405_250)
}

fn every_verdict() -> Vec<Judgement> {
    let judgement = |verdict: &Verdict| Judgement {
        rule: format!("accuracy >= 0.9 ({})", verdict.name()),
        verdict: *verdict,
        value: None,
        baseline: None,
        reason: format!("it is {}", verdict.name()),
    };
    Verdict::ALL.iter().map(judgement).collect()
}

fn entries() -> Vec<Entry> {
    let (holes, digits) = (holes(), digits());
    let gone = night() - Duration::from_secs(86_400);
    let reason = "cats.parquet: cannot open the file: No such file or directory".to_owned();
    vec![
        Entry::new(subject("steady", "test"), &report(&holes, verdicts()), night()),
        Entry::new(subject(WEIRD, ""), &report(&digits, every_verdict()), night()),
        Entry::failed(subject("gone", "test"), reason, night(), Some(gone)),
    ]
}

/// A gauge in one series: labels and value.
pub type Sample = (BTreeMap<String, String>, f64);

/// Reads the text format, holding it to its rules; samples by family.
pub fn read(text: &str) -> BTreeMap<String, Vec<Sample>> {
    let mut families: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line.strip_prefix("# HELP ").unwrap().split_once(' ').unwrap();
        assert!(!help.is_empty());
        assert_eq!(lines.next().unwrap(), format!("# TYPE {name} gauge"));
        let mut samples: Vec<Sample> = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (labels, value) = sample(line.strip_prefix(name).unwrap());
            assert!(!samples.iter().any(|(other, _)| *other == labels), "twice: {line}");
            samples.push((labels, value));
        }
        assert!(!samples.is_empty(), "{name}");
        assert!(families.insert(name.to_owned(), samples).is_none(), "{name} is not in one piece");
    }
    families
}

/// `{name="value",…} number`, or only a number.
fn sample(text: &str) -> Sample {
    let mut labels = BTreeMap::new();
    let Some(mut rest) = text.strip_prefix('{') else {
        return (labels, text.trim_start().parse().unwrap());
    };
    loop {
        let (name, quoted) = rest.split_once("=\"").unwrap();
        let mut value = String::new();
        let mut letters = quoted.char_indices();
        let end = loop {
            match letters.next().unwrap() {
                (place, '"') => break place,
                (_, '\\') => value.push(match letters.next().unwrap().1 {
                    'n' => '\n',
                    mark @ ('"' | '\\') => mark,
                    other => panic!("\\{other} in {text}"),
                }),
                (_, letter) => value.push(letter),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{text}");
        rest = &quoted[end + 1..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return (labels, rest.strip_prefix("} ").unwrap().parse().unwrap()),
        }
    }
}

#[test]
fn gauges_are_the_metrics_of_the_report_under_their_labels() {
    for (name, tallies) in sets() {
        let report = report(&tallies, verdicts());
        let text = prometheus(&[Entry::new(subject(WEIRD, "test"), &report, night())]);
        let families = read(&text);
        for (metric, measure) in &report.metrics {
            let request = Request::parse(metric).unwrap();
            let family = format!("tallyho_{}", request.metric().name.replace('K', "k"));
            let mut found = families.get(&family).into_iter().flatten();
            let value = measure.value.as_ref().ok().map(|value| value.to_bits());
            match value {
                None => {
                    assert!(!found.any(|(labels, _)| !labels.contains_key("class")), "{metric}")
                }
                value => assert!(found.any(|(_, it)| Some(it.to_bits()) == value), "{metric}"),
            }
        }
        let recalls = families.get("tallyho_recall").map_or(0, Vec::len);
        let defined = report.per_class.iter().filter(|class| class.recall.is_ok()).count();
        let expected = if report.per_class.len() > MOST_CLASSES { 0 } else { defined };
        assert_eq!(recalls, expected, "{name}");
        for (labels, _) in families.values().flatten() {
            assert_eq!(labels["model"], WEIRD);
            assert_eq!(labels["job"], "nightly");
        }
    }
}

#[test]
fn parameters_are_labels() {
    let mut tallies = digits();
    tallies.spec.betas = vec![0.5, 2.0];
    let text = prometheus(&[Entry::new(Subject::default(), &report(&tallies, vec![]), night())]);
    for line in [
        "tallyho_fbeta_macro{beta=\"0.5\"} ",
        "tallyho_fbeta_macro{beta=\"2\"} ",
        "tallyho_top_k_accuracy{k=\"3\"} ",
        "tallyho_accuracy 0.9",
    ] {
        assert!(text.contains(&format!("\n{line}")), "{line}\n{text}");
    }
}

#[test]
fn a_night_as_gauges_reads_well() {
    let text = prometheus(&entries());
    read(&text);
    insta::assert_snapshot!("prometheus", text);
}

#[test]
fn a_failed_evaluation_keeps_the_time_of_its_last_success() {
    let families = read(&prometheus(&entries()));
    let of_the_gone = |family: &str| {
        let found = families[family].iter().find(|(labels, _)| labels["model"] == "gone");
        found.map(|(_, value)| *value)
    };
    assert_eq!(of_the_gone("tallyho_evaluation_failed"), Some(1.0));
    assert_eq!(
        of_the_gone("tallyho_last_success_timestamp_seconds"),
        Some(1_795_226_405.25 - 86_400.0)
    );
    assert_eq!(of_the_gone("tallyho_rows"), None);
}

#[test]
fn a_rule_that_could_not_be_decided_neither_holds_nor_fails() {
    let tallies = iris();
    let families = read(&prometheus(&[Entry::new(
        subject("steady", ""),
        &report(&tallies, every_verdict()),
        night(),
    )]));
    let holds: Vec<f64> = families["tallyho_rule_holds"].iter().map(|(_, value)| *value).collect();
    assert_eq!(holds, [1.0, 0.0, 0.0]);
    let counts = &families["tallyho_rules"];
    assert_eq!(counts.len(), Verdict::ALL.len());
    assert!(counts.iter().all(|(_, value)| *value == 1.0));
}

#[test]
fn classes_are_passed_on_up_to_a_limit_and_never_only_some() {
    for (classes, expected) in [(MOST_CLASSES, MOST_CLASSES), (MOST_CLASSES + 1, 0), (5_000, 0)] {
        let tallies = diagonal(classes.try_into().unwrap());
        let text =
            prometheus(&[Entry::new(Subject::default(), &report(&tallies, vec![]), night())]);
        assert_eq!(text.matches("tallyho_support{").count(), expected);
        assert!(text.contains(&format!("\ntallyho_classes {classes}\n")));
        assert!(text.len() < 64 << 10);
    }
}

#[test]
fn what_is_named_twice_is_there_once() {
    let tallies = iris();
    let twice = [verdicts(), verdicts()].concat();
    let entry = Entry::new(subject("steady", "test"), &report(&tallies, twice), night());
    let families = read(&prometheus(&[entry.clone(), entry]));
    assert_eq!(families["tallyho_accuracy"].len(), 1);
    assert_eq!(families["tallyho_rule_holds"].len(), 3);
}

#[test]
fn no_two_metrics_share_a_gauge() {
    let own = ["evaluation_failed", "last_success_timestamp_seconds", "rules", "rule_holds"];
    let metrics = ALL.iter().map(|metric| metric.name.replace('K', "k"));
    let figures =
        Entry::new(Subject::default(), &report(&iris(), vec![]), night()).figures.unwrap();
    let of_the_job = figures.of_the_job().into_iter().map(|(name, _, _)| name.to_owned());
    let mut names: Vec<String> = metrics.chain(of_the_job).chain(own.map(str::to_owned)).collect();
    names.extend(figures.per_class.iter().map(|(metric, _, _)| metric.name.to_owned()));
    let all = names.len();
    names.sort();
    names.dedup();
    let classes = 3;
    assert_eq!(names.len(), all - (classes - 1) * (figures.per_class.len() / classes));
}

/// Element, attributes and depth of every tag, of a text that must be well formed.
pub fn tags(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    let (mut open, mut found) = (Vec::new(), Vec::new());
    while let Some(start) = rest.find('<') {
        assert!(rest[..start].chars().all(|it| !it.is_control() || "\n\t".contains(it)));
        let (tag, after) = rest[start + 1..].split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        found.push((name.to_owned(), attributes_of(attributes)));
        if !closed {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty() && rest == "\n", "{open:?}");
    found
}

fn attributes_of(mut text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"").unwrap();
        let (value, rest) = rest.split_once('"').unwrap();
        assert!(!value.contains('<') && !value.contains(char::is_control), "{value:?}");
        let value = ["&lt;<", "&gt;>", "&quot;\"", "&#10;\n", "&#9;\t", "&#13;\r", "&amp;&"]
            .iter()
            .fold(value.to_owned(), |value, pair| {
                let (entity, mark) = pair.split_at(pair.find(';').unwrap() + 1);
                value.replace(entity, mark)
            });
        assert!(found.insert(name.trim().to_owned(), value).is_none());
        text = rest;
    }
    found
}

#[test]
fn a_night_as_junit_reads_well_and_its_counts_add_up() {
    let text = junit("nightly", &entries());
    insta::assert_snapshot!("junit", text);
    let found = tags(&text);
    let count = |name: &str| found.iter().filter(|(tag, _)| tag == name).count().to_string();
    let (_, total) = &found[0];
    assert_eq!(total["tests"], count("testcase"));
    assert_eq!((&total["failures"], &total["errors"]), (&count("failure"), &count("error")));
    assert_eq!(
        (count("failure"), count("error"), count("skipped")),
        ("2".into(), "4".into(), "2".into())
    );
    let of_suites = |counted: &str| -> usize {
        let suites = found.iter().filter(|(tag, _)| tag == "testsuite");
        suites.map(|(_, attributes)| attributes[counted].parse::<usize>().unwrap()).sum()
    };
    for counted in ["tests", "failures", "errors"] {
        assert_eq!(of_suites(counted).to_string(), total[counted]);
    }
    let names: Vec<&String> = found.iter().filter_map(|(_, it)| it.get("classname")).collect();
    let weird = format!("{} on cats", WEIRD.replace('\u{1b}', ""));
    assert!(names.contains(&&weird), "{names:?}");
}

#[test]
fn each_verdict_is_its_element_with_its_reason() {
    let tallies = iris();
    let text = junit(
        "nightly",
        &[Entry::new(Subject::default(), &report(&tallies, every_verdict()), night())],
    );
    let elements: Vec<_> = tags(&text)
        .into_iter()
        .filter(|(_, attributes)| attributes.contains_key("message"))
        .map(|(tag, it)| (tag, it["type"].clone(), it["message"].clone()))
        .collect();
    let expected = [
        ("failure", "broken"),
        ("error", "undefined"),
        ("skipped", "undecided"),
        ("error", "no baseline"),
        ("skipped", "too few rows"),
    ];
    let expected = expected
        .map(|(tag, verdict)| (tag.to_owned(), verdict.to_owned(), format!("it is {verdict}")));
    assert_eq!(elements, expected);
    assert!(text.contains("<system-out>it is holds</system-out>"));
}

#[test]
fn no_evaluations_are_an_empty_night() {
    assert_eq!(prometheus(&[]), "");
    assert_eq!(tags(&junit("", &[])).len(), 1);
}
