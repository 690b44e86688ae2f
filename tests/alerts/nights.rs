//! What is news, over nights.

use tallyho::alert::{AlertState, CurrentRun, diff};
use tallyho::history::{Filter, RunId, Timestamp};

use super::{Job, kinds, october, verdict};
use crate::history::{identity, record_judged};

const TEAM: &str = "[[notify]]\nname = 'team'\nurl = 'http://127.0.0.1:9'\nremind = '3d'\n";

/// Nights in a row, "!" where nothing arrives, and what is news on each.
#[test]
fn what_is_news_follows_from_what_was_told() {
    for (nights, expected) in [
        // Holds, breaks, still broken, a reminder after three nights, recovers, breaks again.
        (
            "holds broken broken broken broken holds holds broken",
            "- broken - - reminder recovered - broken",
        ),
        // The first night of all.
        ("broken broken holds", "broken - recovered"),
        ("holds holds", "- -"),
        // What did not arrive is told the next night; what nobody heard of does not recover.
        ("broken! broken! broken broken", "broken broken broken -"),
        ("broken! holds", "broken -"),
        ("broken holds! holds holds", "broken recovered recovered -"),
        ("broken - - broken! broken broken", "broken - - reminder reminder -"),
        // A change of what is wrong is news.
        ("broken undefined undefined broken", "broken undefined - broken"),
        ("undefined holds", "undefined recovered"),
        // What says neither does not call it off, and is reminded of.
        ("broken undecided undecided undecided holds", "broken - - reminder recovered"),
        ("undecided undecided", "- -"),
        // Evaluations.
        ("failed failed failed failed", "failed - - reminder"),
        ("holds failed holds", "- failed recovered"),
        ("failed broken broken", "failed broken recovered -"),
        ("broken failed broken holds", "broken failed recovered recovered"),
        ("broken failed! broken", "broken failed -"),
    ] {
        let job = Job::new(TEAM);
        let mut found = Vec::new();
        for (day, word) in (1..).zip(nights.split(' ')) {
            let (word, arrives) = match word.strip_suffix('!') {
                Some(word) => (word, false),
                None => (word, true),
            };
            // A dash is one more night like the last.
            let word = if word == "-" { "broken" } else { word };
            found.push(job.night(day, word, arrives));
        }
        assert_eq!(found.join(" "), expected, "{nights}");
    }
}

#[test]
fn a_night_that_is_run_again_tells_nothing_twice() {
    let job = Job::new(TEAM);
    assert_eq!(job.night(1, "broken", true), "broken");
    assert_eq!(job.night(1, "broken", true), "-");
    assert_eq!(job.night(1, "holds", true), "recovered", "but what has changed");
    assert_eq!(job.night(1, "holds", true), "-");
    assert_eq!(job.night(1, "failed", true), "failed");
    assert_eq!(job.night(1, "failed", true), "-");
}

#[test]
fn an_earlier_night_is_no_news() {
    let job = Job::new(TEAM);
    assert_eq!(job.night(8, "holds", true), "-");
    assert_eq!(job.night(3, "broken", true), "-");
    assert_eq!(job.night(3, "failed", true), "-");
    assert_eq!(job.night(9, "broken", true), "broken");
    assert_eq!(job.night(4, "holds", true), "-");
}

#[test]
fn reminders_are_counted_in_nights_not_in_hours() {
    let job = Job::new(&TEAM.replace("3d", "24h"));
    let found = (1..5).map(|day| job.night(day, "broken", true));
    assert_eq!(found.collect::<Vec<_>>(), ["broken", "reminder", "reminder", "reminder"]);
    let job = Job::new(&TEAM.replace("3d", "never"));
    let found = (1..31).map(|day| job.night(day, "broken", true));
    assert_eq!(found.filter(|kinds| kinds != "-").count(), 1);
}

#[test]
fn every_channel_has_a_memory_of_its_own() {
    let two = format!("{TEAM}{}", TEAM.replace("team", "boss"));
    let job = Job::new(&two);
    let states = job.happen(1, "broken", None);
    let mut messages = job.diff(1, &states);
    assert_eq!(kinds(&messages), "broken | broken");
    let late = messages.split_off(1);
    job.told(messages, true);
    job.told(late, false);
    let states = job.happen(2, "broken", None);
    let messages = job.diff(2, &states);
    assert_eq!(kinds(&messages), "broken");
    assert_eq!(messages[0].channel, "boss");
    assert_eq!(messages[0].events[0].since, october(1), "it began a night before");
}

