//! A real desk process, driven line by line through `esik-cli rpc`.

use crate::PASSWORD;
use crate::program::{Running, cli};
use crate::work::{Asked, Said};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// A desk in a process of its own.
pub struct DeskProcess {
    pub profile: PathBuf,
    child: Option<Running>,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    next: u64,
}

/// The file with everybody's password.
pub fn password_file(dir: &Path) -> PathBuf {
    let file = dir.join("password");
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(&file, PASSWORD).unwrap();
    file
}

/// Runs a command that answers with lines of JSON and has to succeed.
pub fn lines(command: &mut Command) -> Vec<Value> {
    let out = command.output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{command:?}: {text} {}", String::from_utf8_lossy(&out.stderr));
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// A new profile with its first officer, joined to a region when there is one.
pub fn set_up(profile: &Path, surname: &str, region: Option<(&str, &str)>) {
    let file = password_file(profile.parent().unwrap());
    lines(cli(profile).arg("--password-file").arg(&file).args(["init", "--surname", surname]));
    if let Some((url, code)) = region {
        lines(
            cli(profile)
                .arg("--password-file")
                .arg(&file)
                .args(["enroll", "--server", url, "--code", code]),
        );
    }
}

/// A file of so many bytes that is no picture.
#[must_use]
pub fn scan(bytes: usize, seed: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    out.extend((0..bytes - out.len()).map(|n| ((n * 31 + seed) % 251) as u8));
    out
}

/// Puts a file to a case, part by part as the window does; its id.
pub fn attach(desk: &mut DeskProcess, to: &Value, name: &str, bytes: &[u8]) -> Value {
    let upload = uuid::Uuid::from_u128(bytes.len() as u128);
    let mut from = json!(0);
    for part in bytes.chunks(3 << 20) {
        let part = json!({ "upload": upload, "from": from, "base64": B64.encode(part) });
        from = desk.ok("attachment_part", part)["bytes"].clone();
    }
    desk.ok("attachment_add", json!({ "upload": upload, "to": to, "name": name }))["id"].clone()
}

impl DeskProcess {
    /// Starts the process and signs the first officer in.
    pub fn start(profile: &Path) -> Self {
        Self::with(profile, cli(profile))
    }

    /// The same with a prepared command (`cli` with more environment).
    pub fn with(profile: &Path, mut command: Command) -> Self {
        let file = password_file(profile.parent().unwrap());
        let mut child = command
            .arg("--password-file")
            .arg(file)
            .arg("rpc")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { profile: profile.to_owned(), child: Some(Running(child)), stdin, stdout, next: 0 }
    }

    /// One command; its answer or its refusal.
    pub fn call(&mut self, cmd: &str, args: Value) -> Result<Value, Value> {
        self.next += 1;
        let line = json!({ "id": self.next, "cmd": cmd, "args": args }).to_string();
        writeln!(self.stdin, "{line}").unwrap();
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).expect("a line of JSON for a line");
        assert_eq!(answer["id"], self.next);
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(answer["error"].clone()),
        }
    }

    /// One command that has to succeed.
    pub fn ok(&mut self, cmd: &str, args: Value) -> Value {
        self.call(cmd, args).unwrap_or_else(|e| panic!("{cmd}: {e}"))
    }

    /// The process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").0.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) -> PathBuf {
        if let Some(child) = self.child.take() {
            child.kill();
        }
        self.profile.clone()
    }

    /// A tidy end.
    pub fn end(self) -> PathBuf {
        let Self { profile, child, stdin, .. } = self;
        drop(stdin);
        if let Some(mut child) = child {
            let _ = child.0.wait();
        }
        profile
    }
}

impl Asked for DeskProcess {
    fn ask(&mut self, cmd: &str, args: Value) -> Said {
        self.next += 1;
        let line = json!({ "id": self.next, "cmd": cmd, "args": args }).to_string();
        if writeln!(self.stdin, "{line}").is_err() {
            // It did not even start: what it said on its way out is still to be read.
            let mut said = String::new();
            let _ = self.stdout.read_line(&mut said);
            return heard(&said);
        }
        let mut said = String::new();
        let _ = self.stdout.read_line(&mut said);
        heard(&said)
    }
}

fn heard(line: &str) -> Said {
    let Ok(mut answer) = serde_json::from_str::<Value>(line) else { return Said::Gone };
    if answer.get("ok").is_some() {
        return Said::Done(answer["ok"].take());
    }
    Said::Refused(answer["error"]["code"].as_str().unwrap_or_default().to_owned())
}
