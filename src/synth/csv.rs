//! Rows as text.

use std::io::{self, Write};

use rayon::prelude::*;

use super::block::{Block, Wanted};
use super::recipe::{Content, Recipe};
use super::write::Passes;
use crate::batch::with_scores;

/// Values that one thread spells at a time.
const PIECE: usize = 1 << 14;

/// Writes a header and all rows. Floats are spelled so that they read back as
/// the same value of their type.
pub(super) fn write(passes: &Passes<'_>, to: &mut (impl Write + Send)) -> io::Result<()> {
    let recipe = passes.rows.recipe();
    let names = columns(recipe);
    to.write_all(format!("label,{}\n", names.join(",")).as_bytes())?;
    let width = names.len();
    passes.run(Wanted::ALL, |block| {
        let piece = (PIECE / width).max(1);
        let starts: Vec<usize> = (0..block.rows).step_by(piece).collect();
        let spell = |&start: &usize| lines(block, start, block.rows.min(start + piece), width);
        let texts: Vec<Vec<u8>> = starts.par_iter().map(spell).collect();
        texts.iter().try_for_each(|text| to.write_all(text))
    })
}

/// The names of all columns but that of the labels.
pub(super) fn columns(recipe: &Recipe) -> Vec<String> {
    match recipe.content {
        Content::Predictions => vec!["prediction".to_owned()],
        Content::Scores(kind) if kind.binary => vec!["score".to_owned()],
        Content::Scores(kind) => {
            (0..recipe.classes).map(|class| format!("{}_{class}", kind.letter())).collect()
        }
    }
}

fn lines(block: &Block, start: usize, end: usize, width: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity((end - start) * (width + 1) * 8);
    for row in start..end {
        spell(&mut text, block.labels[row]);
        let values = row * width..(row + 1) * width;
        match &block.scores {
            _ if !block.predictions.is_empty() => separated(&mut text, &block.predictions[values]),
            scores => with_scores!(scores, scores => separated(&mut text, &scores[values])),
        }
        text.push(b'\n');
    }
    text
}

fn separated(text: &mut Vec<u8>, values: &[impl std::fmt::Display + Copy]) {
    for &value in values {
        text.push(b',');
        spell(text, value);
    }
}

fn spell(text: &mut Vec<u8>, value: impl std::fmt::Display) {
    // Writing to memory cannot fail.
    let _ = write!(text, "{value}");
}
