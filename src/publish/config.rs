//! The tables of a job's config that name services.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::http;
use crate::http::{Hidden, Secret, Secrets, Timeout};

/// A Prometheus push gateway, which takes the gauges of the whole job in one
/// request and replaces those of the run before.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pushgateway {
    /// Its address, such as "http://localhost:9091".
    pub url: String,
    /// Labels of the group besides the job: { instance = "gpu-1" }. Two machines
    /// that run one job need one to tell them apart.
    #[serde(default)]
    pub grouping: BTreeMap<String, String>,
    /// How to log in, if it asks for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// Whether to log in over http on another machine: whoever is on the way can read
    /// the password or the token.
    #[serde(default)]
    pub allow_insecure: bool,
    /// Whether the address may lead to a link-local one or to a metadata service.
    #[serde(default)]
    pub allow_link_local: bool,
    /// The longest that one request may take.
    #[serde(default = "ten_seconds")]
    pub timeout: Timeout,
    /// The longest that all requests and the waits between them may take: the
    /// job is not held longer.
    #[serde(default = "one_minute")]
    pub limit: Timeout,
}

/// An MLflow tracking server, which gets a run for each evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mlflow {
    /// Its tracking address, such as "http://localhost:5000".
    pub url: String,
    /// The experiment, made if there is none; if left out, the job's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
    /// Whether each run also gets its report, "report.json", as an artifact.
    #[serde(default = "yes")]
    pub report: bool,
    /// How to log in, if it asks for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// Whether to log in over http on another machine: whoever is on the way can read
    /// the password or the token.
    #[serde(default)]
    pub allow_insecure: bool,
    /// Whether the address may lead to a link-local one or to a metadata service.
    #[serde(default)]
    pub allow_link_local: bool,
    /// The longest that one request may take.
    #[serde(default = "ten_seconds")]
    pub timeout: Timeout,
    /// The longest that all requests of a night and the waits between them may
    /// take: the job is not held longer.
    #[serde(default = "one_minute")]
    pub limit: Timeout,
}

/// How to log in: a user with a password, or a token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user, for HTTP basic authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A bearer token, instead of user and password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

/// How long to wait for a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    pub(super) timeout: Timeout,
    pub(super) limit: Timeout,
}

impl Timing {
    fn check(self, table: &str) -> Result<()> {
        let Self { timeout, limit } = self;
        let wrong = |key, problem: String| Err(wrong(table, key, &problem));
        if timeout.0.is_zero() {
            return wrong("timeout", "expected more than no time, found 0s".to_owned());
        }
        if limit < timeout {
            return wrong(
                "limit",
                format!("expected at least the timeout of {timeout}, found {limit}"),
            );
        }
        Ok(())
    }
}

/// Labels that the gauges have themselves: one of the group would overwrite it.
const TAKEN: [&str; 10] =
    ["at", "beta", "class", "dataset", "job", "k", "model", "rule", "split", "verdict"];

impl Pushgateway {
    /// Whether it makes sense, without asking the service.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] that names the key.
    pub fn check(&self) -> Result<()> {
        let table = "output.pushgateway";
        check_url(table, &self.url)?;
        self.timing().check(table)?;
        check_way(table, &self.url, self.login.as_ref(), self.allow_insecure)?;
        for name in self.grouping.keys() {
            let mut letters = name.bytes();
            let plain = letters.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
                && letters.all(|it| it.is_ascii_alphanumeric() || it == b'_')
                && !name.starts_with("__");
            if !plain {
                let problem = format!(
                    "label '{name}' is none: use letters, digits and _, and begin with a letter"
                );
                return Err(wrong(table, "grouping", &problem));
            }
            if TAKEN.contains(&name.as_str()) {
                let problem = format!("label '{name}' is one of the gauges' own; use another");
                return Err(wrong(table, "grouping", &problem));
            }
        }
        Ok(())
    }

    /// Whether this machine has what is needed to log in.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] that names the key, for a secret that cannot be read.
    pub fn check_here(&self, folder: &Path) -> Result<()> {
        check_login("output.pushgateway", self.login.as_ref(), folder)
    }

