//! One desk of the herd: joins, writes its cases, pushes and pulls over loopback TLS as a real one does.

use chrono::{TimeZone as _, Utc};
use ed25519_dalek::SigningKey;
use esik_bench::words::text;
use esik_domain::event::{
    Address, Body, CaseOpened, Channel, Disclosed, ENVELOPE_VERSION, Envelope, IssueAdded, Leaving,
    Party, PartyAdded, ReferralDrafted, ReferralSent, Role, VisitNoted,
};
use esik_domain::ids::{
    AgencyCode, CaseId, CategoryCode, Circle, DeviceId, DeviceSeq, EventId, IssueId, OfficerId,
    PartyId, Pos, ReferralId, Scope, StationId,
};
use esik_sync::http::{HttpRegion, Patience};
use esik_sync::retry::{backoff, busy_pause};
use esik_wire::signed::{key_text, sign_head};
use esik_wire::{
    ApiErrorCode, EnrollRequest, EventHash, FeedRequest, Head, HelloRequest, OfficerCard, Segment,
    SignedEvent, SyncApi as _, SyncFailure, Verdict, ZERO_HASH,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Barrier;
use uuid::Uuid;

/// A desk with what it has to send.
pub struct Client {
    device: DeviceId,
    device_key: SigningKey,
    officer: OfficerCard,
    officer_key: SigningKey,
    station: StationId,
    api: HttpRegion,
    epoch: String,
    segments: Vec<Segment>,
}

fn key() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    SigningKey::from_bytes(&seed)
}

/// From 0 to 1.
fn random() -> f64 {
    let mut out = [0; 4];
    getrandom::fill(&mut out).unwrap();
    f64::from(u32::from_le_bytes(out)) / f64::from(u32::MAX)
}

fn nonce() -> esik_sync::http::Nonce {
    Arc::new(|| {
        let mut out = [0; 16];
        getrandom::fill(&mut out).unwrap();
        out
    })
}

/// Joins as a new desk and writes these cases, one segment for each slice of `a_day`.
pub async fn join(
    url: &str,
    station: StationId,
    code: &str,
    cases: &[Value],
    a_day: usize,
) -> Client {
    let (device, device_key, officer_key) = (DeviceId(Uuid::now_v7()), key(), key());
    let officer = OfficerCard {
        id: OfficerId(Uuid::now_v7()),
        name: "Bench".to_owned(),
        post: "Bench".to_owned(),
        role: Role::Head,
        station: station.clone(),
        key: key_text(&officer_key.verifying_key()),
        circles: Vec::new(),
        circles_word: None,
        revoked: false,
        voucher: None,
    };
    let request = EnrollRequest {
        code: String::new(),
        device_id: device,
        incarnation: 1,
        device_key: key_text(&device_key.verifying_key()),
        officers: vec![officer.clone()],
        version: "bench".to_owned(),
    };
    let answer =
        esik_sync::enroll::enroll(url, code, request, &device_key, nonce(), Patience::default())
            .await
            .unwrap();
    let api = HttpRegion::new(url, &answer.ca_pem, device, device_key.clone(), nonce()).unwrap();
    let hello = HelloRequest {
        protocol_min: 1,
        protocol_max: 1,
        device_id: device,
        incarnation: 1,
        head: Head::default(),
        known: None,
        device_time: Utc::now(),
        unsent: 240,
        officers: vec![officer.clone()],
        numbers_left: 100,
        version: "bench".to_owned(),
        tree: None,
        vouchers: Vec::new(),
        blocks: Vec::new(),
    };
    let epoch = api.hello(hello).await.unwrap().epoch;
    let mut client = Client {
        device,
        device_key,
        officer,
        officer_key,
        station,
        api,
        epoch,
        segments: Vec::new(),
    };
    client.write(cases, a_day);
    client
}

impl Client {
    /// Cases of six events each, chained and signed as a desk does.
    fn write(&mut self, cases: &[Value], a_day: usize) {
        let (mut prev, mut seq) = (ZERO_HASH, 0);
        for day in cases.chunks(a_day) {
            let first_seq = seq + 1;
            let mut events = Vec::new();
            for (n, case) in day.iter().enumerate() {
                let case_id = CaseId(Uuid::now_v7());
                for body in bodies(case, n) {
                    seq += 1;
                    let envelope = self.envelope(case_id, &body, seq, prev);
                    let signed = SignedEvent::sign(&envelope, &self.officer_key).unwrap();
                    prev = signed.hash();
                    events.push(signed);
                }
            }
            self.segments.push(Segment {
                branch_of: None,
                behind: None,
                device_id: self.device,
                incarnation: 1,
                epoch: self.epoch.clone(),
                first_seq,
                events,
                head: prev,
                head_sig: sign_head(&self.device_key, &prev),
            });
        }
    }

    fn envelope(&self, case_id: CaseId, body: &Body, seq: u64, prev: EventHash) -> Envelope {
        Envelope {
            v: ENVELOPE_VERSION,
            id: EventId(Uuid::now_v7()),
            case_id,
            device_id: self.device,
            incarnation: 1,
            device_seq: DeviceSeq(seq),
            prev: prev.hex(),
            actor_id: self.officer.id,
            role: Role::Head,
            station_id: self.station.clone(),
            kind: body.kind().to_owned(),
            version: 1,
            critical: body.critical(),
            occurred_at: Utc.timestamp_millis_opt(Utc::now().timestamp_millis()).unwrap(),
            clock: None,
            base: None,
            circle: Circle::open(),
            on_behalf: None,
            body: body.to_value().unwrap(),
        }
    }

