//! A small pool of connections that can only read.

use super::open::{self, READERS};
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No question of a desk takes this long: one that does is left behind when the store closes.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Readers {
    path: PathBuf,
    key: DbKey,
    idle: Mutex<Pool>,
    returned: Condvar,
}

struct Pool {
    connections: Vec<Connection>,
    /// How many are with a question now, or being opened for one.
    lent: usize,
    closed: bool,
}

impl Readers {
    /// Opens nothing yet: a connection reads the whole schema into locked memory, so each is opened when a question
    /// finds none idle. Signing in waits for one of them, not for all.
    pub fn new(path: PathBuf, key: DbKey) -> Self {
        Self {
            path,
            key,
            idle: Mutex::new(Pool { connections: Vec::new(), lent: 0, closed: false }),
            returned: Condvar::new(),
        }
    }

    pub fn run<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut lent = Lent { pool: self, conn: self.take()? };
        if lent.conn.is_none() {
            lent.conn = Some(open::reader(&self.path, &self.key)?);
        }
        let conn = lent.conn.as_ref().ok_or(StoreError::Closed)?;
        let whole = open::writable(conn);
        // One snapshot for the whole question: a count and its list never disagree.
        let snapshot = conn.unchecked_transaction()?;
        let answer = ask(&snapshot);
        drop(snapshot);
        if whole && !open::writable(conn) {
            lent.conn = None;
            return Err(StoreError::Corrupt);
        }
        answer
    }

    /// Closes every connection; waits a while for those that answer a question.
    pub fn close(&self) {
        let mut pool = self.lock();
        pool.closed = true;
        pool.connections.clear();
        self.returned.notify_all();
        let all_back = self.returned.wait_timeout_while(pool, PATIENCE, |pool| pool.lent > 0);
        drop(all_back.unwrap_or_else(PoisonError::into_inner));
    }

    /// One that is idle, or leave to open another.
    fn take(&self) -> Result<Option<Connection>> {
        let mut pool = self.lock();
        loop {
            if pool.closed {
                return Err(StoreError::Closed);
            }
            let idle = pool.connections.pop();
            if idle.is_some() || pool.lent < READERS {
                pool.lent += 1;
                return Ok(idle);
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The pool is only pushed to and popped from: a panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back however the question ends, and drops it once the store is closed.
struct Lent<'a> {
    pool: &'a Readers,
    conn: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.pool.lock();
        pool.lent -= 1;
        // Nothing of the file is open any more when whoever closes the store goes on.
        let conn = self.conn.take().filter(|_| !pool.closed);
        pool.connections.extend(conn);
        drop(pool);
        self.pool.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_opened_when_none_is_idle_and_never_more_than_the_pool_holds() {
        let dir = tempfile::tempdir().unwrap();
        let (path, key) = (dir.path().join("desk.db"), DbKey::from_bytes(&[7; 32]));
        open::writer(&path, &key).unwrap();
        let readers = Readers::new(path, key);
        let kept = || readers.lock().connections.len();
        let ask =
            || readers.run(|conn| Ok(conn.query_row("SELECT 1", [], |r| r.get::<_, i64>(0))?));
        assert_eq!(kept(), 0, "signing in waits for none");
        assert_eq!((ask().unwrap(), ask().unwrap()), (1, 1));
        assert_eq!(kept(), 1, "one after the other share one");
        let meet = std::sync::Barrier::new(READERS);
        std::thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| readers.run(|_| Ok(meet.wait())).unwrap());
            }
        });
        assert_eq!(kept(), READERS);
        std::thread::scope(|scope| {
            for _ in 0..4 * READERS {
                scope.spawn(|| assert_eq!(ask().unwrap(), 1));
            }
        });
        assert_eq!(kept(), READERS, "others wait");
        readers.close();
        assert!(matches!(ask(), Err(StoreError::Closed)));
        assert_eq!((kept(), readers.lock().lent), (0, 0));
    }
}
