//! One box for everything, and the reference data the screens need.

use crate::api::{Nothing, Reference, SearchHit, SearchRequest, SearchResult};
use crate::desk::Desk;
use crate::error::AppError;
use crate::look::{look, note};
use esik_domain::catalog::Catalog;
use esik_domain::ids::Circle;
use esik_domain::look::LookWhat;

/// Cases and visits for a query, best first: number, phone, IIN, name, words.
///
/// # Errors
/// The store's.
pub fn search(desk: &Desk, r: SearchRequest) -> Result<SearchResult, AppError> {
    let open = desk.opened()?;
    let limit = usize::try_from(r.limit.clamp(1, 100)).unwrap_or(100);
    let hits =
        open.store.read(|conn| esik_store::search::search(conn, &open.actor, &r.query, limit))?;
    if !hits.is_empty() {
        note(desk, &open, &Circle::open(), look(LookWhat::Searched, None).n(hits.len()));
    }
    Ok(SearchResult {
        hits: hits
            .into_iter()
            .map(|h| SearchHit {
                kind: if h.number.is_some() { "case" } else { "visit" }.to_owned(),
                id: h.case_id,
                number: h.number,
                title: h.title,
                who: h.line.applicant,
                address: h.line.address,
                at: h.line.first_at,
                closed: h.line.closed_at.is_some(),
                score: h.score,
                why: serde_json::to_value(h.why)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default(),
            })
            .collect(),
    })
}

/// Categories and bodies.
///
/// # Errors
/// None in fact.
pub fn reference(_: &Desk, _: Nothing) -> Result<Reference, AppError> {
    let catalog = Catalog::shipped();
    Ok(Reference {
        categories: catalog.categories().to_vec(),
        agencies: catalog.agencies().to_vec(),
    })
}
