//! What the user reads, and what programs read.

pub mod machines;
mod sets;

use std::path::Path;

use serde_json::Value;
use tallyho::notice::{self, Notice};
use tallyho::report::{
    Device, Format, Input, Provenance, Report, Timing, csv, json, markdown, text,
};
use tallyho::rule::{Judgement, Verdict};
use tallyho::tally::Tallies;
use unicode_width::UnicodeWidthStr;

use sets::{diagonal, digits, holes, iris, predictions, sets, weird};

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn provenance() -> Provenance {
    Provenance {
        device: Device {
            kind: "cpu".into(),
            name: "AMD EPYC 7763 64-Core Processor".into(),
            backend: None,
            threads: 2,
            chosen_because: "asked for".into(),
        },
        inputs: vec![
            Input {
                role: Some("labels".into()),
                path: "y.npy".into(),
                format: "npy".into(),
                dtype: "int64".into(),
                rows: 1797,
                bytes: 14504,
                checksums: Some(false),
            },
            Input {
                role: None,
                path: "shards/a \"b\".parquet".into(),
                format: "parquet".into(),
                dtype: "int64, float".into(),
                rows: 1797,
                bytes: 90_210,
                checksums: Some(false),
            },
        ],
        timing: Timing {
            seconds: 0.0083,
            rows_per_second: 216_506.0,
            bytes_per_second: 12_600_000.5,
            peak_memory_bytes: Some(23_500_000),
        },
        warnings: Vec::new(),
    }
}

fn verdicts() -> Vec<Judgement> {
    let judgement = |rule: &str, verdict, value, reason: &str| Judgement {
        rule: rule.into(),
        verdict,
        value,
        baseline: None,
        reason: reason.into(),
    };
    vec![
        judgement("accuracy >= 0.9", Verdict::Holds, Some(0.96), "0.96 is at least 0.9"),
        judgement(
            "recall[\"virginica\"] >= 0.95",
            Verdict::Broken,
            Some(0.94),
            "0.94 is below 0.95 by 0.01 (47 of 50 rows)",
        ),
        judgement(
            "log_loss <= 0.3",
            Verdict::Undefined,
            None,
            "3 rows give their label probability 0, first row 17 of shards/part-00017.parquet",
        ),
    ]
}

fn report<'t>(tallies: &'t Tallies, judgements: Vec<Judgement>) -> Report<'t> {
    Report::new(tallies, DIGEST.into(), provenance(), judgements).unwrap()
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&json(report)).unwrap()
}

#[test]
fn the_text_fits_80_columns_and_reads_well() {
    for (name, tallies) in sets() {
        insta::assert_snapshot!(format!("text_{name}"), text(&report(&tallies, vec![]), 80, false));
    }
}

#[test]
fn a_broken_rule_is_the_first_thing_said() {
    let tallies = iris();
    let mut report = report(&tallies, verdicts());
    let text_of_all = "the scores are taken as logits, but every row would pass as probabilities";
    report.provenance.warnings.push(
        Notice::new(notice::ALL_PASS, text_of_all)
            .hint("if they are, say --scores-are probabilities"),
    );
    insta::assert_snapshot!("text_rules_60", text(&report, 60, false));
    insta::assert_snapshot!("markdown_rules", markdown(&report));
    assert!(text(&report, 80, false).starts_with("FAIL     2 rules of 3 do not hold: "));
    report.judgements.truncate(1);
    assert!(text(&report, 80, false).starts_with("PASS     the rule holds\n"));
    report.judgements[0].verdict = Verdict::NoBaseline;
    let open = "PASS     no rule fails; one is open: accuracy >= 0.9\n";
    assert!(text(&report, 80, false).starts_with(open), "it exits with 0");
}

