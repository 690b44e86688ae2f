//! Weeks of nights: who is told what, and on which of them.

use serde_json::Value;

use super::{CONFIG, on, table};
use crate::common::files::Folder;
use crate::common::program::{Ran, run};
use crate::common::server::{Reply, Server};

pub const OK: Reply = Reply::Say(200, "", "ok");

/// Two models, of which nights say how many of 1,000 rows `flaky` gets right.
pub struct Month {
    pub folder: Folder,
    pub server: Server,
}

impl Month {
    /// A rule `require`, and a channel with `settings`.
    pub fn new(require: &str, settings: &str, replies: &[Reply]) -> Self {
        let (folder, server) = (Folder::new(), Server::start(replies));
        let url = server.url("/hook");
        let config = CONFIG.replace("accuracy >= 0.8", require);
        folder.file(
            "night.toml",
            format!("{config}[[notify]]\nname = 'hook'\nurl = '{url}'\n{settings}\n"),
        );
        Self { folder, server }
    }

    /// A night of October 2026; `steady` wanders by a few rows.
    pub fn night(&self, day: usize, flaky: usize, line: &str) -> Ran {
        let steady = 898 + day * 7 % 5;
        self.night_of(day, &table(1000, steady, flaky), line)
    }

    pub fn night_of(&self, day: usize, rows: &str, line: &str) -> Ran {
        self.folder.file(&format!("cats-2026-10-{day:02}.csv"), rows);
        on(&self.folder, &format!("2026-10-{day:02}"), line)
    }

    /// Every message so far, in words: "12 broken flaky", and what begins with
    /// `since` another day.
    pub fn told(&self) -> Vec<String> {
        let message = |body: &str| {
            let page: Value = serde_json::from_str(body).unwrap();
            assert_eq!(page["schema"], "tallyho.alert/1");
            let day = |value: &Value| value.as_str().unwrap()[8..].to_owned();
            let event = |event: &Value| {
                let since = match day(&event["since"]) {
                    since if since == day(&page["night"]) => String::new(),
                    since => format!(" since {since}"),
                };
                format!(
                    "{} {}{since}",
                    event["kind"].as_str().unwrap(),
                    event["model"].as_str().unwrap()
                )
            };
            let events: Vec<String> =
                page["events"].as_array().unwrap().iter().map(event).collect();
            format!("{} {}", day(&page["night"]), events.join(", "))
        };
        self.server.asked().iter().map(|asked| message(&asked.body)).collect()
    }
}

/// A month in which `flaky` breaks on the 12th and recovers on the 25th.
fn degrading(day: usize) -> usize {
    match day {
        ..=11 => 899 + day % 3,
        12..=24 => 850 + day % 3,
        _ => 898 + day % 3,
    }
}

#[test]
fn a_month_in_which_a_model_degrades_is_told_at_the_break_by_reminders_and_at_its_end() {
    let month = Month::new("worse(accuracy, previous, by 0.005) @ 95%", "remind = '7d'", &[OK]);
    for day in 1..=30 {
        let ran = month.night(day, degrading(day), "");
        assert_eq!(ran.status, i32::from((12..=24).contains(&day)), "{day}: {ran:?}");
        assert_eq!(ran.stderr, "");
        let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let tells = [12, 19, 25].contains(&day);
        assert_eq!(told.contains("told hook of 1 change"), tells, "{day}: {}", ran.stdout);
    }
    assert_eq!(
        month.told(),
        ["12 broken flaky", "19 reminder flaky since 12", "25 recovered flaky since 12"]
    );
    let asked = month.server.asked();
    let page: Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(page["headline"], "night, 2026-10-19: 1 not recovered");
    assert_eq!(page["counts"]["rules"], 2);
    // The run that it broke on is that of the 11th, the 22nd of all.
    assert_eq!(
        (&page["events"][0]["broke_on"], &page["events"][0]["baseline"]),
        (&22.into(), &22.into())
    );
    // A night that is done again has nothing new to tell, and neither has an old one.
    month.night(30, degrading(30), "--again").expect(0);
    month.night(14, 700, "").expect(1);
    assert_eq!(month.told().len(), 3);
}

