//! Cases like the one being typed: same place, same person, same theme.

use super::lines::{CASE_COLUMNS, CaseLine, read_case};
use crate::error::Result;
use crate::search::keys::{KeyKind, phone_key};
use crate::search::place_key;
use crate::visible::{self, Eyes};
use chrono::{DateTime, Utc};
use esik_domain::ids::{CaseId, CategoryCode};
use esik_domain::name::query_key;
use esik_domain::policy::Actor;
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;

/// What is known so far; empty fields are not compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimilarQuery {
    pub address: String,
    pub phone: String,
    /// Name as typed.
    pub name: String,
    pub category: Option<CategoryCode>,
    /// Nothing older than this.
    pub since: DateTime<Utc>,
    /// Not this one itself.
    pub except: Option<CaseId>,
    pub limit: usize,
}

/// What is alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SimilarWhy {
    Place,
    Person,
    Theme,
}

/// A case like it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimilarLine {
    pub line: CaseLine,
    pub why: Vec<SimilarWhy>,
}

/// Cases of the same place or person, those that also share the theme first, then the newest.
/// The same theme alone is not likeness.
///
/// # Errors
/// When they cannot be read.
pub fn similar(conn: &Connection, actor: &Actor, q: &SimilarQuery) -> Result<Vec<SimilarLine>> {
    let mut found: BTreeMap<CaseId, SimilarLine> = BTreeMap::new();
    let eyes = Eyes::of(actor)?;
    let mut take = |kind: KeyKind, key: &str, why: SimilarWhy| -> Result<()> {
        for line in cases_with(conn, &eyes, kind, key, q)? {
            let slot =
                found.entry(line.id).or_insert_with(|| SimilarLine { line, why: Vec::new() });
            if !slot.why.contains(&why) {
                slot.why.push(why);
            }
        }
        Ok(())
    };
    take(KeyKind::Place, &place_key(&q.address), SimilarWhy::Place)?;
    let phone = phone_key(&q.phone);
    if phone.len() >= 6 {
        take(KeyKind::Phone, &phone, SimilarWhy::Person)?;
    }
    let words: Vec<String> =
        query_key(&q.name).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    if words.len() >= 2 {
        // One name alone is half the town; surname and given name together are a person.
        let mut common: Option<BTreeMap<CaseId, CaseLine>> = None;
        for word in &words {
            let these: BTreeMap<CaseId, CaseLine> =
                cases_with(conn, &eyes, KeyKind::Name, word, q)?
                    .into_iter()
                    .map(|l| (l.id, l))
                    .collect();
            common = Some(match common {
                None => these,
                Some(before) => {
                    before.into_iter().filter(|(id, _)| these.contains_key(id)).collect()
                }
            });
        }
        for line in common.unwrap_or_default().into_values() {
            let slot =
                found.entry(line.id).or_insert_with(|| SimilarLine { line, why: Vec::new() });
            if !slot.why.contains(&SimilarWhy::Person) {
                slot.why.push(SimilarWhy::Person);
            }
        }
    }
    let mut out: Vec<SimilarLine> = found
        .into_values()
        .filter(|s| Some(s.line.id) != q.except)
        .map(|mut s| {
            if q.category.is_some() && s.line.category == q.category {
                s.why.push(SimilarWhy::Theme);
            }
            s
        })
        .collect();
    out.sort_by(|a, b| b.why.len().cmp(&a.why.len()).then(b.line.last_at.cmp(&a.line.last_at)));
    out.truncate(q.limit);
    Ok(out)
}

fn cases_with(
    conn: &Connection,
    eyes: &Eyes,
    kind: KeyKind,
    key: &str,
    q: &SimilarQuery,
) -> Result<Vec<CaseLine>> {
    if key.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {CASE_COLUMNS} FROM find_key k JOIN case_row c ON c.case_id = k.case_id
         WHERE k.kind = :kind AND k.key = :key AND c.last_at >= :since
           AND (k.layer = 0 OR {}) AND {} LIMIT 500",
        visible::sees_whole("k.case_id"),
        visible::case_line()
    ))?;
    let mut rows = statement.query(named_params! {
    ":kind": kind as i64, ":key": key, ":since": q.since.timestamp_millis(),
    ":me": eyes.me, ":circles": eyes.circles })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read_case(row)?);
    }
    Ok(out)
}
