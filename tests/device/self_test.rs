//! A device must pass its self-test before it is used, and passes are kept.

use libtest_mimic::Failed;
use tallyho::gpu::self_test::{Outcome, check, survey};
use tallyho::gpu::{CacheDir, Device, Selector, adapters};
use tallyho::kernel::{self, Access, Kernel, Slot, ranks};
use tempfile::tempdir;

use crate::check::{Case, on_cpu};

/// The kernel `ranks` with a twin that is off by one.
const WRONG: Kernel = Kernel {
    cpu: |slots: &mut [Slot<'_>]| {
        (ranks::KERNEL.cpu)(slots);
        let Some(Slot::InOut(counts)) = slots.last_mut() else { unreachable!() };
        counts[3] = counts[3].wrapping_add(1);
    },
    ..ranks::KERNEL
};

/// The kernel `ranks` from a source that means the same.
const EDITED: Kernel =
    Kernel { wgsl: &["// edited\n", include_str!("../../shaders/ranks.wgsl")], ..ranks::KERNEL };

/// A device of the same adapter, to be lost.
fn another(device: &Device) -> Result<Device, Failed> {
    let selector = Selector::Named(device.about().index.to_string());
    Ok(Device::open(&selector.choose(&adapters())?)?)
}

pub fn every_kernel_passes(device: &Device) -> Result<(), Failed> {
    let folder = tempdir()?;
    let cache = CacheDir::at(folder.path());
    for (kernel, outcome) in kernel::ALL.iter().zip(survey(device, kernel::ALL, Some(&cache))) {
        if let Outcome::Failed(error) = outcome {
            return Err(format!("{}: {error}", kernel.name).into());
        }
    }
    Ok(())
}

/// A test that writes nothing, or always the same, would pass anywhere.
pub fn every_sample_reaches_every_output(_: &Device) -> Result<(), Failed> {
    for kernel in kernel::ALL {
        let samples = (kernel.samples)();
        for (number, slots) in samples.iter().enumerate() {
            assert_eq!(slots.len(), kernel.bindings.len(), "{}", kernel.name);
            let case = Case { label: String::new(), slots: slots.clone() };
            let after = on_cpu(kernel, &case).0;
            for (binding, access) in kernel.bindings.iter().enumerate() {
                let changed = slots[binding] != after[binding];
                let writes = *access == Access::ReadWrite;
                assert_eq!(changed, writes, "{}, sample {number}: {binding}", kernel.name);
            }
        }
    }
    Ok(())
}

pub fn a_difference_is_refused(device: &Device) -> Result<(), Failed> {
    let folder = tempdir()?;
    let cache = CacheDir::at(folder.path());
    for _ in 0..2 {
        let error = check(device, &[&ranks::KERNEL, &WRONG], Some(&cache)).unwrap_err().to_string();
        for part in [
            &device.about().name,
            "failed its self-test and is not used",
            "kernel ranks, sample 0, binding 2, word 3: 0x",
            "for the CPU's 0x",
            "--device cpu",
        ] {
            assert!(error.contains(part), "{error} lacks {part}");
        }
    }
    // The right kernel's pass was kept; the wrong one's must not be.
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

pub fn a_known_pass_is_not_run_again(device: &Device) -> Result<(), Failed> {
    let folder = tempdir()?;
    let cache = CacheDir::at(folder.path());
    check(device, &[&ranks::KERNEL], Some(&cache))?;
    let lost = another(device)?;
    lost.lose_after(0);
    check(&lost, &[&ranks::KERNEL], Some(&cache))?;
    assert!(check(&lost, &[&ranks::KERNEL], None).is_err());
    assert!(check(&lost, &[&ranks::KERNEL], Some(&CacheDir::at(folder.path().join("b")))).is_err());
    Ok(())
}

pub fn a_pass_is_not_good_for_another_shader(device: &Device) -> Result<(), Failed> {
    let folder = tempdir()?;
    let cache = CacheDir::at(folder.path());
    check(device, &[&ranks::KERNEL], Some(&cache))?;
    let lost = another(device)?;
    lost.lose_after(0);
    assert!(check(&lost, &[&EDITED], Some(&cache)).is_err());
    check(device, &[&EDITED], Some(&cache))?;
    check(&lost, &[&EDITED], Some(&cache))?;
    Ok(())
}
