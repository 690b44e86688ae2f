//! The compute shaders of [`rows`](super), and their twin: the CPU's loops,
//! called with the same words.
//!
//! There is a shader for narrow rows and one for wide ones in three forms; all
//! give the same words, so they share the twin. Each has a second kernel,
//! "argmax", that leaves all planes alone but those of predictions and states.

use half::{bf16, f16};

use super::shader::{Format, Params, Task};
use super::{Decision, PlanesOut, sample, score_block};
use crate::kernel::{Access, Kernel, Launch, Slot};

const INTEGERS: &str = include_str!("../../../shaders/integers.wgsl");
const FLOATS: &str = include_str!("../../../shaders/floats.wgsl");
const EXACT: &str = include_str!("../../../shaders/exact.wgsl");
const ROWS: &str = include_str!("../../../shaders/rows.wgsl");
const THREAD: &str = include_str!("../../../shaders/rows_thread.wgsl");
const TEAM: &str = include_str!("../../../shaders/rows_team.wgsl");
const LANES: &str = include_str!("../../../shaders/rows_lanes.wgsl");
const SUBGROUP: &str = include_str!("../../../shaders/rows_subgroup.wgsl");
const WORKGROUP: &str = include_str!("../../../shaders/rows_workgroup.wgsl");
const PLAIN: &str = include_str!("../../../shaders/rows_workgroup_plain.wgsl");

/// The most columns that an invocation can have for itself.
pub const MOST_COLUMNS_OF_THREAD: usize = 32;

/// One of the forms that rows can be read in.
#[derive(Clone, Copy, Debug)]
struct Form {
    parts: &'static [&'static str],
    subgroups: bool,
    workgroup: u32,
    /// Whether rows are of at most [`MOST_COLUMNS_OF_THREAD`] scores.
    narrow: bool,
}

const BY_THREAD: Form = Form {
    parts: &[INTEGERS, FLOATS, EXACT, ROWS, THREAD],
    subgroups: false,
    workgroup: 64,
    narrow: true,
};
const BY_SUBGROUP: Form = Form {
    parts: &[INTEGERS, FLOATS, EXACT, ROWS, TEAM, LANES, SUBGROUP],
    subgroups: true,
    workgroup: 256,
    narrow: false,
};
const BY_WORKGROUP: Form = Form {
    parts: &[INTEGERS, FLOATS, EXACT, ROWS, TEAM, LANES, WORKGROUP],
    subgroups: true,
    workgroup: 256,
    narrow: false,
};
const BY_PLAIN_WORKGROUP: Form = Form {
    parts: &[INTEGERS, FLOATS, EXACT, ROWS, TEAM, PLAIN],
    subgroups: false,
    workgroup: 256,
    narrow: false,
};

/// An invocation to each row of at most [`MOST_COLUMNS_OF_THREAD`] scores.
pub const ROWS_THREAD: Kernel = BY_THREAD.rows("rows_thread");
/// A subgroup to each row.
pub const ROWS_SUBGROUP: Kernel = BY_SUBGROUP.rows("rows_subgroup");
/// A workgroup to each row, whose subgroups add up by themselves first.
pub const ROWS_WORKGROUP: Kernel = BY_WORKGROUP.rows("rows_workgroup");
/// A workgroup to each row, for devices without subgroup operations.
pub const ROWS_WORKGROUP_PLAIN: Kernel = BY_PLAIN_WORKGROUP.rows("rows_workgroup_plain");
/// [`ROWS_THREAD`] for predictions and states alone.
pub const ARGMAX_THREAD: Kernel = BY_THREAD.argmax("argmax_thread");
/// [`ROWS_SUBGROUP`] for predictions and states alone.
pub const ARGMAX_SUBGROUP: Kernel = BY_SUBGROUP.argmax("argmax_subgroup");
/// [`ROWS_WORKGROUP`] for predictions and states alone.
pub const ARGMAX_WORKGROUP: Kernel = BY_WORKGROUP.argmax("argmax_workgroup");
/// [`ROWS_WORKGROUP_PLAIN`] for predictions and states alone.
pub const ARGMAX_WORKGROUP_PLAIN: Kernel = BY_PLAIN_WORKGROUP.argmax("argmax_workgroup_plain");

