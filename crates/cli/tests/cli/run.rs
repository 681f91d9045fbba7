//! A profile in a temporary folder and the binary under test.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Password of every officer in these tests.
pub const PASSWORD: &str = "жылу-2026-есік";

/// What a run left behind.
#[derive(Debug)]
pub struct Answer {
    pub ok: bool,
    /// Every line of stdout: a run that prints anything but JSON fails here.
    pub lines: Vec<Value>,
    pub raw: String,
    pub stderr: String,
}

impl Answer {
    pub fn one(&self) -> &Value {
        assert_eq!(self.lines.len(), 1, "{self:?}");
        &self.lines[0]
    }
    pub fn last(&self) -> &Value {
        self.lines.last().unwrap_or_else(|| panic!("nothing was printed: {}", self.stderr))
    }
    pub fn code(&self) -> &str {
        self.last()["error"]["code"].as_str().unwrap_or("-")
    }
}

/// A folder with a profile's place in it.
pub struct Place {
    pub dir: TempDir,
}

impl Place {
    /// Nothing is there yet but the password file.
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join("password"), PASSWORD).unwrap();
        Self { dir }
    }

    /// A profile with its first officer, of the dv circle.
    pub fn with_profile() -> Self {
        let place = Self::new();
        assert!(place.run(&["init", "--surname", "Әлиева", "--circle", "dv"]).ok);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }
    pub fn write(&self, name: &str, content: &[u8]) -> String {
        std::fs::write(self.path(name), content).unwrap();
        self.text(name)
    }

    /// In the folder's profile `desk`, with the right password.
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_in("desk", args, b"")
    }

    pub fn run_in(&self, profile: &str, args: &[&str], stdin: &[u8]) -> Answer {
        let (profile, password) = (self.text(profile), self.text("password"));
        let mut all = vec!["--profile", profile.as_str(), "--password-file", password.as_str()];
        all.extend(args);
        let mut command = command();
        command.env("ESIK_STATE", self.path("state")).args(all);
        finish(command, stdin)
    }

    /// `rpc` with these lines.
    pub fn rpc(&self, requests: &[Value]) -> Vec<Value> {
        let mut input = String::new();
        for request in requests {
            input.push_str(&request.to_string());
            input.push('\n');
        }
        let answer = self.run_in("desk", &["rpc"], input.as_bytes());
        assert!(answer.ok, "{answer:?}");
        assert_eq!(answer.lines.len(), requests.len(), "{answer:?}");
        answer.lines
    }
}

/// A command that has a cheap key derivation and nothing else from outside.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esik-cli"));
    command.env("ESIK_KDF", "floor").env("RUST_LOG", "off").env_remove("ESIK_SEED");
    command.env("ESIK_STATE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"));
    for name in ["ESIK_PROFILE", "ESIK_SERVER", "ESIK_CLOCK", "ESIK_DEMO"] {
        command.env_remove(name);
    }
    command
}

/// Runs the binary as it is.
pub fn run(args: &[&str], stdin: &[u8]) -> Answer {
    let mut command = command();
    command.args(args);
    finish(command, stdin)
}

pub fn finish(mut command: Command, stdin: &[u8]) -> Answer {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // A program that never reads its input closes it: that is no failure of the test.
    let feeder = std::thread::spawn(move || {
        let _ = input.write_all(&stdin);
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let raw = String::from_utf8(output.stdout).unwrap();
    let lines = raw
        .lines()
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
        .collect();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Answer { ok: output.status.success(), lines, raw, stderr }
}

/// Every regular file of a folder, without its folders.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .collect();
    out.sort();
    out
}
