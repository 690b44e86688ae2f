//! Imports point one way: a module may name only modules on an earlier line.

use std::fs;
use std::path::Path;

/// Bottom to top; the same table as in the crate documentation.
const LAYERS: &[&[&str]] = &[
    &["error", "terminal"],
    &["exact", "http", "memory", "mistake", "notice", "atomic_file"],
    &["class"],
    &["batch"],
    &["input", "kernel", "stat"],
    &["gpu", "tally"],
    &["finding", "metric"],
    &["doc", "engine", "rule"],
    &["report"],
    &["evaluation", "synth"],
    &["api", "bench"],
    &["history"],
    &["alert", "publish"],
    &["job"],
    &["cli"],
];

/// What a module may name, where that is less than everything below it.
const ONLY: &[(&str, &[&str])] = &[
    ("kernel", &["error", "exact"]),
    ("stat", &["error", "exact"]),
    ("metric", &["error", "class", "tally", "stat"]),
    ("finding", &["class", "notice", "tally"]),
    ("gpu", &["error", "kernel"]),
    ("doc", &["notice", "terminal"]),
];

/// What a module may not name though it lies below.
const NOT: &[(&str, &[&str])] = &[
    ("input", &["tally"]),
    ("tally", &["batch"]),
    ("engine", &["metric", "stat"]),
    ("rule", &["engine", "input", "gpu"]),
    ("report", &["engine", "input", "gpu"]),
];

/// Why `module` may not name `other`, if it may not.
fn objection(module: &str, other: &str) -> Option<&'static str> {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let listed = |table: &[(&str, &'static [&'static str])]| {
        table.iter().find(|(name, _)| *name == module).map(|(_, others)| *others)
    };
    let (own, other_layer) = (layer(module)?, layer(other)?);
    if module == other {
        return None;
    }
    if other_layer >= own {
        return Some("it is not on an earlier line");
    }
    if listed(ONLY).is_some_and(|only| !only.contains(&other)) {
        return Some("it is not among the few it may name");
    }
    listed(NOT).is_some_and(|not| not.contains(&other)).then_some("it is excluded")
}

/// Complaints about one file's imports.
fn complaints(file: &str, text: &str) -> Vec<String> {
    let module = file.split('/').next().unwrap().trim_end_matches(".rs");
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.split("//").next().unwrap();
        if code.contains("crate::{") {
            found.push(format!("src/{file}:{number}: one `use crate::…` per module"));
        }
        for rest in code.split("crate::").skip(1) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if let Some(why) = objection(module, &rest[..end]) {
                found.push(format!(
                    "src/{file}:{number}: `{module}` names `{}`: {why}",
                    &rest[..end]
                ));
            }
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let mut seen = Vec::new();
    for (file, text) in sources() {
        assert_eq!(complaints(&file, &text), Vec::<String>::new());
        seen.push(file.split('/').next().unwrap().trim_end_matches(".rs").to_owned());
    }
    for module in LAYERS.concat() {
        assert!(seen.iter().any(|seen| seen == module), "no file looked at for `{module}`");
    }
    for module in seen.iter().filter(|module| !["lib", "main"].contains(&module.as_str())) {
        assert!(LAYERS.concat().contains(&module.as_str()), "`{module}` is in no layer");
    }
}

#[test]
fn imports_that_point_up_or_sideways_are_caught() {
    for (file, line) in [
        ("exact/ln.rs", "use crate::tally::Cell;"),
        ("kernel/rows.rs", "use crate::batch::Batch;"),
        ("tally/mod.rs", "    let x: crate::batch::Batch;"),
        ("engine/mod.rs", "use crate::metric::ALL;"),
        ("input/csv.rs", "use crate::tally::Spec;"),
        ("report/mod.rs", "use crate::input::Input;"),
        ("gpu/run.rs", "use crate::tally::Cell;"),
        ("kernel/rows.rs", "use crate::gpu::Device;"),
        ("error.rs", "use crate::{class, exact};"),
    ] {
        assert_eq!(complaints(file, line).len(), 1, "{file}: {line}");
    }
}

#[test]
fn unsafe_code_is_in_few_places_and_says_why_it_is_sound() {
    const PLACES: [&str; 3] = ["kernel/simd/", "gpu/", "memory/counting.rs"];
    for (file, text) in sources() {
        if !PLACES.iter().any(|place| file.starts_with(place)) {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert!(!code.into_iter().any(|line| line.contains("unsafe {")), "src/{file}");
        } else if text.contains("unsafe {") {
            assert!(text.contains("SAFETY"), "src/{file}");
        }
    }
}

#[test]
fn only_one_module_names_the_graphics_api() {
    for (file, text) in sources() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let named = code.into_iter().any(|line| line.contains("wgpu"));
        assert!(!named || file.starts_with("gpu/"), "src/{file}");
    }
}

#[test]
fn exact_code_never_fuses_a_multiplication_and_an_addition() {
    for (file, text) in sources() {
        assert!(!text.contains("mul_add(") && !text.contains("fmadd"), "src/{file}");
    }
}

/// Every Rust file under `src`, as (path relative to it, text).
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
