//! The committed predictions, held to what scikit-learn and numpy made of them,
//! and the broken and extreme files, held to what each must lead to.
//!
//! `datasets/README.md` describes `expected.json`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::program::run;

/// Relative tolerance of functions of counts; a greater one is absolute.
const COUNTS: f64 = 1e-12;
/// Of a mean confidence; a sum of confidences has it once for each row.
const CONFIDENCE: f64 = 1e-6;

const PER_CLASS_COUNTS: [&str; 6] = ["tp", "fp", "fn", "tn", "support", "predicted"];
const PER_CLASS_QUOTIENTS: [&str; 5] = ["precision", "recall", "f1", "specificity", "jaccard"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// The report that `eval` prints for `args` and `more`.
fn report(folder: &Path, args: &[&str], more: &[&str]) -> Value {
    let line: Vec<&str> = [&["eval", "--json"], args, more].concat();
    run(folder, &line).expect(0).json()
}

/// What differs between an expectation and a report, in words.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn equal(&mut self, what: &str, want: &Value, got: &Value) {
        if want != got {
            self.0.push(format!("{what}: expected {want}, found {got}"));
        }
    }

    /// Both null, or numbers that differ by at most `allowed(expected)`.
    fn close(&mut self, what: &str, want: &Value, got: &Value, allowed: impl Fn(f64) -> f64) {
        let close = match (want.as_f64(), got.as_f64()) {
            (Some(want), Some(got)) => (want - got).abs() <= allowed(want),
            _ => want.is_null() && got.is_null(),
        };
        if !close {
            self.0.push(format!("{what}: expected {want}, found {got}"));
        }
    }

    fn metric(&mut self, name: &str, want: &Value, report: &Value) {
        let got = &report["metrics"][name];
        if got.is_null() {
            return self.0.push(format!("{name}: not reported"));
        }
        let tolerance = want["tolerance"].as_f64().unwrap();
        let allowed = |value: f64| match tolerance <= COUNTS {
            true => tolerance * value.abs(),
            false => tolerance,
        };
        self.close(name, &want["value"], &got["value"], allowed);
        if got["value"].is_null() && !got["undefined"].is_string() {
            self.0.push(format!("{name}: undefined without a reason"));
        }
        let interval = &want["interval"];
        if !interval.is_null() {
            for key in ["level", "low", "high"] {
                let what = format!("{name} interval {key}");
                let allowed = |value: f64| 1e-9 * value.abs();
                self.close(&what, &interval[key], &got["interval"][key], allowed);
            }
            let method = format!("{name} interval method");
            self.equal(&method, &interval["method"], &got["interval"]["method"]);
        }
    }

    /// `undefined` is what a quotient with denominator 0 is to be.
    fn class(&mut self, want: &Value, got: &Value, undefined: &Value) {
        let class = &want["class"];
        self.equal("class", class, &got["class"]);
        for key in PER_CLASS_COUNTS {
            self.equal(&format!("{key} of {class}"), &want[key], &got[key]);
        }
        for key in PER_CLASS_QUOTIENTS {
            let what = format!("{key} of {class}");
            let want = if want[key].is_null() { undefined } else { &want[key] };
            self.close(&what, want, &got[key], |value| COUNTS * value.abs());
            if got[key].is_null() && !got["undefined"][key].is_string() {
                self.0.push(format!("{what}: undefined without a reason"));
            }
        }
    }

    fn bin(&mut self, want: &Value, got: &Value) {
        let rows = want["rows"].as_f64().unwrap();
        for key in ["low", "high", "rows", "correct"] {
            self.close(&format!("bin {key}"), &want[key], &got[key], |_| 0.0);
        }
        let (want, got) = (&want["confidence_sum"], &got["confidence_sum"]);
        self.close("bin confidence_sum", want, got, |_| CONFIDENCE * rows.max(1.0));
    }

    fn each(
        &mut self,
        key: &str,
        want: &Value,
        report: &Value,
        compare: impl Fn(&mut Self, &Value, &Value),
    ) {
        let (want, got) = (want[key].as_array().unwrap(), report[key].as_array().unwrap());
        if want.len() != got.len() {
            self.0.push(format!("{key}: expected {}, found {}", want.len(), got.len()));
        }
        want.iter().zip(got).for_each(|(want, got)| compare(self, want, got));
    }
}

/// What a quotient with denominator 0 is by the options of a case; null if undefined.
fn zero_division(case: &Value) -> Value {
    let args = words(&case["inputs"][0]);
    let option = args.iter().position(|arg| *arg == "--zero-division");
    option.and_then(|at| args[at + 1].parse::<f64>().ok()).into()
}