#[test]
fn no_line_is_wider_than_the_page_or_ends_in_blanks() {
    for (name, tallies) in sets() {
        for width in [60, 61, 72, 79, 80, 100, 120] {
            let report = report(&tallies, verdicts());
            let page = text(&report, width, false);
            for line in page.lines() {
                assert!(line.width() <= width, "{name}, {width} columns: {line}");
                assert_eq!(line.trim_end(), line, "{name}, {width} columns");
                assert!(!line.contains(char::is_control), "{name}: {line:?}");
            }
        }
    }
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    for (name, tallies) in sets() {
        let report = report(&tallies, verdicts());
        let mut bare = text(&report, 80, true);
        assert!(bare.contains("\u{1b}[31m"), "{name}");
        for style in ["0", "1", "2", "31", "32", "33"] {
            bare = bare.replace(&format!("\u{1b}[{style}m"), "");
        }
        assert_eq!(bare, text(&report, 80, false), "{name}");
    }
}

#[test]
fn an_undefined_metric_says_why_in_every_form() {
    let mut tallies = digits();
    tallies.rows.infinite_loss = 3;
    let report = report(&tallies, vec![]);
    let reason = "3 rows give their label probability 0";
    let loss = parsed(&report)["metrics"]["log_loss"].clone();
    assert_eq!(loss["value"], Value::Null);
    assert!(loss["undefined"].as_str().unwrap().starts_with(reason), "{loss}");
    assert_eq!(loss.as_object().unwrap().len(), 2, "{loss}");
    assert!(text(&report, 80, false).contains(&format!("undefined: {reason}")));
    assert!(markdown(&report).contains(reason));
}

#[test]
fn json_has_the_keys_of_the_schema_in_order() {
    let keys = [
        "schema",
        "tool",
        "device",
        "inputs",
        "timing",
        "digest",
        "order_digest",
        "options",
        "rows",
        "classes",
        "metrics",
        "per_class",
        "confusion",
        "calibration",
        "slices",
        "findings",
        "rules",
        "warnings",
    ];
    for (name, tallies) in sets() {
        let text = json(&report(&tallies, verdicts()));
        let top = text.lines().filter_map(|line| line.strip_prefix("  \""));
        let found: Vec<_> = top.map(|line| line.split('"').next().unwrap()).collect();
        assert_eq!(found, keys, "{name}");
        assert!(text.ends_with("\n}\n"), "{name}");
    }
    insta::assert_snapshot!("json_holes", json(&report(&holes(), verdicts())));
    insta::assert_snapshot!("json_digits", json(&report(&digits(), vec![])));
}

