//! How much the board holds: by queue, and by the body that owes.

use super::board::{Only, week_end};
use crate::error::Result;
use crate::project::NO_DAY;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::NaiveDate;
use esik_domain::ids::AgencyCode;
use esik_domain::policy::Actor;
use rusqlite::{Connection, Row, named_params};
use std::cmp::Ordering;

/// How many rows each queue has, for this officer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueCounts {
    pub all: u64,
    pub first: u64,
    pub overdue: u64,
    pub today: u64,
    pub week: u64,
    pub waiting_agency: u64,
    pub waiting_us: u64,
    pub to_sign: u64,
    pub second_bounce: u64,
}

/// How many rows each queue has, of what is asked for.
///
/// # Errors
/// When they cannot be counted.
pub fn counts(
    conn: &Connection,
    actor: &Actor,
    today: NaiveDate,
    only: &Only,
) -> Result<QueueCounts> {
    let eyes = Eyes::of(actor)?;
    let mut out = QueueCounts::default();
    if !only.is_all() {
        let mut statement = conn.prepare_cached(&format!(
            "SELECT o.due, o.waiting_on, count(*), o.what, o.priority <= 2 AS first FROM obligation o
             WHERE {} AND {} GROUP BY o.due, o.waiting_on, o.what, first",
            only.condition(),
            visible::owed_line(),
        ))?;
        let mut rows = statement.query(named_params! {
            ":me": eyes.me, ":circles": eyes.circles, ":agency": only.agency(),
            ":category": only.category(), ":officer": only.officer(), ":from": only.from(),
            ":until": only.until(),
        })?;
        while let Some(row) = rows.next()? {
            out.add(row, &today.to_string(), &week_end(today).to_string())?;
        }
        return Ok(out);
    }
    // What everybody may see is counted with every save; the rest, which is little, here.
    for source in [
        "SELECT o.due, o.waiting_on, o.n, o.what, o.first FROM owed_count o
         WHERE o.n > 0 AND :me IS NOT NULL AND :circles IS NOT NULL"
            .to_owned(),
        restricted(),
    ] {
        let mut statement = conn.prepare_cached(&source)?;
        let mut rows =
            statement.query(named_params! { ":me": eyes.me, ":circles": eyes.circles })?;
        while let Some(row) = rows.next()? {
            out.add(row, &today.to_string(), &week_end(today).to_string())?;
        }
    }
    Ok(out)
}

/// The lines that are not for everybody, out of their index alone: the home and the board ask with every answer.
fn restricted() -> String {
    format!(
        "SELECT o.due, o.waiting_on, 1, o.what, o.priority <= 2 FROM obligation o
         WHERE (o.layer <> 0 OR o.case_circle <> 'open') AND {}",
        visible::owed_line()
    )
}

/// Last days that another calendar moved, of what the officer may see.
///
/// # Errors
/// When they cannot be counted.
pub fn moved(conn: &Connection, actor: &Actor) -> Result<u64> {
    let eyes = Eyes::of(actor)?;
    let n: i64 = conn
        .prepare_cached(&format!(
            "SELECT count(*) FROM obligation o WHERE o.moved = 1 AND {}",
            visible::owed_line()
        ))?
        .query_row(named_params! { ":me": eyes.me, ":circles": eyes.circles }, |r| r.get(0))?;
    sql::nat(n)
}

impl QueueCounts {
    fn add(&mut self, row: &Row<'_>, today: &str, week: &str) -> Result<()> {
        let due = row.get_ref(0)?.as_str().map_err(|_| sql::bad("day"))?;
        let waiting_on = row.get_ref(1)?.as_str().map_err(|_| sql::bad("waiting_on"))?;
        let n = sql::nat(row.get(2)?)?;
        self.all += n;
        if row.get(4)? {
            self.first += n;
        }
        // ISO days compare as text.
        match due.cmp(today) {
            Ordering::Less => self.overdue += n,
            Ordering::Equal => self.today += n,
            Ordering::Greater => {}
        }
        if due >= today && due <= week {
            self.week += n;
        }
        match waiting_on {
            "agency" => self.waiting_agency += n,
            "us" => self.waiting_us += n,
            _ => {}
        }
        let what = row.get_ref(3)?.as_str().map_err(|_| sql::bad("what"))?;
        match what {
            "decide_extension" | "sign_redirect" => self.to_sign += n,
            "second_bounce" | "settle_dispute" => self.second_bounce += n,
            _ => {}
        }
        Ok(())
    }
}

/// What one body owes us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BodyOwes {
    pub agency: AgencyCode,
    pub total: u64,
    /// Of them, past the last day.
    pub late: u64,
    /// The earliest last day; none when nothing was promised.
    pub first_due: Option<NaiveDate>,
}

/// Bodies that owe us, the most late first.
///
/// # Errors
/// When it cannot be read.
pub fn bodies_owe(
    conn: &Connection,
    actor: &Actor,
    today: NaiveDate,
    only: &Only,
) -> Result<Vec<BodyOwes>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT o.agency, count(*) AS total, sum(o.due < :today) AS late, min(o.due)
         FROM obligation o
         WHERE o.waiting_on = 'agency' AND o.agency IS NOT NULL AND {} AND {}
         GROUP BY o.agency ORDER BY late DESC, total DESC, o.agency",
        only.condition(),
        visible::owed_line(),
    ))?;
    let mut rows = statement.query(named_params! {
        ":today": today.to_string(), ":me": eyes.me, ":circles": eyes.circles,
        ":agency": only.agency(), ":category": only.category(), ":officer": only.officer(),
        ":from": only.from(), ":until": only.until(),
    })?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let due: String = row.get(3)?;
        let first_due =
            if due == NO_DAY { None } else { Some(due.parse().map_err(|_| sql::bad("day"))?) };
        out.push(BodyOwes {
            agency: AgencyCode(row.get(0)?),
            total: sql::nat(row.get(1)?)?,
            late: sql::nat(row.get(2)?)?,
            first_due,
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_that_are_not_for_everybody_are_counted_without_reading_them() {
        let conn = crate::db::memory().unwrap();
        let plan: Vec<String> = conn
            .prepare(&format!("EXPLAIN QUERY PLAN {}", super::restricted()))
            .unwrap()
            .query_map(rusqlite::named_params! { ":me": [0u8; 16], ":circles": "[]" }, |r| {
                r.get("detail")
            })
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert!(
            plan.iter().any(|line| line.contains("o USING COVERING INDEX obligation_restricted")),
            "{plan:?}"
        );
    }
}
