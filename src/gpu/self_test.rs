//! The self-test of a device: every kernel that a run needs, on a known batch, against its
//! twin.
//!
//! Drivers have bugs. A device that gives one other bit than the CPU is not
//! used.

use super::adapter::About;
use super::cache::CacheDir;
use super::device::Device;
use crate::error::{Error, Result};
use crate::kernel::{Access, Kernel, Slot};

/// Fails unless `device` gives the bits of every kernel's twin. Passes are kept
/// in `cache`; what is known from there is not run again.
///
/// # Errors
///
/// [`Error::Device`] names the kernel, the binding and the word that differed
/// and both values; or says why the device could not run the kernel.
pub fn check(device: &Device, kernels: &[&Kernel], cache: Option<&CacheDir>) -> Result<()> {
    kernels.iter().try_for_each(|kernel| check_one(device, kernel, cache))
}

fn check_one(device: &Device, kernel: &Kernel, cache: Option<&CacheDir>) -> Result<()> {
    let trial = Trial::new(device, kernel);
    match cache.is_some_and(|cache| trial.is_passed(cache)) {
        true => Ok(()),
        false => trial.run(cache),
    }
}

/// What came of one kernel's self-test.
#[derive(Debug)]
pub enum Outcome {
    /// The device gives the bits of the twin.
    Passed,
    /// The device lacks what the kernel needs; another variant does its work.
    NotSupported,
    /// The device must not be used.
    Failed(Error),
}

/// Tests each of `kernels` now, whatever the cache knows, and keeps passes there.
pub fn survey(device: &Device, kernels: &[Kernel], cache: Option<&CacheDir>) -> Vec<Outcome> {
    let test = |kernel: &Kernel| match device.supports(kernel) {
        false => Outcome::NotSupported,
        true => match Trial::new(device, kernel).run(cache) {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(error),
        },
    };
    kernels.iter().map(test).collect()
}

/// One kernel's test, and the name under which its pass is kept.
struct Trial<'a> {
    device: &'a Device,
    kernel: &'a Kernel,
    /// Batches, and what is expected of each.
    samples: Vec<(Vec<Vec<u32>>, FromTwin)>,
    key: String,
}

/// The one value that is ever kept.
const PASSED: &str = "passed";

impl<'a> Trial<'a> {
    fn new(device: &'a Device, kernel: &'a Kernel) -> Self {
        let samples = (kernel.samples)();
        let expected = |words: Vec<Vec<u32>>| (words.clone(), FromTwin::of(kernel, words));
        let samples: Vec<_> = samples.into_iter().map(expected).collect();
        let key = key(device.about(), env!("CARGO_PKG_VERSION"), kernel, &samples);
        Self { device, kernel, samples, key }
    }

    fn is_passed(&self, cache: &CacheDir) -> bool {
        cache.get(&self.key).as_deref() == Some(PASSED)
    }

    fn run(self, cache: Option<&CacheDir>) -> Result<()> {
        let Self { device, kernel, samples, key } = self;
        for (number, (sample, expected)) in samples.into_iter().enumerate() {
            let found = FromDevice::of(device, kernel, sample)?;
            if let Some(difference) = difference(&expected, &found) {
                return Err(device.error(format!(
                    "failed its self-test and is not used: kernel {}, sample {number}, \
                     {difference}; update the driver, or use --device cpu",
                    kernel.name
                )));
            }
        }
        if let Some(cache) = cache {
            cache.put(&key, PASSED);
        }
        Ok(())
    }
}

/// Everything that a pass depends on: the adapter and its driver, the version of
/// this program, the shader and how it is launched, the batch and what is
/// expected of it.
fn key(
    about: &About,
    version: &str,
    kernel: &Kernel,
    samples: &[(Vec<Vec<u32>>, FromTwin)],
) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(kernel.source().as_bytes());
    hash.update(format!("{:?}", kernel.launch).as_bytes());
    for words in samples.iter().flat_map(|(sample, expected)| sample.iter().chain(&expected.0)) {
        hash.update(&(words.len() as u64).to_le_bytes());
        hash.update(bytemuck::cast_slice(words));
    }
    format!(
        "self-test\nversion {version}\nadapter {}\nbackend {}\ndriver {}\nkernel {}\nhash {}",
        about.name,
        about.backend,
        about.driver,
        kernel.name,
        hash.finalize().to_hex()
    )
}

