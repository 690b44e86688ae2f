//! Secrets: where they are read from, and text that is never shown.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::error::{Error, Result};

/// Where a secret is to be read from: `{ env = "NAME" }` or `{ file = "path" }`.
/// Never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Secret {
    /// The environment variable of that name.
    Env(String),
    /// The contents of a file, without the white space around them.
    File(PathBuf),
}

impl<'de> Deserialize<'de> for Secret {
    /// Whatever is written in the place of a secret may be one: no error quotes it.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase", deny_unknown_fields)]
        enum Place {
            Env(String),
            File(PathBuf),
        }
        match Place::deserialize(from) {
            Ok(Place::Env(name)) if is_variable(&name) => Ok(Self::Env(name)),
            Ok(Place::File(path)) if !path.to_string_lossy().contains("://") => {
                Ok(Self::File(path))
            }
            Ok(_) => Err(de::Error::custom(
                "expected the name of an environment variable or of a file that holds the secret, \
                 found something else, which is not shown: it may be the secret itself",
            )),
            Err(_) => Err(de::Error::custom(
                "a secret is named by where it is, { env = \"NAME\" } or { file = \"path\" }, \
                 and never written here",
            )),
        }
    }
}

/// Whether it can be the name of an environment variable: letters, digits and _.
pub fn is_variable(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_letter)
}

impl Secret {
    /// Reads it; paths are relative to `folder`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if the variable is not set or either is empty, and
    /// [`Error::Io`] if the file cannot be read.
    pub fn read(&self, folder: &Path) -> Result<Hidden> {
        let (text, place) = match self {
            Self::Env(name) => {
                let text = std::env::var(name).map_err(|_| {
                    Error::Usage(format!(
                        "the environment variable {name} is to hold a secret and is not set"
                    ))
                })?;
                (text, format!("the environment variable {name}"))
            }
            Self::File(path) => {
                let path = folder.join(path);
                let doing = "read a secret from it";
                let text = fs::read_to_string(&path).map_err(Error::io(&path, doing))?;
                (text, path.display().to_string())
            }
        };
        match text.trim() {
            "" => Err(Error::Usage(format!("{place} is to hold a secret and is empty"))),
            text => Ok(Hidden(text.to_owned())),
        }
    }
}

/// Text that no message, log or debug output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// The text itself, to be sent and never to be shown.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Hidden {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_file_is_read_without_its_line_end_and_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "hush\n").unwrap();
        let secret = Secret::File("key".into()).read(folder.path()).unwrap();
        assert_eq!(secret.expose(), "hush");
        assert!(!format!("{secret:?}").contains("hush"));
    }

    #[test]
    fn a_secret_that_is_not_there_is_an_error_that_says_where_it_was_to_be() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("empty"), " \n").unwrap();
        let read = |secret: Secret| secret.read(folder.path()).unwrap_err().to_string();
        assert!(read(Secret::Env("TALLYHO_NO_SUCH_SECRET".into())).contains("is not set"));
        assert!(read(Secret::File("empty".into())).contains("is empty"));
        assert!(read(Secret::File("missing".into())).contains("read a secret"));
    }
}
