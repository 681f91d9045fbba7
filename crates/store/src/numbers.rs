//! Register numbers from leased blocks; the desk's own series when they are used up (`settled.md` 5).

use crate::db::Tx;
use crate::error::Result;
use crate::meta;
use crate::sql;
use chrono::{DateTime, Utc};
use esik_domain::ids::{DeviceId, StationId};
use esik_domain::number::{self, Lease};
use esik_wire::{EventHash, planted};
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

/// Meta key of the mark of the desk's own series, when it is not the device's own one.
const OWN_MARK: &str = "own_mark";

/// A number that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    pub number: String,
    /// True when it is of the desk's own series and the register's number comes later.
    pub own_series: bool,
}

/// Adds a block. The same block twice changes nothing; what was taken from it stays taken.
///
/// # Errors
/// When it cannot be written.
pub fn add_lease(tx: &Tx<'_>, lease: &Lease) -> Result<()> {
    if lease.from > lease.to {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT OR IGNORE INTO lease (station, year, first, last, next, expires)
         VALUES (?1, ?2, ?3, ?4, ?3, ?5)",
    )?
    .execute((
        lease.station.as_str(),
        lease.year,
        sql::int(lease.from)?,
        sql::int(lease.to)?,
        lease.expires.map(|at| at.timestamp_millis()),
    ))?;
    Ok(())
}

/// Another day until which a block holds. One that is not here, because it was given up meanwhile, does not come back: its
/// numbers would be given a second time.
///
/// # Errors
/// When it cannot be written.
pub fn renew(tx: &Tx<'_>, lease: &Lease) -> Result<()> {
    tx.prepare_cached(
        "UPDATE lease SET expires = ?5 WHERE station = ?1 AND year = ?2 AND first = ?3 AND last = ?4",
    )?
    .execute((
        lease.station.as_str(),
        lease.year,
        sql::int(lease.from)?,
        sql::int(lease.to)?,
        lease.expires.map(|at| at.timestamp_millis()),
    ))?;
    Ok(())
}

/// The newest blocks of a year and of those after it, used up or not, the newest first.
///
/// # Errors
/// When they cannot be read.
pub fn blocks(
    conn: &Connection,
    station: &StationId,
    year: i32,
    limit: usize,
) -> Result<Vec<Lease>> {
    let mut statement = conn.prepare_cached(
        "SELECT year, first, last, expires FROM lease WHERE station = ?1 AND year >= ?2
         ORDER BY year DESC, first DESC LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((station.as_str(), year, limit))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(Lease {
            station: station.clone(),
            year: row.get(0)?,
            from: sql::nat(row.get(1)?)?,
            to: sql::nat(row.get(2)?)?,
            expires: sql::time_opt(row, 3)?,
        });
    }
    Ok(out)
}

/// Gives up every block, and the mark of the desk's own series for another one: another copy of the desk has the same,
/// and one number must not be given twice (`reliability.md` S17). What was given stays given.
///
/// # Errors
/// When it cannot be written.
pub fn give_up(tx: &Tx<'_>, device: DeviceId, life: u32) -> Result<()> {
    if planted::is("numbers_go_on") {
        return Ok(());
    }
    leave_blocks(tx, device, &life.to_be_bytes())
}

/// The same at a desk that was told of another copy of itself and lives on in the same life, as that one does: the mark is of what
/// only this copy wrote, `head` being the last of it, and of the moment in which it was `told`: a disk put back twice by hand, with
/// nothing sent in between, has the same last record both times.
///
/// # Errors
/// When it cannot be written.
pub fn give_up_beside_a_copy(
    tx: &Tx<'_>,
    device: DeviceId,
    head: &EventHash,
    told: DateTime<Utc>,
) -> Result<()> {
    if planted::is("copies_share_numbers") {
        return Ok(());
    }
    let moment = told.timestamp_millis().to_be_bytes();
    leave_blocks(tx, device, &[head.0.as_slice(), &moment].concat())
}

fn leave_blocks(tx: &Tx<'_>, device: DeviceId, salt: &[u8]) -> Result<()> {
    tx.prepare_cached("DELETE FROM lease")?.execute([])?;
    let mark = Sha256::digest([device.0.as_bytes().as_slice(), salt].concat());
    let mark = hex::encode_upper(mark.get(..3).unwrap_or_default());
    meta::put(tx, OWN_MARK, &format!("T{mark}"))
}

/// Takes the next number in this transaction: a rolled-back save takes none. A block whose day is over is as good as empty.
///
/// # Errors
/// When it cannot be written.
pub fn take_number(
    tx: &Tx<'_>,
    station: &StationId,
    year: i32,
    device: DeviceId,
    now: DateTime<Utc>,
) -> Result<Taken> {
    let taken = peek(tx, station, year, device, now)?;
    if taken.own_series {
        let key = own_key(station, year);
        let n = meta::get::<u64>(tx, &key)?.unwrap_or(0) + 1;
        meta::put(tx, &key, &n)?;
    } else {
        tx.prepare_cached(
            "UPDATE lease SET next = next + 1
             WHERE station = ?1 AND year = ?2 AND first = (
               SELECT first FROM lease WHERE station = ?1 AND year = ?2 AND next <= last
                 AND (expires IS NULL OR expires > ?3)
               ORDER BY first LIMIT 1)",
        )?
        .execute((station.as_str(), year, now.timestamp_millis()))?;
    }
    Ok(taken)
}

/// The number that would be taken next; nothing is used up.
///
/// # Errors
/// When it cannot be read.
pub fn peek(
    conn: &Connection,
    station: &StationId,
    year: i32,
    device: DeviceId,
    now: DateTime<Utc>,
) -> Result<Taken> {
    let leased: Option<i64> = conn
        .prepare_cached(
            "SELECT next FROM lease WHERE station = ?1 AND year = ?2 AND next <= last
               AND (expires IS NULL OR expires > ?3)
             ORDER BY first LIMIT 1",
        )?
        .query_row((station.as_str(), year, now.timestamp_millis()), |r| r.get(0))
        .optional()?;
    if let Some(n) = leased {
        let number = number::register_number(station, year, sql::nat(n)?);
        return Ok(Taken { number, own_series: false });
    }
    let n = meta::get::<u64>(conn, &own_key(station, year))?.unwrap_or(0) + 1;
    let mark = meta::get(conn, OWN_MARK)?.unwrap_or_else(|| device_mark(device));
    let number = number::own_number(station, year, &mark, n);
    Ok(Taken { number, own_series: true })
}

fn own_key(station: &StationId, year: i32) -> String {
    format!("own_series/{station}/{year}")
}

/// Numbers left in the desk's blocks of a year that hold.
///
/// # Errors
/// When they cannot be counted.
pub fn numbers_left(
    conn: &Connection,
    station: &StationId,
    year: i32,
    now: DateTime<Utc>,
) -> Result<u64> {
    let n: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(last - next + 1), 0) FROM lease
             WHERE station = ?1 AND year = ?2 AND (expires IS NULL OR expires > ?3)",
        )?
        .query_row((station.as_str(), year, now.timestamp_millis()), |r| r.get(0))?;
    sql::nat(n)
}

/// The device's short mark in its own series: the last six hex digits of its id (the first ones are
/// time, alike in desks installed on one day).
#[must_use]
pub fn device_mark(device: DeviceId) -> String {
    let hex = device.0.simple().to_string().to_uppercase();
    format!("T{}", hex.get(26..).unwrap_or_default())
}
