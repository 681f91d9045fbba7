//! Two copies of one device (`reliability.md` S17): where their events lie beside each other, and how the later copy's
//! work goes on as a life of its own. The signed bytes never change; what moves is the column `incarnation`.
//!
//! Its low 32 bits are a life; what is above them counts the branches of others that were met in that life, in the
//! order in which they came here. A desk's own branch lies under a life of its own, which its region knows as well.

use super::append::set_head;
use super::outbox;
use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use esik_domain::event::Envelope;
use esik_domain::ids::DeviceId;
use esik_wire::{EventHash, Head, planted};
use rusqlite::{Connection, OptionalExtension as _};

/// One branch more of the same life.
const BRANCH: i64 = 1 << 32;
/// Branches of one life that are told apart; a region that shows more of them is not believed.
const BRANCHES_MAX: i64 = 1024;

/// Does a life's column belong to a life that an event names?
pub(crate) fn is_place_of(column: i64, life: u32) -> bool {
    column % BRANCH == i64::from(life)
}

/// The column of an event that is not here; nothing when there are more branches than anybody has copies. Each place
/// holds one event, which follows the one before it and is followed by the one after it, as far as those are here.
pub(crate) fn place(tx: &Tx<'_>, e: &Envelope, hash: EventHash) -> Result<Option<i64>> {
    let life = i64::from(e.incarnation);
    if planted::is("branch_on_the_chain") {
        return Ok(Some(life));
    }
    let chain = beside(tx, e, hash, life)?;
    if chain == Beside::Follows {
        return Ok(Some(life));
    }
    // Columns of branches lie above all lives: one look tells that the device has none here.
    let top: i64 = tx
        .prepare_cached("SELECT coalesce(max(incarnation), 0) FROM event WHERE device_id = ?1")?
        .query_row([sql::id(&e.device_id.0)], |r| r.get(0))?;
    let mut open = (chain == Beside::Unknown && !lives_here(tx, e)?).then_some(life);
    for n in 1..=top / BRANCH {
        let column = life + n * BRANCH;
        match beside(tx, e, hash, column)? {
            Beside::Follows => return Ok(Some(column)),
            Beside::Unknown => open = open.or(Some(column)),
            Beside::Taken => {}
        }
    }
    let next = top / BRANCH + 1;
    Ok(open.or((next <= BRANCHES_MAX).then_some(life + next * BRANCH)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// The one before it is the one it names, or the one after it names it.
    Follows,
    /// Neither of them is here.
    Unknown,
    /// Another event is there, or beside it one of another branch.
    Taken,
}

fn beside(tx: &Tx<'_>, e: &Envelope, hash: EventHash, column: i64) -> Result<Beside> {
    let seq = sql::int(e.device_seq.0)?;
    let mut statement = tx.prepare_cached(
        "SELECT device_seq, hash, iif(device_seq > ?3, bytes, NULL) FROM event
         WHERE device_id = ?1 AND incarnation = ?2 AND device_seq BETWEEN ?3 - 1 AND ?3 + 1",
    )?;
    let mut rows = statement.query(rusqlite::params![sql::id(&e.device_id.0), column, seq])?;
    let mut found = Beside::Unknown;
    while let Some(row) = rows.next()? {
        let fits = match row.get::<_, Option<String>>(2)? {
            // Feeds overtake each other: the later of two may be here first.
            Some(after) => serde_json::from_str::<Envelope>(&after)?.prev == hash.hex(),
            None => row.get::<_, i64>(0)? < seq && EventHash(row.get(1)?).hex() == e.prev,
        };
        if !fits {
            return Ok(Beside::Taken);
        }
        found = Beside::Follows;
    }
    Ok(found)
}

/// Is it the life this desk goes on with? Of that one everything is here: what does not follow is of another copy, and
/// must not move the head.
fn lives_here(tx: &Tx<'_>, e: &Envelope) -> Result<bool> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM own_head WHERE device_id = ?1 AND incarnation = ?2
               AND incarnation = (SELECT max(incarnation) FROM own_head))",
        )?
        .query_row(rusqlite::params![sql::id(&e.device_id.0), e.incarnation], |r| r.get(0))?)
}

