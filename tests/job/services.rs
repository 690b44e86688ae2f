//! A push gateway and an MLflow server, through the config of a job.

use std::time::{Duration, Instant};

use super::{CONFIG, folder, night, program, table};
use crate::common::files::Folder;
use crate::common::mlflow::Mlflow;
use crate::common::program::finish;
use crate::common::service::{Reply, Service};

fn publishing(gateway: &str, mlflow: &str, more: &str) -> Folder {
    folder(&format!(
        "{CONFIG}
[output]
prometheus = 'night.prom'
reports = ['{{model}}.json']
[output.pushgateway]
url = '{gateway}'
grouping = {{ instance = 'gpu-1' }}
login = {{ user = 'me', password = {{ env = 'TALLYHO_TEST_PASSWORD' }} }}
{more}
[output.mlflow]
url = '{mlflow}'
experiment = 'nightly of cats'
{more}
"
    ))
}

#[test]
fn a_night_is_pushed_and_published() {
    let gateway = Service::start(|_| Reply::Answer(200, String::new()));
    let mlflow = Mlflow::start("mlflow-artifacts:", |_, _| None);
    let folder = publishing(&gateway.url, &mlflow.service.url, "");
    let start = |line: &str| {
        let mut job = program(&folder, &format!("night.toml --date 2026-11-21 {line}"));
        finish(job.env("TALLYHO_TEST_PASSWORD", "secret")).expect(0)
    };
    let ran = start("");
    assert_eq!(ran.stderr, "");
    assert!(!ran.stdout.contains("problem"), "{}", ran.stdout);
    let asked = gateway.asked();
    assert_eq!((asked.len(), asked[0].method.as_str()), (1, "PUT"));
    assert_eq!(asked[0].path, "/metrics/job/night/instance/gpu-1");
    // printf me:secret | base64
    assert_eq!(asked[0].header("authorization"), Some("Basic bWU6c2VjcmV0"));
    let written = std::fs::read_to_string(folder.path("night.prom")).unwrap();
    assert_eq!(asked[0].text(), written);
    let stored = mlflow.stored();
    assert_eq!(stored.experiments, ["nightly of cats"]);
    let names: Vec<&str> = stored.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["steady on cats, 2026-11-21", "flaky on cats, 2026-11-21"]);
    assert_eq!(stored.runs[1].metric("accuracy"), Some(0.85));
    assert_eq!(stored.runs[0].tags["tallyho.rules"], "pass");
    let report = std::fs::read_to_string(folder.path("steady.json")).unwrap();
    assert_eq!(stored.runs[0].artifacts["report.json"], report);
    // Done again, nothing is new; a part of the job is not published.
    start("");
    start("--only model=steady --again");
    assert_eq!((mlflow.stored().runs.len(), gateway.asked().len()), (2, 2));
}

#[test]
fn services_that_are_away_or_hang_are_problems_of_the_night_and_hold_it_for_their_limit() {
    let silent = Service::start(|_| Reply::Silence(Duration::from_secs(60)));
    let more = "timeout = '300ms'\nlimit = '700ms'";
    let folder = publishing(&silent.url, &silent.url, more);
    folder.file("cats-2026-11-21.csv", table(100, 90, 70));
    let started = Instant::now();
    let mut job = program(&folder, "night.toml --date 2026-11-21");
    let ran = finish(job.env("TALLYHO_TEST_PASSWORD", "secret")).expect(2);
    assert!(started.elapsed() < Duration::from_millis(1400) + Duration::from_secs(2));
    let page = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        page.contains("problem push gateway: 127.0.0.1:") && page.contains("problem MLflow: "),
        "{page}"
    );
    assert_eq!(page.matches("problem ").count(), 2, "{page}");
    assert!(page.contains("wrote night.prom"), "{page}");
    // Without its secret the gateway is not asked; the server is.
    let before = silent.asked().len();
    let ran = night(&folder, "").expect(2);
    assert!(ran.stdout.contains("TALLYHO_TEST_PASSWORD is"), "{}", ran.stdout);
    assert!(silent.asked()[before..].iter().all(|it| it.path.starts_with("/api")));
}
