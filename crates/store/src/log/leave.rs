//! What a desk may no longer follow (docs/adr/0046): hidden in the transaction that learns of it, erased later.

use super::entries;
use crate::db::Tx;
use crate::error::Result;
use crate::project;
use crate::sql;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::audience::{Audience, says_circle};
use esik_domain::event::Envelope;
use esik_domain::fold::Standing;
use esik_domain::ids::{CaseId, Circle, DeviceId, Pos, Scope};
use esik_wire::planted;
use rusqlite::Connection;

/// How long what others wrote is kept after the region recorded it, whatever its backups: a restored region is refilled from
/// it (`reliability.md` S4).
pub const KEPT_DAYS: i64 = 30;
/// Texts erased in one transaction, at most; the next greeting goes on.
const ERASED_AT_ONCE: usize = 500;

/// A case left a feed that this desk follows. What of it is in no other feed of the desk's is hidden; true when something is.
///
/// The desk may know the circle it went into: then that is asked. If not, the case is as if it were in a circle nobody here
/// is in; should it come in by another feed, it is shown again.
pub(super) fn left(tx: &Tx<'_>, feed: &Scope, case: CaseId, scopes: &[Scope]) -> Result<bool> {
    if planted::is("left_case_stays") {
        return Ok(false);
    }
    Ok(drop_poison(tx, feed, case)? | leave(tx, case, scopes)?)
}

fn leave(tx: &Tx<'_>, case: CaseId, scopes: &[Scope]) -> Result<bool> {
    let mut audience = audience(tx, case)?;
    audience.leave_unknown();
    let hidden = hide(tx, case, &audience, scopes)?;
    Ok(show(tx, case, scopes)? || hidden)
}

/// What was hidden before this desk heard into which circle the case went is shown again where that circle's feed, or its
/// author's, is one of the desk's: it may have come by that feed before the case left the other, and comes by none a second time.
pub(super) fn show(tx: &Tx<'_>, case: CaseId, scopes: &[Scope]) -> Result<bool> {
    let hidden = entries::hidden(tx, case)?;
    if hidden.is_empty() || planted::is("hidden_too_early") {
        return Ok(false);
    }
    let audience = audience(tx, case)?;
    if audience.circle().is_open() {
        return Ok(false);
    }
    let mut any = false;
    for stored in hidden {
        let event = &stored.entry.event;
        if audience.of(event).iter().any(|feed| scopes.contains(feed)) {
            tx.prepare_cached("UPDATE event SET gone = 0 WHERE id = ?1")?
                .execute([sql::id(&event.id.0)])?;
            any = true;
        }
    }
    Ok(any)
}

/// This desk follows these feeds and no others from now on. Gives the cases of which something was hidden; they are folded
/// again.
///
/// # Errors
/// When the log cannot be read or written.
pub fn follow_only(tx: &mut Tx<'_>, scopes: &[Scope]) -> Result<Vec<CaseId>> {
    let read = followed(tx)?;
    let lost: Vec<&Scope> = read.iter().filter(|s| !scopes.contains(s)).collect();
    if lost.is_empty() || planted::is("lost_circle_stays") {
        return Ok(Vec::new());
    }
    for scope in &lost {
        // Followed again one day, it is read from its beginning.
        tx.prepare_cached("DELETE FROM cursor WHERE scope = ?1")?.execute([scope.as_str()])?;
        tx.prepare_cached("DELETE FROM poison WHERE scope = ?1")?.execute([scope.as_str()])?;
    }
    let mut out = Vec::new();
    let all = lost.iter().any(|scope| scope.as_str().starts_with("station:"));
    let concerned = if all { project::all_cases(tx)? } else { restricted(tx)? };
    for case in concerned {
        let audience = audience(tx, case)?;
        if hide(tx, case, &audience, scopes)? {
            project::refold(tx, case)?;
            out.push(case);
        }
    }
    Ok(out)
}

/// Feeds that this desk follows.
pub(super) fn followed(conn: &Connection) -> Result<Vec<Scope>> {
    let mut statement = conn.prepare_cached("SELECT scope FROM cursor")?;
    let all = statement.query_map([], |r| Ok(Scope(r.get(0)?)))?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

/// Streams of which not everybody at the station may know all.
fn restricted(conn: &Connection) -> Result<Vec<CaseId>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT case_id FROM event WHERE gone = 0 AND circle <> 'open' ORDER BY case_id",
    )?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CaseId(sql::uuid(row, 0)?));
    }
    Ok(out)
}

