//! A disk of a size of its own, in memory. Read by the tests of the store too (`#[path]`).

use std::path::{Path, PathBuf};
use std::process::Command;

/// Gone when it is dropped.
pub struct Tmpfs(PathBuf);

impl Tmpfs {
    /// In an empty folder, which is made. None for whoever is not root: then the test has run in a process of its own,
    /// in a namespace where he is.
    ///
    /// # Panics
    /// When there is no such namespace, or the test failed in it.
    pub fn mount(at: &Path, bytes: u64) -> Option<Self> {
        let id = Command::new("id").arg("-u").output().unwrap().stdout;
        if id.trim_ascii() != b"0" {
            again_as_root();
            return None;
        }
        std::fs::create_dir_all(at).unwrap();
        mount(&format!("size={bytes}"), at);
        Some(Self(at.to_owned()))
    }

    pub fn resize(&self, bytes: u64) {
        mount(&format!("remount,size={bytes}"), &self.0);
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(options: &str, at: &Path) {
    let mut mount = Command::new("mount");
    let done = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output().unwrap();
    assert!(done.status.success(), "mount: {}", String::from_utf8_lossy(&done.stderr));
}

/// This test once more. A test that is passed over is no test.
fn again_as_root() {
    let thread = std::thread::current();
    let test = thread.name().unwrap();
    let mut again = Command::new("unshare");
    again.args(["--map-root-user", "--mount"]).arg(std::env::current_exe().unwrap());
    let ran = again.args(["--exact", test, "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    println!("{said}");
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{test}: only root, or who has a namespace of his own (`unshare -rm true`), mounts a disk: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