/// The region does not take own events of a life from a sequence on: another copy of the device wrote there first. They
/// go on as a life of their own, which nobody had, up to the last one without a verdict: what a third copy sent of them
/// in its own branch goes along, so that the branch has no hole. The life, and its last sequence; nothing when there is
/// no life left between that one and the present.
///
/// # Errors
/// When it cannot be written; nothing has moved then.
pub fn branch_off(
    tx: &mut Tx<'_>,
    device: DeviceId,
    life: u32,
    from_seq: u64,
    present: u32,
) -> Result<Option<(u32, u64)>> {
    let own = sql::id(&device.0);
    // Branches are given downwards from the present life, which leapt far ahead of the others when it began.
    let mut branch = i64::from(present) - 1;
    while branch > i64::from(life) && used(tx, device, branch)? {
        branch -= 1;
    }
    if branch <= i64::from(life) {
        return Ok(None);
    }
    let from = sql::int(from_seq)?;
    // A branch moves once: a region that takes it nowhere does not drive it on from life to life.
    let bytes: Option<String> = tx
        .prepare_cached(
            "SELECT bytes FROM event WHERE device_id = ?1 AND incarnation = ?2 AND device_seq = ?3",
        )?
        .query_row(rusqlite::params![own, life, from], |r| r.get(0))
        .optional()?;
    let first: Option<Envelope> = bytes.map(|b| serde_json::from_str(&b)).transpose()?;
    if first.is_none_or(|e| e.incarnation != life) {
        return Ok(None);
    }
    let branch = u32::try_from(branch).unwrap_or(present);
    let last = go_on_as(tx, device, life, from, branch)?;
    Ok(last.map(|last| (branch, last.seq)))
}

/// The sequence with which an own life begins: the first, but for a branch, which begins where it parted from the other copy.
///
/// # Errors
/// When it cannot be read.
pub fn begins(conn: &Connection, device: DeviceId, life: u32) -> Result<u64> {
    let first: Option<(i64, String)> = conn
        .prepare_cached(
            "SELECT device_seq, bytes FROM event WHERE device_id = ?1 AND incarnation = ?2
             ORDER BY device_seq LIMIT 1",
        )?
        .query_row(rusqlite::params![sql::id(&device.0), life], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let named = |bytes: &str| serde_json::from_str::<Envelope>(bytes).ok().map(|e| e.incarnation);
    match first {
        Some((seq, bytes)) if named(&bytes).is_some_and(|named| named != life) => sql::nat(seq),
        _ => Ok(1),
    }
}

/// Own events of a life from a sequence on, up to the last one without a verdict, go on as a life that nobody had. Its last
/// event; nothing when there was nothing to move.
fn go_on_as(
    tx: &mut Tx<'_>,
    device: DeviceId,
    life: u32,
    from: i64,
    branch: u32,
) -> Result<Option<Head>> {
    let own = sql::id(&device.0);
    let moved = tx
        .prepare_cached(
            "UPDATE event SET incarnation = ?4
             WHERE device_id = ?1 AND incarnation = ?2 AND device_seq BETWEEN ?3 AND
               (SELECT max(device_seq) FROM event
                WHERE device_id = ?1 AND incarnation = ?2 AND verdict IS NULL)",
        )?
        .execute(rusqlite::params![own, life, from, branch])?;
    let Some(last) = last_of(tx, device, branch)?.filter(|_| moved > 0) else { return Ok(None) };
    match last_of(tx, device, life)? {
        Some(head) => set_head(tx, device, life, head, 0)?,
        None => {
            tx.prepare_cached("DELETE FROM own_head WHERE incarnation = ?1")?.execute([life])?;
        }
    }
    set_head(tx, device, branch, last, 0)?;
    outbox::recount(tx)?;
    Ok(Some(last))
}

/// What an earlier life has to send behind an event of it that is wanted and was missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behind {
    /// The life it is sent as.
    pub life: u32,
    /// First and last sequence that is to be sent.
    pub from: u64,
    pub to: u64,
    /// What is missing before it; nothing when what was wanted is here.
    pub lost: Option<Lost>,
}

/// Events of a life that are not here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lost {
    /// The life that the events around them name.
    pub life: u32,
    pub from: u64,
    pub to: u64,
    /// Hash of the last one, as the event behind it names it.
    pub last: EventHash,
}

