//! Which cases can hold parts of words at all: asked of the words of the index, before the lines of a board are read one by one.

use crate::error::Result;
use rusqlite::Connection;
use serde_json::json;

/// Shorter parts stand in too many words, in letters.
const SHORTEST: usize = 3;
/// Words of the index one part may stand in; more tell too little.
const TERMS: usize = 64;
/// More cases than this are quickly met line by line.
const CASES: usize = 500;

/// Ids of the cases in whose words every one of these folded parts stands, and of those not indexed yet: all that can hold
/// them, and maybe some that do not. `None` when the index cannot tell, or they are many.
pub(crate) fn cases_with(conn: &Connection, parts: &[String]) -> Result<Option<Vec<Vec<u8>>>> {
    let mut every = Vec::new();
    for part in parts.iter().filter_map(|part| whole_word(part)) {
        let terms =
            texts(conn, TERMS + 1, "SELECT term FROM temp.doc_word WHERE instr(term, ?1)", part)?;
        if terms.len() > TERMS {
            continue;
        }
        let any: Vec<String> =
            terms.iter().map(|term| format!("\"{}\"", term.replace('"', "\"\""))).collect();
        every.push(any.join(" OR "));
    }
    if every.is_empty() {
        return Ok(None);
    }
    let mut cases = few(conn, "SELECT case_id FROM doc WHERE indexed = 0 AND ?1 IS NOT NULL", "")?;
    if every.iter().all(|any| !any.is_empty()) {
        let question = every.iter().map(|any| format!("({any})")).collect::<Vec<_>>().join(" AND ");
        cases.extend(few(
            conn,
            "SELECT d.case_id FROM doc_text f JOIN doc d ON d.id = f.rowid WHERE doc_text MATCH ?1",
            &question,
        )?);
    }
    Ok((cases.len() <= CASES).then_some(cases))
}

/// As a parameter of a question: `case_id IN` [`AMONG`].
pub(crate) fn listed(cases: Option<&[Vec<u8>]>) -> String {
    json!(cases.unwrap_or_default().iter().map(hex::encode).collect::<Vec<_>>()).to_string()
}

/// The ids of [`listed`].
pub(crate) const AMONG: &str = "(SELECT unhex(value) FROM json_each(:among))";

/// The longest run of letters and digits: it lies within one word of the index.
fn whole_word(part: &str) -> Option<&str> {
    part.split(|c: char| !c.is_alphanumeric())
        .max_by_key(|run| run.len())
        .filter(|run| run.chars().count() >= SHORTEST)
}

fn texts(conn: &Connection, most: usize, question: &str, of: &str) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(&format!("{question} LIMIT {most}"))?;
    let rows = statement.query_map([of], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn few(conn: &Connection, question: &str, of: &str) -> Result<Vec<Vec<u8>>> {
    let mut statement = conn.prepare_cached(&format!("{question} LIMIT {}", CASES + 1))?;
    let rows = statement.query_map([of], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
