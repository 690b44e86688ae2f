//! A push gateway that is well, busy, away or silent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tallyho::publish::Pushgateway;
use tallyho::report::prometheus;

use crate::common::entries;
use crate::common::files::Folder;
use crate::common::service::{Reply, Service};

fn gateway(service: &Service, more: &str) -> Pushgateway {
    let gateway: Pushgateway =
        toml::from_str(&format!("url = '{}/'\n{more}", service.url)).unwrap();
    gateway.check().unwrap();
    gateway
}

fn ok() -> Reply {
    Reply::Answer(200, String::new())
}

#[test]
fn the_whole_job_is_one_request() {
    let service = Service::start(|_| ok());
    let entries = [entries::digits("steady").0, entries::gone("gone")];
    let folder = Folder::new();
    folder.file("password", "hush\n");
    let more = "grouping = { instance = 'gpu-1' }\n\
                login = { user = 'me', password = { file = 'password' } }";
    let halt = AtomicBool::new(false);
    gateway(&service, more).push("night job", &entries, &folder.path(""), &halt).unwrap();
    let asked = service.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].method, "PUT");
    assert_eq!(asked[0].path, "/metrics/job@base64/bmlnaHQgam9i/instance/gpu-1");
    assert_eq!(asked[0].text(), prometheus(&entries));
    // `printf me:hush | base64`
    assert_eq!(asked[0].header("authorization"), Some("Basic bWU6aHVzaA=="));
    assert!(asked[0].header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
}

#[test]
fn a_gateway_that_is_busy_is_asked_again() {
    let mut answers = vec![ok(), Reply::HangUp, Reply::Answer(503, "busy".into())];
    let service = Service::start(move |_| answers.pop().unwrap());
    let halt = AtomicBool::new(false);
    gateway(&service, "").push("nightly", &[], "".as_ref(), &halt).unwrap();
    assert_eq!(service.asked().len(), 3);
}

#[test]
fn what_the_gateway_refuses_is_not_sent_twice() {
    let service = Service::start(|_| Reply::Answer(400, "pushed metrics are\ninvalid".into()));
    let halt = AtomicBool::new(false);
    let error = gateway(&service, "").push("nightly", &[], "".as_ref(), &halt).unwrap_err();
    assert!(error.ends_with("status 400: pushed metrics are invalid"), "{error}");
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn a_silent_gateway_holds_the_job_no_longer_than_the_limit() {
    let service = Service::start(|_| Reply::Silence(Duration::from_secs(60)));
    let halt = AtomicBool::new(false);
    let started = Instant::now();
    let gateway = gateway(&service, "timeout = '200ms'\nlimit = '1s'");
    let error = gateway.push("nightly", &[], "".as_ref(), &halt).unwrap_err();
    assert!(error.contains("no answer within 200ms"), "{error}");
    assert!(error.contains("after the limit of 1s"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_wait_that_the_gateway_asks_for_counts_too() {
    let service = Service::start(|_| Reply::Later(429, 3600));
    let halt = AtomicBool::new(false);
    let error = gateway(&service, "").push("nightly", &[], "".as_ref(), &halt).unwrap_err();
    assert!(error.contains("status 429: later; another try would be after the limit"), "{error}");
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn an_interrupted_job_waits_for_nobody() {
    let service = Service::start(|_| Reply::Answer(500, String::new()));
    let halt = AtomicBool::new(true);
    let error = gateway(&service, "").push("nightly", &[], "".as_ref(), &halt).unwrap_err();
    assert!(error.ends_with("interrupted"), "{error}");
    halt.store(false, Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            halt.store(true, Ordering::Relaxed);
        });
        let error = gateway(&service, "").push("nightly", &[], "".as_ref(), &halt).unwrap_err();
        assert!(error.contains("interrupted before another try"), "{error}");
    });
    assert_eq!(service.asked().len(), 1);
}
