//! Which engine a test file runs over, and a place of its own in the PostgreSQL of the tests.
#![allow(clippy::expect_used, reason = "tests")]

use esik_server::store::Store;
use esik_server::store::postgres::{Address, PostgresStore};
use esik_server::store::sqlite::SqliteStore;
use esik_testkit::cluster::sql;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The stories are the same; `on_sqlite.rs` and `on_postgres.rs` are two programs of tests.
pub fn on_postgres() -> bool {
    module_path!().starts_with("on_postgres")
}

/// An empty store of the engine this file runs over.
pub fn store(region: &str) -> Arc<dyn Store> {
    if on_postgres() {
        Arc::new(PostgresStore::open(&Place::new().address(), region).unwrap())
    } else {
        Arc::new(SqliteStore::in_memory(region).unwrap())
    }
}

/// `ESIK_TEST_POSTGRES`: a database whose role may make schemas. There is no test without it.
pub fn url() -> String {
    std::env::var("ESIK_TEST_POSTGRES").expect(
        "ESIK_TEST_POSTGRES is not set: `cargo xtask test` starts a PostgreSQL and sets it; \
         by hand: docs/howto/test-with-postgresql.md",
    )
}

/// A schema of its own.
#[derive(Clone)]
pub struct Place(pub String);

impl Place {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        sql(&url(), &format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"));
        Self(name)
    }

    pub fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", url(), self.0)
    }

    /// The same over TLS: `ESIK_TEST_POSTGRES_CA` names the authority of the tests' cluster.
    pub fn encrypted(&self) -> String {
        let ca = std::env::var("ESIK_TEST_POSTGRES_CA").expect(
            "ESIK_TEST_POSTGRES_CA is not set: `cargo xtask test` starts a PostgreSQL with TLS and sets it; \
             by hand: docs/howto/test-with-postgresql.md",
        );
        let plain = self.url().replace("@127.0.0.1:", "@localhost:");
        format!("{plain}&sslmode=verify-full&sslrootcert={ca}")
    }

    pub fn address(&self) -> Address {
        Address::parse(&self.url(), None).unwrap()
    }

    /// Runs statements here; gives the first column of what comes back, as text.
    pub fn sql(&self, statements: &str) -> Vec<String> {
        sql(&self.url(), statements)
    }
}

/// Every `table.column` a copy of a region tells.
pub fn told_columns() -> Vec<String> {
    let mut all: Vec<String> = esik_server::store::copy::TABLES
        .iter()
        .flat_map(|t| t.columns.iter().map(|(c, _)| format!("{}.{c}", t.name)))
        .collect();
    all.sort();
    all
}
