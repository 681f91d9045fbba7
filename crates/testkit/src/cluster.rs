//! A PostgreSQL of one test, to be stopped, changed, copied and broken.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

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

    /// A new one with a database `esik` of the role `esik`, in a [`folder`].
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
        let it = Self::base_backup(dir, "standby", primary, &["-R"]);
        it.start();
        it
    }

    /// A base backup of another one as it is now, not started: started, it is that cluster as it was.
    pub fn copy_of(dir: &Path, name: &str, primary: &Self) -> Self {
        Self::base_backup(dir, name, primary, &[])
    }

    fn base_backup(dir: &Path, name: &str, primary: &Self, how: &[&str]) -> Self {
        let it = Self::at(dir, name);
        let mut c = primary.client("pg_basebackup");
        c.args(how).args(["-X", "stream", "-c", "fast", "--no-sync", "-D"]).arg(&it.data);
        Self::run(c);
        it
    }

    /// Another empty database of the role `esik`; where it is.
    pub fn database(&self, name: &str) -> String {
        self.owner(&format!("CREATE DATABASE {name} OWNER esik"));
        self.url_of(name)
    }

    /// `pg_dump` of a database into a file of the cluster's [`folder`].
    pub fn dump(&self, database: &str, to: &Path) {
        let mut c = self.client("pg_dump");
        Self::run({
            c.args(["-Fc", "-f"]).arg(to).arg(database);
            c
        });
    }

    /// `pg_restore` of such a file into an empty database.
    pub fn put_back(&self, from: &Path, database: &str) {
        let mut c = self.client("pg_restore");
        Self::run({
            c.args(["--exit-on-error", "-d", database]).arg(from);
            c
        });
    }

    /// One of PostgreSQL's programs, told where this cluster is.
    fn client(&self, name: &str) -> Command {
        let mut c = program(name);
        c.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]);
        c
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
        self.url_of("esik")
    }

    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://esik@127.0.0.1:{}/{database}", self.port)
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

/// Runs statements; the first column of what comes back, as text, or what the database says.
pub fn try_sql(url: &str, statements: &str) -> Result<Vec<String>, String> {
    let (url, statements) = (url.to_owned(), statements.to_owned());
    // A thread of its own: the caller may be a thread of a runtime already.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, line) =
                tokio_postgres::connect(&url, NoTls).await.map_err(|e| format!("{e:?}"))?;
            tokio::spawn(line);
            let said = client.simple_query(&statements).await.map_err(|e| format!("{e:?}"))?;
            Ok(said
                .into_iter()
                .filter_map(|m| match m {
                    tokio_postgres::SimpleQueryMessage::Row(r) => {
                        Some(r.get(0).unwrap_or_default().to_owned())
                    }
                    _ => None,
                })
                .collect())
        })
    })
    .join()
    .unwrap()
}

/// [`try_sql`] that has to go well.
pub fn sql(url: &str, statements: &str) -> Vec<String> {
    try_sql(url, statements).unwrap()
}
