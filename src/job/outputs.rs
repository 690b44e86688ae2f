//! The files of a night: opened before work begins, replaced at its end.

use std::io::Write;
use std::path::PathBuf;

use super::evaluate::make_folder;
use super::{Job, JobRun, Outputs, lock, show};
use crate::atomic_file;
use crate::atomic_file::{AtomicFile, Commit, Kept};
use crate::error::{Error, Result};
use crate::history;
use crate::notice::run_was_killed;
use crate::report;
use crate::report::{Entry, Format};

/// What a file of a night holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Junit,
    Prometheus,
    Json,
}

/// A file that is ready to be written.
#[derive(Debug)]
pub(super) struct Opened {
    content: Content,
    place: AtomicFile,
}

/// The opened files.
#[derive(Debug)]
pub(super) struct Files {
    /// All that the job writes and that a killed run of it was to write.
    pub left: Vec<PathBuf>,
    /// Those to be written when the night is judged.
    pub now: Vec<Opened>,
    /// Those to be written when everybody was told.
    pub last: Vec<Opened>,
}

/// A file, and whether it was written.
pub(super) type Written = (PathBuf, Result<()>);

impl Files {
    /// Opens every file, so that what cannot be written is known before hours of
    /// work.
    ///
    /// # Errors
    ///
    /// As [`Files::check`] and [`AtomicFile::open_all`].
    pub(super) fn open(job: &Job) -> Result<Self> {
        Self::check(job)?;
        let (contents, paths): (Vec<Content>, Vec<PathBuf>) = named(&job.outputs).unzip();
        paths.iter().try_for_each(|path| make_folder(path))?;
        let left = atomic_file::sweep(&all(job));
        let places = AtomicFile::open_all(&paths, &[])?;
        let files = contents.into_iter().zip(places);
        let files = files.map(|(content, place)| Opened { content, place });
        let (last, now) = files.partition(|file| file.content == Content::Json);
        Ok(Self { left, now, last })
    }

    /// Whether no file that the job writes is one that it reads, or another one that
    /// it writes.
    ///
    /// # Errors
    ///
    /// As [`AtomicFile::check`].
    pub(super) fn check(job: &Job) -> Result<()> {
        let (works, outputs) = (&job.evaluations, all(job));
        if outputs.is_empty() {
            return Ok(());
        }
        let mut read: Vec<PathBuf> = works.iter().flat_map(|work| work.request.paths()).collect();
        read.extend(works.iter().filter_map(|work| work.classes.clone()));
        read.sort_unstable();
        read.dedup();
        let mut kept: Vec<Kept> = read.iter().map(|path| Kept::input(path)).collect();
        kept.push(Kept::named(job.path.clone(), "the file of the job"));
        let history = history::files(&job.history).into_iter();
        kept.extend(history.map(|path| Kept::named(path, history::FILE_IS)));
        kept.push(Kept::named(lock::path(&job.history, &job.name), "the lock of the job"));
        AtomicFile::check(&outputs, &kept)
    }
}

/// Writes files of the night.
pub(super) fn write(
    files: Vec<Opened>,
    job: &Job,
    night: &JobRun,
    entries: &[Entry],
) -> Vec<Written> {
    let texts = files.into_iter().filter_map(|Opened { content, place }| {
        let text = match content {
            // Half a night in their place would be taken for the whole of it.
            _ if !night.is_whole => return None,
            // What is watched is the present.
            Content::Prometheus if !night.is_latest => return None,
            Content::Junit => report::junit(&job.name, entries),
            Content::Prometheus => report::prometheus(entries),
            Content::Json => show::json(night),
        };
        Some((place.path().to_owned(), put(place, text.as_bytes())))
    });
    texts.collect()
}

/// Writes the reports of the evaluations of a night.
/// What a killed run left of one of them is said in it.
pub(super) fn write_reports(job: &Job, night: &JobRun, left: &[PathBuf]) -> Vec<Written> {
    let mut written = Vec::new();
    for (evaluated, judgements) in night.done() {
        let work = job.evaluations.iter().find(|it| it.identity == evaluated.identity);
        let Some(work) = work.filter(|work| !work.reports.is_empty()) else { continue };
        let mut report = evaluated.report(judgements.to_vec());
        let left = work.reports.iter().filter(|path| left.contains(path));
        report.provenance.warnings.extend(run_was_killed(left.map(PathBuf::as_path)));
        for path in &work.reports {
            let write = || {
                let format = Format::from_path(path)?;
                make_folder(path)?;
                let places = AtomicFile::open_all(std::slice::from_ref(path), &[])?;
                let text = format.render(&report);
                places.into_iter().try_for_each(|place| put(place, text.as_bytes()))
            };
            written.push((path.clone(), write()));
        }
    }
    written
}

/// Every file that the job writes.
fn all(job: &Job) -> Vec<PathBuf> {
    let reports = job.evaluations.iter().flat_map(|work| work.reports.clone());
    named(&job.outputs).map(|(_, path)| path).chain(reports).collect()
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

fn put(mut place: AtomicFile, bytes: &[u8]) -> Result<()> {
    const WRITING: &str = "write the file";
    let path = place.path().to_owned();
    place.file().write_all(bytes).map_err(Error::io(&path, WRITING))?;
    place.sync(WRITING)?;
    let _commit = Commit::begin();
    place.commit()
}