/// An own earlier life (or a branch of one) has something to send, and an event before that is wanted and not here. With
/// `go_on` what lies behind becomes a life of its own, which nobody had, unless it is one; without it nothing moves. Nothing
/// when it is not so, or no life is left (docs/adr/0042).
///
/// # Errors
/// When it cannot be read or written; nothing has moved then.
pub fn behind(
    tx: &mut Tx<'_>,
    device: DeviceId,
    life: u32,
    wanted: u64,
    present: u32,
    go_on: bool,
) -> Result<Option<Behind>> {
    let own = sql::id(&device.0);
    let last: Option<i64> = tx
        .prepare_cached(
            "SELECT max(device_seq) FROM event
             WHERE device_id = ?1 AND incarnation = ?2 AND verdict IS NULL AND device_seq >= ?3",
        )?
        .query_row(rusqlite::params![own, life, sql::int(wanted)?], |r| r.get(0))?;
    let Some(to) = last else { return Ok(None) };
    let to = sql::nat(to)?;
    let (first, bytes): (i64, String) = tx
        .prepare_cached(
            "SELECT device_seq, bytes FROM event
             WHERE device_id = ?1 AND incarnation = ?2 AND device_seq >= ?3
             ORDER BY device_seq LIMIT 1",
        )?
        .query_row(rusqlite::params![own, life, sql::int(wanted)?], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    if sql::nat(first)? == wanted {
        return Ok(Some(Behind { life, from: wanted, to, lost: None }));
    }
    let e: Envelope = serde_json::from_str(&bytes)?;
    // Of what the life wrote before, whatever it goes on as.
    let before: Option<i64> = tx
        .prepare_cached(
            "SELECT max(device_seq) FROM event WHERE device_id = ?1 AND incarnation < ?2
               AND device_seq < ?3 AND json_extract(bytes, '$.incarnation') = ?4",
        )?
        .query_row(rusqlite::params![own, BRANCH, first, e.incarnation], |r| r.get(0))?;
    let from = wanted.max(sql::nat(before.unwrap_or(0))? + 1);
    let through = sql::nat(first)? - 1;
    let Ok(hash) = EventHash::from_hex(&e.prev) else { return Ok(None) };
    if from > through {
        return Ok(None);
    }
    let lost = Some(Lost { life: e.incarnation, from, to: through, last: hash });
    let begins: bool = tx
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM event
               WHERE device_id = ?1 AND incarnation = ?2 AND device_seq < ?3)",
        )?
        .query_row(rusqlite::params![own, life, first], |r| r.get(0))?;
    if !go_on || (begins && e.incarnation != life) {
        return Ok(Some(Behind { life, from: through + 1, to, lost }));
    }
    // In the middle of what is free: there may be a hole behind this one, and lives only go upwards.
    let mut branch = i64::from(life) + (i64::from(present) - i64::from(life)) / 2;
    while branch > i64::from(life) && used(tx, device, branch)? {
        branch -= 1;
    }
    let Some(branch) = u32::try_from(branch).ok().filter(|b| (life + 1..present).contains(b))
    else {
        return Ok(None);
    };
    let last = go_on_as(tx, device, life, first, branch)?;
    Ok(last.map(|last| Behind { life: branch, from: through + 1, to: last.seq, lost }))
}

/// Sets the heads of all own lives to what is here of them, and counts what is unsent anew, after the log was read from a
/// damaged file. The life that begins now gets its own, with nothing in it yet: of the others something may be missing, so
/// that an event which stands alone is no branch ([`lives_here`]).
///
/// # Errors
/// When it cannot be written.
pub(crate) fn heads_of(tx: &mut Tx<'_>, device: DeviceId, present: u32) -> Result<()> {
    let mut lives: Vec<u32> = Vec::new();
    {
        let mut statement = tx.prepare(
            "SELECT incarnation FROM own_head UNION
             SELECT incarnation FROM event WHERE device_id = ?1 AND verdict IS NULL AND incarnation < ?2",
        )?;
        let mut rows = statement.query((sql::id(&device.0), BRANCH))?;
        while let Some(row) = rows.next()? {
            lives.push(row.get(0)?);
        }
    }
    tx.execute("DELETE FROM own_head", [])?;
    for life in lives {
        if let Some(head) = last_of(tx, device, life)? {
            set_head(tx, device, life, head, 0)?;
        }
    }
    set_head(tx, device, present, Head::default(), 0)?;
    outbox::recount(tx)
}

fn used(conn: &Connection, device: DeviceId, life: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM event WHERE device_id = ?1 AND incarnation = ?2)",
        )?
        .query_row(rusqlite::params![sql::id(&device.0), life], |r| r.get(0))?)
}

fn last_of(conn: &Connection, device: DeviceId, life: u32) -> Result<Option<Head>> {
    let found = conn
        .prepare_cached(
            "SELECT device_seq, hash FROM event WHERE device_id = ?1 AND incarnation = ?2
             ORDER BY device_seq DESC LIMIT 1",
        )?
        .query_row(rusqlite::params![sql::id(&device.0), life], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, [u8; 32]>(1)?))
        })
        .optional()?;
    found.map(|(seq, hash)| Ok(Head { seq: sql::nat(seq)?, hash: EventHash(hash) })).transpose()
}
