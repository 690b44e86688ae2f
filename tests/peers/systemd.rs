//! The units of the example, held to systemd's own check.

use std::process::Command;

use libtest_mimic::Failed;
use tallyho::publish::example;

use crate::common::files::Folder;

pub fn takes_the_units() -> Result<(), Failed> {
    let folder = Folder::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for line in example("systemd").unwrap().lines() {
        match line.strip_prefix("# /etc/systemd/system/") {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, text)) = files.last_mut() {
                    // The program is not where it will be.
                    text.push_str(&line.replace("/usr/local/bin/tallyho", "/bin/true"));
                    text.push('\n');
                }
            }
        }
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["tallyho.service", "tallyho.timer", "tallyho-failed.service"]);
    let (content, said) = verify(&folder, &files);
    if !content || !said.is_empty() {
        return Err(said.into());
    }
    let (_, timer) = &files[1];
    let times = timer.lines().find_map(|line| line.strip_prefix("OnCalendar=")).unwrap();
    let output = Command::new("systemd-analyze").args(["calendar", times]).output().unwrap();
    assert!(output.status.success(), "{times}");
    // The same check can fail.
    files[0].1 = files[0].1.replace("Type=oneshot", "Typ=oneshot");
    let (content, said) = verify(&folder, &files);
    assert!(!content || said.contains("Typ"), "{said}");
    Ok(())
}

/// What systemd says of the units, and whether it is content.
fn verify(folder: &Folder, files: &[(String, String)]) -> (bool, String) {
    let paths: Vec<_> = files.iter().map(|(name, text)| folder.file(name, text)).collect();
    let mut command = Command::new("systemd-analyze");
    let output = command.arg("verify").args(&paths).output().unwrap();
    // Units of this machine are none of ours.
    let said = String::from_utf8_lossy(&output.stderr);
    let ours = said.lines().filter(|line| line.contains("tallyho")).collect::<Vec<_>>();
    (output.status.success(), ours.join("\n"))
}
