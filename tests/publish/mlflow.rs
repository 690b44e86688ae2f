//! An MLflow server that is well, loses answers, refuses, or is away.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use tallyho::http::{Question, ask};
use tallyho::publish::Mlflow as Config;
use tallyho::report::Entry;

use crate::common::entries;
use crate::common::mlflow::Mlflow;
use crate::common::service::{Asked, Reply, Service};

const NIGHT: &str = "2026-11-21";
const PROXY: &str = "mlflow-artifacts:";

fn config(service: &Service, more: &str) -> Config {
    let config: Config = toml::from_str(&format!("url = '{}'\n{more}", service.url)).unwrap();
    config.check().unwrap();
    config
}

fn well(_: &Asked, _: bool) -> Option<Reply> {
    None
}

#[test]
fn a_night_becomes_runs_with_metrics_tags_and_report() {
    let server = Mlflow::start(PROXY, well);
    let halt = AtomicBool::new(false);
    let config = config(&server.service, "login = { token = { env = 'PATH' } }");
    let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
    let (entry, report) = entries::digits("steady");
    let published = session.publish(&entry, NIGHT, Some(&report)).unwrap();
    assert_eq!((published.run.as_str(), published.again, published.warning), ("0", false, None));
    session.publish(&entries::gone("gone"), NIGHT, None).unwrap();

    let stored = server.stored();
    assert_eq!(stored.experiments, ["nightly"]);
    let [steady, gone] = &stored.runs[..] else { panic!("{:?}", stored.runs) };
    assert_eq!(steady.name, "steady on digits (test), 2026-11-21");
    assert_eq!((steady.status.as_str(), gone.status.as_str()), ("FINISHED", "FAILED"));
    assert_eq!((steady.start, steady.end), (1_795_226_403_750, 1_795_226_405_250));
    assert_eq!(steady.params["model"], "steady");
    assert_eq!(steady.artifacts["report.json"], report);
    let figures = entry.figures.unwrap();
    for (name, value) in &figures.metrics {
        let key = name.replace("(beta=", "_beta_").replace(['(', ')'], "");
        assert_eq!(steady.metric(&key), Some(*value), "{key}");
    }
    assert!(steady.metric("recall/8").is_some_and(|recall| recall < 0.999));
    assert_eq!((steady.metric("rows_scored"), steady.metric("seconds")), (Some(1797.0), Some(1.5)));
    assert_eq!(steady.metric("rules/broken"), Some(1.0));
    assert_eq!(steady.tags["tallyho.digest"], figures.digest);
    assert_eq!(steady.tags["tallyho.rules"], "fail");
    assert!(steady.tags["tallyho.failing"].starts_with("broken: recall[8] >= 0.999 (recall[8] is"));
    assert!(gone.tags["tallyho.error"].contains("No such file") && gone.metrics.is_empty());
    let token = format!("Bearer {}", std::env::var("PATH").unwrap());
    let asked = server.service.asked();
    assert!(asked.iter().all(|it| it.header("authorization") == Some(&token)));
}

#[test]
fn an_evaluation_gets_one_run_however_often_it_is_published() {
    let server = Mlflow::start(PROXY, well);
    let halt = AtomicBool::new(false);
    let config = config(&server.service, "experiment = 'größe/ä & b'");
    let (mut entry, report) = entries::digits("steady");
    for again in [false, true] {
        let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
        let published = session.publish(&entry, NIGHT, Some(&report)).unwrap();
        assert_eq!((published.run.as_str(), published.again), ("0", again));
    }
    assert_eq!(server.stored().experiments, ["größe/ä & b"]);
    assert_eq!(server.stored().runs.len(), 1);
    // Other rows, another night, another split: other runs.
    let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
    session.publish(&entry, "2026-11-22", None).unwrap();
    entry.figures.as_mut().unwrap().digest = "0".repeat(64);
    session.publish(&entry, NIGHT, None).unwrap();
    entry.subject.split = "train".into();
    session.publish(&entry, NIGHT, None).unwrap();
    assert_eq!(server.stored().runs.len(), 4);
}

/// Whatever request fails or whatever answer gets lost, once.
#[test]
fn no_fault_that_passes_makes_a_second_run_or_loses_a_number() {
    let (entry, report) = entries::digits("steady");
    let halt = AtomicBool::new(false);
    let whole = Mlflow::start(PROXY, well);
    let mut session = config(&whole.service, "").session("nightly", "".as_ref(), &halt).unwrap();
    session.publish(&entry, NIGHT, Some(&report)).unwrap();
    let expected = whole.stored().runs;
    let requests = whole.service.asked().len();
    assert!(requests >= 7, "{requests}");
    std::thread::scope(|scope| {
        for (at, before) in (0..requests).flat_map(|at| [(at, true), (at, false)]) {
            let (entry, report, expected, halt) = (&entry, &report, &expected, &halt);
            scope.spawn(move || {
                let mut asked = 0;
                let server = Mlflow::start(PROXY, move |_, is_before| {
                    asked += usize::from(is_before);
                    let reply =
                        if at % 2 == 0 { Reply::HangUp } else { Reply::Answer(500, String::new()) };
                    (asked == at + 1 && is_before == before).then_some(reply)
                });
                let config = config(&server.service, "");
                let mut session = config.session("nightly", "".as_ref(), halt).unwrap();
                let published = session.publish(entry, NIGHT, Some(report));
                let published = published.unwrap_or_else(|why| panic!("{at} {before}: {why}"));
                assert_eq!(published.warning, None, "{at} {before}");
                let runs = server.stored().runs;
                assert_eq!(runs.len(), 1, "{at} {before}");
                assert_eq!(format!("{runs:?}"), format!("{expected:?}"), "{at} {before}");
            });
        }
    });
}

