//! A desk in memory: what `app` does over the store, in a page.

use crate::region::start;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::{Envelope, Role};
use esik_domain::ids::{
    CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos, Scope, StationId,
};
use esik_sync::tree::{Demand, Look};
use esik_sync::{
    Applied, Attempt, BlobJob, BlobNews, Clock, History, Identity, Local, LocalError, Snapshot,
    Summary, SyncStop, Way, sync_once,
};
use esik_wire::{
    BLOB_CHUNK_BYTES, EventHash, FeedPage, GivenBack, Head, HelloResponse, KnownRegion,
    OfficerCard, PublicationRef, PushResponse, SignedEvent, SignedPublication, SyncApi, TreeProof,
    Verdict, signed,
};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct Inside {
    pub own: Vec<SignedEvent>,
    pub verdicts: BTreeMap<u64, Verdict>,
    /// Everything held, by id; a position as far as it is known.
    pub held: BTreeMap<EventId, (Option<Pos>, SignedEvent)>,
    pub cursors: BTreeMap<Scope, Pos>,
    pub known: Option<KnownRegion>,
    pub epoch: String,
    pub attempts: Vec<Attempt>,
    pub histories: Vec<History>,
    /// The region was restored, and these were given back to it since.
    pub given: Option<Vec<SignedEvent>>,
    /// Own events up to here the region keeps aside.
    pub kept_aside: u64,
    pub offset_ms: i64,
    /// Hashes of what the region published and was kept.
    pub published: Vec<String>,
    /// Files by address that are here.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What comes of a file that is fetched, by address, and whether it is to be fetched.
    pub coming: BTreeMap<String, Vec<u8>>,
    /// What became of files.
    pub news: Vec<(String, BlobNews)>,
    /// Sealed bytes of the file that is fetched.
    pub wants: u32,
    /// Answers every call with this while set.
    pub broken: Option<LocalError>,
}

pub struct Desk {
    pub n: u8,
    pub inside: Mutex<Inside>,
}

fn id(parts: [u64; 2]) -> Uuid {
    Uuid::from_u64_pair(parts[0], parts[1])
}

impl Desk {
    pub fn new(n: u8) -> Arc<Self> {
        let inside = Inside { epoch: "e1".to_owned(), ..Inside::default() };
        Arc::new(Self { n, inside: Mutex::new(inside) })
    }

    pub fn device(&self) -> DeviceId {
        DeviceId(id([9, u64::from(self.n)]))
    }

    pub fn key(&self) -> SigningKey {
        SigningKey::from_bytes(&[self.n; 32])
    }

    pub fn copy(&self) -> Inside {
        self.inside.lock().unwrap().clone()
    }

    /// The officer saves something.
    pub fn save(&self, kind: &str, text: &str) -> EventId {
        let mut d = self.inside.lock().unwrap();
        let seq = d.own.len() as u64 + 1;
        let prev = d.own.last().map_or(esik_wire::ZERO_HASH, SignedEvent::hash);
        let event = event(self.n, seq, prev, kind, text);
        let id = event.envelope().unwrap().id;
        d.held.insert(id, (None, event.clone()));
        d.own.push(event);
        id
    }