/// Words of every binding after a run. Two types, so that a run cannot be
/// compared with itself.
struct FromTwin(Vec<Vec<u32>>);
struct FromDevice(Vec<Vec<u32>>);

impl FromTwin {
    fn of(kernel: &Kernel, mut words: Vec<Vec<u32>>) -> Self {
        (kernel.cpu)(&mut slots(kernel, &mut words));
        Self(canonical(kernel, words))
    }
}

impl FromDevice {
    fn of(device: &Device, kernel: &Kernel, mut words: Vec<Vec<u32>>) -> Result<Self> {
        if !device.supports(kernel) {
            return Err(device.error(format!("cannot run kernel {}", kernel.name)));
        }
        device.run(kernel, &kernel.launch, &mut slots(kernel, &mut words))?;
        Ok(Self(canonical(kernel, words)))
    }
}

fn slots<'a>(kernel: &Kernel, words: &'a mut [Vec<u32>]) -> Vec<Slot<'a>> {
    let each = kernel.bindings.iter().zip(words);
    each.map(|(access, words)| match access {
        Access::ReadWrite => Slot::InOut(words),
        Access::Uniform | Access::Read => Slot::In(words),
    })
    .collect()
}

fn canonical(kernel: &Kernel, mut words: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    if let Some(canonical) = kernel.canonical {
        canonical(&mut words);
    }
    words
}

/// The first word on which the two disagree.
fn difference(expected: &FromTwin, found: &FromDevice) -> Option<String> {
    for (binding, (expected, found)) in expected.0.iter().zip(&found.0).enumerate() {
        if expected.len() != found.len() {
            let (expected, found) = (expected.len(), found.len());
            return Some(format!("binding {binding}: {found} words for the CPU's {expected}"));
        }
        if let Some(word) = (0..expected.len()).find(|&word| expected[word] != found[word]) {
            return Some(format!(
                "binding {binding}, word {word}: {:#010x} for the CPU's {:#010x}",
                found[word], expected[word]
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::Kind;
    use crate::kernel::{Launch, ranks};

    fn about() -> About {
        About {
            index: 0,
            name: "name".into(),
            kind: Kind::Discrete,
            backend: "vulkan".into(),
            driver: "driver 1".into(),
            subgroup_sizes: None,
            timestamps: false,
            max_binding_bytes: 1 << 27,
            max_buffer_bytes: 1 << 28,
            workgroup_bytes: 1 << 14,
            max_workgroup: 256,
            mappable_storage: false,
            memory_bytes: None,
        }
    }

    #[test]
    fn a_pass_is_good_for_the_same_everything_only() {
        let key = |about: &About, version: &str, kernel: &Kernel, sample: &[Vec<u32>]| {
            let expected = FromTwin::of(kernel, sample.to_vec());
            key(about, version, kernel, &[(sample.to_vec(), expected)])
        };
        let (kernel, sample) = (ranks::KERNEL, (ranks::KERNEL.samples)().swap_remove(0));
        let mut other_sample = sample.clone();
        other_sample[1][0] ^= 1;
        let source = Kernel { wgsl: &["// another"], ..kernel };
        let launch = Kernel { launch: Launch { workgroup: 32, ..kernel.launch }, ..kernel };
        let twin = Kernel { cpu: |_| {}, ..kernel };
        let name = Kernel { name: "ranks_other", ..kernel };
        let adapter = About { name: "other".into(), ..about() };
        let driver = About { driver: "driver 2".into(), ..about() };
        let backend = About { backend: "metal".into(), ..about() };
        let keys = [
            key(&about(), "1", &kernel, &sample),
            key(&about(), "2", &kernel, &sample),
            key(&adapter, "1", &kernel, &sample),
            key(&driver, "1", &kernel, &sample),
            key(&backend, "1", &kernel, &sample),
            key(&about(), "1", &source, &sample),
            key(&about(), "1", &launch, &sample),
            key(&about(), "1", &twin, &sample),
            key(&about(), "1", &name, &sample),
            key(&about(), "1", &kernel, &other_sample),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(one), "key {at}");
        }
        assert_eq!(keys[0], key(&about(), "1", &kernel, &sample));
    }
}
