//! The command that reads what was written.

use std::path::Path;

use super::args::Synth;
use crate::synth::{Content, Recipe, TableFormat};
use crate::tally::{ScoreType, ScoresAre};

/// A command for each table, or the one for the arrays.
pub(super) fn commands(args: &Synth, recipe: &Recipe) -> Vec<String> {
    if let (Some(labels), Some(content)) =
        (&args.labels, args.predictions.as_ref().or(args.scores.as_ref()))
    {
        let role = role(recipe, &quoted(content));
        let said = said(recipe, false);
        return vec![format!("tallyho eval --labels {} {role}{said}", quoted(labels))];
    }
    args.tables.iter().map(|table| of_table(table, recipe)).collect()
}

fn of_table(table: &Path, recipe: &Recipe) -> String {
    let format = TableFormat::from_path(table).ok();
    let column = match recipe.content {
        Content::Predictions => "prediction",
        Content::Scores(_) if format == Some(TableFormat::Npz) => "scores",
        Content::Scores(kind) if kind.binary => "score",
        Content::Scores(kind) if kind.scores_are == ScoresAre::Logits => "'s_*'",
        Content::Scores(_) => "'p_*'",
    };
    let (role, said) = (role(recipe, column), said(recipe, format == Some(TableFormat::Csv)));
    format!("tallyho eval {} --labels label {role}{said}", quoted(table))
}

/// What only the user can say: text has no types, and numpy has no bf16.
fn said(recipe: &Recipe, text: bool) -> String {
    match recipe.content {
        Content::Scores(kind) if kind.score_type == ScoreType::Bf16 => " --score-type bf16".into(),
        Content::Scores(kind) if text && kind.score_type != ScoreType::F64 => {
            format!(" --score-type {}", kind.score_type.name())
        }
        _ => String::new(),
    }
}

fn role(recipe: &Recipe, name: &str) -> String {
    match recipe.content {
        Content::Predictions => format!("--predictions {name}"),
        Content::Scores(kind) => {
            let kind = match kind.scores_are {
                ScoresAre::Logits => "logits",
                ScoresAre::Probabilities => "probabilities",
            };
            format!("--scores {name} --scores-are {kind}")
        }
    }
}

/// A path as a word for a shell.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+=:@,".contains(letter);
    match path.chars().all(plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}
