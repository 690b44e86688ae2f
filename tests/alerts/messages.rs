//! What messages look like.

use serde_json::Value;
use tallyho::alert::{AlertState, CurrentRun, Format, Message, diff};
use tallyho::history::{Identity, RunId};

use super::{Job, october, verdict};

const TEAM: &str = "[[notify]]\nname = 'team'\nurl = 'http://h/'\nremind = '1d'\n";

fn identity(model: &str) -> Identity {
    Identity { model: model.to_owned(), ..crate::history::identity("") }
}

/// A message of a night: `steady` is broken still, `new` is broken, `odd` is
/// undefined, `lost` failed, `back` recovered.
fn night() -> Message {
    let job = Job::new(TEAM);
    let judged = |model: &str, day: u32, word: &str| {
        let verdict = verdict(word, Some(RunId(3)));
        AlertState::judged(&identity(model), october(day), RunId(7), &verdict)
    };
    let first = [judged("steady", 1, "broken"), judged("back", 1, "broken")];
    job.told(job.diff(1, &first), true);
    let failed = "lost.csv: there is no such file\nlook again";
    let second = [
        judged("back", 2, "holds"),
        judged("steady", 2, "broken"),
        judged("odd", 2, "undefined"),
        AlertState::failed(&identity("lost"), october(2), failed),
        judged("new", 2, "broken"),
        AlertState::evaluated(&identity("new"), october(2), RunId(7)),
        judged("fine", 2, "holds"),
    ];
    job.diff(2, &second).remove(0)
}

/// A first night on which a great many rules are broken.
fn many(count: usize, name: &str) -> Message {
    let job = Job::new(TEAM);
    let state = |place: usize| {
        let model = format!("{name}{place:04}");
        AlertState::judged(&identity(&model), october(1), RunId(1), &verdict("broken", None))
    };
    let states: Vec<AlertState> = (0..count).map(state).collect();
    let time = "2026-10-01T02:00:00Z".parse().unwrap();
    let current = CurrentRun { job: "nightly", night: october(1), time, states: &states };
    diff(None, &job.channels, &current, &|_, _| Ok(None)).unwrap().remove(0)
}

#[test]
fn text_is_worst_first_with_the_numbers_in_words() {
    insta::assert_snapshot!("text", night().render(Format::Text));
}

#[test]
fn json_has_the_schema_and_every_number() {
    let body: Value = serde_json::from_str(&night().render(Format::Json)).unwrap();
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&body).unwrap());
}

#[test]
fn slack_cannot_be_made_to_shout() {
    let message = many(1, "<!channel> & co ");
    let body: Value = serde_json::from_str(&message.render(Format::Slack)).unwrap();
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("&lt;!channel&gt; &amp; co"), "{text}");
    assert!(!text.contains('<'), "{text}");
    assert!(text.contains("required &gt;= 0.8"), "{text}");
}

#[test]
fn a_message_is_bounded_and_says_what_it_leaves_out() {
    for (count, name) in [(3, "m"), (1_000, "m"), (1_000, "<&><&><&>"), (40, "ж\u{202e}é\u{1b}[2J")]
    {
        let message = many(count, name);
        let body: Value = serde_json::from_str(&message.render(Format::Slack)).unwrap();
        let text = body["text"].as_str().unwrap();
        assert!(text.chars().count() <= 3_000, "{}", text.chars().count());
        let shown = text.lines().filter(|line| line.starts_with("broken: ")).count();
        let more = text.lines().find_map(|line| {
            line.strip_prefix("… and ")?.strip_suffix(" more")?.parse::<usize>().ok()
        });
        assert_eq!(shown + more.unwrap_or(0), count, "{text}");
        assert!(shown > 0 && !text.contains(['\u{202e}', '\u{1b}']), "{text}");
        assert!(text.ends_with(" evaluations") || text.contains(" hold in "), "{text}");
        let text = message.render(Format::Text);
        assert!(text.chars().count() <= 20_001);
        let body: Value = serde_json::from_str(&message.render(Format::Json)).unwrap();
        let events = body["events"].as_array().unwrap().len();
        assert_eq!(events, count.min(500));
        assert_eq!(body["more"], count - events);
        assert_eq!(body["counts"]["broken"], count);
    }
}

#[test]
fn one_endless_reason_leaves_room_for_the_others() {
    let job = Job::new(TEAM);
    let endless = "x".repeat(100_000);
    let states = [
        AlertState::failed(&identity("a"), october(1), &endless),
        AlertState::judged(&identity("b"), october(1), RunId(1), &verdict("broken", None)),
    ];
    let messages = job.diff(1, &states);
    let text = messages[0].render(Format::Text);
    assert!(text.contains("…\nbroken: b on cats (test): accuracy"), "{text}");
    assert!(text.len() < 1_000);
}
