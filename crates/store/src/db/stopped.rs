//! Bringing an older database up to date, stopped at each statement.

use super::open::{self, older};
use crate::db::Store;
use crate::keys::{DbKey, KdfParams, Keyring};
use crate::project;
use crate::verify::{dump, state_hash};
use chrono::{DateTime, Utc};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization, TransactionOperation};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Stops in one test run; another number by `ESIK_MIGRATION_STOPS`.
const STOPS: u64 = 16;
/// So many schemas before the present one, beside the oldest, which lies frozen.
const LAST: i32 = 3;

/// What no fold makes anew.
const KEPT: [&str; 14] = [
    "event",
    "draft",
    "draft_file",
    "meta",
    "officer",
    "journal",
    "paper_source",
    "paper",
    "lease",
    "own_head",
    "cursor",
    "poison",
    "travel",
    "publication",
];

fn now() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

/// The desk that a program of schema 1 left (tests/upgrade), and its key.
fn frozen() -> (PathBuf, DbKey) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/upgrade/desks/v1");
    let keyring = Keyring::open(&dir, KdfParams::FLOOR).unwrap();
    let unlocked = keyring.unlock(keyring.officers()[0], "жылу-2026-есік").unwrap();
    (dir.join("esik.db"), unlocked.drk.db_key())
}

fn columns(conn: &Connection, table: &str) -> Vec<String> {
    let mut asked = conn.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
    asked.query_map([table], |r| r.get(0)).unwrap().map(rusqlite::Result::unwrap).collect()
}

fn rows(conn: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let mut asked = conn.prepare(&format!("SELECT {} FROM {table}", columns.join(", "))).unwrap();
    let row = |r: &rusqlite::Row<'_>| (0..columns.len()).map(|n| r.get(n)).collect();
    asked.query_map([], row).unwrap().map(rusqlite::Result::unwrap).collect()
}

/// Takes over the columns that both have.
fn take_over(from: &Connection, to: &Connection, table: &str) {
    let here = columns(to, table);
    let both: Vec<String> = columns(from, table).into_iter().filter(|c| here.contains(c)).collect();
    let places = vec!["?"; both.len()].join(", ");
    let put = format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({places})", both.join(", "));
    let mut put = to.prepare(&put).unwrap();
    for row in rows(from, table, &both) {
        put.execute(params_from_iter(row)).unwrap();
    }
}

/// Every table but those of the full text and the note of the schema.
fn tables(conn: &Connection) -> Vec<String> {
    let mut asked = conn
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'doc_%'
               AND name NOT LIKE 'sqlite_%' AND name <> 'refinery_schema_history' ORDER BY name",
        )
        .unwrap();
    asked.query_map([], |r| r.get(0)).unwrap().map(rusqlite::Result::unwrap).collect()
}

/// A desk as a program of an older schema left it.
struct Older {
    schema: i32,
    database: PathBuf,
    /// What no fold makes anew, by table: its columns then, and its rows.
    held: BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>,
    /// What it says when it was brought up to date.
    says: String,
    /// Questions for leave on the way there: at least one for each statement.
    asked: Asked,
}

/// Questions for leave that the engine asked, and which came right after a commit: there the disk is another one.
#[derive(Clone, Default)]
struct Asked {
    all: u64,
    after_commits: BTreeSet<u64>,
}

/// Events, lists, and the hash of the folded state.
fn says(store: &Store) -> String {
    store
        .read(|conn| {
            let mut all = format!("{}\n{}\n", state_hash(conn, false)?, state_hash(conn, true)?);
            dump(conn, &mut |line| {
                all.push_str(line);
                all.push('\n');
            })?;
            Ok(all)
        })
        .unwrap()
}

impl Older {
    fn new(schema: i32, database: PathBuf, key: &DbKey, work: &Path) -> Self {
        let copy = fresh(&database, work);
        let conn = open::untouched(&copy, key).unwrap();
        let of = |table: &&str| {
            let columns = Some(columns(&conn, table)).filter(|columns| !columns.is_empty())?;
            let found = rows(&conn, table, &columns);
            Some(((*table).to_owned(), (columns, found)))
        };
        let held = KEPT.iter().filter_map(of).collect();
        drop(conn);
        let (conn, asked) = refused_at(&copy, key, u64::MAX, |_| {});
        let store = Store::open_on(conn, &copy, key, now()).unwrap();
        let asked = asked.lock().unwrap().clone();
        let says = says(&store);
        store.close().unwrap();
        Self { schema, database, held, says, asked }
    }

