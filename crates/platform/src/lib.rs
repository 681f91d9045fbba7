//! Every call that differs between operating systems, behind one trait with a side for each
//! (`settled.md` 30; docs/adr/0008).

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

mod patience;
mod room;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use patience::{create_anew, patiently, remove, replace, write_whole};

/// The operating system as Esik needs it.
pub trait Platform: Send + Sync + 'static {
    /// Starts the person's viewer for a file.
    ///
    /// # Errors
    /// When none could be started.
    fn open_in_viewer(&self, file: &Path) -> io::Result<()>;
    /// Makes a folder, with those above it, that only this user may enter. One that is there already is
    /// closed to others too.
    ///
    /// # Errors
    /// When it cannot be made.
    fn private_dir(&self, dir: &Path) -> io::Result<()>;
    /// Opens a file as `options` say; one that is made by it can be read by this user alone from its first
    /// moment.
    ///
    /// # Errors
    /// Those of opening.
    fn private_file(&self, options: &mut OpenOptions, file: &Path) -> io::Result<File>;
    /// Closes a file that is there already to everybody but this user.
    ///
    /// # Errors
    /// When its rights cannot be changed.
    fn make_private(&self, file: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable, after a rename.
    ///
    /// # Errors
    /// When the disk does not take it.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Bytes that this user may still write on the disk under a folder; none when the system does not tell.
    fn free_bytes(&self, dir: &Path) -> Option<u64>;
    /// Makes a new file so many bytes long and takes room on the disk for all of them: not a length alone, as a sparse
    /// file has it.
    ///
    /// # Errors
    /// When there is no room, or the disk fails. What was taken until then goes with the file.
    fn take_room(&self, file: &mut File, bytes: u64) -> io::Result<()>;
    /// Bytes of the disk that a file takes, as far as the system tells; else its length.
    fn taken_bytes(&self, file: &Metadata) -> u64;
    /// No core files, no reading by other processes of the user: keys live in memory.
    fn harden(&self);
    /// Where a profile lies when nobody says otherwise.
    fn data_dir(&self) -> Option<PathBuf>;
    /// Where a program keeps what belongs to this machine and to no profile; never in a profile.
    fn state_dir(&self) -> Option<PathBuf>;
    /// Where the person keeps what was downloaded.
    fn downloads_dir(&self) -> Option<PathBuf>;
    /// A folder that is memory, not a disk, where the machine has one.
    fn memory_dir(&self) -> Option<PathBuf>;
    /// Whether a server that was started again may ask for the port it had. (Windows would then let two
    /// programs have it, and takes it back at once anyway.)
    fn takes_port_back(&self) -> bool;
}

/// The machine this program runs on.
#[derive(Clone, Copy, Debug)]
pub struct ThisMachine;

/// Starts a viewer and leaves it alone.
fn spawn(command: &mut Command) -> io::Result<()> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // A viewer that goes on running must not become a zombie when it ends.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// The viewer that an office, or a test, names.
fn named_viewer() -> Option<Command> {
    std::env::var_os("ESIK_VIEWER").map(Command::new)
}
