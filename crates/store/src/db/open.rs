//! Opening the encrypted file: key, engine floor, pragmas, migrations.

use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use esik_wire::planted;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use std::path::Path;
use std::time::Duration;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// SQLite 3.53.2: the FTS5 memory-corruption fixes (`dependencies.md` §0.1).
pub const SQLITE_FLOOR: i32 = 3_053_002;
/// SQLCipher 4.19.
pub const CIPHER_FLOOR: (u32, u32) = (4, 19);
/// Page cache of the writing connection, KiB. With the readers: 16 MiB in all, half of what `settled.md` 18
/// allows. Every page is locked memory beside memory that is not: each costs the process up to two maps, of
/// which the kernel gives it 65,530.
pub(crate) const WRITER_CACHE_KIB: i64 = 6 * 1024;
/// Page cache of one reading connection, KiB.
pub(crate) const READER_CACHE_KIB: i64 = 5 * 1024;
/// Page cache of a connection that comes and goes, KiB.
const BARE_CACHE_KIB: i64 = 1024;
/// Reading connections, at most.
pub(crate) const READERS: usize = 2;
/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the file and proves the key by reading through it.
fn connect(path: &Path, key: &DbKey, cache_kib: i64) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    let whole = writable(&conn);
    // Before the key: a wrong one must not print to stderr, and key material stays in locked memory.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    // The simulator opens thousands of databases that hold nobody's secret.
    if !planted::COMPILED {
        conn.execute_batch("PRAGMA cipher_memory_security = ON;")?;
    }
    conn.execute_batch(&key.pragma())?;
    conn.busy_timeout(BUSY)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.execute_batch(&format!(
        "PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA mmap_size = 0;"
    ))?;
    conn.execute_batch(VOCABULARY)?;
    conn.set_prepared_statement_cache_capacity(128);
    if whole && !writable(&conn) {
        return Err(StoreError::Corrupt);
    }
    Ok(conn)
}

/// May this connection write? Each is opened for it, where the disk lets it. One that could and cannot any more met a page
/// that does not fit its seal: the engine gives zeros in its place, from then on for every page it has not read yet, and
/// says nothing of it. What was read meanwhile may be made of them.
pub(crate) fn writable(conn: &Connection) -> bool {
    conn.is_readonly(MAIN_DB).is_ok_and(|only| !only)
}

/// Did a connection that could write meet such a page while it wrote? Then the engine lets nothing be committed, “out of
/// memory” as it says, and forgets why; asked for a page anew it tells.
pub(crate) fn met_damage(conn: &Connection) -> bool {
    let _ = conn.execute_batch("PRAGMA shrink_memory");
    let _ = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    !writable(conn)
}

/// The words of the full-text index, to be looked through for a part of one. A view of the connection's own, in memory.
const VOCABULARY: &str = "CREATE VIRTUAL TABLE temp.doc_word USING fts5vocab(main, doc_text, row);";

pub(crate) fn writer(path: &Path, key: &DbKey) -> Result<Connection> {
    let conn = connect(path, key, WRITER_CACHE_KIB)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Io);
    }
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;")?;
    if planted::is("left_in_the_cache") {
        conn.execute_batch("PRAGMA synchronous = OFF;")?;
    }
    Ok(conn)
}

pub(crate) fn reader(path: &Path, key: &DbKey) -> Result<Connection> {
    let conn = connect(path, key, READER_CACHE_KIB)?;
    conn.execute_batch("PRAGMA query_only = ON;")?;
    Ok(conn)
}

/// A small file, or one that is filled at once: no log beside it, and what was in the middle of being written when the
/// machine stopped is written anew.
pub(crate) fn bare(path: &Path, key: &DbKey) -> Result<Connection> {
    let conn = connect(path, key, BARE_CACHE_KIB)?;
    conn.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(()))?;
    conn.execute_batch("PRAGMA synchronous = FULL;")?;
    Ok(conn)
}

/// A reading connection that leaves the file exactly as it is, its log too.
pub(crate) fn untouched(path: &Path, key: &DbKey) -> Result<Connection> {
    let conn = reader(path, key)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

/// An empty database of the same shape in memory; nothing of it ever reaches a disk.
pub(crate) fn memory() -> Result<Connection> {
    let mut conn = Connection::open_in_memory()?;
    conn.execute_batch("PRAGMA temp_store = MEMORY;")?;
    conn.execute_batch(VOCABULARY)?;
    conn.set_prepared_statement_cache_capacity(64);
    migrate(&mut conn)?;
    Ok(conn)
}

/// Refuses an engine older than the floor, whatever was linked.
pub(crate) fn check_engine(conn: &Connection) -> Result<()> {
    let cipher: String = conn.query_row("PRAGMA cipher_version", [], |r| r.get(0))?;
    if engine_is_enough(rusqlite::version_number(), &cipher) {
        Ok(())
    } else {
        Err(StoreError::EngineTooOld)
    }
}

/// `cipher` as SQLCipher says it: `4.19.0 community`.
fn engine_is_enough(sqlite: i32, cipher: &str) -> bool {
    let mut parts = cipher.split(['.', ' ']).map_while(|p| p.parse::<u32>().ok());
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    sqlite >= SQLITE_FLOOR && version >= CIPHER_FLOOR
}

/// Every step of the schema. All that is missing in one transaction: a program killed in the middle of a step would else
/// find its tables there and no note of it, and never open the file again.
fn steps() -> refinery::Runner {
    embedded::migrations::runner().set_grouped(true)
}

/// Brings the schema to this program's version; a newer one is left alone.
pub(crate) fn migrate(conn: &mut Connection) -> Result<()> {
    let runner = steps();
    let newest = runner.get_migrations().iter().map(|m| i64::from(m.version())).max().unwrap_or(0);
    let known: bool = conn.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'",
        [],
        |r| r.get(0),
    )?;
    if known {
        let applied: Option<i64> =
            conn.query_row("SELECT max(version) FROM refinery_schema_history", [], |r| r.get(0))?;
        if applied.unwrap_or(0) > newest {
            return Err(StoreError::TooNew);
        }
    }
    run(conn, &runner)
}

