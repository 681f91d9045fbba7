//! Cases like the one being typed: same place, same person, same theme.

use super::case::case_state;
use super::lines::{CASE_COLUMNS, CaseLine, read_case};
use crate::error::Result;
use crate::search::keys::{KeyKind, digits, phone_key};
use crate::search::place_key;
use crate::visible::{self, Eyes};
use chrono::{DateTime, Utc};
use esik_domain::case::CaseState;
use esik_domain::event::Party;
use esik_domain::ids::{CaseId, CategoryCode};
use esik_domain::name::{PersonName, query_key};
use esik_domain::policy::Actor;
use rusqlite::{Connection, named_params};
use std::collections::{BTreeMap, BTreeSet};

/// Namesakes whose other data are looked at, the newest; of a common name the rest is not told apart.
const NAMESAKES: usize = 40;

/// What is known so far; what is empty is not compared.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SimilarQuery {
    pub address: String,
    pub phones: Vec<String>,
    /// IINs or BINs, right ones only: a mistyped one is like nobody's.
    pub iins: Vec<String>,
    pub names: Vec<PersonName>,
    pub category: Option<CategoryCode>,
    /// Nothing older than this.
    pub since: DateTime<Utc>,
    /// Not this one itself.
    pub except: Option<CaseId>,
    pub limit: usize,
}

/// What is alike, the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SimilarWhy {
    Iin,
    Phone,
    Name,
    Place,
    Theme,
    /// The name is the same and the IIN is another one: most likely somebody else.
    OtherIin,
}

impl SimilarWhy {
    /// What it is worth beside the others; likeness is ordered by the sum.
    pub(super) fn weight(self) -> i32 {
        match self {
            Self::Iin => 16,
            Self::Phone => 8,
            Self::Name | Self::Place => 4,
            Self::Theme => 1,
            Self::OtherIin => -4,
        }
    }
}

/// A case like it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SimilarLine {
    pub line: CaseLine,
    pub why: Vec<SimilarWhy>,
}

impl SimilarLine {
    fn weight(&self) -> i32 {
        self.why.iter().map(|w| w.weight()).sum()
    }
}

/// Cases of the same place or person, those first that are surest of the same person, then the newest.
/// The same theme alone is not likeness; nor is the same name with another father's name. Nobody is merged:
/// a namesake with another IIN is told as such and stands below.
///
/// # Errors
/// When they cannot be read.
pub fn similar(conn: &Connection, actor: &Actor, q: &SimilarQuery) -> Result<Vec<SimilarLine>> {
    let mut found = Found { conn, eyes: Eyes::of(actor)?, q, lines: BTreeMap::new() };
    found.take(KeyKind::Place, &place_key(&q.address), SimilarWhy::Place)?;
    for phone in q.phones.iter().map(|p| phone_key(p)).filter(|p| p.len() >= 6) {
        found.take(KeyKind::Phone, &phone, SimilarWhy::Phone)?;
    }
    for iin in &q.iins {
        found.take(KeyKind::Iin, &digits(iin), SimilarWhy::Iin)?;
    }
    for name in &q.names {
        found.take_name(actor, name)?;
    }
    let mut out: Vec<SimilarLine> = found
        .lines
        .into_values()
        .filter(|s| Some(s.line.id) != q.except)
        .map(|mut s| {
            if q.category.is_some() && s.line.category == q.category {
                s.why.push(SimilarWhy::Theme);
            }
            s.why.sort_unstable();
            s
        })
        .collect();
    out.sort_by(|a, b| b.weight().cmp(&a.weight()).then(b.line.last_at.cmp(&a.line.last_at)));
    out.truncate(q.limit);
    Ok(out)
}

struct Found<'c> {
    conn: &'c Connection,
    eyes: Eyes,
    q: &'c SimilarQuery,
    lines: BTreeMap<CaseId, SimilarLine>,
}

impl Found<'_> {
    fn add(&mut self, line: CaseLine, why: SimilarWhy) {
        let slot =
            self.lines.entry(line.id).or_insert_with(|| SimilarLine { line, why: Vec::new() });
        if !slot.why.contains(&why) {
            slot.why.push(why);
        }
    }

    fn take(&mut self, kind: KeyKind, key: &str, why: SimilarWhy) -> Result<()> {
        for line in cases_with(self.conn, &self.eyes, kind, key, self.q)? {
            self.add(line, why);
        }
        Ok(())
    }

    /// One name alone is half the town; surname and given name together are a person.
    fn take_name(&mut self, actor: &Actor, name: &PersonName) -> Result<()> {
        let mut common: Option<BTreeMap<CaseId, CaseLine>> = None;
        let words = name_words(&format!("{} {}", name.surname, name.given));
        if words.len() < 2 {
            return Ok(());
        }
        for word in &words {
            let these = cases_with(self.conn, &self.eyes, KeyKind::Name, word, self.q)?;
            let these = these.into_iter().map(|l| (l.id, l));
            common = Some(match common {
                None => these.collect(),
                Some(before) => these.filter(|(id, _)| before.contains_key(id)).collect(),
            });
        }
        let mut namesakes: Vec<CaseLine> = common.unwrap_or_default().into_values().collect();
        namesakes.sort_by_key(|l| std::cmp::Reverse(l.last_at));
        let asks = !self.q.iins.is_empty() || name.patronymic.is_some();
        for (n, line) in namesakes.into_iter().enumerate() {
            let state =
                if asks && n < NAMESAKES { case_state(self.conn, actor, line.id)? } else { None };
            match state.map_or(Namesake::Same, |case| namesake(&case, name, &words, &self.q.iins)) {
                Namesake::Same => self.add(line, SimilarWhy::Name),
                Namesake::OtherIin => {
                    self.add(line.clone(), SimilarWhy::Name);
                    self.add(line, SimilarWhy::OtherIin);
                }
                Namesake::OtherName => {}
            }
        }
        Ok(())
    }
}

pub(super) fn name_words(line: &str) -> BTreeSet<String> {
    query_key(line).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Namesake {
    Same,
    OtherIin,
    OtherName,
}

/// The likest of the people of a case to somebody of this name and one of these IINs.
fn namesake(
    case: &CaseState,
    name: &PersonName,
    words: &BTreeSet<String>,
    iins: &[String],
) -> Namesake {
    let same_iin = |party: &Party| iins.iter().any(|i| digits(i) == digits(&party.iin));
    let of = |party: &Party| {
        let theirs = name_words(&party.full_name());
        let fathers = [name.patronymic.as_deref().unwrap_or_default(), &party.patronymic];
        let [asked, held] = fathers.map(query_key);
        let other_father = !asked.is_empty() && !held.is_empty() && asked != held;
        if other_father || !words.is_subset(&theirs) {
            Namesake::OtherName
        } else if iins.is_empty() || party.iin.is_empty() || same_iin(party) {
            Namesake::Same
        } else {
            Namesake::OtherIin
        }
    };
    case.parties.iter().map(|p| of(&p.party)).min().unwrap_or(Namesake::OtherName)
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
