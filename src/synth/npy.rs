//! Rows as a `.npy` array, format 1.0.
//!
//! Source: numpy's `numpy/lib/format.py`.

use std::io::{self, Write};

use super::block::{Block, Wanted};
use super::recipe::{Content, Recipe};
use super::write::Passes;
use crate::tally::ScoreType;

/// Where the values begin is a multiple of this.
const ALIGNMENT: usize = 64;

/// Writes one array: the labels, or the predictions or scores.
pub(super) fn write(
    passes: &Passes<'_>,
    wanted: Wanted,
    to: &mut (impl Write + Send),
) -> io::Result<()> {
    to.write_all(&header(passes.rows.recipe(), wanted))?;
    passes.run(wanted, |block| to.write_all(values(block, wanted)))
}

/// Bytes of one array, with its header.
pub(super) fn length(recipe: &Recipe, wanted: Wanted) -> u64 {
    let row = if wanted.labels { 8 } else { recipe.row_bytes() - 8 };
    header(recipe, wanted).len() as u64 + recipe.rows * row
}

/// The array's values in the byte order of this machine, which the header names.
fn values(block: &Block, wanted: Wanted) -> &[u8] {
    if wanted.labels {
        return bytemuck::cast_slice(&block.labels);
    }
    if !block.predictions.is_empty() {
        return bytemuck::cast_slice(&block.predictions);
    }
    block.scores.bytes(0..block.scores.len())
}

fn header(recipe: &Recipe, wanted: Wanted) -> Vec<u8> {
    let kind = match recipe.content {
        Content::Scores(kind) if !wanted.labels => Some(kind),
        _ => None,
    };
    let type_name = match kind.map(|kind| kind.score_type) {
        None => "i8",
        Some(ScoreType::F16) => "f2",
        // As ml_dtypes writes it: numpy has no name for it.
        Some(ScoreType::Bf16) => "V2",
        Some(ScoreType::F32) => "f4",
        Some(ScoreType::F64) => "f8",
    };
    let shape = match kind {
        Some(kind) if !kind.binary => format!("({}, {})", recipe.rows, recipe.classes),
        _ => format!("({},)", recipe.rows),
    };
    let order = if cfg!(target_endian = "little") { '<' } else { '>' };
    let dict =
        format!("{{'descr': '{order}{type_name}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    let before = header.len() + 2 + dict.len() + 1;
    let length = dict.len() + 1 + (ALIGNMENT - before % ALIGNMENT) % ALIGNMENT;
    let Ok(stored) = u16::try_from(length) else { unreachable!("two numbers and a few words") };
    header.extend(stored.to_le_bytes());
    header.extend(format!("{dict:<width$}\n", width = length - 1).bytes());
    header
}
