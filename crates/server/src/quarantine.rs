//! What was set aside is decided about by a person: it stays with a note, the station is asked, or it is judged
//! again as it now stands. Nothing is deleted, nothing overrules a signature (reliability.md S31, adr/0022).

use crate::codes::quarantine as q;
use crate::plan::{Plan, TRIES};
use crate::portal::SignedIn;
use crate::push::{Push, read};
use crate::region::{Region, busy, failed};
use crate::store::{AsideEvent, Committed, Decided, DecisionRow, Kept, Settled};
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, AsideDecision};
use std::collections::HashSet;
use std::sync::PoisonError;

/// Events set aside that are looked at; a region with more decides about the newest first.
pub(crate) const ASIDE_MAX: u32 = 2_000;
/// Decisions told to a desk.
const TOLD_MAX: u32 = 500;
/// Subject of a decision about a whole branch of a device.
pub(crate) const BRANCH: &str = "branch";

/// Subject of a decision about one event.
pub(crate) fn subject(incarnation: u32, seq: u64) -> String {
    format!("{incarnation}/{seq}")
}

/// May a person have it judged again? A broken chain or a signature that does not fit stays what it is; a rule that stood
/// against what another desk gave back may do so no longer.
pub(crate) fn may_be_judged_again(code: &str) -> bool {
    matches!(code, q::UNKNOWN_OFFICER | q::OFFICER_REVOKED | q::DEVICE_REVOKED | q::BASE_REFUSED)
        || !q::is(code)
}

/// The decision of a person about an event.
pub(crate) fn decision(
    region: &Region,
    who: &SignedIn,
    aside: &AsideEvent,
    what: Decided,
    note: &str,
) -> DecisionRow {
    DecisionRow {
        device: aside.row.device,
        subject: subject(aside.row.incarnation, aside.row.seq),
        event: aside.row.id,
        what,
        code: aside.row.code.clone(),
        note: note.to_owned(),
        login: who.login.clone(),
        name: who.name.clone(),
        at: region.env.now(),
    }
}

impl Region {
    /// Judges an event that was set aside again, as everything now stands. The person vouches for work made before
    /// an officer or a desk was put out of service; rights, rules and signatures are judged as in a push. The inner
    /// error is the code of what still stands against it.
    pub(crate) fn judge_again(
        &self,
        who: &SignedIn,
        aside: &AsideEvent,
        note: &str,
    ) -> Result<Result<(), String>, ApiError> {
        if !may_be_judged_again(&aside.row.code) {
            return Ok(Err(aside.row.code.clone()));
        }
        let Some(device) = self.store.device(aside.row.device).map_err(failed)? else {
            return Ok(Err(aside.row.code.clone()));
        };
        let mut items = read(vec![aside.event.clone()]);
        let officers = self.check_signatures(&mut items)?;
        let Some(item) = items.first() else { return Ok(Err(q::UNREADABLE.to_owned())) };
        if let Some(fault) = item.fault {
            return Ok(Err(fault.to_owned()));
        }
        let Some(envelope) = &item.envelope else { return Ok(Err(q::UNREADABLE.to_owned())) };
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            // What another desk gave back and its author pushed stands aside twice, and enters the order once.
            let known = self.store.known(&[envelope.id]).map_err(failed)?;
            let there = known.get(&envelope.id);
            if there.is_some_and(|(_, hash)| *hash != item.hash) {
                return Ok(Err(q::ID_REUSED.to_owned()));
            }
            let push = Push {
                device: &device,
                incarnation: aside.row.incarnation,
                branch_of: None,
                behind: None,
                first: aside.row.seq,
                items: &items,
                officers: &officers,
            };
            let mut plan = Plan::start(self)?;
            let kept = match there {
                Some((pos, _)) => Kept::Accepted(*pos),
                None => push.judge(&mut plan, item, envelope)?,
            };
            match kept {
                Kept::Quarantined(code) | Kept::Rejected(code) => return Ok(Err(code)),
                Kept::Accepted(pos) => plan.settled.push(Settled {
                    incarnation: aside.row.incarnation,
                    seq: aside.row.seq,
                    pos,
                    decision: decision(self, who, aside, Decided::Accepted, note),
                }),
            }
            if plan.commit(None)? == Committed::Done {
                return Ok(Ok(()));
            }
        }
        Err(busy(2))
    }

    /// The last word on each of a desk's events that were set aside.
    pub(crate) fn decisions_for(&self, device: DeviceId) -> Result<Vec<AsideDecision>, ApiError> {
        let mut told: HashSet<String> = HashSet::new();
        let all = self.store.decisions(Some(device), TOLD_MAX).map_err(failed)?;
        Ok(all
            .into_iter()
            .filter(|d| told.insert(d.subject.clone()))
            .map(|d| AsideDecision {
                event: d.event,
                what: d.what.code().to_owned(),
                note: d.note,
                by: d.name,
                at: d.at,
            })
            .collect())
    }
}
