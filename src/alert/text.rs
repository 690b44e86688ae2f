//! The text of a message: for people, for the input of commands, for Slack.

use super::message::{Counts, Event, Kind, Message};
use crate::report::figures::{counted, printable};

/// Characters of one line; a reason that is longer is cut.
const LINE: usize = 400;

impl Message {
    /// The message as plain text of at most `most` characters, each as long as
    /// `spelled` makes it; events that do not fit are counted at the end.
    pub(super) fn text(&self, most: usize, spelled: impl Fn(&str) -> String) -> String {
        let ends = [self.headline(), self.standing()].map(|line| spelled(&cut(&line, LINE)));
        let [headline, standing] = ends;
        let length = |text: &str| text.chars().count() + 1;
        // Room for "… and N more", which may come instead of the rest.
        const MORE: usize = 40;
        let mut left = most.saturating_sub(length(&headline) + length(&standing) + MORE);
        let mut lines = vec![headline];
        for (place, event) in self.events.iter().enumerate() {
            let line = spelled(&cut(&event.line(), LINE));
            if length(&line) > left {
                lines.push(format!("… and {} more", self.events.len() - place));
                break;
            }
            left -= length(&line);
            lines.push(line);
        }
        lines.push(standing);
        lines.join("\n")
    }

    /// "nightly, 2026-11-21: 2 broken, 1 recovered"
    pub(super) fn headline(&self) -> String {
        let number = |kind| self.events.iter().filter(|event| event.kind == kind).count() as u64;
        let is_job = |it: &Event| it.kind == Kind::Failed && it.state.is_of_the_job();
        let job = u64::from(self.events.iter().any(is_job));
        let parts = Kind::ALL.map(|kind| match (kind, number(kind)) {
            (_, 0) => String::new(),
            (Kind::Failed, 1) if job > 0 => "the job failed".to_owned(),
            (Kind::Failed, few) if job > 0 => {
                let others = counted(few - job, "evaluation", "evaluations");
                format!("the job and {others} failed")
            }
            (Kind::Failed, few) => {
                format!("{} failed", counted(few, "evaluation", "evaluations"))
            }
            (Kind::Reminder, few) => format!("{few} not recovered"),
            (_, few) => format!("{few} {}", kind.name()),
        });
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let news = if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") };
        format!("{}, {}: {news}", self.job, self.night)
    }

    /// "18 of 20 rules hold in 5 evaluations"
    fn standing(&self) -> String {
        let Counts { evaluated, failed, rules, hold, .. } = self.counts;
        let done = counted(evaluated, "evaluation", "evaluations");
        let mut line = match rules {
            0 => format!("{done}, no rules"),
            _ => format!("{hold} of {} hold in {done}", counted(rules, "rule", "rules")),
        };
        if failed > 0 {
            line.push_str(&format!("; {failed} failed"));
        }
        line
    }
}

impl Event {
    /// "broken: steady on cats (test): accuracy is 0.7 (700 of 1000), required >= 0.8"
    fn line(&self) -> String {
        let subject = match self.state.is_of_the_job() {
            true => "the job".to_owned(),
            false => self.state.identity.subject(),
        };
        let reason = &self.state.reason;
        let since = if self.since < self.state.night {
            format!(" since {}", self.since)
        } else {
            String::new()
        };
        let lead = match self.kind {
            Kind::Failed | Kind::Broken | Kind::Undefined => format!("{}{since}", self.kind.name()),
            Kind::Reminder if self.state.fails => {
                format!("still {}{since}", self.state.verdict)
            }
            Kind::Reminder => format!("not recovered{since}"),
            Kind::Recovered if since.is_empty() => "recovered".to_owned(),
            Kind::Recovered => format!("recovered from what began on {}", self.since),
        };
        let note = self.note.as_ref().map_or(String::new(), |note| format!("; {note}"));
        format!("{lead}: {subject}: {reason}{note}")
    }
}

/// One line of at most `most` characters that moves no cursor.
fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = printable(&line);
    match line.chars().count() > most {
        true => line.chars().take(most - 1).chain(['…']).collect(),
        false => line.into_owned(),
    }
}

/// What would begin a mention or a link is spelled out.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