    /// Ids held, in the region's order; own unsent ones at the end.
    pub fn texts(&self) -> Vec<String> {
        let d = self.inside.lock().unwrap();
        let mut all: Vec<_> = d.held.values().collect();
        all.sort_by_key(|(pos, e)| {
            (pos.unwrap_or(Pos(u64::MAX)), e.envelope().unwrap().device_seq)
        });
        all.iter()
            .map(|(_, e)| e.envelope().unwrap().body["text"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn unsent(&self) -> u64 {
        self.snapshot().unwrap().unsent
    }

    pub async fn sync<A: SyncApi>(self: &Arc<Self>, api: &A) -> Result<Summary, SyncStop> {
        self.sync_with(api, &TestClock::default()).await
    }

    pub async fn sync_with<A: SyncApi>(
        self: &Arc<Self>,
        api: &A,
        clock: &dyn Clock,
    ) -> Result<Summary, SyncStop> {
        let local: Arc<dyn Local> = Arc::clone(self) as Arc<dyn Local>;
        sync_once(api, &local, clock, &|_| {}).await
    }
}

/// An event with everything signed as it should be.
pub fn event(device: u8, seq: u64, prev: EventHash, kind: &str, text: &str) -> SignedEvent {
    let d = u64::from(device);
    // The text makes the id: a second copy of a device has other ids, as in life.
    let mark = text.bytes().fold(seq, |a, b| a.wrapping_mul(31).wrapping_add(u64::from(b)));
    let envelope = Envelope {
        v: 1,
        id: EventId(id([d << 32 | seq, mark])),
        case_id: CaseId(id([5, 5])),
        device_id: DeviceId(id([9, d])),
        incarnation: 1,
        device_seq: DeviceSeq(seq),
        prev: prev.hex(),
        actor_id: OfficerId(id([7, d])),
        role: Role::Officer,
        station_id: StationId::from("07"),
        kind: kind.to_owned(),
        version: 1,
        critical: false,
        occurred_at: start(),
        clock: None,
        base: None,
        circle: Circle::open(),
        on_behalf: None,
        body: serde_json::json!({ "text": text }),
    };
    SignedEvent::sign(&envelope, &SigningKey::from_bytes(&[device; 32])).unwrap()
}

impl Local for Desk {
    fn identity(&self) -> Result<Identity, LocalError> {
        Ok(Identity { device_id: self.device(), incarnation: 1, version: "0.1.0".to_owned() })
    }

    fn sign_head(&self, head: &EventHash) -> Result<String, LocalError> {
        Ok(signed::sign_head(&self.key(), head))
    }

    fn snapshot(&self) -> Result<Snapshot, LocalError> {
        let d = self.inside.lock().unwrap();
        if let Some(broken) = d.broken {
            return Err(broken);
        }
        let head = |n: usize| match n.checked_sub(1).and_then(|i| d.own.get(i)) {
            Some(e) => Head { seq: n as u64, hash: e.hash() },
            None => Head::default(),
        };
        let judged = (1..).take_while(|seq| d.verdicts.contains_key(seq)).count();
        Ok(Snapshot {
            enrolled: !d.epoch.is_empty(),
            local_head: head(d.own.len()),
            acked: head(judged),
            known: d.known.clone(),
            epoch: d.epoch.clone(),
            cursors: d.cursors.iter().map(|(s, p)| (s.clone(), *p)).collect(),
            unsent: (d.own.len() - d.verdicts.len()) as u64,
            kept_aside: d.kept_aside,
            anew: false,
            give_back: d.given.is_some(),
            push_after: d.attempts.last().and_then(|a| match a.result {
                Err(SyncStop::Full { until }) => Some(until),
                _ => None,
            }),
            numbers_left: 100,
            blocks: Vec::new(),
            older: Vec::new(),
            officers: Vec::new(),
            tree: None,
            vouchers: Vec::new(),
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
        let events = d.own.iter().skip(usize::try_from(from_seq).unwrap() - 1).take(max_events);
        Ok(events
            .enumerate()
            .take_while(|(i, e)| {
                bytes += e.e.len();
                *i == 0 || bytes <= max_bytes
            })
            .map(|(_, e)| e.clone())
            .collect())
    }

    fn record_hello(
        &self,
        hello: &HelloResponse,
        history: History,
        measured_at: DateTime<Utc>,
        _: chrono::TimeDelta,
    ) -> Result<Head, LocalError> {
        let mut d = self.inside.lock().unwrap();
        d.histories.push(history);
        if history == History::Changed {
            d.cursors.clear();
            let stays = |seq: u64, v: &Verdict| {
                seq <= hello.acked.seq && !matches!(v, Verdict::Rejected { .. })
            };
            d.verdicts.retain(|seq, verdict| stays(*seq, verdict));
            for (pos, _) in d.held.values_mut() {
                *pos = None;
            }
            d.given = Some(Vec::new());
        }
        d.cursors.retain(|s, _| hello.scopes.contains(s));
        for scope in &hello.scopes {
            d.cursors.entry(scope.clone()).or_insert(Pos(0));
        }
        d.epoch.clone_from(&hello.epoch);
        d.offset_ms = (hello.server_time - measured_at).num_milliseconds();
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
        // What the region says of the others is not understood here: they go on waiting.
        for v in answer.verdicts.iter().filter(|v| v.verdict != Verdict::Unknown) {
            d.verdicts.insert(v.seq, v.verdict.clone());
        }
        Ok(())
    }

    fn record_kept_aside(&self, _: u32, through: u64) -> Result<(), LocalError> {
        self.inside.lock().unwrap().kept_aside = through;
        Ok(())
    }

    /// A desk of these tests has one life.
    fn branch_off(
        &self,
        _: u32,
        _: u64,
    ) -> Result<Option<esik_sync::local::OlderLife>, LocalError> {
        Ok(None)
    }

    fn orphans(&self, max_events: usize, _: usize) -> Result<Vec<SignedEvent>, LocalError> {
        let d = self.inside.lock().unwrap();
        let Some(given) = &d.given else { return Ok(Vec::new()) };
        let lost = d.held.values().filter(|(pos, e)| pos.is_none() && !given.contains(e));
        let foreign = lost.filter(|(_, e)| e.envelope().unwrap().device_id != self.device());
        Ok(foreign.map(|(_, e)| e.clone()).take(max_events).collect())
    }

    fn signers(&self, events: &[SignedEvent]) -> Result<Vec<OfficerCard>, LocalError> {
        let ids: BTreeSet<_> = events.iter().map(|e| e.envelope().unwrap().actor_id).collect();
        let card = |id| OfficerCard {
            id,
            name: String::new(),
            post: String::new(),
            role: Role::Officer,
            station: "07".into(),
            key: String::new(),
            circles: Vec::new(),
            circles_word: None,
            revoked: false,
            voucher: None,
        };
        Ok(ids.into_iter().map(card).collect())
    }

    fn record_given(&self, given: Option<(&[SignedEvent], &GivenBack)>) -> Result<(), LocalError> {
        let mut d = self.inside.lock().unwrap();
        match (&mut d.given, given) {
            (Some(all), Some((events, _))) => all.extend(events.iter().cloned()),
            _ => d.given = None,
        }
        Ok(())
    }

    fn apply_page(&self, scope: &Scope, page: &FeedPage) -> Result<Applied, LocalError> {
        let mut d = self.inside.lock().unwrap();
        if let Some(broken) = d.broken {
            return Err(broken);
        }
        let mut applied = Applied::default();
        for entry in &page.entries {
            let id = entry.event.envelope().unwrap().id;
            let old = d.held.insert(id, (Some(entry.pos), entry.event.clone()));
            applied.events += u64::from(old.is_none());
        }
        d.cursors.insert(scope.clone(), page.next);
        Ok(applied)
    }

    fn publications_wanted(&self, listed: &[PublicationRef]) -> Result<Vec<String>, LocalError> {
        let d = self.inside.lock().unwrap();
        let lacks = |p: &&PublicationRef| !d.published.contains(&p.hash);
        Ok(listed.iter().filter(lacks).map(|p| p.hash.clone()).collect())
    }

    fn record_publication(&self, published: &SignedPublication) -> Result<bool, LocalError> {
        let good = published.s == "good";
        if good {
            self.inside.lock().unwrap().published.push(published.hash());
        }
        Ok(good)
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

    fn record_attempt(&self, attempt: &Attempt) -> Result<(), LocalError> {
        self.inside.lock().unwrap().attempts.push(attempt.clone());
        Ok(())
    }

    fn blob_job(&self, _: DateTime<Utc>) -> Result<Option<BlobJob>, LocalError> {
        let d = self.inside.lock().unwrap();
        let over = |address: &String| {
            d.news.iter().any(|(of, news)| of == address && !matches!(news, BlobNews::Moved { .. }))
        };
        let down = d.coming.keys().find(|a| !d.files.contains_key(*a) && !over(a));
        let up = d.files.keys().find(|a| !over(a));
        let bytes = |a: &String| d.files.get(a).map_or(0, |f| f.len() as u64);
        let job = |address: &String, way| BlobJob {
            address: address.clone(),
            bytes: if way == Way::Up { bytes(address) } else { u64::from(d.wants) },
            way,
        };
        Ok(down.map(|a| job(a, Way::Down)).or_else(|| up.map(|a| job(a, Way::Up))))
    }

    fn blob_read(&self, address: &str, n: u32) -> Result<Vec<u8>, LocalError> {
        let d = self.inside.lock().unwrap();
        let file = d.files.get(address).ok_or(LocalError::Storage)?;
        Ok(file.chunks(BLOB_CHUNK_BYTES).nth(n as usize).unwrap_or_default().to_vec())
    }

    fn blob_here(&self, address: &str) -> Result<u32, LocalError> {
        let d = self.inside.lock().unwrap();
        let came = d.coming.get(address).map_or(0, Vec::len);
        Ok(u32::try_from(came / BLOB_CHUNK_BYTES).unwrap())
    }

    fn blob_keep(
        &self,
        address: &str,
        n: u32,
        bytes: &[u8],
        last: bool,
    ) -> Result<bool, LocalError> {
        let mut d = self.inside.lock().unwrap();
        let came = d.coming.entry(address.to_owned()).or_default();
        came.truncate(n as usize * BLOB_CHUNK_BYTES);
        came.extend_from_slice(bytes);
        if !last {
            return Ok(true);
        }
        let came = d.coming.remove(address).unwrap_or_default();
        let good = crate::region::sha256(&came) == address;
        if good {
            d.files.insert(address.to_owned(), came);
        }
        Ok(good)
    }

    fn blob_told(&self, address: &str, news: &BlobNews) -> Result<(), LocalError> {
        self.inside.lock().unwrap().news.push((address.to_owned(), news.clone()));
        Ok(())
    }
}

/// A clock that stands still except while somebody sleeps, and sleeps in no time.
pub struct TestClock {
    pub now: Mutex<DateTime<Utc>>,
    pub random: f64,
    pub slept: Mutex<Vec<Duration>>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { now: Mutex::new(start()), random: 0.5, slept: Mutex::default() }
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }
    fn random(&self) -> f64 {
        self.random
    }
    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        *self.now.lock().unwrap() += span;
        self.slept.lock().unwrap().push(span);
        Box::pin(std::future::ready(()))
    }
}
