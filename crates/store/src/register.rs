//! What a desk believes of the register of officers that the region gives at each greeting (`reliability.md` S14, docs/adr/0033,
//! docs/adr/0038): once it has pinned the region's warrant key, a new officer becomes known when somebody stands for his key.
//! In which circles an officer is, the region says, of a desk's own officers too (docs/adr/0047).

use crate::db::Tx;
use crate::error::Result;
use crate::{meta, officers};
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use esik_domain::event::Role;
use esik_domain::ids::OfficerId;
use esik_wire::signed::key_from_text;
use esik_wire::voucher::VOUCHERS_MAX;
use esik_wire::{CirclesWord, OfficerCard, Voucher, Vouching, Warrant, planted};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};

/// New officers looked at in one answer; a region of a million people has as many officers in all.
const NEW_MAX: usize = 1000;
/// Officers without a voucher that are kept for the list of the settings.
const LISTED_MAX: usize = 200;

/// Meta key of the warrant key as it was first told here, or as its own word changed it ([`Told`]).
const PINNED: &str = "warrant_pinned";
/// Meta key of another key that the region told since ([`Told`]).
const REFUSED: &str = "warrant_refused";
/// Meta key of [`Open`].
const OPEN: &str = "register_open";

/// A warrant key, and when it was first told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Told {
    /// Ed25519, base64.
    pub key: String,
    /// Device time.
    pub at: DateTime<Utc>,
}

/// What the last register left open.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Open {
    /// Nobody vouches for them: unknown here, or known from before.
    unvouched: Vec<OfficerCard>,
    /// The register does not have the voucher that this desk has.
    untold: Vec<OfficerId>,
}

/// The warrant key this desk holds the region to.
///
/// # Errors
/// When it cannot be read.
pub fn pinned(conn: &Connection) -> Result<Option<Told>> {
    meta::get(conn, PINNED)
}

/// Another warrant key that the region told last, which is not believed.
///
/// # Errors
/// When it cannot be read.
pub fn refused(conn: &Connection) -> Result<Option<Told>> {
    meta::get(conn, REFUSED)
}

/// Lets go of the warrant key: the desk joins again with a code of the region, and believes what it hears then.
///
/// # Errors
/// When it cannot be written.
pub fn unpin(tx: &Tx<'_>) -> Result<()> {
    meta::remove(tx, REFUSED)?;
    meta::remove(tx, PINNED)
}

/// Pins the key the region tells, at first sight; afterwards only its own word puts another in its place. The key that
/// holds from now on; a region that tells none any more changes nothing.
///
/// # Errors
/// When it cannot be written.
pub fn pin(tx: &Tx<'_>, told: Option<&Warrant>, at: DateTime<Utc>) -> Result<Option<VerifyingKey>> {
    let holds = pinned(tx)?;
    let told = told.filter(|w| key_from_text(&w.key).is_ok());
    let key = match (holds, told) {
        (None, None) => return Ok(None),
        (Some(pinned), None) => pinned.key,
        (Some(pinned), Some(told)) if !told.comes_from(&pinned.key) => {
            let known = refused(tx)?.filter(|r| r.key == told.key);
            if known.is_none() {
                tracing::warn!("the region tells another warrant key: it is not believed");
                meta::put(tx, REFUSED, &Told { key: told.key.clone(), at })?;
            }
            pinned.key
        }
        (pinned, Some(told)) => {
            if pinned.is_none_or(|p| p.key != told.key) {
                meta::put(tx, PINNED, &Told { key: told.key.clone(), at })?;
            }
            meta::remove(tx, REFUSED)?;
            told.key.clone()
        }
    };
    Ok(key_from_text(&key).ok())
}

