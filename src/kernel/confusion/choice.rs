//! The choice of the shader that counts pairs fastest.

use super::column::{ColumnType, Params};
use super::{DIAGONAL, GLOBAL, SPARSE, SUBGROUP, WORKGROUP, WORKGROUP_WORDS};
use crate::kernel::{Kernel, Launch};

/// What the choice depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Bytes that one binding can reach.
    pub binding_bytes: u64,
    /// Whether there are subgroup operations.
    pub subgroups: bool,
    /// Whether the device is the CPU: its threads are few, so counters are not
    /// fought for, and clearing and adding up several of a cell only costs.
    pub software: bool,
}

/// The kernel for `classes` classes, launched as suits the device, with
/// [`Params::replicas`].
///
/// Below 64 classes all counters are in workgroup memory; up to 4,096 the
/// diagonal is; then hot cells are gathered by subgroups; and where the cells
/// (4·(C² + 1) bytes) exceed a binding, they go to a hash table.
pub fn choose(classes: u32, traits: Traits) -> (Kernel, u32) {
    let cells = u64::from(classes) * u64::from(classes) + 1;
    let words = u64::from(WORKGROUP_WORDS);
    let (kernel, replicas) = if cells <= words {
        (WORKGROUP, replicas(cells, traits))
    } else if cells > traits.binding_bytes.min(1 << 34) / 4 {
        (SPARSE, 0)
    } else if u64::from(classes) <= words && !traits.software {
        (DIAGONAL, replicas(classes.into(), traits))
    } else if traits.subgroups && !traits.software {
        (SUBGROUP, 0)
    } else {
        (GLOBAL, 0)
    };
    (Kernel { launch: Launch::over_rows(traits.software), ..kernel }, replicas)
}

/// Counters of a cell, as a power of 2: up to 32, the threads of most subgroups,
/// in half of workgroup memory, so that two workgroups fit beside each other.
fn replicas(counters: u64, traits: Traits) -> u32 {
    let most = u64::from(WORKGROUP_WORDS) / 2 / counters.max(1);
    if traits.software { 0 } else { most.max(1).ilog2().min(5) }
}

/// How to start `kernel` for `params`: with the column types compiled in, which
/// is faster than reading them from the parameters.
pub fn launch(kernel: &Kernel, params: &Params) -> Launch {
    let place = |code| ColumnType::ALL.iter().position(|kind| *kind as u32 == code);
    match (place(params.label_type), place(params.prediction_type)) {
        (Some(labels), Some(predictions)) => {
            Launch { constants: &CONSTANTS[labels][predictions], ..kernel.launch }
        }
        _ => kernel.launch,
    }
}

/// The constants of `shaders/columns.wgsl` for two column types.
type Constants = [(&'static str, u32); 2];

const TYPES: usize = ColumnType::ALL.len();

static CONSTANTS: [[Constants; TYPES]; TYPES] = {
    let mut all = [[[("LABELS", 0), ("PREDICTIONS", 0)]; TYPES]; TYPES];
    let mut labels = 0;
    while labels < TYPES {
        let mut predictions = 0;
        while predictions < TYPES {
            all[labels][predictions][0].1 = ColumnType::ALL[labels] as u32;
            all[labels][predictions][1].1 = ColumnType::ALL[predictions] as u32;
            predictions += 1;
        }
        labels += 1;
    }
    all
};
