//! Files that another program holds for a moment: virus scanners and backups open what was just written.
//! What they refuse is asked again a few times before a person hears of it.

use crate::{Platform as _, ThisMachine};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

/// Pauses between the tries, in milliseconds: just under two seconds in all.
const PAUSES: [u64; 8] = [10, 20, 40, 80, 160, 320, 640, 640];

/// Does it again while the file is held; any other failure comes back at once. A folder that may never be
/// written answers a little later for it.
///
/// # Errors
/// Those of the act.
pub fn patiently<T>(act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    within(&PAUSES, act)
}

fn within<T>(pauses: &[u64], mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for pause in pauses {
        match act() {
            Err(error) if is_held(&error) => {
                tracing::debug!(%error, "a file is held by another program");
                std::thread::sleep(Duration::from_millis(*pause));
            }
            other => return other,
        }
    }
    act()
}

fn is_held(error: &io::Error) -> bool {
    // Sharing and lock violations of Windows have no kind of their own.
    let sharing = cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33));
    sharing || matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ResourceBusy)
}

/// Puts a file in another one's place, or under a new name in its folder.
///
/// # Errors
/// When the disk refuses, or somebody holds one of them for too long.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))
}

/// Removes a file.
///
/// # Errors
/// When the disk refuses, or somebody holds it for too long.
pub fn remove(file: &Path) -> io::Result<()> {
    patiently(|| fs::remove_file(file))
}

/// A small file whole or as it was, also after a power cut: a new one is written beside it, made durable,
/// and takes its place. Of one that could not be finished nothing is left.
///
/// # Errors
/// When the disk refuses, or somebody holds it for too long.
pub fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = dir.join(format!("{name}.new"));
    let done = patiently(|| File::create(&fresh)).and_then(|mut out| {
        out.write_all(bytes)?;
        out.sync_all()?;
        drop(out);
        replace(&fresh, &dir.join(name))?;
        ThisMachine.sync_dir(dir)
    });
    if done.is_err() {
        // It may have taken its place already; then there is none of this name.
        let _ = remove(&fresh);
    }
    done
}

/// Makes a file in a folder that somebody else may have prepared, as that of a stick. What lies there under its name
/// goes; a link is never followed.
///
/// # Errors
/// When the disk refuses.
pub fn create_anew(file: &Path) -> io::Result<File> {
    patiently(|| {
        match fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        File::options().write(true).create_new(true).open(file)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_asked_again_and_what_is_broken_is_not() {
        let ask = |kinds: &[ErrorKind]| {
            let mut asked = 0;
            let end = within(&[0, 0], || {
                asked += 1;
                kinds.get(asked - 1).map_or(Ok(()), |kind| Err((*kind).into()))
            });
            (asked, end.is_ok())
        };
        let (held, busy) = (ErrorKind::PermissionDenied, ErrorKind::ResourceBusy);
        assert_eq!(ask(&[]), (1, true));
        assert_eq!(ask(&[held, busy]), (3, true));
        assert_eq!(ask(&[held, held, held]), (3, false));
        assert_eq!(ask(&[ErrorKind::StorageFull]), (1, false));
        assert!(PAUSES.iter().sum::<u64>() <= 2_000);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_lies_there_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (own, link) = (dir.path().join("own"), dir.path().join("a.part"));
        fs::write(&own, b"mine").unwrap();
        std::os::unix::fs::symlink(&own, &link).unwrap();
        create_anew(&link).unwrap().write_all(b"new").unwrap();
        assert_eq!(
            (fs::read(&own).unwrap(), fs::read(&link).unwrap()),
            (b"mine".to_vec(), b"new".to_vec())
        );
    }

    #[test]
    fn a_file_that_cannot_take_its_place_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        write_whole(dir.path(), "a", b"1").unwrap();
        write_whole(dir.path(), "a", b"2").unwrap();
        assert_eq!(fs::read(dir.path().join("a")).unwrap(), b"2");
        fs::create_dir(dir.path().join("b")).unwrap();
        write_whole(dir.path(), "b", b"3").unwrap_err();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
