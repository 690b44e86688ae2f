//! Results for other services: what is sent, and what happens when they are not
//! well.

mod mlflow;
mod pushgateway;

use std::collections::BTreeSet;

use serde_json::Value;
use tallyho::publish::{EXAMPLES, Mlflow, Pushgateway, example};
use tallyho::report::prometheus;

use crate::common::entries;

#[test]
fn configs_that_make_no_sense_say_which_key() {
    let gateway = |text: &str| match toml::from_str::<Pushgateway>(text) {
        Ok(config) => config.check().unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    let mlflow = |text: &str| match toml::from_str::<Mlflow>(text) {
        Ok(config) => config.check().unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    for (text, expected) in [
        ("", "missing field `url`"),
        ("url = 'localhost:9091'", "[output.pushgateway] url: "),
        ("url = 'http://me:hush-hush@host'", "url: holds a user or password"),
        ("url = 'http://host/?a=b'", "leave out what begins with ?"),
        ("url = 'http://host'\ntimeout = '0s'", "timeout: "),
        ("url = 'http://host'\ntimeout = 10", "in quotes"),
        ("url = 'http://host'\nlimit = '1s'", "limit: expected at least the timeout of 10s"),
        ("url = 'http://host'\ngrouping = { model = 'a' }", "'model' is one of the gauges' own"),
        ("url = 'http://host'\ngrouping = { 'a b' = 'a' }", "label 'a b' is none"),
        ("url = 'http://host'\ngroup = 'a'", "unknown field `group`"),
        ("url = 'http://host'\nlogin = { user = 'a' }", "takes either user and password, or token"),
        ("url = 'http://host'\nlogin = { password = 'hush' }", "password"),
        (
            "url = 'http://host'\nlogin = { token = { env = 'T' } }",
            "url: expected https for a login",
        ),
        ("url = 'HTTP://10.0.0.1'\nlogin = { token = { env = 'T' } }", "allow_insecure = true"),
    ] {
        let found = gateway(text);
        assert!(found.contains(expected), "{text}: {found}");
        assert!(!found.contains("hush-hush"), "{found}");
    }
    for (text, expected) in [
        ("url = 'ftp://host'", "[output.mlflow] url: "),
        ("url = 'http://host'\nexperiment = ''", "experiment: must have 1 to 500"),
        ("url = 'http://host'\nlogin = {}", "takes either user and password, or token"),
        (
            "url = 'http://host'\nlogin = { user = 'a', password = { env = 'P' } }",
            "[output.mlflow] url: expected https for a login",
        ),
    ] {
        let found = mlflow(text);
        assert!(found.contains(expected), "{text}: {found}");
    }
}

#[test]
fn a_secret_that_is_not_there_is_an_error_before_anything_is_asked() {
    let config = "url = 'http://127.0.0.1:1'\nlogin = { token = { env = 'TALLYHO_NO_TOKEN' } }";
    let halt = std::sync::atomic::AtomicBool::new(false);
    let gateway: Pushgateway = toml::from_str(config).unwrap();
    let error = gateway.push("nightly", &[], "".as_ref(), &halt).unwrap_err();
    assert!(error.contains("TALLYHO_NO_TOKEN is to hold a secret"), "{error}");
    let mlflow: Mlflow = toml::from_str(config).unwrap();
    assert!(mlflow.session("nightly", "".as_ref(), &halt).is_err());
}

/// The names of gauges that a text mentions.
fn gauges(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| {
        let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        format!("tallyho_{}", &rest[..end.unwrap_or(rest.len())])
    };
    text.split("tallyho_").skip(1).map(name).collect()
}

#[test]
fn the_dashboard_shows_gauges_that_there_are() {
    let dashboard = example("grafana").unwrap();
    let known = gauges(&prometheus(&[entries::digits("steady").0]));
    let shown = gauges(dashboard);
    assert_eq!(shown.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(shown.len() > 12, "{shown:?}");
    let dashboard: Value = serde_json::from_str(dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    let mut taken = BTreeSet::new();
    for panel in panels {
        let side = |side: &str| panel["gridPos"][side].as_u64().unwrap();
        for (x, y) in (0..side("w")).flat_map(|x| (0..side("h")).map(move |y| (x, y))) {
            assert!(side("x") + x < 24 && taken.insert((side("x") + x, side("y") + y)), "{panel}");
        }
        assert!(!panel["targets"].as_array().unwrap().is_empty());
    }
}

#[test]
fn examples_are_there_by_name() {
    for (name, text) in EXAMPLES {
        assert_eq!(example(name), Some(text));
        assert!(text.ends_with('\n') && !text.contains('\r'), "{name}");
    }
    assert_eq!(example("launchd"), None);
    for name in ["systemd", "cron"] {
        assert!(example(name).unwrap().contains("tallyho run nightly.toml"));
    }
}

#[test]
fn a_login_goes_over_https_to_this_machine_or_where_it_is_allowed() {
    let login = "login = { token = { env = 'T' } }";
    for config in [
        format!("url = 'https://host'\n{login}"),
        format!("url = 'http://127.0.0.1:9091'\n{login}"),
        format!("url = 'http://localhost:9091'\n{login}"),
        format!("url = 'http://[::1]:9091'\n{login}"),
        format!("url = 'http://host'\nallow_insecure = true\n{login}"),
        "url = 'http://host'".to_owned(),
    ] {
        toml::from_str::<Pushgateway>(&config).unwrap().check().unwrap();
        toml::from_str::<Mlflow>(&config).unwrap().check().unwrap();
    }
}

#[test]
fn metadata_services_are_not_asked_unless_allowed() {
    let halt = std::sync::atomic::AtomicBool::new(false);
    let started = std::time::Instant::now();
    let config = "url = 'http://169.254.169.254:1'\ntimeout = '50ms'";
    let asked = |config: &str| {
        let gateway: Pushgateway = toml::from_str(config).unwrap();
        gateway.push("nightly", &[], "".as_ref(), &halt).unwrap_err()
    };
    let refused = asked(config);
    assert!(refused.contains("allow_link_local = true"), "{refused}");
    let allowed = asked(&format!("{config}\nlimit = '60ms'\nallow_link_local = true"));
    assert!(!allowed.contains("allow_link_local"), "{allowed}");
    let mlflow: Mlflow = toml::from_str(config).unwrap();
    let mut session = mlflow.session("nightly", "".as_ref(), &halt).unwrap();
    let (entry, _) = entries::digits("steady");
    for _ in 0..2 {
        let refused = session.publish(&entry, "2026-11-21", None).unwrap_err();
        assert!(refused.contains("allow_link_local = true"), "{refused}");
    }
    // Three more tries would have taken 3.5 s of waiting each.
    assert!(started.elapsed() < std::time::Duration::from_secs(3), "{:?}", started.elapsed());
}

#[test]
fn a_token_that_no_header_can_hold_is_refused_and_not_shown() {
    let folder = crate::common::files::Folder::new();
    folder.file("token", "t0ps3cr3t\r\nX-Header: more");
    let config = "url = 'http://127.0.0.1:9'\ntimeout = '100ms'\nlimit = '200ms'\nlogin = { token = { file = 'token' } }";
    let gateway: Pushgateway = toml::from_str(config).unwrap();
    let halt = std::sync::atomic::AtomicBool::new(false);
    let pushed = gateway.push("nightly", &[], &folder.path(""), &halt).unwrap_err();
    assert!(pushed.contains("header") && !pushed.contains("t0ps3cr3t"), "{pushed}");
    let question = tallyho::http::Question {
        method: "GET",
        url: "http://127.0.0.1:9/".into(),
        headers: vec![("authorization", "Bearer t0ps3cr3t\r\nX-Header: more".into())],
        body: b"",
        allow_link_local: false,
    };
    let refused = tallyho::http::ask(&question, std::time::Duration::from_secs(1)).unwrap_err();
    assert!(
        refused.text().contains("header") && !refused.text().contains("t0ps3cr3t"),
        "{refused}"
    );
}
