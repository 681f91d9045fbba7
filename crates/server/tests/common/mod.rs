//! A world for the stories: a region in memory, a clock that stands still, desks with their chains.
#![allow(
    dead_code,
    reason = "the stories of each engine and those of the bucket use what they need"
)]

pub mod browser;
pub mod coupon;
pub mod engine;

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::{
    Body, CaseOpened, Channel, Disclosed, Envelope, Leaving, NoteAdded, ReferralDrafted,
    ReferralSent, Role, VisitNoted,
};
use esik_domain::ids::{
    AgencyCode, CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos, ReferralId, Scope,
};
use esik_server::blobs::BlobPlace;
use esik_server::serve::Running;
use esik_server::{Env, Opening, Region, RegionHandle, TlsDir, serve};
use esik_wire::{
    ApiError, ApiErrorCode, EnrollRequest, EnrollResponse, FeedEntry, FeedRequest, Head,
    HelloRequest, HelloResponse, LocalName, OfficerCard, PushResponse, Segment, SignedEvent,
    SyncApi as _, SyncFailure, Verdict, signed,
};
use serde_json::Map;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use uuid::Uuid;

/// 27 November 2026, 10:00 in Kazakhstan.
pub const START_MS: i64 = 1_795_755_600_000;

pub struct World {
    pub region: Arc<Region>,
    pub clock: Arc<AtomicI64>,
    pub env: Env,
    pub dir: TempDir,
}

/// Time stands still until moved; randomness is a seeded generator.
pub fn test_env() -> (Env, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(START_MS));
    let time = Arc::clone(&clock);
    let state = Mutex::new(0x9e37_79b9_7f4a_7c15_u64);
    let env = Env::new(
        move || DateTime::from_timestamp_millis(time.load(Ordering::SeqCst)).unwrap(),
        move |bytes| {
            let mut s = state.lock().unwrap();
            for b in bytes {
                *s ^= *s << 13;
                *s ^= *s >> 7;
                *s ^= *s << 17;
                *b = (*s >> 32) as u8;
            }
        },
    );
    (env, clock)
}

impl World {
    pub fn new() -> Self {
        Self::with(false)
    }

    /// A region that was restored once: it takes back what it may have lost.
    pub fn restored() -> Self {
        Self::with(true)
    }

    fn with(restored: bool) -> Self {
        let (env, clock) = test_env();
        let dir = tempfile::tempdir().unwrap();
        let store = engine::store("akmola");
        let files = dir.path().join("files");
        let key = SigningKey::from_bytes(&env.bytes());
        let name = LocalName {
            kk: "Ақмола облысы".to_owned(),
            ru: "Акмолинская область".to_owned(),
        };
        Region::found(store.as_ref(), &env, &key, "akmola", name).unwrap();
        if restored {
            store.renew("restored", 1, 0, &[], &[]).unwrap();
        }
        let region = Region::open(Opening {
            store,
            env: env.clone(),
            key,
            ca_pem: "CA".to_owned(),
            blobs: BlobPlace::Folder(files.clone()),
            files,
            present: None,
            read_only: false,
        })
        .unwrap();
        for (id, kk, ru) in [
            ("07", "Жетінші бөлімше", "Седьмое отделение"),
            ("08", "Сегізінші бөлімше", "Восьмое отделение"),
        ] {
            region.add_station(id, LocalName { kk: kk.to_owned(), ru: ru.to_owned() }).unwrap();
        }
        Self { region, clock, env, dir }
    }

    /// As [`Self::new`], with the files of the engine that has any on the disk.
    pub fn on_disk() -> Self {
        let mut w = Self::new();
        if !engine::on_postgres() {
            let name =
                || LocalName { kk: "Жетінші".to_owned(), ru: "Седьмое".to_owned() };
            let site = esik_server::site::Site::new(&w.dir.path().join("region.db"), None);
            site.create(&w.env, "akmola", name(), &[]).unwrap();
            w.region = site.open(w.env.clone()).unwrap();
            w.region.add_station("07", name()).unwrap();
        }
        w
    }

    pub fn pass(&self, time: TimeDelta) {
        self.clock.fetch_add(time.num_milliseconds(), Ordering::SeqCst);
    }

    pub fn code(&self, station: &str) -> String {
        self.region.issue_code(station, 10, &"ab".repeat(32)).unwrap().unwrap().code
    }

    /// A desk with one officer, enrolled.
    pub async fn desk(&self, station: &str) -> Desk {
        self.desk_with(station, Role::Officer, &[]).await
    }

