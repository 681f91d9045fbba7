//! Reading a database some of whose pages cannot be read: row by row from both ends, and into the middle by leaps.

use crate::db;
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, ToSql, params_from_iter};
use std::path::{Path, PathBuf};

/// A database that may be damaged. Opened anew after each page that cannot be read: from then on the engine refuses
/// everything (sqlcipher #617). Nothing is ever written to it, not even its own log back into it.
pub(super) struct Source {
    path: PathBuf,
    key: DbKey,
    conn: Connection,
}

impl Source {
    /// `None` when there is no file, or not even its first page can be read.
    pub fn open(path: &Path, key: &DbKey) -> Option<Self> {
        if !path.exists() {
            return None;
        }
        let conn = db::untouched(path, key)
            .inspect_err(|e| tracing::warn!(code = e.code(), "a database cannot be read at all"))
            .ok()?;
        Some(Self { path: path.to_owned(), key: key.clone(), conn })
    }

    pub fn conn(&self) -> &Connection {
        &self.conn
    }

    /// When not even that can be done any more, every further question is refused, and the reading ends.
    fn again(&mut self) {
        if let Ok(conn) = db::untouched(&self.path, &self.key) {
            self.conn = conn;
        }
    }
}

/// A table that is taken over, and the columns its rows lie by. One column that is an integer is the row's own number.
struct Table {
    name: &'static str,
    by: &'static [&'static str],
    numbered: bool,
}

