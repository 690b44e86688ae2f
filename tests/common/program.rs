//! Runs the real program.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The keys of a JSON report that say where it comes from; all others follow
/// from the rows.
pub const PROVENANCE: [&str; 5] = ["tool", "device", "inputs", "timing", "warnings"];

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

/// The warnings of a report, without the notes.
pub fn warnings(report: &Value) -> Vec<&Value> {
    let all = report["warnings"].as_array().unwrap().iter();
    all.filter(|notice| notice["severity"] == "warning").collect()
}

/// The program in `folder`, away from the terminal and from the user's settings.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallyho"));
    command.current_dir(folder).args(args).env("COLUMNS", "80").stdin(Stdio::null());
    // Without a session, a layer of Mesa's drivers writes of its own accord that it
    // finds no display.
    command.env("NODEVICE_SELECT", "1");
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

/// The bytes of a report but for the lines of its provenance.
pub fn without_provenance(json: &str) -> String {
    let key =
        |line: &str| line.strip_prefix("  \"")?.split_once('"').map(|(key, _)| key.to_owned());
    let (mut rest, mut left_out, mut dropping) = (String::new(), Vec::new(), false);
    for line in json.split_inclusive('\n') {
        if let Some(key) = key(line) {
            dropping = PROVENANCE.contains(&key.as_str());
            left_out.extend(dropping.then_some(key));
        } else if !line.starts_with("  ") {
            dropping = false;
        }
        if !dropping {
            rest.push_str(line);
        }
    }
    assert_eq!(left_out, PROVENANCE, "in {json}");
    assert!(rest.contains("\n  \"digest\":"), "in {json}");
    rest
}

/// A sink that is always full.
#[cfg(target_os = "linux")]
pub fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}