#[test]
fn a_rule_recovers_against_what_it_broke_on() {
    let job = Job::new(TEAM);
    job.night(1, "holds", true);
    let first = Some(RunId(1));
    assert_eq!(job.night_against(2, "broken", first, true), "broken");
    // It holds, but only since the baseline is another run by now.
    *job.holds_against.borrow_mut() = Some(false);
    assert_eq!(job.night_against(3, "holds", Some(RunId(3)), true), "-");
    assert_eq!(job.night_against(4, "holds", Some(RunId(3)), true), "-");
    let states = job.happen(5, "holds", Some(RunId(3)));
    let messages = job.diff(5, &states);
    assert_eq!(kinds(&messages), "reminder");
    let event = &messages[0].events[0];
    assert_eq!((event.since, event.broke_on), (october(2), first));
    let note = event.note.as_deref().unwrap();
    assert!(note.contains("but not against run 1, on which it broke"), "{note}");
    job.told(messages, true);
    let broke = job.broke.borrow().clone();
    assert!(broke.iter().all(|it| (it.night, it.baseline) == (october(2), first)), "{broke:?}");
    *job.holds_against.borrow_mut() = Some(true);
    assert_eq!(job.night_against(6, "holds", Some(RunId(3)), true), "recovered");
}

#[test]
fn the_same_baseline_needs_no_second_look_and_a_baseline_that_is_gone_allows_none() {
    let job = Job::new(TEAM);
    *job.holds_against.borrow_mut() = Some(false);
    job.night_against(1, "broken", Some(RunId(7)), true);
    assert_eq!(job.night_against(2, "holds", Some(RunId(7)), true), "recovered");
    assert!(job.broke.borrow().is_empty());
    job.night_against(3, "broken", Some(RunId(7)), true);
    *job.holds_against.borrow_mut() = None;
    assert_eq!(job.night_against(4, "holds", Some(RunId(8)), true), "recovered");
    assert_eq!(job.broke.borrow().len(), 1);
}

#[test]
fn a_baseline_that_cannot_be_read_is_no_recovery_and_no_reason_to_be_silent() {
    let job = Job::new(&TEAM.replace("3d", "1d"));
    job.night_against(1, "broken", Some(RunId(7)), true);
    let states = job.happen(2, "holds", None);
    let time = Timestamp::UNIX_EPOCH;
    let current = CurrentRun { job: "nightly", night: october(2), time, states: &states };
    let damaged = |_: &AlertState, _: &_| Err(tallyho::error::Error::Usage("damaged".into()));
    let messages = diff(Some(&job.history), &job.channels, &current, &damaged).unwrap();
    assert_eq!(kinds(&messages), "reminder");
    let note = messages[0].events[0].note.clone().unwrap();
    assert!(note.ends_with("can't be read: damaged"), "{note}");
}

#[test]
fn what_is_accepted_is_settled() {
    let job = Job::new(&TEAM.replace("3d", "1d"));
    let accept = |run| job.history.accept(RunId(run), None, None, Timestamp::now()).unwrap();
    assert_eq!(job.night(1, "broken", true), "broken");
    assert_eq!(job.night(2, "broken", true), "reminder");
    accept(2);
    assert_eq!(job.night(3, "broken", true), "-", "neither a reminder nor news");
    assert_eq!(job.night(4, "holds", true), "-", "it was called off by hand");
    assert_eq!(job.night(5, "broken", true), "broken");
    assert_eq!(job.night(6, "broken", true), "reminder", "the old acceptance is not for this");
    assert_eq!(job.night(7, "holds", true), "recovered");
}

#[test]
fn what_is_worse_than_what_was_accepted_is_news() {
    let job = Job::new(TEAM);
    job.night(1, "holds", true);
    assert_eq!(job.night_against(2, "broken", Some(RunId(1)), true), "broken");
    job.history.accept(RunId(2), None, None, Timestamp::now()).unwrap();
    assert_eq!(job.night_against(3, "broken", Some(RunId(1)), true), "-", "as bad as before");
    assert_eq!(job.night_against(4, "broken", Some(RunId(2)), true), "broken", "and worse");
    assert_eq!(job.night_against(5, "broken", Some(RunId(2)), true), "-", "once");
}

#[test]
fn an_acceptance_long_ago_settles_nothing_new() {
    let job = Job::new(&TEAM.replace("3d", "1d"));
    job.night(1, "broken", true);
    job.history.accept(RunId(1), None, None, Timestamp::now()).unwrap();
    assert_eq!(job.night(2, "holds", true), "-");
    assert_eq!(job.night(3, "broken", true), "broken");
    job.history.accept(RunId(1), None, None, Timestamp::now()).unwrap();
    assert_eq!(job.night(4, "broken", true), "reminder");
}

