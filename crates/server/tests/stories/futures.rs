//! Events of programs that do not exist yet: kept and forwarded byte for byte. `ESIK_FUTURES` says how many.

use crate::common::{Desk, World, codes, fresh, note, opened, visit};
use base64::Engine as _;
use ed25519_dalek::Signer as _;
use esik_domain::event::{KINDS, Role};
use esik_domain::ids::{CaseId, Pos};
use esik_wire::{FeedRequest, SignedEvent, SyncApi as _};
use serde_json::{Map, Value, json};

struct Dice(u64);

impl Dice {
    fn of(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 17) % sides
    }

    /// Some value that nobody has thought of.
    fn value(&mut self, depth: u64) -> Value {
        match self.of(if depth > 0 { 8 } else { 6 }) {
            0 => Value::Null,
            1 => json!(self.of(2) == 1),
            2 => json!(self.0 >> 11),
            3 => json!(-1.5e-7 * self.of(1000) as f64),
            4 => json!("әғқңөұүһі \u{1f9ed} \\ \" \u{7f}"),
            5 => json!(-(1_i64 << 53)),
            6 => Value::Array((0..self.of(4)).map(|_| self.value(depth - 1)).collect()),
            _ => Value::Object(self.fields(depth - 1)),
        }
    }

    fn fields(&mut self, depth: u64) -> Map<String, Value> {
        (0..=self.of(3)).map(|n| (format!("next_{n}_{}", self.of(9)), self.value(depth))).collect()
    }
}

/// A text as another program may write it: its own order of keys, its own spaces.
fn written(event: &Value, dice: &mut Dice) -> String {
    let mut keys: Vec<(&String, &Value)> = event.as_object().unwrap().iter().collect();
    for n in (1..keys.len()).rev() {
        let other = usize::try_from(dice.of(n as u64 + 1)).unwrap();
        keys.swap(n, other);
    }
    let space = ["", " ", "\n\t"][usize::try_from(dice.of(3)).unwrap()];
    let fields: Vec<String> =
        keys.iter().map(|(k, v)| format!("{}{space}:{v}{space}", json!(k))).collect();
    format!("{{{space}{}}}", fields.join(&format!(",{space}")))
}

fn future(desk: &Desk, case: CaseId, dice: &mut Dice) -> SignedEvent {
    let mut event = json!(desk.envelope(case, &note("бар"), "open"));
    for _ in 0..=dice.of(3) {
        match dice.of(5) {
            0 => event["kind"] = json!(format!("kind_of_{}", 2030 + dice.of(100))),
            1 => event["version"] = json!(2 + dice.of(65_000)),
            2 => event["v"] = json!(2 + dice.of(65_000)),
            3 => event.as_object_mut().unwrap().extend(dice.fields(3)),
            _ => event["body"].as_object_mut().unwrap().extend(dice.fields(3)),
        }
    }
    let text = written(&event, dice);
    let bytes = [b"esik/sign-event/1\0", text.as_bytes()].concat();
    let s = desk.officer_key.sign(&bytes).to_bytes();
    SignedEvent { e: text, s: base64::engine::general_purpose::STANDARD.encode(s) }
}

/// B37 (part), S22 (part): whatever a newer program writes is taken, ordered and given on, byte for byte.
#[tokio::test]
async fn events_of_the_future_are_given_on_byte_for_byte() {
    let many: usize = std::env::var("ESIK_FUTURES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let w = World::new();
    let (reader, mut desk) = (w.desk("07").await, w.desk("07").await);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut sent = Vec::new();
    while sent.len() < many {
        let case = CaseId(fresh());
        desk.say(case, &visit(), "open");
        for _ in 0..(many - sent.len()).min(100) {
            let event = future(&desk, case, &mut dice);
            sent.push(event.clone());
            desk.save_signed(event);
        }
        let said = codes(&desk.push().await.unwrap());
        assert!(said.iter().all(|code| code == "accepted"), "{said:?}");
    }
    let (mut got, mut after) = (Vec::new(), Pos(0));
    loop {
        let (scope, epoch) = (reader.station_scope(), reader.epoch.clone());
        let asked = FeedRequest { scope, after, epoch, limit: 500, wait_s: 0, seen: None };
        let page = reader.handle.feed(asked).await.unwrap();
        got.extend(page.entries.into_iter().map(|e| e.event));
        after = page.next;
        if !page.more {
            break;
        }
    }
    got.retain(|e| !e.e.contains("\"kind\":\"visit_noted\""));
    assert_eq!(got, sent, "byte for byte, in their order");
    println!("soak: {} events of the future, byte for byte", sent.len());
}

/// S22 (part), S23 (part): an officer in a role of a later program is known to the region as he is, and what he writes is taken and
/// given on whatever its kind; nobody claims such a role, or another one in it.
#[tokio::test]
async fn what_a_role_of_the_future_writes_is_given_on() {
    let w = World::new();
    let later = serde_json::from_value(json!("analyst")).unwrap();
    let reader = w.desk("07").await;
    let mut desk = w.desk_with("07", later, &[]).await;
    let card = desk.card.clone();
    assert!(desk.hello(200).await.unwrap().officers.contains(&card), "as his desk knows him");
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    let kinds = || KINDS.iter().filter(|(kind, _, _)| *kind != "case_restricted");
    for (kind, _, _) in kinds() {
        let mut e = desk.envelope(case, &note("x"), "open");
        (e.kind, e.body) = ((*kind).to_owned(), json!({ "of": "analyst", "referral_id": fresh() }));
        desk.save(&e);
    }
    let sent = desk.unsent.clone();
    let said = codes(&desk.push().await.unwrap());
    assert_eq!(said, vec!["accepted"; kinds().count() + 2]);
    let got = reader.read(&reader.station_scope()).await.unwrap();
    assert_eq!(got.into_iter().map(|e| e.event).collect::<Vec<_>>(), sent);

    let mut wrong = desk.envelope(case, &note("x"), "open");
    wrong.role = Role::Head;
    desk.save(&wrong);
    let mut other = w.desk("07").await;
    let mut wrong = other.envelope(CaseId(fresh()), &note("x"), "open");
    wrong.role = later;
    other.save(&wrong);
    for desk in [&mut desk, &mut other] {
        assert_eq!(codes(&desk.push().await.unwrap()), ["rejected:not_allowed"]);
    }
}
