//! What is said where there is no device.

use crate::common::files::Folder;
use crate::common::program::{command, finish};

/// Runs the program where no Vulkan driver can be found.
#[cfg(target_os = "linux")]
fn without_driver(folder: &Folder, args: &[&str]) -> crate::common::program::Ran {
    let mut command = command(&folder.path(""), args);
    for name in ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] {
        command.env(name, "/nonexistent");
    }
    finish(&mut command)
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_device_it_is_told_what_to_install() {
    let folder = Folder::new();
    let ran = without_driver(&folder, &["devices"]).expect(0);
    assert!(ran.stdout.starts_with("No device was found. For a GPU, install"), "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{ran:?}");
    let list = without_driver(&folder, &["devices", "--json"]).expect(0).json();
    assert_eq!(list["devices"].as_array().unwrap().len(), 0);
    assert!(list["advice"].as_str().unwrap().contains("mesa-vulkan-drivers"), "{list}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_device_the_cpu_is_benched_alone() {
    let folder = Folder::new();
    let pairs = "label,p\n".to_owned() + &"a,a\nb,b\na,b\n".repeat(100);
    folder.file("t.csv", pairs);
    let line = ["bench", "t.csv", "--labels", "label", "--predictions", "p", "--seconds", "0.05"];
    let ran = without_driver(&folder, &line).expect(0);
    assert!(ran.stdout.contains("No device was benched"), "{ran:?}");
    assert!(!ran.stdout.contains("device rows/s"), "{ran:?}");
    let ran = without_driver(&folder, &[&line[..], &["--device", "gpu"]].concat()).expect(2);
    assert!(ran.stderr.contains("no adapter was found; install"), "{ran:?}");
}

#[test]
fn a_bench_refuses_what_it_cannot_do() {
    let folder = Folder::new();
    for (args, told) in [
        (&["bench", "--seconds", "0"][..], "--seconds must be above 0"),
        (&["bench", "-o", "x.csv"], "a bench is written as .json or .md"),
        (&["bench", "--threads", "0"], "--threads must be 1 to"),
    ] {
        let ran = finish(&mut command(&folder.path(""), args)).expect(2);
        assert!(ran.stderr.contains(told), "{ran:?}");
    }
}
