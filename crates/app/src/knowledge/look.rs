//! Looking up cards and services, and saying that an entry is still right.

use crate::api::{
    CardLine, Changed, Knowledge, KnowledgeConfirm, KnowledgeConfirmed, KnowledgeRequest,
    ServiceLine,
};
use crate::append::Pen;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::{Planned, today};
use chrono::NaiveDate;
use esik_domain::catalog::Catalog;
use esik_domain::event::{self, Body};
use esik_domain::ids::{AgencyCode, CaseId, Circle};
use esik_domain::knowledge::{self, Confirmation, Confirmed, Service, confirm, stale};
use esik_store::{StoreError, lists};
use rusqlite::Connection;
use serde_json::Map;
use std::sync::Arc;

/// Meta key: what a program before this one kept of this desk's own confirmations.
const BEFORE: &str = "knowledge/confirmed";

/// What the station confirmed, whoever did it and at whichever desk; the newest stands.
pub(crate) fn confirmed(conn: &Connection) -> Result<Confirmed, StoreError> {
    let mut all = lists::confirmed(conn)?;
    let before: Confirmed = esik_store::meta::get(conn, BEFORE)?.unwrap_or_default();
    for (code, (version, day)) in before {
        confirm(&mut all, &code, version, day);
    }
    Ok(all)
}

/// What may be cited, each with the day it was confirmed.
pub(crate) fn as_confirmed(conn: &Connection) -> Result<Arc<knowledge::Knowledge>, StoreError> {
    let known = crate::published::knowledge_in(conn)?;
    Ok(Arc::new(known.confirmed_by(&confirmed(conn)?)))
}

/// Cards and services as they hold today, with what the station confirmed.
pub(crate) struct Directory {
    known: Arc<knowledge::Knowledge>,
    own: Confirmed,
    today: NaiveDate,
}

impl Directory {
    /// # Errors
    /// The store's.
    pub(crate) fn of(open: &Open, today: NaiveDate) -> Result<Self, AppError> {
        let known = crate::published::knowledge(open)?;
        let own = open.store.read(confirmed)?;
        Ok(Self { known, own, today })
    }

    /// What the directory says of a body; none when it says nothing.
    pub(crate) fn service(&self, agency: &AgencyCode) -> Option<ServiceLine> {
        let all = self.known.services();
        all.iter().find(|s| s.agency == *agency && !s.is_bare()).map(|s| self.line(s))
    }

    fn line(&self, service: &Service) -> ServiceLine {
        let code = service.agency.as_str();
        let on = self.confirmed(code, service.version, service.confirmed);
        ServiceLine {
            name: Catalog::shipped().agency(code).map(|a| a.name.clone()).unwrap_or_default(),
            service: service.clone(),
            confirmed_on: on,
            stale: stale(on, self.today),
        }
    }

    /// The day that counts: the station's own, else the one it came with.
    fn confirmed(&self, code: &str, version: u32, came: Option<NaiveDate>) -> Option<NaiveDate> {
        self.own.get(code).filter(|(v, _)| *v == version).map(|(_, day)| *day).max(came)
    }
}

/// Cards and services for a query or a theme. Everything is at the desk: no line is needed.
///
/// # Errors
/// The store's.
pub fn knowledge(desk: &Desk, r: KnowledgeRequest) -> Result<Knowledge, AppError> {
    let open = desk.opened()?;
    let directory = Directory::of(&open, today(desk.env().now()))?;
    let known = &directory.known;
    let found = match &r.category {
        Some(category) => known.of_category(category.as_str()),
        None => known.find_cards(&r.query),
    };
    let services = if r.category.is_some() { Vec::new() } else { known.find_services(&r.query) };
    Ok(Knowledge {
        cards: found
            .into_iter()
            .map(|card| {
                let on = directory.confirmed(&card.code, card.version, card.confirmed);
                CardLine { card: card.clone(), confirmed_on: on, stale: stale(on, directory.today) }
            })
            .collect(),
        services: services.into_iter().map(|service| directory.line(service)).collect(),
    })
}

/// Writes down that a card or an entry was checked today; every desk of the station hears of it.
///
/// # Errors
/// `not_found` for an unknown code, the store's.
pub fn knowledge_confirm(desk: &Desk, r: KnowledgeConfirm) -> Result<KnowledgeConfirmed, AppError> {
    let open = desk.opened()?;
    let known = crate::published::knowledge(&open)?;
    let version = known
        .cards()
        .iter()
        .find(|c| c.code == r.code)
        .map(|c| c.version)
        .or_else(|| known.services().iter().find(|s| s.agency.0 == r.code).map(|s| s.version))
        .ok_or_else(|| AppError::refused("not_found"))?;
    let entry = Confirmation { code: r.code, version, day: today(desk.env().now()) };
    let pen = Pen::new(desk, Arc::clone(&open));
    let stream = CaseId(pen.uuid());
    let body = Body::KnowledgeConfirmed(event::KnowledgeConfirmed { entry, more: Map::new() });
    let line = (Planned { body, circle: Circle::open() }, None);
    open.store.write(move |tx| pen.append(tx, stream, vec![line]))?;
    desk.wake();
    Ok(KnowledgeConfirmed {
        changed: Changed {
            cases: Vec::new(),
            lists: vec!["knowledge".to_owned(), "sync".to_owned()],
        },
    })
}
