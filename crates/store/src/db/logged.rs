//! Which pages the engine reads from the log, whatever lies in the file: those of commits that are not written back yet.
//!
//! Source: the file format of `SQLite`, section 4 (the WAL file). Numbers are big-endian; of the frames those count that
//! carry the header's salts and whose sums follow from it, up to the last commit. Pages are sealed, frames are not.

use crate::error::{Result, StoreError};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;

const HEADER: usize = 32;
const FRAME: usize = 24;

/// Numbers of the pages, from 1. None when there is no log, or none that the engine would read.
///
/// # Errors
/// When the log is there and cannot be read.
pub fn pages(conn: &Connection) -> Result<BTreeSet<u32>> {
    // Nothing is written back by this: the engine tells how many frames are already.
    let back: i64 = conn.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(2))?;
    let Some(file) = conn.path().filter(|path| !path.is_empty()) else {
        return Ok(BTreeSet::new());
    };
    match std::fs::read(PathBuf::from(format!("{file}-wal"))) {
        Ok(log) => {
            Ok(committed(&log, usize::try_from(back).unwrap_or_default()).unwrap_or_default())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(_) => Err(StoreError::Io),
    }
}

fn number(of: &[u8], at: usize) -> Option<u32> {
    of.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// The sum goes on over these bytes, eight at a time; the magic number says which end of a number comes first.
fn sum(mut so_far: (u32, u32), big: bool, bytes: &[u8]) -> (u32, u32) {
    let read =
        |four: [u8; 4]| if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    for [a, b, c, d, e, f, g, h] in bytes.as_chunks().0 {
        so_far.0 = so_far.0.wrapping_add(read([*a, *b, *c, *d])).wrapping_add(so_far.1);
        so_far.1 = so_far.1.wrapping_add(read([*e, *f, *g, *h])).wrapping_add(so_far.0);
    }
    so_far
}

/// The pages after so many frames. None when this is no log.
fn committed(log: &[u8], back: usize) -> Option<BTreeSet<u32>> {
    let (header, frames) = log.split_at_checked(HEADER)?;
    let (big, page) = (number(header, 0)? & 1 == 1, number(header, 8)? as usize);
    let mut sums = sum((0, 0), big, header.get(..24)?);
    let salts = header.get(16..24)?;
    if (number(header, 0)? & !1) != 0x377f_0682
        || sums != (number(header, 24)?, number(header, 28)?)
    {
        return None;
    }
    let (mut pages, mut waiting) = (BTreeSet::new(), Vec::new());
    for (n, frame) in frames.chunks_exact(FRAME + page).enumerate() {
        let (head, content) = frame.split_at_checked(FRAME)?;
        sums = sum(sum(sums, big, head.get(..8)?), big, content);
        if head.get(8..16)? != salts || sums != (number(head, 16)?, number(head, 20)?) {
            break;
        }
        if n >= back {
            waiting.push(number(head, 0)?);
        }
        if number(head, 4)? != 0 {
            pages.extend(waiting.drain(..));
        }
    }
    Some(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log with a commit of page 2, and one of pages 1 and 3.
    fn log() -> (tempfile::TempDir, Connection, Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let conn = Connection::open(dir.path().join("a.db")).unwrap();
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        conn.execute_batch("CREATE TABLE a (n INTEGER); PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
        conn.execute_batch("INSERT INTO a VALUES (1); CREATE TABLE b (n INTEGER);").unwrap();
        let log = std::fs::read(dir.path().join("a.db-wal")).unwrap();
        (dir, conn, log)
    }

    #[test]
    fn the_pages_of_every_commit_are_told() {
        let (_dir, conn, log) = log();
        // Page 1 is the schema's, 2 the table's, 3 the new one's.
        assert_eq!(committed(&log, 0), Some(BTreeSet::from([1, 2, 3])));
        assert_eq!(committed(&log, 1), Some(BTreeSet::from([1, 3])), "one is written back");
        assert_eq!(pages(&conn).unwrap(), BTreeSet::from([1, 2, 3]));
        conn.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        assert_eq!(pages(&conn).unwrap(), BTreeSet::new(), "all are written back");
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        assert_eq!(pages(&conn).unwrap(), BTreeSet::new(), "an empty one");
        assert_eq!(pages(&Connection::open_in_memory().unwrap()).unwrap(), BTreeSet::new());
    }

    #[test]
    fn what_the_engine_would_not_read_stands_nowhere() {
        let (_dir, _conn, log) = log();
        let frame = FRAME + 4096;
        let with = |at: usize| {
            let mut other = log.clone();
            other[at] ^= 1;
            committed(&other, 0)
        };
        assert_eq!(with(0), None, "no log");
        assert_eq!(with(16), None, "the header's sum");
        let first = Some(BTreeSet::from([2]));
        assert_eq!(committed(&log[..HEADER + frame], 0), first);
        assert_eq!(committed(&log[..HEADER + 2 * frame - 1], 0), first, "half a frame");
        assert_eq!(committed(&log[..HEADER + 2 * frame], 0), first, "not committed");
        assert_eq!(with(HEADER + frame + 8), first, "the salt of an older log");
        assert_eq!(with(HEADER + frame + FRAME + 100), first, "the sum of a page");
    }
}
