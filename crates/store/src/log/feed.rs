//! Taking a page of a feed: verified, stored, folded, and the cursor moved, in one transaction.

use super::append;
use super::aside::{self, Room};
use super::branch;
use super::leave;
use super::outbox;
use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::lists::strange;
use crate::officers;
use crate::project;
use crate::sql;
use ed25519_dalek::VerifyingKey;
use esik_domain::event::{Envelope, KINDS, Role};
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_domain::policy::{may_author, names_person};
use esik_wire::signed::{EventHash, verify_batch};
use esik_wire::{CaseMoved, FeedEntry, FeedPage, Head, SignedEvent, SigningError, planted};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeSet;

/// What came of a page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeedOutcome {
    /// New here, or our own that got their position now.
    pub applied: u64,
    /// Known already, byte for byte.
    pub duplicates: u64,
    /// Set aside with a reason; the feed went on.
    pub poisoned: u64,
    /// The region holds events of this device that are not here: this database was set back, and the
    /// device needs a new incarnation before it writes (`reliability.md` S16).
    pub rolled_back: bool,
    /// Cases that were folded again.
    pub touched: Vec<CaseId>,
    /// A case came into the feed: what happened to it before is read from after here.
    pub read_on: Option<Pos>,
}

/// Finds the key an event has to be signed with; `None` when its author is not known (yet).
pub type KeyOf<'a> = &'a dyn Fn(&Envelope) -> Option<VerifyingKey>;

/// The desk that reads a page.
#[derive(Clone, Copy)]
pub struct Following<'a> {
    pub keys: KeyOf<'a>,
    /// Every feed it follows.
    pub scopes: &'a [Scope],
}

/// Takes a page of one scope's feed. `page.next` becomes the scope's cursor in this transaction, unless a case came into the
/// feed whose earlier events lie before what was read.
/// A bad entry is set aside and never stops the others; unknown kinds are kept byte for byte.
///
/// # Errors
/// Only when the database fails.
pub fn apply_feed(
    tx: &mut Tx<'_>,
    scope: &Scope,
    feed: &FeedPage,
    desk: Following<'_>,
) -> Result<FeedOutcome> {
    let FeedPage { entries: page, next, .. } = feed;
    let next = *next;
    let mut out = FeedOutcome::default();
    let mut touched = BTreeSet::new();
    let mut room = Room::new();
    aside::read_again(tx, scope, page, next)?;
    let envelopes: Vec<_> = page.iter().map(|e| e.event.received()).collect();
    let checks = check_signatures(page, &envelopes, desk.keys);
    for ((entry, envelope), check) in page.iter().zip(envelopes).zip(checks) {
        let taken = match (envelope, check) {
            (Ok(e), None) => take(tx, entry, &e, &mut touched, &mut out)?,
            (_, Some(reason)) => Err(reason),
            (Err(e), None) => Err(reason_of(&e)),
        };
        if let Err(reason) = taken {
            if planted::is("poison_stops_feed") {
                return Err(StoreError::Internal);
            }
            room.set_aside(tx, scope, entry, reason)?;
            out.poisoned += 1;
        }
    }
    let mut in_place = in_place(tx, scope)?;
    let brought = in_place;
    for told in &feed.moves {
        match told {
            CaseMoved::CaseLeft { case, .. } => {
                if leave::left(tx, scope, *case, desk.scopes)? {
                    touched.insert(*case);
                }
            }
            CaseMoved::CaseEntered { pos, from, .. } if *pos > brought => {
                in_place = in_place.max(*pos);
                let before = Pos(from.0.saturating_sub(1)).min(next);
                out.read_on = Some(out.read_on.map_or(before, |p| p.min(before)));
            }
            CaseMoved::CaseEntered { .. } | CaseMoved::Unknown => {}
        }
    }
    tx.prepare_cached(
        "INSERT INTO cursor (scope, pos, in_place) VALUES (?1, ?2, ?3)
         ON CONFLICT (scope) DO UPDATE SET pos = excluded.pos, in_place = excluded.in_place",
    )?
    .execute((
        scope.as_str(),
        sql::int(out.read_on.unwrap_or(next).0)?,
        sql::int(in_place.0)?,
    ))?;
    refold(tx, &touched, desk.scopes)?;
    out.touched = touched.into_iter().collect();
    Ok(out)
}

