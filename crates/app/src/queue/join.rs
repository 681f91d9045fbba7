//! A person sits down in the hall: the consultant's minute.

use super::changed;
use crate::api::{QueueJoin, QueueJoined as Answer};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::{Planned, today};
use crate::sync::{DESK_LETTER, region};
use esik_domain::catalog::Catalog;
use esik_domain::event::{Body, QueueJoined, QueueTold};
use esik_domain::ids::{CaseId, Circle};
use esik_domain::queue::{QueueAbout, hear, label, provisional_letter};
use esik_store::StoreError;
use serde_json::Map;
use std::sync::Arc;

/// Languages that are asked at the door.
const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// Gives a ticket. Never refused for what is missing, nor without a line.
///
/// # Errors
/// `bad_request` for an unknown category, a disk that refuses.
pub fn queue_join(desk: &Desk, r: QueueJoin) -> Result<Answer, AppError> {
    let catalog = Catalog::shipped();
    if r.category.as_ref().is_some_and(|c| catalog.category(c.as_str()).is_none()) {
        return Err(AppError::refused("bad_request"));
    }
    let open = desk.opened()?;
    let heard = hear(catalog, &r.words, &r.name, r.category, r.urgent);
    let language =
        if LANGUAGES.contains(&r.language.as_str()) { r.language } else { String::new() };
    let letter = letter(&open)?;
    let pen = Pen::new(desk, Arc::clone(&open));
    let id = CaseId(pen.uuid());
    let day = today(pen.at);
    let (about, circle, urgent) = (heard.about, heard.circle.clone(), heard.urgent);
    let (desk_letter, n) = open.store.write(move |tx| {
        let n = esik_store::lists::next_ticket(tx, &letter, day)?;
        let joined = QueueJoined { desk: letter.clone(), n, language, urgent, more: Map::new() };
        let mut events =
            vec![(Planned { body: Body::QueueJoined(joined), circle: Circle::open() }, None)];
        if about != QueueAbout::default() {
            let body = Body::QueueTold(QueueTold { about, more: Map::new() });
            events.push((Planned { body, circle }, None));
        }
        pen.append(tx, id, events)?;
        Ok::<_, StoreError>((letter, n))
    })?;
    desk.wake();
    Ok(Answer {
        ticket: label(&desk_letter, n),
        id,
        urgent,
        circle: heard.circle.0,
        words_dropped: heard.words_dropped,
        changed: changed(),
    })
}

/// The desk's letter; none at a desk that is alone.
fn letter(open: &Open) -> Result<String, AppError> {
    if region(open)?.is_none() {
        return Ok(String::new());
    }
    let told: Option<String> = open.store.read(|conn| esik_store::meta::get(conn, DESK_LETTER))?;
    Ok(told.filter(|l| !l.is_empty()).unwrap_or_else(|| provisional_letter(open.device_id)))
}
