//! The limits that the machine, the control group and the resource limits set a process.

use std::fs;
use std::path::Path;

/// The part of a limit of the address space that heaps of threads do not take, in
/// percent.
const OF_ADDRESS_SPACE: u64 = 90;

/// The part of the free memory that is used, in percent: the rest is for others.
const OF_FREE: u64 = 90;

/// The least of all limits that are known, in bytes.
pub(super) fn found() -> Option<u64> {
    let left = |limit: u64| limit.saturating_sub(mapped().unwrap_or(0)) / 100 * OF_ADDRESS_SPACE;
    let group = control_group(Path::new("/")).map(|limit| limit / 100 * OF_FREE);
    let free = free_of_machine().map(|free| free / 100 * OF_FREE);
    [address_space().map(left), group, free].into_iter().flatten().min()
}

/// The limit of the address space, if there is one.
#[cfg(unix)]
pub(super) fn address_space() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
pub(super) fn address_space() -> Option<u64> {
    None
}

/// The address space that is in use.
pub(super) fn mapped() -> Option<u64> {
    /// Bytes of a page on every machine that limits address spaces by habit; larger
    /// ones make the figure too small, and the limit is met a little later.
    const PAGE: u64 = 4096;
    let text = fs_text("/proc/self/statm")?;
    let pages: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(pages * PAGE)
}

/// Bytes that the system says could be used without swapping.
fn free_of_machine() -> Option<u64> {
    let text = fs_text("/proc/meminfo")?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(target_os = "linux")]
fn fs_text(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

#[cfg(not(target_os = "linux"))]
fn fs_text(_: &str) -> Option<String> {
    None
}

/// The least limit of the control groups that the process is in, of either version.
///
/// Source: `Documentation/admin-guide/cgroup-v2.rst` (`memory.max`) and
/// `cgroup-v1/memory.rst` (`memory.limit_in_bytes`) of the Linux kernel.
fn control_group(root: &Path) -> Option<u64> {
    let own = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = own.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        let (mount, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            it if it.split(',').any(|it| it == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => return None,
        };
        least_of_ancestors(&root.join(mount), path, file)
    });
    limits.min()
}

/// The least number in the files of a name in a folder and those above it, up to `top`.
fn least_of_ancestors(top: &Path, path: &str, file: &str) -> Option<u64> {
    let own = top.join(path.trim_start_matches('/'));
    let folders = own.ancestors().take_while(|folder| folder.starts_with(top));
    let number = |folder: &Path| -> Option<u64> {
        // "max" where there is no limit.
        fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok()
    };
    folders.filter_map(number).min()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn limit(files: &[(&str, &str)]) -> Option<u64> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        control_group(root.path())
    }

    #[test]
    fn the_least_limit_of_a_group_and_those_above_it_holds() {
        let own = ("proc/self/cgroup", "0::/a/b\n");
        let top = ("sys/fs/cgroup/a/memory.max", "1000\n");
        assert_eq!(limit(&[own, top, ("sys/fs/cgroup/a/b/memory.max", "max\n")]), Some(1000));
        assert_eq!(limit(&[own, top, ("sys/fs/cgroup/a/b/memory.max", "7\n")]), Some(7));
        assert_eq!(limit(&[own]), None);
        assert_eq!(limit(&[]), None);
    }

    #[test]
    fn the_older_version_of_control_groups_has_a_limit_of_memory_alone() {
        let own = ("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n");
        let file = "sys/fs/cgroup/memory/x/memory.limit_in_bytes";
        assert_eq!(limit(&[own, (file, "4096\n")]), Some(4096));
        // Within a container the group is mounted at the top.
        let top = "sys/fs/cgroup/memory/memory.limit_in_bytes";
        assert_eq!(limit(&[own, (top, "9223372036854771712\n")]), Some(9223372036854771712));
    }
}
