//! Answering a query: exact keys first, then words, then slips of the finger.

use super::keys::{KeyKind, backwards, digits, phone_key};
use super::{document, near};
use crate::error::Result;
use crate::lists::{CaseLine, SimilarLine, SimilarQuery, SimilarWhy, case_line_of, similar};
use crate::sql;
use crate::visible::Eyes;
use esik_domain::ids::CaseId;
use esik_domain::name::query_key;
use esik_domain::number::normalise_typed;
use esik_domain::policy::Actor;
use esik_domain::text;
use esik_domain::who::{self, WhoLine};
use rusqlite::{Connection, OptionalExtension as _, Row};
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
    /// The name is the same and the IIN is another one: most likely somebody else.
    OtherIin,
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

impl Hit {
    fn of(line: CaseLine, score: f64, why: Why) -> Self {
        Self {
            case_id: line.id,
            number: line.number.clone(),
            title: line.title.clone(),
            score,
            why,
            line,
        }
    }
}

/// Longest query that is looked at, in characters.
const QUERY_MAX: usize = 200;
/// Candidates looked at per way of finding, at most.
const CANDIDATES: usize = 200;
/// Newest matches of a text that are ranked; older ones are found by one more word.
const RANKED: usize = 500;
/// With so many cases of the words as typed, no slip of the finger is looked for.
const ENOUGH: usize = 10;
/// A whole number, IIN or phone.
const EXACT: f64 = 96.0;
/// Every part of a name, at least in its beginning.
const NAMED: f64 = 65.0 * WRONG_LAYOUT;
/// Of what was typed on the other layout of the keyboard.
const WRONG_LAYOUT: f64 = 0.97;

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
    let who = who::read(query);
    if who.tells_more_than_one() {
        by_who(&mut found, actor, &who, limit)?;
    }
    // A whole number, IIN or phone leaves no question.
    if !found.hits.values().any(|h| h.score >= EXACT) {
        by_name(&mut found, query, limit)?;
        // A list full of people of that name has no room for what is less than that.
        if found.at_least(NAMED) < limit {
            by_part(&mut found, query)?;
            by_text(&mut found, query, limit)?;
        }
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
    fn at_least(&self, score: f64) -> usize {
        self.hits.values().filter(|h| h.score >= score).count()
    }

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
        self.hits.insert(case_id, Hit::of(line, score, why));
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

/// A name, a phone and an IIN typed or pasted together: a person is found by any of them, and first by those
/// that are nobody else's.
fn by_who(found: &mut Found<'_>, actor: &Actor, who: &WhoLine, limit: usize) -> Result<()> {
    let query = SimilarQuery {
        phones: who.e164().map(str::to_owned).into_iter().collect(),
        iins: who.valid_iin().map(str::to_owned).into_iter().collect(),
        names: who.name.clone().into_iter().collect(),
        limit: limit.min(CANDIDATES),
        ..SimilarQuery::default()
    };
    for SimilarLine { line, why } in similar(found.conn, actor, &query)? {
        let (score, why) = if why.contains(&SimilarWhy::Iin) {
            (98.0, Why::Iin)
        } else if why.contains(&SimilarWhy::Phone) {
            (EXACT, Why::Phone)
        } else if why.contains(&SimilarWhy::OtherIin) {
            (NAMED, Why::OtherIin)
        } else {
            (80.0, Why::Name)
        };
        found.hits.insert(line.id, Hit::of(line, score, why));
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
        let mut candidates = newest(
            found.conn,
            "SELECT d.case_id, d.layer FROM doc_part p JOIN doc d ON d.id = p.rowid
             WHERE doc_part MATCH ?1 AND p.rowid > ?2 AND p.rowid <= ?3 ORDER BY p.rowid",
            &grams.join(" AND "),
            CANDIDATES,
            |row| Ok((CaseId(sql::uuid(row, 0)?), row.get(1)?)),
        )?;
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

fn by_name(found: &mut Found<'_>, query: &str, limit: usize) -> Result<()> {
    let repaired = text::wrong_layout(query);
    for (line, weight) in [(Some(query.to_owned()), 1.0), (repaired, WRONG_LAYOUT)] {
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
        let mut shown = 0;
        for ((case_id, layer), exact) in common.into_iter().take(CANDIDATES) {
            let score = if exact { 80.0 } else { 65.0 } * weight;
            shown += usize::from(found.offer(case_id, layer, score, Why::Name)?);
            if shown >= limit {
                break;
            }
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
    let enough = |found: &Found<'_>| found.hits.len() >= limit.min(ENOUGH);
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
/// matches are ranked by how short the case is and how new.
fn text_pass(found: &mut Found<'_>, words: &[Vec<String>], score: f64) -> Result<()> {
    let last = words.len().saturating_sub(1);
    let query = words
        .iter()
        .enumerate()
        .map(|(i, forms)| any_of(forms, i == last))
        .collect::<Vec<_>>()
        .join(" AND ");
    for (case_id, layer, close) in ranked(found.conn, &query)?.into_iter().take(CANDIDATES) {
        found.offer(case_id, layer, score + close, Why::Text)?;
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
            // Newer than everything the index knows.
            found.offer(case_id, layer, score + freshness(0), Why::Text)?;
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

/// What is left when no case holds all words: the newest cases of each, those with the rarest words
/// first. Ranking every case that has any of the words would cost as much as the station has cases.
fn some_words(found: &mut Found<'_>, words: &[Vec<String>]) -> Result<()> {
    let mut worth: BTreeMap<i64, f64> = BTreeMap::new();
    for forms in words {
        let these: Vec<i64> = newest(
            found.conn,
            "SELECT rowid FROM doc_text
             WHERE doc_text MATCH ?1 AND rowid > ?2 AND rowid <= ?3 ORDER BY rowid",
            &any_of(forms, false),
            RANKED,
            |row| Ok(row.get(0)?),
        )?;
        // Of a word that fills the page nothing is known but that it is common.
        let rare = (1.0 + RANKED as f64 / these.len().max(1) as f64).ln();
        for row in these {
            *worth.entry(row).or_default() += rare;
        }
    }
    let mut best: Vec<(i64, f64)> = worth.into_iter().collect();
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    let mut whose = found.conn.prepare_cached("SELECT case_id, layer FROM doc WHERE id = ?1")?;
    for (row, worth) in best.into_iter().take(50) {
        let of =
            whose.query_row([row], |r| Ok((sql::uuid(r, 0), r.get::<_, i64>(1)?))).optional()?;
        if let Some((case_id, layer)) = of {
            let close = CLOSE * worth / (worth + 10.0);
            found.offer(CaseId(case_id?), layer, 10.0 + close, Why::Text)?;
        }
    }
    Ok(())
}

/// What closeness and freshness add at most: less than from one way of finding to the next.
const CLOSE: f64 = 8.0;
const FRESH: f64 = 6.0;

/// Words of a case of usual length.
const USUAL: f64 = 60.0;

/// Of two cases with all the words the shorter one is more about them. BM25 would also weigh how rare
/// each word is, for which the engine reads every match of every form: a common word would cost more
/// than all the rest, and between cases that have all of them it decides nothing.
fn closeness(words: u64) -> f64 {
    CLOSE * USUAL / (USUAL + words as f64)
}

/// The first number of the engine's note of a document's length.
fn length(note: &[u8]) -> u64 {
    let mut n = 0;
    for byte in note.iter().take(8) {
        n = n << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    n
}

/// Of equally good matches people mean the new one; the tenth newest has half of it.
fn freshness(newer: usize) -> f64 {
    FRESH / (1.0 + newer as f64 / 10.0)
}

/// The newest documents that match, with what their length and their age are worth, the best first.
fn ranked(conn: &Connection, query: &str) -> Result<Vec<(CaseId, i64, f64)>> {
    let found = newest(
        conn,
        "SELECT d.case_id, d.layer, s.sz FROM doc_text t JOIN doc d ON d.id = t.rowid
           JOIN doc_text_docsize s ON s.id = t.rowid
         WHERE doc_text MATCH ?1 AND t.rowid > ?2 AND t.rowid <= ?3 ORDER BY t.rowid",
        query,
        RANKED,
        |row| {
            let note = row.get_ref(2)?.as_blob().unwrap_or_default();
            Ok((CaseId(sql::uuid(row, 0)?), row.get(1)?, closeness(length(note))))
        },
    )?;
    let mut out: Vec<_> = found
        .into_iter()
        .enumerate()
        .map(|(newer, (case_id, layer, close))| (case_id, layer, close + freshness(newer)))
        .collect();
    // Stable: the newest of equals stays first.
    out.sort_by(|a, b| b.2.total_cmp(&a.2));
    Ok(out)
}

/// The newest `want` matches of the full-text index, the newest first. Asked forwards, in windows that
/// grow backwards from the newest document: asked backwards, the engine lists every place of every
/// page first, in memory that it locks and wipes piece by piece.
fn newest<T>(
    conn: &Connection,
    ask: &str,
    query: &str,
    want: usize,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut last: i64 =
        conn.prepare_cached("SELECT coalesce(max(id), 0) FROM doc")?.query_row([], |r| r.get(0))?;
    let mut statement = conn.prepare_cached(ask)?;
    let mut out = Vec::new();
    let mut window = FIRST_WINDOW;
    while last > 0 && out.len() < want {
        let first = last.saturating_sub(window).max(0);
        let mut rows = statement.query((query, first, last))?;
        let before = out.len();
        while let Some(row) = rows.next()? {
            out.push(read(row)?);
        }
        out.get_mut(before..).unwrap_or_default().reverse();
        (last, window) = (first, window.saturating_mul(8));
    }
    out.truncate(want);
    Ok(out)
}

/// Newest documents that are looked through first; then eight times as many before them, and so on.
const FIRST_WINDOW: i64 = 2_048;

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
