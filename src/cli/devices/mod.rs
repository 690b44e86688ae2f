//! `tallyho devices`: what there is to compute on, whether it computes right,
//! and how fast it is fed.

mod survey;
mod text;

use std::io::Write;

use clap::Args;
use serde::Serialize;

use self::survey::Surveyed;
use super::{DONE, FAILED, print};
use crate::error::{Error, Result};
use crate::gpu;

const AFTER: &str = "\
Every device runs every kernel on a known batch (the self-test), and must give
the CPU's bits. \"upload\" is from the host's memory to where kernels read;
\"copy\" is the device's own memory, bytes read plus bytes written.

Exit status: 0 done, also when there is no device; 2 a device gave other bits
than the CPU or could not be opened, or a failure.";

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(super) struct Devices {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn devices(args: &Devices, stdout: &mut dyn Write) -> Result<u8> {
    let cache = gpu::CacheDir::usual();
    let adapters = gpu::adapters();
    let list = List {
        schema: "tallyho.devices/1",
        tool: Tool { name: "tallyho", version: env!("CARGO_PKG_VERSION") },
        devices: adapters.iter().map(|adapter| Surveyed::of(adapter, cache.as_ref())).collect(),
        advice: advice(&adapters),
    };
    let shown = match args.json {
        false => text::text(&list),
        true => {
            let bug = |error| Error::Internal(format!("devices as JSON: {error}"));
            serde_json::to_string_pretty(&list).map_err(bug)? + "\n"
        }
    };
    print(stdout, &shown)?;
    Ok(if list.devices.iter().all(Surveyed::is_sound) { DONE } else { FAILED })
}

/// All that is shown.
#[derive(Debug, Serialize)]
struct List {
    schema: &'static str,
    tool: Tool,
    devices: Vec<Surveyed>,
    /// What to install, where something is missing.
    advice: Option<String>,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

fn advice(adapters: &[gpu::Adapter]) -> Option<String> {
    let hardware = |it: &gpu::Adapter| it.about.kind != gpu::Kind::Software;
    let found = match adapters.iter().any(hardware) {
        true => return None,
        false if adapters.is_empty() => "No device was found",
        false => "No hardware device was found",
    };
    Some(format!(
        "{found}. For a GPU, {}. In a container the driver's files must be let in: for NVIDIA set \
         NVIDIA_DRIVER_CAPABILITIES=all. Without a GPU everything is evaluated on the CPU, with the \
         same result.",
        gpu::NO_ADAPTER
    ))
}
