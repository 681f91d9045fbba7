//! Are the pages of the file as they were sealed?

use super::logged;
use crate::error::Result;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// So often a page that does not fit is looked at. The engine reads the file past its own locks: it may meet a page just while
/// the log is written back into it, half old and half new. Then the page fits a moment later; a damaged one never does.
const LOOKS: usize = 3;

/// How many pages do not fit their seals, whenever one looks, and are read from the file. While somebody reads an older
/// state, or after a crash, the log is written back in part: a page that is missing in the file then stands in the log.
///
/// # Errors
/// When the engine does not look.
pub fn broken(conn: &Connection) -> Result<u64> {
    steady(|| look(conn))
}

/// What is found by each look.
fn steady(mut look: impl FnMut() -> Result<BTreeSet<String>>) -> Result<u64> {
    let mut broken = look()?;
    for _ in 1..LOOKS {
        if broken.is_empty() {
            break;
        }
        let again = look()?;
        broken.retain(|page| again.contains(page));
    }
    Ok(broken.len() as u64)
}

/// What the engine says of each page that does not fit and is read from the file; it names the page.
fn look(conn: &Connection) -> Result<BTreeSet<String>> {
    let mut pages = conn.prepare("PRAGMA cipher_integrity_check")?;
    let said = pages.query_map([], |row| row.get(0))?;
    let mut said = said.collect::<rusqlite::Result<BTreeSet<String>>>()?;
    if !said.is_empty() {
        let logged = logged::pages(conn)?;
        said.retain(|page| !page_of(page).is_some_and(|page| logged.contains(&page)));
    }
    Ok(said)
}

/// `HMAC verification failed for page 7`
fn page_of(said: &str) -> Option<u32> {
    said.strip_prefix("HMAC verification failed for page ")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B07 (part): `tests/it/seals.rs` meets such pages as they come, seldom.
    #[test]
    fn a_page_is_broken_when_every_look_says_so() {
        let of = |looks: &[&[&str]]| {
            let mut looks = looks.iter();
            let broken = steady(|| {
                let found = looks.next().unwrap_or_else(|| panic!("one look too many"));
                Ok(found.iter().map(|page| (*page).to_owned()).collect())
            });
            assert!(looks.next().is_none(), "one look too few");
            broken.unwrap()
        };
        assert_eq!(of(&[&[]]), 0);
        assert_eq!(of(&[&["7"], &[]]), 0, "it was just written");
        assert_eq!(of(&[&["7"], &["9"]]), 0, "another one was");
        assert_eq!(of(&[&["3", "7"], &["7", "9"], &["7"]]), 1);
        assert_eq!(of(&[&["3", "7"], &["3", "7"], &["3", "7"]]), 2);
    }
}
