//! What the program says to somebody who sets up a job: the schema, examples,
//! checks, and mistakes that are easily made.

use serde_json::{Map, Value};

use super::{CONFIG, folder, night, on, program};
use crate::common::files::Folder;
use crate::common::program::{finish, run};

/// A config with every table, of the kind that a README shows.
const EVERYTHING: &str = r#"
job = "nightly"
history = "tallyho.db"
device = "cpu"
threads = 2

[options]
bins = 15
top_k = [1, 3]
on_invalid = "skip"

[judging]
baseline = "mean of last 7"
min_rows = 100
no_baseline = "holds"

[[dataset]]
name = "cats"
files = ["cats-{date}.parquet"]
labels = "label"
options = { positive = "cat" }

[[dataset]]
name = "digits"
labels = "y-{split}.npy"
classes = "classes.txt"

[[dataset.split]]
name = "train"

[[dataset.split]]
name = "validation"
labels = "y-val.npy"

[[model]]
name = "steady"
datasets = ["cats", "digits"]
predictions = "steady"
on.digits = { scores = "steady-{split}.npy" }

[[rule]]
require = "accuracy >= 0.8"
datasets = ["cats"]
undefined = "broken"

[[rule]]
require = "accuracy{split=train} - accuracy{split=validation} <= 0.05"
datasets = ["digits"]

[output]
junit = "night.xml"
prometheus = "night.prom"
json = "night.json"
reports = ["reports/{dataset}-{model}-{split}.md"]

[output.pushgateway]
url = "http://localhost:9091"
grouping = { instance = "gpu-1" }

[output.mlflow]
url = "http://localhost:5000"
login = { token = { env = "MLFLOW_TOKEN" } }

[[notify]]
name = "on-call"
webhook = { env = "ONCALL_URL" }
sign = { file = "key" }
format = "slack"
on = "change"
remind = "3d"
timeout = "10s"

[[notify]]
name = "mail"
command = ["mail", "-s", "tallyho", "somebody"]
remind = "never"
"#;

/// Holds a value to the parts of JSON Schema that a config needs; every fault.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else { return };
    if let Some(name) = schema.get("$ref") {
        let pointer = name.as_str().unwrap().trim_start_matches('#');
        faults(root, root.pointer(pointer).unwrap(), value, at, found);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(ways) = schema.get(key) {
            let fits = |way: &Value| {
                let mut wrong = Vec::new();
                faults(root, way, value, at, &mut wrong);
                wrong.is_empty()
            };
            if !ways.as_array().unwrap().iter().any(fits) {
                found.push(format!("{at}: {value} is none of {key}"));
            }
        }
    }
    let names = |key: &str| schema.get(key).and_then(Value::as_array).cloned();
    if names("enum").is_some_and(|known| !known.contains(value))
        || schema.get("const").is_some_and(|it| it != value)
    {
        found.push(format!("{at}: {value} is not known"));
    }
    typed(schema, value, at, found);
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        list.iter().for_each(|item| faults(root, items, item, &format!("{at}[]"), found));
    }
    let (Some(object), Some(_)) =
        (value.as_object(), schema.get("properties").or(schema.get("additionalProperties")))
    else {
        return;
    };
    let none = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    for (key, value) in object {
        match (known.get(key), schema.get("additionalProperties")) {
            (Some(schema), _) => faults(root, schema, value, &format!("{at}.{key}"), found),
            (None, Some(Value::Bool(false))) => found.push(format!("{at}: {key} is no key")),
            (None, Some(rest)) => faults(root, rest, value, &format!("{at}.{key}"), found),
            (None, None) => {}
        }
    }
    for key in names("required").unwrap_or_default() {
        if !object.contains_key(key.as_str().unwrap()) {
            found.push(format!("{at}: {key} is missing"));
        }
    }
}

fn typed(schema: &Map<String, Value>, value: &Value, at: &str, found: &mut Vec<String>) {
    let types = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = |name: &&str| match *name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    if !types.iter().any(is) {
        found.push(format!("{at}: {value} is not {types:?}"));
    }
}

fn checked(config: &str) -> Vec<String> {
    let schema = run(&Folder::new().path(""), &["run", "--schema"]).expect(0).json();
    let value: toml::Table = config.parse().unwrap();
    let mut found = Vec::new();
    faults(&schema, &schema, &serde_json::to_value(value).unwrap(), "", &mut found);
    found
}

#[test]
fn configs_are_valid_by_the_schema_and_slips_are_not() {
    for config in [CONFIG, EVERYTHING] {
        assert_eq!(checked(config), Vec::<String>::new());
    }
    for (slip, of) in [
        ("name = \"cats\"", "nam = \"cats\""),
        ("threads = 2", "threads = \"2\""),
        ("format = \"slack\"", "format = \"slak\""),
        ("on_invalid = \"skip\"", "on_invalid = \"skipp\""),
        ("{ env = \"ONCALL_URL\" }", "\"https://hooks.example\""),
        ("undefined = \"broken\"", "undefined = \"fine\""),
        ("on.digits = { scores", "on.digits = { score"),
        ("token = { env =", "token = { envi ="),
        ("min_rows = 100", "min_row = 100"),
    ] {
        assert!(EVERYTHING.contains(slip), "{slip}");
        assert_ne!(checked(&EVERYTHING.replace(slip, of)), Vec::<String>::new(), "{of}");
    }
}

