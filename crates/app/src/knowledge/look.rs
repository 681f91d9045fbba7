//! Looking up cards and services, and saying that an entry is still right.

use crate::api::{
    CardLine, Changed, Knowledge, KnowledgeConfirm, KnowledgeConfirmed, KnowledgeRequest,
    ServiceLine,
};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::today;
use chrono::NaiveDate;
use esik_domain::catalog::Catalog;
use esik_domain::ids::AgencyCode;
use esik_domain::knowledge::{Knowledge as Known, Service, stale};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Meta key: who at this desk confirmed what, and when.
const CONFIRMED: &str = "knowledge/confirmed";

/// An entry's version and the day it was confirmed: a changed entry asks anew.
type Confirmed = BTreeMap<String, (u32, NaiveDate)>;

/// Cards and services as they hold today, with what this desk confirmed.
pub(crate) struct Directory {
    known: Arc<Known>,
    own: Confirmed,
    today: NaiveDate,
}

impl Directory {
    /// # Errors
    /// The store's.
    pub(crate) fn of(open: &Open, today: NaiveDate) -> Result<Self, AppError> {
        let known = crate::published::knowledge(open)?;
        let own = open.store.read(|conn| esik_store::meta::get(conn, CONFIRMED))?;
        Ok(Self { known, own: own.unwrap_or_default(), today })
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

    /// The day that counts: the desk's own, else the one it came with.
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

/// Notes that a card or an entry was checked today at this desk.
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
    let today = today(desk.env().now());
    open.store.write(move |tx| {
        let mut all: Confirmed = esik_store::meta::get(tx, CONFIRMED)?.unwrap_or_default();
        all.insert(r.code, (version, today));
        esik_store::meta::put(tx, CONFIRMED, &all)
    })?;
    Ok(KnowledgeConfirmed {
        changed: Changed { cases: Vec::new(), lists: vec!["knowledge".to_owned()] },
    })
}
