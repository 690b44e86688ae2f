//! The compute shaders of [`rows`](super), and their twin: the CPU's loops,
//! called with the same words.
//!
//! There is a shader for narrow rows and one for wide ones in three forms, each for
//! singles and for doubles; all give the same words, so they share the twin. Each has
//! a second kernel, "argmax", that leaves all planes alone but those of predictions
//! and states.

use half::{bf16, f16};

use super::shader::{Format, Params, Task};
use super::{Decision, PlanesOut, sample, score_block};
use crate::kernel::{Access, Kernel, Launch, Slot};

/// A part of a shader, put together from files.
macro_rules! part {
    ($($file:literal),+) => {
        concat!($(include_str!(concat!("../../../shaders/", $file, ".wgsl"))),+)
    };
}

const EXACT: &str = part!("integers", "floats", "exact");
const ROWS: &str = part!("rows");
const SINGLES: &str = part!("rows_singles");
const DOUBLES: &str = part!("doubles", "rows_doubles");
const THREAD: &str = part!("rows_thread");
const TEAM: &str = part!("rows_team", "rows_team_singles");
const TEAM_F64: &str = part!("rows_team", "rows_team_doubles");
const LANES: &str = part!("rows_lanes", "rows_lanes_singles");
const LANES_F64: &str = part!("rows_lanes", "rows_lanes_doubles");
const SUBGROUP: &str = part!("rows_subgroup");
const WORKGROUP: &str = part!("rows_workgroup");
const PLAIN: &str = part!("rows_workgroup_plain");

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
    /// Whether scores are doubles.
    double: bool,
}

const NARROW: Form =
    Form { parts: &[], subgroups: false, workgroup: 64, narrow: true, double: false };
const WIDE: Form = Form { workgroup: 256, narrow: false, ..NARROW };

/// Forms for scores of single precision, and narrower ones that are widened to it.
const OF_SINGLES: [Form; 4] = [
    Form { parts: &[EXACT, ROWS, SINGLES, THREAD], ..NARROW },
    Form { parts: &[EXACT, ROWS, SINGLES, TEAM, LANES, SUBGROUP], subgroups: true, ..WIDE },
    Form { parts: &[EXACT, ROWS, SINGLES, TEAM, LANES, WORKGROUP], subgroups: true, ..WIDE },
    Form { parts: &[EXACT, ROWS, SINGLES, TEAM, PLAIN], ..WIDE },
];

const NARROW_F64: Form = Form { workgroup: 32, double: true, ..NARROW };
const WIDE_F64: Form = Form { double: true, ..WIDE };
const TEAM_OF_LANES: Form = Form { subgroups: true, ..WIDE_F64 };

/// The same for doubles, of which half as many fit a workgroup's memory.
const OF_DOUBLES: [Form; 4] = [
    Form { parts: &[EXACT, ROWS, DOUBLES, THREAD], ..NARROW_F64 },
    Form { parts: &[EXACT, ROWS, DOUBLES, TEAM_F64, LANES_F64, SUBGROUP], ..TEAM_OF_LANES },
    Form { parts: &[EXACT, ROWS, DOUBLES, TEAM_F64, LANES_F64, WORKGROUP], ..TEAM_OF_LANES },
    Form { parts: &[EXACT, ROWS, DOUBLES, TEAM_F64, PLAIN], ..WIDE_F64 },
];

/// An invocation to each row of at most [`MOST_COLUMNS_OF_THREAD`] scores.
pub const ROWS_THREAD: Kernel = OF_SINGLES[0].rows("rows_thread");
/// A subgroup to each row.
pub const ROWS_SUBGROUP: Kernel = OF_SINGLES[1].rows("rows_subgroup");
/// A workgroup to each row, whose subgroups add up by themselves first.
pub const ROWS_WORKGROUP: Kernel = OF_SINGLES[2].rows("rows_workgroup");
/// A workgroup to each row, for devices without subgroup operations.
pub const ROWS_WORKGROUP_PLAIN: Kernel = OF_SINGLES[3].rows("rows_workgroup_plain");
/// [`ROWS_THREAD`] for predictions and states alone.
pub const ARGMAX_THREAD: Kernel = OF_SINGLES[0].argmax("argmax_thread");
/// [`ROWS_SUBGROUP`] for predictions and states alone.
pub const ARGMAX_SUBGROUP: Kernel = OF_SINGLES[1].argmax("argmax_subgroup");
/// [`ROWS_WORKGROUP`] for predictions and states alone.
pub const ARGMAX_WORKGROUP: Kernel = OF_SINGLES[2].argmax("argmax_workgroup");
/// [`ROWS_WORKGROUP_PLAIN`] for predictions and states alone.
pub const ARGMAX_WORKGROUP_PLAIN: Kernel = OF_SINGLES[3].argmax("argmax_workgroup_plain");
/// [`ROWS_THREAD`] for doubles.
pub const ROWS_F64_THREAD: Kernel = OF_DOUBLES[0].rows("rows_f64_thread");
/// [`ROWS_SUBGROUP`] for doubles.
pub const ROWS_F64_SUBGROUP: Kernel = OF_DOUBLES[1].rows("rows_f64_subgroup");
/// [`ROWS_WORKGROUP`] for doubles.
pub const ROWS_F64_WORKGROUP: Kernel = OF_DOUBLES[2].rows("rows_f64_workgroup");
/// [`ROWS_WORKGROUP_PLAIN`] for doubles.
pub const ROWS_F64_WORKGROUP_PLAIN: Kernel = OF_DOUBLES[3].rows("rows_f64_workgroup_plain");
/// [`ARGMAX_THREAD`] for doubles.
pub const ARGMAX_F64_THREAD: Kernel = OF_DOUBLES[0].argmax("argmax_f64_thread");
/// [`ARGMAX_SUBGROUP`] for doubles.
pub const ARGMAX_F64_SUBGROUP: Kernel = OF_DOUBLES[1].argmax("argmax_f64_subgroup");
/// [`ARGMAX_WORKGROUP`] for doubles.
pub const ARGMAX_F64_WORKGROUP: Kernel = OF_DOUBLES[2].argmax("argmax_f64_workgroup");
/// [`ARGMAX_WORKGROUP_PLAIN`] for doubles.
pub const ARGMAX_F64_WORKGROUP_PLAIN: Kernel = OF_DOUBLES[3].argmax("argmax_f64_workgroup_plain");

