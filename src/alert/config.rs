//! The channels of a job, its `[[notify]]` tables: who is to be told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reminder::Reminder;
use crate::http::{Secret, Timeout};

/// Somebody who is to be told what is news: by a webhook or by a command. Give
/// one of `webhook`, `url` and `command`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// What messages and the history call it. No two have the same name; under a
    /// new name, everything that is broken is news again.
    pub name: String,
    /// Where to POST to: `{ env = "NAME" }`, an environment variable that holds
    /// the address, or `{ file = "path" }`, a file that does. The address is
    /// never shown, logged or kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Secret>,
    /// Where to POST to, if the address is no secret: it stands in this file for
    /// everybody to read. A user and a password in it are never shown, logged or kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A program and its arguments, run without a shell in the folder of this
    /// file; the message, and below it the page of the night, is its standard input. It ends with status 0 if it told
    /// somebody. When it ends, whatever it left running in its process group is
    /// ended, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Further environment variables for the command. It gets PATH, HOME, USER,
    /// LOGNAME, LANG, LC_*, TZ, TMPDIR, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, on
    /// Windows also what programs need to start there, and what it is about as
    /// TALLYHO_JOB, TALLYHO_NIGHT, TALLYHO_CHANNEL, TALLYHO_WORST, TALLYHO_EVENTS and
    /// TALLYHO_FAILING: of the job's secrets, only those that are named here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<String>,
    /// How the message is written; "json" for webhooks and "text" for commands
    /// if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The key to sign what is posted with, in an environment variable or a
    /// file. The header `X-Tallyho-Signature` is then "sha256=" and, in
    /// hexadecimal digits, HMAC-SHA256 of the header `X-Tallyho-Timestamp`
    /// (seconds since 1970), a full stop, and the body. A receiver compares it,
    /// and refuses timestamps that are minutes old: those were sent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<Secret>,
    /// Whether a `webhook`, or a `url` with a password, may be an address of http on
    /// another machine: whoever is on the way can read it, and use it.
    #[serde(default)]
    pub allow_insecure: bool,
    /// Whether the address may lead to a link-local one or to a metadata service, such
    /// as 169.254.169.254, which gives away what a machine in a cloud may do.
    #[serde(default)]
    pub allow_link_local: bool,
    /// Which nights are worth a message.
    #[serde(default)]
    pub on: On,
    /// When to say again that something has not recovered.
    #[serde(default = "week")]
    pub remind: Reminder,
    /// The longest that one attempt may take.
    #[serde(default = "ten_seconds")]
    pub timeout: Timeout,
    /// How often to try, 1 to 10 times. What never arrives is told the next night.
    #[serde(default = "three")]
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one. A
    /// server that says `Retry-After` is left alone for that long, if longer.
    #[serde(default = "one_second")]
    pub pause: Timeout,
    /// The longest that all attempts and waits may take together: the job is
    /// not held longer. An attempt or a wait that does not fit is cut or left out.
    #[serde(default = "one_minute")]
    pub limit: Timeout,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// The schema `tallyho.alert/1`.
    Json,
    /// `{"text": …}` of at most 3,000 characters, as Slack and its kin take it.
    Slack,
    /// Plain text.
    Text,
}

/// Which nights are worth a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// Those on which something broke, recovered, or is due for a reminder.
    #[default]
    Change,
    /// Every one on which something is broken, undefined or failed.
    Failure,
    /// Every one.
    Always,
}

impl Channel {
    /// How its messages are written.
    pub fn format(&self) -> Format {
        let usual = if self.command.is_some() { Format::Text } else { Format::Json };
        self.format.unwrap_or(usual)
    }
}

impl Format {
    /// The `Content-Type` of a message.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::Slack => "application/json",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

fn week() -> Reminder {
    Reminder::Nights(7)
}

fn ten_seconds() -> Timeout {
    Timeout::seconds(10)
}

fn one_second() -> Timeout {
    Timeout::seconds(1)
}

fn one_minute() -> Timeout {
    Timeout::seconds(60)
}

fn three() -> u32 {
    3
}
