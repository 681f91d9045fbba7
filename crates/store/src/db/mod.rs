//! The store: one writing thread that owns its connection, and a few readers that cannot write.

mod diag;
mod logged;
mod open;
mod readers;
pub(crate) mod seals;
#[cfg(test)]
mod stopped;
mod writer;

pub use diag::{Diagnosis, Pragmas};
pub use open::{CIPHER_FLOOR, SQLITE_FLOOR};
pub use writer::Tx;

pub(crate) use open::{bare, memory, migrate, reader, untouched, writable};

use crate::ballast::Ballast;
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use crate::mend::spare::{self, Keeper, LookThrough};
use crate::meta;
use crate::profile::Profile;
use chrono::{DateTime, Utc};
use esik_domain::text::INDEX_VERSION;
use readers::Readers;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use writer::Writer;

/// The desk's encrypted database. Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    readers: Readers,
    closed: AtomicBool,
    /// A page could not be read: nothing more is written on this file.
    damaged: Arc<AtomicBool>,
    ballast: OnceLock<Ballast>,
    /// What brings the spare up to date, at a desk that has one.
    keeper: Mutex<Option<Keeper>>,
}

impl Inner {
    /// Remembers damage that an answer tells of.
    fn seen<T>(&self, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(StoreError::Corrupt | StoreError::WrongKey)) {
            self.damaged.store(true, Ordering::Release);
        }
        outcome
    }

    fn keeper(&self) -> MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop_keeping(&self) {
        let keeper = self.keeper().take();
        if let Some(keeper) = keeper {
            keeper.stop();
        }
    }
}

/// The last handle waits for the writing thread: the engine frees its memory when the program ends,
/// and a thread that still worked there would crash it.
impl Drop for Inner {
    fn drop(&mut self) {
        self.stop_keeping();
        self.readers.close();
        if let Err(error) = self.writer.stop() {
            tracing::warn!(code = error.code(), "the database did not close cleanly");
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(…)")
    }
}

impl Store {
    /// Opens (or creates) the database and brings its schema up to date. `now` is noted at creation.
    ///
    /// # Errors
    /// `WrongKey`, `TooNew`, `EngineTooOld`, `DiskFull`, `ReadOnly`, `Corrupt`, `Locked`, `Io`.
    pub fn open(path: &Path, key: &DbKey, now: DateTime<Utc>) -> Result<Self> {
        Self::open_on(open::writer(path, key)?, path, key, now)
    }

    /// The same with the connection that is to write.
    fn open_on(mut conn: Connection, path: &Path, key: &DbKey, now: DateTime<Utc>) -> Result<Self> {
        open::check_engine(&conn)?;
        open::migrate(&mut conn)?;
        let writer = Writer::start(path.to_owned(), key.clone(), conn)?;
        let readers = Readers::new(path.to_owned(), key.clone());
        let inner = Inner {
            writer,
            readers,
            closed: AtomicBool::new(false),
            damaged: Arc::default(),
            ballast: OnceLock::new(),
            keeper: Mutex::default(),
        };
        let store = Self { inner: Arc::new(inner) };
        let (created, stale, index) = store.read(|conn| {
            let created = meta::get::<DateTime<Utc>>(conn, meta::CREATED_AT)?;
            Ok((created, stale(conn)?, meta::get::<u32>(conn, meta::INDEX_VERSION)?))
        })?;
        if created.is_none() {
            store.write(move |tx| meta::put(tx, meta::CREATED_AT, &now))?;
        }
        if stale {
            store.write(|tx| {
                crate::project::rebuild(tx)?;
                crate::lists::strange::settle(tx)
            })?;
        }
        if store.read(|conn| crate::publications::unsettled(conn, now))? {
            store.write(move |tx| crate::publications::settle(tx, now))?;
        }
        if index != Some(INDEX_VERSION) {
            store.write(|tx| {
                crate::search::clear_index(tx)?;
                meta::put(tx, meta::INDEX_VERSION, &INDEX_VERSION)
            })?;
        }
        Ok(store)
    }

    /// From now on room is made for what is written here when the disk is full, by giving up a ballast.
    pub fn keep_ballast(&self, ballast: Ballast) {
        // A second one would be of the same profile.
        let _ = self.inner.ballast.set(ballast);
    }

    /// Runs a job on the writing thread in one transaction and waits: `Ok` means it is on the disk
    /// (`COMMIT` with `synchronous = FULL` returned). Any error means nothing was saved.
    ///
    /// # Errors
    /// The job's own, or why it could not be saved; `Corrupt` once a page could not be read; `Closed` after
    /// [`Store::close`]; `Internal` from inside another job.
    pub fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // What is saved now might lie on a page that nobody can read when the desk is mended.
        if self.inner.damaged.load(Ordering::Acquire) {
            return Err(StoreError::Corrupt);
        }
        let ballast = self.inner.ballast.get();
        if let Some(ballast) = ballast {
            ballast.before_write();
        }
        let outcome = self.inner.seen(self.inner.writer.run(job));
        match (&outcome, ballast) {
            (Ok(_), Some(ballast)) => ballast.after_write(),
            (Err(StoreError::DiskFull), Some(ballast)) => ballast.disk_is_full(),
            _ => {}
        }
        if outcome.is_ok()
            && let Some(keeper) = self.inner.keeper().as_ref()
        {
            keeper.saved();
        }
        outcome
    }

    /// Keeps the spare of a profile from now on (`mend::spare`); it is up to date some seconds after each save, and when
    /// the store closes. `look`: looks the whole file through as well, after a save.
    ///
    /// # Errors
    /// `Internal` when no thread can be started.
    pub fn keep_spare(
        &self,
        profile: &Profile,
        key: &DbKey,
        look: Option<LookThrough>,
    ) -> Result<()> {
        let damaged = Arc::clone(&self.inner.damaged);
        let keeper = Keeper::start(profile.db(), spare::path(profile), key.clone(), damaged, look)?;
        keeper.saved();
        self.inner.keeper().replace(keeper);
        Ok(())
    }

