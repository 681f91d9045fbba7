//! Where requests of a theme went from this station, and whether the body took them.

use crate::db::Tx;
use crate::error::Result;
use crate::sql;
use esik_domain::case::{CaseState, Referral};
use esik_domain::ids::{CaseId, StationId};
use esik_domain::suggest::PastRoute;
use rusqlite::Connection;

/// Requests of a theme looked at, the newest: how bodies work now, and what a pause of the hands has time for.
const REQUESTS_MAX: u32 = 200;
/// Refusals that are about the request, not about whose it is ([`esik_domain::answer::REFUSALS`]).
const OURS: [&str; 2] = ["incomplete", "duplicate"];

const ROUTES: &str =
    "SELECT agency, count(*) FILTER (WHERE returned = 0), count(*) FILTER (WHERE returned = 1)
     FROM (SELECT agency, returned FROM past_route WHERE station = ?1 AND category = ?2
           ORDER BY at DESC LIMIT ?3)
     GROUP BY agency ORDER BY agency";

/// What bodies did with the newest requests of these themes from this station; themes without any are left out.
///
/// # Errors
/// When it cannot be read.
pub fn past_routes(
    conn: &Connection,
    station: &StationId,
    categories: &[&str],
) -> Result<Vec<PastRoute>> {
    let mut statement = conn.prepare_cached(ROUTES)?;
    let mut all = Vec::new();
    for category in categories {
        let rows = statement.query_map((&station.0, category, REQUESTS_MAX), |row| {
            Ok(PastRoute {
                category: (*category).to_owned(),
                agency: row.get(0)?,
                accepted: row.get(1)?,
                rejected: row.get(2)?,
            })
        })?;
        for row in rows {
            all.push(row?);
        }
    }
    Ok(all)
}

/// Writes what became of a case's requests; of a restricted one nothing.
pub(crate) fn write_past_routes(tx: &Tx<'_>, case_id: CaseId, state: &CaseState) -> Result<()> {
    if !state.circle.is_open() {
        return Ok(());
    }
    for r in state.referrals.iter().filter(|r| r.circle.is_open()) {
        let (Some(category), Some(returned)) = (&r.category, returned(r)) else { continue };
        tx.prepare_cached(
            "INSERT OR REPLACE INTO past_route (case_id, referral, station, category, agency, at, returned)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            sql::id(&case_id.0),
            sql::id(&r.id.0),
            &state.station.0,
            category.as_str(),
            r.agency.as_str(),
            r.drafted_at.timestamp_millis(),
            returned,
        ))?;
    }
    Ok(())
}

/// Whether the body sent it back as not theirs; none while it said neither. A copy for information asks nobody
/// whether it is theirs.
fn returned(r: &Referral) -> Option<bool> {
    match &r.rejected {
        _ if r.copy_of.is_some() => None,
        Some(refused) if OURS.contains(&refused.code.as_str()) => None,
        Some(_) => Some(true),
        None => (r.accepted.is_some() || r.answered.is_some()).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    /// Asked at every pause of the hands: a desk of 100,000 cases reads no more than one of a thousand.
    #[test]
    fn what_bodies_did_is_read_by_its_index_and_of_the_newest_only() {
        let conn = crate::db::memory().unwrap();
        conn.execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO past_route (case_id, referral, station, category, agency, at, returned)
             SELECT CAST(i AS BLOB), x'01', '07', 'ZKH-01', 'E-HEA', i, i % 2 FROM n;",
        )
        .unwrap();
        let station = StationId("07".to_owned());
        let all = past_routes(&conn, &station, &["ZKH-01", "ZKH-02"]).unwrap();
        let told: Vec<_> = all.iter().map(|r| (r.accepted, r.rejected)).collect();
        assert_eq!(told, [(100, 100)]);
        let mut statement = conn.prepare(ROUTES).unwrap();
        let mut rows = statement.query((&station.0, "ZKH-01", REQUESTS_MAX)).unwrap();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        assert!(statement.get_status(StatementStatus::VmStep) < 6_000);
        assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0);
    }
}
