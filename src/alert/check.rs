//! Mistakes in the config, found before anything runs.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use super::config::Channel;
use crate::http;
use crate::http::{Hidden, Timeout};

/// A mistake, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which `[[notify]]` table, counting from 0.
    pub channel: usize,
    /// The name it has there.
    pub name: String,
    /// The key in the table.
    pub key: &'static str,
    /// What was expected, what was found.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "notify '{}': {}: {}", self.name, self.key, self.problem)
    }
}

const MOST_ATTEMPTS: u32 = 10;
const LONGEST: Timeout = Timeout::seconds(60 * 60);

type Problem = (&'static str, String);

/// Everything that is wrong with the tables themselves.
pub fn check(channels: &[Channel]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (place, channel) in channels.iter().enumerate() {
        let mut problems = vec![name(channel, &channels[..place]), address(channel)];
        problems.extend([signature(channel), attempts(channel), environment(channel, channels)]);
        problems.extend(lengths(channel));
        mistakes.extend(located(place, channel, problems));
    }
    mistakes
}

/// What would keep this machine from telling somebody tonight: secrets that are
/// not set and programs that are not there. They make no other channel fail and
/// stop no evaluation; the history says what became of each message.
pub fn check_here(channels: &[Channel], folder: &Path) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (place, channel) in channels.iter().enumerate() {
        let secret = |key, secret: &Option<http::Secret>| {
            let error = secret.as_ref()?.read(folder).err()?;
            Some((key, error.to_string()))
        };
        let problems = vec![
            secret("webhook", &channel.webhook).or_else(|| address_in(channel, folder)),
            secret("sign", &channel.sign),
            missing(channel, folder),
        ];
        mistakes.extend(located(place, channel, problems));
    }
    mistakes
}

fn located(
    place: usize,
    channel: &Channel,
    problems: Vec<Option<Problem>>,
) -> impl Iterator<Item = Mistake> + use<'_> {
    problems.into_iter().flatten().map(move |(key, problem)| Mistake {
        channel: place,
        name: channel.name.clone(),
        key,
        problem,
    })
}

fn name(channel: &Channel, before: &[Channel]) -> Option<Problem> {
    let problem = if channel.name.trim().is_empty() {
        "expected a name, found none"
    } else if channel.name.chars().any(char::is_control) {
        "expected a name in one line, without control characters"
    } else if before.iter().any(|other| other.name == channel.name) {
        "an earlier one has the same name; give each its own"
    } else {
        return None;
    };
    Some(("name", problem.to_owned()))
}

/// Where it goes: one place, and one that can be.
fn address(channel: &Channel) -> Option<Problem> {
    let Channel { webhook, url, command, .. } = channel;
    let given =
        [("webhook", webhook.is_some()), ("url", url.is_some()), ("command", command.is_some())];
    let given: Vec<&'static str> = given.iter().filter(|it| it.1).map(|it| it.0).collect();
    match given.as_slice() {
        [] => Some(("webhook", "expected one of webhook, url and command, found none".to_owned())),
        [_] => http_address(channel).or_else(|| program(channel)),
        [.., last] => {
            let found = given.join(" and ");
            Some((last, format!("expected one of webhook, url and command, found {found}")))
        }
    }
}

fn http_address(channel: &Channel) -> Option<Problem> {
    let url = channel.url.as_ref()?;
    let problem = match http::host(url) {
        Err(problem) => problem,
        Ok(_) if http::login(url).is_some() => exposed(channel, url)?,
        Ok(_) => return None,
    };
    Some(("url", problem))
}

fn program(channel: &Channel) -> Option<Problem> {
    let words = channel.command.as_ref()?;
    let problem = match words.first() {
        None => "expected a program and its arguments, found an empty list",
        Some(program) if program.trim().is_empty() => "expected a program, found an empty name",
        Some(_) if words.iter().any(|word| word.contains('\0')) => {
            "a program and its arguments cannot have a NUL character"
        }
        Some(_) => return None,
    };
    Some(("command", problem.to_owned()))
}

