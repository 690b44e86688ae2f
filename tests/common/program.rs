//! Runs the real program.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The keys of a JSON report that say where it comes from; all others follow
/// from the rows.
pub const PROVENANCE: [&str; 4] = ["tool", "device", "inputs", "timing"];

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same, if the status is what it should be.
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// The program in `folder`, away from the terminal and from the user's settings.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallyho"));
    command.current_dir(folder).args(args).env("COLUMNS", "80").stdin(Stdio::null());
    for setting in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RAYON_NUM_THREADS"] {
        command.env_remove(setting);
    }
    command
}

/// Runs the program in `folder` to its end.
pub fn run(folder: &Path, args: &[&str]) -> Ran {
    finish(&mut command(folder, args))
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A report without its provenance, for comparing byte by byte.
pub fn without_provenance(json: &str) -> String {
    let mut report: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    for key in PROVENANCE.iter().chain(&["warnings"]) {
        assert!(report.remove(*key).is_some(), "no {key} in {json}");
    }
    serde_json::to_string_pretty(&report).unwrap()
}

/// A sink that is always full, where the system has one.
pub fn full() -> Option<File> {
    File::options().write(true).open("/dev/full").ok()
}
