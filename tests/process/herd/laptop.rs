//! A laptop of the herd: the shipped planner, driver, lane, engine and client over a desk in memory. Four hundred real
//! databases would measure this machine's disk and not the region.

use super::line::{Line, Seen};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::{
    AttachmentLinked, Body, CaseOpened, Channel, ENVELOPE_VERSION, Envelope, FileRef, NoteAdded,
    Role, VisitNoted,
};
use esik_domain::ids::{
    AttachmentId, CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos, Scope, StationId,
};
use esik_sync::http::Patience;
use esik_sync::tree::{Demand, Look};
use esik_sync::{
    Applied, Attempt, BlobJob, BlobNews, Clock, History, HttpRegion, Identity, Local, LocalError,
    OlderLife, Snapshot, Way,
};
use esik_wire::blobs::{chunk_len, chunks_of};
use esik_wire::sealed::sealed_len;
use esik_wire::signed::{key_text, sign_head};
use esik_wire::{
    EnrollRequest, EventHash, FeedPage, GivenBack, Head, HelloResponse, KnownRegion, OfficerCard,
    PublicationRef, PushResponse, Segment, SignedEvent, SignedPublication, TreeProof, Verdict,
    ZERO_HASH,
};
use serde_json::Map;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use system_tests::dice::Dice;
use uuid::Uuid;

/// Events of one case; the last two of an evening's first cases name a file.
const OF_A_CASE: usize = 6;

/// A sealed file of a laptop. Its bytes are made anew whenever they are asked for.
#[derive(Clone)]
pub struct Sealed {
    pub address: String,
    pub bytes: u64,
    seed: u64,
    pub arrived: bool,
    again: Option<DateTime<Utc>>,
}

impl Sealed {
    fn of(seed: u64, plain: u64) -> Self {
        let bytes = sealed_len(plain);
        let mut hash = Sha256::new();
        for n in 0..chunks_of(bytes) {
            hash.update(chunk(seed, n, bytes));
        }
        let address = EventHash(hash.finalize().into()).hex();
        Self { address, bytes, seed, arrived: false, again: None }
    }
}

fn chunk(seed: u64, n: u32, bytes: u64) -> Vec<u8> {
    let mut dice = Dice(seed ^ (u64::from(n) << 32));
    let len = chunk_len(bytes, n).unwrap();
    let mut out: Vec<u8> = (0..len.div_ceil(8)).flat_map(|_| dice.roll().to_le_bytes()).collect();
    out.truncate(len);
    out
}

#[derive(Default)]
struct Inside {
    own: Vec<SignedEvent>,
    ids: Vec<EventId>,
    /// Own events judged, from the first on.
    judged: usize,
    cursors: BTreeMap<Scope, Pos>,
    known: Option<KnownRegion>,
    epoch: String,
    files: Vec<Sealed>,
    wrong: Vec<String>,
}

/// A laptop that joined.
pub struct Laptop {
    pub n: u64,
    pub station: StationId,
    device: DeviceId,
    key: SigningKey,
    officer: OfficerCard,
    officer_key: SigningKey,
    ca_pem: String,
    url: String,
    inside: Mutex<Inside>,
}

fn nonce() -> esik_sync::http::Nonce {
    Arc::new(|| *Uuid::new_v4().as_bytes())
}

fn now() -> DateTime<Utc> {
    Utc::now().duration_trunc(TimeDelta::milliseconds(1)).unwrap()
}

impl Laptop {
    /// Joins the region as the shipped desk does; nothing is written yet.
    pub async fn join(n: u64, url: &str, station: &str, code: &str, dice: &mut Dice) -> Self {
        let mut key = || {
            let mut seed = [0; 32];
            seed.chunks_mut(8).for_each(|part| part.copy_from_slice(&dice.roll().to_le_bytes()));
            SigningKey::from_bytes(&seed)
        };
        let (device, key, officer_key) = (DeviceId(Uuid::now_v7()), key(), key());
        let officer = OfficerCard {
            id: OfficerId(Uuid::now_v7()),
            name: format!("Қабылдаушы {n}"),
            post: "фронт-офис".to_owned(),
            role: Role::Officer,
            station: StationId::from(station),
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
            device_key: key_text(&key.verifying_key()),
            officers: vec![officer.clone()],
            version: "0.1.0".to_owned(),
        };
        let joined = esik_sync::enroll(url, code, request, &key, nonce(), Patience::default());
        let joined = joined.await.unwrap();
        let inside = Inside { epoch: joined.epoch, ..Inside::default() };
        Self {
            n,
            station: StationId::from(station),
            device,
            key,
            officer,
            officer_key,
            ca_pem: joined.ca_pem,
            url: url.to_owned(),
            inside: Mutex::new(inside),
        }
    }

