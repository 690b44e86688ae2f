//! The shaders that count pairs, and their twins.

use super::column::{Column, ColumnType, Params};
use crate::kernel::sample::Garbage;
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
    samples,
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

/// Columns of every type, with values below and beyond the classes; sorted rows,
/// of which many fall into one cell, and mixed ones.
fn samples() -> Vec<Vec<Vec<u32>>> {
    const ROWS: u32 = 1_003;
    const CLASSES: u32 = 11;
    let mut garbage = Garbage::new(1);
    let mut sample = |(number, kind): (u32, ColumnType)| {
        let column = |kind| Column { kind, base: [0, 1, 200, -3][number as usize % 4] };
        let other = ColumnType::ALL[(number as usize + 2) % ColumnType::ALL.len()];
        let params = Params::new(ROWS, CLASSES, column(kind), column(other));
        let params = Params { replicas: number % 5, ..params };
        let mut words = |kind: ColumnType| -> Vec<u32> {
            let values = (0..ROWS).map(|row| match row {
                0..300 => i64::from(row / 100),
                _ => i64::from(garbage.below(CLASSES + 2)) - 1 + column(kind).base,
            });
            let bytes = values.flat_map(|value| value.to_le_bytes()[..kind.bytes()].to_vec());
            let mut bytes: Vec<u8> = bytes.collect();
            bytes.resize(bytes.len().next_multiple_of(16), 0xee);
            bytemuck::pod_collect_to_vec(&bytes)
        };
        let (labels, predictions) = (words(kind), words(other));
        let cells = (0..=CLASSES * CLASSES).map(|_| garbage.word()).collect();
        vec![bytemuck::cast_slice(&[params]).to_vec(), labels, predictions, cells]
    };
    (0..).zip(ColumnType::ALL).map(&mut sample).collect()
}
