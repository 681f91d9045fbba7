//! One person's cases: those that officers linked, followed from word to word, and people who are alike.

use super::case::case_state;
use super::lines::{CaseLine, case_line};
use super::similar::{SimilarQuery, SimilarWhy, name_words, similar};
use crate::error::Result;
use crate::search::keys::{KeyKind, digits, matched_key, phone_key};
use chrono::{DateTime, Utc};
use esik_domain::case::{CaseState, CautionKind};
use esik_domain::event::Party;
use esik_domain::ids::CaseId;
use esik_domain::name::PersonName;
use esik_domain::person::{PersonRef, PersonWord, differ};
use esik_domain::policy::Actor;
use esik_domain::{iin, phone};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Cards of one person that are followed; nobody reads more, and a wrong word must not pull in the town.
const CARDS_MAX: usize = 60;
/// People who are alike, at most.
const ALIKE_MAX: usize = 8;

/// A card with the case it stands in, as the officer may see them.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonCase {
    pub at: PersonRef,
    pub party: Party,
    pub line: CaseLine,
    /// What has to be known there before anybody calls or writes.
    pub cautions: Vec<CautionKind>,
    /// Each has a right IIN, and they differ.
    pub other_iin: bool,
}

/// An officer's word on a card, with where it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptWord {
    pub with: CaseId,
    pub word: PersonWord,
}

/// A card that is this person's by an officer's word.
#[derive(Clone, PartialEq, Debug)]
pub struct Linked {
    pub found: PersonCase,
    /// The words that link it, when they are about the very card that was asked for.
    pub words: Vec<KeptWord>,
    /// Else the linked card by which it was reached.
    pub through: Option<PersonRef>,
}

/// Somebody like this person, of whom nobody has said anything.
#[derive(Clone, PartialEq, Debug)]
pub struct Alike {
    pub found: PersonCase,
    /// `Iin`, `Phone`, `Name`, with `OtherIin` beside the name.
    pub why: Vec<SimilarWhy>,
}

/// What is known of the person of one card.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonFound {
    pub party: Party,
    pub same: Vec<Linked>,
    /// Of whom an officer said that it is somebody else.
    pub others: Vec<Linked>,
    pub alike: Vec<Alike>,
}

/// The person of a card, as far as this officer may know of their cases. `None` when the card itself is not for them.
///
/// # Errors
/// When it cannot be read.
pub fn person(conn: &Connection, actor: &Actor, of: PersonRef) -> Result<Option<PersonFound>> {
    let mut cards = Cards { conn, actor, states: BTreeMap::new() };
    let Some(own) = cards.party(of)? else { return Ok(None) };
    let (mut same, mut others) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::from([of]);
    let mut queue = VecDeque::from([of]);
    while let Some(card) = queue.pop_front() {
        for (other, words) in cards.words(card)? {
            if seen.len() > CARDS_MAX || seen.contains(&other) {
                continue;
            }
            let Some(found) = cards.found(other, &own)? else { continue };
            // Whoever says that they are two is believed: two people in one card do more harm than one in two.
            let two = words.iter().any(|kept| !kept.word.same);
            if two && card != of {
                continue;
            }
            seen.insert(other);
            let through = (card != of).then_some(card);
            let words = if through.is_none() { words } else { Vec::new() };
            let linked = Linked { found, words, through };
            if two {
                others.push(linked);
            } else {
                same.push(linked);
                queue.push_back(other);
            }
        }
    }
    same.sort_by_key(|l| std::cmp::Reverse(l.found.line.last_at));
    let alike = cards.alike(of, &own, &seen)?;
    Ok(Some(PersonFound { party: own, same, others, alike }))
}

struct Cards<'c> {
    conn: &'c Connection,
    actor: &'c Actor,
    states: BTreeMap<CaseId, Option<CaseState>>,
}

