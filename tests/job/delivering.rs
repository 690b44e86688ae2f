//! How messages reach people: commands, signatures, servers that hang.

use std::time::{Duration, Instant};

use super::alerting::{Month, OK};
use super::{CONFIG, night, program, table};
use crate::alerts::hmac;
use crate::common::files::Folder;
use crate::common::program::finish;
use crate::common::server::{Reply, Server};

#[test]
fn a_hanging_webhook_holds_the_job_no_longer_than_its_limit() {
    let servers = [Reply::Hang, Reply::Trickle].map(|reply| Server::start(&[reply]));
    let settings = "limit = '1500ms'\ntimeout = '1s'\npause = '10ms'";
    let month = Month::new("accuracy >= 0.8", settings, &[Reply::Hang]);
    let mut config = std::fs::read_to_string(month.folder.path("night.toml")).unwrap();
    for (place, server) in servers.iter().enumerate() {
        let url = server.url("/hook");
        config += &format!("[[notify]]\nname = 'more {place}'\nurl = '{url}'\n{settings}\n");
    }
    if cfg!(unix) {
        config +=
            "[[notify]]\nname = 'sleeps'\ncommand = ['sh', '-c', 'trap \"\" TERM; sleep 60']\n";
        config += settings;
    }
    month.folder.file("night.toml", config);
    let started = Instant::now();
    let ran = month.night(1, 700, "--json").expect(2);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(1500), "it tried: {took:?}");
    assert!(took < Duration::from_millis(1500) + Duration::from_secs(2), "{took:?}");
    let page = ran.json();
    let told = page["told"].as_array().unwrap();
    assert!(told.iter().all(|it| it["delivered"] == false), "{told:?}");
    assert_eq!(told.len(), if cfg!(unix) { 4 } else { 3 });
}

#[test]
fn what_is_posted_is_signed() {
    let month = Month::new("accuracy >= 0.8", "sign = { env = 'TALLYHO_TEST_KEY' }", &[OK]);
    month.folder.file("cats-2026-10-01.csv", table(1000, 900, 700));
    let mut job = program(&month.folder, "night.toml --date 2026-10-01");
    finish(job.env("TALLYHO_TEST_KEY", "a shared key\n")).expect(1);
    let asked = &month.server.asked()[0];
    let signed = format!("{}.{}", asked.headers["x-tallyho-timestamp"], asked.body);
    let expected = format!("sha256={}", hmac(b"a shared key", signed.as_bytes()));
    assert_eq!(asked.headers["x-tallyho-signature"], expected);
}

/// Everything in a config is relative to its folder, wherever it is run from.
#[cfg(unix)]
#[test]
fn a_command_beside_the_config_gets_the_message_on_its_standard_input() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    for name in ["jobs", "jobs/bin", "elsewhere"] {
        std::fs::create_dir(folder.path(name)).unwrap();
    }
    let config = format!(
        "{}\n[output]\njunit = 'out/{{date}}.xml'\nreports = ['out/{{model}}.md']\n\
         [[notify]]\nname = 'tell'\ncommand = ['./bin/tell.sh', 'a word', '$HOME']\n\
         [[notify]]\nname = 'json'\nformat = 'json'\ncommand = ['sh', '-c', 'cat > alert.json']\n",
        CONFIG.replace("[\"cats", "[\"rows/../cats").replace("rows/../", "./")
    );
    folder.file("jobs/night.toml", config);
    folder.file("jobs/cats-2026-11-21.csv", table(100, 90, 70));
    let script = "#!/bin/sh\n{ echo \"$1|$2|$TALLYHO_NIGHT|$TALLYHO_WORST\"; cat; } > said.txt\n";
    let script = folder.file("jobs/bin/tell.sh", script);
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut job = program(&folder, "../jobs/night.toml --date 2026-11-21");
    let ran = finish(job.current_dir(folder.path("elsewhere"))).expect(1);
    assert_eq!(ran.stderr, "");
    let said = std::fs::read_to_string(folder.path("jobs/said.txt")).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "a word|$HOME|2026-11-21|broken");
    assert_eq!(lines[1], "night, 2026-11-21: 1 broken");
    assert_eq!(lines[2], "broken: flaky on cats: accuracy is 0.7 (70 of 100), required >= 0.8");
    assert_eq!(lines[3..5], ["1 of 2 rules hold in 2 evaluations", ""]);
    // Below it, the page of the night as it is printed, but for who was told.
    let page = lines[5..].join("\n");
    assert!(
        page.starts_with("night of 2026-11-21: 2 evaluations; 1 of 2 rules broken\n"),
        "{page}"
    );
    assert!(ran.stdout.contains(&lines[5..10].join("\n")), "{page}");
    assert!(page.contains("\ntime ") && !page.contains(" 0.0 ms"), "{page}");
    let json = std::fs::read_to_string(folder.path("jobs/alert.json")).unwrap();
    assert!(json.starts_with("{\"schema\":\"tallyho.alert/1\""), "{json}");
    for name in ["tallyho.db", "out/2026-11-21.xml", "out/steady.md", "out/flaky.md"] {
        assert!(folder.path("jobs").join(name).exists(), "{name}");
    }
    assert!(crate::command_line::names(&folder.path("elsewhere")).is_empty());
}

#[test]
fn a_channel_for_every_night_hears_of_quiet_ones_and_one_for_failures_of_each() {
    let month = Month::new("accuracy >= 0.8", "on = 'always'", &[OK]);
    let failures = Server::start(&[OK]);
    let config = std::fs::read_to_string(month.folder.path("night.toml")).unwrap();
    let url = failures.url("/");
    let more =
        format!("[[notify]]\nname = 'failures'\non = 'failure'\nurl = '{url}'\nformat = 'slack'");
    month.folder.file("night.toml", format!("{config}{more}\n"));
    for (day, flaky) in [(1, 900), (2, 700), (3, 700), (4, 900)] {
        month.night(day, flaky, "");
        month.night(day, flaky, "");
    }
    assert_eq!(
        month.told(),
        ["01 ", "02 broken flaky", "03 reminder flaky since 02", "04 recovered flaky since 02"]
    );
    let texts: Vec<String> = failures.asked().into_iter().map(|it| it.body).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[1].starts_with("{\"text\":\"night, 2026-10-03: 1 not recovered\\n"), "{texts:?}");
}

#[test]
fn a_program_that_is_not_there_is_a_problem_of_the_night() {
    let folder =
        super::folder(&format!("{CONFIG}[[notify]]\nname = 'gone'\ncommand = ['./gone']\n"));
    let checked = night(&folder, "--check").expect(2);
    assert!(checked.stdout.contains("nobody would be told: gone, `command`: there is no program"));
    night(&folder, "").expect(0);
    folder.file("cats-2026-11-21.csv", table(100, 90, 70));
    let ran = night(&folder, "").expect(2);
    let page = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("problem gone was not told, 1 try: cannot start"), "{page}");
}
