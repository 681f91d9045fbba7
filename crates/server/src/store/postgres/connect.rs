//! Where the database is, how each connection is set up, and what a database must be to be trusted.

use super::line::Asked;
use super::stream::Encrypt;
use super::values::get;
use crate::store::{StoreError, StoreResult};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

/// Connections kept: as many as pushes are worked on at once, and a few for those who read.
const CONNECTIONS: usize = 12;
/// Until a free connection, and until a new one is made.
const WAIT: Duration = Duration::from_secs(10);

/// Set on each connection: nothing waits for ever, nothing holds a lock while its owner is away.
/// `work_mem` is left to the database's administrator.
const SESSION: &str = "SET statement_timeout = '30s';
     SET lock_timeout = '5s';
     SET idle_in_transaction_session_timeout = '10s';
     SET default_transaction_isolation = 'read committed';
     SET client_min_messages = 'warning'";

/// For a transaction that reads or writes a whole region: the limits of a single call would end it.
pub const NO_HURRY: &str = "SET LOCAL statement_timeout = 0;
     SET LOCAL idle_in_transaction_session_timeout = '30min'";

/// PostgreSQL 14: the oldest that gets repairs.
const VERSION_MIN: i32 = 140_000;

/// Why an address is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It cannot be read.
    #[error("the database's address cannot be read: {0}")]
    Unreadable(String),
    /// Everybody on the machine sees the words of a command.
    #[error(
        "a password in the database's address is seen by everybody on this machine; \
         put it into a file and name it with --db-password-file, or set PGPASSWORD"
    )]
    Password,
    /// Nothing protects the line.
    #[error(
        "the line to a database on another machine is encrypted or not used at all: write \
         `sslmode=verify-full&sslrootcert=FILE` behind the `?` of the address, FILE being the certificate of the \
         authority that signed the database's; a Unix socket, 127.0.0.1, ::1 and localhost need nothing"
    )]
    Far,
    /// TLS that would not tell the right server from a wrong one, or none where some was written of.
    #[error(
        "sslmode={0} is not taken, it would not tell the right server from a wrong one: write \
         `sslmode=verify-full&sslrootcert=FILE`, or nothing on this machine"
    )]
    Mode(String),
    /// Certificates without a word that they are to be used.
    #[error(
        "sslrootcert, sslcert and sslkey are used with `sslmode=verify-full` only: write it too"
    )]
    NoMode,
    /// Whom to believe is not said.
    #[error(
        "sslmode=verify-full needs `sslrootcert=FILE`: the certificate (PEM) of the authority that signed the \
         database's; this machine's own list of authorities is not used"
    )]
    NoRoot,
    /// A certificate without its key, or a key without its certificate.
    #[error("sslcert and sslkey go together: the certificate to show and its key")]
    HalfOwn,
    /// A socket of this machine has no TLS.
    #[error("over a Unix socket there is no TLS: take `sslmode` away, or name the host")]
    Socket,
    /// A file does not hold what it should.
    #[error("{path}: {why}")]
    File {
        /// As it was named.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Where a PostgreSQL database is and who asks.
#[derive(Clone, Debug)]
pub struct Address {
    config: Config,
    /// The encrypted line; `None` on this machine.
    tls: Option<Encrypt>,
    /// A standby will do: nothing is written.
    reads: bool,
}

impl Address {
    /// Reads `postgres://user@host:port/database`; a password comes apart from it. A database on another machine
    /// needs `?sslmode=verify-full&sslrootcert=FILE`; `sslcert=FILE&sslkey=FILE` show a certificate of our own.
    /// The files are read here, once.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(text: &str, password: Option<&str>) -> Result<Self, AddressError> {
        let (text, asked) = Asked::out_of(text);
        let mut config: Config =
            text.parse().map_err(|e| AddressError::Unreadable(with_cause(&e)))?;
        if config.get_password().is_some() {
            return Err(AddressError::Password);
        }
        if config.get_hosts().is_empty() {
            return Err(AddressError::Unreadable("it names no host".to_owned()));
        }
        if config.get_dbname().is_none() || config.get_user().is_none() {
            return Err(AddressError::Unreadable("it names no user or no database".to_owned()));
        }
        let tls = asked.line()?;
        if tls.is_some() && !config.get_hosts().iter().all(|h| matches!(h, Host::Tcp(_))) {
            return Err(AddressError::Socket);
        }
        // A name of this machine with the number of another leads to the other.
        let here = config.get_hosts().iter().all(near)
            && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        if tls.is_none() && !here {
            return Err(AddressError::Far);
        }
        // Nothing in between: encrypted to the right server, or in the clear on this machine.
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        if let Some(password) = password {
            config.password(password);
        }
        config
            .application_name("esik-server")
            .connect_timeout(Duration::from_secs(5))
            // A dead line is noticed, also while an answer is awaited.
            .keepalives_idle(Duration::from_secs(15))
            .tcp_user_timeout(Duration::from_secs(30));
        Ok(Self { config, tls, reads: false })
    }

    /// The same place to read from only: a standby, or whatever else cannot be written to, will do.
    #[must_use]
    pub fn to_read(mut self) -> Self {
        self.reads = true;
        self
    }

    pub(super) fn reads(&self) -> bool {
        self.reads
    }

    /// Where it is, for a person: no user, no password.
    #[must_use]
    pub fn describe(&self) -> String {
        // Its own way of telling, which knows every kind on every system: `Tcp("name")`.
        let host = |h: &Host| {
            let told = format!("{h:?}");
            told.split('"').nth(1).unwrap_or("socket").to_owned()
        };
        let ports = self.config.get_ports();
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(i, h)| {
                let port = ports.get(i).or_else(|| ports.first()).copied().unwrap_or(5432);
                format!("{}:{port}", host(h))
            })
            .collect();
        let options =
            self.config.get_options().map(|o| format!("?options={o}")).unwrap_or_default();
        let database = self.config.get_dbname().unwrap_or_default();
        format!("postgres://{}/{database}{options}", hosts.join(","))
    }

    /// The connections; made when they are asked for.
    pub(super) fn pool(&self) -> StoreResult<Pool> {
        let (config, how) =
            (self.config.clone(), ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let manager = match &self.tls {
            Some(line) => Manager::from_config(config, line.clone(), how),
            None => Manager::from_config(config, NoTls, how),
        };
        let reads = self.reads;
        Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .post_create(Hook::async_fn(move |client, _| {
                // Each one, not only the first: another server may stand behind the address by now.
                Box::pin(async move { set_up(client, reads).await })
            }))
            .build()
            .map_err(|e| StoreError::Engine(e.to_string()))
    }
}

