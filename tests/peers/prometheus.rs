//! promtool and a push gateway.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;
use tallyho::http::{Question, ask};
use tallyho::metric::{ALL, PER_CLASS};
use tallyho::publish::{Pushgateway, example};
use tallyho::report::{Entry, prometheus};

use crate::common::entries;
use crate::common::files::Folder;
use crate::common::program::run;
use crate::night;

/// What `promtool` says of a text, and whether it is content.
fn promtool(args: &[&str], input: &str) -> (bool, String) {
    let mut command = Command::new("promtool");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// An evaluation with a value for every metric there is, under awkward names.
fn everything() -> Entry {
    let (mut entry, _) = entries::digits("a \"model\"\\ of\nüß😀");
    let figures = entry.figures.as_mut().unwrap();
    let name = |name: &str| match name {
        "top_K_accuracy" => "top_7_accuracy".to_owned(),
        name if name.starts_with("fbeta") => format!("{name}(beta=0.25)"),
        "partial_roc_auc"
        | "precision_at_recall"
        | "recall_at_precision"
        | "tpr_at_fpr"
        | "coverage_at_risk" => format!("{name}(0.05)"),
        name => name.to_owned(),
    };
    figures.metrics = ALL.iter().map(|metric| (name(metric.name), 0.1)).collect();
    figures.metrics.push(("log_loss".into(), 1e-300));
    let class = |metric| (metric, "\\ \"\n".to_owned(), 1e22);
    figures.per_class = PER_CLASS.iter().map(class).collect();
    entry
}

pub fn no_fault_with_any_gauge() -> Result<(), Failed> {
    let entries = [everything(), entries::digits("steady").0, entries::gone("gone")];
    let text = prometheus(&entries);
    for metric in ALL {
        let family = format!("# TYPE tallyho_{} gauge\n", metric.name.replace('K', "k"));
        assert!(text.contains(&family), "{family}");
    }
    let (content, said) = promtool(&["check", "metrics"], &text);
    match content && said.is_empty() {
        true => Ok(()),
        false => Err(format!("{said}\n{text}").into()),
    }
}

/// The same check can fail.
pub fn fault_with_a_bad_gauge() -> Result<(), Failed> {
    let text = prometheus(&[entries::gone("gone")]);
    for bad in [
        text.replace("tallyho_evaluation_failed", "tallyho_evaluation_count"),
        text.replace(" gauge", " counter"),
        text.replace("\"gone\"", "\"gone"),
        format!("{text}{text}"),
    ] {
        assert!(!promtool(&["check", "metrics"], &bad).0, "{bad}");
    }
    Ok(())
}

/// The file that the program writes, with awkward names in it.
pub fn no_fault_with_a_night() -> Result<(), Failed> {
    let folder = night::folder("");
    run(&folder.path(""), &night::WORDS).expect(2);
    let text = std::fs::read_to_string(folder.path("night.prom"))?;
    assert!(text.contains("model=\"gone\"} 1\n"), "{text}");
    let (content, said) = promtool(&["check", "metrics"], &text);
    match content && said.is_empty() {
        true => Ok(()),
        false => Err(format!("{said}\n{text}").into()),
    }
}

pub fn every_query_is_promql() -> Result<(), Failed> {
    let dashboard: Value = serde_json::from_str(example("grafana").unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let rules: Vec<Value> = targets
        .enumerate()
        .map(|(at, target)| {
            let query = target["expr"].as_str().unwrap().replace('$', "");
            serde_json::json!({ "record": format!("query:{at}"), "expr": query })
        })
        .collect();
    assert!(rules.len() >= 15);
    let rules = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let folder = Folder::new();
    // JSON is YAML.
    let path = folder.file("rules.yml", rules.to_string());
    let (content, said) = promtool(&["check", "rules", path.to_str().unwrap()], "");
    if content { Ok(()) } else { Err(said.into()) }
}

/// A gateway that ends with the test.
struct Gateway {
    child: Child,
    url: String,
}

impl Gateway {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new("prometheus-pushgateway");
        command.arg(format!("--web.listen-address={free}")).stderr(Stdio::null());
        let gateway = Self { child: command.spawn().unwrap(), url: format!("http://{free}") };
        let started = Instant::now();
        while gateway.get("/-/ready").is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "the gateway does not start");
            thread::sleep(Duration::from_millis(50));
        }
        gateway
    }

    fn get(&self, path: &str) -> Result<String, String> {
        let url = format!("{}{path}", self.url).into();
        let question = Question {
            method: "GET",
            url,
            headers: Vec::new(),
            body: &[],
            allow_link_local: false,
        };
        let answer = ask(&question, Duration::from_secs(10));
        answer.map(|answer| answer.body).map_err(|silence| silence.to_string())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn a_pushgateway_takes_the_gauges_of_a_job() -> Result<(), Failed> {
    let gateway = Gateway::start();
    let halt = AtomicBool::new(false);
    let push = |job: &str, grouping: &str, entries: &[Entry]| {
        let config = format!("url = '{}'\n{grouping}", gateway.url);
        let config: Pushgateway = toml::from_str(&config).unwrap();
        config.check().unwrap();
        config.push(job, entries, "".as_ref(), &halt)
    };
    let (steady, _) = entries::digits("steady");
    push("nightly", "", &[everything(), steady.clone(), entries::gone("gone")])?;
    push("a/b ü", "grouping = { instance = 'gpu 1', empty = '' }", std::slice::from_ref(&steady))?;
    let shown = gateway.get("/metrics")?;
    for labels in [
        r#"instance="",job="nightly",model="steady""#,
        r#"instance="",job="nightly",model="gone""#,
        r#"empty="",instance="gpu 1",job="a/b ü",model="steady""#,
    ] {
        let line =
            format!("tallyho_evaluation_failed{{dataset=\"digits\",{labels},split=\"test\"}}");
        assert!(shown.contains(&format!("\n{line}")), "{line}\n{shown}");
    }
    assert!(shown.contains("push_time_seconds"));
    // The next night replaces this one; a model that is no longer there is gone.
    push("nightly", "", &[steady])?;
    let shown = gateway.get("/metrics")?;
    assert!(!shown.contains("model=\"gone\"") && shown.contains("model=\"steady\""));
    Ok(())
}

/// What the program pushes by its config is what its file says.
pub fn a_pushgateway_takes_a_night() -> Result<(), Failed> {
    let gateway = Gateway::start();
    let folder = night::folder(&format!("[output.pushgateway]\nurl = '{}'\n", gateway.url));
    let ran = run(&folder.path(""), &night::WORDS).expect(2);
    assert!(!ran.stdout.contains("problem"), "{}", ran.stdout);
    let shown = gateway.get("/metrics")?;
    let written = std::fs::read_to_string(folder.path("night.prom"))?;
    let gauges = |text: &str| {
        let ours = text.lines().filter(|line| line.starts_with("tallyho_"));
        ours.map(|line| line.split('{').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (mut pushed, mut expected) = (gauges(&shown), gauges(&written));
    pushed.sort();
    expected.sort();
    assert_eq!(pushed, expected);
    Ok(())
}