    /// A line of its own; the desk has one, a program that does not listen many.
    pub fn line(&self, seen: &Arc<Seen>) -> Arc<Line> {
        let region =
            HttpRegion::new(&self.url, &self.ca_pem, self.device, self.key.clone(), nonce());
        Arc::new(Line::new(region.unwrap(), Arc::clone(seen)))
    }

    /// Saves so many events, in cases of six.
    pub fn save(&self, events: usize) {
        let mut d = self.inside.lock().unwrap();
        for left in (1..=events).rev().step_by(OF_A_CASE) {
            let case = CaseId(Uuid::now_v7());
            for n in 0..left.min(OF_A_CASE) {
                self.write(&mut d, case, &body(self.n, n));
            }
        }
    }

    /// Takes a file of so many plain bytes to a case of its own: two events.
    pub fn attach(&self, seed: u64, plain: u64) {
        let file = Sealed::of(seed, plain);
        let mut d = self.inside.lock().unwrap();
        let case = CaseId(Uuid::now_v7());
        self.write(&mut d, case, &body(self.n, 0));
        let linked = AttachmentLinked {
            attachment_id: AttachmentId(Uuid::now_v7()),
            file: FileRef {
                hash: file.address.clone(),
                name: format!("сурет-{seed}.jpg"),
                media_type: "image/jpeg".to_owned(),
                bytes: plain,
            },
            key: "ab".repeat(32),
            not_identity: false,
            note: String::new(),
            preview_of: None,
            covers: None,
            more: Map::new(),
        };
        self.write(&mut d, case, &Body::AttachmentLinked(linked));
        d.files.push(file);
    }

    fn write(&self, d: &mut Inside, case_id: CaseId, body: &Body) {
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId(Uuid::now_v7()),
            case_id,
            device_id: self.device,
            incarnation: 1,
            device_seq: DeviceSeq(d.own.len() as u64 + 1),
            prev: d.own.last().map_or(ZERO_HASH, SignedEvent::hash).hex(),
            actor_id: self.officer.id,
            role: Role::Officer,
            station_id: self.station.clone(),
            kind: body.kind().to_owned(),
            version: 1,
            critical: body.critical(),
            occurred_at: now(),
            clock: None,
            base: None,
            circle: Circle::open(),
            on_behalf: None,
            body: body.to_value().unwrap(),
        };
        d.ids.push(envelope.id);
        d.own.push(SignedEvent::sign(&envelope, &self.officer_key).unwrap());
    }

    /// Own events without a verdict, and files that have not arrived.
    pub fn waits(&self) -> (usize, usize) {
        let d = self.inside.lock().unwrap();
        (d.own.len() - d.judged, d.files.iter().filter(|f| !f.arrived).count())
    }

    /// Ids of everything saved here.
    pub fn ids(&self) -> Vec<EventId> {
        self.inside.lock().unwrap().ids.clone()
    }

    pub fn files(&self) -> Vec<Sealed> {
        self.inside.lock().unwrap().files.clone()
    }

    pub fn epoch(&self) -> String {
        self.inside.lock().unwrap().epoch.clone()
    }

    /// Everything saved here as one push; a day of it fits.
    pub fn everything(&self) -> Segment {
        let d = self.inside.lock().unwrap();
        let head = d.own.last().map_or(ZERO_HASH, SignedEvent::hash);
        Segment {
            device_id: self.device,
            incarnation: 1,
            epoch: d.epoch.clone(),
            branch_of: None,
            behind: None,
            first_seq: 1,
            events: d.own.clone(),
            head,
            head_sig: sign_head(&self.key, &head),
        }
    }

    /// This laptop met something that no laptop should.
    pub fn met(&self, what: String) {
        self.inside.lock().unwrap().wrong.push(what);
    }

    /// What this laptop met that no laptop should.
    pub fn wrong(&self) -> Vec<String> {
        self.inside.lock().unwrap().wrong.clone()
    }
}

