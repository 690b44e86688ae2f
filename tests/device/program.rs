//! The real program on the device under test.

use libtest_mimic::Failed;
use serde_json::Value;
use tallyho::gpu::Device;
use tallyho::kernel;

use crate::common::files::Folder;
use crate::common::program::{command, finish, run};

/// A job that nobody watches is to print nothing, display or no display.
pub fn without_a_display_nothing_is_printed(device: &Device) -> Result<(), Failed> {
    let folder = Folder::new();
    let index = device.about().index.to_string();
    run(&folder.path(""), &["synth", "t.npz", "--rows", "2000"]).expect(0);
    let eval = ["eval", "t.npz", "--labels", "label", "--predictions", "prediction"];
    for args in [&["devices", "--json"][..], &[&eval[..], &["--device", &index]].concat()] {
        let mut command = command(&folder.path(""), args);
        for name in ["NODEVICE_SELECT", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY", "DISPLAY"] {
            command.env_remove(name);
        }
        let ran = finish(&mut command).expect(0);
        assert_eq!(ran.stderr, "", "{args:?}");
    }
    Ok(())
}

/// The entry of the device under test.
fn listed(list: &Value, device: &Device) -> Value {
    let index = device.about().index as u64;
    let devices = list["devices"].as_array().unwrap();
    devices.iter().find(|it| it["index"].as_u64() == Some(index)).unwrap().clone()
}

pub fn devices_are_listed_tested_and_measured(device: &Device) -> Result<(), Failed> {
    let folder = Folder::new();
    let cache = folder.path("cache");
    let with_cache = |args: &[&str]| {
        finish(command(&folder.path(""), args).env("TALLYHO_CACHE_DIR", &cache)).expect(0)
    };
    let list = with_cache(&["devices", "--json"]).json();
    assert_eq!(list["schema"], "tallyho.devices/1");
    let entry = listed(&list, device);
    let about = device.about();
    assert_eq!(entry["name"], about.name);
    assert_eq!(entry["type"], about.kind.name());
    assert_eq!(entry["limits"]["binding_bytes"], about.max_binding_bytes);
    let tested = entry["self_test"].as_array().unwrap();
    assert_eq!(tested.len(), kernel::ALL.len());
    for tested in tested {
        let outcome = tested["outcome"].as_str().unwrap();
        assert!(["passed", "not supported"].contains(&outcome), "{tested}");
    }
    for rate in ["upload_bytes_per_second", "copy_bytes_per_second"] {
        // No memory is slower than 10 MB/s or faster than 100 TB/s.
        let rate = entry[rate].as_f64().unwrap();
        assert!((1e7..1e14).contains(&rate), "{entry}");
    }
    let passes = std::fs::read_dir(&cache)?.count();
    assert!(passes > 0 && passes <= kernel::ALL.len() * list["devices"].as_array().unwrap().len());

    let text = with_cache(&["devices"]).stdout;
    assert!(text.contains("self-test  passed"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    Ok(())
}

pub fn a_bench_compares_both_sides(device: &Device) -> Result<(), Failed> {
    let folder = Folder::new();
    let index = device.about().index.to_string();
    for (synth, roles) in [
        (&["--rows", "300000"][..], ["--predictions", "prediction"]),
        (&["--rows", "5000", "--scores-are", "logits", "--classes", "12"], ["--scores", "s_*"]),
    ] {
        run(&folder.path(""), &[&["synth", "t.npz"], synth].concat()).expect(0);
        let scores = if roles[0] == "--scores" { ["--scores", "scores"] } else { roles };
        let line = ["bench", "t.npz", "--labels", "label", "--seconds", "0.1", "--device", &index];
        let args = [&line[..], &scores, &["--json", "-o", "b.md"]].concat();
        let bench = run(&folder.path(""), &args).expect(0).json();
        assert_eq!(bench["schema"], "tallyho.bench/1");
        assert_eq!(bench["device"]["name"], device.about().name);
        let line = &bench["lines"][0];
        assert_eq!(line["digest"].as_str().unwrap().len(), 64);
        for side in ["cpu", "device"] {
            let side = &line[side];
            let number = |name: &str| side[name].as_f64().unwrap();
            assert!(number("seconds") > 0.0 && number("rows_per_second") > 0.0, "{line}");
            assert!(number("compute_seconds") <= number("seconds"), "{line}");
        }
        let eval = [&["eval", "t.npz", "--labels", "label", "--json"], &scores[..]].concat();
        let report = run(&folder.path(""), &eval).expect(0).json();
        assert_eq!(report["digest"], line["digest"]);
        let markdown = std::fs::read_to_string(folder.path("b.md"))?;
        assert!(markdown.starts_with("# CPU against device\n"), "{markdown}");
        assert!(markdown.contains("\n| t.npz "), "{markdown}");
    }
    Ok(())
}
