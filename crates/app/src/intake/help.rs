//! Help beside the text while the officer types: suggestion with its reason, terms with their
//! derivation, similar cases, what the “who” line means.

use super::plan::{Ground, promise};
use crate::api::{CategoryHelp, Help, HelpRequest, KnownPerson, SimilarCase, WhoRead};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::catalog::{Catalog, Route, circle_for};
use esik_domain::deadline::{Counting, legal_clock};
use esik_domain::ids::{AgencyCode, CategoryCode};
use esik_domain::name::PersonName;
use esik_domain::suggest::{History, suggest};

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
    let suggestion = suggest(catalog, text, &History::default());
    let category = r
        .category
        .clone()
        .or_else(|| suggestion.categories.first().map(|c| CategoryCode(c.code.clone())));
    let who = read_who(&open, &r.who_line)?;
    let similar = similar(&open, &r, text, category.as_ref(), &who, now)?;
    Ok(Help { chosen: category.and_then(|c| category_help(&c, now)), suggestion, similar, who })
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(TEXT_LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn category_help(code: &CategoryCode, now: DateTime<Utc>) -> Option<CategoryHelp> {
    let catalog = Catalog::shipped();
    let category = catalog.category(code.as_str())?;
    let calendar = Calendar::shipped_ref();
    let uuid = uuid::Uuid::nil;
    let ground = Ground {
        catalog,
        calendar,
        counting: Counting::default(),
        now,
        number: String::new(),
        uuid: &uuid,
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
        promise,
        legal: category
            .appeal_kind
            .map(|k| legal_clock(k).deadline(calendar, now, &Counting::default())),
        circle: circle_for(code.as_str()).map(str::to_owned),
        crime_flag: name(serde_json::to_value(category.crime_flag)),
        urgency: category.urgency.unwrap_or(3),
    })
}

/// One line is understood as an IIN, a phone or a name, in this order.
fn read_who(open: &Open, line: &str) -> Result<WhoRead, AppError> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(WhoRead::default());
    }
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let letters = line.chars().any(char::is_alphabetic);
    let mut who = WhoRead::default();
    if letters {
        if let Some(name) = PersonName::parse(line) {
            who.surname = name.surname;
            who.given = name.given;
            who.patronymic = name.patronymic.unwrap_or_default();
        }
    } else if digits == 12 {
        who.iin = Some(esik_domain::iin::check(line));
    } else if digits >= 5 {
        who.phone = Some(esik_domain::phone::check(line));
    }
    let phone = who.phone.as_ref().and_then(|p| p.e164.clone());
    let iin = who.iin.as_ref().map(|i| i.normalized.clone());
    let name = Some(line.to_owned()).filter(|_| letters);
    who.known = open
        .store
        .read(|conn| {
            esik_store::lists::persons(
                conn,
                &open.actor,
                phone.as_deref(),
                iin.as_deref(),
                name.as_deref(),
                5,
            )
        })?
        .into_iter()
        .map(|p| KnownPerson {
            name: p.party.full_name(),
            phone: p.party.phone.clone(),
            address: p.address,
            last_case: p.last_case,
            last_at: p.last_at,
            cases: p.cases,
            party: p.party,
        })
        .collect();
    Ok(who)
}

fn similar(
    open: &Open,
    r: &HelpRequest,
    text: &str,
    category: Option<&CategoryCode>,
    who: &WhoRead,
    now: DateTime<Utc>,
) -> Result<Vec<SimilarCase>, AppError> {
    let query = esik_store::lists::SimilarQuery {
        // A house named only in the text counts as well.
        address: if r.address.trim().is_empty() { text.to_owned() } else { r.address.clone() },
        address_certain: !r.address.trim().is_empty(),
        phone: who.phone.as_ref().and_then(|p| p.e164.clone()),
        iin: who.iin.as_ref().map(|i| i.normalized.clone()),
        name: format!("{} {}", who.surname, who.given).trim().to_owned(),
        category: category.map(|c| c.0.clone()),
        since: now - chrono::Duration::days(90),
        limit: 5,
    };
    Ok(open
        .store
        .read(|conn| esik_store::lists::similar(conn, &open.actor, &query))?
        .into_iter()
        .map(|s| SimilarCase {
            id: s.case_id,
            number: s.number,
            title: s.title,
            address: s.address,
            category: s.category.map(CategoryCode),
            at: s.at,
            why: s.why,
            open: s.open,
            waiting_on: s.waiting_on,
        })
        .collect())
}
