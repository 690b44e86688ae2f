//! An entry of the table: what people have, what is typed, and what comes of it.

use std::fs;

use crate::common::files::Folder;

/// One kind of input.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// What people have, in a sentence.
    pub(super) what: &'static str,
    pub(super) files: &'static [(&'static str, Content)],
    pub(super) runs: &'static [Run],
}

/// What a file holds.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Text(&'static str),
    Bytes(fn() -> Vec<u8>),
    /// A copy of a file in `tests/fixtures`.
    Fixture(&'static str),
    /// A link to another file.
    #[cfg(unix)]
    Link(&'static str),
}

/// A command and what comes of it.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) line: &'static str,
    pub(super) ends: Ends,
    /// What an earlier message of the same kind offers, which is done here.
    pub(super) offered: Option<&'static str>,
}

/// How a command ends.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    /// With exit status 2, nothing but this on standard error, less its prefix.
    Refused(&'static str),
    /// With exit status 0 and a report.
    Scored(Scored),
    /// With exit status 0 and a page that has some words and lacks others.
    Printed { has: &'static [&'static str], lacks: &'static [&'static str] },
}

/// What a report has.
#[derive(Clone, Copy)]
pub(super) struct Scored {
    pub(super) rows: u64,
    pub(super) metric: &'static str,
    /// `None` if it is undefined.
    pub(super) value: Option<f64>,
    /// How the value is counted.
    pub(super) why: &'static str,
    /// Codes of the notes, in ascending order.
    pub(super) notes: &'static [&'static str],
    /// All that stands on standard error, each less its prefix.
    pub(super) warnings: &'static [&'static str],
}

/// A command that is refused.
pub(super) const fn refused(line: &'static str, message: &'static str) -> Run {
    Run { line, ends: Ends::Refused(message), offered: None }
}

/// A command that scores so many rows with this accuracy, `right` of them.
pub(super) const fn scored(line: &'static str, rows: u64, right: f64, why: &'static str) -> Run {
    measured(line, rows, "accuracy", right / rows as f64, why)
}

/// The same by another metric.
pub(super) const fn measured(
    line: &'static str,
    rows: u64,
    metric: &'static str,
    value: f64,
    why: &'static str,
) -> Run {
    let value = Some(value);
    let scored = Scored { rows, metric, value, why, notes: &[], warnings: &[] };
    Run { line, ends: Ends::Scored(scored), offered: None }
}

/// A command that prints a page.
pub(super) const fn printed(
    line: &'static str,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
) -> Run {
    Run { line, ends: Ends::Printed { has, lacks }, offered: None }
}

impl Run {
    pub(super) const fn notes(self, notes: &'static [&'static str]) -> Self {
        let Ends::Scored(scored) = self.ends else { panic!("only reports have notes") };
        Self { ends: Ends::Scored(Scored { notes, ..scored }), ..self }
    }

    pub(super) const fn warns(self, warnings: &'static [&'static str]) -> Self {
        let Ends::Scored(scored) = self.ends else { panic!("only reports have warnings") };
        Self { ends: Ends::Scored(Scored { warnings, ..scored }), ..self }
    }

    pub(super) const fn undefined(self) -> Self {
        let Ends::Scored(scored) = self.ends else { panic!("only reports have values") };
        Self { ends: Ends::Scored(Scored { value: None, ..scored }), ..self }
    }

    /// This is what an earlier message says to do.
    pub(super) const fn offered(self, offered: &'static str) -> Self {
        Self { offered: Some(offered), ..self }
    }

    /// What stands on standard error.
    pub(super) fn stderr(&self) -> String {
        match self.ends {
            // clap begins its own messages.
            Ends::Refused(message) if message.starts_with("error: ") => format!("{message}\n"),
            Ends::Refused(message) => format!("tallyho: {message}\n"),
            Ends::Scored(Scored { warnings, .. }) => {
                warnings.iter().map(|it| format!("tallyho: warning {it}\n")).collect()
            }
            Ends::Printed { .. } => String::new(),
        }
    }

    /// The codes of all that is said.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        let Ends::Scored(Scored { notes, warnings, .. }) = self.ends else { return Vec::new() };
        let mut codes: Vec<_> = warnings.iter().map(|it| &it[.."TH000".len()]).collect();
        codes.extend(notes);
        // Of many rows that are left out a finding tells, too; one line stands for both.
        codes.extend(warnings.iter().any(|it| it.contains(" % of all)")).then_some("TH501"));
        codes.sort_unstable();
        codes
    }
}

impl Content {
    pub(super) fn write(self, folder: &Folder, name: &str) {
        let path = folder.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match self {
            Self::Text(text) => fs::write(path, text).unwrap(),
            Self::Bytes(bytes) => fs::write(path, bytes()).unwrap(),
            Self::Fixture(fixture) => {
                let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
                fs::copy(format!("{fixtures}{fixture}"), path).unwrap();
            }
            #[cfg(unix)]
            Self::Link(to) => std::os::unix::fs::symlink(to, path).unwrap(),
        }
    }
}