/// Who may know of a case, as far as this desk knows it: what is hidden says so too.
fn audience(conn: &Connection, case: CaseId) -> Result<Audience> {
    let mut out = Audience::default();
    for stored in entries::readable(conn, case)? {
        if matches!(stored.entry.standing, Standing::Accepted(_)) {
            out.add(&stored.entry.event);
        }
    }
    Ok(out)
}

/// An own event was answered, and its case may have left meanwhile: then it is hidden as the rest. What is in a feed of this
/// desk's comes with it and is shown again.
pub(super) fn with_its_case(tx: &Tx<'_>, case: CaseId) -> Result<()> {
    if has_left(tx, case)? {
        leave(tx, case, &followed(tx)?)?;
    }
    Ok(())
}

/// Did the case leave, and not only a circle's part of it? Then something open of it is hidden, or what put it into its circle: where
/// the region did not take what opened the case there is nothing else. What the region refused says nothing of the case.
fn has_left(conn: &Connection, case: CaseId) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT kind, circle FROM event
         WHERE case_id = ?1 AND gone = 1 AND ifnull(verdict, 'accepted') = 'accepted'",
    )?;
    let mut rows = statement.query([sql::id(&case.0)])?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(0)?.as_str().map_err(|_| sql::bad("kind"))?;
        let moved = says_circle(kind) && !planted::is("answered_part_stays");
        if moved || Circle(row.get(1)?).is_open() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anything is hidden here at all.
pub(super) fn any(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE gone = 1)")?
        .query_row([], |r| r.get(0))?)
}

/// Hides what these feeds do not have of a case. What was not answered yet, or came back refused, stays with the desk that wrote it,
/// as work. Of others a desk holds refused records too, when a region that was set back takes them no more: they are nobody's work here,
/// and tell of the case as the rest does.
fn hide(tx: &Tx<'_>, case: CaseId, audience: &Audience, scopes: &[Scope]) -> Result<bool> {
    let mut any = false;
    for stored in entries::case_entries(tx, case)? {
        let event = &stored.entry.event;
        let ours = audience.of(event).iter().any(|feed| scopes.contains(feed));
        let taken = matches!(stored.entry.standing, Standing::Accepted(_));
        let stays = || -> Result<bool> {
            Ok(planted::is("refused_of_others_stays") || wrote(tx, event.device_id)?)
        };
        if ours || !taken && stays()? {
            continue;
        }
        tx.prepare_cached("UPDATE event SET gone = 1 WHERE id = ?1")?
            .execute([sql::id(&event.id.0)])?;
        any = true;
    }
    Ok(any)
}

/// Is it this device that wrote it, in whichever life?
fn wrote(conn: &Connection, device: DeviceId) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM own_head WHERE device_id = ?1)")?
        .query_row([sql::id(&device.0)], |r| r.get(0))?)
}

/// What waits for its author's key would come in by a second look. What another feed of the desk's brought of the case goes on waiting.
fn drop_poison(tx: &Tx<'_>, feed: &Scope, case: CaseId) -> Result<bool> {
    let mut statement =
        tx.prepare_cached("SELECT id, bytes FROM poison WHERE scope = ?1 AND bytes <> ''")?;
    let mut rows = statement.query([feed.as_str()])?;
    let mut of_case = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        if serde_json::from_str::<Envelope>(&text).is_ok_and(|e| e.case_id == case) {
            of_case.push(row.get::<_, i64>(0)?);
        }
    }
    for id in &of_case {
        tx.prepare_cached("DELETE FROM poison WHERE id = ?1")?.execute([id])?;
    }
    Ok(!of_case.is_empty())
}

/// Erases the texts of hidden events that others wrote: those within `durable`, which a checked backup of the region has, and
/// recorded [`KEPT_DAYS`] ago or earlier. What this device wrote keeps its bytes: they are its chain. Gives how many.
///
/// The engine overwrites what goes (`secure_delete`); the log beside the file is emptied at the next lock.
///
/// # Errors
/// When it cannot be written.
pub fn erase_gone(tx: &Tx<'_>, own: DeviceId, durable: Pos, now: DateTime<Utc>) -> Result<usize> {
    let before = now.checked_sub_signed(TimeDelta::days(KEPT_DAYS)).unwrap_or(now);
    let mut statement = tx.prepare_cached(
        "UPDATE event SET bytes = '', sig = x'' WHERE seq IN (
           SELECT seq FROM event WHERE gone = 1 AND bytes <> '' AND pos <= ?1 AND recorded_at <= ?2 AND device_id <> ?3
           LIMIT ?4)",
    )?;
    Ok(statement.execute(rusqlite::params![
        sql::int(durable.0)?,
        before.timestamp_millis(),
        sql::id(&own.0),
        i64::try_from(ERASED_AT_ONCE).unwrap_or(i64::MAX),
    ])?)
}