/// The program takes what the schema takes.
#[test]
fn a_config_with_every_table_is_in_order() {
    let folder = Folder::new();
    folder.file("night.toml", EVERYTHING);
    let ran = night(&folder, "--check").expect(2);
    assert!(
        ran.stdout.starts_with("night.toml: the config is in order: 3 evaluations, 2 rules\n"),
        "{}",
        ran.stdout
    );
    for said in
        ["not there yet: steady on cats: cats-2026-11-21.parquet", "ONCALL_URL", "MLFLOW_TOKEN"]
    {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn every_example_is_printed() {
    let folder = Folder::new();
    let example = |name: &str| run(&folder.path(""), &["run", "--example", name]);
    for (name, holds) in
        [("systemd", "[Timer]"), ("cron", "tallyho run"), ("grafana", "\"panels\"")]
    {
        let ran = example(name).expect(0);
        assert!(ran.stdout.contains(holds) && ran.stderr.is_empty(), "{name}: {}", ran.stdout);
        assert_eq!(Some(ran.stdout.as_str()), tallyho::publish::example(name));
    }
    let said = example("systemdd").expect(2).stderr;
    assert!(said.contains("systemd, cron, grafana"), "{said}");
}

/// What somebody types who has not read the help, and what sets it right.
#[test]
fn slips_on_the_command_line_are_answered_with_what_to_type() {
    let folder = folder(CONFIG);
    for (line, hint) in [
        ("", "<CONFIG>"),
        ("nigth.toml", "nigth.toml: cannot read the config"),
        (
            "night.toml --date 21.11.2026",
            "--date takes a date such as 2026-11-21, found '21.11.2026'",
        ),
        ("night.toml --date 2026-02-30", "--date takes a date such as 2026-11-21"),
        ("night.toml --date 2026-11-21 --only steady", "--only takes model=NAME"),
        (
            "night.toml --date 2026-11-21 --only model=",
            "there is no model ''; there are flaky, steady",
        ),
        ("night.toml --check --again", "cannot be used with"),
        ("night.toml --schema", "cannot be used with"),
        ("night.toml other.toml", "unexpected argument"),
        ("cats-2026-11-21.csv", "cats-2026-11-21.csv:"),
    ] {
        let ran = finish(&mut program(&folder, line)).expect(2);
        assert!(ran.stderr.contains(hint), "{line}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{line}");
    }
    assert!(!folder.path("tallyho.db").exists());
}

/// What somebody writes who knows other tools.
#[test]
fn slips_in_a_config_are_answered_with_what_to_write() {
    for (of, slip, hint) in [
        ("[[rule]]", "[rule]", "[[rule]]"),
        ("[[model]]\nname = \"steady\"", "[model]\nname = \"steady\"", "[[model]]"),
        ("[[dataset]]", "[dataset]", "write [[dataset]], two brackets"),
        ("files = [\"cats-{date}.csv\"]", "files = \"cats-{date}.csv\"", "a list"),
        ("predictions = \"steady\"", "predictions = \"steady\"\ndatasets = \"cats\"", "a list"),
        ("labels = \"label\"", "", "`labels`"),
        ("\"accuracy >= 0.8\"", "\"accuracy > = 0.8\"", "expected"),
        ("\"accuracy >= 0.8\"", "\"accuracy => 0.8\"", ">="),
        ("\"accuracy >= 0.8\"", "\"accuracy >= 80%\"", "expected"),
        ("\"accuracy >= 0.8\"", "\"accurracy >= 0.8\"", "accuracy"),
        ("\"accuracy >= 0.8\"", "0.8", "a text in quotes"),
        ("name = \"cats\"", "name = \"\"", "needs a name"),
        ("[[dataset]]", "rules = []\n[[dataset]]", "rule"),
        ("require", "rule", "require"),
        ("[[rule]]", "[[output]]\njunit = 'a.xml'\n[[rule]]", "write [output], one bracket"),
        ("accuracy >= 0.8", "accuracy{split=tests} >= 0.8", "there is no split 'tests'"),
        (
            "[[dataset]]",
            "threads = -1\n[[dataset]]",
            "expected a whole number from 0 up, found another number",
        ),
        ("predictions = \"flaky\"", "prediction = \"flaky\"", "predictions"),
        (
            "[[rule]]",
            "[output]\njunit = 'a.xml'\njson = 'a.xml'\n[[rule]]",
            "a.xml: is named by two outputs",
        ),
        ("[[rule]]", "[output]\nreports = ['report.json']\n[[rule]]", "{model}"),
        ("[[rule]]", "[[notify]]\nname = 'x'\n[[rule]]", "one of webhook, url and command"),
        ("[[rule]]", "[[notify]]\nname = 'x'\ncommand = 'mail me'\n[[rule]]", "a list"),
        (
            "[[rule]]",
            "[[notify]]\nname = 'x'\nurl = 'http://a'\ntimeout = 10\n[[rule]]",
            "such as \"10s\"",
        ),
        ("[[rule]]", "[[notify]]\nname = 'x'\nurl = 'a.example/hook'\n[[rule]]", "http"),
    ] {
        assert!(CONFIG.contains(of), "{of}");
        let folder = folder(&CONFIG.replacen(of, slip, 1));
        let ran = night(&folder, "").expect(2);
        assert!(ran.stderr.contains(hint), "{slip}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("tallyho: "), "{}", ran.stderr);
        assert!(!folder.path("tallyho.db").exists(), "{slip}: nothing is begun");
    }
    let folder = folder("");
    let said = night(&folder, "").expect(2).stderr;
    assert_eq!(
        said,
        "tallyho: night.toml:1:1: no [[dataset]] is given\nnight.toml:1:1: no [[model]] is given\n"
    );
}

#[test]
fn a_night_without_files_says_which_are_missing() {
    let folder = folder(CONFIG);
    let ran = on(&folder, "2026-11-22", "").expect(2);
    assert!(ran.stdout.contains("cats-2026-11-22.csv: cannot open the file"), "{}", ran.stdout);
}
