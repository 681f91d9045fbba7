//! Which file travels next, and how far each has come (docs/adr/0019).

use super::{Files, Own, own};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::{BTreeMap, BTreeSet};

/// How far a file has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Travel {
    /// The region has the whole file.
    pub arrived: bool,
    /// An officer here wants it.
    pub asked: bool,
    /// Chunks that are over.
    pub done: u32,
    /// Of so many; 0 before the first.
    pub chunks: u32,
    /// The region has not got it yet.
    pub missing: bool,
    /// Code of what kept it.
    pub why: Option<String>,
}

/// A file that may travel now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    pub address: String,
    /// Plain bytes.
    pub bytes: u64,
    /// From the region to here.
    pub coming: bool,
}

/// How far a file has come.
///
/// # Errors
/// When the table cannot be read.
pub fn of(conn: &Connection, address: &str) -> Result<Travel> {
    let found = conn
        .prepare_cached(
            "SELECT arrived, asked, done, chunks, missing, why FROM travel WHERE address=?1",
        )?
        .query_row([address], |r| {
            Ok(Travel {
                arrived: r.get(0)?,
                asked: r.get(1)?,
                done: r.get(2)?,
                chunks: r.get(3)?,
                missing: r.get(4)?,
                why: r.get(5)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Every file that has still to go to the region, and is here; those alone whose event is `there` already, or
/// also those whose event waits itself.
fn to_go(conn: &Connection, files: &Files, there: bool) -> Result<BTreeMap<String, Own>> {
    let mut arrived = conn.prepare_cached("SELECT 1 FROM travel WHERE address=?1 AND arrived=1")?;
    let mut out = BTreeMap::new();
    for one in own(conn)?.into_iter().filter(|one| one.accepted || (!there && !one.refused)) {
        if !out.contains_key(&one.address)
            && !arrived.exists([&one.address])?
            && files.has(&one.address)
        {
            out.insert(one.address.clone(), one);
        }
    }
    Ok(out)
}

/// Files that wait to go, and their plain bytes; small pictures go beside them and are not counted.
///
/// # Errors
/// When the log cannot be read.
pub fn waiting(conn: &Connection, files: &Files) -> Result<(u64, u64)> {
    let all = to_go(conn, files, false)?;
    let whole = all.values().filter(|one| one.preview_of.is_none());
    Ok(whole.fold((0, 0), |(n, bytes), one| (n + 1, bytes + one.bytes)))
}

/// A file that waits to go, and is here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waits {
    pub address: String,
    /// Plain bytes.
    pub bytes: u64,
    /// A small picture, which nobody counts.
    pub preview: bool,
}

/// Files that wait to go, whether their event is there already or waits itself: small pictures first, then the
/// smallest.
///
/// # Errors
/// When the log cannot be read.
pub fn all_waiting(conn: &Connection, files: &Files) -> Result<Vec<Waits>> {
    let mut out: Vec<Waits> = to_go(conn, files, false)?
        .into_iter()
        .map(|(address, one)| Waits {
            address,
            bytes: one.bytes,
            preview: one.preview_of.is_some(),
        })
        .collect();
    out.sort_by(|a, b| (!a.preview, a.bytes, &a.address).cmp(&(!b.preview, b.bytes, &b.address)));
    Ok(out)
}

/// The file that goes next: the smallest an officer asked for, then the smallest that has to go.
///
/// # Errors
/// When the log cannot be read.
pub fn next(conn: &Connection, files: &Files, now_ms: i64) -> Result<Option<Next>> {
    let mut may = conn.prepare_cached(
        "SELECT coalesce((SELECT again_at IS NULL OR again_at<=?2 FROM travel WHERE address=?1), 1)",
    )?;
    let mut may = |address: &str| -> Result<bool> {
        Ok(may.query_row(params![address, now_ms], |r| r.get(0))?)
    };
    let asked: BTreeSet<String> = conn
        .prepare_cached("SELECT address FROM travel WHERE asked=1")?
        .query_map([], |r| r.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    if !asked.is_empty() {
        // Small pictures are looked at while the films are still on their way.
        let mut coming: Vec<(u64, String)> = own(conn)?
            .into_iter()
            .filter(|one| asked.contains(&one.address) && !files.has(&one.address))
            .map(|one| (one.bytes, one.address))
            .collect();
        coming.sort_unstable();
        for (bytes, address) in coming {
            if may(&address)? {
                return Ok(Some(Next { address, bytes, coming: true }));
            }
        }
    }
    let mut waiting: Vec<(String, u64)> =
        to_go(conn, files, true)?.into_iter().map(|(address, one)| (address, one.bytes)).collect();
    waiting.sort_by_key(|(_, bytes)| *bytes);
    for (address, bytes) in waiting {
        if may(&address)? {
            return Ok(Some(Next { address, bytes, coming: false }));
        }
    }
    Ok(None)
}

fn change(conn: &Connection, address: &str, set: &str) -> Result<()> {
    conn.execute(
        "INSERT INTO travel (address) VALUES (?1) ON CONFLICT (address) DO NOTHING",
        [address],
    )?;
    conn.execute(&format!("UPDATE travel SET {set} WHERE address=?1"), [address])?;
    Ok(())
}

/// An officer wants a file that is not here.
///
/// # Errors
/// When it cannot be written.
pub fn ask(conn: &Connection, address: &str) -> Result<()> {
    change(conn, address, "asked=1, again_at=NULL, why=NULL")
}

/// It lies here and is not what it was: what is left of it is put aside, and the region is asked for it.
///
/// # Errors
/// A disk that refuses; when it cannot be written.
pub fn anew(conn: &Connection, files: &Files, address: &str) -> Result<()> {
    files.put_aside(address)?;
    ask(conn, address)
}

/// The region lost it, or holds it no longer as it was: it goes there once more.
///
/// # Errors
/// When it cannot be written.
pub fn send_again(conn: &Connection, address: &str) -> Result<()> {
    conn.execute(
        "UPDATE travel SET arrived=0, done=0, again_at=NULL WHERE address=?1 AND arrived=1",
        [address],
    )?;
    Ok(())
}

/// So many chunks of so many are over.
///
/// # Errors
/// When it cannot be written.
pub fn moved(conn: &Connection, address: &str, done: u32, of: u32) -> Result<()> {
    change(conn, address, &format!("done={done}, chunks={of}, missing=0, again_at=NULL, why=NULL"))
}

/// The region has it all; what was asked for is here.
///
/// # Errors
/// When it cannot be written.
pub fn arrived(conn: &Connection, address: &str) -> Result<()> {
    change(conn, address, "arrived=1, asked=0, missing=0, again_at=NULL, why=NULL")
}

/// The region has not got it: asked for again later.
///
/// # Errors
/// When it cannot be written.
pub fn missing(conn: &Connection, address: &str, again_ms: i64) -> Result<()> {
    change(conn, address, &format!("missing=1, again_at={again_ms}, why=NULL"))
}

/// Not now.
///
/// # Errors
/// When it cannot be written.
pub fn later(conn: &Connection, address: &str, again_ms: i64, why: &str) -> Result<()> {
    change(conn, address, &format!("again_at={again_ms}"))?;
    conn.execute("UPDATE travel SET why=?2 WHERE address=?1", [address, why])?;
    Ok(())
}

/// The region's history is another one: what it has of files is asked anew.
///
/// # Errors
/// When it cannot be written.
pub fn ask_all_anew(conn: &Connection) -> Result<()> {
    conn.execute("UPDATE travel SET arrived=0, done=0, again_at=NULL", [])?;
    Ok(())
}