/// How a report differs from a case of `expected.json`.
fn differences(case: &Value, report: &Value) -> Vec<String> {
    let mut found = Differences::default();
    for (name, want) in case["metrics"].as_object().unwrap() {
        found.metric(name, want, report);
    }
    for key in ["read", "scored"] {
        found.equal(key, &case["rows"], &report["rows"][key]);
    }
    found.equal("classes", &case["classes"], &report["classes"]);
    found.equal("confusion", &case["confusion"], &report["confusion"]["counts"]);
    let undefined = zero_division(case);
    found.each("per_class", case, report, |found, want, got| found.class(want, got, &undefined));
    if !case["calibration"].is_null() {
        found.each("calibration", case, report, Differences::bin);
    }
    found.0
}

/// Metrics that a report shows only when asked.
const ON_REQUEST: [&str; 2] = ["error_rate", "classwise_ece"];

/// A report on `args` with everything that `case` expects, those metrics included.
fn report_for(folder: &Path, case: &Value, args: &[&str]) -> Value {
    // Those of names have the weighted kappas by the order of their names.
    let mut found = report(folder, args, &["--ordinal"]);
    let mut asked = ON_REQUEST.to_vec();
    asked.retain(|metric| !case["metrics"][metric].is_null());
    let more = report(folder, args, &["--metrics", &asked.join(",")]);
    for metric in asked {
        assert!(found["metrics"][metric].is_null(), "{args:?}: {metric} was not asked for");
        found["metrics"][metric] = more["metrics"][metric].clone();
    }
    found
}

fn check_case(folder: &Path, case: &Value) -> usize {
    let name = &case["name"];
    let inputs = case["inputs"].as_array().unwrap();
    let mut digests = Vec::new();
    for args in inputs {
        let found = report_for(folder, case, &words(args));
        let differences = differences(case, &found);
        assert!(differences.is_empty(), "{name} by {args}: {differences:#?}");
        digests.push(found["digest"].clone());
    }
    if case["same_digest"] == true {
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {digests:?}");
    }
    inputs.len()
}

/// Walks one `expected.json`; fails if it holds fewer cases or ways than it did.
fn check_dataset(name: &str, cases: usize, ways: usize) {
    let folder = folder(name);
    let expected = read(&folder.join("expected.json"));
    let found = expected["cases"].as_array().unwrap();
    assert!(found.len() >= cases, "{name}: {} cases", found.len());
    let walked: usize = found.iter().map(|case| check_case(&folder, case)).sum();
    assert!(walked >= ways, "{name}: {walked} command lines");
}

#[test]
fn iris_is_as_scikit_learn_has_it() {
    check_dataset("iris", 13, 14);
}

#[test]
fn digits_are_as_scikit_learn_has_them() {
    check_dataset("digits", 3, 8);
}

#[test]
fn breast_cancer_is_as_scikit_learn_has_it() {
    check_dataset("breast_cancer", 5, 14);
}

/// Where ties matter, in thirds, the two rules differ.
#[test]
fn top_k_accuracy_with_the_ties_of_scikit_learn_is_its_value() {
    let mut compared = 0;
    for name in ["iris", "digits"] {
        let folder = folder(name);
        for case in read(&folder.join("expected.json"))["cases"].as_array().unwrap() {
            for (metric, want) in case["metrics"].as_object().unwrap() {
                let Some(want) = want["with_ties_sklearn_top_k"].as_f64() else { continue };
                let args = words(&case["inputs"][0]);
                let found = report(&folder, &args, &["--ties", "sklearn-top-k"]);
                let value = found["metrics"][metric]["value"].as_f64().unwrap();
                assert!((value - want).abs() <= COUNTS, "{args:?} {metric}: {value}, not {want}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 4, "{compared} values compared");
}

/// The checker must be able to fail: every expected number, name and null, one
/// at a time made wrong, is caught.
#[test]
fn a_tampered_expectation_is_caught_wherever_it_is() {
    let folder = folder("iris");
    let expected = read(&folder.join("expected.json"));
    let mut caught = 0;
    // Score metrics and calibration; and a case with undefined values.
    for index in [3, 5] {
        let case = &expected["cases"][index];
        let found = report_for(&folder, case, &words(&case["inputs"][0]));
        assert!(differences(case, &found).is_empty());
        for pointer in leaves(case, "") {
            let mut tampered = case.clone();
            tamper(tampered.pointer_mut(&pointer).unwrap());
            assert!(!differences(&tampered, &found).is_empty(), "{pointer} may be anything");
            caught += 1;
        }
    }
    assert!(caught > 200, "{caught}");
}

/// Pointers to everything in a case that a report is held to.
fn leaves(value: &Value, pointer: &str) -> Vec<String> {
    const NOT_HELD: [&str; 6] =
        ["/name", "/inputs", "/same_digest", "/tolerance", "/call", "/with_ties_sklearn_top_k"];
    if NOT_HELD.iter().any(|end| pointer.ends_with(end)) {
        return Vec::new();
    }
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, value)| leaves(value, &format!("{pointer}/{key}"))).collect()
        }
        Value::Array(list) => {
            let list = list.iter().enumerate();
            list.flat_map(|(at, value)| leaves(value, &format!("{pointer}/{at}"))).collect()
        }
        _ => vec![pointer.to_owned()],
    }
}

