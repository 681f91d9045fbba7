//! A region in memory, as small as the protocol allows.

use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::ids::{CaseId, DeviceId, Pos, Scope};
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    ApiError, ApiErrorCode, BlobPart, BlobStatus, EnrollRequest, EnrollResponse, EventHash,
    EventVerdict, FEED_PAGE_MAX, FeedEntry, FeedPage, FeedRequest, GiveBack, GivenBack, Head,
    HelloRequest, HelloResponse, KnownRegion, OfficerCard, PublicationRef, PushResponse,
    SEGMENT_BYTES_MAX, SEGMENT_EVENTS_MAX, Segment, SignedEvent, SignedPublication, SyncApi,
    SyncFailure, TreeProof, TreeProofRequest, Verdict,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// When every test begins.
pub fn start() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// Everything a backup of the region would hold.
#[derive(Clone, Default)]
pub struct Book {
    pub epoch: String,
    /// In the region's order: position = index + 1.
    pub order: Vec<(Scope, SignedEvent)>,
    /// Per device and incarnation: every event taken, with its verdict.
    pub chains: BTreeMap<(DeviceId, u32), Vec<(EventHash, Verdict)>>,
}

impl Book {
    pub fn head(&self, device: DeviceId, incarnation: u32) -> Head {
        match self.chains.get(&(device, incarnation)).and_then(|c| Some((c.len(), c.last()?))) {
            Some((n, (hash, _))) => Head { seq: n as u64, hash: *hash },
            None => Head::default(),
        }
    }
}

/// A file an event named, as far as it has come.
#[derive(Default)]
pub struct File {
    pub bytes: u64,
    pub chunks: BTreeMap<u32, Vec<u8>>,
    pub complete: bool,
}

pub struct Region {
    /// By address.
    pub files: Mutex<BTreeMap<String, File>>,
    /// It serves other bytes of a file than it says.
    pub lies: Mutex<bool>,
    pub book: Mutex<Book>,
    pub scopes: Mutex<Vec<Scope>>,
    /// Names of the calls that arrived, in order.
    pub calls: Mutex<Vec<&'static str>>,
    /// Refuses these calls (by name) as long as there is a refusal.
    pub refuse: Mutex<BTreeMap<&'static str, Vec<ApiError>>>,
    pub page_max: usize,
    /// What the last greeting said it knew of us.
    pub known: Mutex<Option<KnownRegion>>,
    pub published: Mutex<Vec<SignedPublication>>,
    /// Cards that came with what was given back.
    pub cards: Mutex<Vec<OfficerCard>>,
    news: watch::Sender<u64>,
}

pub fn station() -> Scope {
    Scope::from("station:07")
}

impl Region {
    pub fn new() -> Self {
        Self {
            book: Mutex::new(Book { epoch: "e1".to_owned(), ..Book::default() }),
            scopes: Mutex::new(vec![station()]),
            calls: Mutex::default(),
            refuse: Mutex::default(),
            known: Mutex::default(),
            files: Mutex::default(),
            lies: Mutex::new(false),
            published: Mutex::default(),
            cards: Mutex::default(),
            page_max: FEED_PAGE_MAX as usize,
            news: watch::channel(0).0,
        }
    }

    /// An event named a file.
    pub fn expect(&self, address: &str, bytes: usize) {
        let file = File { bytes: bytes as u64, ..File::default() };
        self.files.lock().unwrap().insert(address.to_owned(), file);
    }

    fn held(&self, address: &str) -> Result<BlobStatus, SyncFailure> {
        let files = self.files.lock().unwrap();
        let file = files.get(address).ok_or_else(|| ApiError::new(ApiErrorCode::NotFound))?;
        let part = |(n, bytes): (&u32, &Vec<u8>)| BlobPart { n: *n, sha256: sha256(bytes) };
        Ok(BlobStatus {
            bytes: file.bytes,
            parts: file.chunks.iter().map(part).collect(),
            complete: file.complete,
        })
    }

    /// Publishes a text; `good` stands for the region's signature.
    pub fn publish(&self, text: &str, signature: &str) {
        let one = SignedPublication { p: text.to_owned(), s: signature.to_owned() };
        self.published.lock().unwrap().push(one);
    }

    fn listed(&self) -> Vec<PublicationRef> {
        let all = self.published.lock().unwrap();
        let listed = |p: &SignedPublication| PublicationRef {
            kind: "calendar".to_owned(),
            name: "region".to_owned(),
            version: 1,
            hash: p.hash(),
        };
        all.iter().map(listed).collect()
    }

