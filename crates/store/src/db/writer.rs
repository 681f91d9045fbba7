//! The writing thread: jobs come through a bounded channel, each is one durable transaction.

use super::open;
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use esik_wire::planted;
use rusqlite::{Connection, DropBehavior, Transaction, TransactionBehavior};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::Duration;

/// Jobs that may wait before a caller has to.
const QUEUE: usize = 64;
/// Quiet time after which the indexer may run.
const IDLE: Duration = Duration::from_millis(120);
/// The same while the indexer is at it: a burst of saves goes first.
const BREATH: Duration = Duration::from_millis(5);
/// Documents indexed in one transaction while idle: a save never waits long behind it.
const INDEX_STEP: u32 = 16;

/// A running transaction. Everything a connection can be asked can be asked of it.
pub struct Tx<'c> {
    inner: Transaction<'c>,
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl<'c> Tx<'c> {
    /// A transaction on a connection of one's own.
    pub(crate) fn begin(conn: &'c mut Connection) -> Result<Self> {
        Ok(Self { inner: conn.transaction()? })
    }

    /// Ends it for good.
    pub(crate) fn commit(self) -> Result<()> {
        Ok(self.inner.commit()?)
    }
}

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

enum Message {
    Run(Job),
    Stop(SyncSender<Result<()>>),
}

/// What the thread owns.
struct Desk {
    path: PathBuf,
    key: DbKey,
    /// None after a failure that made the connection's state doubtful; opened anew before the next.
    conn: Option<Connection>,
}

pub(super) struct Writer {
    jobs: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    owner: ThreadId,
}

impl Writer {
    pub fn start(path: PathBuf, key: DbKey, conn: Connection) -> Result<Self> {
        let (jobs, inbox) = sync_channel(QUEUE);
        let desk = Desk { path, key, conn: Some(conn) };
        let thread = std::thread::Builder::new()
            .name("esik-writer".to_owned())
            .spawn(move || serve(desk, &inbox))
            .map_err(|_| StoreError::Internal)?;
        let owner = thread.thread().id();
        Ok(Self { jobs, thread: Mutex::new(Some(thread)), owner })
    }

    pub fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // A job that asked for another would wait for itself.
        if self.owner == std::thread::current().id() {
            return Err(StoreError::Internal);
        }
        let (answer, wait) = sync_channel(1);
        let job: Job = Box::new(move |desk| {
            // The caller may have gone; the work is done all the same.
            let _ = answer.send(desk.transact(job));
        });
        self.jobs.send(Message::Run(job)).map_err(|_| StoreError::Closed)?;
        wait.recv().map_err(|_| StoreError::Closed)?
    }

    /// Writes the log back into the file and empties it.
    pub fn flush(&self) -> Result<()> {
        let (answer, wait) = sync_channel(1);
        let job: Job = Box::new(move |desk| {
            let _ = answer.send(desk.flush());
        });
        self.jobs.send(Message::Run(job)).map_err(|_| StoreError::Closed)?;
        wait.recv().map_err(|_| StoreError::Closed)?
    }

    /// Waits for the work in hand, closes the connection and ends the thread.
    pub fn stop(&self) -> Result<()> {
        // A job that let go of the last handle of the store is on the thread itself, which ends by
        // itself when nobody can send to it.
        if self.owner == std::thread::current().id() {
            return Ok(());
        }
        let (done, wait) = sync_channel(1);
        let outcome = match self.jobs.send(Message::Stop(done)) {
            Ok(()) => wait.recv().unwrap_or(Ok(())),
            Err(_) => Ok(()),
        };
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        outcome
    }
}

fn serve(mut desk: Desk, inbox: &Receiver<Message>) {
    // Something may wait for the index from the last run.
    let mut index_in = Some(IDLE);
    loop {
        let message = match index_in {
            Some(wait) => inbox.recv_timeout(wait),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match message {
            Ok(Message::Run(job)) => {
                job(&mut desk);
                index_in = Some(IDLE);
            }
            Ok(Message::Stop(done)) => {
                let _ = done.send(desk.checkpoint());
                return;
            }
            Err(RecvTimeoutError::Timeout) => {
                // A failure here is not anybody's save: search reads the unindexed tail directly.
                let step = desk.transact(|tx| crate::search::index_pending(tx, INDEX_STEP));
                index_in = match step {
                    Ok(done) => (done > 0).then_some(BREATH),
                    Err(e) => {
                        tracing::warn!(code = e.code(), "indexing failed");
                        None
                    }
                };
            }
            Err(RecvTimeoutError::Disconnected) => {
                let _ = desk.checkpoint();
                return;
            }
        }
    }
}

impl Desk {
    fn transact<T>(&mut self, job: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => open::writer(&self.path, &self.key)?,
        };
        let whole = open::writable(&conn);
        let (outcome, sound) = in_transaction(&mut conn, job);
        let unclear = matches!(
            outcome,
            Err(StoreError::Engine(_) | StoreError::Value(_) | StoreError::Event(_))
        );
        if unclear && whole && open::met_damage(&conn) {
            return Err(StoreError::Corrupt);
        }
        if sound {
            self.conn = Some(conn);
        }
        outcome
    }

    fn flush(&mut self) -> Result<()> {
        let Some(conn) = &self.conn else { return Ok(()) };
        let busy: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
        if busy { Err(StoreError::Locked) } else { Ok(()) }
    }

    fn checkpoint(&mut self) -> Result<()> {
        // A reader may still hold its snapshot: the log then stays, which loses nothing.
        match self.flush() {
            Err(StoreError::Locked) => {}
            other => other?,
        }
        let Some(conn) = self.conn.take() else { return Ok(()) };
        conn.close().map_err(|(_, e)| e)?;
        Ok(())
    }
}

/// Runs a job in a transaction; tells its outcome and whether the connection may be used again.
///
/// After a failed commit the state of the pages in memory and on the disk is unknown (a failed fsync
/// may have dropped them): such a connection is thrown away.
fn in_transaction<T>(
    conn: &mut Connection,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> (Result<T>, bool) {
    if planted::is("commit_left_for_later") && !conn.is_autocommit() {
        let _ = conn.execute_batch("COMMIT");
    }
    let inner = match conn.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(inner) => inner,
        Err(e) => return (Err(e.into()), false),
    };
    let mut tx = Tx { inner };
    match catch_unwind(AssertUnwindSafe(|| job(&mut tx))) {
        Ok(Ok(value)) if planted::is("commit_left_for_later") => {
            tx.inner.set_drop_behavior(DropBehavior::Ignore);
            (Ok(value), true)
        }
        Ok(Ok(value)) => match tx.inner.commit() {
            Ok(()) => (Ok(value), true),
            Err(_) if planted::is("failed_commit_is_saved") => (Ok(value), true),
            Err(e) => (Err(e.into()), false),
        },
        Ok(Err(e)) => {
            let sound = tx.inner.rollback().is_ok() && !doubtful(&e);
            (Err(e), sound)
        }
        Err(_) => {
            drop(tx);
            (Err(StoreError::Internal), false)
        }
    }
}

/// `ReadOnly` too: a file that could not be opened for writing for a moment is opened for reading by the
/// engine, and stays so until it is opened anew.
fn doubtful(e: &StoreError) -> bool {
    use StoreError::{Corrupt, DiskFull, Io, ReadOnly, WrongKey};
    matches!(e, Io | Corrupt | DiskFull | WrongKey | ReadOnly)
}