    pub async fn desk_with(&self, station: &str, role: Role, circles: &[&str]) -> Desk {
        let mut desk = Desk::new(self, station, role, circles);
        let code = self.code(station);
        desk.joined = Some(desk.enroll(&code).await.unwrap());
        if !circles.is_empty() {
            // The region's administrator puts him there; his desk hears of it.
            let word = self.region.set_circles(desk.card.id, &desk.card.circles).unwrap();
            (desk.card.circles, desk.card.circles_word) = (word.circles.clone(), Some(word));
        }
        desk
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

pub fn fresh() -> Uuid {
    Uuid::from_u128((0x0190_u128 << 112) | u128::from(NEXT.fetch_add(1, Ordering::SeqCst)))
}

pub struct Desk {
    pub handle: RegionHandle,
    pub device: DeviceId,
    pub key: SigningKey,
    pub incarnation: u32,
    pub card: OfficerCard,
    pub officer_key: SigningKey,
    pub station: String,
    pub head: Head,
    pub unsent: Vec<SignedEvent>,
    pub first_unsent: u64,
    pub epoch: String,
    pub joined: Option<EnrollResponse>,
    clock: Arc<AtomicI64>,
}

impl Desk {
    pub fn new(world: &World, station: &str, role: Role, circles: &[&str]) -> Self {
        let device = DeviceId(fresh());
        let officer_key = SigningKey::from_bytes(&world.env.bytes());
        Self {
            handle: RegionHandle { region: Arc::clone(&world.region), device },
            device,
            key: SigningKey::from_bytes(&world.env.bytes()),
            incarnation: 1,
            card: OfficerCard {
                id: OfficerId(fresh()),
                name: "Ахметова Г. С.".to_owned(),
                post: "фронт-офис".to_owned(),
                role,
                station: station.into(),
                key: signed::key_text(&officer_key.verifying_key()),
                circles: circles.iter().map(|c| (*c).to_owned()).collect(),
                circles_word: None,
                revoked: false,
                voucher: None,
            },
            officer_key,
            station: station.to_owned(),
            head: Head::default(),
            unsent: Vec::new(),
            first_unsent: 1,
            epoch: world.region.identity().epoch.clone(),
            joined: None,
            clock: Arc::clone(&world.clock),
        }
    }

    pub async fn enroll(&self, code: &str) -> Result<EnrollResponse, SyncFailure> {
        self.handle
            .enroll(EnrollRequest {
                code: code.split('.').next().unwrap().to_owned(),
                device_id: self.device,
                incarnation: self.incarnation,
                device_key: signed::key_text(&self.key.verifying_key()),
                officers: vec![self.card.clone()],
                version: "0.1.0".to_owned(),
            })
            .await
    }

    pub fn hello_request(&self, numbers_left: u64) -> HelloRequest {
        HelloRequest {
            protocol_min: 1,
            protocol_max: 1,
            device_id: self.device,
            incarnation: self.incarnation,
            head: self.head,
            known: None,
            device_time: self.now(),
            unsent: self.unsent.len() as u64,
            officers: vec![self.card.clone()],
            numbers_left,
            version: "0.1.0".to_owned(),
            tree: None,
            vouchers: Vec::new(),
            blocks: Vec::new(),
        }
    }

    pub async fn hello(&self, numbers_left: u64) -> Result<HelloResponse, SyncFailure> {
        self.handle.hello(self.hello_request(numbers_left)).await
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    /// An envelope as this desk would write it next.
    pub fn envelope(&self, case: CaseId, body: &Body, circle: &str) -> Envelope {
        Envelope {
            v: 1,
            id: EventId(fresh()),
            case_id: case,
            device_id: self.device,
            incarnation: self.incarnation,
            device_seq: DeviceSeq(self.head.seq + 1),
            prev: self.head.hash.hex(),
            actor_id: self.card.id,
            role: self.card.role,
            station_id: self.station.as_str().into(),
            kind: body.kind().to_owned(),
            version: 1,
            critical: body.critical(),
            occurred_at: self.now(),
            clock: None,
            base: None,
            circle: Circle(circle.to_owned()),
            on_behalf: None,
            body: body.to_value().unwrap(),
        }
    }

    pub fn save(&mut self, envelope: &Envelope) -> EventId {
        let event = SignedEvent::sign(envelope, &self.officer_key).unwrap();
        self.save_signed(event);
        envelope.id
    }

    /// Appends any bytes to the chain, as a broken program would.
    pub fn save_signed(&mut self, event: SignedEvent) {
        self.head = Head { seq: self.head.seq + 1, hash: event.hash() };
        self.unsent.push(event);
    }

    pub fn say(&mut self, case: CaseId, body: &Body, circle: &str) -> EventId {
        let envelope = self.envelope(case, body, circle);
        self.save(&envelope)
    }

    pub fn segment(&self) -> Segment {
        self.segment_of(self.first_unsent, self.unsent.clone())
    }

    pub fn segment_of(&self, first_seq: u64, events: Vec<SignedEvent>) -> Segment {
        let head = events.last().map_or(esik_wire::ZERO_HASH, SignedEvent::hash);
        Segment {
            branch_of: None,
            behind: None,
            device_id: self.device,
            incarnation: self.incarnation,
            epoch: self.epoch.clone(),
            first_seq,
            events,
            head,
            head_sig: signed::sign_head(&self.key, &head),
        }
    }

    /// Pushes what is unsent and forgets it when the region has it.
    pub async fn push(&mut self) -> Result<PushResponse, SyncFailure> {
        let answer = self.handle.push(self.segment()).await?;
        assert_eq!(answer.acked, self.head);
        self.first_unsent = self.head.seq + 1;
        self.unsent.clear();
        Ok(answer)
    }

    pub async fn read(&self, scope: &Scope) -> Result<Vec<FeedEntry>, SyncFailure> {
        let r = FeedRequest {
            scope: scope.clone(),
            after: Pos(0),
            epoch: self.epoch.clone(),
            limit: 500,
            wait_s: 0,
            seen: None,
        };
        Ok(self.handle.feed(r).await?.entries)
    }

    pub fn station_scope(&self) -> Scope {
        Scope::from(format!("station:{}", self.station))
    }
}

/// The region behind TLS, its address, and whom to believe.
pub async fn served(w: &World) -> (Running, String, String) {
    let tls = TlsDir(w.dir.path().join("tls"));
    tls.create(&w.env, "akmola", &["localhost".to_owned()]).unwrap();
    let config = tls.server_config(&w.env).unwrap();
    let running =
        serve(Arc::clone(&w.region), "127.0.0.1:0".parse().unwrap(), config).await.unwrap();
    let url = format!("https://localhost:{}", running.addr.port());
    (running, url, tls.ca_pem().unwrap())
}

pub fn refused(code: ApiErrorCode) -> SyncFailure {
    SyncFailure::Refused(ApiError::new(code))
}

/// A fork that begins with this sequence.
pub fn fork_at(seq: u64) -> SyncFailure {
    SyncFailure::Refused(ApiError { expected: Some(seq), ..ApiError::new(ApiErrorCode::Fork) })
}

pub fn visit() -> Body {
    Body::VisitNoted(VisitNoted {
        channel: Channel::FrontOffice,
        language: "kk".to_owned(),
        circumstances: vec![],
        minutes: None,
        more: Map::new(),
    })
}

pub fn opened(number: &str) -> Body {
    Body::CaseOpened(CaseOpened {
        number: number.to_owned(),
        title: "Үй суық".to_owned(),
        narrative: "Үйде үш күннен бері жылу жоқ".to_owned(),
        address: None,
        appeal_kind: String::new(),
        ext_number: None,
        legal_due: None,
        calendar: String::new(),
        more: Map::new(),
    })
}

pub fn note(text: &str) -> Body {
    Body::NoteAdded(NoteAdded { text: text.to_owned(), more: Map::new() })
}

pub fn drafted(id: ReferralId, agency: &str, text: &str) -> Body {
    let leaving =
        |field: &str, value: &str| Leaving { field: field.to_owned(), value: value.to_owned() };
    Body::ReferralDrafted(ReferralDrafted {
        referral_id: id,
        agency: AgencyCode::from(agency),
        text: format!("{text} (SECRET-OF-THE-CASE)"),
        category: None,
        disclosed: Disclosed::default(),
        answer_due: Some(chrono::NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()),
        ack_wd: 1,
        leaves: vec![leaving("number", "ESK-07-2026-1"), leaving("text", text)],
        replaces: None,
        redirect: None,
        basis: None,
        copy_of: None,
        files: Vec::new(),
        more: Map::new(),
    })
}

pub fn sent(id: ReferralId) -> Body {
    Body::ReferralSent(ReferralSent { referral_id: id, decision: None, more: Map::new() })
}

/// A whole visit with a referral; gives case and referral.
pub fn referral(desk: &mut Desk, agency: &str, text: &str, circle: &str) -> (CaseId, ReferralId) {
    let (case, id) = (CaseId(fresh()), ReferralId(fresh()));
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    desk.say(case, &drafted(id, agency, text), circle);
    desk.say(case, &sent(id), circle);
    (case, id)
}

pub fn kinds(entries: &[FeedEntry]) -> Vec<String> {
    entries.iter().map(|e| e.event.envelope().unwrap().kind).collect()
}

pub fn code_of(v: &Verdict) -> String {
    match v {
        Verdict::Accepted { .. } => "accepted".to_owned(),
        Verdict::Duplicate { .. } => "duplicate".to_owned(),
        Verdict::Quarantined { code } => format!("quarantined:{code}"),
        Verdict::Rejected { code } => format!("rejected:{code}"),
        Verdict::Unknown => "unknown".to_owned(),
    }
}

pub fn codes(r: &PushResponse) -> Vec<String> {
    r.verdicts.iter().map(|v| code_of(&v.verdict)).collect()
}
