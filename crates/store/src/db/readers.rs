//! A small pool of connections that can only read.

use super::open::{self, READERS};
use crate::error::{Result, StoreError};
use crate::keys::DbKey;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No question of a desk takes this long: one that does is left behind when the store closes.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Readers {
    idle: Mutex<Pool>,
    returned: Condvar,
}

struct Pool {
    connections: Vec<Connection>,
    /// How many are with a question now.
    lent: usize,
    closed: bool,
}

impl Readers {
    pub fn open(path: &Path, key: &DbKey) -> Result<Self> {
        let connections = (0..READERS).map(|_| open::reader(path, key)).collect::<Result<_>>()?;
        Ok(Self {
            idle: Mutex::new(Pool { connections, lent: 0, closed: false }),
            returned: Condvar::new(),
        })
    }

    pub fn run<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let lent = Lent { pool: self, conn: Some(self.take()?) };
        let conn = lent.conn.as_ref().ok_or(StoreError::Closed)?;
        // One snapshot for the whole question: a count and its list never disagree.
        let snapshot = conn.unchecked_transaction()?;
        let answer = ask(&snapshot);
        drop(snapshot);
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

    fn take(&self) -> Result<Connection> {
        let mut pool = self.lock();
        loop {
            if pool.closed {
                return Err(StoreError::Closed);
            }
            if let Some(conn) = pool.connections.pop() {
                pool.lent += 1;
                return Ok(conn);
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
        if let Some(conn) = self.conn.take() {
            pool.lent -= 1;
            if !pool.closed {
                pool.connections.push(conn);
            }
        }
        drop(pool);
        self.pool.returned.notify_all();
    }
}