fn run(conn: &mut Connection, runner: &refinery::Runner) -> Result<()> {
    // A migration may rewrite a rule of the schema in place; nothing else may, so DEFENSIVE comes back.
    let defensive = conn.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
    let done = runner.run(conn).map_err(|e| StoreError::Migration(e.to_string()));
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, defensive)?;
    done?;
    Ok(())
}

/// What tests of older schemas need.
#[cfg(test)]
pub(super) mod older {
    use super::{Connection, Result, run, steps};

    /// Number of the newest schema.
    pub fn newest() -> i32 {
        steps().get_migrations().iter().map(refinery::Migration::version).max().unwrap_or(0)
    }

    /// Brings the schema to an older version.
    pub fn only_to(conn: &mut Connection, version: i32) -> Result<()> {
        run(conn, &steps().set_target(refinery::Target::Version(version)))
    }

    /// What [`super::migrate`] must not be: each step and the note of it for themselves.
    pub fn step_by_step(conn: &mut Connection) -> Result<()> {
        run(conn, &steps().set_grouped(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_below_the_floor_is_refused() {
        assert!(engine_is_enough(SQLITE_FLOOR, "4.19.0 community"));
        assert!(engine_is_enough(SQLITE_FLOOR, "5.0.0 community"));
        assert!(!engine_is_enough(SQLITE_FLOOR - 1, "4.19.0 community"));
        assert!(!engine_is_enough(SQLITE_FLOOR, "4.18.9 community"));
        assert!(!engine_is_enough(SQLITE_FLOOR, ""));
    }

    const EVENT: &str = "INSERT INTO event (id, case_id, device_id, incarnation, device_seq, kind,
           actor_id, circle, occurred_at, bytes, sig, hash, verdict)
         VALUES (x'01', x'02', x'03', 1, 1, 'note_added', x'04', 'open', 1, '{}', x'05', x'06', ?1)";

    #[test]
    fn an_event_is_written_without_a_temporary_table_and_its_verdict_is_one_of_three() {
        let conn = memory().unwrap();
        let program: Vec<String> = conn
            .prepare(&format!("EXPLAIN {EVENT}"))
            .unwrap()
            .query_map(["accepted"], |r| r.get("opcode"))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert!(program.iter().any(|op| op == "Insert"));
        assert!(!program.iter().any(|op| op.starts_with("OpenEphemeral")), "{program:?}");
        for verdict in ["", "Accepted", "known"] {
            assert!(conn.execute(EVENT, [verdict]).is_err(), "{verdict}");
        }
        conn.execute(EVENT, ["rejected"]).unwrap();
        conn.execute("UPDATE event SET verdict = NULL", []).unwrap();
        assert!(conn.execute("UPDATE event SET verdict = 'known'", []).is_err());
    }

    /// S1 (part): a text goes only when it is hidden and as a whole, and comes back only into what was emptied so.
    #[test]
    fn an_events_text_is_not_rewritten_and_goes_only_when_it_is_hidden() {
        let conn = memory().unwrap();
        conn.execute(EVENT, ["accepted"]).unwrap();
        let may = |set: &str| conn.execute(&format!("UPDATE event SET {set}"), []).is_ok();
        assert!(!may("bytes = '', sig = x''"), "it is not hidden");
        assert!(!may("gone = 1, bytes = '', sig = x''"), "nor in one step");
        assert!(may("gone = 1"));
        assert!(!may("bytes = 'other'") && !may("bytes = ''") && !may("sig = x''"));
        assert!(!may("gone = 0, bytes = 'other'"));
        assert!(may("bytes = '', sig = x''"));
        assert!(!may("bytes = 'other'"), "it is hidden still");
        assert!(may("gone = 0, bytes = '{}', sig = x'05'"));
        assert!(!may("hash = x'07'") && !may("circle = 'dv'"));
    }

    #[test]
    fn the_schema_cannot_be_rewritten_after_it_was_brought_up_to_date() {
        let dir = tempfile::tempdir().unwrap();
        let mut conn = writer(&dir.path().join("desk.db"), &DbKey::from_bytes(&[7; 32])).unwrap();
        migrate(&mut conn).unwrap();
        conn.execute_batch("PRAGMA writable_schema = ON").unwrap();
        assert!(conn.execute("UPDATE sqlite_schema SET sql = sql", []).is_err());
        let whole: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
        assert_eq!(whole, "ok");
    }
}
