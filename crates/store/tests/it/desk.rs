//! A desk for tests: a store in a temporary folder, officers with keys, short ways to write events.

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::*;
use esik_domain::ids::*;
use esik_domain::policy::Actor;
use esik_store::keys::DbKey;
use esik_store::log::{Author, FeedOutcome, Following, KeyOf, NewEvent, apply_feed};
use esik_store::{Result, Store, Tx};
use esik_wire::{FeedEntry, FeedPage, OfficerCard, SignedEvent};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

pub const KEY: [u8; 32] = [7; 32];

pub fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 5, 0, 0).unwrap() + Duration::minutes(minute)
}

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

static NEXT: AtomicU64 = AtomicU64::new(1_000_000);

/// The next id of this run.
pub fn next() -> Uuid {
    uuid(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

pub struct Desk {
    pub dir: TempDir,
    pub store: Store,
    pub device: DeviceId,
}

pub fn person(n: u8) -> OfficerId {
    OfficerId(uuid(u128::from(n)))
}

pub fn signing(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

impl Desk {
    pub fn new(device: u8) -> Self {
        Self::within(TempDir::new().unwrap(), device)
    }

    /// On a disk in memory where there is one: for many desks in one test.
    pub fn light(device: u8) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        Self::within(dir, device)
    }

    fn within(dir: TempDir, device: u8) -> Self {
        let store =
            Store::open(&dir.path().join("esik.db"), &DbKey::from_bytes(&KEY), at(0)).unwrap();
        Self { dir, store, device: DeviceId(uuid(900 + u128::from(device))) }
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("esik.db")
    }

    pub fn author(&self, officer: u8) -> Author {
        Author {
            device_id: self.device,
            incarnation: 1,
            station: "07".into(),
            actor: person(officer),
            role: Role::Officer,
            signing: Arc::new(signing(officer)),
            clock: None,
        }
    }

    pub fn append(
        &self,
        officer: u8,
        case: CaseId,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Envelope>> {
        let by = self.author(officer);
        self.store.write(move |tx| tx.append(&by, case, &events))
    }

    /// Opens a case with a person, an address and a text.
    pub fn open_case(&self, officer: u8, n: u64, who: Party, text: &str) -> CaseId {
        let case = CaseId(next());
        self.append(officer, case, case_events(n, who, text, "open")).unwrap();
        case
    }

    pub fn outbox(&self) -> Vec<SignedEvent> {
        self.store.read(|c| esik_store::log::outbox(c, 10_000, 100_000_000)).unwrap()
    }
}

/// An event from its JSON, as the program itself would read it.
pub fn event(kind: &str, minute: i64, json: serde_json::Value) -> NewEvent {
    let body = Body::read(kind, 1, &json);
    assert!(!matches!(&body, Body::Unknown { .. }), "{kind} {json} is not a body");
    NewEvent::new(EventId(next()), body, at(minute))
}

pub fn case_events(n: u64, who: Party, text: &str, circle: &str) -> Vec<NewEvent> {
    let circle = Circle(circle.to_owned());
    let m = i64::try_from(n).unwrap();
    vec![
        event("visit_noted", m, serde_json::json!({"language": "ru"})),
        event(
            "party_added",
            m,
            serde_json::json!({"party_id": next(), "party": serde_json::to_value(who).unwrap()}),
        ),
        event(
            "case_opened",
            m,
            serde_json::json!({"number": format!("ESK-07-2026-{n}"), "title": text, "narrative": text,
                "address": {"text": "ул. Абая, д. 12, кв. 4"}}),
        ),
        event("issue_added", m, serde_json::json!({"issue_id": next(), "category": "ZKH-01"})),
    ]
    .into_iter()
    .map(|e| e.within(circle.clone()))
    .collect()
}

pub fn referral(id: ReferralId, agency: &str, text: &str, minute: i64) -> Vec<NewEvent> {
    vec![
        event(
            "referral_drafted",
            minute,
            serde_json::json!({"referral_id": id, "agency": agency, "text": text,
                "answer_due": "2026-12-01", "ack_wd": 1}),
        ),
        event("referral_sent", minute, serde_json::json!({"referral_id": id})),
    ]
}

pub fn citizen(surname: &str, given: &str, phone: &str) -> Party {
    Party {
        surname: surname.to_owned(),
        given: given.to_owned(),
        phone: phone.to_owned(),
        ..Party::default()
    }
}

pub fn officer(n: u8) -> Actor {
    Actor { id: person(n), role: Role::Officer, circles: Vec::new() }
}

pub fn member(n: u8, circle: &str) -> Actor {
    Actor { circles: vec![circle.to_owned()], ..officer(n) }
}

pub fn card(n: u8) -> OfficerCard {
    OfficerCard {
        id: person(n),
        name: format!("Officer {n}"),
        post: "inspector".to_owned(),
        role: Role::Officer,
        station: "07".into(),
        key: esik_wire::signed::key_text(&signing(n).verifying_key()),
        circles: Vec::new(),
        circles_word: None,
        revoked: false,
        voucher: None,
    }
}

/// Keys of officers 1 to 9.
pub fn keys() -> HashMap<OfficerId, ed25519_dalek::VerifyingKey> {
    (1..10).map(|n| (person(n), signing(n).verifying_key())).collect()
}

/// As the region would hand these events out, from a position on.
pub fn feed(events: &[SignedEvent], from: u64) -> Vec<FeedEntry> {
    events
        .iter()
        .zip(from..)
        .map(|(e, pos)| FeedEntry {
            pos: Pos(pos),
            recorded_at: at(i64::try_from(pos).unwrap()),
            event: e.clone(),
        })
        .collect()
}

/// Lets a desk take a page; tells what came of it.
pub fn take(desk: &Desk, scope: &str, page: Vec<FeedEntry>) -> FeedOutcome {
    let scope: Scope = scope.into();
    let next = page.last().map_or(Pos(0), |e| e.pos);
    desk.store
        .write(move |tx| {
            let known = keys();
            read_page(tx, &scope, page, next, &|e| known.get(&e.actor_id).copied())
        })
        .unwrap()
}

/// Takes a page of entries and nothing else.
pub fn read_page(
    tx: &mut Tx<'_>,
    scope: &Scope,
    entries: Vec<FeedEntry>,
    next: Pos,
    keys: KeyOf<'_>,
) -> Result<FeedOutcome> {
    let page = FeedPage { entries, next, more: false, moves: Vec::new(), root: None };
    let following = Following { keys, scopes: std::slice::from_ref(scope) };
    apply_feed(tx, scope, &page, following)
}
