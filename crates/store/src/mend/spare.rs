//! The spare: what only this desk has, a second time, in a small file of its own.
//!
//! It is written a moment after the saves, by a thread of its own, so that no save waits for it. One damaged page
//! harms one of the two files.

use super::read::{self, OWN, SPARED, Source};
use crate::Store;
use crate::db::{self, Tx};
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use crate::profile::Profile;
use esik_platform::remove;
use esik_wire::planted;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Rows, Statement, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Its file's name.
pub(super) const NAME: &str = "esik.spare";

/// Where it lies.
pub(crate) fn path(profile: &Profile) -> PathBuf {
    profile.dir().join(NAME)
}

/// So long nothing was saved: then it is brought up to date.
const QUIET: Duration = Duration::from_secs(2);
/// At a desk that saves all the time it is never older than this.
const OLDEST: Duration = Duration::from_secs(20);

/// The whole file is looked through once, when nobody is kept waiting by it.
pub struct LookThrough {
    /// After so long.
    pub after: Duration,
    /// Is told how many pages are damaged; not at all when the file could not be read.
    pub found: Box<dyn FnOnce(u64) + Send>,
}

enum Message {
    Saved,
    Now(SyncSender<()>),
}

/// The thread that keeps it.
pub(crate) struct Keeper {
    tell: SyncSender<Message>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts it; the spare is brought up to date at the first save.
    pub fn start(
        database: PathBuf,
        spare: PathBuf,
        key: DbKey,
        damaged: Arc<AtomicBool>,
        mut look: Option<LookThrough>,
    ) -> Result<Self> {
        let (tell, told) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("esik-spare".to_owned())
            .spawn(move || {
                let begun = Instant::now();
                keep(&told, || {
                    if let Some(look) = look.take_if(|look| begun.elapsed() >= look.after) {
                        look_through(&database, &key, &damaged, look);
                    }
                    let done = if damaged.load(Ordering::Acquire) {
                        add(&database, &spare, &key)
                    } else {
                        refresh(&database, &spare, &key)
                    };
                    // Nobody's save fails by it.
                    let Err(e) = done else { return true };
                    tracing::warn!(code = e.code(), "the spare could not be written");
                    let pages = |_| Store::damaged_pages(&database, &key).is_ok_and(|n| n > 0);
                    let met =
                        Some(e).filter(|e| matches!(e, StoreError::Corrupt)).is_some_and(pages);
                    damaged.fetch_or(met, Ordering::AcqRel);
                    false
                });
            })
            .map_err(|_| StoreError::Internal)?;
        Ok(Self { tell, thread })
    }

    /// Something was saved.
    pub fn saved(&self) {
        // Full: it knows already.
        let _: std::result::Result<(), TrySendError<_>> = self.tell.try_send(Message::Saved);
    }

    /// Brings it up to date and waits for it: something was wiped.
    pub fn now(&self) {
        let (done, wait) = sync_channel(1);
        if self.tell.send(Message::Now(done)).is_ok() {
            let _ = wait.recv();
        }
    }

    /// Brings it up to date, if anything was saved since, and ends the thread.
    pub fn stop(self) {
        drop(self.tell);
        let _ = self.thread.join();
    }
}

fn look_through(database: &Path, key: &DbKey, damaged: &AtomicBool, look: LookThrough) {
    match Store::damaged_pages(database, key) {
        Ok(pages) => {
            damaged.fetch_or(pages > 0, Ordering::AcqRel);
            (look.found)(pages);
        }
        Err(e) => tracing::warn!(code = e.code(), "the database could not be looked through"),
    }
}

