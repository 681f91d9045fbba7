//! Who works at a desk: how officers become known, and which feeds the desk may follow for them.

use crate::push::Item;
use crate::region::{Region, failed};
use crate::store::{DeviceRow, OfficerRow};
use esik_domain::event::Role;
use esik_domain::ids::{DeviceId, Scope};
use esik_domain::round::OWN;
use esik_wire::circles::are_circles;
use esik_wire::{ApiError, CirclesWord, GIVEN_OFFICERS_MAX, OfficerCard, signed};
use std::collections::{BTreeSet, HashSet};

/// Officers one `hello` may carry.
const OFFICERS_MAX: usize = 200;
/// A name, a post or a circle's name, at most, in bytes.
const NAME_BYTES_MAX: usize = 400;

impl Region {
    /// Registers new officers of a desk and takes changed cards of those it registered itself.
    ///
    /// A card that breaks a rule is left out and logged; it never fails the call. The signing key
    /// of a known officer does not change: a desk that could change it could sign for him. Nor does his role: what
    /// he wrote earlier and sends later is judged by the role he had then, and no desk makes its officer a head.
    /// Whoever gets another post is registered anew. A voucher is kept when it is somebody's word; it is the first one
    /// that stays, unless `hello` brings another on purpose (`crate::warrant`). Circles stay as they were, none for a new one, but
    /// for a later word of somebody who may give it (`crate::circles`).
    pub(crate) fn register(
        &self,
        device: &DeviceRow,
        cards: Vec<OfficerCard>,
    ) -> Result<(), ApiError> {
        let cards: Vec<_> = cards
            .into_iter()
            .take(OFFICERS_MAX)
            .filter(|c| {
                let good = acceptable(device, c);
                if !good {
                    tracing::warn!(officer = %c.id, device = %device.id, "officer's card refused");
                }
                good
            })
            .collect();
        if cards.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = cards.iter().map(|c| c.id).collect();
        let known = self.store.officers(&ids).map_err(failed)?;
        let now = self.env.now();
        let mut said = Vec::with_capacity(cards.len());
        for card in &cards {
            let old = known.iter().find(|o| o.card.id == card.id).map(|o| &o.card);
            let kept = OfficerCard { role: old.map_or(card.role, |o| o.role), ..card.clone() };
            // What was looked at before is not looked at again at each greeting.
            let voucher = match old.and_then(|o| o.voucher.clone()) {
                Some(had) => Some(had),
                None if self.voucher_fits(&kept, &cards)? => kept.voucher.clone(),
                None => None,
            };
            let had = old.map(|o| (o.circles.clone(), o.circles_word.clone()));
            said.push((voucher, self.circles_of(&kept, had.unwrap_or_default(), &cards)?));
        }
        let changed: Vec<OfficerRow> = cards
            .into_iter()
            .zip(said)
            .filter_map(|(mut card, (voucher, (circles, circles_word)))| {
                card.revoked = false;
                card.voucher = voucher;
                card.circles = circles;
                card.circles_word = circles_word;
                let Some(old) = known.iter().find(|o| o.card.id == card.id) else {
                    return Some(OfficerRow { card, device: device.id, registered_at: now });
                };
                if old.card.key != card.key || old.device != device.id {
                    tracing::warn!(officer = %card.id, device = %device.id, "officer is another desk's or has another key");
                    return None;
                }
                if card.role != old.card.role {
                    tracing::warn!(officer = %card.id, device = %device.id, "officer's role does not change");
                    card.role = old.card.role;
                }
                let same = OfficerCard { revoked: false, ..old.card.clone() } == card;
                (!same).then_some(OfficerRow { card, ..old.clone() })
            })
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        self.store.put_officers(&changed).map_err(failed)
    }

    /// Knows officers again whom this region forgot with the copy it was restored from: who gives their events back brings
    /// their cards. One is known again when somebody whom the region knows stands for him, or stands for who does, and
    /// when he signed one of these events at a desk that the region knows. All of it within the station of who gives: no other
    /// desk has the card. Who is known already stays as he is; who is said to be revoked is so from the first moment. In circles
    /// he is by somebody's word alone.
    pub(crate) fn recall(
        &self,
        giver: &DeviceRow,
        cards: Vec<OfficerCard>,
        items: &[Item],
    ) -> Result<(), ApiError> {
        let mut seen = HashSet::new();
        let mut cards: Vec<_> = cards.into_iter().take(GIVEN_OFFICERS_MAX).collect();
        cards.retain(|c| c.station == giver.station && seen.insert(c.id));
        let ids: Vec<_> = cards.iter().map(|c| c.id).collect();
        let known = self.store.officers(&ids).map_err(failed)?;
        cards.retain(|c| known.iter().all(|k| k.card.id != c.id));
        // Who stands for another may come behind him.
        let mut stood_for: Vec<OfficerCard> = Vec::new();
        loop {
            let before = stood_for.len();
            for card in std::mem::take(&mut cards) {
                let fits = self.voucher_fits(&card, &stood_for)?;
                if fits { &mut stood_for } else { &mut cards }.push(card);
            }
            if stood_for.len() == before {
                break;
            }
        }
        let (now, mut rows) = (self.env.now(), Vec::new());
        for card in &stood_for {
            let Some(device) = self.desk_of(card, items)? else { continue };
            let (circles, circles_word) = self.circles_of(card, Default::default(), &stood_for)?;
            let card = OfficerCard { circles, circles_word, ..card.clone() };
            tracing::info!(officer = %card.id, %device, "an officer whom this region had forgotten");
            rows.push(OfficerRow { card, device, registered_at: now });
        }
        if rows.is_empty() { Ok(()) } else { self.store.put_officers(&rows).map_err(failed) }
    }

    /// A desk of his station at which an officer signed one of these events.
    fn desk_of(&self, card: &OfficerCard, items: &[Item]) -> Result<Option<DeviceId>, ApiError> {
        let Ok(key) = signed::key_from_text(&card.key) else { return Ok(None) };
        let his = |i: &&Item| i.envelope.as_ref().is_some_and(|e| e.actor_id == card.id);
        let signed = items.iter().filter(his).filter(|i| i.event.verify(&key).is_ok());
        let devices: BTreeSet<DeviceId> =
            signed.filter_map(|i| Some(i.envelope.as_ref()?.device_id)).collect();
        for id in devices {
            if self.store.device(id).map_err(failed)?.is_some_and(|d| acceptable(&d, card)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What a desk may follow: its station, and circles and own restricted work of its officers.
    pub(crate) fn scopes(&self, device: &DeviceRow) -> Result<Vec<Scope>, ApiError> {
        let mut out = vec![Scope::station(&device.station)];
        for card in self.store.device_officers(device.id).map_err(failed)? {
            if card.revoked {
                continue;
            }
            for circle in card.circles.iter().filter(|c| *c != OWN) {
                let scope = Scope::circle(&device.station, circle);
                if !out.contains(&scope) {
                    out.push(scope);
                }
            }
            out.push(Scope::officer(card.id));
        }
        Ok(out)
    }
}

fn acceptable(device: &DeviceRow, c: &OfficerCard) -> bool {
    c.role != Role::Region
        && c.station == device.station
        && signed::key_from_text(&c.key).is_ok()
        && c.name.len() <= NAME_BYTES_MAX
        && c.post.len() <= NAME_BYTES_MAX
        && are_circles(&c.circles)
        && c.circles_word.as_ref().is_none_or(CirclesWord::is_well_formed)
}
