//! What a region restored from an older copy lost, and another desk than its author still holds (`reliability.md` S2,
//! S15): it is judged as in a push, gets a new position, and moves no device's chain – its author may still come and
//! push the same. A region that never was restored lost nothing; and what a push would set aside is set aside here too,
//! for a person to decide: it may have been signed this morning (S14, adr/0048). So is what a rule refuses: it was taken once,
//! in an order that is lost, and its author may have lost it too.

use crate::codes::{quarantine, reject};
use crate::plan::{Plan, TRIES};
use crate::push::{Item, Push, bytes, read};
use crate::region::{Region, bad_request, busy, failed};
use crate::store::{
    ChainMove, Committed, DeviceRow, GIVEN_ASIDE_MAX, GIVEN_LIFE, Kept, NewVerdict, OfficerRow,
};
use esik_domain::event::{Envelope, Role};
use esik_domain::ids::{DeviceId, EventId, OfficerId, Pos};
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, GiveBack, GivenBack, Head, NotTaken, SEGMENT_BYTES_MAX,
    SEGMENT_EVENTS_MAX,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

/// What is known of those who wrote the events.
struct Authors {
    officers: HashMap<OfficerId, OfficerRow>,
    devices: HashMap<DeviceId, DeviceRow>,
    known: HashMap<EventId, (Pos, EventHash)>,
    /// What was given back before and stands aside, and why.
    aside: HashMap<(DeviceId, EventHash), String>,
    /// How much of each device's stands aside so.
    heads: HashMap<DeviceId, Head>,
}

