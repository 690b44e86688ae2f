//! The shaders that count pairs into a dense table, and their twin.

use super::column::{self, Params};
use super::sample;
use crate::kernel::{Access, Kernel, Launch, Slot};

/// Words of workgroup memory that the shaders have; every device has that many.
pub const WORKGROUP_WORDS: u32 = 4_096;

/// Counters in workgroup memory, several of a cell; `C·C + 1` at most
/// [`WORKGROUP_WORDS`].
pub const WORKGROUP: Kernel = Kernel {
    name: "confusion",
    wgsl: &[COLUMNS, CELLS, include_str!("../../../shaders/confusion.wgsl")],
    ..GLOBAL
};

/// The diagonal in workgroup memory, the rest in that of the device; C at most
/// [`WORKGROUP_WORDS`].
pub const DIAGONAL: Kernel = Kernel {
    name: "confusion_diagonal",
    wgsl: &[COLUMNS, CELLS, include_str!("../../../shaders/confusion_diagonal.wgsl")],
    ..GLOBAL
};

/// Counters in the memory of the device.
pub const GLOBAL: Kernel = Kernel {
    name: "confusion_global",
    wgsl: &[COLUMNS, CELLS, include_str!("../../../shaders/confusion_global.wgsl")],
    bindings: &[Access::Uniform, Access::Read, Access::Read, Access::ReadWrite],
    params_size: size_of::<Params>(),
    params_fields: Params::FIELDS,
    subgroups: false,
    launch: Launch { workgroups: 64, workgroup: 64, constants: &[] },
    cpu: |slots: &mut [Slot<'_>]| {
        let [params, labels, predictions, cells] = slots else { unreachable!("four bindings") };
        confusion(params.params(), labels.words(), predictions.words(), cells.write());
    },
    canonical: None,
    samples: sample::dense,
};

/// Counters in the memory of the device, hot cells gathered by subgroups.
pub const SUBGROUP: Kernel = Kernel {
    name: "confusion_subgroup",
    wgsl: &[COLUMNS, CELLS, include_str!("../../../shaders/confusion_subgroup.wgsl")],
    subgroups: true,
    ..GLOBAL
};

pub(super) const COLUMNS: &str = include_str!("../../../shaders/columns.wgsl");
const CELLS: &str = include_str!("../../../shaders/cells.wgsl");

/// Adds every row of two columns to its cell (`[C·C + 1]`, row-major by label;
/// the last one has the rows of which either value is no class).
pub fn confusion(params: Params, labels: &[u32], predictions: &[u32], cells: &mut [u32]) {
    let classes = params.classes;
    column::pairs(&params, labels, predictions, |label, prediction| {
        let inside = label < classes && prediction < classes;
        let cell = if inside { label * classes + prediction } else { classes * classes };
        cells[cell as usize] = cells[cell as usize].wrapping_add(1);
    });
}
