//! The kernel: a compute shader and the Rust function that means the same.

/// A shader and its twin, called the same way.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// The stem of the shader and, after an underscore, its variant.
    pub name: &'static str,
    /// Sources that make up the module, in order; its entry point is `main`.
    pub wgsl: &'static [&'static str],
    /// Slot `i` is `@group(0) @binding(i)`.
    pub bindings: &'static [Access],
    /// Bytes of the uniform at binding 0.
    pub params_size: usize,
    /// Its fields but for padding: the name of each, and the byte that it begins at.
    pub params_fields: &'static [(&'static str, usize)],
    /// Whether it needs a device with subgroup operations.
    pub subgroups: bool,
    /// Invocations of a workgroup, and the other constants of the module, when
    /// a launch does not say otherwise.
    pub launch: Launch,
    /// The twin.
    pub cpu: fn(&mut [Slot<'_>]),
    /// Brings outputs whose layout depends on the order of invocations into one
    /// form, so that two runs can be compared word by word.
    pub canonical: Option<fn(&mut [Vec<u32>])>,
    /// Batches that a device must give the twin's bits for before it is used:
    /// of each the initial words of every binding. Small, but together down
    /// every path of the shader, with garbage in the outputs.
    pub samples: fn() -> Vec<Vec<Vec<u32>>>,
}

/// The fields of parameters, each with the byte that it begins at.
macro_rules! fields {
    ($params:ty { $($field:ident),+ }) => {
        &[$((stringify!($field), std::mem::offset_of!($params, $field))),+]
    };
}
pub(super) use fields;

/// How a kernel is started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Launch {
    /// Number of workgroups; any number gives the same outputs.
    pub workgroups: u32,
    /// Invocations of a workgroup: the constant `WORKGROUP` of the module.
    pub workgroup: u32,
    /// Further `override` constants of the module.
    pub constants: &'static [(&'static str, u32)],
}

impl Launch {
    /// For kernels whose threads walk over rows: enough of them to hide the way
    /// to memory on the largest devices, or on the CPU (`software`) a few
    /// workgroups, since there each only costs.
    pub const fn over_rows(software: bool) -> Self {
        let (workgroups, workgroup) = if software { (64, 64) } else { (512, 256) };
        Self { workgroups, workgroup, constants: &[] }
    }
}

/// What a kernel may do with a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `var<uniform>`.
    Uniform,
    /// `var<storage, read>`.
    Read,
    /// `var<storage, read_write>`: read before and after the run.
    ReadWrite,
}

/// Contents of one binding, in 32-bit words.
#[derive(Debug)]
pub enum Slot<'a> {
    /// Input.
    In(&'a [u32]),
    /// Input and output.
    InOut(&'a mut [u32]),
}

impl Slot<'_> {
    /// The words, whichever way the slot is bound.
    pub fn words(&self) -> &[u32] {
        match self {
            Slot::In(words) => words,
            Slot::InOut(words) => words,
        }
    }

    /// The words of an output.
    pub(crate) fn write(&mut self) -> &mut [u32] {
        match self {
            Slot::In(_) => unreachable!("a twin wrote to an input slot"),
            Slot::InOut(words) => words,
        }
    }

    /// The parameters, mirrored by a struct of the shader.
    pub(crate) fn params<T: bytemuck::AnyBitPattern>(&self) -> T {
        bytemuck::pod_read_unaligned(&bytemuck::cast_slice(self.words())[..size_of::<T>()])
    }
}

impl Kernel {
    /// The source of the module.
    pub fn source(&self) -> String {
        self.wgsl.concat()
    }
}