/// Takes the register. Without a warrant key everybody is taken as he first appears. With one, whoever is known stays;
/// whoever is new becomes known by the word of the warrant key, or of a known colleague who may add him – one who became
/// known in this very answer too. The region's own card is taken when it is the one the desk joined (`region`: its id and key).
///
/// # Errors
/// When it cannot be written.
pub fn take(
    tx: &Tx<'_>,
    cards: &[OfficerCard],
    warrant: Option<&VerifyingKey>,
    region: Option<(OfficerId, &str)>,
) -> Result<()> {
    let is_region = |c: &OfficerCard| region.is_none_or(|(id, key)| c.id == id && c.key == key);
    for card in cards.iter().filter(|c| c.role == Role::Region && is_region(c)) {
        officers::put(tx, &OfficerCard { voucher: None, ..card.clone() }, false)?;
    }
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for card in cards.iter().filter(|c| c.role != Role::Region) {
        match officers::get(tx, card.id)? {
            Some(here) => known.push((card, here)),
            None => new.push(card),
        }
    }
    let Some(warrant) = warrant else {
        let here = known.iter().map(|(card, here)| (*card, told_word(card, &here.card)));
        for (card, circles_word) in here.chain(new.iter().map(|c| (*c, c.circles_word.clone()))) {
            let card = OfficerCard { voucher: None, circles_word, ..card.clone() };
            officers::put(tx, &card, false)?;
        }
        keep_vouchers(tx, known.iter().map(|(card, _)| *card).chain(new.iter().copied()))?;
        return meta::remove(tx, OPEN);
    };
    let mut open = Open { unvouched: newcomers(tx, &new, warrant)?, untold: Vec::new() };
    for (told, here) in known {
        // What a voucher is about is what is known here, whatever the register says now.
        let circles_word = told_word(told, &here.card);
        let card = OfficerCard {
            key: here.card.key,
            role: here.card.role,
            station: here.card.station,
            circles_word,
            ..told.clone()
        };
        let fits = card.voucher.is_some()
            && (card.voucher == here.card.voucher || is_vouched(tx, &card, warrant)?);
        match (fits, &here.card.voucher) {
            (true, _) => officers::put(tx, &card, false)?,
            (false, Some(_)) => open.untold.push(card.id),
            (false, None) => open.unvouched.push(card.clone()),
        }
        if !fits {
            officers::put(tx, &OfficerCard { voucher: None, ..card }, false)?;
        }
    }
    open.unvouched.truncate(LISTED_MAX);
    meta::put(tx, OPEN, &open)
}

/// The word on his circles that the register has, when it is not older than the one here: one of this desk is told again
/// until the region believes it or has a later one.
fn told_word(told: &OfficerCard, here: &OfficerCard) -> Option<CirclesWord> {
    let n = |c: &OfficerCard| c.circles_word.as_ref().map_or(0, |w| w.n);
    told.circles_word.clone().filter(|_| n(told) >= n(here))
}

/// Keeps vouchers of known colleagues: nobody's word is needed here yet, but a restored region may need it
/// ([`with_vouchers`]). Whoever has one that fits is not looked at again; [`NEW_MAX`] are, of one answer.
fn keep_vouchers<'a>(tx: &Tx<'_>, cards: impl Iterator<Item = &'a OfficerCard>) -> Result<()> {
    let mut looked_at = 0;
    for told in cards {
        let Some(Voucher { by: Some(by), .. }) = &told.voucher else { continue };
        let Some(here) = officers::get(tx, told.id)?.filter(|o| o.card.voucher.is_none()) else {
            continue;
        };
        let Some(by) = officers::get(tx, *by)? else { continue };
        looked_at += 1;
        if looked_at > NEW_MAX {
            break;
        }
        let card = OfficerCard { voucher: told.voucher.clone(), ..here.card };
        if card.is_vouched_by(&by.card) {
            officers::put(tx, &card, false)?;
        }
    }
    Ok(())
}

