//! A colleague with a good device and bad intentions: what the region must set aside or refuse, without
//! stopping for it (S5, S13, S21).

use crate::swarm::Fault;
use crate::work::signed_otherwise;
use crate::world::{STATIONS, Step, World, broken};
use ed25519_dalek::SigningKey;
use esik_domain::event::{ENVELOPE_VERSION, Envelope, Role};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, StationId};
use esik_wire::signed::{key_text, sign_head};
use esik_wire::{EnrollRequest, Head, OfficerCard, Segment, SignedEvent, SyncFailure, Verdict};
use serde_json::json;
use uuid::Uuid;

/// The device and the officer behind it.
pub struct Hostile {
    pub device: DeviceId,
    key: SigningKey,
    officer: OfficerId,
    signing: SigningKey,
    head: Head,
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    NotJson,
    Nul,
    Deep,
    Huge,
    Signature,
    UsedId,
    Sequence,
    Previous,
    OtherDevice,
    OtherStation,
    IsTheRegion,
    BadBody,
    BigNumber,
    FromTomorrow,
    Nothing,
}

const WRONGS: &[Wrong] = &[
    Wrong::NotJson,
    Wrong::Nul,
    Wrong::Deep,
    Wrong::Huge,
    Wrong::Signature,
    Wrong::UsedId,
    Wrong::UsedId,
    Wrong::Sequence,
    Wrong::Previous,
    Wrong::OtherDevice,
    Wrong::OtherStation,
    Wrong::IsTheRegion,
    Wrong::BadBody,
    Wrong::BigNumber,
    Wrong::FromTomorrow,
    Wrong::Nothing,
];

impl World {
    /// The hostile device sends a handful of events, good and bad; after a restore of the region it
    /// begins where that stands.
    pub(crate) async fn poison(&mut self) -> Step {
        debug_assert!(self.plan.has(Fault::Poison));
        if self.hostile.is_none() {
            self.hostile = Some(self.hostile_joins().await);
        }
        let region = self.region();
        let (device, officer, key, signing) = {
            let h = self.hostile.as_ref().expect("just joined");
            (h.device, h.officer, h.key.clone(), h.signing.clone())
        };
        let from = region.store().device_head(device, 1).expect("the store works");
        let (mut head, mut events, mut wrongs) = (from, Vec::new(), Vec::new());
        for _ in 0..=self.rng.below(4) {
            let wrong = *self.rng.pick(WRONGS).expect("one of them");
            let event = self.bad_event(wrong, device, officer, &signing, head);
            head = Head { seq: head.seq + 1, hash: event.hash() };
            if let Ok(e) = event.envelope() {
                self.ledger.signed.entry(e.id).or_default().insert(event.hash());
            }
            events.push(event);
            wrongs.push(wrong);
        }
        self.trace.say(format!("hostile: {wrongs:?}"));
        let segment = Segment {
            branch_of: None,
            behind: None,
            device_id: device,
            incarnation: 1,
            epoch: region.identity().epoch.clone(),
            first_seq: from.seq + 1,
            head: head.hash,
            head_sig: sign_head(&key, &head.hash),
            events,
        };
        match region.push(device, segment.clone()).await.map_err(SyncFailure::from) {
            Ok(answer) => {
                if answer.verdicts.len() != segment.events.len() {
                    return broken("S9", "a bad event left others without a verdict");
                }
                for (v, wrong) in answer.verdicts.iter().zip(&wrongs) {
                    let taken = matches!(v.verdict, Verdict::Accepted { .. });
                    let may = matches!(wrong, Wrong::Nothing | Wrong::FromTomorrow);
                    if taken && !may {
                        return broken("S21", format!("{wrong:?} was accepted"));
                    }
                    if !taken && matches!(wrong, Wrong::Nothing | Wrong::FromTomorrow) {
                        return broken(
                            "S9",
                            format!("a good event beside bad ones: {:?}", v.verdict),
                        );
                    }
                }
                self.hostile.as_mut().expect("joined").head = answer.acked;
                Ok(())
            }
            Err(SyncFailure::Refused(e)) if e.code == esik_wire::ApiErrorCode::Internal => {
                broken("S21", format!("the region fails on {wrongs:?}"))
            }
            // A sequence or a previous hash that does not fit may be taken for a second copy.
            Err(e) => {
                self.trace.say(format!("hostile: {e}"));
                Ok(())
            }
        }
    }

