//! A region that lies (T12): what a desk takes from it must still be what somebody signed.

use crate::line::{Answer, Call, Reply};
use crate::world::World;
use esik_domain::ids::Pos;
use esik_wire::{EventVerdict, Head, PushResponse, SignedEvent, Verdict};

impl World {
    /// The answer as the liar gives it, sometimes without having done anything.
    pub(crate) fn lie(&mut self, call: &Call, honest: Reply) -> Reply {
        if !self.rng.percent(35) {
            return honest;
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
                    _ => page.entries.extend(self.last_page.clone()),
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

/// Another event in the place of this one, with a signature that fits nothing.
fn forged(event: &SignedEvent, salt: [u8; 8]) -> SignedEvent {
    let Ok(mut e) = event.envelope() else { return event.clone() };
    e.id = esik_domain::ids::EventId(uuid::Uuid::from_u64_pair(7, u64::from_le_bytes(salt)));
    e.body = serde_json::json!({ "text": "дело закрыто" });
    let text = serde_json::to_string(&e).unwrap_or_default();
    SignedEvent { e: text, s: event.s.clone() }
}
