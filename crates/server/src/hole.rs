//! Where a branch begins: behind what the region holds of the life it names, or behind events that are lost – when its
//! desk says so over its signature (docs/adr/0042). That word is kept in the log where the lost ones would stand,
//! is counted and shown with what was set aside, and closes nothing: when they turn up they are taken.

use crate::codes::quarantine;
use crate::push::Push;
use crate::region::{Region, bad_request, failed};
use crate::store::{Kept, NewVerdict};
use ed25519_dalek::VerifyingKey;
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, ApiErrorCode, EventHash, Head, SignedEvent, SignedHole};

/// Bytes of the word and its signature, at most: a handful of numbers and a hash.
const BYTES_MAX: usize = 1024;

/// What a desk said is lost, and its very words.
pub(crate) struct Lost {
    last: EventHash,
    said: SignedHole,
}

/// Reads what a desk says is lost before its segment.
///
/// # Errors
/// `bad_request` when it is not this desk's word, or not on what comes right before these events.
pub(crate) fn read(
    said: SignedHole,
    device: DeviceId,
    branch_of: Option<u32>,
    first: u64,
    key: &VerifyingKey,
) -> Result<Lost, ApiError> {
    let short = said.t.len() + said.s.len() <= BYTES_MAX;
    let hole = Some(&said).filter(|_| short).and_then(|said| said.verify(key).ok());
    hole.filter(|h| h.device_id == device && Some(h.life) == branch_of)
        .filter(|h| (1..=h.to).contains(&h.from) && h.to.checked_add(1) == Some(first))
        .map(|h| Lost { last: h.last, said })
        .ok_or_else(bad_request)
}

impl Push<'_> {
    /// Where the chain stands. A branch begins where it left the life it names; what is before it is here, or its desk
    /// says that it is lost, which is noted then.
    pub(crate) fn starts_at(
        &self,
        region: &Region,
        held: Head,
    ) -> Result<(Head, Option<NewVerdict>), ApiError> {
        let before = self.first - 1;
        let begins = self.branch_of.filter(|_| held == Head::default() && before > 0);
        let Some(of) = begins else { return Ok((held, None)) };
        let log = region.store.verdicts(self.device.id, of, before, before).map_err(failed)?;
        if let Some(base) = log.first() {
            return Ok((Head { seq: before, hash: base.hash }, None));
        }
        let Some(lost) = self.behind else {
            let held = region.store.device_head(self.device.id, of).map_err(failed)?;
            let expected = Some(held.seq + 1).filter(|seq| *seq < self.first);
            return Err(ApiError { expected, ..ApiError::new(ApiErrorCode::Gap) });
        };
        tracing::warn!(device = %self.device.id, life = of, said = lost.said.t, "a desk lost events");
        let note = NewVerdict {
            seq: before,
            id: None,
            hash: lost.last,
            kept: Kept::Quarantined(quarantine::LOST.to_owned()),
            aside: Some(SignedEvent { e: lost.said.t.clone(), s: lost.said.s.clone() }),
        };
        Ok((Head { seq: before, hash: lost.last }, Some(note)))
    }
}
