//! The store as the sync engine sees it. Each call is one transaction.

use super::{
    ATTEMPT, CLOCK, DECISIONS, DESK_LETTER, KNOWN, Measured, REGION, Region, SCOPES, TREE, known,
    scopes,
};
use super::{given, lacking, tree};
use crate::desk::Open;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use esik_domain::event::{Envelope, Role};
use esik_domain::ids::{CaseId, OfficerId, Pos, Scope};
use esik_store::attached::{Broken, travel};
use esik_store::{StoreError, Tx, log, meta, numbers, officers, publications, register};
use esik_sync::SyncStop;
use esik_sync::lane::{BlobJob, BlobNews, Way};
use esik_sync::local::{
    Applied, Attempt, Behind, History, Identity, Local, LocalError, OlderLife, Snapshot,
};
use esik_sync::tree::{Demand, Look};
use esik_wire::signed::{key_from_text, sign_head};
use esik_wire::{
    BLOCKS_TOLD_MAX, EventHash, FeedPage, GIVEN_OFFICERS_MAX, GivenBack, Head, HelloResponse, Hole,
    KnownRegion, OfficerCard, PublicationRef, PushResponse, SignedEvent, SignedHole,
    SignedPublication, TreeProof, planted,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// How the last attempts ended, for the screen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LastAttempt {
    pub at: Option<DateTime<Utc>>,
    pub success_at: Option<DateTime<Utc>>,
    /// Code of the failure of the last attempt.
    pub failure: Option<crate::api::Refusal>,
    /// The region takes nothing more from this desk before then (S28).
    #[serde(default)]
    pub push_after: Option<DateTime<Utc>>,
}

impl LastAttempt {
    /// Whether the region said of this desk that another copy of it lives (S17).
    fn told_of_a_copy(&self) -> bool {
        self.failure.as_ref().is_some_and(|f| f.code == "region_fork")
    }
}

/// So many numbers that no region gives more.
const ENOUGH: u64 = 1 << 32;

/// How far the region keeps aside what this desk wrote beside another copy of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct KeptAside {
    life: u32,
    through: u64,
}

/// Meta key of [`KeptAside`].
const KEPT_ASIDE: &str = "region_kept_aside";

/// [`Local`] over an open desk.
pub struct StoreLocal {
    open: Arc<Open>,
    /// Device time.
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Told after each change that came from the region.
    changed: Arc<dyn Fn(Vec<esik_domain::ids::CaseId>) + Send + Sync>,
    /// Told after each chunk of a file.
    files_changed: Arc<dyn Fn() + Send + Sync>,
}

impl StoreLocal {
    /// `changed` is told which cases the region changed; an empty list = only the sync state.
    #[must_use]
    pub fn new(
        open: Arc<Open>,
        now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
        changed: Arc<dyn Fn(Vec<esik_domain::ids::CaseId>) + Send + Sync>,
        files_changed: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self { open, now, changed, files_changed }
    }
}

impl StoreLocal {
    fn is_altered(&self, address: &str) -> Result<bool, LocalError> {
        let found = self.open.files.check(address).map_err(failed)?;
        Ok(found == Some(Broken::Altered))
    }

    /// The screen learns only of cases its officer may know of.
    fn tell(&self, touched: Vec<esik_domain::ids::CaseId>) {
        let actor = &self.open.actor;
        let seen = self.open.store.read(|conn| esik_store::lists::visible(conn, actor, &touched));
        (self.changed)(seen.unwrap_or_default());
    }
}

fn failed(e: StoreError) -> LocalError {
    match e {
        StoreError::Closed => LocalError::Locked,
        StoreError::DiskFull => LocalError::StorageFull,
        StoreError::Chain => LocalError::Inconsistent,
        other => {
            tracing::error!(error = %other, "sync could not use the store");
            LocalError::Storage
        }
    }
}

