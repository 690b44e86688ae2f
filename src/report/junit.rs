//! Verdicts as JUnit XML, which continuous integration shows as tests.
//!
//! An evaluation is a suite. Its first case is the evaluation itself, so that a
//! failed one shows; then each rule is a case. Broken is a failure; undefined, no
//! baseline and a failed evaluation are errors; undecided and too few rows are
//! skipped.
//!
//! Source: the schema of Jenkins, `junit-10.xsd`, where elements and attributes
//! are those that other readers know too.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Entry;
use crate::rule::Verdict;

/// The verdicts of `entries` under the name of a job.
pub fn junit(name: &str, entries: &[Entry]) -> String {
    let suites: Vec<Suite> = entries.iter().map(Suite::new).collect();
    let mut total = Counts::default();
    suites.iter().for_each(|suite| total.add(&suite.counts));
    let seconds: f64 = suites.iter().map(|suite| suite.seconds).sum();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{seconds:.3}\">",
        attribute(name),
        total.cases,
        total.failures,
        total.errors
    );
    suites.iter().for_each(|suite| suite.write(&mut text));
    text.push_str("</testsuites>\n");
    text
}

/// An evaluation.
struct Suite {
    name: String,
    finished: SystemTime,
    seconds: f64,
    counts: Counts,
    cases: Vec<Case>,
}

/// The evaluation or one of its rules.
struct Case {
    name: String,
    seconds: f64,
    outcome: Outcome,
    /// Its verdict, and why: the type and the message of what is not fine.
    verdict: &'static str,
    reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

#[derive(Default)]
struct Counts {
    cases: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Suite {
    fn new(entry: &Entry) -> Self {
        let seconds = entry.figures.as_ref().map_or(0.0, |it| it.timing.seconds);
        let (outcome, verdict, reason) = match &entry.figures {
            Ok(figures) => {
                let lines =
                    figures.warnings.iter().map(|it| format!("{}: {}", it.code.id, it.sentence()));
                (Outcome::Passed, "succeeded", lines.collect::<Vec<_>>().join("\n"))
            }
            Err(reason) => (Outcome::Error, "failed", reason.clone()),
        };
        let evaluation = Case { name: "evaluation".to_owned(), seconds, outcome, verdict, reason };
        let rules = entry.judgements.iter().map(|judgement| Case {
            name: judgement.rule.clone(),
            seconds: 0.0,
            outcome: outcome_of(judgement.verdict),
            verdict: judgement.verdict.name(),
            reason: judgement.reason.clone(),
        });
        let cases: Vec<Case> = std::iter::once(evaluation).chain(rules).collect();
        let counts = Counts::of(&cases);
        Self { name: entry.subject.to_string(), finished: entry.finished, seconds, counts, cases }
    }

    fn write(&self, text: &mut String) {
        let Counts { cases, failures, errors, skipped } = self.counts;
        let (name, seconds) = (attribute(&self.name), self.seconds);
        let _ = writeln!(
            text,
            "  <testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{failures}\" \
             errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\" timestamp=\"{}\">",
            timestamp(self.finished)
        );
        self.cases.iter().for_each(|case| case.write(&name, text));
        text.push_str("  </testsuite>\n");
    }
}

fn outcome_of(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Holds => Outcome::Passed,
        Verdict::Broken => Outcome::Failure,
        Verdict::Undefined | Verdict::NoBaseline => Outcome::Error,
        Verdict::Undecided | Verdict::TooFewRows => Outcome::Skipped,
    }
}

impl Case {
    fn write(&self, suite: &str, text: &mut String) {
        let _ = write!(
            text,
            "    <testcase name=\"{}\" classname=\"{suite}\" time=\"{:.3}\"",
            attribute(&self.name),
            self.seconds
        );
        let element = match self.outcome {
            Outcome::Passed if self.reason.is_empty() => return text.push_str("/>\n"),
            Outcome::Passed => {
                let reason = content(&self.reason);
                let _ = writeln!(text, "><system-out>{reason}</system-out></testcase>");
                return;
            }
            Outcome::Failure => "failure",
            Outcome::Error => "error",
            Outcome::Skipped => "skipped",
        };
        let _ = writeln!(
            text,
            "><{element} type=\"{}\" message=\"{}\"/></testcase>",
            self.verdict,
            attribute(&self.reason)
        );
    }
}

impl Counts {
    fn of(cases: &[Case]) -> Self {
        let count = |outcome| cases.iter().filter(|case| case.outcome == outcome).count();
        Self {
            cases: cases.len(),
            failures: count(Outcome::Failure),
            errors: count(Outcome::Error),
            skipped: count(Outcome::Skipped),
        }
    }

    fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
    }
}

/// Text between tags: marks escaped, and characters left out that XML 1.0 cannot
/// hold however they are written, or, as other control characters, better should not.
fn content(text: &str) -> String {
    let allowed = |&character: &char| {
        matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{d7ff}')
            || matches!(character, '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    };
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(allowed) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// [`content`] that a reader of attributes does not turn into blanks.
fn attribute(text: &str) -> String {
    content(text).replace('\t', "&#9;").replace('\n', "&#10;")
}

/// "2026-11-21T02:00:05", UTC; the schema has no place for the zone.
///
/// Source: Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
fn timestamp(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Eras of 400 years of days that begin on 1 March of the year 0.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) =
        (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        // By `date -u -d @N +%FT%T`.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_795_226_405, "2026-11-21T02:00:05"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_left_out() {
        assert_eq!(
            content("a\u{0}\u{9b}\u{1b}[31m<b>&\"\u{fffe}ü😀"),
            "a[31m&lt;b&gt;&amp;&quot;ü😀"
        );
        assert_eq!(attribute("a\n\tb"), "a&#10;&#9;b");
    }
}
