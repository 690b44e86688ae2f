//! One call of a kernel, on either side, and the comparison of the two.

use tallyho::error::Result;
use tallyho::gpu::Device;
use tallyho::kernel::{Access, Kernel, Launch, Slot};

/// One call of a kernel: initial contents of every binding.
#[derive(Clone, Debug)]
pub struct Case {
    pub label: String,
    pub slots: Vec<Vec<u32>>,
}

/// Outputs of one run. Two types, so that a run cannot be compared with itself.
pub struct FromCpu(pub Vec<Vec<u32>>);
pub struct FromGpu(Vec<Vec<u32>>);

/// The slots as a twin takes them.
pub fn bind<'a>(kernel: &Kernel, slots: &'a mut [Vec<u32>]) -> Vec<Slot<'a>> {
    let each = kernel.bindings.iter().zip(slots);
    each.map(|(access, words)| match access {
        Access::ReadWrite => Slot::InOut(words),
        _ => Slot::In(words),
    })
    .collect()
}

fn canonical(kernel: &Kernel, mut slots: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    if let Some(canonical) = kernel.canonical {
        canonical(&mut slots);
    }
    slots
}

pub fn on_cpu(kernel: &Kernel, case: &Case) -> FromCpu {
    let mut slots = case.slots.clone();
    (kernel.cpu)(&mut bind(kernel, &mut slots));
    FromCpu(canonical(kernel, slots))
}

pub fn on_gpu(device: &Device, kernel: &Kernel, launch: &Launch, case: &Case) -> Result<FromGpu> {
    let mut slots = case.slots.clone();
    device.run(kernel, launch, &mut bind(kernel, &mut slots))?;
    Ok(FromGpu(canonical(kernel, slots)))
}

/// The first word on which the two disagree.
pub fn disagreement(cpu: &FromCpu, gpu: &FromGpu) -> Option<String> {
    assert_eq!(cpu.0.len(), gpu.0.len(), "bindings");
    for (binding, (cpu, gpu)) in cpu.0.iter().zip(&gpu.0).enumerate() {
        assert_eq!(cpu.len(), gpu.len(), "words of binding {binding}");
        if let Some(word) = (0..cpu.len()).find(|&word| cpu[word] != gpu[word]) {
            let (cpu, gpu) = (cpu[word], gpu[word]);
            return Some(format!("binding {binding}, word {word}: cpu {cpu:#x}, gpu {gpu:#x}"));
        }
    }
    None
}
