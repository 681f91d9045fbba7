//! Where the region of a round lies: a new file, or a new schema of a real PostgreSQL.

use chrono::Utc;
use esik_bench::{beside, cpu_of, cpu_of_family, parent};
use esik_domain::ids::StationId;
use esik_server::site::Site;
use esik_server::store::postgres::Address;
use esik_server::{Env, Region};
use esik_wire::LocalName;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::{NoTls, SimpleQueryMessage, SimpleQueryRow};

/// A region's place.
pub struct Place {
    dir: PathBuf,
    /// The schema, and the process over all processes of its server.
    postgres: Option<(String, u32)>,
}

/// A server of its own process.
pub struct Server {
    process: Child,
    pub url: String,
    over: Option<u32>,
}

impl Place {
    /// A file in this folder.
    pub fn file(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), postgres: None }
    }

    /// A new schema of the database that `ESIK_TEST_POSTGRES` names; keys and certificates in the folder.
    pub async fn postgres(dir: &Path) -> Self {
        let schema = format!("herd_{}", uuid::Uuid::now_v7().simple());
        sql(&base(), &format!("CREATE SCHEMA {schema}")).await;
        let (client, line) = tokio_postgres::connect(&base(), NoTls).await.unwrap();
        let line = tokio::spawn(line);
        let said = client.simple_query("SELECT pg_backend_pid()").await.unwrap();
        let backend = said.iter().find_map(|m| match m {
            SimpleQueryMessage::Row(row) => text(row, 0).parse().ok(),
            _ => None,
        });
        // The parent of one process is that of all.
        let over = parent(backend.unwrap());
        drop(client);
        line.await.unwrap().unwrap();
        Self { dir: dir.to_owned(), postgres: Some((schema, over)) }
    }

    pub fn on_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// The region's database as `esik-server --db` names it.
    fn db(&self) -> String {
        match &self.postgres {
            None => format!("sqlite:{}", self.path().display()),
            Some((schema, _)) => format!("{}?options=-c%20search_path%3D{schema}", base()),
        }
    }

    /// The file of a region in a file.
    pub fn path(&self) -> PathBuf {
        self.dir.join("region.db")
    }

    /// Runs statements in the region's schema; the rows.
    pub async fn sql(&self, statements: &str) -> Vec<SimpleQueryRow> {
        sql(&self.db(), statements).await
    }

    /// Drops the schema.
    pub async fn remove(&self) {
        if let Some((schema, _)) = &self.postgres {
            sql(&base(), &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }

    /// CPU of all processes of the database's server.
    pub fn database_cpu(&self) -> Duration {
        self.postgres.as_ref().map_or(Duration::ZERO, |(_, over)| cpu_of_family(*over))
    }

    fn site(&self) -> Site {
        match &self.postgres {
            None => Site::new(&self.path(), None),
            Some(_) => {
                let address = Address::parse(&self.db(), None).unwrap();
                Site::on_postgres(address, self.dir.join("state"), None)
            }
        }
    }

    /// Founds the region.
    pub fn found(&self) {
        let name = LocalName { kk: "bench".to_owned(), ru: "bench".to_owned() };
        self.site().create(&env(), "bench", name, &["localhost".to_owned()]).unwrap();
    }

    /// A station for every two desks (those that are there stay), and a code for each desk.
    pub fn codes(&self, desks: usize) -> Vec<(StationId, String)> {
        let site = self.site();
        let region: Arc<Region> = site.open(env()).unwrap();
        let fingerprint = site.tls().ca_fingerprint().unwrap();
        let codes = (0..desks)
            .map(|n| {
                let station = format!("{:02}", n / 2 + 1);
                let name = LocalName { kk: station.clone(), ru: station.clone() };
                region.add_station(&station, name).unwrap();
                let issued = region.issue_code(&station, 60, &fingerprint).unwrap().unwrap();
                (StationId(station), issued.code)
            })
            .collect();
        // What the next server has to find as it is here.
        site.remember(&region).unwrap();
        codes
    }

    /// Serves it with the shipped program.
    pub fn serve(&self) -> Server {
        let mut server = Command::new(beside("esik-server"));
        server.args(["--db", &self.db(), "--listen", "127.0.0.1:0"]);
        if self.on_postgres() {
            server.arg("--state").arg(self.dir.join("state"));
        }
        let mut process = server.env("ESIK_LOG", "error").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = told["listening"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
        let over = self.postgres.as_ref().map(|(_, over)| *over);
        Server { process, url: format!("https://localhost:{port}"), over }
    }
}

impl Server {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// CPU of the server, and of its database's server.
    pub fn cpu(&self) -> Duration {
        cpu_of(self.id()) + self.over.map_or(Duration::ZERO, cpu_of_family)
    }

    pub fn stop(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// One open connection.
pub struct Line(tokio_postgres::Client);

impl Line {
    /// Runs statements; the number of rows that came.
    pub async fn run(&mut self, statements: &str) -> usize {
        let said = self.0.simple_query(statements).await.unwrap();
        said.iter().filter(|m| matches!(m, SimpleQueryMessage::Row(_))).count()
    }
}

impl Place {
    /// A connection to the region's schema.
    pub async fn line(&self) -> Line {
        let (client, line) = tokio_postgres::connect(&self.db(), NoTls).await.unwrap();
        tokio::spawn(line);
        Line(client)
    }
}

/// The machine's time and randomness.
pub fn env() -> Env {
    Env::new(Utc::now, |bytes| getrandom::fill(bytes).unwrap())
}

/// Column of a row as text.
pub fn text(row: &SimpleQueryRow, column: usize) -> String {
    row.get(column).unwrap_or_default().to_owned()
}

fn base() -> String {
    std::env::var("ESIK_TEST_POSTGRES")
        .expect("ESIK_TEST_POSTGRES: docs/howto/test-with-postgresql.md")
}

async fn sql(url: &str, statements: &str) -> Vec<SimpleQueryRow> {
    let (client, line) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let line = tokio::spawn(line);
    let said = client.simple_query(statements).await.unwrap();
    drop(client);
    line.await.unwrap().unwrap();
    said.into_iter()
        .filter_map(|m| if let SimpleQueryMessage::Row(row) = m { Some(row) } else { None })
        .collect()
}
