//! The delivery of messages, to everybody at the same time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::attempts::{Bounds, Outcome};
use super::command::{GRACE, Run};
use super::config::Channel;
use super::message::Message;
use super::post::Post;
use super::redact::secrets;
use crate::error::Result;
use crate::history::{History, Timestamp};
use crate::http::{LOOK, Secrets, Timeout};

/// What became of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// When it arrived, or was given up.
    pub time: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it arrived.
    pub delivered: bool,
    /// What the other side said, or the error: one line without secrets.
    pub answer: String,
}

/// What a channel may take beyond its `limit`: a command gets time to end itself,
/// and its last words are read.
const BEYOND: Duration = Duration::from_millis(1_000 + 500);
const _: () = assert!(BEYOND.as_millis() > GRACE.as_millis());

/// Sends each message to its channel, all at the same time, and says what became
/// of them, in the same order. Returns within the largest `limit` of the channels
/// and 1.5 s, whatever the others do, and within 1.5 s when `stop` is set.
///
/// `folder` is that of the config.
pub fn deliver(
    messages: Vec<Message>,
    channels: &[Channel],
    folder: &Path,
    stop: &AtomicBool,
) -> Vec<Delivery> {
    let secrets = Arc::new(secrets(channels, folder));
    let halt = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let mut calls = Vec::new();
    for (place, message) in messages.into_iter().enumerate() {
        let task = Task::new(channels, &message, folder, &secrets);
        let mut call = Call::new(message, task.as_ref().map_or(Duration::ZERO, Task::limit));
        let (sender, halt) = (sender.clone(), Arc::clone(&halt));
        let work = move || {
            let outcome = task.map_or_else(Outcome::untried, |task| task.run(&halt));
            // Nobody listens any more if it comes too late.
            drop(sender.send((place, outcome)));
        };
        if let Err(error) = thread::Builder::new().spawn(work) {
            let outcome = Outcome::untried(format!("cannot start a thread: {error}"));
            call.outcome = Some((Timestamp::now(), outcome));
        }
        calls.push(call);
    }
    drop(sender);
    collect(&mut calls, &receiver, &halt, stop);
    calls.into_iter().map(Call::delivery).collect()
}

/// Writes what became of messages to the history, in one step. A process that is
/// killed between sending and this tells the same again the next time.
///
/// # Errors
///
/// [`Error::History`](crate::error::Error::History) if the file cannot be written.
pub fn record(history: &History, deliveries: &[Delivery]) -> Result<()> {
    let notices = deliveries.iter().flat_map(|delivery| {
        let Delivery { message, time, attempts, delivered, answer } = delivery;
        message.notices(*time, *attempts, *delivered, answer)
    });
    history.record_notices(&notices.collect::<Vec<_>>())
}

/// A message on its way.
struct Call {
    message: Message,
    limit: Duration,
    /// When nobody waits for it any longer.
    end: Instant,
    outcome: Option<(Timestamp, Outcome)>,
}

impl Call {
    fn new(message: Message, limit: Duration) -> Self {
        Self { message, limit, end: Instant::now() + limit + BEYOND, outcome: None }
    }

    fn delivery(self) -> Delivery {
        let given_up = || {
            let limit = Timeout(self.limit);
            let answer = format!("given up: no end within the limit of {limit}, or interrupted");
            (Timestamp::now(), Outcome { attempts: 1, delivered: false, answer })
        };
        let (time, outcome) = self.outcome.unwrap_or_else(given_up);
        let Outcome { attempts, delivered, answer } = outcome;
        Delivery { message: self.message, time, attempts, delivered, answer }
    }
}

/// Takes what comes until all have come or nobody waits any longer.
fn collect(
    calls: &mut [Call],
    receiver: &mpsc::Receiver<(usize, Outcome)>,
    halt: &AtomicBool,
    stop: &AtomicBool,
) {
    loop {
        let now = Instant::now();
        if stop.load(Ordering::Relaxed) && !halt.swap(true, Ordering::Relaxed) {
            calls.iter_mut().for_each(|call| call.end = call.end.min(now + BEYOND));
        }
        let open = calls.iter().filter(|call| call.outcome.is_none());
        let Some(left) = open.map(|call| call.end.saturating_duration_since(now)).max() else {
            return;
        };
        if left.is_zero() {
            return;
        }
        match receiver.recv_timeout(left.min(LOOK)) {
            Ok((place, outcome)) => calls[place].outcome = Some((Timestamp::now(), outcome)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// What there is to be done for a message.
struct Task {
    way: Way,
    bounds: Bounds,
}

enum Way {
    Post(Post),
    Run(Run),
}

impl Task {
    /// Reads the secrets that are needed and writes the message; what keeps it
    /// from being sent, in words.
    fn new(
        channels: &[Channel],
        message: &Message,
        folder: &Path,
        secrets: &Arc<Secrets>,
    ) -> Result<Self, String> {
        let Some(channel) = channels.iter().find(|channel| channel.name == message.channel) else {
            return Err("there is no channel of that name".to_owned());
        };
        let way = match Run::new(channel, message, folder, secrets) {
            Some(run) => Way::Run(run),
            None => Way::Post(Post::new(channel, message, folder, secrets)?),
        };
        Ok(Self { way, bounds: channel.into() })
    }

    fn limit(&self) -> Duration {
        self.bounds.limit
    }

    fn run(self, halt: &AtomicBool) -> Outcome {
        self.bounds.run(halt, |limit| match &self.way {
            Way::Post(post) => post.send(limit),
            Way::Run(run) => run.once(limit, halt),
        })
    }
}
