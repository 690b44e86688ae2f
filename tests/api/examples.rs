//! The examples run, and stay short.

/// Each example with its `main`.
macro_rules! examples {
    ($($name:ident = $path:literal),+) => {
        $(#[path = $path]
        mod $name;)+

        const NAMES: &[&str] = &[$(stringify!($name)),+];

        #[test]
        fn every_example_runs() {
            $($name::main().unwrap();)+
        }
    };
}

examples! {
    arrays = "../../examples/arrays.rs",
    gate = "../../examples/gate.rs",
    merge = "../../examples/merge.rs",
    streaming = "../../examples/streaming.rs"
}

#[test]
fn every_example_is_run_and_has_fewer_than_40_lines() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 40, "{} has {lines} lines", path.display());
        names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, NAMES);
}
