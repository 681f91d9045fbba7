//! The region's tables in a PostgreSQL database: many writers, one order, every commit durable.
//!
//! Calls block like those of the other engine. The connections live on a small runtime of the store's
//! own; a call waits for its answer on the thread it came from, whatever that thread is (docs/adr/0016).

mod aside;
mod commit;
mod connect;
mod copy;
mod identity;
mod line;
mod migrate;
mod partitions;
mod portal;
mod publications;
mod read;
mod stream;
mod tree;
mod values;

pub use connect::{Address, AddressError};
pub use portal::COUPONS;
pub use read::CASE_EVENTS;

use super::copy::{Row, Tally};
use super::{
    AsideCount, AsideEvent, AsideRow, Backup, CaseMove, ClerkRow, CodeRow, Commit, Committed,
    Counts, CouponRow, DecisionRow, DeviceRow, DeviceSeen, FeedRows, ForkRow, Held, LogRow,
    OfficerRow, PoolState, PublicationRow, RegionRow, RequestCounts, RequestList, RequestRow,
    SeriesRow, SessionRow, StationRow, Store, StoreError, StoreResult, StoredEvent, TreeTile,
    WarrantRow,
};
use chrono::{DateTime, NaiveDate, Utc};
use deadpool_postgres::{Client, Pool, Transaction};
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, ReferralId, Scope, StationId};
use esik_domain::number::Lease;
use esik_wire::{EventHash, Head, OfficerCard, SignedEvent, SignedPublication, SignedTreeHead};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;

/// One region in one database.
pub struct PostgresStore {
    region: String,
    pool: Pool,
    /// First position without a partition, as far as this process knows.
    end: AtomicU64,
    /// Positions in a new partition.
    partition: u64,
    /// Drives the connections; `None` only while this value is dropped.
    runtime: Option<Runtime>,
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // Waiting for a runtime's end is forbidden on an async thread, and nothing is left to wait for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl PostgresStore {
    /// Connects and brings the tables up to date.
    ///
    /// # Errors
    /// When nobody answers there, when the database could lose what it was given, or when it is newer
    /// than this program.
    pub fn open(address: &Address, region: &str) -> StoreResult<Self> {
        Self::open_with(address, region, partitions::POSITIONS)
    }

    /// As [`Self::open`], with so many positions in a partition; for tests.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(address: &Address, region: &str, partition: u64) -> StoreResult<Self> {
        let store = Self::connect(address, region, partition)?;
        if address.reads() {
            return Ok(store);
        }
        store.wait(async {
            let mut db = store.pool.get().await?;
            migrate::migrate(&mut db).await?;
            let head = read::head(&db, region).await?;
            let end = partitions::ensure(&mut db, head.0, partition).await?;
            store.end.store(end, Ordering::Relaxed);
            Ok(())
        })?;
        Ok(store)
    }

    /// The one region a database holds, if it holds exactly one; makes no tables.
    ///
    /// # Errors
    /// When nobody answers there or the database is not fit.
    pub fn sole_region(address: &Address) -> StoreResult<Option<String>> {
        let store = Self::connect(address, "", partitions::POSITIONS)?;
        store.wait(async {
            let db = store.pool.get().await?;
            let founded = "SELECT to_regclass('region') IS NOT NULL AS there";
            let there = db.query_one(founded, &[]).await?;
            if !values::get::<bool>(&there, "there")? {
                return Ok(None);
            }
            let rows = db.query("SELECT region_id FROM region LIMIT 2", &[]).await?;
            if let [row] = rows.as_slice() {
                values::get(row, "region_id").map(Some)
            } else {
                Ok(None)
            }
        })
    }

    /// A setting as it is in force on a connection, for diagnosis.
    ///
    /// # Errors
    /// When nobody answers, or there is no such setting.
    pub fn setting(&self, name: &str) -> StoreResult<String> {
        self.reading(async |db| {
            let row = db.query_one("SELECT current_setting($1) AS value", &[&name]).await?;
            values::get(&row, "value")
        })
    }

    fn connect(address: &Address, region: &str, partition: u64) -> StoreResult<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("esik-postgres")
            .enable_all()
            .build()
            .map_err(|e| StoreError::Engine(format!("starting the database's runtime: {e}")))?;
        Ok(Self {
            region: region.to_owned(),
            pool: address.pool()?,
            end: AtomicU64::new(0),
            partition,
            runtime: Some(runtime),
        })
    }

    /// Waits for `work` on this thread, also when it is a thread of another runtime: the executor is
    /// not tokio's, and the work is not counted against that runtime's task, which could not yield.
    fn wait<T>(&self, work: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
        let Some(runtime) = &self.runtime else {
            return Err(StoreError::Engine("the store is closed".to_owned()));
        };
        let _timers = runtime.enter();
        futures_executor::block_on(tokio::task::unconstrained(work))
    }

    fn reading<T>(&self, work: impl AsyncFnOnce(&Client) -> StoreResult<T>) -> StoreResult<T> {
        self.wait(async {
            let db = self.pool.get().await?;
            work(&db).await
        })
    }

    /// Runs `work` in one durable transaction.
    fn transact<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.wait(async {
            let mut db = self.pool.get().await?;
            let tx = db.transaction().await?;
            let out = work(&tx).await?;
            tx.commit().await?;
            Ok(out)
        })
    }

    /// Partitions for these positions, and one ahead. Only what is needed now may fail the commit.
    async fn make_room(&self, db: &mut Client, last: u64) -> StoreResult<()> {
        let end = self.end.load(Ordering::Relaxed);
        if last + self.partition < end {
            return Ok(());
        }
        match partitions::ensure(db, last, self.partition).await {
            Ok(end) => self.end.store(end, Ordering::Relaxed),
            Err(e) if last < end => tracing::warn!(error = %e, "no partition ahead yet"),
            Err(e) => return Err(e),
        }
        Ok(())
    }
}

