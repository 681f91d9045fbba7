//! Who stands for an officer's key (`reliability.md` S14, docs/adr/0038): whoever adds a colleague does it by adding him; for one
//! who was added at an older program a head or controller of his station does it afterwards.

use crate::api::{Nothing, UnvouchedOfficer, UnvouchedOfficers, VouchFor};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::sync::changed;
use esik_domain::ids::{CaseId, StationId};
use esik_domain::policy::{Permission, may};
use esik_store::{StoreError, Tx, officers, register};
use esik_wire::voucher::typed_mark;
use esik_wire::{CirclesWord, OfficerCard};

/// Officers of the station for whom nobody vouches, as the region last told them; none while it has no warrant key. Whoever left the
/// service is among them: what he wrote before waits at other desks until somebody stands for his key.
///
/// # Errors
/// The store's.
pub fn officers_unvouched(desk: &Desk, _: Nothing) -> Result<UnvouchedOfficers, AppError> {
    let open = desk.opened()?;
    let officers = open.store.read(|conn| {
        let mut out = Vec::new();
        for card in register::unvouched(conn)? {
            out.push(UnvouchedOfficer {
                id: card.id,
                mark: card.mark(),
                me: card.id == open.actor.id,
                left: card.revoked,
                known: officers::get(conn, card.id)?.is_some(),
                name: card.name,
                post: card.post,
                role: card.role,
            });
        }
        Ok(out)
    })?;
    Ok(UnvouchedOfficers { officers })
}

/// Vouches for an officer of the own station. What he signed and what waits here acts at once; the region is told.
///
/// # Errors
/// `not_found` for whom nobody has to vouch; `mark_other` when his card is not the one that was compared;
/// `vouch_not_yours` for oneself and for other stations.
pub fn officer_vouch(desk: &Desk, r: VouchFor) -> Result<UnvouchedOfficers, AppError> {
    let open = desk.opened()?;
    let (own, card) = open.store.read(|conn| {
        let card = register::unvouched(conn)?.into_iter().find(|c| c.id == r.officer);
        Ok((officers::get(conn, open.actor.id)?.map(|o| o.card), card))
    })?;
    let card = card.ok_or_else(|| AppError::refused("not_found"))?;
    if typed_mark(&r.mark) != card.mark() {
        return Err(AppError::refused("mark_other"));
    }
    if !own.is_some_and(|own| own.may_vouch_for(&card)) {
        return Err(AppError::refused("vouch_not_yours"));
    }
    let vouched = OfficerCard { voucher: Some(card.vouch(open.actor.id, &open.signing)), ..card };
    let touched = open.store.write(move |tx| take_word(tx, &vouched))?;
    desk.host().changed(&changed(&touched));
    desk.wake();
    officers_unvouched(desk, Nothing {})
}

/// Keeps a head's word, and looks again at what waited for it; the cases that it touched.
///
/// # Errors
/// The store's.
pub fn take_word(tx: &mut Tx<'_>, vouched: &OfficerCard) -> Result<Vec<CaseId>, StoreError> {
    register::vouch(tx, vouched)?;
    crate::sync::look_again(tx)
}

/// Whoever joins the desk to a region vouches for the colleagues who were added before, and says in which circles they and he
/// are: now there is a station that a word can name.
///
/// # Errors
/// The store's.
pub(crate) fn for_colleagues(
    tx: &Tx<'_>,
    open: &Open,
    station: &StationId,
) -> Result<(), StoreError> {
    if !may(open.actor.role, Permission::Administer) {
        return Ok(());
    }
    for card in officers::local(tx)? {
        let mut card = OfficerCard { station: station.clone(), ..card };
        if card.id != open.actor.id {
            card.voucher = Some(card.vouch(open.actor.id, &open.signing));
        }
        card.circles_word = on_circles(&card, open);
        officers::put(tx, &card, true)?;
    }
    Ok(())
}

/// The word of whoever is signed in on the circles that a card names; none when it names none. Whether he may give it, the
/// region asks (docs/adr/0047).
pub(super) fn on_circles(card: &OfficerCard, open: &Open) -> Option<CirclesWord> {
    let named = !card.circles.is_empty();
    named.then(|| card.word_on_circles(&card.circles, open.actor.id, &open.signing))
}
