//! The kernels that run over a staging buffer of rows with scores, with their parameters.

use super::counters::{ScoreCounters, in_words};
use super::device_caps::{device_caps, to_u32};
use super::row_layout::{RowLayout, in_order, reads_predictions_only};
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::gpu::{Binding, Device, Dispatch, Storage, Uniform, Upload};
use crate::kernel::confusion::{self, Column, ColumnType};
use crate::kernel::order::twin as order;
use crate::kernel::planes::Plane;
use crate::kernel::rows::shader::Format;
use crate::kernel::rows::{shader, twin};
use crate::kernel::sums;
use crate::kernel::{Kernel, Launch};
use crate::tally::aggregate::{Counting, Input};
use crate::tally::{Spec, Task};

/// Bytes of the parameters of a kernel that counts in words.
const WORD_PARAMS: usize = 16;

/// What the kernels of a staging buffer read and write.
pub(super) struct Memory<'a> {
    pub(super) scores: &'a Upload,
    pub(super) labels: &'a Upload,
    pub(super) planes: &'a Storage,
    /// Words of a plane.
    pub(super) stride: usize,
    pub(super) sums: &'a Storage,
}

/// The kernels of a staging buffer.
pub(super) struct ScoreKernels {
    rows: Uniform,
    sums: Uniform,
    confusion: Uniform,
    /// Of each aggregate that is counted in words.
    words: Vec<Uniform>,
    /// In the order in which they run.
    pub(super) dispatches: Vec<Dispatch>,
}

impl ScoreKernels {
    /// Bytes of all parameters on the device.
    pub(super) fn bytes(spec: &Spec) -> u64 {
        let words = in_words(spec).map(|_| WORD_PARAMS);
        let sizes = [size_of::<shader::Params>(), 16, size_of::<confusion::Params>()];
        sizes.into_iter().chain(words).map(|bytes| Device::size_of(bytes as u64)).sum()
    }

    pub(super) fn new(
        device: &Device,
        layout: &RowLayout,
        counters: &ScoreCounters,
        memory: &Memory<'_>,
    ) -> Result<Self> {
        let mut kernels = Self {
            rows: device.uniform("rows", size_of::<shader::Params>() as u64)?,
            sums: device.uniform("sums", 16)?,
            confusion: device.uniform("confusion", size_of::<confusion::Params>() as u64)?,
            words: counters
                .words
                .iter()
                .map(|it| device.uniform(it.entry.name, WORD_PARAMS as u64))
                .collect::<Result<_>>()?,
            dispatches: Vec::new(),
        };
        kernels.dispatches = kernels.bind(device, layout, counters, memory)?;
        Ok(kernels)
    }

    fn bind(
        &self,
        device: &Device,
        layout: &RowLayout,
        counters: &ScoreCounters,
        memory: &Memory<'_>,
    ) -> Result<Vec<Dispatch>> {
        let caps = device_caps(device);
        let plane = |plane: Plane| {
            let bytes = 4 * memory.stride as u64;
            Binding::Part(memory.planes, plane as u64 * bytes, bytes)
        };
        let labels = Binding::Upload(memory.labels);
        let planes = Binding::Storage(memory.planes);
        let over_rows = Launch::over_rows(caps.software);
        let (rows, sums) =
            row_kernels(layout.format, layout.columns, layout.predictions_only, caps);
        let mut dispatches = vec![
            device.bind(
                rows,
                &row_launch(rows, caps.software),
                &[
                    Binding::Uniform(&self.rows),
                    Binding::Upload(memory.scores),
                    labels,
                    Binding::Storage(&counters.tables),
                    planes,
                ],
            )?,
            device.bind(
                sums,
                &Launch { constants: sums.launch.constants, ..over_rows },
                &[Binding::Uniform(&self.sums), planes, Binding::Storage(memory.sums)],
            )?,
        ];
        let counting = Counting { spec: &layout.spec, classes: layout.classes };
        for (words, params) in counters.words.iter().zip(&self.words) {
            let kernel = (words.form.kernel)(counting, caps);
            let input = |input: &Input| match *input {
                Input::Labels => labels,
                Input::Planes => planes,
                Input::Plane(of) => plane(of),
            };
            let mut bindings = vec![Binding::Uniform(params)];
            bindings.extend(words.form.inputs.iter().map(input));
            bindings.push(Binding::Storage(&words.storage));
            dispatches.push(device.bind(&kernel, &kernel.launch, &bindings)?);
        }
        if let Some(cells) = &counters.cells {
            let (kernel, params) = confusion_of(layout, caps, 0);
            let launch = confusion::launch(&kernel, &params);
            let cells = Binding::Storage(cells);
            let bindings =
                [Binding::Uniform(&self.confusion), labels, plane(Plane::Prediction), cells];
            dispatches.push(device.bind(&kernel, &launch, &bindings)?);
        }
        Ok(dispatches)
    }

