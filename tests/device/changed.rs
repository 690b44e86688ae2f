//! The comparison of shaders with twins is itself checked, for every kernel.

use libtest_mimic::Failed;
use tallyho::gpu::Device;
use tallyho::kernel::confusion::{self, Params};
use tallyho::kernel::{self, Access};

use crate::cases;
use crate::check::{disagreement, on_cpu, on_gpu};
use crate::common::Rng;

/// A twin that is given an input with one bit changed gives something else, and
/// that is noticed, unless the word does not matter: labels that are no class
/// either way, rows after the last. The row kernels have a slower test of their
/// own for this.
pub fn a_twin_of_other_inputs_is_caught(device: &Device) -> Result<(), Failed> {
    let mut rng = Rng::new(7);
    let of_rows = |name: &str| name.starts_with("rows_") || name.starts_with("argmax_");
    for kernel in kernel::ALL.iter().filter(|kernel| !of_rows(kernel.name)) {
        let input = kernel.bindings.iter().position(|access| *access == Access::Read).unwrap();
        let mut all = cases::cases(kernel, &mut Rng::new(2));
        all.retain(|case| case.slots[input].len() > 8);
        let mut caught = 0;
        for case in all.iter().step_by(all.len().div_ceil(15)) {
            let mut changed = case.clone();
            let words = &mut changed.slots[input];
            let word = rng.below(words.len() as u32) as usize;
            words[word] ^= 1 << rng.below(32);
            let shader = on_gpu(device, kernel, &kernel.launch, case)?;
            caught += usize::from(disagreement(&on_cpu(kernel, &changed), &shader).is_some());
        }
        if caught < 2 {
            return Err(format!("{}: only {caught} changes were noticed", kernel.name).into());
        }
    }
    Ok(())
}

/// As production launches them: with the column types compiled in.
pub fn pairs_are_counted_alike_with_their_types_compiled_in(device: &Device) -> Result<(), Failed> {
    for kernel in kernel::ALL.iter().filter(|kernel| kernel.name.starts_with("confusion")) {
        let all = cases::cases(kernel, &mut Rng::new(3));
        // All pairs of types for one kernel, some for the others.
        let step = if kernel.name == "confusion_global" { 3 } else { 17 };
        for case in all.iter().step_by(step) {
            let params: Params = bytemuck::pod_read_unaligned(bytemuck::cast_slice(&case.slots[0]));
            let launch = confusion::launch(kernel, &params);
            assert_eq!(launch.constants[0], ("LABELS", params.label_type));
            assert_eq!(launch.constants[1], ("PREDICTIONS", params.prediction_type));
            let found = on_gpu(device, kernel, &launch, case)?;
            if let Some(difference) = disagreement(&on_cpu(kernel, case), &found) {
                return Err(format!("{} ({launch:?}): {difference}", case.label).into());
            }
        }
    }
    Ok(())
}
