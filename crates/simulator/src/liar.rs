//! A region that lies (T12): what a desk takes from it must still be what somebody signed.

use crate::line::{Answer, Call, Reply};
use crate::template;
use crate::world::{STATIONS, World};
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{DeviceId, DeviceSeq, EventId, OfficerId, Pos};
use esik_server::Region;
use esik_wire::signed::key_text;
use esik_wire::{
    EventVerdict, Head, OfficerCard, PushResponse, SignedEvent, Verdict, Vouching, Warrant,
};
use serde_json::json;
use uuid::Uuid;

impl World {
    /// The answer as the liar gives it, sometimes without having done anything.
    pub(crate) fn lie(&mut self, call: &Call, honest: Reply) -> Reply {
        if !self.rng.percent(35) {
            return honest;
        }
        if self.rng.percent(20) {
            return self.invent(honest);
        }
        match (call, honest) {
            (_, Ok(Answer::Feed(mut page))) => {
                match self.rng.below(6) {
                    0 => {
                        if let Some(e) = page.entries.first_mut() {
                            e.event.e =
                                e.event.e.replacen("вод", "газ", 1).replacen("Звон", "Стук", 1);
                        }
                    }
                    1 => {
                        if let Some(e) = page.entries.last_mut() {
                            e.event = forged(&e.event, self.chance.bytes::<8>());
                        }
                    }
                    2 => page.entries.reverse(),
                    3 => {
                        page.entries.pop();
                    }
                    4 => page.next = Pos(page.next.0.saturating_sub(1)),
                    _ => {
                        let ids = self.last_page.iter().filter_map(|e| e.event.envelope().ok());
                        self.given_away.extend(ids.map(|e| e.id));
                        page.entries.extend(self.last_page.clone());
                    }
                }
                self.last_page = page.entries.iter().take(2).cloned().collect();
                Ok(Answer::Feed(page))
            }
            (_, Ok(Answer::Hello(mut hello))) => {
                match self.rng.below(5) {
                    0 => hello.region_pos = Pos(hello.region_pos.0 / 2),
                    1 => hello.epoch = "another history".to_owned(),
                    2 => hello.acked = Head { seq: hello.acked.seq, ..Head::default() },
                    3 => hello.acked.seq = hello.acked.seq.saturating_sub(1),
                    _ => hello.scopes.clear(),
                }
                Ok(Answer::Hello(hello))
            }
            (Call::Push(asked), Ok(Answer::Push(honest))) => {
                let verdicts = (asked.first_seq..)
                    .zip(&asked.events)
                    .map(|(seq, e)| EventVerdict {
                        id: e.envelope().ok().map(|e| e.id),
                        seq,
                        verdict: Verdict::Accepted { pos: Pos(seq), recorded_at: self.time.now() },
                    })
                    .collect();
                let _ = honest;
                let seq = asked.first_seq + asked.events.len() as u64 - 1;
                Ok(Answer::Push(PushResponse { verdicts, acked: Head { seq, hash: asked.head } }))
            }
            (_, other) => other,
        }
    }
}

impl World {
    /// A head nobody knows, with a key that the region has the private half of: in the register, and as an author.
    fn invent(&mut self, honest: Reply) -> Reply {
        let key = SigningKey::from_bytes(&[66; 32]);
        let mut head = OfficerCard {
            id: OfficerId(Uuid::from_u128(66)),
            name: "Никто Н.".to_owned(),
            post: "Начальник".to_owned(),
            role: Role::Head,
            station: STATIONS[0].into(),
            key: key_text(&key.verifying_key()),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        };
        match honest {
            Ok(Answer::Hello(mut hello)) => {
                head.voucher = match self.rng.below(4) {
                    0 => None,
                    1 => Some(head.warrant(&key)),
                    2 => Some(head.vouch(head.id, &key)),
                    _ => hello.officers.first().map(|other| head.vouch(other.id, &key)),
                };
                if self.rng.percent(50) {
                    hello.warrant = Some(Warrant { key: head.key.clone(), changes: Vec::new() });
                }
                hello.officers.push(head);
                Ok(Answer::Hello(hello))
            }
            Ok(Answer::Feed(mut page)) => {
                if let Some(e) = page.entries.last_mut() {
                    e.event = self.signed_by_nobody(&e.event, &head, &key);
                }
                Ok(Answer::Feed(page))
            }
            other => other,
        }
    }

    fn signed_by_nobody(
        &self,
        event: &SignedEvent,
        head: &OfficerCard,
        key: &SigningKey,
    ) -> SignedEvent {
        let Ok(mut e) = event.envelope() else { return event.clone() };
        let fresh = || Uuid::from_bytes(self.chance.bytes());
        e.id = EventId(fresh());
        (e.device_id, e.incarnation) = (DeviceId(fresh()), 1);
        (e.device_seq, e.prev) = (DeviceSeq(1), esik_wire::ZERO_HASH.hex());
        (e.actor_id, e.role, e.on_behalf, e.base) = (head.id, head.role, None, None);
        (e.kind, e.version, e.body) = ("note_added".to_owned(), 1, json!({ "text": "закрыть" }));
        SignedEvent::sign(&e, key).unwrap_or_else(|_| event.clone())
    }
}

/// The operator vouches for an officer the region has registered.
pub fn warranted(region: &Region, card: &OfficerCard) {
    let voucher = card.warrant(&template::warrant_key());
    region.warrant_officer(&Vouching { officer: card.id, voucher }).expect("it fits");
}

/// Another event in the place of this one, with a signature that fits nothing.
fn forged(event: &SignedEvent, salt: [u8; 8]) -> SignedEvent {
    let Ok(mut e) = event.envelope() else { return event.clone() };
    e.id = EventId(Uuid::from_u64_pair(7, u64::from_le_bytes(salt)));
    e.body = json!({ "text": "дело закрыто" });
    let text = serde_json::to_string(&e).unwrap_or_default();
    SignedEvent { e: text, s: event.s.clone() }
}
