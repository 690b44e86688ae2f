//! Secrets: in no answer, no debug output and no history.

use std::fs;
use std::sync::atomic::AtomicBool;

use tallyho::alert::{check_here, deliver, record};

use super::Job;
use crate::common::server::{Reply, Server};

const TOKEN: &str = "t0ps3cr3tt0k3n";
const KEY: &str = "anoth3r-s3cr3t key";

/// 150 characters, then a token that would be cut in half.
const LONG: &str = concat!(
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "t0ps3cr3tt0k3n"
);

#[test]
fn no_secret_is_shown_or_kept_whatever_the_other_side_says() {
    let replies =
        [Reply::Echo, Reply::Say(500, "", LONG), Reply::HangUp, Reply::Hang, Reply::Trickle];
    let servers = replies.map(|reply| Server::start(&[reply]));
    let mut config = String::new();
    for place in 0..servers.len() {
        config += &format!(
            "[[notify]]\nname = 'hook {place}'\nwebhook = {{ file = 'url{place}' }}\n\
             sign = {{ file = 'key' }}\ntimeout = '200ms'\nattempts = 1\n"
        );
    }
    config += "[[notify]]\nname = 'refused'\nwebhook = { file = 'refused' }\nattempts = 1\n\
               [[notify]]\nname = 'no address'\nwebhook = { file = 'wrong' }\n\
               [[notify]]\nname = 'missing'\nwebhook = { file = 'missing' }\n";
    if cfg!(unix) {
        config += "[[notify]]\nname = 'talks'\ncommand = ['sh', '-c', 'cat url0 key; exit 1']\n\
                   attempts = 1\n";
    }
    let job = Job::new(&config);
    for (place, server) in servers.iter().enumerate() {
        let url = server.url(&format!("/services/{TOKEN}?key={TOKEN}"));
        job.folder.file(&format!("url{place}"), url);
    }
    job.folder.file("key", KEY);
    job.folder.file("refused", format!("http://user:{TOKEN}@127.0.0.1:9/{TOKEN}"));
    job.folder.file("wrong", format!("gopher://{TOKEN}/"));
    let states = job.happen(1, "broken", None);
    let folder = job.folder.path("");
    let messages = job.diff(1, &states);
    let told = deliver(messages, &job.channels, &folder, &AtomicBool::new(false));
    record(&job.history, &told).unwrap();
    assert!(told.iter().all(|it| !it.delivered), "{told:?}");
    let answers: String =
        told.iter().map(|it| format!("{}: {}\n", it.message.channel, it.answer)).collect();
    let asked = servers[0].asked();
    assert!(asked[0].path.contains(TOKEN), "it was sent: {asked:?}");
    assert!(answers.contains("hook 0: status 404: cannot POST … "), "{answers}");
    assert!(answers.contains("no address: the address is not one of http or https"), "{answers}");
    assert!(answers.contains("missing: ") && answers.contains("cannot read a secret"), "{answers}");
    let shown = format!(
        "{answers}{told:?}{:?}{:?}{}",
        job.channels,
        check_here(&job.channels, &folder),
        check_here(&job.channels, &folder).iter().map(ToString::to_string).collect::<String>(),
    );
    let mut kept = Vec::new();
    for name in ["tallyho.db", "tallyho.db-wal"] {
        kept.extend(fs::read(job.folder.path(name)).unwrap());
    }
    let kept = String::from_utf8_lossy(&kept);
    assert!(kept.contains("cannot POST … "), "the answer is kept");
    // Six characters of a secret are as good as none of it; more are not.
    for secret in [TOKEN, KEY, &TOKEN[..7], &TOKEN[7..], &KEY[..9]] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
        assert!(!kept.contains(secret), "{secret}");
    }
}

/// Nothing is sent: no name is looked up, no attempt made.
#[test]
fn a_secret_address_that_all_could_read_is_not_asked() {
    let hook = "[[notify]]\nname = 'hook'\nwebhook = { file = 'url' }\n";
    let told = |setting: &str, url: &str| {
        let job =
            Job::new(&format!("{hook}attempts = 3\npause = '0s'\ntimeout = '200ms'\n{setting}"));
        job.folder.file("url", url);
        let messages = job.diff(1, &job.happen(1, "broken", None));
        deliver(messages, &job.channels, &job.folder.path(""), &AtomicBool::new(false)).remove(0)
    };
    let refused = told("", &format!("http://hooks.invalid/{TOKEN}"));
    assert_eq!((refused.attempts, refused.delivered), (0, false), "{refused:?}");
    assert!(refused.answer.contains("allow_insecure = true"), "{}", refused.answer);
    let allowed = told("allow_insecure = true", &format!("http://hooks.invalid/{TOKEN}"));
    assert_eq!(allowed.attempts, 3, "{allowed:?}");
    let metadata = told("allow_insecure = true", &format!("http://169.254.169.254/{TOKEN}"));
    assert!(metadata.answer.contains("allow_link_local = true"), "{}", metadata.answer);
    assert_eq!(metadata.attempts, 1);
    for told in [refused, allowed, metadata] {
        assert!(!told.answer.contains(TOKEN), "{}", told.answer);
    }
}

#[test]
fn a_password_in_an_address_is_sent_and_neither_shown_nor_kept() {
    let server = Server::start(&[Reply::Echo]);
    // Passwords may be short.
    for password in [TOKEN, "p4ss"] {
        let url = server.url("/hook").replace("http://", &format!("http://user1:{password}@"));
        let job = Job::new(&format!("[[notify]]\nname = 'hook'\nurl = '{url}'\n"));
        let messages = job.diff(1, &job.happen(1, "broken", None));
        let told = deliver(messages, &job.channels, &job.folder.path(""), &AtomicBool::new(false));
        record(&job.history, &told).unwrap();
        let sent = server.asked().last().unwrap().headers["authorization"].clone();
        let encoded = sent.strip_prefix("Basic ").unwrap();
        assert!(told[0].answer.contains("\"authorization\": \"Basic …\""), "{told:?}");
        let kept = fs::read(job.folder.path("tallyho.db-wal")).unwrap();
        for shown in [format!("{told:?}"), String::from_utf8_lossy(&kept).into_owned()] {
            assert!(!shown.contains(password) && !shown.contains(encoded), "{password}: {shown}");
        }
    }
}