/// Cards of these officers and of those who stand for them, as far as somebody does, `most` at most: by them a region
/// that forgot somebody knows him again.
///
/// # Errors
/// When they cannot be read.
pub fn with_vouchers(
    conn: &Connection,
    officers: impl IntoIterator<Item = OfficerId>,
    most: usize,
) -> Result<Vec<OfficerCard>> {
    let (mut out, mut seen) = (Vec::new(), HashSet::new());
    let mut wanted: VecDeque<OfficerId> = officers.into_iter().collect();
    while let Some(id) = wanted.pop_front() {
        if out.len() == most || !seen.insert(id) {
            continue;
        }
        let found = officers::get(conn, id)?.filter(|o| o.card.role != Role::Region);
        if let Some(card) = found.map(|o| o.card).filter(|c| c.voucher.is_some()) {
            // Next: a card without those of its chain is worth nothing.
            if let Some(by) = card.voucher.as_ref().and_then(|v| v.by) {
                wanted.push_front(by);
            }
            out.push(card);
        }
    }
    Ok(out)
}

/// Takes those for whom somebody stands; gives the others. Each signature is looked at once.
fn newcomers(
    tx: &Tx<'_>,
    new: &[&OfficerCard],
    warrant: &VerifyingKey,
) -> Result<Vec<OfficerCard>> {
    if new.len() > NEW_MAX {
        tracing::warn!(n = new.len(), "more new officers in one answer than are looked at");
    }
    // By the colleague on whose becoming known it depends.
    let mut waiting: HashMap<OfficerId, Vec<&OfficerCard>> = HashMap::new();
    let (mut vouched, mut unvouched) = (Vec::new(), Vec::new());
    for card in new.iter().copied().take(NEW_MAX) {
        match card.voucher.as_ref().map(|v| v.by) {
            Some(Some(by)) if officers::get(tx, by)?.is_none() => {
                waiting.entry(by).or_default().push(card);
            }
            Some(_) if is_vouched(tx, card, warrant)? => vouched.push(card),
            _ if planted::is("nobody_vouches") => vouched.push(card),
            _ => unvouched.push(card.clone()),
        }
    }
    while let Some(card) = vouched.pop() {
        officers::put(tx, card, false)?;
        for next in waiting.remove(&card.id).unwrap_or_default() {
            if next.is_vouched_by(card) {
                vouched.push(next);
            } else {
                unvouched.push(next.clone());
            }
        }
    }
    unvouched.extend(waiting.into_values().flatten().cloned());
    Ok(unvouched)
}

fn is_vouched(conn: &Connection, card: &OfficerCard, warrant: &VerifyingKey) -> Result<bool> {
    Ok(match card.voucher.as_ref().map(|v| v.by) {
        None => false,
        Some(None) => card.is_warranted_by(warrant),
        Some(Some(by)) => officers::get(conn, by)?.is_some_and(|by| card.is_vouched_by(&by.card)),
    })
}

/// Officers of the station for whom nobody vouches: as the region last told them, or as they are known here from before.
///
/// # Errors
/// When they cannot be read.
pub fn unvouched(conn: &Connection) -> Result<Vec<OfficerCard>> {
    Ok(meta::get::<Open>(conn, OPEN)?.unwrap_or_default().unvouched)
}

/// Somebody of this desk vouched for an officer: he is known from now on, and the region is told.
///
/// # Errors
/// When it cannot be written.
pub fn vouch(tx: &Tx<'_>, card: &OfficerCard) -> Result<()> {
    let mut open: Open = meta::get(tx, OPEN)?.unwrap_or_default();
    open.unvouched.retain(|c| c.id != card.id);
    open.untold.retain(|id| *id != card.id);
    open.untold.push(card.id);
    officers::put(tx, card, false)?;
    meta::put(tx, OPEN, &open)
}

/// Vouchers of this desk that the region's register does not have.
///
/// # Errors
/// When they cannot be read.
pub fn untold(conn: &Connection) -> Result<Vec<Vouching>> {
    let open: Open = meta::get(conn, OPEN)?.unwrap_or_default();
    let mut out = Vec::new();
    for id in open.untold.into_iter().take(VOUCHERS_MAX) {
        if let Some(voucher) = officers::get(conn, id)?.and_then(|o| o.card.voucher) {
            out.push(Vouching { officer: id, voucher });
        }
    }
    Ok(out)
}
