//! The capabilities of a device that the choice of kernels depends on.

use crate::gpu::Device;
use crate::kernel::confusion;

/// What the choice of kernels depends on.
pub(super) fn device_caps(device: &Device) -> confusion::Traits {
    let about = device.about();
    confusion::Traits {
        binding_bytes: about.max_binding_bytes,
        subgroups: about.subgroup_sizes.is_some(),
        software: about.kind == crate::gpu::Kind::Software,
    }
}

/// Rows, classes and bins of one dispatch are far below 2³².
#[allow(clippy::cast_possible_truncation, reason = "bounded by the memory of a buffer")]
pub(super) fn to_u32(count: usize) -> u32 {
    count as u32
}
