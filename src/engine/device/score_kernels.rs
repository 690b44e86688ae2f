//! Which kernels run over a slot of rows with scores, with their parameters.

use super::counters::{ScoreCounters, in_words};
use super::score_shape::Shape;
use crate::engine::plan::settled::Plan;
use crate::error::Result;
use crate::gpu::{Binding, Bound, Device, Storage, Uniform, Upload};
use crate::kernel::confusion::{self, Column, ColumnType};
use crate::kernel::order::twin as order;
use crate::kernel::planes::Plane;
use crate::kernel::rows::{shader, twin};
use crate::kernel::sums;
use crate::kernel::{Kernel, Launch};
use crate::tally::aggregate::{self, Counting, DeviceForm, Entry, Input, OrderForm};
use crate::tally::{Spec, Task};

/// Bytes of the parameters of a kernel that counts in words.
const WORD_PARAMS: usize = 16;

/// What the kernels of a slot read and write.
pub(super) struct Memory<'a> {
    pub(super) scores: &'a Upload,
    pub(super) labels: &'a Upload,
    pub(super) planes: &'a Storage,
    /// Words of a plane.
    pub(super) stride: usize,
    pub(super) sums: &'a Storage,
}

/// The kernels of a slot.
pub(super) struct ScoreKernels {
    rows: Uniform,
    sums: Uniform,
    confusion: Uniform,
    /// Of each aggregate that is counted in words.
    words: Vec<Uniform>,
    /// In the order in which they run.
    pub(super) bound: Vec<Bound>,
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
        shape: &Shape,
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
            bound: Vec::new(),
        };
        kernels.bound = kernels.bind(device, shape, counters, memory)?;
        Ok(kernels)
    }

    fn bind(
        &self,
        device: &Device,
        shape: &Shape,
        counters: &ScoreCounters,
        memory: &Memory<'_>,
    ) -> Result<Vec<Bound>> {
        let traits = traits(device);
        let plane = |plane: Plane| {
            let bytes = 4 * memory.stride as u64;
            Binding::Part(memory.planes, plane as u64 * bytes, bytes)
        };
        let labels = Binding::Upload(memory.labels);
        let planes = Binding::Storage(memory.planes);
        let over_rows = Launch::over_rows(traits.software);
        let (rows, sums) = row_kernels(shape.columns, shape.predictions_only, traits);
        let mut bound = vec![
            device.bind(
                rows,
                &row_launch(rows, traits.software),
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
        let counting = Counting { spec: &shape.spec, classes: shape.classes };
        for (words, params) in counters.words.iter().zip(&self.words) {
            let kernel = (words.form.kernel)(counting, traits);
            let input = |input: &Input| match *input {
                Input::Labels => labels,
                Input::Planes => planes,
                Input::Plane(of) => plane(of),
            };
            let mut bindings = vec![Binding::Uniform(params)];
            bindings.extend(words.form.inputs.iter().map(input));
            bindings.push(Binding::Storage(&words.storage));
            bound.push(device.bind(&kernel, &kernel.launch, &bindings)?);
        }
        if let Some(cells) = &counters.cells {
            let (kernel, params) = confusion_of(shape, traits, 0);
            let launch = confusion::launch(&kernel, &params);
            let cells = Binding::Storage(cells);
            let bindings =
                [Binding::Uniform(&self.confusion), labels, plane(Plane::Prediction), cells];
            bound.push(device.bind(&kernel, &launch, &bindings)?);
        }
        Ok(bound)
    }

    /// Sets all parameters for `rows` rows in planes of `stride` words.
    pub(super) fn set(
        &self,
        device: &Device,
        shape: &Shape,
        counters: &ScoreCounters,
        [rows, stride]: [u32; 2],
    ) {
        let traits = traits(device);
        let counting = Counting { spec: &shape.spec, classes: shape.classes };
        device.set(&self.rows, &shape.params.of_rows(rows, stride));
        for (words, params) in counters.words.iter().zip(&self.words) {
            device.set(params, &(words.form.params)(counting, traits, [rows, stride]));
        }
        device.set(&self.sums, &sums::Params { rows, stride, pad: [0; 2] });
        device.set(&self.confusion, &confusion_of(shape, traits, rows).1);
    }
}

/// Every kernel that counting rows with scores by `plan` runs.
pub(super) fn needed(plan: &Plan, classes: usize, traits: confusion::Traits) -> Vec<Kernel> {
    let columns = if plan.spec.task == Task::Matrix { classes } else { 1 };
    let predictions_only = reads_predictions_only(&plan.spec);
    let (rows, sums) = row_kernels(columns, predictions_only, traits);
    let (confusion, _) = confusion::choose(narrow(classes), traits);
    let mut kernels = vec![*rows, *sums, confusion];
    let counting = Counting { spec: &plan.spec, classes };
    kernels.extend(in_words(&plan.spec).map(|(_, form)| (form.kernel)(counting, traits)));
    match in_order(&plan.spec) {
        None => {}
        Some((_, form)) if form.is_binned() => kernels.push(order::COUNT),
        Some(_) => kernels.extend([order::COUNT, order::SCAN, order::SCATTER]),
    }
    kernels
}

/// Whether no plane is read but those of predictions and states.
pub(super) fn reads_predictions_only(spec: &Spec) -> bool {
    let mut wanted = aggregate::ALL.iter().filter(|entry| (entry.is_wanted)(spec));
    wanted.all(|entry| !(entry.reads)(spec).all_planes)
}

/// The aggregate that the device puts rows in order for, if there is one.
pub(super) fn in_order(spec: &Spec) -> Option<(&'static Entry, OrderForm)> {
    let mut wanted = aggregate::ALL.iter().filter(|entry| (entry.is_wanted)(spec));
    wanted.find_map(|entry| match (entry.device)(spec) {
        DeviceForm::Orders(form) => Some((entry, form)),
        _ => None,
    })
}

/// The kernel that reads scores, and the one that counts what became of rows.
fn row_kernels(
    columns: usize,
    predictions_only: bool,
    traits: confusion::Traits,
) -> (&'static Kernel, &'static Kernel) {
    let confusion::Traits { subgroups, software, .. } = traits;
    match predictions_only {
        true => (twin::argmax_variant(columns, subgroups, software), &sums::STATES),
        false => (twin::variant(columns, subgroups, software), &sums::KERNEL),
    }
}

/// How the confusion of as many rows is counted.
fn confusion_of(
    shape: &Shape,
    traits: confusion::Traits,
    rows: u32,
) -> (Kernel, confusion::Params) {
    let classes = narrow(shape.classes);
    let (kernel, replicas) = confusion::choose(classes, traits);
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

/// What the choice of kernels depends on.
pub(super) fn traits(device: &Device) -> confusion::Traits {
    let about = device.about();
    confusion::Traits {
        binding_bytes: about.max_binding_bytes,
        subgroups: about.subgroup_sizes.is_some(),
        software: about.kind == crate::gpu::Kind::Software,
    }
}

/// Rows, classes and bins of one dispatch are far below 2³².
#[allow(clippy::cast_possible_truncation, reason = "bounded by the memory of a slot")]
pub(super) fn narrow(count: usize) -> u32 {
    count as u32
}
