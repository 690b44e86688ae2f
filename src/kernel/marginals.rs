//! Rows per class, from the cells of a dense table.

use bytemuck::{Pod, Zeroable};

use super::sample::Garbage;
use super::{Access, Kernel, Launch, Slot};

/// The shader `shaders/marginals.wgsl` and its twin [`marginals`].
pub const KERNEL: Kernel = Kernel {
    name: "marginals",
    wgsl: &[include_str!("../../shaders/marginals.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::ReadWrite],
    params_size: size_of::<Params>(),
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, cells, counts] = slots else { unreachable!("three bindings") };
        marginals(params.params(), cells.words(), counts.write());
    },
    canonical: None,
    samples,
};

/// Mirrors `Params` in the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Number of classes, C.
    pub classes: u32,
    /// Nothing; uniforms come in units of 16 bytes.
    pub pad: [u32; 3],
}

/// Adds the cells (`[C·C]` or more, row-major by label) of every class to its
/// three counters (`[3][C]`): rows that are right, rows with this label, rows
/// with this prediction.
pub fn marginals(params: Params, cells: &[u32], counts: &mut [u32]) {
    let classes = params.classes as usize;
    if classes == 0 {
        return;
    }
    let (correct, others) = counts.split_at_mut(classes);
    let (by_label, by_prediction) = others.split_at_mut(classes);
    let rows = cells[..classes * classes].chunks_exact(classes);
    for (label, row) in rows.enumerate() {
        correct[label] = correct[label].wrapping_add(row[label]);
        for (count, &cell) in by_prediction.iter_mut().zip(row) {
            *count = count.wrapping_add(cell);
            by_label[label] = by_label[label].wrapping_add(cell);
        }
    }
}

/// A full table, and one of more classes than a workgroup has invocations.
fn samples() -> Vec<Vec<Vec<u32>>> {
    let mut garbage = Garbage::new(2);
    let mut words = |count| (0..count).map(|_| garbage.word()).collect();
    [7, 131]
        .map(|classes| vec![vec![classes, 0, 0, 0], words(classes * classes), words(3 * classes)])
        .into()
}
