//! Pairs in a hash table, for more classes than a dense table can have. Twin of
//! `shaders/confusion_sparse.wgsl`.

use super::column::{self, NONE, Params};
use super::sample;
use super::shader::COLUMNS;
use crate::kernel::{Access, Kernel, Launch, Slot};

/// The shader and its twin [`sparse`].
pub const SPARSE: Kernel = Kernel {
    name: "confusion_sparse",
    wgsl: &[COLUMNS, include_str!("../../../shaders/confusion_sparse.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::Read, Access::ReadWrite, Access::ReadWrite],
    params_size: size_of::<Params>(),
    params_fields: Params::FIELDS,
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, labels, predictions, table, spill] = slots else {
            unreachable!("five bindings")
        };
        let (labels, predictions) = (labels.words(), predictions.words());
        sparse(params.params(), labels, predictions, table.write(), spill.write());
    },
    canonical: Some(canonical),
    samples: sample::sparse,
};

/// Slots that are tried for a pair.
const PROBES: u32 = 32;

/// Words at the beginning of the spill list: its entries, pairs beyond the
/// classes (two words), nothing.
pub const SPILL_HEAD: usize = 4;

/// The rows of one pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Class of the label.
    pub label: u32,
    /// Class of the prediction.
    pub prediction: u32,
    /// How many rows.
    pub rows: u64,
}

/// Adds every row of two columns to the entry of its pair.
///
/// # Shapes and units
///
/// `table` has 2^`slots` slots of four words: label + 1, prediction + 1, and the
/// rows, low word first; 0 is free. `spill` has its number of entries, the rows
/// of which either value is no class (two words), a word for nothing, and
/// `room` entries of label, prediction and rows. Both start as 0 and may be
/// carried from one dispatch to the next, as long as `room` is at least the
/// entries there are plus the rows of the dispatch.
pub fn sparse(
    params: Params,
    labels: &[u32],
    predictions: &[u32],
    table: &mut [u32],
    spill: &mut [u32],
) {
    let mut last = (NONE, NONE);
    let mut run = 0;
    column::pairs(&params, labels, predictions, |label, prediction| {
        if label >= params.classes || prediction >= params.classes {
            add_wide(&mut spill[1..3], 1);
        } else if (label, prediction) == last {
            run += 1;
        } else {
            add(&params, last, run, table, spill);
            (last, run) = ((label, prediction), 1);
        }
    });
    add(&params, last, run, table, spill);
}

fn add(params: &Params, pair: (u32, u32), rows: u32, table: &mut [u32], spill: &mut [u32]) {
    if rows == 0 {
        return;
    }
    let wanted = [pair.0 + 1, pair.1 + 1];
    let mask = (1 << params.slots) - 1;
    let hash = mixed(pair);
    for probe in 0..PROBES {
        let slot = &mut table[4 * (hash.wrapping_add(probe) & mask) as usize..][..4];
        if slot[..2] == [0, 0] {
            slot[..2].copy_from_slice(&wanted);
        }
        if slot[..2] == wanted {
            return add_wide(&mut slot[2..], rows);
        }
    }
    let entry = spill[0] as usize;
    spill[0] += 1;
    if entry < params.room as usize {
        spill[SPILL_HEAD + 3 * entry..][..3].copy_from_slice(&[pair.0, pair.1, rows]);
    }
}

fn add_wide(words: &mut [u32], rows: u32) {
    let (low, carry) = words[0].overflowing_add(rows);
    words[0] = low;
    words[1] = words[1].wrapping_add(carry.into());
}

fn mixed((label, prediction): (u32, u32)) -> u32 {
    let hash = label.wrapping_mul(0x9e37_79b1)
        ^ prediction.wrapping_add(0x7f4a_7c15).wrapping_mul(0x85eb_ca77);
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0xc2b2_ae3d);
    hash ^ (hash >> 13)
}

/// The pairs of a table and its spill list, in order, each once.
pub fn entries(table: &[u32], spill: &[u32]) -> Vec<Entry> {
    let kept = table.chunks_exact(4).map(|slot| Entry {
        label: slot[0].wrapping_sub(1),
        prediction: slot[1].wrapping_sub(1),
        rows: u64::from(slot[3]) << 32 | u64::from(slot[2]),
    });
    let spilled = spill[SPILL_HEAD..].chunks_exact(3).take(spill[0] as usize).map(|entry| Entry {
        label: entry[0],
        prediction: entry[1],
        rows: entry[2].into(),
    });
    let mut all: Vec<Entry> = kept.chain(spilled).filter(|entry| entry.rows > 0).collect();
    all.sort_unstable();
    all.dedup_by(|next, kept| {
        let same = (next.label, next.prediction) == (kept.label, kept.prediction);
        if same {
            kept.rows += next.rows;
        }
        same
    });
    all
}

/// Replaces table and spill list by their pairs in order: which slot a pair has
/// and which pairs spill depend on who comes first.
fn canonical(slots: &mut [Vec<u32>]) {
    let [.., table, spill] = slots else { unreachable!("five bindings") };
    let found = entries(table, spill);
    let words = table.len() + 2 * spill.len();
    table.clear();
    for Entry { label, prediction, rows } in found {
        table.extend([label, prediction]);
        table.extend(bytemuck::cast::<u64, [u32; 2]>(rows));
    }
    table.resize(words, 0);
    spill.truncate(3);
    spill[0] = 0;
}