#[test]
fn recovery_is_told_when_the_rule_holds_against_what_it_broke_on() {
    let settings = "remind = '2d'\n";
    let month = Month::new("accuracy >= previous - 0.02", settings, &[OK]);
    month.night(1, 900, "").expect(0);
    month.night(2, 800, "").expect(1);
    // Recorded by hand and judged by no rule, it is what the next night compares with.
    month.folder.file("cats-2026-10-03.csv", table(1000, 900, 800));
    let by_hand = |model: &str| {
        let line = format!(
            "eval cats-2026-10-03.csv --labels label --predictions {model} -q --history \
             tallyho.db --job night --dataset cats --model {model} --date 2026-10-03"
        );
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        run(&month.folder.path(""), &words).expect(0);
    };
    by_hand("steady");
    by_hand("flaky");
    month.night(4, 801, "").expect(0);
    month.night(5, 802, "").expect(0);
    month.night(6, 900, "").expect(0);
    month.night(7, 900, "").expect(0);
    assert_eq!(
        month.told(),
        ["02 broken flaky", "04 reminder flaky since 02", "06 recovered flaky since 02"]
    );
    let page: Value = serde_json::from_str(&month.server.asked()[1].body).unwrap();
    let event = &page["events"][0];
    assert_eq!(
        (event["verdict"].as_str(), event["since"].as_str()),
        (Some("holds"), Some("2026-10-02"))
    );
    let note = event["note"].as_str().unwrap();
    assert!(note.contains("but not against run 2, on which it broke"), "{note}");
}

#[test]
fn an_accepted_run_is_the_new_normal() {
    let month = Month::new("accuracy >= previous - 0.02", "remind = '3d'", &[OK]);
    for day in 1..=4 {
        month.night(day, 900, "").expect(0);
    }
    month.night(5, 850, "").expect(1);
    month.night(6, 851, "").expect(1);
    assert_eq!(month.told(), ["05 broken flaky"]);
    let accept = ["history", "accept", "12", "--because", "the labels were cleaned"];
    let ran = run(&month.folder.path(""), &accept).expect(0);
    assert!(ran.stdout.contains("accuracy >= previous - 0.02"), "{}", ran.stdout);
    for day in 7..=12 {
        month.night(day, 850 + day % 2, "").expect(0);
    }
    assert_eq!(month.told().len(), 1, "neither reminders nor a recovery: {:?}", month.told());
    month.night(13, 800, "").expect(1);
    assert_eq!(month.told().last().unwrap(), "13 broken flaky");
    month.night(14, 850, "").expect(0);
    assert_eq!(month.told().last().unwrap(), "14 recovered flaky since 13");
}

#[test]
fn what_was_not_delivered_is_told_the_next_night() {
    let replies = [Reply::Say(500, "", "down"), Reply::HangUp, OK];
    let month = Month::new("accuracy >= 0.8", "attempts = 1", &replies);
    month.night(1, 900, "").expect(0);
    // 2, since somebody should look after it; and 1 would say no more than that.
    let ran = month.night(2, 700, "").expect(2);
    assert!(ran.stdout.contains("hook was not told, 1 try: status 500: down"), "{}", ran.stdout);
    let ran = month.night(3, 700, "--json").expect(2);
    let told = &ran.json()["told"][0];
    assert_eq!((&told["delivered"], &told["attempts"]), (&false.into(), &1.into()));
    month.night(4, 701, "").expect(1);
    month.night(5, 701, "").expect(1);
    assert_eq!(
        month.told(),
        ["02 broken flaky", "03 broken flaky since 02", "04 broken flaky since 02"]
    );
    let shown = run(&month.folder.path(""), &["history", "show", "4"]).expect(0).stdout;
    assert!(shown.contains("hook") && shown.contains("500"), "{shown}");
}
