//! Who stands for an officer's key (`reliability.md` S14, docs/adr/0038). The region keeps and tells words of others; it cannot
//! give one itself: its server has no officer's key, and never the private half of the warrant key.

pub mod key_file;

use crate::region::{Region, failed};
use crate::store::{DeviceRow, OfficerRow, StoreError, StoreResult, WarrantRow};
use esik_domain::ids::OfficerId;
use esik_wire::signed::key_from_text;
use esik_wire::voucher::VOUCHERS_MAX;
use esik_wire::{ApiError, OfficerCard, Voucher, Vouching, Warrant, WarrantChange};

/// Why a word is not kept.
#[derive(Debug, thiserror::Error)]
pub enum WarrantError {
    #[error("not a public key of Ed25519 in base64")]
    NotAKey,
    #[error("the change is not signed by the key that holds now, or is to another key")]
    NotItsWord,
    #[error(
        "the region has a warrant key already, and desks keep to it: make the new one with `warrant new --instead OLDFILE` \
         and give its change with --change; a lost one is replaced with --lost"
    )]
    Holds,
    #[error("the region has no warrant key: `admin warrant set`")]
    None,
    #[error("there is no officer {0}")]
    NoOfficer(OfficerId),
    #[error("the warrant does not fit the officer's card and the region's warrant key")]
    DoesNotFit,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a new warrant key comes in the place of the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Instead {
    /// There was none.
    Nothing,
    /// By its own word: desks follow.
    Change(WarrantChange),
    /// It was lost: desks that know it keep to it until each joins again.
    Lost,
}

impl Region {
    /// The warrant key as desks are told it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn warrant(&self) -> StoreResult<Option<Warrant>> {
        let rows = self.store.warrants()?;
        let changes = rows.iter().rev().map_while(|row| row.change.clone());
        let mut changes: Vec<_> = changes.take(esik_wire::voucher::CHANGES_MAX).collect();
        changes.reverse();
        Ok(rows.last().map(|row| Warrant { key: row.key.clone(), changes }))
    }

    /// Keeps the public half of a warrant key; desks are told from now on. The one that holds already is taken again.
    ///
    /// # Errors
    /// See [`WarrantError`].
    pub fn set_warrant(&self, key: &str, instead: Instead) -> Result<(), WarrantError> {
        key_from_text(key).map_err(|_| WarrantError::NotAKey)?;
        let holds = self.warrant()?.map(|w| w.key);
        if holds.as_deref() == Some(key) {
            return Ok(());
        }
        let change = match (holds, instead) {
            (None, _) | (Some(_), Instead::Lost) => None,
            (Some(_), Instead::Nothing) => return Err(WarrantError::Holds),
            (Some(old), Instead::Change(c)) if c.from == old && c.to == key && c.holds() => Some(c),
            (Some(_), Instead::Change(_)) => return Err(WarrantError::NotItsWord),
        };
        let row = WarrantRow { key: key.to_owned(), change, set_at: self.env.now() };
        Ok(self.store.put_warrant(&row)?)
    }

    /// Keeps the warrant key's word on an officer: for the first head of a station.
    ///
    /// # Errors
    /// See [`WarrantError`].
    pub fn warrant_officer(&self, of: &Vouching) -> Result<(), WarrantError> {
        let warrant = self.warrant()?.ok_or(WarrantError::None)?;
        let key = key_from_text(&warrant.key).map_err(|_| WarrantError::NotAKey)?;
        let found = self.store.officers(&[of.officer])?.pop();
        let mut row = found.ok_or(WarrantError::NoOfficer(of.officer))?;
        row.card.voucher = Some(of.voucher.clone());
        if !row.card.is_warranted_by(&key) {
            return Err(WarrantError::DoesNotFit);
        }
        Ok(self.store.put_officers(&[row])?)
    }

    /// Is the card's voucher somebody's word whom the region knows? `others` come in the same greeting. Whether he is
    /// vouched for himself, each desk asks; whoever was revoked vouches for nobody new.
    pub(crate) fn voucher_fits(
        &self,
        card: &OfficerCard,
        others: &[OfficerCard],
    ) -> Result<bool, ApiError> {
        let Some(Voucher { by, .. }) = &card.voucher else { return Ok(false) };
        let Some(by) = by else {
            let key = self.warrant().map_err(failed)?.and_then(|w| key_from_text(&w.key).ok());
            return Ok(key.is_some_and(|key| card.is_warranted_by(&key)));
        };
        let stored = self.store.officers(&[*by]).map_err(failed)?.pop().map(|row| row.card);
        let by = stored.as_ref().or_else(|| others.iter().find(|c| c.id == *by));
        Ok(by.is_some_and(|by| !by.revoked && card.is_vouched_by(by)))
    }

    /// Keeps words that somebody of a desk gave for officers of his station. The warrant key's word is never replaced.
    pub(crate) fn take_vouchers(
        &self,
        device: &DeviceRow,
        vouchers: Vec<Vouching>,
    ) -> Result<(), ApiError> {
        let vouchers: Vec<_> = vouchers.into_iter().take(VOUCHERS_MAX).collect();
        if vouchers.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = vouchers.iter().map(|v| v.officer).collect();
        let mut changed: Vec<OfficerRow> = Vec::new();
        for mut row in self.store.officers(&ids).map_err(failed)? {
            let warranted = row.card.voucher.as_ref().is_some_and(|v| v.by.is_none());
            let Some(given) = vouchers.iter().find(|v| v.officer == row.card.id) else { continue };
            if row.card.station != device.station || warranted {
                continue;
            }
            let before = row.card.voucher.replace(given.voucher.clone());
            if row.card.voucher != before && self.voucher_fits(&row.card, &[])? {
                changed.push(row);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        self.store.put_officers(&changed).map_err(failed)
    }
}
