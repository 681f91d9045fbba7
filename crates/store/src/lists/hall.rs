//! The hall's queue of a day.

use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::NaiveDate;
use esik_domain::ids::{CaseId, Circle};
use esik_domain::policy::Actor;
use esik_domain::queue::Ticket;
use rusqlite::{Connection, OptionalExtension as _, named_params};

/// Somebody in the hall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub id: CaseId,
    pub ticket: Ticket,
}

/// Who is in the hall on a day (Almaty time) and has not left: urgent first, then as they came.
/// What an officer may not know of a ticket is not in it.
///
/// # Errors
/// When it cannot be read.
pub fn hall(conn: &Connection, actor: &Actor, day: NaiveDate) -> Result<Vec<Waiting>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT q.case_id, q.ticket FROM queue_row q
         WHERE q.day = :day AND q.left = 0 AND {}
         ORDER BY q.urgent DESC, q.joined_at, q.desk, q.n",
        visible::ticket_line()
    ))?;
    let mut rows = statement.query(named_params! {
    ":day": day.to_string(), ":me": eyes.me, ":circles": eyes.circles })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let ticket = row.get_ref(1)?.as_str().map_err(|_| sql::bad("ticket"))?;
        out.push(Waiting { id: CaseId(sql::uuid(row, 0)?), ticket: serde_json::from_str(ticket)? });
    }
    Ok(out)
}

/// The next number of a desk on a day, from 1; asked inside the transaction that takes it.
///
/// # Errors
/// When it cannot be read.
pub fn next_ticket(tx: &Tx<'_>, desk: &str, day: NaiveDate) -> Result<u32> {
    let last: Option<u32> = tx
        .prepare_cached("SELECT max(n) FROM queue_row WHERE day = ?1 AND desk = ?2")?
        .query_row((day.to_string(), desk), |r| r.get(0))?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

/// Who may know of what was heard of a ticket at the door.
///
/// # Errors
/// When it cannot be read.
pub fn ticket_circle(conn: &Connection, ticket: CaseId) -> Result<Circle> {
    let restricted = conn
        .prepare_cached(
            "SELECT circle FROM event WHERE case_id = ?1 AND kind = 'queue_told' AND circle <> 'open'",
        )?
        .query_row([sql::id(&ticket.0)], |r| r.get(0))
        .optional()?;
    Ok(restricted.map_or_else(Circle::open, Circle))
}