#[test]
fn on_failure_tells_every_bad_night_once_and_never_a_recovery() {
    let job = Job::new(&format!("{TEAM}on = 'failure'"));
    let nights = ["holds", "broken", "broken", "holds", "broken", "failed", "failed", "holds"];
    let found = (1..).zip(nights).map(|(day, word)| job.night(day, word, true));
    let expected = ["-", "broken", "reminder", "-", "broken", "failed", "reminder", "-"];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert_eq!(job.night(9, "broken", true), "broken");
    assert_eq!(job.night(9, "broken", true), "-", "the same night again");
    job.history.accept(RunId(7), None, None, Timestamp::now()).unwrap();
    assert_eq!(job.night(10, "broken", true), "-", "accepted");
}

#[test]
fn always_tells_every_night_once() {
    let job = Job::new(&format!("{TEAM}on = 'always'"));
    let nights = ["holds", "broken", "broken", "holds", "holds"];
    let found = (1..).zip(nights).map(|(day, word)| job.night(day, word, true));
    assert_eq!(found.collect::<Vec<_>>(), ["quiet", "broken", "reminder", "recovered", "quiet"]);
    assert_eq!(job.night(5, "holds", true), "-");
    assert_eq!(job.night(5, "broken", true), "broken", "a change in the same night");
    assert_eq!(job.night(6, "holds", false), "recovered");
    assert_eq!(job.night(6, "holds", true), "recovered", "it had not arrived");
}

#[test]
fn without_a_history_all_that_fails_is_news() {
    let job = Job::new(TEAM);
    let nobody = |_: &AlertState, _: &_| Ok(None);
    for (word, expected) in [("broken", "broken"), ("broken", "broken"), ("holds", "-")] {
        let states = job.happen(1, word, None);
        let time = Timestamp::UNIX_EPOCH;
        let current = CurrentRun { job: "nightly", night: october(1), time, states: &states };
        let messages = diff(None, &job.channels, &current, &nobody).unwrap();
        assert_eq!(kinds(&messages), expected);
    }
}

#[test]
fn a_job_decides_what_wakes_somebody() {
    let job = Job::new(TEAM);
    let mut states = job.happen(1, "no baseline", None);
    assert_eq!(kinds(&job.diff(1, &states)), "-");
    states[1].fails = true;
    assert_eq!(kinds(&job.diff(1, &states)), "undefined");
    let mut states = job.happen(2, "undefined", None);
    states[1].fails = false;
    assert_eq!(kinds(&job.diff(2, &states)), "-");
}

#[test]
fn another_job_of_the_same_models_has_news_of_its_own() {
    let job = Job::new(TEAM);
    job.night(1, "broken", true);
    let verdicts = vec![verdict("broken", None)];
    let tallies = crate::history::counted(700, 1000);
    let run = record_judged(&job.history, "steady", "10-02", &tallies, verdicts.clone(), None);
    let mut other = identity("steady");
    other.job = "weekly".into();
    let states = [AlertState::judged(&other, october(2), run, &verdicts[0])];
    let time = Timestamp::UNIX_EPOCH;
    let current = CurrentRun { job: "weekly", night: october(2), time, states: &states };
    let messages = diff(Some(&job.history), &job.channels, &current, &|_, _| Ok(None)).unwrap();
    assert_eq!(kinds(&messages), "broken");
}

#[test]
fn the_history_keeps_what_was_told_with_what_it_broke_on() {
    let job = Job::new(TEAM);
    job.night(1, "holds", true);
    job.night_against(2, "broken", Some(RunId(1)), false);
    let notices = job.history.notices(&Filter::default()).unwrap();
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!((notice.run, notice.baseline), (Some(RunId(2)), Some(RunId(1))));
    assert_eq!((notice.kind.as_str(), notice.channel.as_str()), ("broken", "team"));
    assert_eq!((notice.attempts, notice.delivered, notice.answer.as_str()), (1, false, "so"));
    assert_eq!(notice.rule, super::RULE);
}

#[test]
fn the_history_shows_what_was_told_about_a_run() {
    let job = Job::new(TEAM);
    job.night(1, "broken", false);
    job.night(2, "broken", true);
    let shown = crate::history::history(&job.folder, "show 1").expect(0).stdout;
    let expected = "accuracy >= 0.8: not told team at 2026-10-01 02:00:00 UTC in 1 attempt: so";
    let words =
        |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert!(words(&shown).contains(&format!("broken {expected}")), "{shown}");
    let shown = crate::history::history(&job.folder, "show 2 --json").expect(0).json();
    let notices = shown["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0]["channel"], "team");
    assert_eq!(notices[0]["delivered"], true);
}