fn signature(channel: &Channel) -> Option<Problem> {
    let unsigned = channel.sign.is_some() && channel.command.is_some();
    unsigned.then(|| ("sign", "only what is posted is signed, and this is a command".to_owned()))
}

fn attempts(channel: &Channel) -> Option<Problem> {
    let found = channel.attempts;
    let wrong = !(1..=MOST_ATTEMPTS).contains(&found);
    wrong.then(|| ("attempts", format!("expected 1 to {MOST_ATTEMPTS}, found {found}")))
}

fn lengths(channel: &Channel) -> [Option<Problem>; 3] {
    let Channel { timeout, limit, pause, .. } = *channel;
    let zero = Timeout::seconds(0);
    let within = |key, length: Timeout, least_is_zero: bool| {
        let low = if least_is_zero { "0s" } else { "more than 0s" };
        let wrong = length > LONGEST || (length == zero && !least_is_zero);
        wrong.then(|| (key, format!("expected {low} to {LONGEST}, found {length}")))
    };
    let short = || {
        let problem = format!("expected at least the timeout of {timeout}, found {limit}");
        (limit < timeout).then_some(("limit", problem))
    };
    [
        within("timeout", timeout, false),
        within("limit", limit, false).or_else(short),
        within("pause", pause, true),
    ]
}

/// Names of variables, none of which holds what only another channel is to know.
fn environment(channel: &Channel, channels: &[Channel]) -> Option<Problem> {
    let names = &channel.environment;
    let key = "environment";
    if !names.is_empty() && channel.command.is_none() {
        return Some((key, "only a command has one, and this is an address".to_owned()));
    }
    let is_none = |name: &&String| !http::is_variable(name);
    if let Some(name) = names.iter().find(is_none) {
        let problem = "expected names of letters, digits and _, without values, found";
        return Some((key, format!("{problem} '{name}'")));
    }
    let (name, owner) = names.iter().find_map(|name| {
        let secret = Some(http::Secret::Env(name.clone()));
        let holds = |other: &&Channel| other.webhook == secret || other.sign == secret;
        Some((name, channels.iter().find(holds)?))
    })?;
    let owner = &owner.name;
    Some((key, format!("{name} holds a secret of '{owner}'; give this command one of its own")))
}

fn address_in(channel: &Channel, folder: &Path) -> Option<Problem> {
    let url = channel.webhook.as_ref()?.read(folder).ok()?;
    Some(("webhook", unusable(channel, &url)?))
}

/// What is wrong with the address in a secret: it is none, or everybody on the way could
/// read it. The message does not show it.
pub(super) fn unusable(channel: &Channel, url: &Hidden) -> Option<String> {
    if let Err(problem) = http::host(url.expose()) {
        return Some(problem);
    }
    exposed(channel, url.expose())
}

/// What is wrong with the way to an address that nobody else is to know.
fn exposed(channel: &Channel, url: &str) -> Option<String> {
    let is_exposed = !channel.allow_insecure && http::is_open(url);
    is_exposed.then(|| {
        "expected an address of https: over http, everybody on the way can read it; if that is \
         meant, set allow_insecure = true for it"
            .to_owned()
    })
}

fn missing(channel: &Channel, folder: &Path) -> Option<Problem> {
    let program = resolve(channel.command.as_ref()?.first()?, folder);
    let found = if program.components().count() > 1 {
        program.is_file()
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let names = [program.clone(), program.with_extension(std::env::consts::EXE_EXTENSION)];
        std::env::split_paths(&path).any(|place| names.iter().any(|it| place.join(it).is_file()))
    };
    (!found).then(|| ("command", format!("there is no program {}", program.display())))
}

/// A program as it is started: a bare name is looked for in `PATH`, a path is
/// relative to the folder of the config.
pub(super) fn resolve(program: &str, folder: &Path) -> PathBuf {
    let bare = Path::new(program).file_name() == Some(OsStr::new(program));
    if bare {
        return program.into();
    }
    let joined = folder.join(program);
    std::path::absolute(&joined).unwrap_or(joined)
}
