//! Answering a query: exact keys first, then words, then slips of the finger.

use super::keys::{KeyKind, backwards, digits, phone_key};
use super::{document, near};
use crate::error::Result;
use crate::lists::{CaseLine, case_line_of};
use crate::sql;
use crate::visible::Eyes;
use esik_domain::ids::CaseId;
use esik_domain::name::query_key;
use esik_domain::number::normalise_typed;
use esik_domain::policy::Actor;
use esik_domain::text;
use rusqlite::{Connection, OptionalExtension as _};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// By what a case was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Number,
    Iin,
    Phone,
    Name,
    Text,
}

/// A case that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    pub case_id: CaseId,
    pub number: Option<String>,
    pub title: String,
    /// Higher is better; comparable within one answer only.
    pub score: f64,
    pub why: Why,
    /// The line of the case as the officer may see it.
    pub line: CaseLine,
}

/// Longest query that is looked at, in characters.
const QUERY_MAX: usize = 200;
/// Candidates looked at per way of finding, at most.
const CANDIDATES: usize = 200;
/// Newest matches of a text that are ranked; older ones are found by one more word.
const RANKED: i64 = 500;
/// A whole number, IIN or phone.
const EXACT: f64 = 96.0;

/// Cases of a query, best first. Only what this officer may know of, only by words he may know.
///
/// # Errors
/// When the index cannot be read.
pub fn search(conn: &Connection, actor: &Actor, query: &str, limit: usize) -> Result<Vec<Hit>> {
    let query: String = text::normalize_input(query).chars().take(QUERY_MAX).collect();
    let query = query.trim();
    if query.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let mut found = Found { conn, eyes: Eyes::of(actor)?, hits: BTreeMap::new() };
    by_number(&mut found, query)?;
    by_digits(&mut found, query)?;
    // A whole number, IIN or phone leaves no question.
    if !found.hits.values().any(|h| h.score >= EXACT) {
        by_name(&mut found, query)?;
        by_part(&mut found, query)?;
        by_text(&mut found, query, limit)?;
    }
    let mut hits: Vec<Hit> = found.hits.into_values().collect();
    hits.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(b.line.last_at.cmp(&a.line.last_at))
            .then(a.case_id.cmp(&b.case_id))
    });
    hits.truncate(limit);
    Ok(hits)
}

struct Found<'c> {
    conn: &'c Connection,
    eyes: Eyes,
    hits: BTreeMap<CaseId, Hit>,
}

impl Found<'_> {
    /// Takes a candidate if the officer may see it in this layer; tells whether he may.
    fn offer(&mut self, case_id: CaseId, layer: i64, score: f64, why: Why) -> Result<bool> {
        if let Some(hit) = self.hits.get_mut(&case_id) {
            if hit.score < score {
                (hit.score, hit.why) = (score, why);
            }
            return Ok(true);
        }
        let Some(line) = case_line_of(self.conn, &self.eyes, case_id, layer)? else {
            return Ok(false);
        };
        self.hits.insert(
            case_id,
            Hit {
                case_id,
                number: line.number.clone(),
                title: line.title.clone(),
                score,
                why,
                line,
            },
        );
        Ok(true)
    }

    /// Cases with a key of this kind: exactly this text, newest first, or beginning with it.
    fn keyed(&self, kind: KeyKind, text: &str, prefix: bool) -> Result<Vec<(CaseId, i64)>> {
        let mut statement = self.conn.prepare_cached(if prefix {
            "SELECT case_id, layer FROM find_key WHERE kind = ?1 AND key >= ?2 AND key <= ?3
             LIMIT ?4"
        } else {
            // Ids grow with time, so the key of the table already has them in this order.
            "SELECT case_id, layer FROM find_key WHERE kind = ?1 AND key >= ?2 AND key <= ?3
             ORDER BY case_id DESC LIMIT ?4"
        })?;
        // U+10FFFF sorts after every letter.
        let last = if prefix { format!("{text}\u{10FFFF}") } else { text.to_owned() };
        let mut rows = statement.query(rusqlite::params![kind as i64, text, last, 2_000])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push((CaseId(sql::uuid(row, 0)?), row.get(1)?));
        }
        Ok(out)
    }

    fn offer_keyed(
        &mut self,
        kind: KeyKind,
        text: &str,
        prefix: bool,
        score: f64,
        why: Why,
    ) -> Result<()> {
        for (case_id, layer) in self.keyed(kind, text, prefix)?.into_iter().take(CANDIDATES) {
            self.offer(case_id, layer, score, why)?;
        }
        Ok(())
    }
}