    pub fn backup(&self) -> Book {
        self.book.lock().unwrap().clone()
    }

    pub fn restore(&self, book: Book, epoch: &str) {
        *self.book.lock().unwrap() = Book { epoch: epoch.to_owned(), ..book };
    }

    pub fn refuse(&self, call: &'static str, refusals: &[ApiError]) {
        self.refuse.lock().unwrap().insert(call, refusals.iter().rev().cloned().collect());
    }

    /// Somebody else (an agency's clerk) adds to the order.
    pub fn author(&self, scope: &Scope, event: SignedEvent) {
        self.book.lock().unwrap().order.push((scope.clone(), event));
        self.news.send_modify(|n| *n += 1);
    }

    pub fn count(&self, call: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|c| **c == call).count()
    }

    fn enter(&self, call: &'static str) -> Result<(), SyncFailure> {
        self.calls.lock().unwrap().push(call);
        match self.refuse.lock().unwrap().get_mut(call).and_then(Vec::pop) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }

    fn take(&self, s: &Segment) -> Result<PushResponse, ApiError> {
        let mut guard = self.book.lock().unwrap();
        let book = &mut *guard;
        let bytes = serde_json::to_vec(s).unwrap().len();
        assert!(s.events.len() <= SEGMENT_EVENTS_MAX && bytes <= SEGMENT_BYTES_MAX + 4096);
        assert_eq!(s.events.last().map(SignedEvent::hash), Some(s.head), "the head is the last");
        if s.epoch != book.epoch {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        let chain = book.chains.entry((s.device_id, s.incarnation)).or_default();
        let expected = chain.len() as u64 + 1;
        if s.first_seq > expected {
            let gap = ApiError::new(ApiErrorCode::Gap);
            return Err(ApiError { expected: Some(expected), ..gap });
        }
        let mut verdicts = Vec::new();
        for (seq, event) in (s.first_seq..).zip(&s.events) {
            let envelope = event.envelope().unwrap();
            let at = usize::try_from(seq).unwrap() - 1;
            let verdict = if let Some((hash, old)) = chain.get(at) {
                if *hash != event.hash() {
                    return Err(ApiError::new(ApiErrorCode::Fork));
                }
                match old.clone() {
                    Verdict::Accepted { pos, recorded_at } => {
                        Verdict::Duplicate { pos, recorded_at }
                    }
                    other => other,
                }
            } else {
                let prev = chain.last().map_or(esik_wire::ZERO_HASH, |(h, _)| *h);
                if envelope.prev != prev.hex() {
                    return Err(ApiError::new(ApiErrorCode::Fork));
                }
                let verdict = match envelope.kind.as_str() {
                    "refused" => Verdict::Rejected { code: "not_allowed".to_owned() },
                    "later" => Verdict::Unknown,
                    "poison" => Verdict::Quarantined { code: "unreadable".to_owned() },
                    _ if let Some(at) = book.order.iter().position(|(_, e)| e == event) => {
                        // Another desk gave it back.
                        Verdict::Duplicate { pos: Pos(at as u64 + 1), recorded_at: start() }
                    }
                    _ => {
                        book.order.push((station(), event.clone()));
                        let pos = Pos(book.order.len() as u64);
                        Verdict::Accepted { pos, recorded_at: start() }
                    }
                };
                chain.push((event.hash(), verdict.clone()));
                verdict
            };
            verdicts.push(EventVerdict { id: Some(envelope.id), seq, verdict });
        }
        let acked = book.head(s.device_id, s.incarnation);
        Ok(PushResponse { verdicts, acked })
    }

    fn page(&self, r: &FeedRequest) -> Result<FeedPage, ApiError> {
        let book = self.book.lock().unwrap();
        let head = Pos(book.order.len() as u64);
        if !self.scopes.lock().unwrap().contains(&r.scope) {
            return Err(ApiError::new(ApiErrorCode::NotFound));
        }
        if r.epoch != book.epoch || r.after > head {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged));
        }
        let limit = self.page_max.min(r.limit as usize);
        let mut entries: Vec<FeedEntry> = (1..)
            .zip(&book.order)
            .filter(|(pos, (scope, _))| *pos > r.after.0 && *scope == r.scope)
            .map(|(pos, (_, event))| FeedEntry {
                pos: Pos(pos),
                recorded_at: start(),
                event: event.clone(),
            })
            .take(limit + 1)
            .collect();
        let more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().map(|e| e.pos);
        Ok(FeedPage {
            next: if more { last.unwrap_or(head) } else { head },
            entries,
            more,
            moves: Vec::new(),
            root: None,
        })
    }
}

