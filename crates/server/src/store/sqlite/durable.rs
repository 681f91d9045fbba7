//! What keeps an answer true after the power went: the settings of every connection, asked of the engine.

use super::SqliteStore;
use rusqlite::Connection;

/// S3 (part), B03 (part): the writer waits for the disk at every commit, and no connection lets a hostile file run code.
#[test]
fn every_connection_of_a_region_has_its_settings() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&dir.path().join("region.db"), "akmola").unwrap();
    let ask = |db: &Connection, name: &str| {
        db.query_row(&format!("PRAGMA {name}"), [], |r| r.get::<_, rusqlite::types::Value>(0))
            .map(|v| match v {
                rusqlite::types::Value::Integer(n) => n.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            })
            .unwrap()
    };
    let settings = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "5000"),
    ];
    for (name, value) in settings {
        assert_eq!(ask(&store.write(), name), value, "{name} of the writer");
        for reader in &store.readers {
            assert_eq!(ask(&reader.lock().unwrap(), name), value, "{name} of a reader");
        }
    }
    for reader in &store.readers {
        let refused = reader.lock().unwrap().execute("DELETE FROM region", []);
        assert!(refused.is_err(), "a reader writes nothing");
    }
}
