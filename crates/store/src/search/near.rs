//! Mistyped words: every indexed word is also kept with each one letter missing, so that a word typed
//! with one letter wrong, missing, doubled or swapped meets it by equality, without a scan.

use crate::db::Tx;
use crate::error::Result;
use rusqlite::Connection;

/// Shorter words have too many neighbours to be of use, in letters.
const MIN: usize = 4;
/// Longer ones are not words, in letters.
const MAX: usize = 24;
/// Neighbours that are looked up for one mistyped word, at most.
const NEIGHBOURS: usize = 12;

fn is_word(word: &str) -> bool {
    let n = word.chars().count();
    (MIN..=MAX).contains(&n) && word.chars().all(char::is_alphabetic)
}

/// The word itself and everything it becomes when one letter is left out.
fn without_one(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    let mut out = vec![word.to_owned()];
    for skip in 0..chars.len() {
        out.push(chars.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| *c).collect());
    }
    out.sort();
    out.dedup();
    out
}

/// Remembers a word of the index; nothing to do for one that is known.
pub(super) fn learn(tx: &Tx<'_>, word: &str) -> Result<()> {
    if !is_word(word) {
        return Ok(());
    }
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO near_word (less, word) VALUES (?1, ?2)")?;
    if insert.execute((word, word))? == 0 {
        return Ok(());
    }
    for less in without_one(word) {
        insert.execute((less, word))?;
    }
    Ok(())
}

/// Known words one slip away from what was typed, the nearest first; without the word itself.
pub(super) fn near(conn: &Connection, typed: &str) -> Result<Vec<String>> {
    if !is_word(typed) {
        return Ok(Vec::new());
    }
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut statement =
        conn.prepare_cached("SELECT word FROM near_word WHERE less = ?1 LIMIT 64")?;
    for less in without_one(typed) {
        let mut rows = statement.query([less])?;
        while let Some(row) = rows.next()? {
            let word: String = row.get(0)?;
            let distance = strsim::osa_distance(&word, typed);
            if (1..=slips(typed)).contains(&distance) {
                found.push((distance, word));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found.into_iter().take(NEIGHBOURS).map(|(_, w)| w).collect())
}

/// A long word may be one letter wrong in two places that a single left-out letter still covers.
fn slips(typed: &str) -> usize {
    if typed.chars().count() >= 7 { 2 } else { 1 }
}
