//! The shaders that count pairs, and their twins.

use super::column::Params;
use crate::kernel::{Access, Kernel, Launch, Slot};

const BINDINGS: &[Access] = &[Access::Uniform, Access::Read, Access::Read, Access::ReadWrite];

/// Counters in workgroup memory, several of a cell: `shaders/confusion.wgsl`.
pub const WORKGROUP: Kernel = Kernel {
    name: "confusion",
    wgsl: &[
        include_str!("../../../shaders/columns.wgsl"),
        include_str!("../../../shaders/confusion.wgsl"),
    ],
    ..GLOBAL
};

/// Counters in the memory of the device: `shaders/confusion_global.wgsl`.
pub const GLOBAL: Kernel = Kernel {
    name: "confusion_global",
    wgsl: &[
        include_str!("../../../shaders/columns.wgsl"),
        include_str!("../../../shaders/confusion_global.wgsl"),
    ],
    bindings: BINDINGS,
    params_size: size_of::<Params>(),
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, labels, predictions, cells] = slots else { unreachable!("four bindings") };
        confusion(params.params(), labels.words(), predictions.words(), cells.write());
    },
    canonical: None,
};

/// Adds every row of two columns to its cell (`[C·C + 1]`, row-major by label;
/// the last one has the rows of which either value is no class).
pub fn confusion(params: Params, labels: &[u32], predictions: &[u32], cells: &mut [u32]) {
    let classes = params.classes;
    params.pairs(labels, predictions, |label, prediction| {
        let inside = label < classes && prediction < classes;
        let cell = if inside { label * classes + prediction } else { classes * classes };
        cells[cell as usize] = cells[cell as usize].wrapping_add(1);
    });
}
