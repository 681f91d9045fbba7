//! The officer's home: what we owe, what is owed to us, what came in today.

use super::board::{Board, Only, Queue, control};
use super::counts::counts;
use super::lines::{CASE_COLUMNS, CaseLine, OwedLine, read_case};
use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{Days, NaiveDate, NaiveTime};
use esik_domain::calendar;
use esik_domain::policy::Actor;
use rusqlite::{Connection, named_params};

/// Rows of each part of the home screen.
const ROWS: usize = 50;

/// Home.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reception {
    /// Ours to do, the most urgent first.
    pub we_owe: Vec<OwedLine>,
    pub we_owe_count: u64,
    /// Agencies owe us, the latest first.
    pub they_owe: Vec<OwedLine>,
    pub they_owe_count: u64,
    /// Taken in today (Almaty time), newest first.
    pub taken_today: Vec<CaseLine>,
    pub taken_today_count: u64,
    /// Nothing at this desk that this officer may see.
    pub empty: bool,
}

/// The home screen of an officer on a day (Almaty time).
///
/// # Errors
/// When it cannot be read.
pub fn reception(conn: &Connection, actor: &Actor, today: NaiveDate) -> Result<Reception> {
    let counted = counts(conn, actor, today, &Only::default())?;
    let we_owe = control(conn, actor, &Board::of(Queue::WaitingUs, today, ROWS))?.rows;
    let they_owe = control(conn, actor, &Board::of(Queue::WaitingAgency, today, ROWS))?.rows;
    let (taken_today, taken_today_count) = taken(conn, actor, today)?;
    let eyes = Eyes::of(actor)?;
    let any: bool = conn
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM case_row c WHERE {})",
            visible::case_line()
        ))?
        .query_row(named_params! { ":me": eyes.me, ":circles": eyes.circles }, |r| r.get(0))?;
    Ok(Reception {
        we_owe,
        we_owe_count: counted.waiting_us,
        they_owe,
        they_owe_count: counted.waiting_agency,
        taken_today,
        taken_today_count,
        empty: !any,
    })
}

fn taken(conn: &Connection, actor: &Actor, today: NaiveDate) -> Result<(Vec<CaseLine>, u64)> {
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let from = calendar::instant(today, NaiveTime::MIN).timestamp_millis();
    let to = calendar::instant(tomorrow, NaiveTime::MIN).timestamp_millis();
    let eyes = Eyes::of(actor)?;
    let mut lines = Vec::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {CASE_COLUMNS} FROM case_row c
         WHERE c.first_at >= :from AND c.first_at < :to AND {}
         ORDER BY c.first_at DESC, c.case_id DESC LIMIT {ROWS}",
        visible::case_line()
    ))?;
    let mut rows = statement.query(named_params! {
    ":from": from, ":to": to, ":me": eyes.me, ":circles": eyes.circles })?;
    while let Some(row) = rows.next()? {
        lines.push(read_case(row)?);
    }
    let count: i64 = conn
        .prepare_cached(&format!(
            "SELECT count(*) FROM case_row c WHERE c.first_at >= :from AND c.first_at < :to AND {}",
            visible::case_line()
        ))?
        .query_row(
            named_params! { ":from": from, ":to": to, ":me": eyes.me, ":circles": eyes.circles },
            |r| r.get(0),
        )?;
    Ok((lines, sql::nat(count)?))
}