/// What could not be written is tried again after a while, and once more at the end: a damaged database takes no further save
/// that would ask for it.
fn keep(told: &Receiver<Message>, mut refresh: impl FnMut() -> bool) {
    let mut up_to_date = true;
    loop {
        let mut message = if up_to_date {
            told.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            told.recv_timeout(OLDEST)
        };
        if matches!(message, Err(RecvTimeoutError::Disconnected)) {
            if !up_to_date {
                refresh();
            }
            return;
        }
        let first = Instant::now();
        while matches!(message, Ok(Message::Saved)) && first.elapsed() < OLDEST {
            message = told.recv_timeout(QUIET.min(OLDEST.saturating_sub(first.elapsed())));
        }
        up_to_date = refresh();
        if let Ok(Message::Now(done)) = message {
            let _ = done.send(());
        }
    }
}

/// Events written in one transaction. What it changes is kept in locked memory until its end, and a desk that took cases
/// over may have a million that the region has not got yet.
const PIECE: usize = 200;

/// Adds to the spare what it has not got yet of a damaged database, as far as that can be read. Nothing of it goes: what is
/// being typed may lie in it alone.
fn add(database: &Path, spare: &Path, key: &DbKey) -> Result<()> {
    let Some(mut damaged) = Source::open(database, key) else { return Ok(()) };
    let mut to = open(spare, key)?;
    let tx = Tx::begin(&mut to)?;
    read::what_is_missing(&mut damaged, &tx)?;
    tx.commit()
}

/// Brings the spare up to date with the database.
pub(super) fn refresh(database: &Path, spare: &Path, key: &DbKey) -> Result<()> {
    let from = db::reader(database, key)?;
    let mut to = match open(spare, key) {
        Ok(conn) => conn,
        Err(StoreError::Corrupt | StoreError::WrongKey) => {
            // Of the two it is the one that can be written anew.
            remove(spare)?;
            open(spare, key)?
        }
        Err(other) => return Err(other),
    };
    let from = from.unchecked_transaction()?;
    let tx = to.transaction()?;
    for table in SPARED.iter().rev() {
        tx.execute(&format!("DELETE FROM {table}"), [])?;
    }
    for table in SPARED {
        copy(&from, &tx, table)?;
    }
    tx.commit()?;
    if !planted::is("nothing_spared") {
        events(&from, &mut to)?;
    }
    to.close().map_err(|(_, e)| e)?;
    Ok(())
}

/// Own events that lie nowhere else: what came since, then, only when there are more or fewer of them here, the others that
/// are missing, and those that are no more among them.
fn events(from: &Connection, to: &mut Connection) -> Result<()> {
    let last = to
        .query_row(
            "SELECT incarnation, device_seq FROM event WHERE verdict IS NULL
             ORDER BY incarnation DESC, device_seq DESC LIMIT 1",
            [],
            |r| Ok([r.get(0)?, r.get(1)?]),
        )
        .optional()?
        .unwrap_or([0_i64, 0]);
    put(from, to, SINCE, &last)?;
    let here = own(from)?;
    if counted(to, "")? != here {
        for own in OWN {
            put(from, to, &format!("SELECT * FROM event {own}"), &[])?;
        }
        drop_answered(from, to, counted(to, "")?.0 - here.0)?;
    }
    Ok(())
}

/// What was written behind a place of a life.
const SINCE: &str =
    "SELECT * FROM event WHERE verdict IS NULL AND (incarnation, device_seq) > (?1, ?2)
                     ORDER BY incarnation, device_seq";

/// Copies rows of events that are not there yet, piece by piece.
fn put(from: &Connection, to: &mut Connection, select: &str, given: &[i64]) -> Result<()> {
    let mut statement = from.prepare(select)?;
    let insert = insert(&statement, "event");
    let mut rows = statement.query(params_from_iter(given))?;
    loop {
        let piece = to.transaction()?;
        let mut left = PIECE;
        {
            let mut put = piece.prepare_cached(&insert)?;
            while left > 0 && put_next(from, &mut rows, &mut put)? {
                left -= 1;
            }
        }
        piece.commit()?;
        if left > 0 {
            return Ok(());
        }
    }
}