/// A Unix socket, which not every system knows, or this machine by name or number.
fn near(host: &Host) -> bool {
    let far = |name: &str| !matches!(name, "localhost" | "127.0.0.1" | "::1");
    !matches!(host, Host::Tcp(name) if far(name))
}

fn with_cause(e: &dyn std::error::Error) -> String {
    e.source().map_or_else(|| e.to_string(), |cause| format!("{e}: {cause}"))
}

async fn set_up(client: &Client, reads: bool) -> Result<(), HookError> {
    let mut facts = Facts::of(client).await?;
    if reads {
        // Nothing is promised there, so nothing can be lost.
        facts.standby = false;
        facts.read_only = "off".to_owned();
    }
    facts.check().map_err(HookError::message)?;
    client.batch_execute(SESSION).await.map_err(HookError::Backend)
}

/// What a database says of itself.
#[derive(Clone, Debug)]
struct Facts {
    version: i32,
    version_text: String,
    encoding: String,
    standby: bool,
    read_only: String,
    fsync: String,
    full_page_writes: String,
    synchronous_commit: String,
}

impl Facts {
    async fn of(client: &Client) -> Result<Self, HookError> {
        let row = client
            .query_one(
                "SELECT current_setting('server_version_num')::int AS version,
                        current_setting('server_version') AS version_text,
                        current_setting('server_encoding') AS encoding,
                        pg_is_in_recovery() AS standby,
                        current_setting('default_transaction_read_only') AS read_only,
                        current_setting('fsync') AS fsync,
                        current_setting('full_page_writes') AS full_page_writes,
                        current_setting('synchronous_commit') AS synchronous_commit",
                &[],
            )
            .await
            .map_err(HookError::Backend)?;
        let facts = || -> StoreResult<Self> {
            Ok(Self {
                version: get(&row, "version")?,
                version_text: get(&row, "version_text")?,
                encoding: get(&row, "encoding")?,
                standby: get(&row, "standby")?,
                read_only: get(&row, "read_only")?,
                fsync: get(&row, "fsync")?,
                full_page_writes: get(&row, "full_page_writes")?,
                synchronous_commit: get(&row, "synchronous_commit")?,
            })
        };
        facts().map_err(|e| HookError::message(e.to_string()))
    }

    /// What is wrong and what to do, or nothing. There is no way round: a region that says “saved”
    /// must be able to mean it.
    fn check(&self) -> Result<(), String> {
        let on = |name: &str, value: &str| {
            if value == "off" {
                Err(format!(
                    "{name} is off: a power cut would lose what desks were told is saved. \
                     Set `{name} = on` in postgresql.conf (and for this role and database) and reload"
                ))
            } else {
                Ok(())
            }
        };
        if self.version < VERSION_MIN {
            return Err(format!("PostgreSQL {} is too old: take 14 or newer", self.version_text));
        }
        if self.encoding != "UTF8" {
            return Err(format!(
                "the database's encoding is {}: make it anew with ENCODING 'UTF8' TEMPLATE template0",
                self.encoding
            ));
        }
        if self.standby {
            return Err("this is a standby, which only follows: give the address of the primary, \
                        or promote it when the primary is gone for good"
                .to_owned());
        }
        if self.read_only == "on" {
            return Err("the database or the role is read-only (default_transaction_read_only): \
                        nothing could be saved"
                .to_owned());
        }
        on("fsync", &self.fsync)?;
        on("full_page_writes", &self.full_page_writes)?;
        on("synchronous_commit", &self.synchronous_commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit() -> Facts {
        Facts {
            version: 150_018,
            version_text: "15.18".to_owned(),
            encoding: "UTF8".to_owned(),
            standby: false,
            read_only: "off".to_owned(),
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
        }
    }

    #[test]
    fn what_would_lose_events_is_refused_with_what_to_do() {
        assert_eq!(fit().check(), Ok(()));
        assert_eq!(Facts { synchronous_commit: "remote_apply".into(), ..fit() }.check(), Ok(()));
        for (facts, word) in [
            (Facts { fsync: "off".into(), ..fit() }, "fsync = on"),
            (Facts { full_page_writes: "off".into(), ..fit() }, "full_page_writes = on"),
            (Facts { synchronous_commit: "off".into(), ..fit() }, "synchronous_commit = on"),
            (Facts { encoding: "SQL_ASCII".into(), ..fit() }, "UTF8"),
            (Facts { version: 130_014, version_text: "13.14".into(), ..fit() }, "14 or newer"),
            (Facts { standby: true, ..fit() }, "primary"),
            (Facts { read_only: "on".into(), ..fit() }, "read-only"),
        ] {
            let said = facts.check().unwrap_err();
            assert!(said.contains(word), "{said}");
        }
    }
}