/// Folds again what came, and what was hidden of it and may be known here after all.
pub(super) fn refold(tx: &mut Tx<'_>, touched: &BTreeSet<CaseId>, scopes: &[Scope]) -> Result<()> {
    let any_hidden = leave::any(tx)?;
    for case_id in touched {
        if any_hidden {
            leave::show(tx, *case_id, scopes)?;
        }
        project::refold(tx, *case_id)?;
    }
    Ok(())
}

/// A reason for every entry that cannot be trusted. One batch for the page; singly only when it fails.
fn check_signatures(
    page: &[FeedEntry],
    envelopes: &[Result<Envelope, SigningError>],
    keys: KeyOf<'_>,
) -> Vec<Option<&'static str>> {
    let known: Vec<Result<VerifyingKey, &'static str>> = envelopes
        .iter()
        .map(|e| match e {
            Ok(e) => keys(e).ok_or("unknown_author"),
            Err(e) => Err(reason_of(e)),
        })
        .collect();
    let batch: Vec<(&SignedEvent, VerifyingKey)> = page
        .iter()
        .zip(&known)
        .filter_map(|(entry, key)| key.as_ref().ok().map(|k| (&entry.event, *k)))
        .collect();
    let all_fit = verify_batch(&batch);
    page.iter()
        .zip(known)
        .map(|(entry, key)| match key {
            Err(reason) => Some(reason),
            Ok(_) if all_fit || planted::is("forged_taken") => None,
            Ok(key) => entry.event.verify(&key).is_err().then_some("signature"),
        })
        .collect()
}

fn reason_of(error: &SigningError) -> &'static str {
    match error {
        SigningError::Limits(_) | SigningError::TooLarge => "limits",
        _ => "unreadable",
    }
}

/// Stores one verified entry. The inner `Err` is the reason to set it aside.
pub(super) fn take(
    tx: &Tx<'_>,
    entry: &FeedEntry,
    e: &Envelope,
    touched: &mut BTreeSet<CaseId>,
    out: &mut FeedOutcome,
) -> Result<Result<(), &'static str>> {
    let pos = sql::int(entry.pos.0)?;
    let hash = entry.event.hash();
    let recorded = entry.recorded_at.timestamp_millis();
    let here: Option<(Vec<u8>, bool, bool, bool)> = tx
        .prepare_cached(
            "SELECT hash, ifnull(pos = ?2 AND recorded_at = ?3 AND verdict = 'accepted' AND gone = 0, 0),
               verdict IS NULL, gone
             FROM event WHERE id = ?1",
        )?
        .query_row((sql::id(&e.id.0), pos, recorded), |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
        })
        .optional()?;
    if let Some((stored, as_it_stands, unsent, gone)) = here {
        if stored != hash.0 {
            return Ok(Err("id_conflict"));
        }
        if gone {
            // It is in a feed of this desk's again. Its hash is the same, so are the bytes.
            tx.prepare_cached(
                "UPDATE event SET gone = 0, bytes = ?2, sig = ?3 WHERE id = ?1 AND bytes = ''",
            )?
            .execute((
                sql::id(&e.id.0),
                &entry.event.e,
                entry.event.signature()?.to_bytes().as_slice(),
            ))?;
            tx.prepare_cached("UPDATE event SET gone = 0 WHERE id = ?1")?
                .execute([sql::id(&e.id.0)])?;
        }
        if as_it_stands {
            out.duplicates += 1;
            return Ok(Ok(()));
        }
        tx.prepare_cached(
            "UPDATE event SET pos = ?2, recorded_at = ?3, verdict = 'accepted', verdict_code = NULL
             WHERE id = ?1",
        )?
        .execute((sql::id(&e.id.0), pos, recorded))?;
        if unsent {
            outbox::answered(tx, 1)?;
        }
        touched.insert(e.case_id);
        out.applied += 1;
        return Ok(Ok(()));
    }
    // The region refuses such an event; one that passes it on all the same is not believed (S14).
    if !is_allowed(e, officers::role(tx, e.actor_id)?) {
        return Ok(Err("not_allowed"));
    }
    // Same device, life and sequence, another event: two copies of a device live, and both are heard.
    let column = match branch::place(tx, e, hash) {
        Ok(Some(column)) => column,
        Ok(None) => return Ok(Err("fork")),
        Err(StoreError::Value(_)) => return Ok(Err("limits")),
        Err(other) => return Err(other),
    };
    let recorded = Some((entry.pos.0, entry.recorded_at));
    match append::insert_at(tx, &entry.event, hash, e, column, recorded) {
        Ok(()) => {}
        Err(StoreError::Engine(rusqlite::Error::SqliteFailure(f, _)))
            if f.code == rusqlite::ErrorCode::ConstraintViolation =>
        {
            return Ok(Err("fork"));
        }
        Err(StoreError::Value(_)) => return Ok(Err("limits")),
        Err(other) => return Err(other),
    }
    if column == i64::from(e.incarnation) {
        follow_own(tx, e, hash, out)?;
    }
    strange::count(tx, e)?;
    touched.insert(e.case_id);
    out.applied += 1;
    Ok(Ok(()))
}

