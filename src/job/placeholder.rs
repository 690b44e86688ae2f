//! The placeholders of a config: `{date}`, `{model}`, `${HOME}`.

use std::path::{Component, Path};

use crate::error::{Error, Result};
use crate::terminal::printable;

/// What the placeholders stand for.
#[derive(Clone, Debug)]
pub(super) struct Values<'a> {
    pub(super) date: &'a str,
    pub(super) dataset: &'a str,
    pub(super) split: &'a str,
    pub(super) model: &'a str,
}

impl Values<'_> {
    /// `text` with its placeholders filled in. `{{` and `}}` are braces.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a placeholder that is none, or a variable that is not
    /// set.
    pub(super) fn fill(&self, text: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '$']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            rest = match () {
                () if from.starts_with("{{") || from.starts_with("}}") => {
                    out.push_str(&from[..1]);
                    &from[2..]
                }
                () if from.starts_with("${") => {
                    let (name, rest) = closed(text, &from[2..])?;
                    out.push_str(&variable(name)?);
                    rest
                }
                () if from.starts_with('{') => {
                    let (name, rest) = closed(text, &from[1..])?;
                    out.push_str(self.value(name)?);
                    rest
                }
                () => {
                    out.push_str(&from[..1]);
                    &from[1..]
                }
            };
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The same for a path: the names in it lead to nowhere but beneath the folder that
    /// they stand in.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] also for a name that would lead elsewhere or cannot be seen.
    pub(super) fn fill_path(&self, text: &str) -> Result<String> {
        let names = [("dataset", self.dataset), ("split", self.split), ("model", self.model)];
        for (what, name) in names {
            let mut parts = Path::new(name).components();
            let is_beneath = parts.all(|part| matches!(part, Component::Normal(_)));
            let is_part = is_beneath && printable(name) == name;
            if !is_part && text.contains(&format!("{{{what}}}")) {
                return Err(Error::Usage(format!(
                    "the name of the {what} '{name}' cannot be a part of a path: it would lead \
                     elsewhere, or has control characters; write the path without {{{what}}}, or \
                     rename it"
                )));
            }
        }
        self.fill(text)
    }

    fn value(&self, name: &str) -> Result<&str> {
        match name {
            "date" => Ok(self.date),
            "dataset" => Ok(self.dataset),
            "split" => Ok(self.split),
            "model" => Ok(self.model),
            _ => Err(Error::Usage(format!(
                "there is no placeholder {{{name}}}; there are {{date}}, {{dataset}}, {{split}}, \
                 {{model}} and ${{NAME}} for environment variables; {{{{ and }}}} are braces"
            ))),
        }
    }
}

/// The name up to the closing brace, and what follows it.
fn closed<'t>(text: &str, from: &'t str) -> Result<(&'t str, &'t str)> {
    from.split_once('}')
        .ok_or_else(|| Error::Usage(format!("the brace in '{text}' is never closed")))
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name)
        .map_err(|_| Error::Usage(format!("the environment variable {name} is not set")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { date: "2026-11-21", dataset: "cats", split: "test", model: "steady" };

    #[test]
    fn placeholders_are_filled_in() {
        let fill = |text| VALUES.fill(text).unwrap();
        assert_eq!(fill("a/{dataset}-{split}/{date}.csv"), "a/cats-test/2026-11-21.csv");
        assert_eq!(fill("{{{model}}} costs $5"), "{steady} costs $5");
        assert_eq!(fill("${CARGO_PKG_NAME}/x"), "tallyho/x");
        assert_eq!(fill(""), "");
    }

    #[test]
    fn names_in_paths_lead_to_nowhere_else() {
        let fill = |model| Values { model, ..VALUES }.fill_path("out/{model}.json");
        for name in ["steady", "v1/steady", "a..b", "größe", "=1", "..."] {
            assert_eq!(fill(name).unwrap(), format!("out/{name}.json"));
        }
        for name in ["..", "../x", "a/../../x", "/etc/x", ".", "a\0b", "a\u{1b}[2J", "a\nb"] {
            let refused = fill(name).unwrap_err().to_string();
            assert!(refused.contains("cannot be a part of a path"), "{refused}");
        }
        let unused = Values { model: "../x", ..VALUES };
        assert_eq!(unused.fill_path("out/{dataset}.json").unwrap(), "out/cats.json");
    }

    #[test]
    fn what_is_no_placeholder_is_refused() {
        let refused = |text| VALUES.fill(text).unwrap_err().to_string();
        assert!(refused("{day}").contains("no placeholder {day}"));
        assert!(refused("a{date").contains("never closed"));
        assert!(refused("${TALLYHO_NOT_SET}").contains("TALLYHO_NOT_SET is not set"));
    }
}