/// Rows of up to so many scores are one subgroup's each, on a GPU. In software
/// all are: meeting at barriers takes longer than reading.
const MEDIUM: usize = 1_024;

/// The kernel for rows of `columns` scores, on a device with subgroup operations
/// or without, made of software or not.
pub fn variant(columns: usize, subgroups: bool, software: bool) -> &'static Kernel {
    choose(
        columns,
        subgroups,
        software,
        [&ROWS_THREAD, &ROWS_SUBGROUP, &ROWS_WORKGROUP, &ROWS_WORKGROUP_PLAIN],
    )
}

/// The kernel for the predictions and states alone, chosen as by [`variant`].
pub fn argmax_variant(columns: usize, subgroups: bool, software: bool) -> &'static Kernel {
    choose(
        columns,
        subgroups,
        software,
        [&ARGMAX_THREAD, &ARGMAX_SUBGROUP, &ARGMAX_WORKGROUP, &ARGMAX_WORKGROUP_PLAIN],
    )
}

fn choose(
    columns: usize,
    subgroups: bool,
    software: bool,
    [thread, subgroup, workgroup, plain]: [&'static Kernel; 4],
) -> &'static Kernel {
    match columns {
        _ if columns <= MOST_COLUMNS_OF_THREAD => thread,
        _ if !subgroups => plain,
        _ if software || columns <= MEDIUM => subgroup,
        _ => workgroup,
    }
}

impl Form {
    const fn rows(self, name: &'static str) -> Kernel {
        self.kernel(name, &[("ARGMAX_ONLY", 0)], |slots| run(slots, false))
    }

    const fn argmax(self, name: &'static str) -> Kernel {
        self.kernel(name, &[("ARGMAX_ONLY", 1)], |slots| run(slots, true))
    }

    const fn kernel(
        self,
        name: &'static str,
        constants: &'static [(&'static str, u32)],
        cpu: fn(&mut [Slot<'_>]),
    ) -> Kernel {
        Kernel {
            name,
            wgsl: self.parts,
            bindings: &[
                Access::Uniform,
                Access::Read,
                Access::Read,
                Access::Read,
                Access::ReadWrite,
            ],
            params_size: size_of::<Params>(),
            params_fields: Params::FIELDS,
            subgroups: self.subgroups,
            launch: Launch { workgroups: 256, workgroup: self.workgroup, constants },
            cpu,
            canonical: None,
            samples: if self.narrow { sample::narrow } else { sample::wide },
        }
    }
}

fn run(slots: &mut [Slot<'_>], argmax_only: bool) {
    let [params, scores, labels, _tables, planes] = slots else { unreachable!("five bindings") };
    rows(params.params(), scores.words(), labels.words(), planes.write(), argmax_only);
}

/// Scores the rows of `scores` against their `labels` (`[rows]`) and writes what
/// they come to into `planes` (`[PLANES, stride]`).
pub fn rows(params: Params, scores: &[u32], labels: &[u32], planes: &mut [u32], argmax_only: bool) {
    let reading = params.reading();
    let (columns, classes) = (params.columns as usize, params.classes as usize);
    let decision = match params.task() {
        Task::Matrix { .. } => Decision::Highest,
        Task::Binary { positive, threshold } => Decision::OneScore { positive, threshold },
    };
    let labels = &labels[..params.rows as usize];
    let values: Vec<f32> =
        (0..labels.len() * columns).map(|at| score(params.format(), scores, at)).collect();
    let mut out = PlanesOut::new(planes, params.stride as usize, argmax_only);
    score_block(&reading, decision, [columns, classes], &values, labels, 0, &mut out);
}

/// A score by its place among all.
pub(in crate::kernel) fn score(format: Format, words: &[u32], place: usize) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "one half of the word")]
    let half = || (words[place / 2] >> (16 * (place % 2))) as u16;
    match format {
        Format::F32 => f32::from_bits(words[place]),
        Format::F16 => f16::from_bits(half()).to_f32(),
        Format::Bf16 => bf16::from_bits(half()).to_f32(),
    }
}