impl Cards<'_> {
    fn state(&mut self, case: CaseId) -> Result<Option<&CaseState>> {
        if !self.states.contains_key(&case) {
            let state = case_state(self.conn, self.actor, case)?.filter(|s| !s.is_beside());
            self.states.insert(case, state);
        }
        Ok(self.states.get(&case).and_then(Option::as_ref))
    }

    fn party(&mut self, at: PersonRef) -> Result<Option<Party>> {
        let state = self.state(at.case)?;
        let of = |s: &CaseState| s.parties.iter().find(|p| p.id == at.party).cloned();
        Ok(state.and_then(of).map(|p| p.party))
    }

    fn found(&mut self, at: PersonRef, own: &Party) -> Result<Option<PersonCase>> {
        let Some(party) = self.party(at)? else { return Ok(None) };
        let cautions = self.state(at.case)?.map(|s| s.cautions().iter().map(|c| c.kind).collect());
        let Some(line) = case_line(self.conn, self.actor, at.case)? else { return Ok(None) };
        let other_iin = differ(own, &party);
        Ok(Some(PersonCase { at, party, line, cautions: cautions.unwrap_or_default(), other_iin }))
    }

    /// What officers said of this card and others, wherever it is kept.
    fn words(&mut self, of: PersonRef) -> Result<BTreeMap<PersonRef, Vec<KeptWord>>> {
        let mut out: BTreeMap<PersonRef, Vec<KeptWord>> = BTreeMap::new();
        let mut keep = |other: PersonRef, with, word: &PersonWord| {
            out.entry(other).or_default().push(KeptWord { with, word: word.clone() });
        };
        if let Some(state) = self.state(of.case)? {
            for word in state.person_words.iter().filter(|w| w.party == of.party) {
                keep(word.other, of.case, word);
            }
        }
        for case in naming(self.conn, of.case)? {
            let Some(state) = self.state(case)? else { continue };
            for word in state.person_words.iter().filter(|w| w.other == of) {
                keep(PersonRef { case, party: word.party }, case, word);
            }
        }
        Ok(out)
    }

    fn alike(
        &mut self,
        of: PersonRef,
        own: &Party,
        spoken_of: &BTreeSet<PersonRef>,
    ) -> Result<Vec<Alike>> {
        let mut out = Vec::new();
        for like in similar(self.conn, self.actor, &question(of.case, own))? {
            let Some(state) = self.state(like.line.id)? else { continue };
            let told = state.parties.iter().map(|p| (p.id, alike(own, &p.party)));
            let Some((party, why)) = told.max_by_key(|(_, why)| likeness(why)) else { continue };
            let at = PersonRef { case: like.line.id, party };
            if likeness(&why) <= 0 || spoken_of.contains(&at) {
                continue;
            }
            if let Some(found) = self.found(at, own)? {
                out.push(Alike { found, why });
            }
            if out.len() == ALIKE_MAX {
                break;
            }
        }
        Ok(out)
    }
}

/// Cases that keep a word on somebody of this one.
fn naming(conn: &Connection, case: CaseId) -> Result<Vec<CaseId>> {
    let mut ask = conn.prepare_cached(
        "SELECT DISTINCT case_id FROM find_key WHERE kind = ?1 AND key = ?2 LIMIT 500",
    )?;
    let key = matched_key(case);
    let rows = ask.query_map((KeyKind::Matched as i64, key), |r| r.get::<_, [u8; 16]>(0))?;
    Ok(rows.map(|r| r.map(|id| CaseId(uuid::Uuid::from_bytes(id)))).collect::<Result<_, _>>()?)
}

/// The question for people like this one, however long ago they came.
fn question(case: CaseId, own: &Party) -> SimilarQuery {
    let patronymic = Some(own.patronymic.clone()).filter(|p| !p.is_empty());
    let (surname, given) = (own.surname.clone(), own.given.clone());
    SimilarQuery {
        phones: phone::check(&own.phone).e164.into_iter().collect(),
        iins: Some(iin::check(&own.iin))
            .filter(|read| read.valid)
            .map(|read| read.normalized)
            .into_iter()
            .collect(),
        names: vec![PersonName { surname, given, patronymic }],
        since: DateTime::<Utc>::UNIX_EPOCH,
        except: Some(case),
        limit: ALIKE_MAX * 3,
        ..SimilarQuery::default()
    }
}

/// By what two people are alike.
fn alike(own: &Party, other: &Party) -> Vec<SimilarWhy> {
    let both = |key: fn(&str) -> String, one: &str, two: &str| {
        let (one, two) = (key(one), key(two));
        !one.is_empty() && one == two
    };
    let mut out = Vec::new();
    if both(digits, &own.iin, &other.iin) {
        out.push(SimilarWhy::Iin);
    }
    if both(phone_key, &own.phone, &other.phone) {
        out.push(SimilarWhy::Phone);
    }
    let words = name_words(&format!("{} {}", own.surname, own.given));
    if words.len() >= 2 && words.is_subset(&name_words(&other.full_name())) {
        out.push(SimilarWhy::Name);
    }
    if differ(own, other) {
        out.push(SimilarWhy::OtherIin);
    }
    out
}

/// A telephone or a name of somebody with another IIN is a household or a namesake: told, and never before what is alike.
fn likeness(why: &[SimilarWhy]) -> i32 {
    why.iter().map(|w| w.weight()).sum()
}