    pub(crate) async fn hostile_joins(&mut self) -> Hostile {
        let bytes = |w: &Self| w.chance.bytes::<32>();
        let (key, signing) =
            (SigningKey::from_bytes(&bytes(self)), SigningKey::from_bytes(&bytes(self)));
        let id = |w: &Self| uuid::Builder::from_random_bytes(w.chance.bytes()).into_uuid();
        let (device, officer) = (DeviceId(id(self)), OfficerId(id(self)));
        let code = self.code(STATIONS[0]);
        let card = OfficerCard {
            id: officer,
            name: "Недобров Н.".to_owned(),
            post: String::new(),
            role: Role::Officer,
            station: StationId::from(STATIONS[0]),
            key: key_text(&signing.verifying_key()),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        };
        let request = EnrollRequest {
            code,
            device_id: device,
            incarnation: 1,
            device_key: key_text(&key.verifying_key()),
            officers: vec![card.clone()],
            version: "0".to_owned(),
        };
        let region = self.region();
        region.enroll(request, "hostile".to_owned()).await.expect("it may join");
        crate::liar::warranted(&region, &card);
        Hostile { device, key, officer, signing, head: Head::default() }
    }

    fn bad_event(
        &mut self,
        wrong: Wrong,
        device: DeviceId,
        officer: OfficerId,
        signing: &SigningKey,
        head: Head,
    ) -> SignedEvent {
        let fresh = Uuid::from_bytes(self.chance.bytes());
        let saved: Vec<EventId> = self.ledger.acked.iter().copied().collect();
        let known = self.region().store().known(&saved).expect("the store works");
        let held: Vec<EventId> = saved.into_iter().filter(|id| known.contains_key(id)).collect();
        let used = self.rng.pick(&held).copied();
        let id = match wrong {
            Wrong::UsedId => used.unwrap_or(EventId(fresh)),
            _ => EventId(fresh),
        };
        let mut e = Envelope {
            v: ENVELOPE_VERSION,
            id,
            case_id: CaseId(fresh),
            device_id: device,
            incarnation: 1,
            device_seq: DeviceSeq(head.seq + 1),
            prev: head.hash.hex(),
            actor_id: officer,
            role: Role::Officer,
            station_id: StationId::from(STATIONS[0]),
            kind: "note_added".to_owned(),
            version: 1,
            critical: false,
            occurred_at: self.time.now(),
            clock: None,
            base: None,
            circle: Circle::open(),
            on_behalf: None,
            body: json!({ "text": "обычная запись" }),
        };
        let mut spoil: Option<fn(&mut SignedEvent)> = None;
        match wrong {
            Wrong::NotJson => spoil = Some(|s| s.e.truncate(s.e.len() / 3)),
            Wrong::Nul => spoil = Some(|s| s.e = s.e.replace("обычная", "\\u0000")),
            Wrong::Deep => {
                spoil = Some(|s| {
                    let deep = "[".repeat(5000);
                    s.e = s.e.replace("\"обычная запись\"", &deep);
                });
            }
            Wrong::Huge => spoil = Some(|s| s.e = s.e.replace("обычная", &"щ".repeat(40_000))),
            Wrong::Signature => spoil = Some(|s| s.e = s.e.replace("обычная", "подложная")),
            Wrong::Sequence => e.device_seq = DeviceSeq(head.seq + 7),
            Wrong::Previous => e.prev = "0".repeat(63) + "1",
            Wrong::OtherDevice => e.device_id = DeviceId(fresh),
            Wrong::OtherStation => e.station_id = StationId::from(STATIONS[1]),
            Wrong::IsTheRegion => e.role = Role::Region,
            Wrong::BadBody => e.body = json!({ "text": 5 }),
            Wrong::BigNumber => {
                e.body = json!({ "text": "много", "n": 9_223_372_036_854_775_807_i64 })
            }
            Wrong::FromTomorrow => e.kind = "dream_told".to_owned(),
            Wrong::UsedId if used.is_none() => e.body = json!({ "text": 5 }),
            Wrong::UsedId | Wrong::Nothing => {}
        }
        let mut signed = if matches!(wrong, Wrong::FromTomorrow | Wrong::BigNumber) {
            signed_otherwise(&e, signing).expect("it can be signed")
        } else {
            SignedEvent::sign(&e, signing).expect("it can be signed")
        };
        if let Some(spoil) = spoil {
            spoil(&mut signed);
        }
        signed
    }
}