fn body(laptop: u64, n: usize) -> Body {
    let more = Map::new;
    let story = "Екі күннен бері үйде жылу жоқ, кішкентай бала бар; ПИК телефонды көтермейді. \
                 Третий раз обращаюсь, в подъезде холодно, батареи чуть тёплые.";
    match n {
        0 => Body::VisitNoted(VisitNoted {
            channel: Channel::FrontOffice,
            language: "kk".to_owned(),
            circumstances: Vec::new(),
            minutes: Some(7),
            more: more(),
        }),
        1 => Body::CaseOpened(CaseOpened {
            number: format!("ESK-{laptop}-{}", Uuid::now_v7().simple()),
            title: "Үйде жылу жоқ".to_owned(),
            narrative: story.to_owned(),
            address: None,
            appeal_kind: "message".to_owned(),
            ext_number: None,
            legal_due: None,
            calendar: String::new(),
            more: more(),
        }),
        n => Body::NoteAdded(NoteAdded { text: format!("{n}. {story}"), more: more() }),
    }
}

/// The machine's own time.
pub struct Machine;

impl Clock for Machine {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
    fn random(&self) -> f64 {
        f64::from(Uuid::new_v4().as_u128() as u32) / 4_294_967_296.0
    }
}

impl Local for Laptop {
    fn identity(&self) -> Result<Identity, LocalError> {
        Ok(Identity { device_id: self.device, incarnation: 1, version: "0.1.0".to_owned() })
    }

    fn sign_head(&self, head: &EventHash) -> Result<String, LocalError> {
        Ok(sign_head(&self.key, head))
    }

    fn snapshot(&self) -> Result<Snapshot, LocalError> {
        let d = self.inside.lock().unwrap();
        let head = |n: usize| match n.checked_sub(1) {
            Some(last) => Head { seq: n as u64, hash: d.own[last].hash() },
            None => Head::default(),
        };
        Ok(Snapshot {
            enrolled: true,
            local_head: head(d.own.len()),
            acked: head(d.judged),
            known: d.known.clone(),
            epoch: d.epoch.clone(),
            cursors: d.cursors.iter().map(|(s, p)| (s.clone(), *p)).collect(),
            unsent: (d.own.len() - d.judged) as u64,
            numbers_left: 100,
            officers: vec![self.officer.clone()],
            ..Snapshot::default()
        })
    }

