//! The region's tables in one `SQLite` file: one writer, a few readers, WAL, every commit durable.

mod aside;
mod commit;
mod copy;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod durable;
mod identity;
mod portal;
mod publications;
mod read;
mod tree;
mod values;

use super::copy::{Row, Tally};
use super::{
    AsideCount, AsideEvent, AsideRow, Backup, CaseMove, ClerkRow, CodeRow, Commit, Committed,
    Counts, CouponRow, DecisionRow, DeviceRow, DeviceSeen, FeedRows, ForkRow, Held, LogRow,
    OfficerRow, PoolState, PublicationRow, RegionRow, RequestCounts, RequestList, RequestRow,
    SeriesRow, SessionRow, StationRow, Store, StoreError, StoreResult, StoredEvent, TreeTile,
    WarrantRow,
};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, ReferralId, Scope, StationId};
use esik_domain::number::Lease;
use esik_platform::{Platform as _, ThisMachine};
use esik_wire::{
    EventHash, Head, OfficerCard, SignedEvent, SignedPublication, SignedTreeHead, planted,
};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

mod embedded {
    refinery::embed_migrations!("src/store/sqlite/migrations");
}

/// Readers kept open; more would only share two cores.
const READERS: usize = 4;
/// Cache of a reader, KiB as the engine wants it: the upper pages of its indexes. What it reads of feeds it reads once.
const READER_KIB: i32 = -1024;
/// How long a statement waits for another process (an `admin` command) that writes.
const BUSY: Duration = Duration::from_secs(5);

/// One region in one file.
pub struct SqliteStore {
    region: String,
    writer: Mutex<Connection>,
    /// Empty for a database in memory: then everything goes through the writer.
    readers: Vec<Mutex<Connection>>,
    turn: std::sync::atomic::AtomicUsize,
}

impl SqliteStore {
    /// Opens or creates the file and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is not a database or is newer than this program.
    pub fn open(path: &Path, region: &str) -> StoreResult<Self> {
        let mut writer = Connection::open(path)?;
        private(path)?;
        prepare(&writer)?;
        migrate(&mut writer)?;
        let readers = (0..READERS)
            .map(|_| {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let reader = Connection::open_with_flags(path, flags)?;
                prepare(&reader)?;
                reader.pragma_update(None, "cache_size", READER_KIB)?;
                Ok(Mutex::new(reader))
            })
            .collect::<StoreResult<_>>()?;
        Ok(Self::new(region, writer, readers))
    }

