//! Symbolic links and pipes that another user may have planted, so that something is
//! written where nobody meant it to be, or waits for ever.

use std::path::Path;

use crate::error::{Error, Result};

/// Refuses a path whose last part is a link or a pipe that another user made in a folder
/// that others may write to.
///
/// Source: `protected_symlinks` and `protected_fifos` of the Linux kernel, which hold
/// where a file is opened through a link or created, not where one is replaced; and the
/// same for folders without the sticky bit.
///
/// # Errors
///
/// [`Error::Format`], with the file that it leads to.
#[cfg(unix)]
pub fn check_link(path: &Path) -> Result<()> {
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    let Ok(link) = fs::symlink_metadata(path) else { return Ok(()) };
    if !link.is_symlink() && !link.file_type().is_fifo() {
        return Ok(());
    }
    let folder =
        fs::metadata(super::folder_of(path)).map_err(Error::io(path, "look at its folder"))?;
    let user = rustix::process::geteuid().as_raw();
    if is_trusted(link.uid(), user, folder.uid(), folder.mode()) {
        return Ok(());
    }
    let what = match fs::read_link(path) {
        Ok(to) => format!("a symbolic link to {}", to.display()),
        Err(_) => "a pipe".to_owned(),
    };
    let way_out = if link.is_symlink() { "name the file itself" } else { "name another" };
    let problem = format!(
        "is {what} that another user (number {}) made in a folder that others may write to; \
         {way_out}",
        link.uid()
    );
    Err(Error::format(path, problem))
}

/// As on Unix, where there are such folders.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
pub fn check_link(_: &Path) -> Result<()> {
    Ok(())
}

/// Whether a link is as good as a name that the user wrote.
#[cfg(unix)]
fn is_trusted(of_link: u32, user: u32, of_folder: u32, folder_mode: u32) -> bool {
    const ROOT: u32 = 0;
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    folder_mode & WRITABLE_BY_OTHERS == 0 || [user, of_folder, ROOT].contains(&of_link)
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_trusted;

    #[test]
    fn a_link_of_another_user_is_trusted_only_in_a_folder_that_nobody_else_writes_to() {
        let (user, other, folder) = (1000, 1001, 1002);
        for (of_link, mode, expected) in [
            (other, 0o1777, false),
            (other, 0o777, false),
            (other, 0o775, false),
            (other, 0o755, true),
            (user, 0o1777, true),
            (folder, 0o1777, true),
            (0, 0o1777, true),
        ] {
            assert_eq!(is_trusted(of_link, user, folder, mode), expected, "{of_link} {mode:o}");
        }
        // Root trusts nobody else's either.
        assert!(!is_trusted(other, 0, 0, 0o1777));
    }
}
