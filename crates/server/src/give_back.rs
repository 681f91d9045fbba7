//! What a region restored from an older copy lost, and another desk than its author still holds (`reliability.md` S2,
//! S15): it is judged as in a push, gets a new position, and moves no device's chain – its author may still come and
//! push the same.

use crate::plan::{Plan, TRIES};
use crate::push::{Item, Push, bytes, read};
use crate::region::{Region, bad_request, busy, failed};
use crate::store::{Committed, DeviceRow, Kept, OfficerRow};
use esik_domain::event::{Envelope, Role};
use esik_domain::ids::{DeviceId, EventId, OfficerId, Pos};
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, GiveBack, GivenBack, NotTaken, SEGMENT_BYTES_MAX,
    SEGMENT_EVENTS_MAX,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

/// What is known of those who wrote the events.
struct Authors {
    officers: HashMap<OfficerId, OfficerRow>,
    devices: HashMap<DeviceId, DeviceRow>,
    known: HashMap<EventId, (Pos, EventHash)>,
}

enum Again {
    Taken,
    There,
    /// Not now: of nobody who is known, or of a device that has to join again.
    Refused,
    /// A rule stands against it in this order.
    Against(String),
}

impl Region {
    /// Takes back events that this region accepted before it was restored.
    ///
    /// # Errors
    /// `unauthorised`, `bad_request`, `history_diverged`, `busy`, `quota`. An event that is not taken is no error.
    pub async fn give_back(
        self: &Arc<Self>,
        device: DeviceId,
        r: GiveBack,
    ) -> Result<GivenBack, ApiError> {
        self.in_turn(device, move |region| region.give_back_now(device, r)).await
    }

    fn give_back_now(&self, giver: DeviceId, r: GiveBack) -> Result<GivenBack, ApiError> {
        let desk = self.live_device(giver)?;
        let size: usize = r.events.iter().map(|e| e.e.len() + e.s.len()).sum();
        if r.events.len() > SEGMENT_EVENTS_MAX || size > SEGMENT_BYTES_MAX {
            return Err(bad_request());
        }
        if r.epoch != self.row.epoch {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        let now = self.env.now();
        self.quota.room_for_events(giver, now)?;
        let mut items = read(r.events);
        self.recall(&desk, r.officers, &items)?;
        let officers = self.check_signatures(&mut items)?;
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let authors = self.authors(&items, officers.clone())?;
            let mut plan = Plan::start(self)?;
            let (mut out, mut seen) = (GivenBack::default(), HashSet::new());
            let mut against = Vec::new();
            for item in &items {
                let again = match &item.envelope {
                    Some(e) if seen.insert(e.id) => {
                        self.again(&mut plan, giver, &authors, item, e)?
                    }
                    _ => Again::Refused,
                };
                match again {
                    Again::Taken => out.taken += 1,
                    Again::There => out.there += 1,
                    Again::Refused => out.refused += 1,
                    Again::Against(code) => {
                        out.refused += 1;
                        let id = item.envelope.as_ref().map(|e| e.id);
                        against.extend(id.map(|id| NotTaken { id, code }));
                    }
                }
            }
            out.against = Some(against);
            if out.taken == 0 || plan.commit(None)? == Committed::Done {
                self.quota.events(giver, now, items.len(), bytes(&items));
                tracing::info!(%giver, ?out, "a desk gave back what this region had lost");
                return Ok(out);
            }
        }
        Err(busy(2))
    }

    fn authors(
        &self,
        items: &[Item],
        officers: HashMap<OfficerId, OfficerRow>,
    ) -> Result<Authors, ApiError> {
        let envelopes = || items.iter().filter_map(|i| i.envelope.as_ref());
        let ids: Vec<EventId> = envelopes().map(|e| e.id).collect();
        let known = self.store.known(&ids).map_err(failed)?;
        let mut devices = HashMap::new();
        for id in envelopes().map(|e| e.device_id).collect::<HashSet<_>>() {
            if let Some(row) = self.store.device(id).map_err(failed)? {
                devices.insert(id, row);
            }
        }
        Ok(Authors { officers, devices, known })
    }

    fn again(
        &self,
        plan: &mut Plan<'_>,
        giver: DeviceId,
        authors: &Authors,
        item: &Item,
        e: &Envelope,
    ) -> Result<Again, ApiError> {
        if let Some((_, hash)) = authors.known.get(&e.id) {
            return Ok(if *hash == item.hash { Again::There } else { Again::Refused });
        }
        if e.role == Role::Region {
            // Its own word, signed with its own key: what bodies answered stands for itself.
            let own = e.device_id == self.row.device
                && item.event.verify(&self.key.verifying_key()).is_ok();
            if own {
                plan.accept(e.clone(), item.event.clone(), item.hash)?;
            }
            return Ok(if own { Again::Taken } else { Again::Refused });
        }
        // A branch of a copied device is of an order once it was in it; of a frozen one it does not come in by this
        // door. Who wrote an event pushes it, unless another copy of the same desk did: a desk begins with life 1, and of
        // a later one this region may have to hear first.
        let of_another =
            |d: &DeviceRow| d.id != giver || d.incarnation > 1 || e.incarnation > d.incarnation;
        let author = authors.devices.get(&e.device_id).filter(|d| !d.frozen && of_another(d));
        let Some(device) = author.filter(|_| item.fault.is_none()) else {
            return Ok(Again::Refused);
        };
        let at = e.device_seq.0;
        let spoken = self.store.verdicts(device.id, e.incarnation, at, at).map_err(failed)?;
        if let Some(said) = spoken.iter().find(|l| l.hash == item.hash) {
            return Ok(match &said.kept {
                Kept::Quarantined(code) | Kept::Rejected(code) => Again::Against(code.clone()),
                Kept::Accepted(_) => Again::Refused,
            });
        }
        let push = Push {
            device,
            incarnation: e.incarnation,
            branch_of: None,
            behind: None,
            first: at,
            items: std::slice::from_ref(item),
            officers: &authors.officers,
        };
        Ok(match push.judge(plan, item, e)? {
            Kept::Accepted(_) => Again::Taken,
            Kept::Quarantined(code) | Kept::Rejected(code) => Again::Against(code),
        })
    }
}