/// Rows of up to so many scores are one subgroup's each, on a GPU. In software
/// all are: meeting at barriers takes longer than reading.
const MEDIUM: usize = 1_024;

/// The kernel for rows of `columns` scores stored in `format`, on a device with subgroup
/// operations or without, made of software or not.
pub fn variant(format: Format, columns: usize, subgroups: bool, software: bool) -> &'static Kernel {
    let kernels: [&Kernel; 4] = match format {
        Format::F64 => {
            [&ROWS_F64_THREAD, &ROWS_F64_SUBGROUP, &ROWS_F64_WORKGROUP, &ROWS_F64_WORKGROUP_PLAIN]
        }
        _ => [&ROWS_THREAD, &ROWS_SUBGROUP, &ROWS_WORKGROUP, &ROWS_WORKGROUP_PLAIN],
    };
    choose(columns, subgroups, software, kernels)
}

/// The kernel for the predictions and states alone, chosen as by [`variant`].
pub fn argmax_variant(
    format: Format,
    columns: usize,
    subgroups: bool,
    software: bool,
) -> &'static Kernel {
    let kernels: [&Kernel; 4] = match format {
        Format::F64 => [
            &ARGMAX_F64_THREAD,
            &ARGMAX_F64_SUBGROUP,
            &ARGMAX_F64_WORKGROUP,
            &ARGMAX_F64_WORKGROUP_PLAIN,
        ],
        _ => [&ARGMAX_THREAD, &ARGMAX_SUBGROUP, &ARGMAX_WORKGROUP, &ARGMAX_WORKGROUP_PLAIN],
    };
    choose(columns, subgroups, software, kernels)
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
            launch: Launch {
                workgroups: if self.narrow { 16_384 / self.workgroup } else { 256 },
                workgroup: self.workgroup,
                constants,
            },
            cpu,
            canonical: None,
            samples: match (self.narrow, self.double) {
                (true, false) => || sample::narrow(Format::SINGLES),
                (false, false) => || sample::wide(Format::SINGLES),
                (true, true) => || sample::narrow(&[Format::F64]),
                (false, true) => || sample::wide(&[Format::F64]),
            },
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
    let places = 0..labels.len() * columns;
    let mut out = PlanesOut::new(planes, params.stride as usize, argmax_only);
    let shape = [columns, classes];
    if params.format() == Format::F64 {
        let values: Vec<f64> = places.map(|at| double(scores, at)).collect();
        score_block(&reading, decision, shape, &values, labels, 0, &mut out);
    } else {
        let values: Vec<f32> = places.map(|at| score(params.format(), scores, at)).collect();
        score_block(&reading, decision, shape, &values, labels, 0, &mut out);
    }
}

/// A double by its place among all.
fn double(words: &[u32], place: usize) -> f64 {
    let [low, high] = [words[2 * place], words[2 * place + 1]].map(u64::from);
    f64::from_bits(low | high << 32)
}

/// A score of single precision or narrower by its place among all.
pub(in crate::kernel) fn score(format: Format, words: &[u32], place: usize) -> f32 {
    #[allow(clippy::cast_possible_truncation, reason = "one half of the word")]
    let half = || (words[place / 2] >> (16 * (place % 2))) as u16;
    match format {
        Format::F32 => f32::from_bits(words[place]),
        Format::F16 => f16::from_bits(half()).to_f32(),
        Format::Bf16 => bf16::from_bits(half()).to_f32(),
        Format::F64 => unreachable!("a double is no single"),
    }
}
