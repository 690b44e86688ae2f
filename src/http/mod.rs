//! Requests to other services: one at a time, within a time-out.
//!
//! Errors name the host and never the address, whose path may hold a secret, as
//! that of a webhook does.

mod address;
mod redact;
mod secret;
mod timeout;
mod wait;

use std::fmt;
use std::io::Read;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use self::address::{Guarded, Refusal};
pub use address::{is_open, login};
pub use redact::Secrets;
pub use secret::{Hidden, Secret, is_variable};
pub use timeout::Timeout;
pub use wait::{LOOK, wait};

use crate::terminal::printable;

/// What is asked of a service.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// "GET", "POST", "PUT".
    pub method: &'a str,
    /// The whole address.
    pub url: Hidden,
    /// Names and values of headers.
    pub headers: Vec<(&'a str, Hidden)>,
    /// The body; empty for none.
    pub body: &'a [u8],
    /// Whether link-local addresses and metadata services may be asked.
    pub allow_link_local: bool,
}

/// What a service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status: 200.
    pub status: u16,
    /// The start of the body, at most 1 MiB.
    pub body: String,
    /// The seconds that the service asks to be left alone, in `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the service did what it was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether asking again later may help: 408, 425, 429 and 5xx.
    pub fn may_pass(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
    }

    /// "status 503: busy", in one line of at most 200 characters.
    pub fn summary(&self) -> String {
        let line = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = printable(&line).chars().take(160).collect();
        match start.is_empty() {
            true => format!("status {}", self.status),
            false => format!("status {}: {start}", self.status),
        }
    }
}

/// Why there is no answer, in words, with the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The service is away; asking again later may help.
    Away(String),
    /// It is not asked, and never will be: the address is none, or one that is not asked.
    Refused(String),
}

impl Silence {
    /// What it says.
    pub fn text(&self) -> &str {
        let (Self::Away(text) | Self::Refused(text)) = self;
        text
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

const MOST_BYTES: u64 = 1 << 20;

/// Asks once. The whole exchange, names and connections included, ends within
/// `limit`; a redirection is not followed, for the body would not be sent again.
///
/// # Errors
///
/// [`Silence`] if there is no answer.
pub fn ask(question: &Question<'_>, limit: Duration) -> Result<Answer, Silence> {
    let host = host(question.url.expose()).map_err(Silence::Refused)?;
    let config = Agent::config_builder();
    // What is for this machine does not leave it, whatever proxy the environment names.
    let is_own = question.url.expose().parse().is_ok_and(|uri| address::is_own(&uri));
    let config = if is_own { config.proxy(None) } else { config }
        .timeout_global(Some(limit))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("tallyho/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build();
    let said = |error: ureq::Error| match error {
        ureq::Error::Timeout(_) => Silence::Away(format!("{host}: no answer within {limit:?}")),
        ureq::Error::Io(error) if Refusal::is_in(&error) => {
            Silence::Refused(format!("{host}: {error}"))
        }
        ureq::Error::Io(error) => Silence::Away(format!("{host}: {error}")),
        ureq::Error::HostNotFound => {
            Silence::Away(format!("{host}: there is no host of that name"))
        }
        ureq::Error::BadUri(_) => Silence::Refused(NO_ADDRESS.to_owned()),
        other => Silence::Away(format!("{host}: {other}")),
    };
    let mut request = Request::builder().method(question.method).uri(question.url.expose());
    for (name, value) in &question.headers {
        request = request.header(*name, value.expose());
    }
    let refused = |why: String| Silence::Refused(format!("{host}: {why}"));
    let request = request.body(question.body).map_err(|error| refused(error.to_string()))?;
    // Behind a proxy of the environment, it is the proxy that resolves names and decides
    // where they may lead: only its own address, and one that is written out, are seen here.
    let objection = request.uri().host().and_then(address::objection);
    if let Some(objection) = objection.filter(|_| !question.allow_link_local) {
        return Err(refused(objection));
    }
    let agent = match question.allow_link_local {
        true => Agent::new_with_config(config),
        false => {
            Agent::with_parts(config, DefaultConnector::new(), Guarded(DefaultResolver::default()))
        }
    };
    let mut response = agent.run(request).map_err(said)?;
    let wait = response.headers().get("retry-after").and_then(|it| it.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    let start = response.body_mut().as_reader().take(MOST_BYTES).read_to_end(&mut body);
    start.map_err(|error| said(ureq::Error::from(error)))?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let retry_after = wait.map(Duration::from_secs);
    Ok(Answer { status: response.status().as_u16(), body, retry_after })
}

/// The host of an address, with its port, for messages.
///
/// # Errors
///
/// In words, without the address, if it is none of http or https.
pub fn host(url: &str) -> Result<String, String> {
    let wrong = || NO_ADDRESS.to_owned();
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri.host().filter(|host| known && !host.is_empty()).ok_or_else(wrong)?;
    let port = uri.authority().and_then(|it| it.as_str().rsplit_once(host)).map(|(_, port)| port);
    if port.is_some_and(|port| port.len() > 1) && uri.port().is_none() {
        return Err(wrong());
    }
    Ok(uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

const NO_ADDRESS: &str = "the address is not one of http or https";
