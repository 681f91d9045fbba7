//! Who says that an officer is in a circle (`reliability.md` S13, docs/adr/0047). No desk gives its officers one: the region
//! keeps circles only with the word of somebody who may give it, and of two words the later one.

use crate::region::{Region, failed};
use crate::store::{OfficerRow, StoreError};
use ed25519_dalek::VerifyingKey;
use esik_domain::ids::OfficerId;
use esik_domain::policy::{Permission, may};
use esik_wire::circles::{are_circles, in_order};
use esik_wire::signed::key_from_text;
use esik_wire::{ApiError, CirclesWord, OfficerCard};

/// Colleagues through whom somebody is vouched for, at most.
const CHAIN_MAX: usize = 64;
/// Tries to decide while desks bring words of others.
const TRIES: usize = 8;

/// Why the region's administrator cannot decide so.
#[derive(Debug, thiserror::Error)]
pub enum CirclesError {
    #[error("there is no officer {0}")]
    NoOfficer(OfficerId),
    #[error("not names of circles")]
    NotCircles,
    #[error("a desk brought other words meanwhile, again and again: try once more")]
    Overtaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An officer's circles, and whose word they are.
pub(crate) type Circles = (Vec<String>, Option<CirclesWord>);

impl Region {
    /// In which circles a card's officer is from now on: as his word says when it is later than the one the region has and
    /// somebody's who may give it, else as before. `others` come in the same message.
    pub(crate) fn circles_of(
        &self,
        card: &OfficerCard,
        had: Circles,
        others: &[OfficerCard],
    ) -> Result<Circles, ApiError> {
        if let Some(word) = card.circles_word.as_ref().filter(|w| w.is_after(had.1.as_ref())) {
            if self.circles_fit(card, others)? {
                return Ok((word.circles.clone(), Some(word.clone())));
            }
            tracing::warn!(officer = %card.id, "a word on circles of nobody who may give it");
        } else if in_order(&card.circles) != in_order(&had.0) {
            tracing::warn!(officer = %card.id, "circles without a word: they stay as they were");
        }
        Ok(had)
    }

    /// Is the word on the card's circles of somebody who may give it?
    fn circles_fit(&self, card: &OfficerCard, others: &[OfficerCard]) -> Result<bool, ApiError> {
        let Some(CirclesWord { by, .. }) = &card.circles_word else { return Ok(false) };
        let warrant = self.warrant_key()?;
        let Some(by) = *by else {
            return Ok(warrant.is_some_and(|key| card.circles_are_warranted_by(&key)));
        };
        if by == self.actor() {
            return Ok(card.circles_are_of(by, &self.key.verifying_key()));
        }
        let Some(giver) = self.known_card(by, others)? else { return Ok(false) };
        if giver.revoked || !card.circles_are_by(&giver) {
            return Ok(false);
        }
        match warrant {
            Some(key) => self.is_stood_for(giver, others, |c| Ok(c.is_warranted_by(&key))),
            // Whoever came first to a station is believed for himself; nobody after him.
            None if giver.id == card.id => self.is_first(&giver, others),
            None => self.is_stood_for(giver, others, |c| {
                Ok(self.is_region_s(c) || self.is_first(c, others)?)
            }),
        }
    }

    /// Does a chain of vouchers lead from this officer to one who needs nobody's word?
    fn is_stood_for(
        &self,
        officer: OfficerCard,
        others: &[OfficerCard],
        needs_none: impl Fn(&OfficerCard) -> Result<bool, ApiError>,
    ) -> Result<bool, ApiError> {
        let mut card = officer;
        for _ in 0..CHAIN_MAX {
            if needs_none(&card)? {
                return Ok(true);
            }
            let by = card.voucher.as_ref().and_then(|v| v.by);
            let by = by.map(|by| self.known_card(by, others)).transpose()?.flatten();
            match by.filter(|by| card.is_vouched_by(by)) {
                Some(by) => card = by,
                None => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Did the region's administrator give this officer a circle? Then he knows him.
    fn is_region_s(&self, card: &OfficerCard) -> bool {
        card.circles_word.as_ref().is_some_and(|w| !w.circles.is_empty())
            && card.circles_are_of(self.actor(), &self.key.verifying_key())
    }

    /// Is he the first of those who may add officers at his station? Whoever was revoked is none of them any more.
    fn is_first(&self, card: &OfficerCard, others: &[OfficerCard]) -> Result<bool, ApiError> {
        let may_add = |c: &&OfficerCard| !c.revoked && may(c.role, Permission::Administer);
        let here = self.store.station_officers(&card.station).map_err(failed)?;
        let of_station = |c: &&OfficerCard| c.station == card.station;
        // Those of one message come at one moment: the store has them by their ids.
        let first = here.iter().find(may_add).map(|c| c.id);
        let first =
            first.or_else(|| others.iter().filter(may_add).filter(of_station).map(|c| c.id).min());
        Ok(first == Some(card.id))
    }

    /// An officer as the region knows him, or as the same message brings him; so too who stands for him, which whoever
    /// asks looks through.
    fn known_card(
        &self,
        id: OfficerId,
        others: &[OfficerCard],
    ) -> Result<Option<OfficerCard>, ApiError> {
        let stored = self.store.officers(&[id]).map_err(failed)?.pop().map(|row| row.card);
        let brought = others.iter().find(|c| c.id == id);
        Ok(match (stored, brought) {
            (Some(mut stored), Some(brought)) if stored.voucher.is_none() => {
                stored.voucher.clone_from(&brought.voucher);
                Some(stored)
            }
            (stored, brought) => stored.or_else(|| brought.cloned()),
        })
    }

    fn warrant_key(&self) -> Result<Option<VerifyingKey>, ApiError> {
        Ok(self.warrant().map_err(failed)?.and_then(|w| key_from_text(&w.key).ok()))
    }

    /// The administrator's own decision, with the region's key. It holds until somebody gives a later word.
    ///
    /// # Errors
    /// See [`CirclesError`].
    pub fn set_circles(
        &self,
        officer: OfficerId,
        circles: &[String],
    ) -> Result<CirclesWord, CirclesError> {
        if !are_circles(circles) {
            return Err(CirclesError::NotCircles);
        }
        for _ in 0..TRIES {
            let mut row = self.officer(officer)?;
            let word = row.card.word_on_circles(circles, self.actor(), &self.key);
            row.card.circles.clone_from(&word.circles);
            row.card.circles_word = Some(word.clone());
            self.store.put_officers(&[row])?;
            // The store keeps the later of two words; a desk may have brought one just now.
            if self.officer(officer)?.card.circles_word.as_ref() == Some(&word) {
                return Ok(word);
            }
        }
        Err(CirclesError::Overtaken)
    }

    fn officer(&self, id: OfficerId) -> Result<OfficerRow, CirclesError> {
        self.store.officers(&[id])?.pop().ok_or(CirclesError::NoOfficer(id))
    }
}
