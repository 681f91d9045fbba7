//! Help beside the text while the officer types: suggestion with its reason, terms with their
//! derivation, similar cases, what the “who” line means.

use super::bodies::{bodies, record, routes};
use super::plan::{Ground, promise};
use crate::api::{CategoryHelp, Help, HelpRequest, KnownPerson, SimilarCase, WhoRead};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::case::{CaseParty, CaseState, CautionKind, WaitingOn};
use esik_domain::catalog::{Catalog, Route};
use esik_domain::deadline::{Counting, legal_clock};
use esik_domain::event::Party;
use esik_domain::ids::{AgencyCode, CategoryCode, Circle, OfficerId};
use esik_domain::name::PersonName;
use esik_domain::person::PersonRef;
use esik_domain::suggest::{History, bodies_of, suggest};
use esik_domain::{iin, phone, who};
use esik_store::lists::{self, SimilarQuery, SimilarWhy};

/// People offered for one line, at most.
const KNOWN_MAX: usize = 5;
/// Cases they are looked for in: one person may have many.
const ASKED_MAX: usize = 40;
/// Similar cases shown, at most.
const SIMILAR_MAX: usize = 5;
/// Cases of the station the suggestion learns from, the newest; more would be felt while typing.
const PAST_MAX: usize = 300;
/// A text longer than this is looked at only in its beginning, in bytes.
const TEXT_LOOKED_AT: usize = 16 * 1024;