    /// Where it is stopped: after each commit, and at so many spread over all.
    fn stops(&self, many: u64) -> BTreeSet<u64> {
        let all = self.asked.all;
        let many = many.min(all);
        let mut stops = self.asked.after_commits.clone();
        stops.extend((0..many).map(|i| 1 + i * all / many));
        stops.retain(|n| *n <= all);
        stops
    }

    /// What is wrong with a database that has been stopped on its way, when it is opened now.
    fn wrong(&self, database: &Path, key: &DbKey) -> Option<String> {
        let store = match Store::open(database, key, now()) {
            Ok(store) => store,
            Err(error) => return Some(format!("does not open: {error}")),
        };
        let lost = store.read(|conn| {
            let lost = self.held.iter().filter(|(table, (columns, held))| {
                let here = rows(conn, table, columns);
                let derived = Value::Text("index_version".to_owned());
                let gone = |row: &&Vec<Value>| !row.contains(&derived) && !here.contains(row);
                held.iter().any(|row| gone(&row)) || here.len() < held.len()
            });
            Ok(lost.map(|(table, _)| table.clone()).collect::<Vec<_>>())
        });
        let lost = lost.unwrap();
        let otherwise = says(&store) != self.says;
        store.close().unwrap();
        if !lost.is_empty() {
            return Some(format!("lost something of {lost:?}"));
        }
        otherwise.then(|| "says something else".to_owned())
    }
}

/// A copy of a database in a folder of its own.
fn fresh(database: &Path, work: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work).unwrap();
    let copy = work.join("esik.db");
    fs::copy(database, &copy).unwrap();
    copy
}

/// What the disk has of a database when its program is killed now.
fn as_killed(database: &Path, work: &Path) -> PathBuf {
    let image = fresh(database, work);
    let log = database.with_extension("db-wal");
    if log.exists() {
        fs::copy(log, image.with_extension("db-wal")).unwrap();
    }
    image
}

/// A connection that is refused at its n-th question for leave, after `then` has looked at the disk.
fn refused_at(
    database: &Path,
    key: &DbKey,
    n: u64,
    then: impl FnMut(&Path) + Send + 'static,
) -> (Connection, Arc<Mutex<Asked>>) {
    let mut conn = open::writer(database, key).unwrap();
    let (asked, path, mut then) = (Arc::<Mutex<Asked>>::default(), database.to_owned(), then);
    let count = Arc::clone(&asked);
    conn.authorizer(Some(move |of: AuthContext<'_>| {
        let mut seen = count.lock().unwrap();
        seen.all += 1;
        if let AuthAction::Transaction { operation } = of.action
            && operation != TransactionOperation::Begin
        {
            let next = seen.all + 1;
            seen.after_commits.insert(next);
        }
        if seen.all == n {
            then(&path);
            return Authorization::Deny;
        }
        Authorization::Allow
    }))
    .unwrap();
    (conn, asked)
}

/// The frozen desk with the schema of another day: its rows in the columns that were there then.
fn of_schema(schema: i32, whole: &Path, key: &DbKey, to: &Path) -> PathBuf {
    fs::create_dir_all(to).unwrap();
    let database = to.join("esik.db");
    let from = open::untouched(whole, key).unwrap();
    let mut conn = open::writer(&database, key).unwrap();
    older::only_to(&mut conn, schema).unwrap();
    let tx = conn.transaction().unwrap();
    tx.execute_batch("PRAGMA defer_foreign_keys = ON").unwrap();
    for table in tables(&tx) {
        take_over(&from, &tx, &table);
    }
    // Another program folded them, and full text was not reached yet.
    tx.execute_batch("UPDATE case_row SET folder_version = 1; UPDATE doc SET indexed = 0").unwrap();
    tx.commit().unwrap();
    conn.close().unwrap();
    database
}

