//! Programs under test, and children that never outlive their test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program under test: the copy that `cargo xtask test` made, named by `ESIK_BIN_DIR`.
pub fn bin(name: &str) -> PathBuf {
    let dir = std::env::var_os("ESIK_BIN_DIR")
        .expect("ESIK_BIN_DIR names the folder of the built programs: run `cargo xtask test`");
    let path = PathBuf::from(dir).join(name);
    assert!(path.exists(), "{} is not built", path.display());
    path
}

/// A child process, killed when it goes out of scope.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// As a power cut to the process: no chance to tidy up.
    pub fn kill(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `esik-cli` on a profile, with the cheapest key derivation that is allowed.
pub fn cli(profile: &Path) -> Command {
    let mut command = Command::new(bin("esik-cli"));
    command
        .env("ESIK_KDF", "floor")
        .env_remove("ESIK_PROFILE")
        .env_remove("ESIK_CLOCK")
        .env("ESIK_STATE", profile.with_extension("state"))
        .arg("--profile")
        .arg(profile)
        .stdin(Stdio::null());
    command
}

/// Waits until something is so.
pub fn until(what: &str, limit: Duration, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The most memory a process ever had, MiB.
#[cfg(target_os = "linux")]
pub fn peak_mib(pid: u32) -> u64 {
    let told = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = told.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Memory, where there is some: a folder for what is written often and kept by nobody.
pub fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("esik-test-").tempdir_in(place).unwrap()
}

/// Builds a library of ours that is loaded before the system's; the source as it lies under `tests/`.
pub fn preload(source: &str, dir: &Path) -> PathBuf {
    let source = crate::here().join(source);
    let library = dir.join(source.file_name().unwrap()).with_extension("so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(&source)
        .args(["-ldl", "-lpthread"])
        .status()
        .expect("a C compiler");
    assert!(built.success(), "{} does not build", source.display());
    library
}

/// Copies the files of a profile (not a sub-folder's: a fresh profile has none).
pub fn copy_profile(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    // Another machine, which nobody worked at: what was noted for this place goes, too.
    let _ = std::fs::remove_dir_all(to.with_extension("state"));
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