    pub(super) fn timing(&self) -> Timing {
        Timing { timeout: self.timeout, limit: self.limit }
    }
}

impl Mlflow {
    /// Whether it makes sense, without asking the service.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] that names the key.
    pub fn check(&self) -> Result<()> {
        let table = "output.mlflow";
        check_url(table, &self.url)?;
        self.timing().check(table)?;
        check_way(table, &self.url, self.login.as_ref(), self.allow_insecure)?;
        match self.experiment.as_deref().map(|name| name.chars().count()) {
            Some(0 | 501..) => Err(wrong(table, "experiment", "must have 1 to 500 characters")),
            _ => Ok(()),
        }
    }

    /// Whether this machine has what is needed to log in.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] that names the key, for a secret that cannot be read.
    pub fn check_here(&self, folder: &Path) -> Result<()> {
        check_login("output.mlflow", self.login.as_ref(), folder)
    }

    pub(super) fn timing(&self) -> Timing {
        Timing { timeout: self.timeout, limit: self.limit }
    }
}

impl Login {
    fn check(&self, table: &str) -> Result<()> {
        let problem = match (&self.user, &self.password, &self.token) {
            (Some(user), Some(_), None) if user.contains(':') => "user must not contain a colon",
            (Some(_), Some(_), None) | (None, None, Some(_)) => return Ok(()),
            _ => "takes either user and password, or token",
        };
        Err(wrong(table, "login", problem))
    }

    /// Its secrets, as they are and as they are sent; not those that cannot be read.
    pub(super) fn secrets(&self, folder: &Path) -> Secrets {
        let mut secrets = Secrets::default();
        for secret in [&self.password, &self.token].into_iter().flatten() {
            if let Ok(text) = secret.read(folder) {
                secrets.push(text.expose());
            }
        }
        if let Ok(header) = self.header(folder)
            && let Some((_, sent)) = header.expose().split_once(' ')
        {
            secrets.push(sent);
        }
        secrets
    }

    /// The value of the header `Authorization`.
    pub(super) fn header(&self, folder: &Path) -> Result<Hidden> {
        if let Some(token) = &self.token {
            return Ok(Hidden::from(format!("Bearer {}", token.read(folder)?.expose())));
        }
        let (Some(user), Some(password)) = (&self.user, &self.password) else {
            return Err(Error::Usage("login takes either user and password, or token".into()));
        };
        let both = format!("{user}:{}", password.read(folder)?.expose());
        Ok(Hidden::from(format!("Basic {}", STANDARD.encode(both))))
    }
}

fn check_login(table: &str, login: Option<&Login>, folder: &Path) -> Result<()> {
    let header = login.map_or(Ok(()), |login| login.header(folder).map(drop));
    header.map_err(|error| wrong(table, "login", &error.to_string()))
}

/// A login that makes sense, and that nobody else can read on its way.
fn check_way(table: &str, url: &str, login: Option<&Login>, allow_insecure: bool) -> Result<()> {
    let Some(login) = login else { return Ok(()) };
    login.check(table)?;
    match http::is_open(url) && !allow_insecure {
        true => Err(wrong(
            table,
            "url",
            "expected https for a login: over http, everybody on the way can read it; if that is \
             meant, set allow_insecure = true here",
        )),
        false => Ok(()),
    }
}

/// An address of http or https, without a query and without a secret in it.
fn check_url(table: &str, url: &str) -> Result<()> {
    http::host(url).map_err(|problem| wrong(table, "url", &problem))?;
    if url.contains(['?', '#']) {
        return Err(wrong(table, "url", "ends with its path; leave out what begins with ? or #"));
    }
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
    match authority.is_some_and(|authority| authority.contains('@')) {
        true => Err(wrong(table, "url", "holds a user or password; give them as login")),
        false => Ok(()),
    }
}

fn wrong(table: &str, key: &str, problem: &str) -> Error {
    Error::Usage(format!("[{table}] {key}: {problem}"))
}

fn ten_seconds() -> Timeout {
    Timeout::seconds(10)
}

fn one_minute() -> Timeout {
    Timeout::seconds(60)
}

fn yes() -> bool {
    true
}
