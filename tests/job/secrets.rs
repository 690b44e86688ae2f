//! Secrets of a job: in nothing that it prints, writes or keeps.

use std::fs;
use std::path::Path;

use super::{CONFIG, night, program, table};
use crate::common::files::Folder;
use crate::common::program::{Ran, finish};
use crate::common::server::{Reply, Server};

const TOKEN: &str = "t0ps3cr3tt0k3n";
const KEY: &str = "an0th3r-s3cr3t-k3y";
const PASSWORD: &str = "p4ssw0rd-0f-th3-g4t3w4y";
const MLFLOW: &str = "m1fl0w-b34r3r";
const SECRETS: [&str; 4] = [TOKEN, KEY, PASSWORD, MLFLOW];

/// Every file beneath a folder but those that hold the secrets.
fn contents(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents(&path, found);
        } else if path.extension().is_none_or(|it| it != "secret") {
            let bytes = fs::read(&path).unwrap();
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

/// A job that tells three services that answer with what they were asked, each
/// with a secret of its own.
fn job() -> (Folder, Server) {
    let (folder, server) = (Folder::new(), Server::start(&[Reply::Echo]));
    let url = server.url("");
    let hook = format!("{url}/services/{TOKEN}?key={TOKEN}");
    folder.file("hook.secret", hook);
    folder.file("key.secret", KEY);
    folder.file("mlflow.secret", format!("{MLFLOW}\n"));
    folder.file("cats-2026-11-21.csv", table(100, 90, 70));
    folder.file(
        "night.toml",
        format!(
            "{CONFIG}
[[notify]]
name = 'hook'
webhook = {{ file = 'hook.secret' }}
sign = {{ file = 'key.secret' }}
attempts = 1

[[notify]]
name = 'unset'
webhook = {{ env = 'TALLYHO_TEST_NOT_SET' }}

[output]
junit = 'out/night.xml'
prometheus = 'out/night.prom'
json = 'out/night.json'
reports = ['out/{{model}}.html', 'out/{{model}}.json']

[output.pushgateway]
url = '{url}'
login = {{ user = 'me', password = {{ env = 'TALLYHO_TEST_PASSWORD' }} }}

[output.mlflow]
url = '{url}'
login = {{ token = {{ file = 'mlflow.secret' }} }}
"
        )
        .replace("html", "md"),
    );
    (folder, server)
}

fn start(folder: &Folder, line: &str) -> Ran {
    let mut job = program(folder, &format!("night.toml --date 2026-11-21 {line}"));
    finish(job.env("TALLYHO_TEST_PASSWORD", PASSWORD))
}

#[test]
fn no_secret_is_printed_written_or_kept() {
    let (folder, server) = job();
    let lines = ["--check", "", "--json", "--again", "--only model=flaky"];
    let mut found = Vec::new();
    for line in lines {
        let ran = start(&folder, line).expect(2);
        found.extend([
            (format!("{line} stdout"), ran.stdout),
            (format!("{line} stderr"), ran.stderr),
        ]);
    }
    for line in ["list --json", "show 1", "show 1 --json", "export - --format json"] {
        let ran = crate::history::history(&folder, line);
        found.push((line.to_owned(), ran.stdout + &ran.stderr));
    }
    contents(&folder.path(""), &mut found);
    // They were used.
    let asked = server.asked();
    assert!(asked.iter().any(|it| it.path.contains(TOKEN)), "{asked:?}");
    assert!(
        asked.iter().any(|it| it.headers.get("authorization") == Some(&format!("Bearer {MLFLOW}")))
    );
    assert!(asked.iter().any(|it| it.headers.contains_key("x-tallyho-signature")));
    assert!(
        asked.iter().any(|it| it.path.starts_with("/metrics/job/night")
            && it.headers.contains_key("authorization"))
    );
    let basic = asked.iter().find(|it| it.path.starts_with("/metrics/")).unwrap();
    let basic = basic.headers["authorization"].strip_prefix("Basic ").unwrap();
    let said: String = found.iter().map(|(_, text)| text.as_str()).collect();
    for words in ["hook was not told", "unset was not told", "push gateway: ", "MLflow: "] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(found.iter().any(|(name, _)| name.ends_with("out/steady.json")));
    assert!(found.iter().any(|(name, text)| name.contains("tallyho.db") && text.contains("404")));
    for (name, text) in &found {
        for secret in SECRETS.into_iter().chain([basic]) {
            assert!(!text.contains(secret), "{secret} in {name}: {text}");
        }
    }
}

#[test]
fn check_names_secrets_that_are_not_set() {
    let (folder, _server) = job();
    let ran = night(&folder, "--check").expect(2);
    for said in [
        "nobody would be told: unset, `webhook`: the environment variable TALLYHO_TEST_NOT_SET is",
        "[output.pushgateway] login: the environment variable TALLYHO_TEST_PASSWORD is to hold",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    fs::remove_file(folder.path("mlflow.secret")).unwrap();
    let ran = night(&folder, "--check").expect(2);
    assert!(ran.stdout.contains("[output.mlflow] login: "), "{}", ran.stdout);
    assert!(!folder.path("tallyho.db").exists());
}

/// What somebody writes who has not read how secrets are named.
#[test]
fn a_secret_that_is_written_into_the_config_is_refused_and_not_quoted() {
    let url = format!("https://hooks.example/services/{TOKEN}");
    let channel = |key: &str| format!("[[notify]]\nname = 'hook'\n{key}\n");
    let address = "url = 'http://localhost:1'\n";
    let cases = [
        channel(&format!("webhook = '{url}'")),
        channel(&format!("webhook = {{ env = '{url}' }}")),
        channel(&format!("webhook = {{ file = '{url}' }}")),
        channel(&format!("webhook = {{ url = '{url}' }}")),
        channel(&format!("webhook = ['{url}']")),
        channel(&format!("webhook = {{ '{url}' = 1 }}")),
        channel(&format!("webhok = '{url}'")),
        channel(&format!("{address}sign = '{TOKEN}'")),
        channel(&format!("{address}sign = {{ env = '{TOKEN}/+=' }}")),
        format!("notify = ['{url}']\n"),
        format!("[output.mlflow]\n{address}login = {{ token = '{TOKEN}' }}\n"),
        format!("[output.mlflow]\nurl = 'http://me:{TOKEN}@host'\n"),
        format!("[output.pushgateway]\nurl = 'http://me:{TOKEN}@host'\n"),
        format!("[output.pushgateway]\n{address}login = {{ user = 'me', password = '{TOKEN}' }}\n"),
        format!("[output.pushgateway]\n{address}login = '{TOKEN}'\n"),
        format!("[output.pushgateway]\n{address}password = '{TOKEN}'\n"),
        format!("[output]\npushgateway = '{url}'\n"),
        channel(&format!("webhook = '{url}")),
        channel(&format!("webhook = {url}")),
    ];
    for case in cases {
        let folder = Folder::new();
        let config = if case.starts_with("notify") {
            format!("{case}{CONFIG}")
        } else {
            format!("{CONFIG}{case}")
        };
        folder.file("night.toml", config);
        folder.file("cats-2026-11-21.csv", table(10, 9, 9));
        let ran = night(&folder, "").expect(2);
        assert!(ran.stderr.starts_with("tallyho: night.toml:"), "{case}: {}", ran.stderr);
        assert!(!ran.stderr.contains(TOKEN) && ran.stdout.is_empty(), "{case}: {ran:?}");
    }
}

#[test]
fn an_address_of_this_machine_is_asked_without_a_proxy_and_its_password_is_nowhere() {
    let (folder, server) = (Folder::new(), Server::start(&[Reply::Echo]));
    let proxy = Server::start(&[Reply::Say(200, "", "ok")]);
    folder.file("cats-2026-11-21.csv", table(100, 90, 70));
    let url = server.url("/hook").replace("http://", &format!("http://me:{PASSWORD}@"));
    let config = |url: &str| format!("{CONFIG}\n[[notify]]\nname = 'hook'\nurl = '{url}'\n");
    folder.file("night.toml", config(&url));
    let mut job = program(&folder, "night.toml --date 2026-11-21 --json");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        job.env(name, proxy.url(""));
    }
    let ran = finish(&mut job).expect(2);
    assert_eq!(proxy.asked().len(), 0);
    assert!(server.asked()[0].headers.contains_key("authorization"), "it was sent");
    assert!(ran.stdout.contains("status 404: cannot POST /hook"), "{}", ran.stdout);
    let mut found = vec![("stdout".to_owned(), ran.stdout), ("stderr".to_owned(), ran.stderr)];
    for line in ["list --json", "show latest --json", "show latest"] {
        let words: Vec<&str> = ["history"].into_iter().chain(line.split(' ')).collect();
        let shown = crate::common::program::run(&folder.path(""), &words).expect(0);
        found.push((line.to_owned(), shown.stdout + &shown.stderr));
    }
    fs::remove_file(folder.path("night.toml")).unwrap();
    contents(&folder.path(""), &mut found);
    for (place, text) in &found {
        assert!(!text.contains(PASSWORD), "{place}: {text}");
    }
    // To another machine it is not sent in the open.
    folder.file("night.toml", config(&format!("http://me:{PASSWORD}@hooks.example/x")));
    let refused = night(&folder, "--check").expect(2);
    let said = "`url`: expected an address of https";
    assert!(refused.stderr.contains(said) && !refused.stderr.contains(PASSWORD), "{refused:?}");
}
