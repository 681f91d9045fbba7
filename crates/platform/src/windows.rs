//! Windows. Checked by the compiler only; what nobody has seen working stands in docs/windows.md.

use crate::{Platform, ThisMachine, named_viewer, spawn};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

impl Platform for ThisMachine {
    fn open_in_viewer(&self, file: &Path) -> io::Result<()> {
        spawn(named_viewer().unwrap_or_else(|| Command::new("explorer.exe")).arg(file))
    }

    fn private_dir(&self, dir: &Path) -> io::Result<()> {
        // %LOCALAPPDATA% is private to the user by its inherited access list.
        std::fs::create_dir_all(dir)
    }

    fn private_file(&self, options: &mut OpenOptions, file: &Path) -> io::Result<File> {
        // As the folder: the access list is inherited.
        crate::patiently(|| options.open(file))
    }

    fn make_private(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        // There is no such call; NTFS journals names itself.
        Ok(())
    }

    fn free_bytes(&self, _: &Path) -> Option<u64> {
        // The call is there, but none of our crates makes it safely. What goes without: docs/windows.md.
        None
    }

    fn take_room(&self, file: &mut File, bytes: u64) -> io::Result<()> {
        crate::room::write_through(file, bytes)
    }

    fn taken_bytes(&self, file: &Metadata) -> u64 {
        file.len()
    }

    fn harden(&self) {}

    fn data_dir(&self) -> Option<PathBuf> {
        std::env::var_os("LOCALAPPDATA").map(|dir| PathBuf::from(dir).join("Esik"))
    }

    fn state_dir(&self) -> Option<PathBuf> {
        // Not below the data folder, which is the profile itself.
        std::env::var_os("LOCALAPPDATA").map(|dir| PathBuf::from(dir).join("Esik-state"))
    }

    fn downloads_dir(&self) -> Option<PathBuf> {
        std::env::var_os("USERPROFILE").map(|home| PathBuf::from(home).join("Downloads"))
    }

    fn memory_dir(&self) -> Option<PathBuf> {
        None
    }

    fn takes_port_back(&self) -> bool {
        false
    }
}
