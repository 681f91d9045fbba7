//! The package as dpkg sees it. Installing needs root: `sudo -n` is used, and missing rights are told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a command printed; its failure is the test's.
pub fn said(command: &mut Command) -> String {
    let out = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        out.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

/// The package that `cargo xtask test` built.
pub struct Package {
    path: PathBuf,
    /// The folders and files of the package that the machine had before.
    there: BTreeSet<PathBuf>,
}

impl Package {
    pub fn under_test() -> Self {
        let path = std::env::var_os("ESIK_DEB")
            .expect("ESIK_DEB names the package: run `cargo xtask test --only package`");
        let mut package = Self { path: path.into(), there: BTreeSet::new() };
        package.there =
            package.listing().into_iter().map(PathBuf::from).filter(|p| p.exists()).collect();
        package
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn was_there(&self, place: &Path) -> bool {
        self.there.contains(place)
    }

    /// Everything in it by its place on the disk, folders with a slash at their end.
    fn listing(&self) -> Vec<String> {
        let tar = said(Command::new("sh").args([
            "-c",
            "dpkg-deb --fsys-tarfile \"$0\" | tar -t",
            &self.path.display().to_string(),
        ]));
        let mut all: Vec<String> =
            tar.lines().map(|line| format!("/{}", line.trim_start_matches("./"))).collect();
        all.sort();
        all
    }

    /// The files in it, without the folders.
    pub fn files(&self) -> Vec<String> {
        // A listing by tar shows folders with a slash; this bundler's does not.
        let all = self.listing();
        let is_folder = |name: &String| {
            let inside = format!("{}/", name.trim_end_matches('/'));
            all.iter().any(|other| other != name && other.starts_with(&inside))
        };
        all.iter().filter(|name| !name.ends_with('/') && !is_folder(name)).cloned().collect()
    }

    pub fn field(&self, name: &str) -> String {
        said(Command::new("dpkg-deb").arg("-f").arg(&self.path).arg(name)).trim().to_string()
    }

    /// `dpkg -i`: refuses when a package it depends on is missing here.
    pub fn install(&self) -> Installed {
        assert!(
            state().is_empty(),
            "esik is installed on this machine already ({}); the test would remove it: \
             `sudo dpkg --purge esik` first",
            state()
        );
        // Made before: a half-done installation is taken away too.
        let installed = Installed { done: false };
        said(as_root(&["dpkg", "-i"]).arg(&self.path));
        assert_eq!(state(), "install ok installed");
        installed
    }
}

/// How dpkg has it in its books; empty when it never heard of it.
fn state() -> String {
    let out = Command::new("dpkg-query").args(["-W", "-f=${Status}", "esik"]).output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

fn as_root(words: &[&str]) -> Command {
    let root = said(Command::new("id").arg("-u")).trim() == "0";
    let mut all = words.to_vec();
    if !root {
        let free = Command::new("sudo").args(["-n", "true"]).output();
        assert!(
            free.is_ok_and(|out| out.status.success()),
            "installing a package needs root: run the tests as root, or allow `sudo -n dpkg`"
        );
        all.splice(0..0, ["sudo", "-n"]);
    }
    let mut command = Command::new(all.remove(0));
    command.args(all);
    command
}

/// The installed package; taken away even when the test breaks off.
pub struct Installed {
    done: bool,
}

impl Installed {
    /// Every path dpkg says is the package's.
    pub fn paths(&self) -> BTreeSet<PathBuf> {
        said(Command::new("dpkg").args(["-L", "esik"])).lines().map(PathBuf::from).collect()
    }

    /// First removed, then purged: neither may complain, and after the second dpkg forgets it.
    pub fn remove(mut self) {
        let told = said(&mut as_root(&["dpkg", "--remove", "esik"]));
        assert!(!told.contains("warning"), "{told}");
        if !state().is_empty() {
            said(&mut as_root(&["dpkg", "--purge", "esik"]));
        }
        assert_eq!(state(), "", "dpkg still has it in its books");
        self.done = true;
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        if !self.done {
            let _ = as_root(&["dpkg", "--purge", "esik"]).output();
        }
    }
}

/// The titles of the windows on the screen.
pub fn titles() -> BTreeSet<String> {
    let found = Command::new("xdotool")
        .args(["search", "--onlyvisible", "--name", "."])
        .output()
        .expect("xdotool");
    String::from_utf8_lossy(&found.stdout)
        .lines()
        .map(|id| {
            let name = Command::new("xdotool").args(["getwindowname", id]).output().unwrap();
            String::from_utf8_lossy(&name.stdout).trim().to_string()
        })
        .collect()
}

/// What the desk makes in its user's home.
pub struct Profile(PathBuf);

impl Profile {
    pub fn of(home: &Path) -> Self {
        Self(home.join("share").join("esik"))
    }

    /// The keys and the encrypted database are there.
    pub fn is_set_up(&self) -> bool {
        let database = self.0.join("esik.db");
        esik_store::profile::Profile::at(&self.0).exists()
            && std::fs::read(database).is_ok_and(|bytes| bytes.len() > 4096)
    }
}
