//! The files of a night: opened before work begins, replaced at its end.

use std::io::Write;
use std::path::PathBuf;

use super::evaluate::make_folder;
use super::{Job, Night, Outcome, Outputs, show};
use crate::error::{Error, Result};
use crate::place::Place;
use crate::report;
use crate::report::{Entry, Format};

/// What a file of a night holds.
#[derive(Clone, Copy, Debug)]
enum Content {
    Junit,
    Prometheus,
    Json,
}

/// The opened files.
#[derive(Debug)]
pub(super) struct Files {
    files: Vec<(Content, Place)>,
}

/// A file, and whether it was written.
pub(super) type Written = (PathBuf, Result<()>);

impl Files {
    /// Opens every file, so that what cannot be written is known before hours of
    /// work.
    ///
    /// # Errors
    ///
    /// As [`Files::check`] and [`Place::open_all`].
    pub(super) fn open(job: &Job) -> Result<Self> {
        Self::check(job)?;
        let (contents, paths): (Vec<Content>, Vec<PathBuf>) = named(&job.outputs).unzip();
        paths.iter().try_for_each(|path| make_folder(path))?;
        let places = Place::open_all(&paths, std::iter::empty())?;
        Ok(Self { files: contents.into_iter().zip(places).collect() })
    }

    /// Whether no file that the job writes is one that it reads, or another one that
    /// it writes.
    ///
    /// # Errors
    ///
    /// As [`Place::check`].
    pub(super) fn check(job: &Job) -> Result<()> {
        let works = &job.evaluations;
        let reports = works.iter().flat_map(|work| work.reports.clone());
        let outputs: Vec<PathBuf> =
            named(&job.outputs).map(|(_, path)| path).chain(reports).collect();
        if outputs.is_empty() {
            return Ok(());
        }
        let mut kept = vec![job.path.clone(), job.history.clone()];
        kept.extend(works.iter().flat_map(|work| work.request.paths()));
        kept.extend(works.iter().filter_map(|work| work.classes.clone()));
        kept.sort_unstable();
        kept.dedup();
        Place::check(&outputs, kept.iter().map(PathBuf::as_path))
    }

    /// Writes all files of the night, and the reports of its evaluations.
    pub(super) fn write(self, job: &Job, night: &Night, entries: &[Entry]) -> Vec<Written> {
        let mut written = Vec::new();
        // Half a night in their place would be taken for the whole of it.
        for (content, place) in self.files.into_iter().filter(|_| night.is_whole) {
            let text = match content {
                Content::Junit => report::junit(&job.name, entries),
                Content::Prometheus => report::prometheus(entries),
                Content::Json => show::json(night),
            };
            written.push((place.path().to_owned(), put(place, text.as_bytes())));
        }
        for result in &night.results {
            let Outcome::Done(evaluated, judgements) = result else { continue };
            let works = job.evaluations.iter();
            let Some(work) = works.clone().find(|it| it.identity == evaluated.identity) else {
                continue;
            };
            if work.reports.is_empty() {
                continue;
            }
            let report = evaluated.report(judgements.clone());
            for path in &work.reports {
                let write = || {
                    let format = Format::from_path(path)?;
                    make_folder(path)?;
                    let places = Place::open_all(std::slice::from_ref(path), std::iter::empty())?;
                    let text = format.render(&report);
                    places.into_iter().try_for_each(|place| put(place, text.as_bytes()))
                };
                written.push((path.clone(), write()));
            }
        }
        written
    }
}

/// The files of a whole night that are asked for.
fn named(outputs: &Outputs) -> impl Iterator<Item = (Content, PathBuf)> {
    let files = [
        (Content::Junit, outputs.junit.clone()),
        (Content::Prometheus, outputs.prometheus.clone()),
        (Content::Json, outputs.json.clone()),
    ];
    files.into_iter().filter_map(|(content, path)| Some((content, path?)))
}

fn put(mut place: Place, bytes: &[u8]) -> Result<()> {
    const WRITING: &str = "write the file";
    let path = place.path().to_owned();
    place.file().write_all(bytes).map_err(Error::io(&path, WRITING))?;
    place.settle(WRITING)?;
    place.put_in_place()
}