/// May its author write this, by the role he claims and by the one in which he became known here? Of a kind or a role that this
/// program does not know, nobody can say which may write what: then the two have to be one. The region is nobody else,
/// nobody else is the region, and it names the person behind what a person did.
fn is_allowed(e: &Envelope, known: Option<Role>) -> bool {
    let known = known.unwrap_or(e.role);
    let region = e.role == Role::Region;
    if region != (known == Role::Region) || region && !names_person(&e.kind, e.on_behalf.as_deref())
    {
        return false;
    }
    if e.role.is_known() && KINDS.iter().any(|(kind, _, _)| *kind == e.kind) {
        may_author(e.role, &e.kind) && may_author(known, &e.kind)
    } else {
        e.role == known
    }
}

/// An own event that was not here: the head moves over it, so that its number is never used twice.
fn follow_own(tx: &Tx<'_>, e: &Envelope, hash: EventHash, out: &mut FeedOutcome) -> Result<()> {
    let own: Option<i64> = tx
        .prepare_cached("SELECT seq FROM own_head WHERE device_id = ?1 AND incarnation = ?2")?
        .query_row(rusqlite::params![sql::id(&e.device_id.0), e.incarnation], |r| r.get(0))
        .optional()?;
    if let Some(seq) = own {
        out.rolled_back = true;
        if sql::nat(seq)? < e.device_seq.0 {
            let head = Head { seq: e.device_seq.0, hash };
            append::set_head(tx, e.device_id, e.incarnation, head, 0)?;
        }
    }
    Ok(())
}

/// Lets every feed be read from its beginning: what is here is known by its bytes, what is not comes again, and what
/// stands otherwise than the region has it is put right.
///
/// # Errors
/// When it cannot be written.
pub fn read_anew(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("DELETE FROM cursor", [])?;
    Ok(())
}

/// A feed that was not read yet is read as it is now: cases that came into it up to `head` are in their places.
///
/// # Errors
/// When it cannot be written.
pub fn read_first(tx: &Tx<'_>, scope: &Scope, head: Pos) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO cursor (scope, pos, in_place) VALUES (?1, 0, ?2)
         ON CONFLICT (scope) DO UPDATE SET in_place = excluded.in_place WHERE pos = 0",
    )?
    .execute((scope.as_str(), sql::int(head.0)?))?;
    Ok(())
}

/// Reading a feed goes on from here.
///
/// # Errors
/// When it cannot be written.
pub fn read_to(tx: &Tx<'_>, scope: &Scope, pos: Pos) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO cursor (scope, pos) VALUES (?1, ?2) ON CONFLICT (scope) DO UPDATE SET pos = excluded.pos",
    )?
    .execute((scope.as_str(), sql::int(pos.0)?))?;
    Ok(())
}

/// Up to where cases that came into a feed have brought what happened to them before.
fn in_place(conn: &Connection, scope: &Scope) -> Result<Pos> {
    let pos: Option<i64> = conn
        .prepare_cached("SELECT in_place FROM cursor WHERE scope = ?1")?
        .query_row([scope.as_str()], |r| r.get(0))
        .optional()?;
    Ok(Pos(sql::nat(pos.unwrap_or(0))?))
}

/// How far a scope's feed was read; 0 when never.
///
/// # Errors
/// When it cannot be read.
pub fn cursor(conn: &Connection, scope: &Scope) -> Result<Pos> {
    let pos: Option<i64> = conn
        .prepare_cached("SELECT pos FROM cursor WHERE scope = ?1")?
        .query_row([scope.as_str()], |r| r.get(0))
        .optional()?;
    Ok(Pos(sql::nat(pos.unwrap_or(0))?))
}
