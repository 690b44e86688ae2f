//! Webhooks.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::attempts::Attempt;
use super::check::unusable;
use super::config::Channel;
use super::message::Message;
use super::sign;
use crate::history::Timestamp;
use crate::http::{self, Hidden, Question, Secret, Secrets, Silence};

/// A message that is ready to be posted.
pub(super) struct Post {
    url: Hidden,
    key: Option<Hidden>,
    media_type: &'static str,
    body: String,
    number: String,
    secrets: Arc<Secrets>,
    allow_link_local: bool,
}

/// Characters of an answer that are kept.
const KEPT: usize = 200;

impl Post {
    /// Reads the secrets and writes the body.
    ///
    /// # Errors
    ///
    /// In words, if a secret can't be read, would be sent for all to read, or there is no
    /// address.
    pub(super) fn new(
        channel: &Channel,
        message: &Message,
        folder: &Path,
        secrets: &Arc<Secrets>,
    ) -> Result<Self, String> {
        let read = |secret: &Option<Secret>| {
            let secret = secret.as_ref().map(|it| it.read(folder)).transpose();
            secret.map_err(|error| error.to_string())
        };
        let open = channel.url.as_deref().map(Hidden::from);
        let secret = read(&channel.webhook)?;
        if let Some(problem) = secret.as_ref().and_then(|url| unusable(channel, url)) {
            return Err(problem);
        }
        let url = secret.or(open).ok_or("the channel has no address")?;
        let (media_type, body) = (channel.format().media_type(), message.render(channel.format()));
        let number = sign::number(&channel.name, &body);
        let (key, secrets) = (read(&channel.sign)?, Arc::clone(secrets));
        let allow_link_local = channel.allow_link_local;
        Ok(Self { url, key, media_type, body, number, secrets, allow_link_local })
    }

    /// Sends it once, with a signature of this moment.
    pub(super) fn send(&self, limit: Duration) -> Attempt {
        let timestamp = Timestamp::now().as_second().to_string();
        let mut headers = vec![
            ("Content-Type", Hidden::from(self.media_type)),
            ("X-Tallyho-Delivery", Hidden::from(self.number.as_str())),
        ];
        if let Some(key) = &self.key {
            let text = sign::signed_text(&timestamp, &self.body);
            let mac = sign::hmac_sha256(key.expose().as_bytes(), text.as_bytes());
            headers.push(("X-Tallyho-Signature", format!("sha256={mac}").into()));
            headers.push(("X-Tallyho-Timestamp", timestamp.into()));
        }
        let (url, body) = (self.url.clone(), self.body.as_bytes());
        let allow_link_local = self.allow_link_local;
        match http::ask(&Question { method: "POST", url, headers, body, allow_link_local }, limit) {
            Ok(answer) => self.judged(answer),
            Err(Silence::Away(problem)) => Attempt::Failed(self.shown(&problem), None),
            Err(Silence::Refused(problem)) => Attempt::Refused(self.shown(&problem)),
        }
    }

    fn judged(&self, mut answer: http::Answer) -> Attempt {
        // Before it is cut, for a part of a secret is hidden from nobody.
        answer.body = self.secrets.hide(&answer.body);
        let said = self.shown(&answer.summary());
        match answer {
            answer if answer.is_success() => Attempt::Arrived(said),
            answer if answer.may_pass() => Attempt::Failed(said, answer.retry_after),
            _ => Attempt::Refused(said),
        }
    }

    fn shown(&self, text: &str) -> String {
        self.secrets.hide(text).chars().take(KEPT).collect()
    }
}
