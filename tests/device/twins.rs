//! Every shader gives the bits its twin gives, however it is launched.

use libtest_mimic::Failed;
use tallyho::gpu::Device;
use tallyho::kernel::planes::Plane;
use tallyho::kernel::rows::shader::Params;
use tallyho::kernel::{self, Kernel, Launch, Slot};

use crate::cases;
use crate::check::{disagreement, on_cpu, on_gpu};
use crate::common::Rng;

pub fn name(kernel: &Kernel) -> String {
    format!("the_shader_{}_gives_the_bits_of_its_twin", kernel.name)
}

/// Workgroups to launch; a kernel must not care.
const WORKGROUPS: [u32; 4] = [1, 2, 7, 64];

pub fn agrees(device: &Device, kernel: &Kernel) -> Result<(), Failed> {
    let all = cases::cases(kernel, &mut Rng::new(1));
    if all.len() < 10 {
        return Err(format!("only {} cases", all.len()).into());
    }
    if !device.supports(kernel) {
        return Err("the device under test cannot run it".into());
    }
    for (number, case) in all.iter().enumerate() {
        let expected = on_cpu(kernel, case);
        let workgroups = WORKGROUPS[number % WORKGROUPS.len()];
        let workgroup = match number % 3 {
            0 => kernel.launch.workgroup / 2,
            _ => kernel.launch.workgroup,
        };
        let launch = Launch { workgroups, workgroup, ..kernel.launch };
        let found = on_gpu(device, kernel, &launch, case)?;
        if let Some(difference) = disagreement(&expected, &found) {
            return Err(format!("{} ({launch:?}): {difference}", case.label).into());
        }
    }
    Ok(())
}

/// The check above is itself checked: a twin that is off by one is caught.
pub fn a_wrong_twin_is_caught(device: &Device) -> Result<(), Failed> {
    let wrong = Kernel {
        cpu: |slots: &mut [Slot<'_>]| {
            (kernel::ranks::KERNEL.cpu)(slots);
            let Some(Slot::InOut(counts)) = slots.last_mut() else { unreachable!() };
            counts[0] = counts[0].wrapping_add(1);
        },
        ..kernel::ranks::KERNEL
    };
    for case in cases::cases(&wrong, &mut Rng::new(1)) {
        let (cpu, gpu) = (on_cpu(&wrong, &case), on_gpu(device, &wrong, &wrong.launch, &case)?);
        if disagreement(&cpu, &gpu).is_none() {
            return Err(format!("{} went unnoticed", case.label).into());
        }
    }
    Ok(())
}

pub fn the_cases_of_rows_reach_every_state(_: &Device) -> Result<(), Failed> {
    for kernel in kernel::ALL.iter().filter(|kernel| kernel.name.starts_with("rows_")) {
        cases::rows::reach_everything(kernel.name)?;
    }
    Ok(())
}

/// One unit in one row is seen, whichever way rows are read.
pub fn a_wrong_twin_of_each_row_kernel_is_caught(device: &Device) -> Result<(), Failed> {
    for kernel in kernel::ALL {
        // All of them share a twin, but for what is left out.
        let cpu: fn(&mut [Slot<'_>]) = if kernel.name.starts_with("rows_") {
            |slots| wrong_rows(slots, kernel::rows::twin::ROWS_THREAD.cpu, Plane::SquaredError)
        } else if kernel.name.starts_with("argmax_") {
            |slots| wrong_rows(slots, kernel::rows::twin::ARGMAX_THREAD.cpu, Plane::Prediction)
        } else {
            continue;
        };
        let wrong = Kernel { cpu, ..*kernel };
        for case in cases::cases(&wrong, &mut Rng::new(1)).iter().take(6) {
            let found = on_gpu(device, &wrong, &wrong.launch, case)?;
            if disagreement(&on_cpu(&wrong, case), &found).is_none() {
                return Err(format!("{}, {}, went unnoticed", wrong.name, case.label).into());
            }
        }
    }
    Ok(())
}

/// What `right` gives, but for 1 more in a plane of the last row.
fn wrong_rows(slots: &mut [Slot<'_>], right: fn(&mut [Slot<'_>]), plane: Plane) {
    right(slots);
    let [Slot::In(params), _, _, _, Slot::InOut(planes)] = slots else { unreachable!() };
    let Params { rows, stride, .. } = bytemuck::pod_read_unaligned(bytemuck::cast_slice(params));
    let word = &mut planes[plane as usize * stride as usize + rows as usize - 1];
    *word = word.wrapping_add(1);
}