enum Again {
    Taken,
    There,
    /// Not now: of nobody who is known, or of a device that has to join again.
    Refused,
    /// A rule stands against it, and nobody decides about it here.
    Against(String),
    /// A person has to decide about it, and it stands aside already.
    Waits(String),
    /// The same, from now on.
    Aside(String),
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
        if !self.was_restored() {
            return self.lost_nothing(giver, &items);
        }
        self.recall(&desk, r.officers, &items)?;
        let officers = self.check_signatures(&mut items)?;
        for _ in 0..TRIES {
            let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
            let authors = self.authors(&items, officers.clone())?;
            let mut plan = Plan::start(self)?;
            let (mut out, mut seen) = (GivenBack::default(), HashSet::new());
            let (mut against, mut asides) = (Vec::new(), Vec::new());
            for item in &items {
                let again = match &item.envelope {
                    Some(e) if seen.insert(e.id) => {
                        self.again(&mut plan, giver, &authors, item, e)?
                    }
                    _ => Again::Refused,
                };
                let code = match again {
                    Again::Taken => {
                        out.taken += 1;
                        continue;
                    }
                    Again::There => {
                        out.there += 1;
                        continue;
                    }
                    Again::Refused => {
                        out.refused += 1;
                        continue;
                    }
                    Again::Against(code) | Again::Waits(code) => code,
                    Again::Aside(code) => {
                        asides.push((item, code.clone()));
                        code
                    }
                };
                // What a rule stands against is told as refused, whoever may still decide about it: the desks that fold it would
                // show another case than all the others.
                let aside = quarantine::is(&code);
                out.refused += 1;
                if let Some(id) = item.envelope.as_ref().map(|e| e.id) {
                    // What rests on it waits with it.
                    plan.refused.insert(id);
                    against.push(NotTaken { id, code, aside });
                }
            }
            out.against = Some(against);
            plan.given = authors.set_aside(&asides);
            if (out.taken == 0 && asides.is_empty()) || plan.commit(None)? == Committed::Done {
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
        let (mut devices, mut aside, mut heads) = (HashMap::new(), HashMap::new(), HashMap::new());
        for id in envelopes().map(|e| e.device_id).collect::<HashSet<_>>() {
            let Some(row) = self.store.device(id).map_err(failed)? else { continue };
            devices.insert(id, row);
            let head = self.store.device_head(id, GIVEN_LIFE).map_err(failed)?;
            let all = self.store.verdicts(id, GIVEN_LIFE, 1, head.seq).map_err(failed)?;
            aside.extend(all.into_iter().filter_map(|l| match l.kept {
                Kept::Quarantined(code) => Some(((id, l.hash), code)),
                Kept::Accepted(_) | Kept::Rejected(_) => None,
            }));
            heads.insert(id, head);
        }
        Ok(Authors { officers, devices, known, aside, heads })
    }

    /// The answer of a region that never was restored: nothing of it is missing, so whatever is not in its order never was,
    /// or it was set back behind its own back, and has to be told so first. Nothing is said against anything: the desk
    /// keeps it, asks no second time, and offers it anew when the region says that it was restored.
    fn lost_nothing(&self, giver: DeviceId, items: &[Item]) -> Result<GivenBack, ApiError> {
        let id_of = |i: &Item| i.envelope.as_ref().map(|e| e.id);
        let ids: Vec<EventId> = items.iter().filter_map(id_of).collect();
        let known = self.store.known(&ids).map_err(failed)?;
        let there = |i: &&Item| {
            id_of(i).and_then(|id| known.get(&id)).is_some_and(|(_, hash)| *hash == i.hash)
        };
        let there = items.iter().filter(there).count() as u64;
        let refused = items.len() as u64 - there;
        if refused > 0 {
            tracing::warn!(
                %giver, refused,
                "a desk gives back what this region never had, and it never was restored; if an older copy was put in its \
                 place, stop the server and run `admin restore --accept`: the desks give it again"
            );
        }
        Ok(GivenBack { taken: 0, there, refused, against: None })
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
        // What was spoken on before is said again, whoever asks: of an author's own events another copy of his desk may have heard it.
        let at = e.device_seq.0;
        let spoken = self.store.verdicts(e.device_id, e.incarnation, at, at).map_err(failed)?;
        if let Some(said) = spoken.iter().find(|l| l.hash == item.hash) {
            return Ok(match &said.kept {
                Kept::Quarantined(code) => Again::Waits(code.clone()),
                Kept::Rejected(code) => Again::Against(code.clone()),
                Kept::Accepted(_) => Again::Refused,
            });
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
        if let Some(code) = authors.aside.get(&(device.id, item.hash)) {
            return Ok(Again::Waits(code.clone()));
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
        let kept = match push.standing_fault(item) {
            Some(code) => Kept::Quarantined(code.to_owned()),
            None => push.judge(plan, item, e)?,
        };
        let room = authors.heads.get(&device.id).is_none_or(|h| h.seq < GIVEN_ASIDE_MAX);
        Ok(match kept {
            Kept::Accepted(_) => Again::Taken,
            Kept::Rejected(code) if !room || code == reject::PRACTICE => Again::Against(code),
            // When a person has decided about some of them.
            Kept::Quarantined(_) if !room => Again::Refused,
            Kept::Rejected(code) | Kept::Quarantined(code) => Again::Aside(code),
        })
    }
}

impl Authors {
    /// The rows of what is set aside, behind those of each device's that are there.
    fn set_aside(&self, asides: &[(&Item, String)]) -> Vec<ChainMove> {
        let mut out: HashMap<DeviceId, ChainMove> = HashMap::new();
        for (item, code) in asides {
            let Some(e) = &item.envelope else { continue };
            let from = self.heads.get(&e.device_id).copied().unwrap_or_default();
            let rows = out.entry(e.device_id).or_insert_with(|| ChainMove {
                device: e.device_id,
                incarnation: GIVEN_LIFE,
                from,
                to: from,
                verdicts: Vec::new(),
            });
            rows.to = Head { seq: rows.to.seq + 1, hash: item.hash };
            rows.verdicts.push(NewVerdict {
                seq: rows.to.seq,
                id: Some(e.id),
                hash: item.hash,
                kept: Kept::Quarantined(code.clone()),
                aside: Some(item.event.clone()),
            });
        }
        out.into_values().collect()
    }
}