impl Local for StoreLocal {
    fn identity(&self) -> Result<Identity, LocalError> {
        Ok(Identity {
            device_id: self.open.device_id,
            incarnation: self.open.incarnation,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    fn sign_head(&self, head: &EventHash) -> Result<String, LocalError> {
        Ok(sign_head(&self.open.device_key, head))
    }

    fn snapshot(&self) -> Result<Snapshot, LocalError> {
        let named = scopes(&self.open);
        let known = known(&self.open);
        let now = (self.now)();
        self.open
            .store
            .read(|conn| {
                let region_now = super::moments::region_time(conn, now)?;
                let year = chrono::Datelike::year(&esik_domain::calendar::local(region_now));
                let last: LastAttempt = meta::get(conn, ATTEMPT)?.unwrap_or_default();
                let cursors = named
                    .iter()
                    .map(|s| Ok((s.clone(), log::read_from(conn, s)?)))
                    .collect::<Result<Vec<_>, StoreError>>()?;
                Ok(Snapshot {
                    enrolled: meta::get::<Region>(conn, REGION)?.is_some(),
                    local_head: log::head_of_life(
                        conn,
                        self.open.device_id,
                        self.open.incarnation,
                    )?,
                    acked: log::acked(conn, self.open.device_id, self.open.incarnation)?,
                    epoch: known.as_ref().map(|k| k.epoch.clone()).unwrap_or_default(),
                    known: known.clone(),
                    cursors,
                    unsent: log::unsent_count(conn)?,
                    kept_aside: meta::get::<KeptAside>(conn, KEPT_ASIDE)?
                        .filter(|k| k.life == self.open.incarnation)
                        .map_or(0, |k| k.through),
                    anew: meta::get(conn, super::TREE_ANEW)?.unwrap_or(false),
                    give_back: given::is_due(conn, now)?,
                    push_after: last.push_after,
                    older: log::older_unsent(conn, self.open.device_id, self.open.incarnation)?
                        .into_iter()
                        .map(|(incarnation, from, to)| OlderLife { incarnation, from, to })
                        .collect(),
                    // Beside a copy of itself a desk gives every block up again: it asks for none.
                    numbers_left: if last.told_of_a_copy() {
                        ENOUGH
                    } else {
                        numbers::numbers_left(conn, &self.open.station, year, region_now)?
                    },
                    blocks: numbers::blocks(conn, &self.open.station, year, BLOCKS_TOLD_MAX)?,
                    officers: officers::local(conn)?,
                    tree: meta::get(conn, TREE)?,
                    vouchers: register::untold(conn)?,
                })
            })
            .map_err(failed)
    }

    fn segment(
        &self,
        life: u32,
        from_seq: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Vec<SignedEvent>, LocalError> {
        let device = self.open.device_id;
        self.open
            .store
            .read(|conn| log::segment(conn, device, life, from_seq, max_events, max_bytes))
            .map_err(failed)
    }

    fn record_hello(
        &self,
        hello: &HelloResponse,
        history: History,
        measured_at: DateTime<Utc>,
        uncertain: TimeDelta,
    ) -> Result<Head, LocalError> {
        let hello = hello.clone();
        let open = Arc::clone(&self.open);
        let (device, life) = (self.open.device_id, self.open.incarnation);
        let offset_ms = (hello.server_time - measured_at).num_milliseconds();
        let (touched, head) = self
            .open
            .store
            .write(move |tx| {
                if history == History::Changed {
                    log::region_diverged(tx, device, life, hello.acked.seq, 0)?;
                    travel::ask_all_anew(tx)?;
                    tree::begin_anew(tx)?;
                    given::begin(tx)?;
                }
                let measured = Measured { offset_ms, at: measured_at };
                let mut touched =
                    super::moments::correct(tx, &open, hello.server_time, &measured, uncertain)?;
                meta::put(tx, CLOCK, &measured)?;
                meta::put(tx, SCOPES, &hello.scopes)?;
                meta::put(tx, DESK_LETTER, &hello.desk_letter)?;
                meta::put(tx, super::STATUS_PAGE, &hello.status_page)?;
                meta::put(tx, DECISIONS, &hello.decisions)?;
                meta::put(
                    tx,
                    KNOWN,
                    &KnownRegion {
                        epoch: hello.epoch.clone(),
                        pos: hello.region_pos,
                        acked: hello.acked,
                    },
                )?;
                let wanted = hello.files_wanted.iter().filter(|a| open.files.has(a));
                for address in wanted.filter(|_| !planted::is("lost_file_not_sent_again")) {
                    travel::send_again(tx, address)?;
                }
                for lease in &hello.leases {
                    numbers::add_lease(tx, lease)?;
                }
                for lease in &hello.renewed {
                    numbers::renew(tx, lease)?;
                }
                take_register(tx, &hello, measured_at)?;
                touched.extend(super::scopes::follow(tx, device, &hello)?);
                if planted::is("cursor_ahead_of_rows") {
                    for scope in &hello.scopes {
                        log::read_to(tx, scope, hello.region_pos)?;
                    }
                }
                // What came before its author was known may be read now.
                if !planted::is("no_second_look") {
                    touched.extend(look_again(tx)?);
                }
                Ok((touched, log::head_of_life(tx, device, life)?))
            })
            .map_err(failed)?;
        if !touched.is_empty() {
            self.tell(touched);
        }
        Ok(head)
    }

    fn answered(&self) -> Result<Head, LocalError> {
        let (device, life) = (self.open.device_id, self.open.incarnation);
        self.open.store.read(|conn| log::acked(conn, device, life)).map_err(failed)
    }

    fn record_verdicts(&self, life: u32, answer: &PushResponse) -> Result<(), LocalError> {
        let answer = answer.clone();
        let device = self.open.device_id;
        let this_life = life == self.open.incarnation;
        let touched = self
            .open
            .store
            .write(move |tx| {
                let outcome = log::apply_verdicts(tx, device, life, &answer.verdicts)?;
                tree::acknowledged(tx, &answer)?;
                if let Some(k) = meta::get::<KnownRegion>(tx, KNOWN)?.filter(|_| this_life) {
                    meta::put(tx, KNOWN, &KnownRegion { acked: answer.acked, ..k })?;
                }
                Ok(outcome.touched)
            })
            .map_err(failed)?;
        self.tell(touched);
        Ok(())
    }

    fn record_kept_aside(&self, life: u32, through: u64) -> Result<(), LocalError> {
        let kept = KeptAside { life, through };
        self.open.store.write(move |tx| meta::put(tx, KEPT_ASIDE, &kept)).map_err(failed)
    }

    fn branch_off(&self, life: u32, from_seq: u64) -> Result<Option<OlderLife>, LocalError> {
        let (device, present) = (self.open.device_id, self.open.incarnation);
        let branch = self
            .open
            .store
            .write(move |tx| log::branch_off(tx, device, life, from_seq, present))
            .map_err(failed)?;
        Ok(branch.map(|(incarnation, to)| OlderLife { incarnation, from: from_seq, to }))
    }

    fn behind(&self, life: u32, wanted: u64) -> Result<Option<Behind>, LocalError> {
        let (device, present, now) = (self.open.device_id, self.open.incarnation, (self.now)());
        let of = (device, present);
        let behind = self.open.store.write(move |tx| lacking::behind(tx, of, life, wanted, now));
        let Some(behind) = behind.map_err(failed)? else { return Ok(None) };
        let hole = behind.lost.map(|lost| Hole {
            device_id: device,
            life: lost.life,
            from: lost.from,
            to: lost.to,
            last: lost.last,
            at: now,
        });
        let hole = hole.map(|hole| SignedHole::sign(&hole, &self.open.device_key)).transpose();
        Ok(Some(Behind {
            life: OlderLife { incarnation: behind.life, from: behind.from, to: behind.to },
            hole: hole.map_err(|_| LocalError::Storage)?,
        }))
    }

    fn orphans(&self, max_events: usize, max_bytes: usize) -> Result<Vec<SignedEvent>, LocalError> {
        self.open.store.read(|conn| given::orphans(conn, max_events, max_bytes)).map_err(failed)
    }

    fn signers(&self, events: &[SignedEvent]) -> Result<Vec<OfficerCard>, LocalError> {
        let signers = events.iter().filter_map(|e| Some(e.envelope().ok()?.actor_id));
        let read = |conn: &_| register::with_vouchers(conn, signers, GIVEN_OFFICERS_MAX);
        self.open.store.read(read).map_err(failed)
    }

    fn record_given(&self, given: Option<(&[SignedEvent], &GivenBack)>) -> Result<(), LocalError> {
        let told = given.map(|(events, answer)| (events.len(), answer.against.clone()));
        let now = (self.now)();
        let touched =
            self.open.store.write(move |tx| given::record(tx, told, now)).map_err(failed)?;
        if !touched.is_empty() {
            self.tell(touched);
        }
        Ok(())
    }

    fn begins(&self, life: u32) -> Result<u64, LocalError> {
        let device = self.open.device_id;
        self.open.store.read(|conn| log::begins(conn, device, life)).map_err(failed)
    }

    fn seen(&self, scope: &Scope, after: Pos) -> Result<Option<EventHash>, LocalError> {
        self.open.store.read(|conn| tree::seen(conn, scope, after)).map_err(failed)
    }

    fn apply_page(&self, scope: &Scope, page: &FeedPage) -> Result<Applied, LocalError> {
        let (scope, mut page) = (scope.clone(), page.clone());
        let scopes = scopes(&self.open);
        let outcome = self
            .open
            .store
            .write(move |tx| {
                let keys = Keys::read(tx)?;
                let desk = log::Following { keys: &|e| keys.of(e), scopes: &scopes };
                tree::read_to(tx, &scope, &mut page)?;
                log::apply_feed(tx, &scope, &page, desk)
            })
            .map_err(failed)?;
        if !outcome.touched.is_empty() {
            self.tell(outcome.touched);
        }
        Ok(Applied {
            events: outcome.applied,
            set_aside: outcome.poisoned,
            read_on: outcome.read_on,
        })
    }

    fn publications_wanted(&self, listed: &[PublicationRef]) -> Result<Vec<String>, LocalError> {
        let here = self.open.store.read(publications::list).map_err(failed)?;
        let lacks = |p: &&PublicationRef| {
            let version = |v| v == p.version || planted::is("published_once");
            !here.iter().any(|k| k.kind == p.kind && k.name == p.name && version(k.version))
        };
        Ok(listed.iter().filter(lacks).map(|p| p.hash.clone()).collect())
    }

    fn record_publication(&self, published: &SignedPublication) -> Result<bool, LocalError> {
        let taken = crate::published::take(&self.open, published, (self.now)()).map_err(failed)?;
        match taken {
            Some(touched) => {
                self.tell(touched);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn blob_job(&self, now: DateTime<Utc>) -> Result<Option<BlobJob>, LocalError> {
        let files = &self.open.files;
        let next = self
            .open
            .store
            .read(|conn| travel::next(conn, files, now.timestamp_millis()))
            .map_err(failed)?;
        Ok(next.map(|n| BlobJob {
            bytes: esik_wire::sealed::sealed_len(n.bytes),
            address: n.address,
            way: if n.coming { Way::Down } else { Way::Up },
        }))
    }

    fn blob_read(&self, address: &str, n: u32) -> Result<Vec<u8>, LocalError> {
        self.open.files.chunk(address, n).map_err(failed)
    }

    fn blob_here(&self, address: &str) -> Result<u32, LocalError> {
        self.open.files.here(address).map_err(failed)
    }

    fn blob_keep(
        &self,
        address: &str,
        n: u32,
        bytes: &[u8],
        last: bool,
    ) -> Result<bool, LocalError> {
        self.open.files.keep_chunk(address, n, bytes, last).map_err(failed)
    }

    fn blob_told(&self, address: &str, news: &BlobNews) -> Result<(), LocalError> {
        let (of, news) = (address.to_owned(), news.clone());
        if matches!(news, BlobNews::Later { why: "damaged", .. }) && self.is_altered(address)? {
            // What this desk sent is not what it took in: it needs the file itself.
            let files = self.open.files.clone();
            self.open.store.write(move |tx| travel::anew(tx, &files, &of)).map_err(failed)?;
            (self.files_changed)();
            return Ok(());
        }
        self.open
            .store
            .write(move |tx| match news {
                BlobNews::Moved { done, of: chunks } => travel::moved(tx, &of, done, chunks),
                BlobNews::Arrived => travel::arrived(tx, &of),
                BlobNews::Missing { again } => travel::missing(tx, &of, again.timestamp_millis()),
                BlobNews::Later { again, why } => {
                    travel::later(tx, &of, again.timestamp_millis(), why)
                }
            })
            .map_err(failed)?;
        (self.files_changed)();
        Ok(())
    }

    fn look_at_trees(&self, hello: &HelloResponse) -> Result<Look, LocalError> {
        tree::look_at(&self.open, hello, (self.now)()).map_err(failed)
    }

    fn own_demand(&self) -> Result<Option<Demand>, LocalError> {
        tree::own_demand(&self.open).map_err(failed)
    }

    fn record_tree(&self, demand: &Demand, answer: Option<&TreeProof>) -> Result<bool, LocalError> {
        let (demand, answer, at) = (demand.clone(), answer.cloned(), (self.now)());
        let proven = self
            .open
            .store
            .write(move |tx| tree::judged(tx, at, &demand, answer.as_ref()))
            .map_err(failed)?;
        if !proven {
            (self.changed)(Vec::new());
        }
        Ok(proven)
    }

    fn record_attempt(&self, attempt: &Attempt) -> Result<(), LocalError> {
        let (at, failure) =
            (attempt.at, attempt.result.as_ref().err().map(super::status::stop_refusal));
        let summary = attempt.result.as_ref().ok().cloned();
        let full = match attempt.result {
            Err(SyncStop::Full { until }) => Some(until),
            _ => None,
        };
        // Told of another copy of the desk: it has the same blocks, and no number may be given twice from now on.
        let told_of_a_copy =
            matches!(attempt.result, Err(SyncStop::Fork | SyncStop::RolledBack { .. }));
        let (device, life) = (self.open.device_id, self.open.incarnation);
        self.open
            .store
            .write(move |tx| {
                if told_of_a_copy {
                    let head = log::head_of_life(tx, device, life)?;
                    numbers::give_up_beside_a_copy(tx, device, &head.hash, at)?;
                }
                let before: LastAttempt = meta::get(tx, ATTEMPT)?.unwrap_or_default();
                let success_at = if failure.is_none() { Some(at) } else { before.success_at };
                match (&summary, &failure) {
                    (Some(summary), _) => super::contacts::record(tx, at, Ok(summary))?,
                    (None, Some(failure)) => super::contacts::record(tx, at, Err(failure))?,
                    (None, None) => {}
                }
                // A round that never came to sending says nothing of the measure.
                let push_after = full.or(before.push_after.filter(|_| failure.is_some()));
                let at = Some(at);
                meta::put(tx, ATTEMPT, &LastAttempt { at, success_at, failure, push_after })
            })
            .map_err(failed)?;
        self.open.note_anchor();
        (self.changed)(Vec::new());
        Ok(())
    }
}

/// The officers of the station as the region tells them, and its warrant key.
fn take_register(tx: &Tx<'_>, hello: &HelloResponse, at: DateTime<Utc>) -> Result<(), StoreError> {
    let warrant = register::pin(tx, hello.warrant.as_ref(), at)?;
    let joined = meta::get::<Region>(tx, REGION)?;
    let region = joined.as_ref().map(|r| (OfficerId(r.region_device.0), r.region_key.as_str()));
    register::take(tx, &hello.officers, warrant.as_ref(), region)
}

/// Looks again at what was set aside because its author was not known; the cases it changed.
pub(crate) fn look_again(tx: &mut Tx<'_>) -> Result<Vec<CaseId>, StoreError> {
    if log::poisoned(tx)?.is_empty() {
        return Ok(Vec::new());
    }
    let keys = Keys::read(tx)?;
    Ok(log::retry_poisoned(tx, &|e| keys.of(e))?.touched)
}

/// Keys that events have to be signed with: officers by id, the region for what it authors.
struct Keys {
    officers: HashMap<OfficerId, VerifyingKey>,
    region: Option<VerifyingKey>,
}

impl Keys {
    fn read(conn: &rusqlite::Connection) -> Result<Self, StoreError> {
        let region = meta::get::<Region>(conn, REGION)?;
        Ok(Self {
            officers: officers::keys(conn)?,
            region: region.and_then(|r| key_from_text(&r.region_key).ok()),
        })
    }

    fn of(&self, e: &Envelope) -> Option<VerifyingKey> {
        if e.role == Role::Region { self.region } else { self.officers.get(&e.actor_id).copied() }
    }
}

/// The position a desk knows of the region; the proof number on the screen.
pub(crate) fn proof(open: &Open) -> Option<Pos> {
    open.store.read(|conn| log::proof(conn, open.device_id)).ok().flatten()
}
