//! Linux, and other systems of its kind.

use crate::{Platform, ThisMachine, named_viewer, spawn};
use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::process::Command;

impl Platform for ThisMachine {
    fn open_in_viewer(&self, file: &Path) -> io::Result<()> {
        spawn(named_viewer().unwrap_or_else(|| Command::new("xdg-open")).arg(file))
    }

    fn private_dir(&self, dir: &Path) -> io::Result<()> {
        if dir.is_dir() {
            return std::fs::set_permissions(dir, Permissions::from_mode(0o700));
        }
        // With its rights from the first moment; those above it too, if they are new.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
    }

    fn private_file(&self, options: &mut OpenOptions, file: &Path) -> io::Result<File> {
        crate::patiently(|| options.mode(0o600).open(file))
    }

    fn make_private(&self, file: &Path) -> io::Result<()> {
        std::fs::set_permissions(file, Permissions::from_mode(0o600))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    #[cfg(target_os = "linux")]
    fn free_bytes(&self, dir: &Path) -> Option<u64> {
        let disk = rustix::fs::statvfs(dir).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    #[cfg(not(target_os = "linux"))]
    fn free_bytes(&self, _: &Path) -> Option<u64> {
        None
    }

    fn take_room(&self, file: &mut File, bytes: u64) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{FallocateFlags, fallocate};
            use rustix::io::Errno;
            match fallocate(&*file, FallocateFlags::empty(), 0, bytes) {
                // NFS and a few others have no such call.
                Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
                other => return Ok(other?),
            }
        }
        crate::room::write_through(file, bytes)
    }

    fn taken_bytes(&self, file: &Metadata) -> u64 {
        file.blocks().saturating_mul(512)
    }

    fn harden(&self) {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{
                DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit,
            };
            let none = Rlimit { current: Some(0), maximum: Some(0) };
            if setrlimit(Resource::Core, none).is_err()
                || set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
            {
                tracing::warn!("core files could not be turned off");
            }
        }
    }

    fn data_dir(&self) -> Option<PathBuf> {
        Some(base_dir("XDG_DATA_HOME", ".local/share")?.join("esik"))
    }

    fn state_dir(&self) -> Option<PathBuf> {
        Some(base_dir("XDG_STATE_HOME", ".local/state")?.join("esik"))
    }

    fn downloads_dir(&self) -> Option<PathBuf> {
        let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        set("XDG_DOWNLOAD_DIR").or_else(|| set("HOME").map(|home| home.join("Downloads")))
    }

    fn memory_dir(&self) -> Option<PathBuf> {
        Some(PathBuf::from("/dev/shm")).filter(|dir| dir.is_dir())
    }

    fn takes_port_back(&self) -> bool {
        true
    }
}

/// A folder of the XDG base directories: the one that is set, or the usual one below the home.
fn base_dir(set: &str, below_home: &str) -> Option<PathBuf> {
    std::env::var_os(set)
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(below_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_this_users_alone() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("a").join("b");
        ThisMachine.private_dir(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
        std::fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        ThisMachine.private_dir(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700, "one that was there is closed too");
        let file = dir.join("new");
        let mut options = OpenOptions::new();
        ThisMachine.private_file(options.write(true).create_new(true), &file).unwrap();
        assert_eq!(mode(&file), 0o600);
        let again = ThisMachine.private_file(options.write(true).create_new(true), &file);
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let old = dir.join("old");
        std::fs::write(&old, "x").unwrap();
        ThisMachine.make_private(&old).unwrap();
        assert_eq!(mode(&old), 0o600);
        ThisMachine.sync_dir(&dir).unwrap();
        assert!(ThisMachine.sync_dir(&dir.join("none")).is_err());
        assert!(ThisMachine.private_dir(&file.join("below a file")).is_err());
    }
}
