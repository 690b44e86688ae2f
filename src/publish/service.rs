//! Questions to one service that together end within a limit.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Login;
use super::config::Timing;
use crate::error::Result;
use crate::http;
use crate::http::{Answer, Hidden, Question, Secrets, Silence};

/// A service, and the time that is left for it.
#[derive(Debug)]
pub(super) struct Service<'a> {
    /// Its address, without a slash at the end.
    url: String,
    host: String,
    login: Option<Hidden>,
    /// What a service that repeats what it was sent must not show.
    secrets: Secrets,
    timing: Timing,
    allow_link_local: bool,
    left: Duration,
    halt: &'a AtomicBool,
}

/// What is sent along.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body<'a> {
    /// The `Content-Type`; empty for no body.
    pub(super) kind: &'static str,
    pub(super) bytes: &'a [u8],
}

/// Why a question came to nothing.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// There is no answer, or the service is not well. Another question would
    /// fare no better, unless it is asked after so long.
    Away(String, Duration),
    /// This question is refused, with this body.
    Refused(String, String),
    /// There is no time left, the user stopped the work, or it can never be asked.
    Over(String),
}

impl Fault {
    pub(super) fn text(self) -> String {
        match self {
            Self::Away(text, _) | Self::Refused(text, _) | Self::Over(text) => text,
        }
    }
}

const TRIES: u32 = 4;
/// The wait before the second try; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

impl<'a> Service<'a> {
    /// A service at `url`; secrets in files are relative to `folder`. When `halt`
    /// is set, no further request is made.
    pub(super) fn new(
        url: &str,
        login: Option<&Login>,
        timing: Timing,
        allow_link_local: bool,
        folder: &Path,
        halt: &'a AtomicBool,
    ) -> Result<Self> {
        let secrets = login.map_or_else(Secrets::default, |login| login.secrets(folder));
        let login = login.map(|login| login.header(folder)).transpose()?;
        let url = url.trim_end_matches('/').to_owned();
        let host = http::host(&url).map_err(crate::error::Error::Usage)?;
        let left = timing.limit.0;
        Ok(Self { url, host, login, secrets, timing, allow_link_local, left, halt })
    }

    /// Asks once more if the fault is one that may pass. `path` is beneath the
    /// address of the service.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: Body<'_>,
    ) -> Result<Answer, Fault> {
        self.persist(|service| service.ask_once(method, path, body))
    }

    /// Does `work` again while its fault is one that may pass.
    pub(super) fn persist<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            let (why, wish) = match work(self) {
                Err(Fault::Away(why, wish)) => (why, wish),
                settled => return settled,
            };
            self.rest(wait.max(wish)).map_err(|over| Fault::Over(format!("{why}; {over}")))?;
            wait *= 2;
        }
        work(self)
    }

    /// Asks once.
    pub(super) fn ask_once(
        &mut self,
        method: &str,
        path: &str,
        body: Body<'_>,
    ) -> Result<Answer, Fault> {
        let host = &self.host;
        if self.left.is_zero() {
            let limit = self.timing.limit;
            return Err(Fault::Over(format!("{host}: not done within the limit of {limit}")));
        }
        if self.halt.load(Ordering::Relaxed) {
            return Err(Fault::Over(format!("{host}: interrupted")));
        }
        let login = self.login.iter().map(|login| ("authorization", login.clone()));
        let kind =
            Some(("content-type", Hidden::from(body.kind))).filter(|_| !body.kind.is_empty());
        let question = Question {
            method,
            url: Hidden::from(format!("{}{path}", self.url)),
            headers: kind.into_iter().chain(login).collect(),
            body: body.bytes,
            allow_link_local: self.allow_link_local,
        };
        let started = Instant::now();
        let answer = http::ask(&question, self.timing.timeout.0.min(self.left));
        self.left = self.left.saturating_sub(started.elapsed());
        match answer {
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(mut answer) => {
                // Before it is cut, for a part of a secret is hidden from nobody.
                answer.body = self.secrets.hide(&answer.body);
                let text = format!("{host}: {}", answer.summary());
                Err(match answer.may_pass() {
                    true => Fault::Away(text, answer.retry_after.unwrap_or_default()),
                    false => Fault::Refused(text, answer.body),
                })
            }
            Err(Silence::Away(text)) => Err(Fault::Away(text, Duration::ZERO)),
            Err(Silence::Refused(text)) => Err(Fault::Over(text)),
        }
    }

    /// Waits before another try.
    fn rest(&mut self, wait: Duration) -> Result<(), String> {
        if wait >= self.left {
            let limit = self.timing.limit;
            return Err(format!("another try would be after the limit of {limit}"));
        }
        self.left -= wait;
        match http::wait(wait, self.halt) {
            true => Ok(()),
            false => Err("interrupted before another try".to_owned()),
        }
    }
}
