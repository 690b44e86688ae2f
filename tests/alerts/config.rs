//! The `[[notify]]` tables: what they may say, and every mistake in them.

use tallyho::alert::{Channel, Format, On, Reminder, check, check_here};
use tallyho::http::Timeout;

use super::{channels, try_channels};
use crate::common::files::Folder;

#[test]
fn a_config_reads_as_it_is_written() {
    let found = channels(
        "[[notify]]\nname = 'on-call'\nwebhook = { env = 'ONCALL_URL' }\nformat = 'slack'\n\
         sign = { file = 'key' }\non = 'always'\nremind = '24h'\ntimeout = '5s'\nattempts = 4\n\
         pause = '2s'\nlimit = '2m'\n\
         [[notify]]\nname = 'pager'\ncommand = ['./page.sh', '--urgent']\n",
    );
    assert_eq!(check(&found), []);
    let [on_call, pager] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((on_call.format(), on_call.on), (Format::Slack, On::Always));
    assert_eq!((on_call.remind, on_call.limit), (Reminder::Nights(1), Timeout::seconds(120)));
    assert_eq!(
        (pager.format(), pager.on, pager.remind),
        (Format::Text, On::Change, Reminder::Nights(7))
    );
    assert_eq!((pager.timeout, pager.attempts), (Timeout::seconds(10), 3));
}

#[test]
fn every_mistake_is_named() {
    let hook = "name = 'a'\nurl = 'http://h/'";
    for (table, expected) in [
        ("name = 'a'", "webhook: expected one of webhook, url and command, found none"),
        (
            "name = 'a'\nurl = 'http://h/'\ncommand = ['x']",
            "command: expected one of webhook, url and command, found url and command",
        ),
        (
            "name = 'a'\nurl = 'http://h/'\nwebhook = { env = 'X' }\ncommand = ['x']",
            "command: expected one of webhook, url and command, found webhook and url and command",
        ),
        ("name = 'a'\nurl = 'ftp://h/'", "url: the address is not one of http or https"),
        ("name = 'a'\nurl = ''", "url: the address is not one of http or https"),
        (
            "name = 'a'\ncommand = []",
            "command: expected a program and its arguments, found an empty list",
        ),
        ("name = 'a'\ncommand = [' ']", "command: expected a program, found an empty name"),
        (
            "name = 'a'\ncommand = ['x', \"a\\u0000b\"]",
            "command: a program and its arguments cannot have a NUL character",
        ),
        (
            "name = 'a'\ncommand = ['x']\nsign = { env = 'K' }",
            "sign: only what is posted is signed, and this is a command",
        ),
        ("name = ' '\nurl = 'http://h/'", "name: expected a name, found none"),
        (
            "name = \"a\\nb\"\nurl = 'http://h/'",
            "name: expected a name in one line, without control characters",
        ),
        (
            &format!("{hook}\nenvironment = ['A']"),
            "environment: only a command has one, and this is an address",
        ),
        (
            "name = 'a'\ncommand = ['x']\nenvironment = ['A', 'B=1']",
            "environment: expected names of letters, digits and _, without values, found 'B=1'",
        ),
        (
            "name = 'a'\ncommand = ['x']\nenvironment = ['KEY']\n\
             [[notify]]\nname = 'b'\nurl = 'http://h/'\nsign = { env = 'KEY' }",
            "environment: KEY holds a secret of 'b'; give this command one of its own",
        ),
        (&format!("{hook}\nattempts = 0"), "attempts: expected 1 to 10, found 0"),
        (&format!("{hook}\nattempts = 11"), "attempts: expected 1 to 10, found 11"),
        (&format!("{hook}\ntimeout = '0s'"), "timeout: expected more than 0s to 1h, found 0s"),
        (&format!("{hook}\nlimit = '2h'"), "limit: expected more than 0s to 1h, found 2h"),
        (&format!("{hook}\nlimit = '5s'"), "limit: expected at least the timeout of 10s, found 5s"),
        (&format!("{hook}\npause = '61m'"), "pause: expected 0s to 1h, found 1h 1m"),
        (
            &format!("{hook}\n[[notify]]\n{hook}"),
            "name: an earlier one has the same name; give each its own",
        ),
    ] {
        let mistakes = check(&channels(&format!("[[notify]]\n{table}")));
        let found: Vec<String> =
            mistakes.iter().map(|it| format!("{}: {}", it.key, it.problem)).collect();
        assert_eq!(found, [expected], "{table}");
    }
}

