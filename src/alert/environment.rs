//! The environment of a command: few variables of the job's own, none of them a secret.

use std::ffi::OsString;

/// Variables that every command gets.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
];

/// What programs need to start on Windows.
const INHERITED_ON_WINDOWS: &[&str] = &[
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
];

/// The variables that a command gets, and those that its channel names.
pub(super) fn inherited(named: &[String]) -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(variable, _)| {
        let Some(name) = variable.to_str() else { return false };
        let is = |other: &str| match cfg!(windows) {
            true => other.eq_ignore_ascii_case(name),
            false => other == name,
        };
        let system = if cfg!(windows) { INHERITED_ON_WINDOWS } else { &[] };
        name.starts_with("LC_")
            || INHERITED.iter().chain(system).any(|other| is(other))
            || named.iter().any(|other| is(other))
    })
}