impl Store for PostgresStore {
    fn found(&self, region: &RegionRow) -> StoreResult<bool> {
        self.transact(async |tx| identity::found(tx, region).await)
    }
    fn region(&self) -> StoreResult<Option<RegionRow>> {
        self.reading(async |db| identity::region(db, &self.region).await)
    }
    fn renew(
        &self,
        epoch: &str,
        leap: u32,
        skip_numbers: u64,
        years: &[i32],
        known: &[SeriesRow],
    ) -> StoreResult<()> {
        self.transact(async |tx| {
            identity::renew(tx, &self.region, epoch, leap, skip_numbers, years, known).await?;
            tree::forget(tx, &self.region).await
        })
    }
    fn series(&self) -> StoreResult<Vec<SeriesRow>> {
        self.reading(async |db| identity::series(db, &self.region).await)
    }
    fn head(&self) -> StoreResult<Pos> {
        self.reading(async |db| read::head(db, &self.region).await)
    }
    fn put_station(&self, station: &StationRow) -> StoreResult<()> {
        self.transact(async |tx| identity::put_station(tx, &self.region, station).await)
    }
    fn stations(&self) -> StoreResult<Vec<StationRow>> {
        self.reading(async |db| identity::stations(db, &self.region).await)
    }
    fn put_code(&self, code: &CodeRow) -> StoreResult<()> {
        self.transact(async |tx| identity::put_code(tx, &self.region, code).await)
    }
    fn code(&self, hash: &str) -> StoreResult<Option<CodeRow>> {
        self.reading(async |db| identity::code(db, &self.region, hash).await)
    }
    fn enrol(&self, code_hash: &str, device: &DeviceRow) -> StoreResult<bool> {
        self.transact(async |tx| identity::enrol(tx, &self.region, code_hash, device).await)
    }
    fn device(&self, id: DeviceId) -> StoreResult<Option<DeviceRow>> {
        Ok(self.reading(async |db| identity::devices(db, &self.region, Some(id)).await)?.pop())
    }
    fn devices(&self) -> StoreResult<Vec<DeviceRow>> {
        self.reading(async |db| identity::devices(db, &self.region, None).await)
    }
    fn revoke_device(&self, id: DeviceId) -> StoreResult<bool> {
        self.transact(async |tx| identity::revoke_device(tx, &self.region, id).await)
    }
    fn touch_device(
        &self,
        id: DeviceId,
        seen: &DeviceSeen,
        tree: Option<&SignedTreeHead>,
    ) -> StoreResult<()> {
        self.transact(async |tx| {
            identity::touch_device(tx, &self.region, id, seen).await?;
            if let Some(head) = tree {
                tree::put_seen(tx, &self.region, id, head, seen.at).await?;
            }
            Ok(())
        })
    }
    fn put_officers(&self, officers: &[OfficerRow]) -> StoreResult<()> {
        self.transact(async |tx| identity::put_officers(tx, &self.region, officers).await)
    }
    fn officers(&self, ids: &[OfficerId]) -> StoreResult<Vec<OfficerRow>> {
        self.reading(async |db| identity::officers(db, &self.region, ids).await)
    }
    fn device_officers(&self, device: DeviceId) -> StoreResult<Vec<OfficerCard>> {
        self.reading(async |db| identity::device_officers(db, &self.region, device).await)
    }
    fn all_officers(&self) -> StoreResult<Vec<OfficerRow>> {
        self.reading(async |db| identity::all_officers(db, &self.region).await)
    }
    fn station_officers(&self, station: &StationId) -> StoreResult<Vec<OfficerCard>> {
        self.reading(async |db| identity::station_officers(db, &self.region, station).await)
    }
    fn revoke_officer(&self, id: OfficerId) -> StoreResult<bool> {
        self.transact(async |tx| identity::revoke_officer(tx, &self.region, id).await)
    }
    fn put_warrant(&self, warrant: &WarrantRow) -> StoreResult<()> {
        self.transact(async |tx| identity::put_warrant(tx, &self.region, warrant).await)
    }
    fn warrants(&self) -> StoreResult<Vec<WarrantRow>> {
        self.reading(async |db| identity::warrants(db, &self.region).await)
    }
    fn lease(
        &self,
        station: &StationId,
        year: i32,
        device: DeviceId,
        count: u64,
        at: DateTime<Utc>,
    ) -> StoreResult<Lease> {
        self.transact(async |tx| {
            identity::lease(tx, &self.region, (station, year), device, count, at).await
        })
    }
    fn hold(&self, block: &Lease, device: DeviceId, at: DateTime<Utc>) -> StoreResult<Held> {
        self.transact(async |tx| identity::hold(tx, &self.region, block, device, at).await)
    }
    fn leases(&self, device: DeviceId) -> StoreResult<Vec<(Lease, DateTime<Utc>)>> {
        self.reading(async |db| identity::leases(db, &self.region, device).await)
    }
    fn device_head(&self, device: DeviceId, incarnation: u32) -> StoreResult<Head> {
        self.reading(async |db| read::device_head(db, &self.region, device, incarnation).await)
    }
    fn verdicts(
        &self,
        device: DeviceId,
        incarnation: u32,
        from: u64,
        to: u64,
    ) -> StoreResult<Vec<LogRow>> {
        self.reading(async |db| {
            read::verdicts(db, &self.region, (device, incarnation), from, to).await
        })
    }
    fn known(&self, ids: &[EventId]) -> StoreResult<HashMap<EventId, (Pos, EventHash)>> {
        self.reading(async |db| read::known(db, &self.region, ids).await)
    }
    fn case_events(&self, case: CaseId) -> StoreResult<Vec<StoredEvent>> {
        self.reading(async |db| read::case_events(db, &self.region, case).await)
    }
    fn cases_events(&self, cases: &[CaseId]) -> StoreResult<HashMap<CaseId, Vec<StoredEvent>>> {
        self.reading(async |db| read::cases_events(db, &self.region, cases).await)
    }
    fn commit(&self, commit: &Commit) -> StoreResult<Committed> {
        self.wait(async {
            let mut db = self.pool.get().await?;
            let last = commit.expect.0.saturating_add(commit.events.len() as u64);
            self.make_room(&mut db, last).await?;
            let tx = db.transaction().await?;
            let done = commit::commit(&tx, &self.region, commit).await;
            // A refused commit is rolled back.
            if done == Ok(Committed::Done) {
                tx.commit().await?;
            } else {
                tx.rollback().await?;
            }
            done
        })
    }
    fn keep_branch(
        &self,
        device: DeviceId,
        branch: &[(EventHash, SignedEvent)],
        freeze: bool,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.transact(async |tx| {
            commit::keep_branch(tx, &self.region, device, branch, freeze, at).await
        })
    }
    fn is_refused(&self, id: EventId) -> StoreResult<bool> {
        self.reading(async |db| read::is_refused(db, &self.region, id).await)
    }
    fn set_aside(&self, limit: u32) -> StoreResult<Vec<AsideRow>> {
        self.reading(async |db| read::set_aside(db, &self.region, limit).await)
    }
    fn asides(&self, limit: u32) -> StoreResult<Vec<AsideEvent>> {
        self.reading(async |db| aside::asides(db, &self.region, limit).await)
    }
    fn forks(&self, limit: u32) -> StoreResult<Vec<ForkRow>> {
        self.reading(async |db| aside::forks(db, &self.region, limit).await)
    }
    fn aside_counts(&self) -> StoreResult<Vec<AsideCount>> {
        self.reading(async |db| aside::counts(db, &self.region).await)
    }
    fn decide(&self, decision: &DecisionRow) -> StoreResult<()> {
        self.transact(async |tx| aside::decide(tx, &self.region, decision).await)
    }
    fn decisions(&self, device: Option<DeviceId>, limit: u32) -> StoreResult<Vec<DecisionRow>> {
        self.reading(async |db| aside::decisions(db, &self.region, device, limit).await)
    }
    fn feed(&self, scope: &Scope, after: Pos, limit: u32) -> StoreResult<FeedRows> {
        self.reading(async |db| read::feed(db, &self.region, scope, after, limit).await)
    }
    fn moves(
        &self,
        scope: &Scope,
        after: Pos,
        through: Pos,
        limit: u32,
    ) -> StoreResult<Vec<CaseMove>> {
        let between = (after, through);
        self.reading(async |db| read::moves(db, &self.region, scope, between, limit).await)
    }
    fn last_move(&self, scope: &Scope) -> StoreResult<Pos> {
        self.reading(async |db| read::last_move(db, &self.region, scope).await)
    }
    fn case_in_scopes(&self, case: CaseId, scopes: &[Scope]) -> StoreResult<Vec<StoredEvent>> {
        self.reading(async |db| read::case_in_scopes(db, &self.region, case, scopes).await)
    }
    fn file_in_scopes(&self, hash: &str, scopes: &[Scope]) -> StoreResult<bool> {
        self.reading(async |db| read::file_in_scopes(db, &self.region, hash, scopes).await)
    }
    fn file_events(&self, hash: &str, scopes: Option<&[Scope]>) -> StoreResult<Vec<StoredEvent>> {
        self.reading(async |db| read::file_events(db, &self.region, hash, scopes).await)
    }
    fn file_set_aside(&self, hash: &str) -> StoreResult<bool> {
        self.reading(async |db| read::file_set_aside(db, &self.region, hash).await)
    }
    fn add_clerk(&self, clerk: &ClerkRow) -> StoreResult<bool> {
        self.transact(async |tx| portal::add_clerk(tx, &self.region, clerk).await)
    }
    fn clerk(&self, login: &str) -> StoreResult<Option<ClerkRow>> {
        Ok(self.reading(async |db| portal::clerks(db, &self.region, Some(login)).await)?.pop())
    }
    fn clerks(&self) -> StoreResult<Vec<ClerkRow>> {
        self.reading(async |db| portal::clerks(db, &self.region, None).await)
    }
    fn change_clerk(&self, login: &str, hash: Option<&str>, revoked: bool) -> StoreResult<bool> {
        self.transact(async |tx| portal::change_clerk(tx, &self.region, login, hash, revoked).await)
    }
    fn put_session(&self, session: &SessionRow) -> StoreResult<()> {
        self.transact(async |tx| portal::put_session(tx, &self.region, session).await)
    }
    fn session(&self, token_hash: &str) -> StoreResult<Option<SessionRow>> {
        self.reading(async |db| portal::session(db, &self.region, token_hash).await)
    }
    fn end_session(&self, token_hash: &str) -> StoreResult<()> {
        self.transact(async |tx| portal::end_session(tx, &self.region, token_hash).await)
    }
    fn end_idle_sessions(&self, idle_since: DateTime<Utc>) -> StoreResult<u64> {
        self.transact(async |tx| portal::end_idle_sessions(tx, &self.region, idle_since).await)
    }
    fn requests(
        &self,
        agency: &str,
        list: RequestList,
        today: NaiveDate,
        limit: u32,
        offset: u32,
    ) -> StoreResult<Vec<RequestRow>> {
        let page = (limit, offset);
        self.reading(async |db| portal::requests(db, &self.region, agency, list, today, page).await)
    }
    fn request_counts(&self, agency: &str, today: NaiveDate) -> StoreResult<RequestCounts> {
        self.reading(async |db| portal::request_counts(db, &self.region, agency, today).await)
    }
    fn request(&self, referral: ReferralId) -> StoreResult<Option<RequestRow>> {
        self.reading(async |db| portal::request(db, &self.region, referral).await)
    }
    fn coupons(&self, number: &str) -> StoreResult<Vec<CouponRow>> {
        self.reading(async |db| portal::coupons(db, &self.region, number).await)
    }
    fn publish(&self, row: &PublicationRow, signed: &SignedPublication) -> StoreResult<bool> {
        self.transact(async |tx| publications::publish(tx, &self.region, row, signed).await)
    }
    fn publications(&self) -> StoreResult<Vec<PublicationRow>> {
        self.reading(async |db| publications::publications(db, &self.region).await)
    }
    fn publication(&self, hash: &str) -> StoreResult<Option<SignedPublication>> {
        self.reading(async |db| publications::publication(db, &self.region, hash).await)
    }
    fn dump(&self, sink: &mut dyn FnMut(&Row) -> StoreResult<()>) -> StoreResult<()> {
        self.transact(async |tx| {
            copy::one_moment(tx).await?;
            copy::dump(tx, &self.region, sink).await
        })
    }
    fn load(
        &self,
        last: Pos,
        rows: &mut dyn Iterator<Item = StoreResult<Row>>,
        expect: &Tally,
    ) -> StoreResult<bool> {
        self.wait(async { self.make_room(&mut self.pool.get().await?, last.0).await })?;
        self.transact(async |tx| copy::load(tx, &self.region, rows, expect).await)
    }
    fn note_backup(&self, backup: &Backup) -> StoreResult<()> {
        self.transact(async |tx| copy::note_backup(tx, &self.region, backup).await)
    }
    fn backup(&self) -> StoreResult<Option<Backup>> {
        self.reading(async |db| copy::backup(db, &self.region).await)
    }
    fn pool(&self) -> PoolState {
        let now = self.pool.status();
        PoolState {
            open: now.size as u64,
            most: now.max_size as u64,
            idle: now.available as u64,
            waiting: now.waiting as u64,
        }
    }
    fn leaves(&self, from: Pos, limit: u64) -> StoreResult<Vec<[u8; 40]>> {
        self.reading(async |db| tree::leaves(db, &self.region, from, limit).await)
    }
    fn put_tiles(&self, tiles: &[TreeTile]) -> StoreResult<()> {
        self.transact(async |tx| tree::put_tiles(tx, &self.region, tiles).await)
    }
    fn tiles(&self, level: u32, from: u64, limit: u64) -> StoreResult<Vec<EventHash>> {
        self.reading(async |db| tree::tiles(db, &self.region, level, from, limit).await)
    }
    fn trees_seen(&self, but: DeviceId, limit: u32) -> StoreResult<Vec<SignedTreeHead>> {
        self.reading(async |db| tree::seen(db, &self.region, but, limit).await)
    }
    fn counts(&self) -> StoreResult<Counts> {
        self.reading(async |db| read::counts(db, &self.region).await)
    }
}
