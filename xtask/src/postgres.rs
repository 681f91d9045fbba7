//! A throwaway PostgreSQL for the tests: a cluster in a temporary folder, on a free port of loopback,
//! stopped by its id. Its settings are those of a real one: nothing in the program trusts it any more.
//! It speaks in the clear and over TLS, with a certificate of an authority made for it.

use crate::{exec, paths};
use anyhow::{Context as _, Result, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where tests find the database.
pub const VARIABLE: &str = "ESIK_TEST_POSTGRES";
/// Where they find the certificate of the authority that signed the database's.
pub const AUTHORITY: &str = "ESIK_TEST_POSTGRES_CA";
/// Where they find the programs, for a cluster of their own.
pub const PROGRAMS: &str = "ESIK_TEST_POSTGRES_BIN";

/// Until it answers.
const START: Duration = Duration::from_secs(60);
/// Room the tests need, in KiB; a container's shared memory is often smaller.
const ROOM_KIB: u64 = 2 * 1024 * 1024;
/// Whom Debian's package makes. PostgreSQL does not run as root.
const USER: &str = "postgres";

/// A running cluster; stopped and removed when dropped.
pub struct Postgres {
    process: Child,
    dir: PathBuf,
    bin: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster, starts it, and makes the tests' role and database.
    pub fn start() -> Result<Self> {
        let bin = programs()?;
        let parent = if roomy(Path::new("/dev/shm")) {
            // In memory: the same calls for durability, and no disk to wait for.
            PathBuf::from("/dev/shm")
        } else {
            std::env::temp_dir()
        };
        let dir = parent.join(format!("esik-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        let root = exec::output(Command::new("id").arg("-u"))?.trim() == "0";
        if root {
            exec::run(Command::new("chown").arg(USER).arg(&dir))?;
        }
        let command = |program: &str| {
            let program = bin.join(program);
            let mut command = if root {
                let mut drop = Command::new("setpriv");
                drop.args(["--reuid", USER, "--regid", USER, "--clear-groups", "--"]);
                drop.arg(program);
                drop
            } else {
                Command::new(program)
            };
            command.current_dir(&dir).stdin(Stdio::null());
            command
        };
        let data = dir.join("data");
        exec::output(
            command("initdb")
                .arg("-D")
                .arg(&data)
                .args(["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
                .arg("--no-sync"),
        )?;
        certificates(&dir)?;
        if root {
            exec::run(Command::new("chown").arg(USER).arg(dir.join("server.key")))?;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = std::fs::File::create(dir.join("log")).context("the cluster's log")?;
        let process = command("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "max_connections=300", "-c", "ssl=on", "-c"])
            .arg(format!("ssl_cert_file={}", dir.join("server.pem").display()))
            .arg("-c")
            .arg(format!("ssl_key_file={}", dir.join("server.key").display()))
            .arg("-c")
            .arg(format!("unix_socket_directories={}", dir.display()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start postgres")?;
        let mut cluster = Self { process, dir, bin, port };
        cluster.wait_until_ready()?;
        for statement in [
            "CREATE ROLE esik LOGIN CREATEDB",
            "CREATE DATABASE esik OWNER esik ENCODING 'UTF8' TEMPLATE template0",
        ] {
            cluster.psql(statement)?;
        }
        println!("xtask: PostgreSQL for the tests on port {}", cluster.port);
        Ok(cluster)
    }

    /// Tells a test run where the database is.
    pub fn tell(&self, tests: &mut Command) {
        tests.env(VARIABLE, format!("postgres://esik@127.0.0.1:{}/esik", self.port));
        tests.env(AUTHORITY, self.dir.join("ca.pem"));
        tests.env(PROGRAMS, &self.bin);
    }

    fn psql(&self, statement: &str) -> Result<()> {
        let port = self.port.to_string();
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-h", "127.0.0.1", "-p", &port, "-U", USER, "-d", "postgres", "-c", statement]);
        exec::output(&mut psql).map(drop)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            let ended = self.process.try_wait()?;
            let answers = self.psql("SELECT 1").is_ok();
            if answers {
                return Ok(());
            }
            if ended.is_some() || start.elapsed() > START {
                let log = std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start. Its log:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT: a fast shutdown. SIGKILL only when it does not obey.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if !matches!(self.process.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// An authority that lives as long as the cluster, and the server's certificate for `localhost`, signed by it. With
/// `openssl`, which Debian's package of PostgreSQL brings along.
fn certificates(dir: &Path) -> Result<()> {
    let file = |name: &str, text: &str| {
        std::fs::write(dir.join(name), text).context("a certificate's file")
    };
    file(
        "ca.cnf",
        "[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n[dn]\nCN=Esik tests\n\
                    [ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
    )?;
    file("server.ext", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")?;
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"];
    let openssl = |words: &[&[&str]]| {
        let words = words.concat();
        exec::output(Command::new("openssl").current_dir(dir).args(words)).map(drop)
    };
    let days = ["-days", "7"];
    openssl(&[&["req", "-x509", "-config", "ca.cnf", "-out", "ca.pem"], &days, &key, &["ca.key"]])?;
    openssl(&[&["req", "-subj", "/CN=localhost", "-out", "server.csr"], &key, &["server.key"]])?;
    let by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "server.ext"];
    openssl(&[&["x509", "-req", "-in", "server.csr", "-out", "server.pem"], &days, &by])?;
    let mode = exec::output(Command::new("chmod").arg("600").arg(dir.join("server.key")));
    mode.map(drop)
}

/// Debian keeps the programs of each version apart and not on PATH; the newest is taken.
fn programs() -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .max()
        .map(|(_, bin)| bin)
        .or_else(|| paths::on_path("initdb")?.parent().map(PathBuf::from))
        .context("PostgreSQL is missing; `cargo xtask setup` installs it")
}

fn roomy(dir: &Path) -> bool {
    exec::output(Command::new("df").args(["--output=avail", "-k"]).arg(dir))
        .ok()
        .and_then(|said| said.lines().last()?.trim().parse::<u64>().ok())
        .is_some_and(|kib| kib >= ROOM_KIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_started_told_stopped_and_removed() {
        let cluster = Postgres::start().unwrap();
        let (dir, port) = (cluster.dir.clone(), cluster.port);
        let mut tests = Command::new("true");
        cluster.tell(&mut tests);
        let told = tests.get_envs().find(|(name, _)| *name == VARIABLE).and_then(|(_, v)| v);
        let url = format!("postgres://esik@127.0.0.1:{port}/esik");
        assert_eq!(told.and_then(|v| v.to_str()), Some(url.as_str()));
        cluster.psql("SELECT 1").unwrap();
        // Over TLS, to whom its authority vouches for.
        let ca =
            tests.get_envs().find(|(name, _)| *name == AUTHORITY).and_then(|(_, v)| v).unwrap();
        let line = format!(
            "host=localhost port={port} user=esik dbname=esik sslmode=verify-full sslrootcert={}",
            ca.to_str().unwrap()
        );
        let asked = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let mut psql = Command::new(cluster.bin.join("psql"));
        assert_eq!(exec::output(psql.args([&line, "-Atc", asked])).unwrap().trim(), "TLSv1.3");
        drop(cluster);
        assert!(!dir.exists());
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(), "the port is free again");
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_room() {
        assert!(!roomy(Path::new("/no/such/folder")));
    }
}