fn by_number(found: &mut Found<'_>, query: &str) -> Result<()> {
    let typed = normalise_typed(query);
    if !typed.contains(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    found.offer_keyed(KeyKind::Number, &typed, false, 100.0, Why::Number)?;
    let end = backwards(&typed);
    // The end of a number, whole parts of it: `431`, `2026-431`.
    found.offer_keyed(KeyKind::NumberEnd, &format!("{end}-"), true, 90.0, Why::Number)?;
    if typed.len() >= 3 {
        found.offer_keyed(KeyKind::Number, &typed, true, 75.0, Why::Number)?;
    }
    Ok(())
}

fn by_digits(found: &mut Found<'_>, query: &str) -> Result<()> {
    let digits = digits(query);
    if query.chars().any(char::is_alphabetic) || digits.len() < 4 {
        return Ok(());
    }
    if digits.len() == 12 {
        found.offer_keyed(KeyKind::Iin, &digits, false, 98.0, Why::Iin)?;
    } else if digits.len() >= 6 {
        found.offer_keyed(KeyKind::Iin, &digits, true, 68.0, Why::Iin)?;
    }
    if digits.len() >= 10 {
        found.offer_keyed(KeyKind::Phone, &phone_key(&digits), false, EXACT, Why::Phone)?;
    }
    Ok(())
}

/// A part from the middle of a number, phone, IIN or name.
fn by_part(found: &mut Found<'_>, query: &str) -> Result<()> {
    let letters = query.chars().any(char::is_alphabetic);
    let typed = normalise_typed(query);
    let parts = if letters { vec![query_key(query), typed] } else { vec![digits(query), typed] };
    for part in parts {
        let chars: Vec<char> = part.chars().collect();
        if chars.len() < 3 || part.contains(' ') {
            continue;
        }
        let grams: Vec<String> = chars
            .windows(3)
            .map(|w| format!("\"{}\"", w.iter().collect::<String>().replace('"', "\"\"")))
            .collect();
        let mut candidates = Vec::new();
        let mut statement = found.conn.prepare_cached(
            "SELECT d.case_id, d.layer FROM doc_part p JOIN doc d ON d.id = p.rowid
             WHERE doc_part MATCH ?1 ORDER BY p.rowid DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(CANDIDATES).unwrap_or(200);
        let mut rows = statement.query((grams.join(" AND "), limit))?;
        while let Some(row) = rows.next()? {
            candidates.push((CaseId(sql::uuid(row, 0)?), row.get(1)?));
        }
        drop(rows);
        candidates.extend(pending(found.conn)?);
        for (case_id, layer) in candidates {
            // The three-letter pieces may stand apart: look at the keys themselves.
            if let Some(why) = key_with(found.conn, case_id, layer, &part)? {
                found.offer(case_id, layer, 55.0, why)?;
            }
        }
    }
    Ok(())
}

/// Which kind of key of this case holds a part.
fn key_with(conn: &Connection, case_id: CaseId, layer: i64, part: &str) -> Result<Option<Why>> {
    let kind: Option<i64> = conn
        .prepare_cached(
            "SELECT kind FROM find_key
             WHERE case_id = ?1 AND layer <= ?2 AND kind IN (1, 3, 4, 5) AND instr(key, ?3) > 0
             ORDER BY kind LIMIT 1",
        )?
        .query_row(rusqlite::params![sql::id(&case_id.0), layer, part], |r| r.get(0))
        .optional()?;
    Ok(kind.map(|k| match k {
        k if k == KeyKind::Number as i64 => Why::Number,
        k if k == KeyKind::Phone as i64 => Why::Phone,
        k if k == KeyKind::Iin as i64 => Why::Iin,
        _ => Why::Name,
    }))
}

fn by_name(found: &mut Found<'_>, query: &str) -> Result<()> {
    let repaired = text::wrong_layout(query);
    for (line, weight) in [(Some(query.to_owned()), 1.0), (repaired, 0.97)] {
        let Some(line) = line else { continue };
        let key = query_key(&line);
        let words: Vec<&str> = key.split(' ').filter(|w| w.chars().count() >= 2).collect();
        if words.is_empty() || words.len() > 6 {
            continue;
        }
        let mut common: Option<BTreeMap<(CaseId, i64), bool>> = None;
        for word in &words {
            let exact = found.keyed(KeyKind::Name, word, false)?;
            let mut these: BTreeMap<_, _> = exact.into_iter().map(|at| (at, true)).collect();
            for at in found.keyed(KeyKind::Name, word, true)? {
                these.entry(at).or_insert(false);
            }
            common = Some(match common {
                None => these,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(at, e)| these.get(&at).map(|now| (at, e && *now)))
                    .collect(),
            });
        }
        // A common name has more cases than are looked at: the whole name and the newest come first.
        let mut common: Vec<_> = common.unwrap_or_default().into_iter().collect();
        common.sort_by_key(|&((id, _), exact)| Reverse((exact, id)));
        for ((case_id, layer), exact) in common.into_iter().take(CANDIDATES) {
            let score = if exact { 80.0 } else { 65.0 } * weight;
            found.offer(case_id, layer, score, Why::Name)?;
        }
    }
    Ok(())
}

fn by_text(found: &mut Found<'_>, query: &str, limit: usize) -> Result<()> {
    let mut words: Vec<Vec<String>> =
        text::query_words(query).into_iter().filter(|w| !w.is_empty()).take(12).collect();
    if words.is_empty() {
        return Ok(());
    }
    let enough = |found: &Found<'_>| found.hits.len() >= limit;
    text_pass(found, &words, 50.0)?;
    if enough(found) {
        return Ok(());
    }
    // A word with a slip of the finger is read as its neighbours too.
    for forms in &mut words {
        let mut more = Vec::new();
        for form in forms.iter() {
            more.extend(near::near(found.conn, form)?);
        }
        forms.extend(more);
        let mut seen = HashSet::new();
        forms.retain(|f| seen.insert(f.clone()));
        forms.truncate(48);
    }
    text_pass(found, &words, 35.0)?;
    if !enough(found) && words.len() > 1 {
        some_words(found, &words)?;
    }
    Ok(())
}

/// Every word has to match in one of its forms; the last one may be still being typed. The newest
/// matches are ranked by how rare the words are and how short the case is.
fn text_pass(found: &mut Found<'_>, words: &[Vec<String>], score: f64) -> Result<()> {
    let last = words.len().saturating_sub(1);
    let query = words
        .iter()
        .enumerate()
        .map(|(i, forms)| any_of(forms, i == last))
        .collect::<Vec<_>>()
        .join(" AND ");
    let ranked = ranked(
        found.conn,
        "SELECT d.case_id, d.layer, bm25(doc_text) FROM doc_text t JOIN doc d ON d.id = t.rowid
         WHERE doc_text MATCH ?1 ORDER BY t.rowid DESC LIMIT ?2",
        &query,
    )?;
    for (case_id, layer, rank) in ranked.into_iter().take(CANDIDATES) {
        found.offer(case_id, layer, score + closeness(rank), Why::Text)?;
    }
    let mut terms = text::Terms::default();
    for (case_id, layer) in pending(found.conn)? {
        let Some(d) = document(found.conn, &mut terms, case_id, layer)? else { continue };
        let held: HashSet<&str> = d.words.split(' ').collect();
        let all = words.iter().enumerate().all(|(i, forms)| {
            forms.iter().any(|f| {
                held.contains(f.as_str())
                    || (i == last && held.iter().any(|h| h.starts_with(f.as_str())))
            })
        });
        if all {
            found.offer(case_id, layer, score, Why::Text)?;
        }
    }
    Ok(())
}

/// One word in any of its forms, as the index is asked.
fn any_of(forms: &[String], growing: bool) -> String {
    let forms: Vec<String> = forms
        .iter()
        .map(|f| {
            let star = if growing && f.chars().count() >= 2 { "*" } else { "" };
            format!("\"{}\"{star}", f.replace('"', ""))
        })
        .collect();
    format!("({})", forms.join(" OR "))
}

/// What is left when no case holds all words: the cases that hold the rarest of them.
fn some_words(found: &mut Found<'_>, words: &[Vec<String>]) -> Result<()> {
    let query = words.iter().map(|w| any_of(w, false)).collect::<Vec<_>>().join(" OR ");
    let ranked = ranked(
        found.conn,
        "SELECT d.case_id, d.layer, t.rank FROM doc_text t JOIN doc d ON d.id = t.rowid
         WHERE doc_text MATCH ?1 ORDER BY t.rank LIMIT ?2",
        &query,
    )?;
    for (case_id, layer, rank) in ranked.into_iter().take(50) {
        found.offer(case_id, layer, 10.0 + closeness(rank), Why::Text)?;
    }
    Ok(())
}

/// BM25 is the better the more negative; brought to 0…10 so that ways of finding never change places.
fn closeness(rank: f64) -> f64 {
    let good = (-rank).max(0.0);
    10.0 * good / (good + 10.0)
}

/// Documents with their rank, the best first.
fn ranked(conn: &Connection, ask: &str, query: &str) -> Result<Vec<(CaseId, i64, f64)>> {
    let mut statement = conn.prepare_cached(ask)?;
    let mut rows = statement.query((query, RANKED))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((CaseId(sql::uuid(row, 0)?), row.get(1)?, row.get(2)?));
    }
    // Stable: the newest of equals stays first.
    out.sort_by(|a: &(CaseId, i64, f64), b| a.2.total_cmp(&b.2));
    Ok(out)
}

/// What the indexer has not reached: looked at directly, newest first.
fn pending(conn: &Connection) -> Result<Vec<(CaseId, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT case_id, layer FROM doc WHERE indexed = 0 ORDER BY id DESC LIMIT 64",
    )?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push((CaseId(sql::uuid(row, 0)?), row.get(1)?));
    }
    Ok(out)
}
