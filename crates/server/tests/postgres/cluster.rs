//! A PostgreSQL of one test, to be stopped, changed and broken.

use super::common::engine::{sql, try_sql};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where PostgreSQL's programs are.
fn programs() -> PathBuf {
    if let Some(told) = std::env::var_os("ESIK_TEST_POSTGRES_BIN") {
        return told.into();
    }
    let mut all: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL's programs; ESIK_TEST_POSTGRES_BIN says where")
        .map(|e| e.unwrap().path().join("bin"))
        .collect();
    all.sort();
    all.pop().unwrap()
}

/// One of PostgreSQL's programs, as a user it agrees to run as.
fn program(name: &str) -> Command {
    let path = programs().join(name);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut c = if root {
        let mut c = Command::new("setpriv");
        c.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]).arg(path);
        c
    } else {
        Command::new(path)
    };
    c.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    c
}

/// A cluster of this test; stopped when dropped.
pub struct Cluster {
    pub data: PathBuf,
    pub port: u16,
}

impl Cluster {
    /// Changes a setting and lets the running server read it.
    pub fn set(&self, name: &str, value: &str) {
        self.owner(&format!("ALTER SYSTEM SET {name} = '{value}'"));
        self.reload();
    }

    /// Writes a file of the cluster's own, which its server may read and nobody else.
    pub fn keep(&self, name: &str, text: &str) {
        let path = self.data.join(name);
        std::fs::write(&path, text).unwrap();
        for (tool, how) in [("chmod", "600"), ("chown", "postgres")] {
            let _ = Command::new(tool).arg(how).arg(&path).stderr(Stdio::null()).status();
        }
    }

    /// Lets the running server read its settings and certificates again, and waits until it has.
    pub fn reload(&self) {
        let loaded = || self.owner("SELECT pg_conf_load_time()::text");
        let before = loaded();
        self.owner("SELECT pg_reload_conf()");
        let start = Instant::now();
        while loaded() == before {
            assert!(start.elapsed() < Duration::from_secs(20), "the server reads nothing again");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Runs statements as the cluster's owner, over its socket, which needs no certificate.
    pub fn owner(&self, statements: &str) -> Vec<String> {
        let socket: String = self.data.to_str().unwrap().replace('/', "%2F");
        sql(&format!("postgres://postgres@{socket}:{}/postgres", self.port), statements)
    }

    fn run(mut c: Command) {
        assert!(c.status().unwrap().success(), "{c:?}");
    }

    fn at(dir: &Path, name: &str) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self { data: dir.join(name), port: free.local_addr().unwrap().port() }
    }

    pub fn primary(dir: &Path) -> Self {
        let it = Self::at(dir, "primary");
        let mut c = program("initdb");
        c.arg("-D").arg(&it.data).args(["-U", "postgres", "--auth=trust", "--encoding=UTF8"]);
        c.args(["--locale=C.UTF-8", "--no-sync"]);
        Self::run(c);
        it.start();
        let as_owner = format!("postgres://postgres@127.0.0.1:{}/postgres", it.port);
        sql(&as_owner, "CREATE ROLE esik LOGIN");
        sql(&as_owner, "CREATE DATABASE esik OWNER esik");
        it
    }

    /// As the runbook does it.
    pub fn standby_of(dir: &Path, primary: &Self) -> Self {
        let it = Self::at(dir, "standby");
        let mut c = program("pg_basebackup");
        c.args(["-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-U", "postgres"]);
        c.args(["-p", &primary.port.to_string(), "-D"]).arg(&it.data);
        Self::run(c);
        it.start();
        it
    }

    pub fn start(&self) {
        let options =
            format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.data.display());
        let mut c = program("pg_ctl");
        c.arg("-D").arg(&self.data).args(["-w", "-l"]).arg(self.data.join("log"));
        Self::run({
            c.args(["-o", &options, "start"]);
            c
        });
    }

    pub fn stop(&self, how: &str) {
        let mut c = program("pg_ctl");
        c.arg("-D").arg(&self.data).args(["-w", "-m", how, "stop"]);
        let _ = c.status();
    }

    pub fn promote(&self) {
        let mut c = program("pg_ctl");
        c.arg("-D").arg(&self.data).args(["-w", "promote"]);
        Self::run(c);
    }

    pub fn url(&self) -> String {
        format!("postgres://esik@127.0.0.1:{}/esik", self.port)
    }

    /// Waits until so many events can be read here.
    pub fn wait_for(&self, events: usize) {
        let start = Instant::now();
        let count = || try_sql(&self.url(), "SELECT count(*)::text FROM event");
        while count() != Ok(vec![events.to_string()]) {
            assert!(start.elapsed() < Duration::from_secs(30), "{:?}", count());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop("immediate");
    }
}

/// A folder PostgreSQL's user may write to.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let dir =
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let _ = Command::new("chown").arg("postgres").arg(dir.path()).stderr(Stdio::null()).status();
    dir
}
