//! A part of a job: `--only model=steady`.

use super::names::no_such;
use super::{EvaluationSpec, Job};
use crate::error::{Error, Result};

/// Which evaluations of a job to do. Those of one kind are alternatives; of
/// different kinds, all must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    wanted: Vec<(Kind, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dataset,
    Model,
    Split,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Dataset, Self::Model, Self::Split];

    fn name(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Model => "model",
            Self::Split => "split",
        }
    }

    fn of(self, work: &EvaluationSpec) -> &str {
        match self {
            Self::Dataset => &work.identity.dataset,
            Self::Model => &work.identity.model,
            Self::Split => &work.identity.split,
        }
    }
}

impl Selection {
    /// Reads `model=steady`, `dataset=cats` and `split=test`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for anything else.
    pub fn parse(texts: &[String]) -> Result<Self> {
        let read = |text: &String| {
            let (kind, name) = text.split_once('=')?;
            let kind = Kind::ALL.into_iter().find(|known| known.name() == kind.trim())?;
            Some((kind, name.trim().to_owned()))
        };
        let wanted = texts.iter().map(|text| {
            read(text).ok_or_else(|| {
                Error::Usage(format!(
                    "--only takes model=NAME, dataset=NAME or split=NAME, found '{text}'"
                ))
            })
        });
        Ok(Self { wanted: wanted.collect::<Result<_>>()? })
    }

    /// The evaluations of `job` that are wanted.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a name that the job does not have, and if nothing is
    /// left.
    pub(super) fn of<'j>(&self, job: &'j Job) -> Result<Vec<&'j EvaluationSpec>> {
        for (kind, name) in &self.wanted {
            let mut names: Vec<&str> = job.evaluations.iter().map(|it| kind.of(it)).collect();
            names.sort_unstable();
            names.dedup();
            if !names.contains(&name.as_str()) {
                return Err(Error::Usage(format!(
                    "--only: {}",
                    no_such(kind.name(), name, &names)
                )));
            }
        }
        let is_wanted = |work: &&EvaluationSpec| {
            Kind::ALL.into_iter().all(|kind| {
                let mut names = self.wanted.iter().filter(|(it, _)| *it == kind).peekable();
                names.peek().is_none() || names.any(|(_, name)| name == kind.of(work))
            })
        };
        let chosen: Vec<&EvaluationSpec> = job.evaluations.iter().filter(is_wanted).collect();
        match chosen.is_empty() {
            true => Err(Error::Usage("--only leaves no evaluation; leave one of them out".into())),
            false => Ok(chosen),
        }
    }
}
