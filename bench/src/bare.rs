//! The floor: the bare engine, with the pragmas the product runs with.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

/// A new SQLCipher database with a raw key and the pragmas of `esik-store`.
pub fn cipher(path: &Path, memory_security: bool) -> Connection {
    let conn = Connection::open(path).unwrap();
    let security = if memory_security { "ON" } else { "OFF" };
    conn.execute_batch(&format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = {security};
         PRAGMA key = \"x'{}'\";",
        "5a".repeat(32)
    ))
    .unwrap();
    conn.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -12288;
         PRAGMA mmap_size = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 1000;",
    )
    .unwrap();
    conn.set_prepared_statement_cache_capacity(128);
    conn
}

/// A new plain database with the pragmas of the region's store.
pub fn plain(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 2000;",
    )
    .unwrap();
    conn.set_prepared_statement_cache_capacity(128);
    conn
}

/// Tables, indexes and triggers of one database made in another; virtual tables left out.
pub fn same_shape(from: &Connection, to: &Connection) {
    let mut statement = from
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
               AND sql NOT LIKE 'CREATE VIRTUAL%' AND tbl_name NOT LIKE 'doc\\_%' ESCAPE '\\'
             ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid",
        )
        .unwrap();
    let all = statement.query_map([], |r| r.get::<_, String>(0)).unwrap();
    for sql in all {
        to.execute_batch(&sql.unwrap()).unwrap();
    }
}

/// Rows of a table with the statement that inserts one.
pub struct Rows {
    pub insert: String,
    pub rows: Vec<Vec<Value>>,
}

/// Reads `SELECT * FROM table WHERE …`.
pub fn rows(conn: &Connection, table: &str, rest: &str) -> Rows {
    let mut statement = conn.prepare(&format!("SELECT * FROM {table} {rest}")).unwrap();
    let columns = statement.column_count();
    let marks = vec!["?"; columns].join(", ");
    let read =
        statement.query_map([], |r| (0..columns).map(|i| r.get::<_, Value>(i)).collect()).unwrap();
    let rows = read.collect::<Result<_, _>>().unwrap();
    Rows { insert: format!("INSERT INTO {table} VALUES ({marks})"), rows }
}

impl Rows {
    /// The same for rows that are there already. Not for all: `REPLACE` makes the engine keep a journal
    /// of every statement, which the product does not pay for.
    #[must_use]
    pub fn replacing(mut self) -> Self {
        self.insert = self.insert.replacen("INSERT", "INSERT OR REPLACE", 1);
        self
    }

    /// Inserts some of them, inside whatever transaction runs.
    pub fn insert(&self, conn: &Connection, range: std::ops::Range<usize>) {
        let mut statement = conn.prepare_cached(&self.insert).unwrap();
        for row in &self.rows[range] {
            statement.execute(params_from_iter(row)).unwrap();
        }
    }

    /// The n-th of `of` equal parts.
    pub fn part(&self, n: usize, of: usize) -> std::ops::Range<usize> {
        self.rows.len() * n / of..self.rows.len() * (n + 1) / of
    }
}
