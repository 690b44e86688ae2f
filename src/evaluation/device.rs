//! The device to count on: from what was asked for to something that can.

#[cfg(feature = "gpu")]
use std::sync::Arc;

use super::provenance;
#[cfg(feature = "gpu")]
use crate::engine::device_choice::{self, Facts, calibrate};
#[cfg(feature = "gpu")]
use crate::engine::{self, OnDevice};
use crate::engine::{Backend, Plan};
#[cfg(not(feature = "gpu"))]
use crate::error::Error;
use crate::error::Result;
#[cfg(feature = "gpu")]
use crate::gpu::{CacheDir, Device, Selector, adapters, self_test};
use crate::input::Input;
#[cfg(feature = "gpu")]
use crate::kernel::Level;
#[cfg(feature = "gpu")]
use crate::notice;
use crate::notice::Notice;
use crate::report;

/// What `--device` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceRequest {
    /// What is faster.
    Auto,
    /// The cores of the CPU.
    Cpu,
    /// A GPU, whichever.
    Gpu,
    /// An adapter by its number or a part of its name.
    Named(String),
}

impl From<String> for DeviceRequest {
    fn from(text: String) -> Self {
        match text.as_str() {
            "auto" => Self::Auto,
            "cpu" => Self::Cpu,
            "gpu" => Self::Gpu,
            _ => Self::Named(text),
        }
    }
}

/// A backend, and what the report says of it.
pub(super) struct Chosen {
    pub(super) backend: Backend,
    pub(super) device: report::Device,
    pub(super) notices: Vec<Notice>,
}

impl Chosen {
    fn cpu(plan: &Plan, because: impl Into<String>) -> Self {
        Self {
            backend: Backend::Cpu,
            device: provenance::cpu(plan.threads, because),
            notices: Vec::new(),
        }
    }
}

const NO_SIZE: &str =
    "expected a size like 512M or 2G: a whole number of bytes, or of K, M, G or T of them";

/// Bytes from "512M", "2GiB" or "1000000"; units are powers of 1,024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(NO_SIZE.into()),
    };
    let number: u64 = digits.parse().map_err(|_| NO_SIZE.to_owned())?;
    let bytes = number.checked_shl(unit).filter(|bytes| bytes >> unit == number && number > 0);
    bytes.ok_or_else(|| format!("{text} is not a size that memory can have"))
}

/// Opens what was asked for, or what is faster for `input`.
///
/// # Errors
///
/// [`Error::Device`](crate::error::Error::Device) if a device was asked for and cannot be used.
#[cfg(feature = "gpu")]
pub(super) fn choose(
    wanted: &DeviceRequest,
    memory: Option<u64>,
    input: &Input,
    plan: &Plan,
) -> Result<Chosen> {
    let selector = match wanted {
        DeviceRequest::Cpu => return Ok(Chosen::cpu(plan, "asked for by --device cpu")),
        DeviceRequest::Auto => return Ok(faster(memory, input, plan)),
        DeviceRequest::Gpu => Selector::Gpu,
        DeviceRequest::Named(name) => Selector::Named(name.clone()),
    };
    let adapter = selector.choose(&adapters())?;
    if let Some(reason) = engine::cpu_only(plan) {
        let name = &adapter.about.name;
        let text = format!("--device names '{name}', but {reason}; the result is the same");
        let mut chosen = Chosen::cpu(plan, reason);
        chosen.notices.push(Notice::new(notice::DEVICE_NOT_USED, text));
        return Ok(chosen);
    }
    let device = Arc::new(Device::open(&adapter)?);
    tested(device, memory, plan, "asked for by --device".into(), true)
}

/// What a model of CPU and device says is faster; the CPU wherever in doubt.
#[cfg(feature = "gpu")]
fn faster(memory: Option<u64>, input: &Input, plan: &Plan) -> Chosen {
    let cache = CacheDir::usual();
    let workload = calibrate::workload(input, plan);
    let most = memory.unwrap_or(engine::DEVICE_MEMORY);
    let candidate = || calibrate::candidate(&workload, plan, most, cache.as_ref());
    let choice =
        device_choice::choose(&workload, &Facts::assumed(plan.threads, Level::best()), candidate);
    let Some(found) = choice.device else { return Chosen::cpu(plan, choice.because) };
    let opened =
        found.open().and_then(|device| tested(device, memory, plan, choice.because, false));
    opened.unwrap_or_else(|error| {
        let mut chosen = Chosen::cpu(plan, "the device that seemed faster cannot be used");
        chosen.notices.push(Notice::new(notice::DEVICE_NOT_USED, error.to_string()));
        chosen
    })
}

/// A device, once it has given the CPU's bits for every kernel that is needed.
#[cfg(feature = "gpu")]
fn tested(
    device: Arc<Device>,
    memory: Option<u64>,
    plan: &Plan,
    because: String,
    required: bool,
) -> Result<Chosen> {
    let kernels = engine::kernels(plan, &device);
    let needed: Vec<_> = kernels.iter().collect();
    self_test::check(&device, &needed, CacheDir::usual().as_ref())?;
    let about = device.about();
    let shown = report::Device {
        kind: "gpu".into(),
        name: about.name.clone(),
        backend: Some(about.backend.clone()),
        threads: plan.threads,
        chosen_because: because,
    };
    let memory = memory.unwrap_or(engine::DEVICE_MEMORY);
    let backend = Backend::Gpu(OnDevice { required, ..OnDevice::new(device, memory) });
    Ok(Chosen { backend, device: shown, notices: Vec::new() })
}

/// Without a GPU in this build, the CPU.
///
/// # Errors
///
/// [`Error::Usage`] if a device was asked for.
#[cfg(not(feature = "gpu"))]
pub(super) fn choose(
    wanted: &DeviceRequest,
    _memory: Option<u64>,
    _input: &Input,
    plan: &Plan,
) -> Result<Chosen> {
    match wanted {
        DeviceRequest::Cpu => Ok(Chosen::cpu(plan, "asked for by --device cpu")),
        DeviceRequest::Auto => Ok(Chosen::cpu(plan, "the only device of this build")),
        DeviceRequest::Gpu | DeviceRequest::Named(_) => Err(Error::Usage(
            "this build has no GPU support; use --device cpu, or a build with feature `gpu`".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceRequest, parse_size};

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(parse_size("512M"), Ok(512 << 20));
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
        assert_eq!(parse_size("64 k"), Ok(64 << 10));
        assert_eq!(parse_size("4GB"), Ok(4 << 30));
        assert_eq!(parse_size("3mb"), Ok(3 << 20));
        assert_eq!(parse_size("3kb"), Ok(3 << 10));
        assert_eq!(parse_size("100"), Ok(100));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "M", "-1", "0", "1.5G", "2X", "99999999999999999999", "99999999T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
        let refused = parse_size("1.5G").err().unwrap_or_default();
        assert!(refused.contains("a whole number of bytes, or of K, M, G or T"), "{refused}");
    }

    #[test]
    fn a_device_that_is_no_keyword_is_a_name() {
        assert_eq!(DeviceRequest::from("gpu".to_owned()), DeviceRequest::Gpu);
        assert_eq!(
            DeviceRequest::from("llvmpipe".to_owned()),
            DeviceRequest::Named("llvmpipe".into())
        );
    }
}