    /// A database that lives as long as this value; for tests.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn in_memory(region: &str) -> StoreResult<Self> {
        let mut writer = Connection::open_in_memory()?;
        migrate(&mut writer)?;
        Ok(Self::new(region, writer, Vec::new()))
    }

    /// The one region a file holds, if it holds exactly one.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn sole_region(path: &Path) -> StoreResult<Option<String>> {
        if !path.exists() {
            return Ok(None);
        }
        let store = Self::open(path, "")?;
        let db = store.write();
        let mut all = db.prepare("SELECT region_id FROM region LIMIT 2")?;
        let ids = all.query_map([], |r| r.get(0))?.collect::<Result<Vec<String>, _>>()?;
        Ok(if let [id] = ids.as_slice() { Some(id.clone()) } else { None })
    }

    fn new(region: &str, writer: Connection, readers: Vec<Mutex<Connection>>) -> Self {
        writer.set_prepared_statement_cache_capacity(64);
        Self {
            region: region.to_owned(),
            writer: Mutex::new(writer),
            readers,
            turn: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    fn write(&self) -> MutexGuard<'_, Connection> {
        // A poisoned lock only means that a call panicked; SQLite rolled its transaction back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> MutexGuard<'_, Connection> {
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        for i in 0..self.readers.len() {
            if let Some(m) = self.readers.get((turn + i) % self.readers.len())
                && let Ok(free) = m.try_lock()
            {
                return free;
            }
        }
        self.readers
            .get(turn.checked_rem(self.readers.len()).unwrap_or(0))
            .map_or_else(|| self.write(), |m| m.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` in one durable transaction.
    fn transact<T>(&self, work: impl FnOnce(&Transaction<'_>) -> StoreResult<T>) -> StoreResult<T> {
        let mut db = self.write();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = work(&tx)?;
        ends_well(&tx)?;
        tx.commit()?;
        Ok(out)
    }
}

/// The simulator lets the program die between two commits of one call; in any other program this is nothing.
fn ends_well(tx: &Transaction<'_>) -> StoreResult<()> {
    if planted::may_commit(tx.path()) {
        return Ok(());
    }
    Err(StoreError::Engine("the program died".to_owned()))
}

/// Pragmas in one place, with reasons.
fn prepare(db: &Connection) -> StoreResult<()> {
    db.busy_timeout(BUSY)?;
    // Readers do not stop the writer.
    db.pragma_update(None, "journal_mode", "WAL").or_else(|e| {
        // A read-only connection finds WAL in force already.
        if db.is_readonly("main").unwrap_or(false) { Ok(()) } else { Err(e) }
    })?;
    // “Acknowledged” means it is on the disk (reliability.md S3).
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    // A hostile file cannot make the schema run code.
    db.pragma_update(None, "trusted_schema", "OFF")?;
    // KiB; the writer; with its readers under 16 MiB (settled.md 18).
    db.pragma_update(None, "cache_size", -4096)?;
    db.pragma_update(None, "wal_autocheckpoint", 2000)?;
    Ok(())
}

fn migrate(db: &mut Connection) -> StoreResult<()> {
    embedded::migrations::runner()
        // In one transaction: see the desk's, in crates/store.
        .set_grouped(true)
        .run(db)
        .map(|_| ())
        .map_err(|e| StoreError::Engine(format!("bringing the tables up to date: {e}")))
}

fn private(path: &Path) -> StoreResult<()> {
    ThisMachine
        .make_private(path)
        .map_err(|e| StoreError::Engine(format!("making the database private: {e}")))
}

impl Store for SqliteStore {
    fn found(&self, region: &RegionRow) -> StoreResult<bool> {
        self.transact(|tx| identity::found(tx, region))
    }
    fn region(&self) -> StoreResult<Option<RegionRow>> {
        identity::region(&self.read(), &self.region)
    }
    fn renew(
        &self,
        epoch: &str,
        leap: u32,
        skip_numbers: u64,
        years: &[i32],
        known: &[SeriesRow],
    ) -> StoreResult<()> {
        self.transact(|tx| {
            identity::renew(tx, &self.region, epoch, leap, skip_numbers, years, known)?;
            tree::forget(tx, &self.region)
        })
    }
    fn series(&self) -> StoreResult<Vec<SeriesRow>> {
        identity::series(&self.read(), &self.region)
    }
    fn head(&self) -> StoreResult<Pos> {
        read::head(&self.read(), &self.region)
    }
    fn put_station(&self, station: &StationRow) -> StoreResult<()> {
        self.transact(|tx| identity::put_station(tx, &self.region, station))
    }
    fn stations(&self) -> StoreResult<Vec<StationRow>> {
        identity::stations(&self.read(), &self.region)
    }
    fn put_code(&self, code: &CodeRow) -> StoreResult<()> {
        self.transact(|tx| identity::put_code(tx, &self.region, code))
    }
    fn code(&self, hash: &str) -> StoreResult<Option<CodeRow>> {
        identity::code(&self.read(), &self.region, hash)
    }
    fn enrol(&self, code_hash: &str, device: &DeviceRow) -> StoreResult<bool> {
        self.transact(|tx| identity::enrol(tx, &self.region, code_hash, device))
    }
    fn device(&self, id: DeviceId) -> StoreResult<Option<DeviceRow>> {
        Ok(identity::devices(&self.read(), &self.region, Some(id))?.pop())
    }
    fn devices(&self) -> StoreResult<Vec<DeviceRow>> {
        identity::devices(&self.read(), &self.region, None)
    }
    fn revoke_device(&self, id: DeviceId) -> StoreResult<bool> {
        self.transact(|tx| identity::revoke_device(tx, &self.region, id))
    }
    fn touch_device(
        &self,
        id: DeviceId,
        seen: &DeviceSeen,
        tree: Option<&SignedTreeHead>,
    ) -> StoreResult<()> {
        self.transact(|tx| {
            identity::touch_device(tx, &self.region, id, seen)?;
            tree.map_or(Ok(()), |head| tree::put_seen(tx, &self.region, id, head, seen.at))
        })
    }
    fn put_officers(&self, officers: &[OfficerRow]) -> StoreResult<()> {
        self.transact(|tx| identity::put_officers(tx, &self.region, officers))
    }
    fn officers(&self, ids: &[OfficerId]) -> StoreResult<Vec<OfficerRow>> {
        identity::officers(&self.read(), &self.region, ids)
    }
    fn device_officers(&self, device: DeviceId) -> StoreResult<Vec<OfficerCard>> {
        identity::device_officers(&self.read(), &self.region, device)
    }
    fn all_officers(&self) -> StoreResult<Vec<OfficerRow>> {
        identity::all_officers(&self.read(), &self.region)
    }
    fn station_officers(&self, station: &StationId) -> StoreResult<Vec<OfficerCard>> {
        identity::station_officers(&self.read(), &self.region, station)
    }
    fn revoke_officer(&self, id: OfficerId) -> StoreResult<bool> {
        self.transact(|tx| identity::revoke_officer(tx, &self.region, id))
    }
    fn put_warrant(&self, warrant: &WarrantRow) -> StoreResult<()> {
        self.transact(|tx| identity::put_warrant(tx, &self.region, warrant))
    }
    fn warrants(&self) -> StoreResult<Vec<WarrantRow>> {
        identity::warrants(&self.read(), &self.region)
    }
    fn lease(
        &self,
        station: &StationId,
        year: i32,
        device: DeviceId,
        count: u64,
        at: DateTime<Utc>,
    ) -> StoreResult<Lease> {
        self.transact(|tx| identity::lease(tx, &self.region, (station, year), device, count, at))
    }
    fn hold(&self, block: &Lease, device: DeviceId, at: DateTime<Utc>) -> StoreResult<Held> {
        self.transact(|tx| identity::hold(tx, &self.region, block, device, at))
    }
    fn leases(&self, device: DeviceId) -> StoreResult<Vec<(Lease, DateTime<Utc>)>> {
        identity::leases(&self.read(), &self.region, device)
    }
    fn device_head(&self, device: DeviceId, incarnation: u32) -> StoreResult<Head> {
        read::device_head(&self.read(), &self.region, device, incarnation)
    }
    fn verdicts(
        &self,
        device: DeviceId,
        incarnation: u32,
        from: u64,
        to: u64,
    ) -> StoreResult<Vec<LogRow>> {
        read::verdicts(&self.read(), &self.region, (device, incarnation), from, to)
    }
    fn known(&self, ids: &[EventId]) -> StoreResult<HashMap<EventId, (Pos, EventHash)>> {
        read::known(&self.read(), &self.region, ids)
    }
    fn case_events(&self, case: CaseId) -> StoreResult<Vec<StoredEvent>> {
        read::case_events(&self.read(), &self.region, case)
    }
    fn cases_events(&self, cases: &[CaseId]) -> StoreResult<HashMap<CaseId, Vec<StoredEvent>>> {
        let db = self.read();
        cases.iter().map(|c| Ok((*c, read::case_events(&db, &self.region, *c)?))).collect()
    }
    fn commit(&self, commit: &Commit) -> StoreResult<Committed> {
        let mut db = self.write();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = commit::commit(&tx, &self.region, commit)?;
        // A refused commit rolls back by being dropped.
        if done == Committed::Done {
            ends_well(&tx)?;
            tx.commit()?;
        }
        Ok(done)
    }
    fn keep_branch(
        &self,
        device: DeviceId,
        branch: &[(EventHash, SignedEvent)],
        freeze: bool,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.transact(|tx| commit::keep_branch(tx, &self.region, device, branch, freeze, at))
    }
    fn is_refused(&self, id: EventId) -> StoreResult<bool> {
        read::is_refused(&self.read(), &self.region, id)
    }
    fn set_aside(&self, limit: u32) -> StoreResult<Vec<AsideRow>> {
        read::set_aside(&self.read(), &self.region, limit)
    }
    fn asides(&self, limit: u32) -> StoreResult<Vec<AsideEvent>> {
        aside::asides(&self.read(), &self.region, limit)
    }
    fn forks(&self, limit: u32) -> StoreResult<Vec<ForkRow>> {
        aside::forks(&self.read(), &self.region, limit)
    }
    fn aside_counts(&self) -> StoreResult<Vec<AsideCount>> {
        aside::counts(&self.read(), &self.region)
    }
    fn decide(&self, decision: &DecisionRow) -> StoreResult<()> {
        self.transact(|tx| aside::decide(tx, &self.region, decision))
    }
    fn decisions(&self, device: Option<DeviceId>, limit: u32) -> StoreResult<Vec<DecisionRow>> {
        aside::decisions(&self.read(), &self.region, device, limit)
    }
    fn feed(&self, scope: &Scope, after: Pos, limit: u32) -> StoreResult<FeedRows> {
        let mut db = self.read();
        let snapshot = db.transaction()?;
        read::feed(&snapshot, &self.region, scope, after, limit)
    }
    fn moves(
        &self,
        scope: &Scope,
        after: Pos,
        through: Pos,
        limit: u32,
    ) -> StoreResult<Vec<CaseMove>> {
        read::moves(&self.read(), &self.region, scope, (after, through), limit)
    }
    fn last_move(&self, scope: &Scope) -> StoreResult<Pos> {
        read::last_move(&self.read(), &self.region, scope)
    }
    fn case_in_scopes(&self, case: CaseId, scopes: &[Scope]) -> StoreResult<Vec<StoredEvent>> {
        read::case_in_scopes(&self.read(), &self.region, case, scopes)
    }
    fn file_in_scopes(&self, hash: &str, scopes: &[Scope]) -> StoreResult<bool> {
        read::file_in_scopes(&self.read(), &self.region, hash, scopes)
    }
    fn file_events(&self, hash: &str, scopes: Option<&[Scope]>) -> StoreResult<Vec<StoredEvent>> {
        read::file_events(&self.read(), &self.region, hash, scopes)
    }
    fn file_set_aside(&self, hash: &str) -> StoreResult<bool> {
        read::file_set_aside(&self.read(), &self.region, hash)
    }
    fn add_clerk(&self, clerk: &ClerkRow) -> StoreResult<bool> {
        self.transact(|tx| portal::add_clerk(tx, &self.region, clerk))
    }
    fn clerk(&self, login: &str) -> StoreResult<Option<ClerkRow>> {
        Ok(portal::clerks(&self.read(), &self.region, Some(login))?.pop())
    }
    fn clerks(&self) -> StoreResult<Vec<ClerkRow>> {
        portal::clerks(&self.read(), &self.region, None)
    }
    fn change_clerk(&self, login: &str, hash: Option<&str>, revoked: bool) -> StoreResult<bool> {
        self.transact(|tx| portal::change_clerk(tx, &self.region, login, hash, revoked))
    }
    fn put_session(&self, session: &SessionRow) -> StoreResult<()> {
        self.transact(|tx| portal::put_session(tx, &self.region, session))
    }
    fn session(&self, token_hash: &str) -> StoreResult<Option<SessionRow>> {
        portal::session(&self.read(), &self.region, token_hash)
    }
    fn end_session(&self, token_hash: &str) -> StoreResult<()> {
        self.transact(|tx| portal::end_session(tx, &self.region, token_hash))
    }
    fn end_idle_sessions(&self, idle_since: DateTime<Utc>) -> StoreResult<u64> {
        self.transact(|tx| portal::end_idle_sessions(tx, &self.region, idle_since))
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
        portal::requests(&self.read(), &self.region, agency, list, today, page)
    }
    fn request_counts(&self, agency: &str, today: NaiveDate) -> StoreResult<RequestCounts> {
        portal::request_counts(&self.read(), &self.region, agency, today)
    }
    fn request(&self, referral: ReferralId) -> StoreResult<Option<RequestRow>> {
        portal::request(&self.read(), &self.region, referral)
    }
    fn coupons(&self, number: &str) -> StoreResult<Vec<CouponRow>> {
        portal::coupons(&self.read(), &self.region, number)
    }
    fn publish(&self, row: &PublicationRow, signed: &SignedPublication) -> StoreResult<bool> {
        self.transact(|tx| publications::publish(tx, &self.region, row, signed))
    }
    fn publications(&self) -> StoreResult<Vec<PublicationRow>> {
        publications::publications(&self.read(), &self.region)
    }
    fn publication(&self, hash: &str) -> StoreResult<Option<SignedPublication>> {
        publications::publication(&self.read(), &self.region, hash)
    }
    fn dump(&self, sink: &mut dyn FnMut(&Row) -> StoreResult<()>) -> StoreResult<()> {
        let mut db = self.read();
        let snapshot = db.transaction()?;
        copy::dump(&snapshot, &self.region, sink)
    }
    fn load(
        &self,
        _: Pos,
        rows: &mut dyn Iterator<Item = StoreResult<Row>>,
        expect: &Tally,
    ) -> StoreResult<bool> {
        self.transact(|tx| copy::load(tx, &self.region, rows, expect))
    }
    fn note_backup(&self, backup: &Backup) -> StoreResult<()> {
        self.transact(|tx| copy::note_backup(tx, &self.region, backup))
    }
    fn backup(&self) -> StoreResult<Option<Backup>> {
        copy::backup(&self.read(), &self.region)
    }
    fn pool(&self) -> PoolState {
        let all = std::iter::once(&self.writer).chain(&self.readers);
        let (mut open, mut idle) = (0, 0);
        for one in all {
            open += 1;
            idle += u64::from(one.try_lock().is_ok());
        }
        PoolState { open, most: open, idle, waiting: 0 }
    }
    fn leaves(&self, from: Pos, limit: u64) -> StoreResult<Vec<[u8; 40]>> {
        tree::leaves(&self.read(), &self.region, from, limit)
    }
    fn put_tiles(&self, tiles: &[TreeTile]) -> StoreResult<()> {
        self.transact(|tx| tree::put_tiles(tx, &self.region, tiles))
    }
    fn tiles(&self, level: u32, from: u64, limit: u64) -> StoreResult<Vec<EventHash>> {
        tree::tiles(&self.read(), &self.region, level, from, limit)
    }
    fn trees_seen(&self, but: DeviceId, limit: u32) -> StoreResult<Vec<SignedTreeHead>> {
        tree::seen(&self.read(), &self.region, but, limit)
    }
    fn counts(&self) -> StoreResult<Counts> {
        let mut db = self.read();
        let snapshot = db.transaction()?;
        read::counts(&snapshot, &self.region)
    }
}