    /// Is an own event missing here that the spare of the profile has? A log that was damaged after a crash is cut
    /// off by the engine without a word.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn lost_its_end(&self, profile: &Profile, key: &DbKey) -> Result<bool> {
        self.read(|conn| spare::has_more(conn, &spare::path(profile), key))
    }

    /// Was this database set back behind what the spare of the profile saw of it, as by an older copy put in its place?
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn is_set_back(&self, profile: &Profile, key: &DbKey) -> Result<bool> {
        self.read(|conn| spare::is_set_back(conn, &spare::path(profile), key))
    }

    /// Reads every page and compares it with its seal; how many do not fit. Reads the whole file, on a connection of its
    /// own; others may write meanwhile.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn damaged_pages(path: &Path, key: &DbKey) -> Result<u64> {
        seals::broken(&open::untouched(path, key)?)
    }

    /// Runs a question on a reading connection, in one snapshot. The connection cannot write.
    ///
    /// # Errors
    /// The question's own; `Closed` after [`Store::close`].
    pub fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.inner.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed);
        }
        self.inner.seen(self.inner.readers.run(ask))
    }

    /// Writes the log back into the file and empties it: after something was wiped (`drafts::discard`
    /// on the crime branch, `settled.md` 2) no older copy of its page is left.
    ///
    /// # Errors
    /// `Locked` when a reader keeps its snapshot for longer than five seconds.
    pub fn flush(&self) -> Result<()> {
        if let Some(ballast) = self.inner.ballast.get() {
            ballast.before_write();
        }
        self.inner.writer.flush()?;
        if let Some(keeper) = self.inner.keeper().as_ref() {
            keeper.now();
        }
        Ok(())
    }

    /// Waits for running jobs and questions, writes the log back into the file and closes every handle.
    /// From then on everything answers `Closed`. Safe to call twice.
    ///
    /// # Errors
    /// When the last checkpoint fails; the handles are closed all the same, nothing is lost.
    pub fn close(&self) -> Result<()> {
        self.inner.closed.store(true, Ordering::Release);
        self.inner.stop_keeping();
        self.inner.readers.close();
        self.inner.writer.stop()
    }

    /// Engine versions and settings as really in force, of the writing and of a reading connection.
    ///
    /// # Errors
    /// When a connection cannot be asked.
    pub fn diagnose(&self) -> Result<Diagnosis> {
        let writer = self.write(|tx| diag::pragmas(tx))?;
        self.read(|conn| {
            Ok(Diagnosis {
                sqlite: rusqlite::version().to_owned(),
                sqlcipher: diag::ask(conn, "cipher_version")?,
                provider: diag::ask(conn, "cipher_provider_version")?,
                schema_version: conn.query_row(
                    "SELECT max(version) FROM refinery_schema_history",
                    [],
                    |r| r.get(0),
                )?,
                writer,
                reader: diag::pragmas(conn)?,
            })
        })
    }

    /// Indexes everything that waits for the full-text index. The writing thread does it by itself
    /// when it has nothing else to do.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn index_now(&self) -> Result<()> {
        while self.write(|tx| crate::search::index_pending(tx, 500))? > 0 {}
        Ok(())
    }
}

/// Was this profile folded by another version of the rules? One row of each kind tells: rows are folded
/// again all together, in one transaction, and written with the version of the program that opened them.
/// Looking at every row took longer than all else at sign-in.
const FOLDED_OTHERWISE: &str =
    "SELECT ifnull((SELECT folder_version FROM case_row LIMIT 1) <> ?1, 0)
    OR ifnull((SELECT folder_version FROM queue_row LIMIT 1) <> ?1, 0)
    OR ifnull((SELECT folder_version FROM aside_row LIMIT 1) <> ?1, 0)";

/// So is it when a kind is known now that was kept unread until today: a new kind needs no new fold.
fn stale(conn: &Connection) -> Result<bool> {
    let otherwise =
        conn.query_row(FOLDED_OTHERWISE, [esik_domain::case::FOLDER_VERSION], |r| r.get(0))?;
    Ok(otherwise || crate::lists::strange::became_known(conn)?)
}

#[cfg(test)]
mod tests {
    use super::{FOLDED_OTHERWISE, memory};
    use rusqlite::StatementStatus;

    #[test]
    fn signing_in_does_not_read_every_line_to_know_whether_they_are_folded_anew() {
        let conn = memory().unwrap();
        conn.execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO case_row (case_id, layer, mixed, circle, author, station, title, address,
               applicant, first_at, last_at, phase, needs_review, refused, folder_version)
             SELECT CAST(i AS BLOB), 0, 0, 'open', x'01', '07', '', '', '', i, i, 'ours', 0, 0, 7 FROM n;
             INSERT INTO aside_row (case_id, kind, owner, open, at, aside, folder_version)
             VALUES (x'01', 'place', x'02', 1, 0, '{}', 7);",
        )
        .unwrap();
        let mut statement = conn.prepare(FOLDED_OTHERWISE).unwrap();
        let mut ask =
            |version: u32| statement.query_row([version], |r| r.get::<_, bool>(0)).unwrap();
        assert!(!ask(7));
        assert!(ask(8));
        assert!(statement.get_status(StatementStatus::VmStep) < 200);
        conn.execute("UPDATE aside_row SET folder_version = 6", []).unwrap();
        assert!(statement.query_row([7], |r| r.get::<_, bool>(0)).unwrap(), "asides alone");
    }
}