const fn numbered(name: &'static str, by: &'static [&'static str; 1]) -> Table {
    Table { name, by, numbered: true }
}
const fn keyed(name: &'static str, by: &'static [&'static str]) -> Table {
    Table { name, by, numbered: false }
}

/// Everything that no event can bring back, and the events. What lists and search need is folded anew.
const EVENT: Table = numbered("event", &["seq"]);
const TABLES: &[Table] = &[
    keyed("meta", &["key"]),
    keyed("officer", &["id"]),
    numbered("own_head", &["incarnation"]),
    EVENT,
    keyed("draft", &["id"]),
    keyed("draft_file", &["id"]),
    numbered("journal", &["id"]),
    numbered("paper_source", &["id"]),
    keyed("paper", &["id"]),
    keyed("publication", &["kind", "name", "version"]),
    keyed("travel", &["address"]),
    numbered("poison", &["id"]),
    keyed("cursor", &["scope"]),
];

/// The few that the spare holds whole.
pub(super) const SPARED: &[&str] = &["meta", "officer", "own_head", "draft", "draft_file"];

/// How much was read.
#[derive(Default)]
pub(super) struct All {
    pub events: u64,
    pub whole: bool,
}

/// Takes over every row that can be read.
///
/// # Errors
/// When the new database cannot be written.
pub(super) fn everything(from: &mut Source, to: &Connection) -> Result<All> {
    let mut all = All { events: 0, whole: true };
    for table in TABLES {
        let taken = table_of(from, to, table)?;
        if !taken.whole {
            tracing::warn!(table = table.name, rows = taken.rows, "not all rows can be read");
            all.whole = false;
        }
        if table.name == EVENT.name {
            all.events = taken.rows;
        }
    }
    Ok(all)
}

/// Own events that lie nowhere else: without a verdict, and those the region did not take. Each by its own index, so that no
/// other row is read.
pub(super) const OWN: [&str; 2] = [
    "WHERE verdict IS NULL ORDER BY incarnation, device_seq",
    "WHERE verdict IN ('rejected', 'quarantined') ORDER BY seq",
];

/// Takes over what only this desk has and the other database has not got yet: from the spare when it is mended, and into the
/// spare when damage was found. How many events.
///
/// # Errors
/// When the other database cannot be written.
pub(super) fn what_is_missing(from: &mut Source, to: &Connection) -> Result<u64> {
    for table in TABLES.iter().filter(|t| SPARED.contains(&t.name)) {
        table_of(from, to, table)?;
    }
    // Their own order, not their old numbers: those may have been given again since.
    let event = Table { by: &[], ..EVENT };
    let columns = columns(from, to, &event)?;
    let mut rows = 0;
    for own in OWN {
        let (select, insert) = statements(&event, &columns, own);
        rows += take(from, to, &select, &[], &insert)?.rows;
    }
    Ok(rows)
}

struct Taken {
    rows: u64,
    whole: bool,
    last: Option<i64>,
}

fn table_of(from: &mut Source, to: &Connection, table: &Table) -> Result<Taken> {
    let columns = columns(from, to, table)?;
    if columns.is_empty() {
        // An older program's database has not got it yet.
        return Ok(Taken { rows: 0, whole: true, last: None });
    }
    if table.numbered {
        by_number(from, to, table, &columns)
    } else {
        by_key(from, to, table, &columns)
    }
}

/// The columns that both have.
fn columns(from: &mut Source, to: &Connection, table: &Table) -> Result<Vec<String>> {
    let of = |conn: &Connection| -> Result<Vec<String>> {
        let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1)")?;
        Ok(statement.query_map([table.name], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    let theirs = of(from.conn())?;
    let dropped = |name: &String| table.name == EVENT.name && table.by.is_empty() && name == "seq";
    Ok(of(to)?.into_iter().filter(|name| theirs.contains(name) && !dropped(name)).collect())
}

fn statements(table: &Table, columns: &[String], within: &str) -> (String, String) {
    let (name, list) = (table.name, columns.join(", "));
    let places = vec!["?"; columns.len()].join(", ");
    // Of an intake that lies in both the later one: with a damaged database the spare alone was written.
    let known = if name == "draft" {
        "ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, body = excluded.body
         WHERE excluded.updated_at > draft.updated_at"
    } else {
        "ON CONFLICT DO NOTHING"
    };
    (
        format!("SELECT {list} FROM {name} {within}"),
        format!("INSERT INTO {name} ({list}) VALUES ({places}) {known}"),
    )
}

/// From the beginning, and from the end when it does not get there.
fn by_key(from: &mut Source, to: &Connection, table: &Table, columns: &[String]) -> Result<Taken> {
    let order = |way: &str| {
        let by: Vec<String> = table.by.iter().map(|c| format!("{c} {way}")).collect();
        format!("ORDER BY {}", by.join(", "))
    };
    let (select, insert) = statements(table, columns, &order("ASC"));
    let mut taken = take(from, to, &select, &[], &insert)?;
    if !taken.whole {
        let (select, insert) = statements(table, columns, &order("DESC"));
        taken.rows += take(from, to, &select, &[], &insert)?.rows;
    }
    Ok(taken)
}

/// From the beginning to a page that cannot be read, over it by leaps that double, back to it from behind, and on.
fn by_number(
    from: &mut Source,
    to: &Connection,
    table: &Table,
    columns: &[String],
) -> Result<Taken> {
    let by = table.by.first().copied().unwrap_or("rowid");
    let (onward, insert) = statements(table, columns, &format!("WHERE {by} >= ? ORDER BY {by}"));
    let (back, _) =
        statements(table, columns, &format!("WHERE {by} > ? AND {by} < ? ORDER BY {by} DESC"));
    let found = format!("SELECT {by} FROM {} WHERE {by} >= ? ORDER BY {by} LIMIT 1", table.name);
    let (mut rows, mut whole, mut next) = (0, true, 0);
    loop {
        let taken = take(from, to, &onward, &[next], &insert)?;
        rows += taken.rows;
        if taken.whole {
            return Ok(Taken { rows, whole, last: None });
        }
        whole = false;
        // A row whose number can be read and nothing else is leapt over too.
        let before = taken.last.unwrap_or(next);
        let Some(behind) = leap(from, &found, before) else {
            return Ok(Taken { rows, whole, last: None });
        };
        rows += take(from, to, &back, &[before, behind], &insert)?.rows;
        next = behind;
    }
}

/// The first number behind a place that can be read; `None` when nothing behind it can.
fn leap(from: &mut Source, found: &str, before: i64) -> Option<i64> {
    let mut step = 1_i64;
    while let Some(at) = before.checked_add(step) {
        let asked = from.conn().query_row(found, [at], |r| r.get::<_, i64>(0));
        match asked {
            Ok(number) => return Some(number),
            Err(rusqlite::Error::QueryReturnedNoRows) => return None,
            Err(_) => from.again(),
        }
        step = step.checked_mul(2)?;
    }
    None
}

/// Takes rows of a question as far as they can be read. `last` is the first column of the last row that was looked at, if it
/// is a number.
fn take(
    from: &mut Source,
    to: &Connection,
    select: &str,
    within: &[i64],
    insert: &str,
) -> Result<Taken> {
    let mut taken = Taken { rows: 0, whole: true, last: None };
    let mut put = to.prepare_cached(insert)?;
    let whole = db::writable(&from.conn);
    let read = (|| -> std::result::Result<(), Trouble> {
        let mut statement = from.conn.prepare(select)?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(within))?;
        while let Some(row) = rows.next()? {
            let values: Vec<Value> =
                (0..width).map(|n| row.get(n)).collect::<rusqlite::Result<_>>()?;
            if let Some(Value::Integer(number)) = values.first() {
                taken.last = Some(*number);
            }
            // A part of it may be zeros.
            if whole && !db::writable(&from.conn) {
                return Err(Trouble::Reading(rusqlite::Error::InvalidQuery));
            }
            let values = values.iter().map(|v| v as &dyn ToSql);
            match put.execute(params_from_iter(values)) {
                Ok(n) => taken.rows += n as u64,
                // Its other half could not be read: a file of a draft without the draft.
                Err(rusqlite::Error::SqliteFailure(e, _))
                    if e.code == ErrorCode::ConstraintViolation => {}
                Err(e) => return Err(Trouble::Writing(e.into())),
            }
        }
        Ok(())
    })();
    match read {
        Ok(()) => {}
        Err(Trouble::Writing(e)) => return Err(e),
        Err(Trouble::Reading(e)) => {
            tracing::debug!(%e, "a page cannot be read");
            taken.whole = false;
            from.again();
        }
    }
    Ok(taken)
}

enum Trouble {
    Reading(rusqlite::Error),
    Writing(StoreError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(e: rusqlite::Error) -> Self {
        Self::Reading(e)
    }
}
