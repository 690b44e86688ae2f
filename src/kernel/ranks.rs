//! Rows by the rank of their label.

use bytemuck::{Pod, Zeroable};

use super::shader::fields;
use super::{Access, Kernel, Launch, Slot};

/// The shader `shaders/ranks.wgsl` and its twin [`ranks`].
pub const KERNEL: Kernel = Kernel {
    name: "ranks",
    wgsl: &[include_str!("../../shaders/ranks.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::ReadWrite],
    params_size: size_of::<Params>(),
    params_fields: fields!(Params { rows, classes }),
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, rows, counts] = slots else { unreachable!("three bindings") };
        ranks(params.params(), rows.words(), counts.write());
    },
    canonical: None,
    samples,
};

/// Mirrors `Params` in the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch, below 2³¹.
    pub rows: u32,
    /// Number of classes, C.
    pub classes: u32,
    /// Nothing; uniforms come in units of 16 bytes.
    pub pad: [u32; 2],
}

/// Adds every rank of `rows` (`[rows]`) below C to its counter (`[C]`).
pub fn ranks(params: Params, rows: &[u32], counts: &mut [u32]) {
    let rows = &rows[..params.rows as usize];
    match params.classes {
        ..=2 => {
            for (rank, count) in (0..params.classes).zip(counts) {
                let equal = |sum: u32, row: &u32| sum.wrapping_add((*row == rank).into());
                *count = rows.iter().fold(*count, equal);
            }
        }
        3..64 => in_sets::<64, 8>(params, rows, counts),
        64..256 => in_sets::<256, 4>(params, rows, counts),
        _ => {
            for &rank in rows.iter().filter(|rank| **rank < params.classes) {
                counts[rank as usize] = counts[rank as usize].wrapping_add(1);
            }
        }
    }
}

/// Counts ranks of fewer than `SLOTS` classes with `SETS` counters for each: most rows in a
/// row have the same one and would wait for it.
fn in_sets<const SLOTS: usize, const SETS: usize>(
    params: Params,
    rows: &[u32],
    counts: &mut [u32],
) {
    let mut sets = [[0_u32; SETS]; SLOTS];
    let (all, last) = rows.as_chunks::<SETS>();
    let slot = |rank: u32| rank.min(params.classes) as usize % SLOTS;
    for rows in all {
        for set in 0..SETS {
            // Rows without a rank go to one that is not looked at.
            let counter = &mut sets[slot(rows[set])][set];
            *counter = counter.wrapping_add(1);
        }
    }
    for &rank in last {
        let counter = &mut sets[slot(rank)][0];
        *counter = counter.wrapping_add(1);
    }
    for (count, sets) in counts.iter_mut().zip(sets).take(params.classes as usize) {
        *count = sets.into_iter().fold(*count, u32::wrapping_add);
    }
}

/// Ranks that repeat, alternate and lie beyond the classes; counters about to wrap.
fn samples() -> Vec<Vec<Vec<u32>>> {
    const ROWS: u32 = 777;
    const CLASSES: u32 = 7;
    let rank = |row: u32| if row < 300 { row / 64 } else { row * row % (CLASSES + 2) };
    let rows = (0..ROWS).map(|row| if row % 50 == 0 { u32::MAX } else { rank(row) });
    let counts = (0..CLASSES).map(|class| u32::MAX - 5 * class);
    vec![vec![vec![ROWS, CLASSES, 0, 0], rows.collect(), counts.collect()]]
}
