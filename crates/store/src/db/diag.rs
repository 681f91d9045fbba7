//! The engine and its settings as they are really in force: asked of the connections, not of our wishes.

use crate::error::Result;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde::Serialize;
use std::collections::BTreeMap;

/// Settings that matter for durability, secrecy and memory.
const PRAGMAS: [&str; 13] = [
    "journal_mode",
    "synchronous",
    "foreign_keys",
    "trusted_schema",
    "cell_size_check",
    "temp_store",
    "secure_delete",
    "cache_size",
    "query_only",
    "page_size",
    "cipher_memory_security",
    "cipher_page_size",
    "cipher_hmac_algorithm",
];

/// What one connection answers, by name of the pragma; an empty text when the engine says nothing.
pub type Pragmas = BTreeMap<String, String>;

/// The engine and both kinds of connection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Diagnosis {
    pub sqlite: String,
    pub sqlcipher: String,
    /// Cryptographic library under SQLCipher.
    pub provider: String,
    pub schema_version: i64,
    pub writer: Pragmas,
    pub reader: Pragmas,
}

pub(super) fn pragmas(conn: &Connection) -> Result<Pragmas> {
    PRAGMAS.iter().map(|name| Ok(((*name).to_owned(), ask(conn, name)?))).collect()
}

pub(super) fn ask(conn: &Connection, pragma: &str) -> Result<String> {
    let mut statement = conn.prepare(&format!("PRAGMA {pragma}"))?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(String::new()) };
    Ok(match row.get(0)? {
        Value::Integer(n) => n.to_string(),
        Value::Text(t) => t,
        _ => String::new(),
    })
}