#[test]
fn json_numbers_and_names_read_back_as_they_were() {
    for (name, tallies) in sets() {
        let report = report(&tallies, vec![]);
        let read = parsed(&report);
        assert_eq!(read["metrics"].as_object().unwrap().len(), report.metrics.len(), "{name}");
        for (metric, measure) in &report.metrics {
            let value = read["metrics"][metric]["value"].as_f64().map(f64::to_bits);
            assert_eq!(value, measure.value.as_ref().ok().map(|it| it.to_bits()), "{metric}");
        }
        let names: Vec<&str> =
            read["classes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(names, tallies.classes.names(), "{name}");
        for (class, measures) in read["per_class"].as_array().unwrap().iter().zip(&report.per_class)
        {
            assert_eq!(class["class"], tallies.classes.names()[measures.class]);
            assert_eq!(class["fn"], measures.fn_);
            assert_eq!(class["f1"].as_f64(), measures.f1.as_ref().ok().copied());
            assert_eq!(
                class["undefined"]["recall"].as_str(),
                measures.recall.err().map(|it| measures.why(it)).as_deref()
            );
        }
    }
}

#[test]
fn counts_beyond_two_to_the_53_stay_exact() {
    let large = (1 << 53) + 1;
    let tallies = predictions(&["a", "b"], &[&[large, 0], &[0, 1]]);
    let report = report(&tallies, vec![]);
    let read = parsed(&report);
    assert_eq!(read["confusion"]["counts"][0][0].as_u64(), Some(large));
    assert_eq!(read["rows"]["scored"].as_u64(), Some(large + 1));
    assert!(text(&report, 80, false).contains("9,007,199,254,740,993"));
    assert!(csv(&report).contains(",9007199254740993,"));
}

#[test]
fn the_confusion_is_dense_up_to_256_classes_and_sparse_beyond() {
    let dense = parsed(&report(&diagonal(256), vec![]));
    assert_eq!(dense["confusion"]["layout"], "dense");
    assert_eq!(dense["confusion"]["counts"].as_array().unwrap().len(), 256);
    assert_eq!(dense["confusion"]["counts"][0][255], 1);
    let sparse = parsed(&report(&diagonal(257), vec![]));
    assert_eq!(sparse["confusion"]["layout"], "sparse");
    assert_eq!(sparse["confusion"]["cells"].as_array().unwrap().len(), 258);
    assert_eq!(sparse["confusion"]["cells"][1], serde_json::json!([0, 256, 1]));
}

#[test]
fn fifty_thousand_classes_still_fit_a_screen() {
    let tallies = diagonal(50_000);
    let report = report(&tallies, vec![]);
    assert!(text(&report, 80, false).lines().count() < 60);
    assert!(markdown(&report).lines().count() < 90);
    let read = parsed(&report);
    assert_eq!(read["per_class"].as_array().unwrap().len(), 50_000);
}

#[test]
fn only_the_provenance_differs_for_the_same_tallies() {
    let tallies = digits();
    let one = report(&tallies, verdicts());
    let mut other = one.clone();
    other.provenance.device.threads = 64;
    other.provenance.inputs.clear();
    other.provenance.timing.seconds = 0.25;
    other.provenance.warnings.push(Notice::new(notice::DEVICE_FAILED, "slow"));
    let (mut one, mut other) = (parsed(&one), parsed(&other));
    assert_ne!(one, other);
    for key in ["device", "inputs", "timing", "warnings"] {
        one.as_object_mut().unwrap().remove(key).unwrap();
        other.as_object_mut().unwrap().remove(key).unwrap();
    }
    assert_eq!(one, other);
}

#[test]
fn csv_reads_back_with_every_name_and_number() {
    for (name, tallies) in sets() {
        let report = report(&tallies, vec![]);
        let text = csv(&report);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
        assert_eq!(
            header.join(","),
            "class,tp,fp,fn,tn,support,predicted,precision,recall,f1,specificity,jaccard"
        );
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), report.per_class.len(), "{name}");
        for (record, class) in records.iter().zip(&report.per_class) {
            assert_eq!(&record[0], &tallies.classes.names()[class.class]);
            assert_eq!(record[4].parse(), Ok(class.tn));
            let values = [&class.precision, &class.recall, &class.f1, &class.specificity];
            for (field, value) in record.iter().skip(7).zip(values) {
                assert_eq!(field.parse().ok(), value.as_ref().ok().copied(), "{name}: {field}");
                assert_eq!(field.is_empty(), value.is_err(), "{name}");
            }
        }
    }
    insta::assert_snapshot!("csv_holes", csv(&report(&holes(), vec![])));
}

#[test]
fn markdown_tables_survive_any_class_name() {
    for (name, tallies) in sets() {
        let text = markdown(&report(&tallies, verdicts()));
        assert!(!text.contains(|it: char| it.is_control() && it != '\n'), "{name}");
        for block in text.split("\n\n").filter(|block| block.starts_with('|')) {
            let cells: Vec<_> =
                block.trim_end().lines().map(|it| it.matches('|').count()).collect();
            assert!(cells.iter().all(|count| *count == cells[0]), "{name}:\n{block}");
        }
    }
    insta::assert_snapshot!("markdown_digits", markdown(&report(&digits(), vec![])));
    insta::assert_snapshot!("markdown_weird", markdown(&report(&weird(), vec![])));
}

#[test]
fn the_extension_decides_the_format() {
    for (path, format) in [
        ("a.json", Format::Json),
        ("b/C.MD", Format::Markdown),
        ("x.tar.csv", Format::Csv),
        ("night.prom", Format::Prometheus),
        ("verdicts.xml", Format::Junit),
    ] {
        assert_eq!(Format::from_path(Path::new(path)).unwrap(), format);
    }
    let error = Format::from_path(Path::new("report.txt")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "report.txt: the extension of an output says what to write; \
         use .json, .md, .csv, .prom, .xml or .tally"
    );
}
