//! The break-even point: from where on the device wins.

use super::{DeviceLine, Line};
use crate::report::{count, scaled};

/// Rows from which the device is faster though it must be opened first; `None`
/// if it never is.
pub(super) fn from_rows(line: &Line, device: &DeviceLine) -> Option<u64> {
    let side = line.device.as_ref().filter(|side| side.upload_seconds.is_some())?;
    let gained = 1.0 / line.cpu.rows_per_second - 1.0 / side.rows_per_second;
    if gained <= 0.0 {
        return None;
    }
    let rows = device.first_use_seconds / gained;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let rows = rows.ceil() as u64;
    Some(rows)
}

/// A sentence for each kind of workload, and what the columns mean.
pub(super) fn notes(lines: &[Line], device: Option<&DeviceLine>) -> Vec<String> {
    let Some(device) = device else {
        return vec!["No device was benched: these are the CPU's times alone.".into()];
    };
    let mut kinds: Vec<&str> = lines.iter().map(|line| line.workload.as_str()).collect();
    kinds.dedup();
    let of = |kind: &&str| {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.workload == *kind).collect();
        format!("{kind}: {}", wins(&lines, device))
    };
    let mut notes: Vec<String> = kinds.iter().map(of).collect();
    for line in
        lines.iter().filter(|line| line.device.is_some_and(|it| it.upload_seconds.is_none()))
    {
        let classes = count(line.classes as u64);
        notes.push(format!(
            "{}, {classes} classes: no row went to the device, which leaves such rows to the CPU.",
            line.workload
        ));
    }
    notes.push(
        "Digests were equal on both sides before anything was timed. Parts overlap: the cores read \
         and fill memory while the device computes."
            .into(),
    );
    if device.kind == "software" {
        notes.push(
            "The device is software on the same cores; its times say nothing about a GPU.".into(),
        );
    }
    notes
}

fn wins(lines: &[&Line], device: &DeviceLine) -> String {
    let won: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let rows = from_rows(line, device)?;
            let classes = count(line.classes as u64);
            Some(format!("{classes} classes from {} on", scaled(rows as f64, "rows")))
        })
        .collect();
    match won.is_empty() {
        true => "the CPU is faster for rows that are in its memory".into(),
        false => format!("the device is faster with {}", won.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Side;

    fn line(cpu: f64, device: f64, uploaded: bool) -> Line {
        let side = |rows_per_second| Side {
            seconds: 1.0,
            rows_per_second,
            bytes_per_second: rows_per_second * 16.0,
            read_seconds: 0.1,
            upload_seconds: uploaded.then_some(0.1),
            compute_seconds: Some(0.5),
            download_seconds: Some(0.1),
            copy_share: Some(0.5),
        };
        Line {
            workload: "pairs".into(),
            classes: 1_000,
            rows: 1,
            bytes: 16,
            digest: String::new(),
            cpu: side(cpu),
            device: Some(side(device)),
        }
    }

    const DEVICE: fn() -> DeviceLine = || DeviceLine {
        name: "card".into(),
        kind: "discrete".into(),
        backend: "vulkan".into(),
        driver: "1".into(),
        first_use_seconds: 0.3,
        upload_bytes_per_second: 1e10,
        copy_bytes_per_second: 1e12,
    };

    #[test]
    fn the_device_wins_once_it_has_made_up_for_its_start() {
        // 1 µs a row against 0.25 µs: 0.3 s are made up for after 400,000 rows.
        assert_eq!(from_rows(&line(1e6, 4e6, true), &DEVICE()), Some(400_000));
        assert_eq!(from_rows(&line(4e6, 1e6, true), &DEVICE()), None);
        assert_eq!(from_rows(&line(1e6, 1e6, true), &DEVICE()), None);
        // It was the CPU that counted.
        assert_eq!(from_rows(&line(1e6, 4e6, false), &DEVICE()), None);
    }

    #[test]
    fn the_notes_tell_where_it_wins() {
        let notes = notes(&[line(1e6, 4e6, true)], Some(&DEVICE()));
        let expected = "pairs: the device is faster with 1,000 classes from 400 k rows on";
        assert_eq!(notes[0], expected);
        assert!(notes.iter().all(|note| !note.contains("software")));
        let notes = super::notes(&[line(1e6, 4e6, false)], Some(&DEVICE()));
        assert!(notes[1].contains("no row went to the device"), "{notes:?}");
        assert_eq!(super::notes(&[], None).len(), 1);
    }
}
