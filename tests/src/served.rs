//! A real desk process under `esik-cli serve`, as a screen talks to it; its synchronisation runs by itself.

use crate::PASSWORD;
use crate::program::{Running, cli};
use crate::work::{Asked, Said};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Nothing that answers takes this long; what never answers must not hang the test.
const PATIENCE: Duration = Duration::from_secs(120);

/// A desk that serves a screen.
pub struct Served {
    pub profile: PathBuf,
    child: Running,
    screen: Screen,
}

/// A screen of such a desk; there may be several.
#[derive(Clone)]
pub struct Screen {
    address: String,
    token: String,
}

impl Served {
    /// Starts it; nobody is signed in.
    ///
    /// # Errors
    /// What the program said when it did not start to serve.
    pub fn start(profile: &Path) -> Result<Self, String> {
        Self::with(profile, cli(profile))
    }

    /// The same with a prepared command (`cli` with more environment).
    ///
    /// # Errors
    /// What the program said when it did not start to serve.
    pub fn with(profile: &Path, mut command: Command) -> Result<Self, String> {
        let child = command.arg("serve").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        let child = Running(child);
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).map_err(|_| line.clone())?;
        let text = |name: &str| told[name].as_str().map(str::to_owned).ok_or(line.clone());
        Ok(Self {
            profile: profile.to_owned(),
            child,
            screen: Screen { address: text("listening")?, token: text("token")? },
        })
    }

    /// Starts it and signs the first officer in.
    pub fn signed_in(profile: &Path) -> Self {
        let mut desk = Self::start(profile).unwrap();
        match desk.sign_in() {
            Said::Done(_) => desk,
            other => panic!("sign in: {other:?}"),
        }
    }

    /// Signs the first officer in.
    pub fn sign_in(&mut self) -> Said {
        let state = match self.ask("app_state", json!({})) {
            Said::Done(state) => state,
            other => return other,
        };
        let officer = state["officers"][0]["id"].clone();
        self.ask("session_open", json!({ "officer": officer, "password": PASSWORD }))
    }

    /// One command that has to succeed.
    pub fn ok(&mut self, cmd: &str, args: Value) -> Value {
        match self.ask(cmd, args) {
            Said::Done(value) => value,
            other => panic!("{cmd}: {other:?}"),
        }
    }

    /// Another screen of it, for another thread.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.screen.clone()
    }

    /// The process, to be killed while it is asked.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// `kill -9`.
    pub fn kill(self) -> PathBuf {
        self.child.kill();
        self.profile
    }

    /// A tidy end, as `Ctrl+C` is.
    pub fn end(mut self) -> PathBuf {
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        let _ = self.child.0.wait();
        self.profile.clone()
    }
}

impl Screen {
    fn post(&self, body: &str) -> std::io::Result<String> {
        let mut line = TcpStream::connect(&self.address)?;
        line.set_read_timeout(Some(PATIENCE))?;
        write!(
            line,
            "POST /rpc HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )?;
        let mut answer = String::new();
        line.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Asked for Served {
    fn ask(&mut self, cmd: &str, args: Value) -> Said {
        self.screen.ask(cmd, args)
    }
}

impl Asked for Screen {
    fn ask(&mut self, cmd: &str, args: Value) -> Said {
        let body = json!({ "cmd": cmd, "args": args }).to_string();
        let Ok(answer) = self.post(&body) else { return Said::Gone };
        // A program that was killed in the middle of its answer has not answered.
        let Some((_, body)) = answer.split_once("\r\n\r\n") else { return Said::Gone };
        let Ok(mut answer) = serde_json::from_str::<Value>(body) else { return Said::Gone };
        if answer.get("ok").is_some() {
            return Said::Done(answer["ok"].take());
        }
        Said::Refused(answer["error"]["code"].as_str().unwrap_or_default().to_owned())
    }
}
