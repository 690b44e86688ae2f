//! `tallyho synth`: synthetic rows to files.

mod args;
mod hint;

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{BinaryBytes, HumanCount};

pub(super) use self::args::Synth;
use super::{DONE, check_threads, print, progress};
use crate::atomic_file::{AtomicFile, Commit};
use crate::engine::threads;
use crate::error::{Error, Result};
use crate::synth::{self, Content, Contents, Progress, Recipe, Rows, ScoreKind, TableFormat};
use crate::tally::{ScoreType, ScoresAre};

pub(super) fn synth(args: &Synth, stdout: &mut dyn Write, stop: &AtomicBool) -> Result<u8> {
    let recipe = recipe(args)?;
    recipe.check()?;
    args.memory.settle();
    let threads = threads::settle(check_threads(args.threads)?);
    let wanted = wanted(args)?;
    let paths: Vec<PathBuf> = wanted.iter().map(|(path, _)| path.clone()).collect();
    let mut places = AtomicFile::open_all(&paths, &[])?;
    let rows = Rows::new(recipe)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        Error::Usage(format!("cannot start {threads} threads: {error}; use fewer --threads"))
    })?;

    let progress = Progress::default();
    let passes: u64 = wanted.iter().map(|(_, contents)| contents.passes()).sum();
    let so_far = || {
        let done = progress.rows.load(Ordering::Relaxed);
        let bytes = progress.bytes.load(Ordering::Relaxed);
        progress::SoFar { done, rows: done / passes, bytes }
    };
    progress::watch(args.rows.saturating_mul(passes), &so_far, args.quiet, || {
        places.iter_mut().zip(&wanted).try_for_each(|(place, (path, contents))| {
            let file = place.file();
            pool.install(|| synth::write(&rows, *contents, path, file, &progress, stop))
        })
    })?;
    for place in &mut places {
        place.sync("write the rows")?;
    }
    let commit = Commit::begin();
    places.into_iter().try_for_each(AtomicFile::commit)?;
    drop(commit);
    if !args.quiet {
        let bytes = progress.bytes.load(Ordering::Relaxed);
        print(stdout, &told(args, rows.recipe(), bytes))?;
    }
    Ok(DONE)
}

/// What was written and how to read it.
fn told(args: &Synth, recipe: &Recipe, bytes: u64) -> String {
    let commands = hint::commands(args, recipe).join("\n  ");
    format!(
        "{} rows of {} classes, {}; score them with\n  {commands}\n",
        HumanCount(recipe.rows),
        recipe.classes,
        BinaryBytes(bytes)
    )
}

/// Every file to be written and what it will hold.
fn wanted(args: &Synth) -> Result<Vec<(PathBuf, Contents)>> {
    let mut wanted = Vec::new();
    for path in &args.tables {
        wanted.push((path.clone(), Contents::Table(TableFormat::from_path(path)?)));
    }
    let content = args.predictions.as_ref().or(args.scores.as_ref());
    let roles = [(args.labels.as_ref(), Contents::Labels), (content, Contents::Content)];
    for (path, contents) in roles {
        let Some(path) = path else { continue };
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("npy")) {
            return Err(Error::Usage(format!(
                "{}: a file for one role is written as npy; give it the extension .npy, or name a \
                 table instead",
                path.display()
            )));
        }
        wanted.push((path.clone(), contents));
    }
    Ok(wanted)
}

fn recipe(args: &Synth) -> Result<Recipe> {
    let has_scores = args.scores.is_some() || args.scores_are.is_some();
    let given = [
        (args.scores_are.is_some() && args.predictions.is_some(), "--scores-are"),
        (args.score_type.is_some() && !has_scores, "--score-type"),
        (args.binary && !has_scores, "--binary"),
    ];
    if let Some((_, option)) = given.into_iter().find(|(given, _)| *given) {
        let remedy = match args.predictions {
            Some(_) => "use --scores instead of --predictions",
            None => "add --scores-are",
        };
        return Err(Error::Usage(format!(
            "{option} needs scores; these rows have only predictions ({remedy})"
        )));
    }
    let content = match has_scores {
        false => Content::Predictions,
        true => Content::Scores(ScoreKind {
            scores_are: args.scores_are.map_or(ScoresAre::Logits, Into::into),
            score_type: args.score_type.unwrap_or(ScoreType::F32),
            binary: args.binary,
        }),
    };
    Ok(Recipe {
        rows: args.rows,
        first_row: args.first_row,
        classes: args.classes.unwrap_or(if args.binary { 2 } else { 10 }),
        content,
        accuracy: args.accuracy,
        skew: args.skew,
        seed: args.seed,
    })
}