impl SyncApi for Region {
    async fn enroll(&self, _: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        Err(ApiError::new(ApiErrorCode::BadCode).into())
    }

    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        self.known.lock().unwrap().clone_from(&r.known);
        self.enter("hello")?;
        let book = self.book.lock().unwrap();
        Ok(HelloResponse {
            protocol: 1,
            server_time: start() + TimeDelta::seconds(90),
            epoch: book.epoch.clone(),
            acked: book.head(r.device_id, r.incarnation),
            scopes: self.scopes.lock().unwrap().clone(),
            leases: Vec::new(),
            renewed: Vec::new(),
            officers: Vec::new(),
            region_pos: Pos(book.order.len() as u64),
            durable_pos: None,
            desk_letter: String::new(),
            publications: self.listed(),
            decisions: Vec::new(),
            tree: None,
            trees_seen: Vec::new(),
            files_wanted: Vec::new(),
            status_page: String::new(),
            frozen: false,
            warrant: None,
        })
    }

    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        self.enter("push")?;
        let answer = self.take(&r)?;
        self.news.send_modify(|n| *n += 1);
        Ok(answer)
    }

    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        self.enter(if r.limit == 1 { "bell" } else { "feed" })?;
        let mut news = self.news.subscribe();
        let wait = tokio::time::sleep(Duration::from_secs(u64::from(r.wait_s)));
        tokio::pin!(wait);
        loop {
            let page = self.page(&r)?;
            if !page.entries.is_empty() || r.wait_s == 0 {
                return Ok(page);
            }
            tokio::select! {
                _ = news.changed() => {}
                () = &mut wait => return Ok(page),
            }
        }
    }

    async fn case_events(&self, _: CaseId) -> Result<FeedPage, SyncFailure> {
        Err(ApiError::new(ApiErrorCode::NotFound).into())
    }

    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        self.enter("publication")?;
        let all = self.published.lock().unwrap();
        let found = all.iter().find(|p| p.hash() == hash).cloned();
        found.ok_or_else(|| ApiError::new(ApiErrorCode::NotFound).into())
    }

    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        self.enter("back")?;
        let mut book = self.book.lock().unwrap();
        if r.epoch != book.epoch {
            return Err(ApiError::new(ApiErrorCode::HistoryDiverged).into());
        }
        self.cards.lock().unwrap().extend(r.officers);
        let mut done = GivenBack::default();
        for event in r.events {
            let there = book.order.iter().any(|(_, e)| *e == event);
            done.there += u64::from(there);
            if !there {
                done.taken += 1;
                book.order.push((station(), event));
            }
        }
        Ok(done)
    }

    async fn tree_proof(&self, _: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        Err(ApiError::new(ApiErrorCode::NotFound).into())
    }

    async fn file(&self, _: String) -> Result<Vec<u8>, SyncFailure> {
        Err(ApiError::new(ApiErrorCode::NotFound).into())
    }

    async fn blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.enter("blob")?;
        self.held(&hash)
    }

    async fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        self.enter("chunk")?;
        if let Some(file) = self.files.lock().unwrap().get_mut(&hash) {
            file.chunks.insert(n, bytes);
        }
        self.held(&hash)
    }

    async fn commit_blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        self.enter("commit")?;
        if let Some(file) = self.files.lock().unwrap().get_mut(&hash) {
            let whole: Vec<u8> = file.chunks.values().flatten().copied().collect();
            file.complete = sha256(&whole) == hash;
        }
        self.held(&hash)
    }

    async fn bundle(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        drop(bytes);
        Err(ApiError::new(ApiErrorCode::NotFound).into())
    }
    async fn blob_chunk(&self, hash: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        self.enter("get chunk")?;
        let files = self.files.lock().unwrap();
        let chunk = files.get(&hash).filter(|f| f.complete).and_then(|f| f.chunks.get(&n));
        let mut chunk = chunk.cloned();
        if let Some(first) = chunk.as_mut().and_then(|c| c.first_mut()) {
            *first ^= u8::from(*self.lies.lock().unwrap());
        }
        chunk.ok_or_else(|| ApiError::new(ApiErrorCode::NotFound).into())
    }
}

/// SHA-256, hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes))
}
