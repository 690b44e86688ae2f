//! The list of devices for a terminal of 80 columns.

use std::fmt::Write as _;

use super::List;
use super::survey::{Surveyed, Tested};
use crate::doc::width::wrap;
use crate::report::{count, printable, scaled};

const WIDTH: usize = 80;
/// Where values begin.
const INDENT: usize = 14;

pub(super) fn text(list: &List) -> String {
    let mut out = String::new();
    for device in &list.devices {
        lines(&mut out, &format!("{:<3}", device.index), 3, &printable(&device.name));
        for (name, value) in entries(device) {
            lines(&mut out, &format!("   {name}"), INDENT, &printable(&value));
        }
        out.push('\n');
    }
    if let Some(advice) = &list.advice {
        lines(&mut out, "", 0, advice);
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

/// Appends a text after a lead, broken to fit.
fn lines(out: &mut String, lead: &str, indent: usize, text: &str) {
    for (number, line) in wrap(text, WIDTH - indent).iter().enumerate() {
        let lead = if number == 0 { lead } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{lead:indent$}{line}");
    }
}

fn entries(device: &Surveyed) -> Vec<(&'static str, String)> {
    let unknown = || "unknown".to_owned();
    let rate = |rate: Option<f64>| rate.map_or_else(unknown, |rate| scaled(rate, "B/s"));
    let limits = &device.limits;
    let mut kind = device.kind.to_owned();
    if !device.used_by_auto {
        let _ = write!(kind, ", used only when named: --device {}", device.index);
    }
    let mut memory = device.memory_bytes.map_or_else(unknown, bytes);
    if device.shares_memory {
        memory += ", shared with the CPU";
    }
    let mut entries = vec![
        ("type", kind),
        ("backend", device.backend.clone()),
        ("driver", device.driver.clone()),
        ("memory", memory),
        (
            "buffers",
            format!(
                "up to {}, {} in one binding",
                bytes(limits.buffer_bytes),
                bytes(limits.binding_bytes)
            ),
        ),
        (
            "workgroups",
            format!(
                "up to {} invocations, {} of shared memory",
                count(limits.workgroup_invocations.into()),
                bytes(limits.workgroup_bytes.into())
            ),
        ),
        (
            "subgroups",
            match device.subgroup_sizes {
                None => "none".to_owned(),
                Some((least, most)) if least == most => format!("of {least}"),
                Some((least, most)) => format!("of {least} to {most}"),
            },
        ),
        ("clock", if device.timestamps { "times kernels" } else { "none" }.to_owned()),
        ("self-test", self_test(&device.self_test)),
        ("upload", rate(device.upload_bytes_per_second)),
        ("copy", rate(device.copy_bytes_per_second)),
    ];
    entries.extend(device.problem.clone().map(|problem| ("problem", problem)));
    entries
}

/// "2.0 GiB", "32 KiB": limits are powers of two, or one less.
fn bytes(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let (mut number, mut place) = (bytes as f64, 0);
    while number >= 1023.5 && place + 1 < units.len() {
        number /= 1024.0;
        place += 1;
    }
    let decimals = usize::from(number < 10.0 && (number - number.round()).abs() > 0.04);
    format!("{number:.decimals$} {}", units[place])
}

fn self_test(tested: &[Tested]) -> String {
    let having = |outcome| tested.iter().filter(move |tested| tested.outcome == outcome);
    let problems: Vec<&str> = tested.iter().filter_map(|it| it.problem.as_deref()).collect();
    if let [first, others @ ..] = problems.as_slice() {
        let more = match others.len() {
            0 => String::new(),
            more => format!("; so do {more} more of {} kernels", tested.len()),
        };
        return format!("FAILED: {first}{more}");
    }
    let (passed, without) = (having("passed").count(), having("not supported").count());
    match (passed, without) {
        (0, 0) => "not run".to_owned(),
        (_, 0) => format!("passed, all {passed} kernels"),
        _ => format!("passed, {passed} kernels; {without} need what the device lacks"),
    }
}