/// Own events that lie nowhere else, told by their number and the sum of their places; each kind by its index.
fn own(conn: &Connection) -> Result<(i64, i64)> {
    let mut all = (0, 0);
    for own in OWN {
        let (many, sum) = counted(conn, own)?;
        all = (all.0 + many, all.1 + sum);
    }
    Ok(all)
}

fn counted(conn: &Connection, of: &str) -> Result<(i64, i64)> {
    let count = format!("SELECT count(*), ifnull(sum(seq), 0) FROM event {of}");
    Ok(conn.query_row(&count, [], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

/// Takes so many out of the spare of which the database says that the region has them, or that it has not got at all. The
/// region answers in the order in which they were written, so they stand at the beginning.
fn drop_answered(from: &Connection, to: &mut Connection, fewer: i64) -> Result<()> {
    let own = "verdict IS NULL OR verdict IN ('rejected', 'quarantined')";
    let mut ask = from.prepare(&format!("SELECT 1 FROM event WHERE seq = ?1 AND ({own})"))?;
    let (mut fewer, mut after) = (fewer, 0_i64);
    while fewer > 0 {
        let piece = to.transaction()?;
        let seqs: Vec<i64> = piece
            .prepare_cached("SELECT seq FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
            .query_map((after, PIECE as i64), |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let Some(last) = seqs.last() else { return Ok(()) };
        after = *last;
        for seq in seqs {
            if !ask.exists([seq])? {
                piece.prepare_cached("DELETE FROM event WHERE seq = ?1")?.execute([seq])?;
                fewer -= 1;
            }
        }
        piece.commit()?;
    }
    Ok(())
}

/// Writes into the spare what the damaged database does not take any more: what is being typed.
///
/// # Errors
/// The job's own, or when the spare cannot be written either.
pub fn write_aside<T>(
    profile: &Profile,
    key: &DbKey,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let mut conn = open(&path(profile), key)?;
    let mut tx = Tx::begin(&mut conn)?;
    let done = job(&mut tx)?;
    tx.commit()?;
    Ok(done)
}

/// Whoever keeps it and whoever writes into it what is being typed may come to it at once, and each of the two makes it where it is
/// not there: one at a time.
static OPENING: Mutex<()> = Mutex::new(());

fn open(spare: &Path, key: &DbKey) -> Result<Connection> {
    let _one = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut conn = db::bare(spare, key)?;
    db::migrate(&mut conn)?;
    // What the region has taken leaves it, and nobody asks it for a case.
    conn.execute_batch(
        "DROP TRIGGER IF EXISTS event_stays;
         DROP INDEX IF EXISTS event_of_case;
         DROP INDEX IF EXISTS event_of_file;",
    )?;
    Ok(conn)
}

/// Copies a small table whole.
fn copy(from: &Connection, to: &Connection, table: &str) -> Result<()> {
    let mut statement = from.prepare(&format!("SELECT * FROM {table}"))?;
    let mut put = to.prepare(&insert(&statement, table))?;
    let mut rows = statement.query([])?;
    while put_next(from, &mut rows, &mut put)? {}
    Ok(())
}

/// The statement that takes the rows of a question over.
fn insert(select: &Statement<'_>, table: &str) -> String {
    let names: Vec<&str> = select.column_names().collect();
    let places = vec!["?"; names.len()].join(", ");
    format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({places})", names.join(", "))
}

/// The next row goes over; false when there is none.
fn put_next(from: &Connection, rows: &mut Rows<'_>, put: &mut Statement<'_>) -> Result<bool> {
    let Some(row) = rows.next()? else { return Ok(false) };
    let width = put.parameter_count();
    let values: Vec<Value> = (0..width).map(|n| row.get(n)).collect::<rusqlite::Result<_>>()?;
    // A part of it may be zeros.
    if !db::writable(from) {
        return Err(StoreError::Corrupt);
    }
    put.execute(params_from_iter(values))?;
    Ok(true)
}

/// Was the database set back behind what the spare saw of it? The last own event of a life that the spare names is not here
/// then, or another one is in its place.
///
/// # Errors
/// When the database cannot be read. A spare that cannot be read says nothing.
pub(crate) fn is_set_back(conn: &Connection, spare: &Path, key: &DbKey) -> Result<bool> {
    if !spare.exists() || planted::is("set_back_unnoticed") {
        return Ok(false);
    }
    let Ok(spare) = db::untouched(spare, key) else { return Ok(false) };
    let Ok(mut heads) =
        spare.prepare("SELECT device_id, seq, hash, incarnation FROM own_head WHERE seq > 0")
    else {
        return Ok(false);
    };
    let Ok(mut rows) = heads.query([]) else { return Ok(false) };
    while let Ok(Some(row)) = rows.next() {
        let (device, hash): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(2)?);
        if !holds(conn, &device, row.get(3)?, row.get(1)?, &hash)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Is this event of a device's life here?
///
/// # Errors
/// When the database cannot be read.
pub(super) fn holds(
    conn: &Connection,
    device: &[u8],
    life: u32,
    seq: i64,
    hash: &[u8],
) -> Result<bool> {
    let is_here = |within: &str| -> Result<bool> {
        let ask = format!(
            "SELECT EXISTS (SELECT 1 FROM event WHERE device_id = ?1 AND device_seq = ?2 AND hash = ?3 AND incarnation {within} ?4)"
        );
        Ok(conn.prepare(&ask)?.query_row((device, seq, hash, life), |r| r.get(0))?)
    };
    // A branch that moved on lies under another life; that is asked only then, because it reads every own event.
    Ok(is_here("=")? || is_here("<>")?)
}

/// Does the spare hold an own event that the database has not got? Then the database lost the end of its log, which a
/// damaged log does without a word.
///
/// # Errors
/// When the database cannot be read. A spare that cannot be read says nothing.
pub(crate) fn has_more(conn: &Connection, spare: &Path, key: &DbKey) -> Result<bool> {
    if !spare.exists() {
        return Ok(false);
    }
    let Ok(spare) = db::untouched(spare, key) else { return Ok(false) };
    let mut ask = conn.prepare_cached("SELECT 1 FROM event WHERE id = ?1")?;
    let Ok(mut statement) = spare.prepare("SELECT id FROM event ORDER BY seq DESC") else {
        return Ok(false);
    };
    let Ok(mut rows) = statement.query([]) else { return Ok(false) };
    while let Ok(Some(row)) = rows.next() {
        let id: Vec<u8> = row.get(0)?;
        if ask.query_row([id], |_| Ok(())).optional()?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::{Connection, Message, Result, keep, open, sync_channel};
    use crate::keys::DbKey;
    use std::sync::Barrier;

    /// The desk is left right after the spare could not be written: it is tried once more before the program ends.
    #[test]
    fn what_could_not_be_written_is_tried_again_at_the_end() {
        for (works, expected) in [(false, 2), (true, 1)] {
            let (tell, told) = sync_channel(1);
            let (wait, waited) = sync_channel(1);
            tell.send(Message::Now(wait)).unwrap();
            drop(tell);
            let mut times = 0;
            keep(&told, || {
                times += 1;
                works
            });
            waited.recv().unwrap();
            assert_eq!(times, expected);
        }
    }

    /// The thread that keeps it and an officer who types come to it at once, and neither is turned away.
    #[test]
    fn several_make_it_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let key = DbKey::from_bytes(&[7; 32]);
        for name in 0..5 {
            let (spare, barrier) = (dir.path().join(name.to_string()), Barrier::new(4));
            std::thread::scope(|scope| {
                let one = || {
                    barrier.wait();
                    open(&spare, &key)
                };
                let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
                for opened in all {
                    let opened: Result<Connection> = opened.join().unwrap();
                    opened.unwrap();
                }
            });
        }
    }
}