    fn segment(
        &self,
        _: u32,
        from_seq: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Vec<SignedEvent>, LocalError> {
        let d = self.inside.lock().unwrap();
        let mut bytes = 0;
        let from = usize::try_from(from_seq).unwrap().saturating_sub(1);
        let within = |(n, e): &(usize, &SignedEvent)| {
            bytes += e.e.len();
            *n == 0 || bytes <= max_bytes
        };
        let events = d.own.iter().skip(from).take(max_events).enumerate().take_while(within);
        Ok(events.map(|(_, e)| e.clone()).collect())
    }

    fn record_hello(
        &self,
        hello: &HelloResponse,
        history: History,
        _: DateTime<Utc>,
        _: TimeDelta,
    ) -> Result<Head, LocalError> {
        let mut d = self.inside.lock().unwrap();
        if history == History::Changed {
            d.wrong.push(format!("the region forgot what it had: {:?}", hello.acked));
        }
        d.cursors.retain(|s, _| hello.scopes.contains(s));
        for scope in &hello.scopes {
            d.cursors.entry(scope.clone()).or_insert(Pos(0));
        }
        d.epoch.clone_from(&hello.epoch);
        d.known = Some(KnownRegion {
            epoch: hello.epoch.clone(),
            pos: hello.region_pos,
            acked: Head::default(),
        });
        let last = d.own.last().map(|e| Head { seq: d.own.len() as u64, hash: e.hash() });
        Ok(last.unwrap_or_default())
    }

    fn record_verdicts(&self, _: u32, answer: &PushResponse) -> Result<(), LocalError> {
        let mut d = self.inside.lock().unwrap();
        for v in &answer.verdicts {
            if !matches!(v.verdict, Verdict::Accepted { .. } | Verdict::Duplicate { .. }) {
                d.wrong.push(format!("{v:?}"));
            }
            d.judged = d.judged.max(usize::try_from(v.seq).unwrap());
        }
        Ok(())
    }

    fn record_kept_aside(&self, _: u32, through: u64) -> Result<(), LocalError> {
        self.inside.lock().unwrap().wrong.push(format!("kept aside to {through}"));
        Ok(())
    }

    fn branch_off(&self, _: u32, _: u64) -> Result<Option<OlderLife>, LocalError> {
        Ok(None)
    }

    fn orphans(&self, _: usize, _: usize) -> Result<Vec<SignedEvent>, LocalError> {
        Ok(Vec::new())
    }

    fn signers(&self, _: &[SignedEvent]) -> Result<Vec<OfficerCard>, LocalError> {
        Ok(Vec::new())
    }

    fn record_given(&self, _: Option<(&[SignedEvent], &GivenBack)>) -> Result<(), LocalError> {
        Ok(())
    }

    fn apply_page(&self, scope: &Scope, page: &FeedPage) -> Result<Applied, LocalError> {
        self.inside.lock().unwrap().cursors.insert(scope.clone(), page.next);
        Ok(Applied { events: page.entries.len() as u64, set_aside: 0, read_on: None })
    }

    fn publications_wanted(&self, _: &[PublicationRef]) -> Result<Vec<String>, LocalError> {
        Ok(Vec::new())
    }

    fn record_publication(&self, _: &SignedPublication) -> Result<bool, LocalError> {
        Ok(true)
    }

    fn blob_job(&self, now: DateTime<Utc>) -> Result<Option<BlobJob>, LocalError> {
        let d = self.inside.lock().unwrap();
        let next = d.files.iter().find(|f| !f.arrived && f.again.is_none_or(|at| at <= now));
        let job = |f: &Sealed| BlobJob { address: f.address.clone(), bytes: f.bytes, way: Way::Up };
        Ok(next.map(job))
    }

    fn blob_read(&self, address: &str, n: u32) -> Result<Vec<u8>, LocalError> {
        let file = self.inside.lock().unwrap().files.iter().find(|f| f.address == address).cloned();
        let file = file.ok_or(LocalError::Storage)?;
        Ok(chunk(file.seed, n, file.bytes))
    }

    fn blob_here(&self, _: &str) -> Result<u32, LocalError> {
        Ok(0)
    }

    fn blob_keep(&self, _: &str, _: u32, _: &[u8], _: bool) -> Result<bool, LocalError> {
        Ok(false)
    }

    fn blob_told(&self, address: &str, news: &BlobNews) -> Result<(), LocalError> {
        let mut d = self.inside.lock().unwrap();
        let Inside { files, wrong, .. } = &mut *d;
        for file in files.iter_mut().filter(|f| f.address == address) {
            match news {
                BlobNews::Arrived => file.arrived = true,
                BlobNews::Moved { .. } => {}
                BlobNews::Missing { again } | BlobNews::Later { again, .. } => {
                    file.again = Some(*again);
                    wrong.push(format!("a file does not travel: {news:?}"));
                }
            }
        }
        Ok(())
    }

    fn look_at_trees(&self, _: &HelloResponse) -> Result<Look, LocalError> {
        Ok(Look::default())
    }

    fn own_demand(&self) -> Result<Option<Demand>, LocalError> {
        Ok(None)
    }

    fn record_tree(&self, _: &Demand, _: Option<&TreeProof>) -> Result<bool, LocalError> {
        Ok(true)
    }

    fn record_attempt(&self, _: &Attempt) -> Result<(), LocalError> {
        Ok(())
    }
}
