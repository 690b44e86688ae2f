//! Alerts: who is told what, and when, by webhooks and commands.
//!
//! It decides what is news and tells it. It runs no evaluation, judges no rule
//! and reads no config file; the job does, and calls it like this:
//!
//! 1. Read the tables `[[notify]]` as [`Channel`]s. [`check()`] names every mistake
//!    in them, before anything runs. [`check_here`] names what this machine lacks
//!    tonight, such as a secret that is not set: a warning, for no evaluation
//!    needs it.
//! 2. Run the night and record it, runs with their verdicts as well as failures.
//!    Keep an [`AlertState`] of every evaluation, [`evaluated`](AlertState::evaluated)
//!    or [`failed`](AlertState::failed), and of every rule that was
//!    [`judged`](AlertState::judged), and one [of the job](AlertState::of_the_job)
//!    itself; those of runs that a rerun found done come
//!    from the history. Where the job counts an outcome differently, it sets
//!    [`AlertState::fails`].
//! 3. [`diff()`] says which channel is to be told what. If the history can't be
//!    read, call it without one.
//! 4. [`deliver()`] sends everything at the same time and returns within the largest
//!    [`limit`](Channel::limit) and 1.5 s. It prints nothing; the job warns of every
//!    [`Delivery`] that did not arrive.
//! 5. [`record`] writes what became of it to the history.
//!
//! # What is news
//!
//! A channel's memory is the notices in the history that reached it, by series
//! and rule. Something is told when it breaks, when it has no value any more,
//! when an evaluation fails, when one of these turns into another, after
//! [`remind`](Channel::remind) while it has not recovered, and when it has. What
//! did not arrive is not in the memory, and is told the next night. A night that
//! is run again tells only what has changed; a night before one that is known
//! already tells nothing.
//!
//! A rule has recovered if it holds tonight and would hold against what it broke
//! on, too: [`HoldsAgainst`] is the job's answer to that. With `rule::RunHistory`
//! standing for the runs before [`Broke::night`], which leaves out those that
//! broke the rule, it is one more judgement.
//!
//! A run that is accepted settles what was told up to its night: no reminder, no
//! recovery. What is still as it was accepted is no news either. It is again when
//! the rule has held in between, or is broken against the accepted run or a later
//! one.
//!
//! # Delivery
//!
//! At least once: every attempt of a message has the same `X-Tallyho-Delivery`, by
//! which a receiver knows it again. Status 2xx counts as told; 408, 425, 429, 5xx
//! and no answer are tried again, other answers are not. [`Channel::sign`] says
//! how to check a signature, and [`Message::render`] writes the body, in JSON of
//! the schema `tallyho.alert/1`:
//!
//! | key | meaning |
//! |---|---|
//! | `job`, `night`, `time`, `channel` | what it is about, and who is told |
//! | `headline` | the same in words: "nightly, 2026-10-02: 1 broken" |
//! | `counts` | `evaluated`, `failed` (evaluations, and the job itself), `rules`, `hold`, `broken`, `undefined` of everything tonight |
//! | `events` | what is news, worst first, at most 500 |
//! | `more` | how many events are left out |
//!
//! Of an event:
//!
//! | key | meaning |
//! |---|---|
//! | `kind` | "failed" (an evaluation, or the job), "broken", "undefined", "reminder", "recovered" |
//! | `dataset`, `model`, `split`, `run` | what it is about; all empty for the job itself |
//! | `rule` | `null` if it is about an evaluation or the job |
//! | `verdict`, `value`, `reason` | tonight's |
//! | `baseline`, `broke_on` | the run that it was compared with tonight, and when it broke |
//! | `since` | the night on which it began |
//! | `note` | why it counts as not recovered although it is not broken tonight |
//!
//! What has no value is `null`.

mod alert_state;
mod attempts;
mod check;
mod command;
mod config;
mod deliver;
mod delivery_log;
mod diff;
mod environment;
mod message;
mod past;
mod post;
mod redact;
mod reminder;
mod render;
mod sign;
mod text;

pub use alert_state::AlertState;
pub use check::{Mistake, check, check_here};
pub use command::end_commands;
pub use config::{Channel, Format, On};
pub use deliver::{Delivery, deliver, record};
pub use diff::{Broke, CurrentRun, HoldsAgainst, diff};
pub use message::{Counts, Event, Kind, Message};
pub use reminder::Reminder;