#[test]
fn a_thousand_classes_and_more_metrics_than_fit_a_request_are_taken() {
    let server = Mlflow::start(PROXY, well);
    let halt = AtomicBool::new(false);
    let (mut entry, _) = entries::digits("steady");
    let figures = entry.figures.as_mut().unwrap();
    let (metric, ..) = figures.per_class[0].clone();
    figures.per_class = (0..2500).map(|class| (metric, format!("n/{class}"), 1.0)).collect();
    figures.metrics.push(("log_loss".into(), f64::INFINITY));
    let config = config(&server.service, "");
    config.session("nightly", "".as_ref(), &halt).unwrap().publish(&entry, NIGHT, None).unwrap();
    let run = &server.stored().runs[0];
    let classes = run.metrics.iter().filter(|(key, ..)| key.starts_with(metric.name)).count();
    assert!(classes >= 2500, "{classes}");
}

#[test]
fn a_report_that_cannot_be_stored_is_a_warning() {
    let halt = AtomicBool::new(false);
    let (entry, report) = entries::digits("steady");
    let refuse = |asked: &Asked, before: bool| {
        (before && asked.method == "PUT").then(|| Reply::Answer(403, "not you".into()))
    };
    let elsewhere = Mlflow::start("s3://bucket", well);
    let refusing = Mlflow::start(PROXY, refuse);
    for (server, expected) in [
        (&elsewhere, "its artifacts are at 's3://bucket/0/0/artifacts', which is not reached"),
        (&refusing, "the report is not on the MLflow server: 127.0.0.1:"),
    ] {
        let config = config(&server.service, "");
        let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
        let published = session.publish(&entry, NIGHT, Some(&report)).unwrap();
        assert!(published.warning.unwrap().contains(expected), "{expected}");
        assert_eq!(server.stored().runs[0].status, "FINISHED");
    }
    let silent = config(&elsewhere.service, "report = false");
    let mut session = silent.session("other", "".as_ref(), &halt).unwrap();
    assert_eq!(session.publish(&entry, NIGHT, Some(&report)).unwrap().warning, None);
}

#[test]
fn a_server_that_is_away_is_given_up_for_the_night() {
    let halt = AtomicBool::new(false);
    let silent = Service::start(|_| Reply::Silence(Duration::from_secs(60)));
    let config = config(&silent, "timeout = '150ms'\nlimit = '1500ms'");
    let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
    let (entry, _) = entries::digits("steady");
    let started = Instant::now();
    let publish = |session: &mut tallyho::publish::Session<'_>, entry: &Entry| {
        session.publish(entry, NIGHT, None).unwrap_err()
    };
    let first = publish(&mut session, &entry);
    assert!(first.contains("no answer within 150ms"), "{first}");
    for _ in 0..100 {
        assert_eq!(publish(&mut session, &entry), first);
    }
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn what_is_no_mlflow_server_is_said_to_be_none() {
    let halt = AtomicBool::new(false);
    let (entry, _) = entries::digits("steady");
    for (status, body, expected) in [
        (200, "<html>", "what answers is no MLflow tracking server"),
        (200, "{}", "what answers is no MLflow tracking server"),
        (401, "who are you?", "status 401: who are you?"),
        (404, "not here", "status 404: not here"),
        (301, "", "status 301"),
    ] {
        let service = Service::start(move |_| Reply::Answer(status, body.to_owned()));
        let config = config(&service, "");
        let mut session = config.session("nightly", "".as_ref(), &halt).unwrap();
        let error = session.publish(&entry, NIGHT, None).unwrap_err();
        assert!(error.contains(expected), "{body}: {error}");
        assert_eq!(service.asked().len(), 1);
    }
}

/// The server of these tests notices what a wrong client sends.
#[test]
fn a_client_that_breaks_the_rules_of_the_api_is_caught() {
    for (path, body) in [
        ("runs/log-batch", "{}"),
        ("runs/log-batch", "not JSON"),
        ("runs/create", r#"{"experiment_id": "0", "name": "x"}"#),
        ("runs/search", r#"{"experiment_ids": [], "filter": "name = 'x'", "max_results": 1}"#),
        ("experiments/create", r#"{"name": ""}"#),
        ("runs/log", "{}"),
    ] {
        let server = Mlflow::start(PROXY, well);
        let question = Question {
            method: "POST",
            url: format!("{}/api/2.0/mlflow/{path}", server.service.url).into(),
            headers: vec![("content-type", "application/json".into())],
            body: body.as_bytes(),
            allow_link_local: false,
        };
        assert_eq!(ask(&question, Duration::from_secs(10)).unwrap().status, 400, "{path}");
        assert!(std::panic::catch_unwind(AssertUnwindSafe(|| server.stored())).is_err());
    }
}
