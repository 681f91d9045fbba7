//! Officers this desk knows: who signs in here, and whose signatures arrive in the feed.

use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use ed25519_dalek::VerifyingKey;
use esik_domain::event::Role;
use esik_domain::ids::{OfficerId, StationId};
use esik_domain::policy::Actor;
use esik_wire::signed::key_from_text;
use esik_wire::{CirclesWord, OfficerCard, Voucher};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::Value;
use std::collections::HashMap;

/// An officer as the desk holds him.
#[derive(Clone, PartialEq, Debug)]
pub struct Officer {
    pub card: OfficerCard,
    /// Signs in at this desk.
    pub local: bool,
    /// Language, theme and the like; the store does not look inside.
    pub settings: Value,
}

impl Officer {
    /// As policy sees him.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { id: self.card.id, role: self.card.role, circles: self.card.circles.clone() }
    }
}

const COLUMNS: &str =
    "id, name, post, role, station, key, circles, revoked, local, settings, voucher, circles_word";

/// Writes an officer's card, new or known. `local` is only ever raised here, and the key of a known officer stays:
/// whoever could change it, the region too, could sign for him (`reliability.md` S14). Nor does the region give a known
/// officer another role or station: who gets another role is registered anew. Of its own officers a desk
/// knows it itself. Whether somebody vouches for a new one is asked before (`crate::register`).
///
/// # Errors
/// When it cannot be written.
pub fn put(tx: &Tx<'_>, card: &OfficerCard, local: bool) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO officer
           (id, name, post, role, station, key, circles, revoked, local, voucher, circles_word)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, post = excluded.post,
           role = iif(excluded.local, excluded.role, officer.role),
           station = iif(excluded.local, excluded.station, officer.station),
           circles = excluded.circles, revoked = excluded.revoked,
           local = max(officer.local, excluded.local),
           voucher = coalesce(excluded.voucher, officer.voucher),
           circles_word = coalesce(excluded.circles_word, officer.circles_word)",
    )?
    .execute((
        sql::id(&card.id.0),
        &card.name,
        &card.post,
        sql::name(&card.role)?,
        card.station.as_str(),
        &card.key,
        serde_json::to_string(&card.circles)?,
        card.revoked,
        local,
        card.voucher.as_ref().map(serde_json::to_string).transpose()?,
        card.circles_word.as_ref().map(serde_json::to_string).transpose()?,
    ))?;
    Ok(())
}

/// Sets an officer's own settings.
///
/// # Errors
/// When they cannot be written.
pub fn set_settings(tx: &Tx<'_>, officer: OfficerId, settings: &Value) -> Result<()> {
    tx.prepare_cached("UPDATE officer SET settings = ?2 WHERE id = ?1")?
        .execute((sql::id(&officer.0), serde_json::to_string(settings)?))?;
    Ok(())
}

/// One officer.
///
/// # Errors
/// When he cannot be read.
pub fn get(conn: &Connection, officer: OfficerId) -> Result<Option<Officer>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM officer WHERE id = ?1"))?
        .query_row([sql::id(&officer.0)], |r| Ok(read(r)))
        .optional()?
        .transpose()
}

/// The role in which an officer became known here.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn role(conn: &Connection, officer: OfficerId) -> Result<Option<Role>> {
    conn.prepare_cached("SELECT role FROM officer WHERE id = ?1")?
        .query_row([sql::id(&officer.0)], |r| r.get(0))
        .optional()?
        .map(sql::named)
        .transpose()
}

/// All officers, by name.
///
/// # Errors
/// When they cannot be read.
pub fn list(conn: &Connection) -> Result<Vec<Officer>> {
    let mut statement =
        conn.prepare_cached(&format!("SELECT {COLUMNS} FROM officer ORDER BY name, id"))?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Cards of the officers who sign in at this desk.
///
/// # Errors
/// When they cannot be read.
pub fn local(conn: &Connection) -> Result<Vec<OfficerCard>> {
    Ok(list(conn)?.into_iter().filter(|o| o.local).map(|o| o.card).collect())
}

/// Keys of all officers, for checking a feed page. An unusable key is left out.
///
/// # Errors
/// When they cannot be read.
pub fn keys(conn: &Connection) -> Result<HashMap<OfficerId, VerifyingKey>> {
    let mut statement = conn.prepare_cached("SELECT id, key FROM officer")?;
    let mut rows = statement.query([])?;
    let mut out = HashMap::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        if let Ok(key) = key_from_text(&text) {
            out.insert(OfficerId(sql::uuid(row, 0)?), key);
        }
    }
    Ok(out)
}

fn read(row: &Row<'_>) -> Result<Officer> {
    let circles: String = row.get(6)?;
    let settings: String = row.get(9)?;
    let voucher: Option<String> = row.get(10)?;
    let circles_word: Option<String> = row.get(11)?;
    Ok(Officer {
        card: OfficerCard {
            id: OfficerId(sql::uuid(row, 0)?),
            name: row.get(1)?,
            post: row.get(2)?,
            role: sql::named::<Role>(row.get(3)?)?,
            station: StationId(row.get(4)?),
            key: row.get(5)?,
            circles: serde_json::from_str(&circles)?,
            circles_word: circles_word
                .as_deref()
                .map(serde_json::from_str::<CirclesWord>)
                .transpose()?,
            revoked: row.get(7)?,
            voucher: voucher.as_deref().map(serde_json::from_str::<Voucher>).transpose()?,
        },
        local: row.get(8)?,
        settings: serde_json::from_str(&settings)?,
    })
}
