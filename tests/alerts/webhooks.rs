//! Webhooks, against servers that fail, hang, trickle and recover.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tallyho::alert::{Delivery, Message, deliver};
use tallyho::history::Filter;

use super::{Job, hmac};
use crate::common::server::{Reply, Server};

const OK: Reply = Reply::Say(200, "", "ok");

/// A job with a channel for each server, and the news of a night that broke.
fn broken(servers: &[&Server], settings: &str) -> (Job, Vec<Message>) {
    let table = |(place, server): (usize, &&Server)| {
        let url = server.url("/hook");
        format!("[[notify]]\nname = 'hook {place}'\nurl = '{url}'\n{settings}\n")
    };
    let job = Job::new(&servers.iter().enumerate().map(table).collect::<String>());
    let states = job.happen(1, "broken", None);
    let messages = job.diff(1, &states);
    assert_eq!(messages.len(), servers.len());
    (job, messages)
}

fn send(job: &Job, messages: Vec<Message>) -> (Vec<Delivery>, Duration) {
    let started = Instant::now();
    let folder = job.folder.path("");
    let told = deliver(messages, &job.channels, &folder, &AtomicBool::new(false));
    (told, started.elapsed())
}

/// What one server makes of a message: attempts, whether it arrived, the answer,
/// and how long it took.
fn outcome(replies: &[Reply], settings: &str) -> (u32, bool, String, Duration) {
    let server = Server::start(replies);
    let (job, messages) = broken(&[&server], settings);
    let (mut told, took) = send(&job, messages);
    let told = told.remove(0);
    (told.attempts, told.delivered, told.answer, took)
}

#[test]
fn the_hmac_of_these_tests_is_that_of_rfc_4231() {
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hmac(b"Jefe", b"what do ya want for nothing?"), expected);
}

#[test]
fn what_is_posted_is_signed_with_the_time() {
    let server = Server::start(&[Reply::Say(500, "", ""), OK]);
    let (job, messages) = broken(&[&server], "sign = { file = 'key' }\npause = '1100ms'");
    job.folder.file("key", "a shared key\n");
    let (told, _) = send(&job, messages);
    assert_eq!((told[0].attempts, told[0].answer.as_str()), (2, "status 200: ok"));
    let asked = server.asked();
    for request in &asked {
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook"));
        assert_eq!(request.headers["content-type"], "application/json");
        let timestamp = &request.headers["x-tallyho-timestamp"];
        let signed = format!("{timestamp}.{}", request.body);
        let expected = format!("sha256={}", hmac(b"a shared key", signed.as_bytes()));
        assert_eq!(request.headers["x-tallyho-signature"], expected);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        assert!(now.as_secs() - timestamp.parse::<u64>().unwrap() < 60);
    }
    let header = |name: &str| asked.iter().map(|it| it.headers[name].clone()).collect::<Vec<_>>();
    let (number, time) = (header("x-tallyho-delivery"), header("x-tallyho-timestamp"));
    assert_eq!(number[0], number[1], "the same message");
    assert_ne!(time[0], time[1], "sent anew");
    let body: serde_json::Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(body["schema"], "tallyho.alert/1");
    assert_eq!(body["events"][0]["kind"], "broken");
}

#[test]
fn what_is_not_signed_says_so_by_having_no_signature() {
    let server = Server::start(&[OK]);
    let (job, messages) = broken(&[&server], "format = 'slack'");
    send(&job, messages);
    let request = &server.asked()[0];
    assert!(!request.headers.contains_key("x-tallyho-signature"));
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["text"]);
    assert!(body["text"].as_str().unwrap().contains("broken: steady on cats (test): accuracy"));
}

#[test]
fn a_server_that_recovers_is_told_after_waits_that_double() {
    let server = Server::start(&[Reply::Say(503, "", "busy"), Reply::HangUp, OK]);
    let (job, messages) = broken(&[&server], "pause = '100ms'");
    let (told, _) = send(&job, messages);
    assert_eq!((told[0].attempts, told[0].delivered), (3, true), "{told:?}");
    let when: Vec<Instant> = server.asked().iter().map(|it| it.when).collect();
    assert!(when[1] - when[0] >= Duration::from_millis(100));
    assert!(when[2] - when[1] >= Duration::from_millis(200));
}

#[test]
fn attempts_come_to_an_end() {
    let (attempts, delivered, answer, _) =
        outcome(&[Reply::Say(503, "", "busy")], "attempts = 2\npause = '1ms'");
    assert_eq!((attempts, delivered, answer.as_str()), (2, false, "status 503: busy"));
    let (attempts, ..) = outcome(&[Reply::Say(503, "", "busy")], "attempts = 1");
    assert_eq!(attempts, 1);
}