#[test]
fn mistakes_that_the_reader_finds_have_a_place() {
    let hook = "[[notify]]\nname = 'a'\nurl = 'http://h/'";
    for (line, expected) in [
        ("format = 'xml'", "unknown variant `xml`, expected one of `json`, `slack`, `text`"),
        ("on = 'never'", "unknown variant `never`"),
        ("remind = 'sometimes'", "or \"never\""),
        ("timeout = 10", "in quotes"),
        (
            "timeout = 'soon'",
            "expected a length of time such as \"10s\", \"5m\" or \"24h\", found \"soon\"",
        ),
        ("webhok = { env = 'X' }", "unknown field `webhok`"),
        ("sign = { key = 'X' }", "a secret is named by where it is"),
        ("attempts = -1", "invalid value"),
    ] {
        let error = try_channels(&format!("{hook}\n{line}")).unwrap_err();
        assert!(error.to_string().contains(expected), "{line}: {error}");
        let span = error.span().unwrap();
        assert!(
            span.start + 45 > hook.len() && span.end <= hook.len() + line.len() + 1,
            "{span:?}"
        );
    }
    assert!(
        try_channels("[[notify]]\nurl = 'http://h/'")
            .unwrap_err()
            .to_string()
            .contains("missing field `name`")
    );
}

#[test]
fn what_is_missing_on_this_machine_is_named_before_the_night() {
    let folder = Folder::new();
    folder.file("url", "gopher://somewhere\n");
    let found = channels(
        "[[notify]]\nname = 'a'\nwebhook = { env = 'TALLYHO_NO_SUCH' }\n\
         [[notify]]\nname = 'b'\nwebhook = { file = 'url' }\nsign = { file = 'none' }\n\
         [[notify]]\nname = 'c'\ncommand = ['no-such-program-here']\n\
         [[notify]]\nname = 'd'\ncommand = ['cargo']\n",
    );
    let mistakes = check_here(&found, &folder.path(""));
    let text: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(text.len(), 4, "{text:?}");
    assert!(text[0].starts_with("notify 'a': webhook: the environment variable TALLYHO_NO_SUCH"));
    assert_eq!(text[1], "notify 'b': webhook: the address is not one of http or https");
    assert!(text[2].starts_with("notify 'b': sign: ") && text[2].contains("none"), "{text:?}");
    assert_eq!(text[3], "notify 'c': command: there is no program no-such-program-here");
}

#[test]
fn the_schema_describes_every_key() {
    let schema = serde_json::to_value(schemars::schema_for!(Channel)).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(properties.len(), 15);
    for (key, property) in properties {
        let text = property["description"].as_str();
        assert!(text.is_some_and(|text| text.len() > 20), "{key}: {property}");
    }
    assert_eq!(schema["required"], serde_json::json!(["name"]));
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(properties["timeout"]["default"], "10s");
    assert_eq!(properties["remind"]["default"], "7d");
}

#[test]
fn a_secret_address_goes_over_https_or_to_this_machine() {
    let folder = Folder::new();
    let hook = "[[notify]]\nname = 'a'\nwebhook = { file = 'url' }\n";
    for (url, is_open) in [
        ("http://hooks.example/t0ps3cr3t", true),
        ("http://10.0.0.1/t0ps3cr3t", true),
        ("https://hooks.example/t0ps3cr3t", false),
        ("http://127.0.0.1/t0ps3cr3t", false),
        ("http://localhost:8080/t0ps3cr3t", false),
    ] {
        folder.file("url", url);
        let found = check_here(&channels(hook), &folder.path(""));
        assert_eq!(found.len(), usize::from(is_open), "{url}: {found:?}");
        for mistake in found {
            let said = mistake.to_string();
            assert!(said.contains("webhook: expected an address of https"), "{said}");
            assert!(said.contains("allow_insecure = true") && !said.contains("t0ps3cr3t"));
        }
        let allowed = channels(&format!("{hook}allow_insecure = true"));
        assert_eq!(check_here(&allowed, &folder.path("")), [], "{url}");
    }
}

#[test]
fn an_address_with_a_password_goes_over_https_or_to_this_machine() {
    for (host, is_open) in [
        ("http://user:t0ps3cr3t@hooks.example/x", true),
        ("http://t0ps3cr3t@10.0.0.1", true),
        ("http://user:t0ps3cr3t@localhost@hooks.example", true),
        ("https://user:t0ps3cr3t@hooks.example/x", false),
        ("http://user:t0ps3cr3t@localhost:8080", false),
        ("http://hooks.example/@x", false),
    ] {
        let hook = format!("[[notify]]\nname = 'a'\nurl = '{host}'\n");
        let found = check(&channels(&hook));
        assert_eq!(found.len(), usize::from(is_open), "{host}: {found:?}");
        for mistake in &found {
            let said = mistake.to_string();
            assert!(said.contains("url: ") && !said.contains("t0ps3cr3t"), "{said}");
        }
        let allowed = channels(&format!("{hook}allow_insecure = true"));
        assert_eq!(check(&allowed), [], "{host}");
    }
    // With a slash in a password, what is before it is not the host.
    for host in ["http://user:t0ps3cr3t/x@hooks.example", "http://user:70000/x@hooks.example"] {
        let found = check(&channels(&format!("[[notify]]\nname = 'a'\nurl = '{host}'\n")));
        assert_eq!(found[0].problem, "the address is not one of http or https", "{host}");
    }
}