/// Everything beside the text. Fast enough to be asked on every pause of the hands.
///
/// # Errors
/// The store's.
pub fn intake_help(desk: &Desk, r: HelpRequest) -> Result<Help, AppError> {
    let open = desk.opened()?;
    let now = desk.env().now();
    let catalog = Catalog::shipped();
    let text = head(&r.text);
    let cases =
        open.store.read(|conn| lists::past_cases(conn, &open.actor, &open.station, PAST_MAX))?;
    let mut history = History { cases, ..History::default() };
    let mut suggestion = suggest(catalog, text, &history);
    // What bodies did is asked of the themes at hand only, so after they are known.
    history.routes = routes(&open, &r, &suggestion)?;
    let addressed = !r.address.trim().is_empty();
    suggestion.agencies = bodies_of(catalog, &suggestion.categories, &history, addressed);
    let category = r
        .category
        .clone()
        .or_else(|| suggestion.categories.first().map(|c| CategoryCode(c.code.clone())));
    let mut who = read_who(&r.who_line);
    let query = SimilarQuery { limit: ASKED_MAX, ..person_query(&who, &r.person) };
    who.known = known(&open, &query)?;
    let similar = similar(&open, &r, category.as_ref(), &who, now)?;
    let calendars = open.calendars();
    let mut chosen = category.and_then(|c| category_help(&c, now, calendars.now()));
    if let Some(help) = &mut chosen
        && let Some(first) = help.agencies.first()
    {
        help.record = record(&open, first, now)?;
    }
    let bodies = bodies(&open, &r, &suggestion, &history, now)?;
    Ok(Help { chosen, suggestion, bodies, similar, who })
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(TEXT_LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn category_help(
    code: &CategoryCode,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> Option<CategoryHelp> {
    let catalog = Catalog::shipped();
    let category = catalog.category(code.as_str())?;
    let uuid = uuid::Uuid::nil;
    let ground = Ground {
        catalog,
        calendar,
        counting: Counting::default(),
        now,
        number: String::new(),
        uuid: &uuid,
        officer: OfficerId(uuid::Uuid::nil()),
        knowledge: None,
        files: &[],
        ticket: Circle::open(),
        existing: None,
    };
    let agencies: Vec<AgencyCode> = category
        .agency_primary
        .iter()
        .chain(&category.agency_secondary)
        .map(|a| AgencyCode(a.clone()))
        .collect();
    let promise = agencies
        .first()
        .filter(|_| category.route != Some(Route::Advise))
        .and_then(|agency| promise(&ground, Some(code), agency, false));
    let name = |v: serde_json::Result<serde_json::Value>| {
        v.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    Some(CategoryHelp {
        code: code.clone(),
        route: name(serde_json::to_value(category.route)),
        agencies,
        record: None,
        promise,
        legal: category
            .appeal_kind
            .map(|k| legal_clock(k).deadline(calendar, now, &Counting::default())),
        crime_flag: name(serde_json::to_value(category.crime_flag)),
    })
}

/// One line is understood as a name, a phone and an IIN, whichever of them stand in it.
fn read_who(line: &str) -> WhoRead {
    let read = who::read(line);
    let name = read.name.unwrap_or_default();
    WhoRead {
        phone: read.phone,
        iin: read.iin,
        surname: name.surname,
        given: name.given,
        patronymic: name.patronymic.unwrap_or_default(),
        known: Vec::new(),
    }
}

/// What the line and the fields of the form say of a person, as a question to the store.
fn person_query(who: &WhoRead, person: &Party) -> SimilarQuery {
    let name = |surname: &str, given: &str, patronymic: &str| PersonName {
        surname: surname.to_owned(),
        given: given.to_owned(),
        patronymic: Some(patronymic.to_owned()).filter(|p| !p.is_empty()),
    };
    let mut phones: Vec<String> = who.phone.iter().filter_map(|p| p.e164.clone()).collect();
    phones.extend(phone::check(&person.phone).e164);
    let mut iins: Vec<String> =
        who.iin.iter().filter(|i| i.valid).map(|i| i.normalized.clone()).collect();
    iins.extend(Some(iin::check(&person.iin)).filter(|i| i.valid).map(|i| i.normalized));
    let mut names = vec![
        name(&who.surname, &who.given, &who.patronymic),
        name(&person.surname, &person.given, &person.patronymic),
    ];
    phones.dedup();
    iins.dedup();
    names.dedup();
    SimilarQuery { phones, iins, names, ..SimilarQuery::default() }
}

/// On whom a case waits, by the phase of its line.
pub(crate) fn waiting_on(phase: &str) -> Option<WaitingOn> {
    match phase {
        "ours" => Some(WaitingOn::Us),
        "agency" => Some(WaitingOn::Agency),
        "region" => Some(WaitingOn::Region),
        _ => None,
    }
}

pub(crate) fn codes(why: &[SimilarWhy]) -> Vec<String> {
    why.iter().filter_map(|w| serde_json::to_value(w).ok()?.as_str().map(str::to_owned)).collect()
}

/// The one of a case's people the question is about; the applicant when nobody is told by number.
fn likest(case: &CaseState, query: &SimilarQuery) -> Option<CaseParty> {
    let told =
        |p: &&CaseParty| query.iins.contains(&p.party.iin) || query.phones.contains(&p.party.phone);
    let applicant = || case.parties.iter().find(|p| Some(&p.party) == case.applicant());
    case.parties.iter().find(told).or_else(applicant).cloned()
}

/// People like this who were here before; never merged, only offered.
fn known(open: &Open, query: &SimilarQuery) -> Result<Vec<KnownPerson>, AppError> {
    let mut out: Vec<KnownPerson> = Vec::new();
    open.store.read(|conn| {
        for found in lists::similar(conn, &open.actor, query)? {
            let Some(case) = lists::case_state(conn, &open.actor, found.line.id)? else { continue };
            let Some(CaseParty { id, party }) = likest(&case, query) else { continue };
            let cautions: Vec<CautionKind> = case.cautions().iter().map(|c| c.kind).collect();
            // One person, several cases: the newest line stands for all of them.
            let same = |k: &KnownPerson| {
                k.party.full_name() == party.full_name()
                    && k.party.phone == party.phone
                    && k.party.iin == party.iin
            };
            if let Some(before) = out.iter_mut().find(|k| same(k)) {
                before.cases += 1;
                before.cautions.extend(cautions);
                before.cautions.sort_unstable();
                before.cautions.dedup();
                continue;
            }
            out.push(KnownPerson {
                name: party.full_name(),
                phone: party.phone.clone(),
                address: found.line.address,
                last_case: found.line.id,
                last_at: found.line.last_at,
                cases: 1,
                why: codes(&found.why),
                cautions,
                party,
                card: PersonRef { case: found.line.id, party: id },
            });
        }
        Ok(())
    })?;
    out.truncate(KNOWN_MAX);
    Ok(out)
}

fn similar(
    open: &Open,
    r: &HelpRequest,
    category: Option<&CategoryCode>,
    who: &WhoRead,
    now: DateTime<Utc>,
) -> Result<Vec<SimilarCase>, AppError> {
    let query = SimilarQuery {
        address: r.address.clone(),
        category: category.cloned(),
        since: now - chrono::Duration::days(90),
        limit: SIMILAR_MAX,
        ..person_query(who, &r.person)
    };
    Ok(open
        .store
        .read(|conn| lists::similar(conn, &open.actor, &query))?
        .into_iter()
        .map(|s| SimilarCase {
            id: s.line.id,
            open: s.line.number.is_some() && s.line.closed_at.is_none(),
            waiting_on: waiting_on(&s.line.phase),
            number: s.line.number,
            title: s.line.title,
            address: s.line.address,
            category: s.line.category,
            at: s.line.last_at,
            why: codes(&s.why),
        })
        .collect())
}