    /// Sets all parameters for `rows` rows in planes of `stride` words.
    pub(super) fn set(
        &self,
        device: &Device,
        layout: &RowLayout,
        counters: &ScoreCounters,
        [rows, stride]: [u32; 2],
    ) {
        let caps = device_caps(device);
        let counting = Counting { spec: &layout.spec, classes: layout.classes };
        device.set(&self.rows, &layout.params.of_rows(rows, stride));
        for (words, params) in counters.words.iter().zip(&self.words) {
            device.set(params, &(words.form.params)(counting, caps, [rows, stride]));
        }
        device.set(&self.sums, &sums::Params { rows, stride, pad: [0; 2] });
        device.set(&self.confusion, &confusion_of(layout, caps, rows).1);
    }
}

/// Every kernel that counting rows with scores by `plan` runs.
pub(super) fn needed(plan: &Plan, classes: usize, caps: confusion::Traits) -> Vec<Kernel> {
    let columns = if plan.spec.task == Task::Matrix { classes } else { 1 };
    let predictions_only = reads_predictions_only(&plan.spec);
    let format = plan.stored_as.map_or(Format::F32, Format::of);
    let (rows, sums) = row_kernels(format, columns, predictions_only, caps);
    let (confusion, _) = confusion::choose(to_u32(classes), caps);
    let mut kernels = vec![*rows, *sums, confusion];
    let counting = Counting { spec: &plan.spec, classes };
    kernels.extend(in_words(&plan.spec).map(|(_, form)| (form.kernel)(counting, caps)));
    match in_order(&plan.spec) {
        None => {}
        Some((_, form)) if form.is_binned() => kernels.push(order::COUNT),
        Some(_) => kernels.extend([order::COUNT, order::SCAN, order::SCATTER]),
    }
    kernels
}

/// The kernel that reads scores, and the one that counts what became of rows.
fn row_kernels(
    format: Format,
    columns: usize,
    predictions_only: bool,
    caps: confusion::Traits,
) -> (&'static Kernel, &'static Kernel) {
    let confusion::Traits { subgroups, software, .. } = caps;
    match predictions_only {
        true => (twin::argmax_variant(format, columns, subgroups, software), &sums::STATES),
        false => (twin::variant(format, columns, subgroups, software), &sums::KERNEL),
    }
}

/// How the confusion of as many rows is counted.
fn confusion_of(
    layout: &RowLayout,
    caps: confusion::Traits,
    rows: u32,
) -> (Kernel, confusion::Params) {
    let classes = to_u32(layout.classes);
    let (kernel, replicas) = confusion::choose(classes, caps);
    let column = Column { kind: ColumnType::U32, base: 0 };
    let params = confusion::Params::new(rows, classes, column, column);
    (kernel, confusion::Params { replicas, ..params })
}

/// How the row kernel is started. In software a few workgroups have many rows
/// each, so that the lanes of a subgroup share the work of finishing them.
fn row_launch(kernel: &Kernel, software: bool) -> Launch {
    let workgroups = if software { 8 } else { kernel.launch.workgroups };
    Launch { workgroups, ..kernel.launch }
}
