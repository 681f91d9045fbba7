//! The contract of the store over `SQLite`, in memory and on the disk, and what its file promises.

use esik_server::store::copy::TABLES;
use esik_server::store::sqlite::SqliteStore;
use esik_server::store::{Store, contract};
use std::sync::Arc;

#[test]
fn sqlite_in_memory_keeps_the_contract() {
    contract::all(&|| Arc::new(SqliteStore::in_memory("akmola").unwrap()) as Arc<dyn Store>);
}

/// S3 (part), S8 (part).
#[test]
fn sqlite_on_the_disk_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let n = std::cell::Cell::new(0);
    contract::all(&|| {
        n.set(n.get() + 1);
        let file = dir.path().join(format!("{}.db", n.get()));
        Arc::new(SqliteStore::open(&file, "akmola").unwrap()) as Arc<dyn Store>
    });
}

#[test]
fn an_event_cannot_be_changed_or_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("region.db");
    let store = SqliteStore::open(&file, "akmola").unwrap();
    contract::feeds_are_paged_and_separate(Arc::new(store));
    let db = rusqlite::Connection::open(&file).unwrap();
    assert!(db.execute("DELETE FROM event", []).is_err());
    assert!(db.execute("UPDATE event SET bytes='x'", []).is_err());
    let pragma = |p: &str| db.query_row(&format!("PRAGMA {p}"), [], |r| r.get::<_, String>(0));
    assert_eq!(pragma("journal_mode").unwrap(), "wal");
    let strict: i64 = db
        .query_row(
            "SELECT count(*) FROM pragma_table_list
             WHERE schema='main' AND type='table' AND strict=0
               AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'refinery_%'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(strict, 0, "every table is STRICT");
}

/// B13 (part): a table or column that is added later is in every backup, or this fails.
#[test]
fn every_table_and_column_is_told_in_a_copy() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("region.db");
    SqliteStore::open(&file, "akmola").unwrap();
    let db = rusqlite::Connection::open(&file).unwrap();
    let mut all = db
        .prepare(
            "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
             WHERE t.schema='main' AND t.type='table' AND c.name<>'region_id' AND t.name NOT IN ('session','coupon','tree_tile','tree_seen')
               AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'refinery_%'",
        )
        .unwrap();
    let mut there: Vec<String> =
        all.query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    there.sort();
    let mut told: Vec<String> = TABLES
        .iter()
        .flat_map(|t| t.columns.iter().map(|(c, _)| format!("{}.{c}", t.name)))
        .collect();
    told.sort();
    assert_eq!(there, told);
}
