//! Rows as a `.npz` archive: a zip of `.npy` arrays, stored.

use std::io::{self, Seek, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::block::Wanted;
use super::npy;
use super::recipe::Content;
use super::write::Passes;

/// Writes the arrays `label` and `prediction`, or `label` and `scores`, one
/// after the other.
pub(super) fn write(passes: &Passes<'_>, to: &mut (impl Write + Seek + Send)) -> io::Result<()> {
    let mut archive = ZipWriter::new(to);
    let written = write_arrays(passes, &mut archive);
    if let Err(error) = written {
        // When dropped it would try to finish, and tell of a failure on
        // standard error.
        std::mem::forget(archive);
        return Err(error);
    }
    archive.finish().map(|_| ()).map_err(plain)
}

fn write_arrays(
    passes: &Passes<'_>,
    archive: &mut ZipWriter<impl Write + Seek + Send>,
) -> io::Result<()> {
    let recipe = passes.rows.recipe();
    let content = match recipe.content {
        Content::Predictions => "prediction",
        Content::Scores(_) => "scores",
    };
    for (name, wanted) in [("label", Wanted::LABELS), (content, Wanted::CONTENT)] {
        let large = npy::length(recipe, wanted) >= u64::from(u32::MAX);
        let stored = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(large);
        archive.start_file(format!("{name}.npy"), stored).map_err(plain)?;
        npy::write(passes, wanted, archive)?;
    }
    Ok(())
}

/// The system's own error, where that is the cause.
fn plain(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    }
}
