//! The demo's regional server: founded once, started on its own port, stopped by its process id.

use crate::{binaries, exec};
use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Who answers for an agency in the demo.
pub struct Clerk {
    pub login: &'static str,
    pub agency: &'static str,
    pub name: &'static str,
    pub of: &'static str,
}

/// Housing, social protection and water: three bodies the demo's cases go to most.
pub const CLERKS: [Clerk; 3] = [
    Clerk {
        login: "zkh", agency: "E-ZKH", name: "Ж. Қасымов", of: "housing and utilities"
    },
    Clerk { login: "soc", agency: "E-SOC", name: "Г. Оспанова", of: "social protection" },
    Clerk { login: "water", agency: "E-WAT", name: "В. Ким", of: "water" },
];

/// The station of the demo desk, as numbers begin: `ESK-KOK1-2026-1`.
const STATION: &str = "KOK1";

/// File of the demo's warrant key.
const WARRANT: &str = "warrant.key";

/// How long the server may take to open its port; a debug build on a busy machine takes seconds.
const START: Duration = Duration::from_secs(60);

/// Makes the region in `home` and gives the code by which the desk joins.
pub fn found(programs: &binaries::Programs, home: &Path, password: &Path) -> Result<String> {
    let admin = |words: &[&str]| -> Result<serde_json::Value> {
        let mut server = server(programs, home)?;
        let said = exec::output(server.arg("admin").args(words))?;
        serde_json::from_str(&said).with_context(|| format!("esik-server said {said:?}"))
    };
    admin(&[
        "region",
        "create",
        "--id",
        "KOKSHETAU",
        "--name-kk",
        "Көкшетау (көрсетілім)",
        "--name-ru",
        "Кокшетау (показ)",
    ])?;
    admin(&[
        "station",
        "add",
        "--id",
        STATION,
        "--name-kk",
        "№ 1 фронт-кеңсе",
        "--name-ru",
        "Фронт-офис № 1",
    ])?;
    let password = password.to_str().context("the folder's name is not text")?;
    for clerk in CLERKS {
        admin(&[
            "clerk",
            "add",
            "--agency",
            clerk.agency,
            "--login",
            clerk.login,
            "--name",
            clerk.name,
            "--password-file",
            password,
        ])?;
    }
    // On a machine of the operator's, were it a real region; here in a folder the server knows nothing of.
    let key = exec::output(
        Command::new(binaries::find(programs, "esik-server")?)
            .args(["warrant", "new", "--password-file", password])
            .arg(home.join(WARRANT)),
    )?;
    let key: serde_json::Value = serde_json::from_str(&key).context("the warrant key")?;
    admin(&["warrant", "set", key["public"].as_str().context("no warrant key was made")?])?;
    // The desk's server address is kept in its profile, so the port stays the same for this demo.
    std::fs::write(home.join("port"), free_port()?.to_string()).context("port")?;
    let issued = admin(&["code", "issue", "--station", STATION])?;
    Ok(issued["code"].as_str().context("the server issued no code")?.to_string())
}

/// Vouches for the head of the demo's desk, as the operator does when a station is new: `desk` is what its `diag` tells.
pub fn vouch(
    programs: &binaries::Programs,
    home: &Path,
    password: &Path,
    officer: &str,
    desk: &serde_json::Value,
) -> Result<()> {
    let (card, word) = (home.join("card.json"), home.join("warrant.json"));
    let admin = |words: &[&str], file: Option<&Path>| -> Result<String> {
        let mut server = server(programs, home)?;
        exec::output(server.args(["admin", "officer"]).args(words).args(file))
    };
    std::fs::write(&card, admin(&["card", officer], None)?).context("card.json")?;
    let signed = exec::output(
        Command::new(binaries::find(programs, "esik-server")?)
            .args(["warrant", "sign", "--mark", desk["mark"].as_str().context("no mark")?])
            .arg("--password-file")
            .arg(password)
            .arg("--key")
            .arg(home.join(WARRANT))
            .arg(&card),
    )?;
    std::fs::write(&word, signed).context("warrant.json")?;
    admin(&["warrant"], Some(&word)).map(drop)
}

fn server(programs: &binaries::Programs, home: &Path) -> Result<Command> {
    let mut server = Command::new(binaries::find(programs, "esik-server")?);
    let mut database = std::ffi::OsString::from("sqlite:");
    database.push(home.join("region.db"));
    server.arg("--db").arg(database);
    Ok(server)
}

/// A port nobody listens on now.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A running server; stopped when dropped.
pub struct Region {
    process: Child,
    port: u16,
}

impl Region {
    /// Starts the server of `home` and waits until it listens.
    pub fn start(programs: &binaries::Programs, home: &Path) -> Result<Self> {
        let port = std::fs::read_to_string(home.join("port")).context("the demo's port")?;
        let port: u16 = port.trim().parse().context("the demo's port")?;
        if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            bail!(
                "port {port} of 127.0.0.1 is busy ({error}). Another Esik demo may be open: close it, \
                 or take another folder with `cargo xtask run --dir DIR`"
            );
        }
        let log = File::create(home.join("server.log")).context("server.log")?;
        let process = server(programs, home)?
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(["--public", &format!("https://localhost:{port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start esik-server")?;
        let mut region = Self { process, port };
        region.wait_until_listening().with_context(|| {
            let log = std::fs::read_to_string(home.join("server.log")).unwrap_or_default();
            format!("esik-server did not start. Its log:\n{log}")
        })?;
        Ok(region)
    }

    fn wait_until_listening(&mut self) -> Result<()> {
        let out = self.process.stdout.take().context("no output")?;
        let (send, first) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(out).lines();
            let _ = send.send(lines.next().and_then(Result::ok));
            // Read on, so that the server never waits for a reader.
            lines.for_each(drop);
        });
        let line = first.recv_timeout(START).ok().flatten().context("it said nothing")?;
        if !line.contains("listening") {
            bail!("it said {line:?}");
        }
        Ok(())
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Asks it to stop, and ends it when it has not within ten seconds.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        if cfg!(unix) {
            let id = self.process.id().to_string();
            let _ = Command::new("kill").args(["-TERM", &id]).status();
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(10) {
                if !matches!(self.process.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_said_not_fought_for() {
        let home = std::env::temp_dir().join(format!("esik-xtask-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        std::fs::write(home.join("port"), port.to_string()).unwrap();
        let programs = [("esik-server".to_string(), "false".into())].into();
        let said = match Region::start(&programs, &home) {
            Ok(_) => String::new(),
            Err(error) => format!("{error:#}"),
        };
        assert!(said.contains(&format!("port {port}")) && said.contains("--dir"), "{said}");
        std::fs::remove_dir_all(&home).unwrap();
    }

    #[test]
    fn a_server_that_dies_is_reported_with_its_log() {
        let home = std::env::temp_dir().join(format!("esik-xtask-dies-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        std::fs::write(home.join("port"), free_port().unwrap().to_string()).unwrap();
        let programs = [("esik-server".to_string(), "false".into())].into();
        let said = match Region::start(&programs, &home) {
            Ok(_) => String::new(),
            Err(error) => format!("{error:#}"),
        };
        assert!(said.contains("did not start"), "{said}");
        std::fs::remove_dir_all(&home).unwrap();
    }
}