fn tamper(value: &mut Value) {
    *value = match &*value {
        Value::Null => 0.5.into(),
        Value::String(text) => format!("{text}?").into(),
        Value::Number(number) if number.is_u64() => (number.as_u64().unwrap() + 1).into(),
        // Beyond the tolerance of the widest bin of 150 rows.
        Value::Number(number) => (number.as_f64().unwrap() + 2e-4).into(),
        other => unreachable!("no {other} in an expectation"),
    };
}

/// How a run differs from a case of `edge/cases.json`; `digests` holds the
/// digest of each group seen.
fn edge_differences(
    folder: &Path,
    case: &Value,
    digests: &mut HashMap<String, Value>,
) -> Vec<String> {
    let args = words(&case["args"]);
    let ran = run(folder, &[&["eval", "--json"], &args[..]].concat());
    let mut found = Differences::default();
    found.equal("status", &case["status"], &ran.status.into());
    for word in words(&case["stderr_contains"]) {
        if !ran.stderr.contains(word) {
            found.0.push(format!("no '{word}' in: {}", ran.stderr));
        }
    }
    let failed = ran.status == 2;
    if failed != (!ran.stderr.is_empty() && ran.stdout.is_empty()) {
        found.0.push(format!("status {} with {ran:?}", ran.status));
    }
    if !failed && found.0.is_empty() {
        compare_edge(&mut found, case, &ran.json(), digests);
    }
    found.0
}

fn compare_edge(
    found: &mut Differences,
    case: &Value,
    report: &Value,
    digests: &mut HashMap<String, Value>,
) {
    for (key, want) in case["expect"].as_object().into_iter().flatten() {
        match key.as_str() {
            "classes" => found.equal(key, want, &report[key]),
            "rows" => {
                for (count, want) in want.as_object().unwrap() {
                    found.equal(count, want, &report["rows"][count]);
                }
            }
            "metrics" => {
                for (name, want) in want.as_object().unwrap() {
                    found.close(name, want, &report["metrics"][name]["value"], |_| CONFIDENCE);
                }
            }
            other => unreachable!("an edge case expects {other}"),
        }
    }
    if let Some(group) = case["digest"].as_str() {
        let first = digests.entry(group.to_owned()).or_insert_with(|| report["digest"].clone());
        found.equal(&format!("digest of '{group}'"), first, &report["digest"]);
    }
}

#[test]
fn every_broken_or_extreme_file_leads_to_what_it_must() {
    let folder = folder("edge");
    let cases = read(&folder.join("cases.json"));
    let cases = cases.as_array().unwrap();
    let mut digests = HashMap::new();
    let mut failures = Vec::new();
    for case in cases {
        let found = edge_differences(&folder, case, &mut digests);
        if !found.is_empty() {
            failures.push(format!("{}\n  ({}): {found:#?}", case["args"], case["why"]));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() >= 209, "{} cases", cases.len());
    assert!(digests.len() >= 5, "groups of equal digests: {:?}", digests.keys());
}

#[test]
fn a_tampered_edge_case_is_caught() {
    let folder = folder("edge");
    let cases = read(&folder.join("cases.json"));
    let find = |wanted: &str| {
        let mut cases = cases.as_array().unwrap().iter();
        cases.find(|case| words(&case["args"]).contains(&wanted)).unwrap().clone()
    };
    let failing = find("truncated.npy");
    let passing = find("m_f4_big_F.npy");
    let mut digests = HashMap::new();
    for case in [&failing, &passing] {
        assert!(edge_differences(&folder, case, &mut digests).is_empty());
    }
    let mut tampered = [failing.clone(), failing, passing.clone(), passing.clone(), passing];
    tampered[0]["status"] = 0.into();
    tampered[1]["stderr_contains"] = serde_json::json!(["no such word"]);
    tampered[2]["status"] = 1.into();
    tampered[3]["expect"]["metrics"]["accuracy"] = 0.7499.into();
    for case in &tampered[..4] {
        assert!(!edge_differences(&folder, case, &mut digests).is_empty(), "{case}");
    }
    let mut digests = HashMap::from([("matrix f4".to_owned(), "another digest".into())]);
    assert!(!edge_differences(&folder, &tampered[4], &mut digests).is_empty());
}
