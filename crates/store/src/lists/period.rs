//! Cases of a period.

use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{Days, NaiveDate, NaiveTime};
use esik_domain::calendar;
use esik_domain::ids::CaseId;
use esik_domain::policy::Actor;
use rusqlite::{Connection, named_params};

/// Cases opened from one day to another, both inclusive (Almaty time), oldest first, at most `limit`: those
/// the officer may know of. Visits that became no case are not among them.
///
/// # Errors
/// When they cannot be read.
pub fn opened_between(
    conn: &Connection,
    actor: &Actor,
    from: NaiveDate,
    until: NaiveDate,
    limit: usize,
) -> Result<Vec<CaseId>> {
    in_period(
        conn,
        actor,
        (from, until),
        limit,
        "c.opened_at >= :from AND c.opened_at < :after",
        "c.opened_at",
    )
}

/// Cases in which something happened since one day and which were there before the end of another, oldest first, at most
/// `limit`: those the officer may know of. What of them falls into the period the case itself tells.
///
/// # Errors
/// When they cannot be read.
pub fn alive_between(
    conn: &Connection,
    actor: &Actor,
    from: NaiveDate,
    until: NaiveDate,
    limit: usize,
) -> Result<Vec<CaseId>> {
    in_period(
        conn,
        actor,
        (from, until),
        limit,
        "c.last_at >= :from AND c.first_at < :after",
        "c.first_at",
    )
}

/// Cases whose `span` meets the period, by `order`; both are fixed pieces of SQL.
fn in_period(
    conn: &Connection,
    actor: &Actor,
    (from, until): (NaiveDate, NaiveDate),
    limit: usize,
    span: &str,
    order: &str,
) -> Result<Vec<CaseId>> {
    let after = until.checked_add_days(Days::new(1)).unwrap_or(until);
    let at = |day| calendar::instant(day, NaiveTime::MIN).timestamp_millis();
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT c.case_id FROM case_row c
         WHERE c.number IS NOT NULL AND {span} AND {}
         ORDER BY {order}, c.number LIMIT :limit",
        visible::case_line()
    ))?;
    let mut rows = statement.query(named_params! {
        ":from": at(from), ":after": at(after), ":me": eyes.me, ":circles": eyes.circles,
        ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
    })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CaseId(sql::uuid(row, 0)?));
    }
    Ok(out)
}