/// Everything folded out of the events alone, in a new database.
fn replayed(database: &Path, key: &DbKey, work: &Path) -> String {
    fs::create_dir_all(work).unwrap();
    let store = Store::open(&work.join("esik.db"), key, now()).unwrap();
    let (from, key) = (database.to_owned(), key.clone());
    store
        .write(move |tx| {
            let from = open::untouched(&from, &key)?;
            take_over(&from, tx, "event");
            project::rebuild(tx)
        })
        .unwrap();
    let says = says(&store);
    store.close().unwrap();
    says
}

/// B18, T36 (part), B02 (part): killed or refused at each statement of bringing an older schema up to date – the oldest one,
/// frozen in tests/upgrade, and the three before the present one, none of which was ever released – the database opens with
/// this program: nothing is lost, and it says what its events fold to from nothing. Every build: after each commit, and at
/// some more; the full number is all. (A newer program's is refused: `a_newer_programs_file_is_left_alone`.)
#[test]
fn a_database_stopped_at_any_statement_on_its_way_to_this_schema_opens() {
    let number = std::env::var("ESIK_MIGRATION_STOPS").ok();
    let number = number.map_or(STOPS, |n| n.parse().unwrap());
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let at = |name: &str| dir.path().join(name);
    let (v1, key) = frozen();
    let whole = fresh(&v1, &at("whole"));
    Store::open(&whole, &key, now()).unwrap().close().unwrap();
    let newest = older::newest();
    let mut all = vec![Older::new(1, v1, &key, &at("work"))];
    for schema in newest - LAST..newest {
        let database = of_schema(schema, &whole, &key, &at(&format!("schema-{schema}")));
        all.push(Older::new(schema, database, &key, &at("work")));
    }
    let from_nothing = replayed(&whole, &key, &at("replayed"));
    let sum: u64 = all.iter().map(|older| older.asked.all).sum();
    let (mut stops, mut wrong) = (0, Vec::new());
    for older in &all {
        assert_eq!(older.says, from_nothing, "schema {}", older.schema);
        assert_eq!(older.wrong(&fresh(&older.database, &at("work")), &key), None);
        // As many of each as it has of all.
        for n in older.stops((number * older.asked.all).div_ceil(sum)) {
            let database = fresh(&older.database, &at("work"));
            let to = at("image");
            let (conn, _) = refused_at(&database, &key, n, move |path| {
                as_killed(path, &to);
            });
            let refused = Store::open_on(conn, &database, &key, now());
            let mut tell = |how: &str, of: &Path| {
                let told = older
                    .wrong(of, &key)
                    .map(|w| format!("schema {}, {how} at {n}: {w}", older.schema));
                wrong.extend(told);
            };
            match refused {
                // How often the thread that indexes comes by differs: the last questions may not come.
                Ok(store) if n * 4 >= older.asked.all * 3 => store.close().unwrap(),
                Ok(_) => panic!("schema {}: nothing was refused at {n}", older.schema),
                Err(_) => tell("killed", &at("image").join("esik.db")),
            }
            tell("refused", &database);
            stops += 1;
        }
    }
    println!(
        "soak: {stops} stops among {sum} questions for leave, from {} schemas, {} wrong",
        all.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    step_by_step_is_caught(&all[0], &key, dir.path());
}

/// The test of the test: were each step and the note of it for themselves, a database would not open again.
fn step_by_step_is_caught(oldest: &Older, key: &DbKey, dir: &Path) {
    let run = |n: u64| {
        let database = fresh(&oldest.database, &dir.join("work"));
        let to = dir.join("image");
        let (mut conn, asked) = refused_at(&database, key, n, move |path| {
            as_killed(path, &to);
        });
        let done = older::step_by_step(&mut conn).is_ok();
        let seen = asked.lock().unwrap().clone();
        (done, seen)
    };
    let (done, seen) = run(u64::MAX);
    assert!(done);
    let caught = seen.after_commits.iter().any(|n| {
        let (done, _) = run(*n);
        !done && oldest.wrong(&dir.join("image").join("esik.db"), key).is_some()
    });
    assert!(caught, "each step for itself has to leave a database that does not open");
}