#[test]
fn a_server_that_asks_to_be_left_alone_is() {
    let limited = Reply::Say(429, "Retry-After: 1", "slow down");
    let (attempts, delivered, _, took) = outcome(&[limited, OK], "pause = '1ms'");
    assert_eq!((attempts, delivered), (2, true));
    assert!(took >= Duration::from_secs(1), "{took:?}");
    let limited = Reply::Say(429, "Retry-After: 3600", "slow down");
    let (attempts, delivered, answer, took) = outcome(&[limited, OK], "limit = '30s'");
    assert_eq!((attempts, delivered), (1, false));
    let expected = "status 429: slow down; the next attempt in 1h would be after the limit of 30s";
    assert_eq!(answer, expected);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn only_what_may_pass_is_tried_again() {
    for (status, attempts) in
        [(301, 1), (400, 1), (401, 1), (404, 1), (410, 1), (408, 2), (425, 2), (429, 2), (500, 2)]
    {
        let found = outcome(&[Reply::Say(status, "", ""), OK], "pause = '1ms'");
        assert_eq!((found.0, found.1), (attempts, attempts == 2), "{status}: {}", found.2);
    }
}

#[test]
fn a_server_that_never_answers_does_not_hold_the_job() {
    for reply in [Reply::Hang, Reply::Trickle] {
        let settings = "timeout = '300ms'\nattempts = 2\npause = '50ms'";
        let (attempts, delivered, answer, took) = outcome(std::slice::from_ref(&reply), settings);
        assert_eq!((attempts, delivered), (2, false), "{reply:?}");
        assert!(answer.starts_with("127.0.0.1:"), "{answer}");
        assert!(took >= Duration::from_millis(650), "{reply:?}: {took:?}");
        assert!(took < Duration::from_millis(1650), "{reply:?}: {took:?}");
    }
}

#[test]
fn the_limit_holds_however_many_attempts_there_are() {
    for reply in [Reply::Hang, Reply::Trickle] {
        let settings = "timeout = '400ms'\nlimit = '900ms'\nattempts = 10\npause = '10ms'";
        let (attempts, delivered, answer, took) = outcome(&[reply], settings);
        // A third attempt begins in time unless the machine is slow.
        assert!((2..=3).contains(&attempts) && !delivered, "{attempts} attempts: {answer}");
        assert!(took < Duration::from_millis(1900), "{took:?}");
    }
}

#[test]
fn nobody_waits_for_another_channel() {
    let (hangs, answers) = (Server::start(&[Reply::Hang]), Server::start(&[OK]));
    let refuses = Server::start(&[Reply::Say(404, "", "gone")]);
    let settings = "timeout = '500ms'\nattempts = 1";
    let (job, messages) = broken(&[&hangs, &hangs, &hangs, &answers, &refuses], settings);
    let started = Instant::now();
    let (told, took) = send(&job, messages);
    let delivered: Vec<bool> = told.iter().map(|it| it.delivered).collect();
    assert_eq!(delivered, [false, false, false, true, false]);
    assert!(took < Duration::from_millis(1400), "three at once, not in a row: {took:?}");
    assert!(answers.asked()[0].when - started < Duration::from_millis(400));
}

#[test]
fn a_port_where_nobody_listens_is_an_error_in_words() {
    let job = Job::new("[[notify]]\nname = 'x'\nurl = 'http://127.0.0.1:9/x'\npause = '1ms'");
    let states = job.happen(1, "broken", None);
    let (told, _) = send(&job, job.diff(1, &states));
    assert_eq!((told[0].attempts, told[0].delivered), (3, false));
    assert!(told[0].answer.starts_with("127.0.0.1:9: "), "{}", told[0].answer);
}

#[test]
fn a_user_who_stops_the_job_is_not_kept_waiting() {
    let server = Server::start(&[Reply::Hang]);
    let (job, messages) = broken(&[&server, &server], "timeout = '20s'");
    let stop = AtomicBool::new(false);
    let (told, took) = thread::scope(|scope| {
        let sending = scope.spawn(|| {
            let started = Instant::now();
            let told = deliver(messages, &job.channels, "".as_ref(), &stop);
            (told, started.elapsed())
        });
        thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        sending.join().unwrap()
    });
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(told.iter().all(|it| !it.delivered && it.answer.starts_with("given up")), "{told:?}");
}

#[test]
fn a_server_that_was_down_for_a_night_hears_of_it_the_next() {
    let server = Server::start(&[Reply::Say(500, "", "down"), OK]);
    let (job, messages) = broken(&[&server], "attempts = 1");
    let record = |told: &[Delivery]| tallyho::alert::record(&job.history, told).unwrap();
    record(&send(&job, messages).0);
    for (day, events) in [(2, "broken"), (3, "-")] {
        let states = job.happen(day, "broken", None);
        let messages = job.diff(day, &states);
        assert_eq!(super::kinds(&messages), events);
        record(&send(&job, messages).0);
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    let body: serde_json::Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(body["events"][0]["since"], "2026-10-01");
    let notices = job.history.notices(&Filter::default()).unwrap();
    let known: Vec<_> = notices.iter().map(|it| (it.attempts, it.delivered)).collect();
    assert_eq!(known, [(1, false), (1, true)]);
    assert_eq!(notices[0].answer, "status 500: down");
}