    /// Events that this desk has to send.
    pub fn events(&self) -> usize {
        self.segments.iter().map(|s| s.events.len()).sum()
    }

    /// Bytes of its pushes as they go over the line, without the head of the request.
    pub fn bytes(&self) -> usize {
        self.segments.iter().map(|s| esik_wire::frame::encode(s).unwrap().len()).sum()
    }
}

fn bodies(case: &Value, n: usize) -> Vec<Body> {
    let more = Map::new;
    let narrative = text(case, "/narrative").to_owned();
    let referral_id = ReferralId(Uuid::now_v7());
    vec![
        Body::VisitNoted(VisitNoted {
            channel: Channel::FrontOffice,
            language: "ru".to_owned(),
            circumstances: Vec::new(),
            minutes: Some(7),
            more: more(),
        }),
        Body::CaseOpened(CaseOpened {
            number: format!("{}-{n}", text(case, "/number")),
            title: narrative.chars().take(60).collect(),
            narrative: narrative.clone(),
            address: Some(Address {
                text: text(case, "/address/text").to_owned(),
                ..Address::default()
            }),
            appeal_kind: "message".to_owned(),
            ext_number: None,
            legal_due: None,
            calendar: String::new(),
            more: more(),
        }),
        Body::IssueAdded(IssueAdded {
            issue_id: IssueId(Uuid::now_v7()),
            category: CategoryCode::from("ZKH-01"),
            text: String::new(),
            more: more(),
        }),
        Body::PartyAdded(PartyAdded {
            party_id: PartyId(Uuid::now_v7()),
            party: Party {
                surname: text(case, "/parties/0/surname").to_owned(),
                given: text(case, "/parties/0/given").to_owned(),
                phone: text(case, "/parties/0/phone").to_owned(),
                ..Party::default()
            },
            more: more(),
        }),
        Body::ReferralDrafted(ReferralDrafted {
            referral_id,
            agency: AgencyCode::from("E-HEA"),
            text: narrative.chars().take(160).collect(),
            category: Some(CategoryCode::from("ZKH-01")),
            disclosed: Disclosed::default(),
            answer_due: None,
            ack_wd: 1,
            leaves: vec![Leaving {
                field: "number".to_owned(),
                value: text(case, "/number").to_owned(),
            }],
            replaces: None,
            redirect: None,
            basis: None,
            copy_of: None,
            files: Vec::new(),
            more: more(),
        }),
        Body::ReferralSent(ReferralSent { referral_id, decision: None, more: more() }),
    ]
}

/// How a desk fared.
#[derive(Default)]
pub struct Fared {
    pub ms: f64,
    /// How often it was told to come back.
    pub told: usize,
    /// How often no answer came in time, or no line.
    pub missed: usize,
}

impl Fared {
    /// What the planner of the real desk does after a call that brought no answer; anything else ends the bench.
    async fn after(&mut self, failure: SyncFailure) {
        match failure {
            SyncFailure::Refused(e) if e.code == ApiErrorCode::Busy => {
                self.told += 1;
                tokio::time::sleep(busy_pause(e.retry_after_s, random())).await;
            }
            SyncFailure::Timeout | SyncFailure::Unreachable => {
                tokio::time::sleep(backoff(self.missed as u32, random())).await;
                self.missed += 1;
            }
            other => panic!("{other}"),
        }
    }
}

/// Pushes everything, all desks at once; the milliseconds until the last verdict.
pub async fn push(client: Client, gate: Arc<Barrier>) -> (Client, Fared) {
    gate.wait().await;
    let mut fared = Fared::default();
    let start = Instant::now();
    for segment in &client.segments {
        let answer = loop {
            match client.api.push(segment.clone()).await {
                Ok(answer) => break answer,
                Err(failure) => fared.after(failure).await,
            }
        };
        for v in &answer.verdicts {
            // A push whose answer did not arrive is sent again.
            let again = fared.missed > 0 && matches!(v.verdict, Verdict::Duplicate { .. });
            assert!(again || matches!(v.verdict, Verdict::Accepted { .. }), "{v:?}");
        }
        assert_eq!(answer.verdicts.len(), segment.events.len());
    }
    fared.ms = start.elapsed().as_secs_f64() * 1e3;
    (client, fared)
}

/// Reads its station's feed from a position on; the entries.
pub async fn pull(client: Client, from: Pos) -> usize {
    let (mut after, mut count, mut fared) = (from, 0, Fared::default());
    loop {
        let request = FeedRequest {
            scope: Scope::station(&client.station),
            after,
            epoch: client.epoch.clone(),
            limit: 500,
            wait_s: 0,
            seen: None,
        };
        let page = loop {
            match client.api.feed(request.clone()).await {
                Ok(page) => break page,
                Err(failure) => fared.after(failure).await,
            }
        };
        count += page.entries.len();
        after = page.next;
        if !page.more {
            return count;
        }
    }
}
