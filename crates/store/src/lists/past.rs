//! What the station decided lately: the words of its cases and the category in force.

use crate::error::Result;
use crate::visible::{self, Eyes};
use esik_domain::ids::StationId;
use esik_domain::policy::Actor;
use esik_domain::suggest::PastCase;
use rusqlite::{Connection, named_params};

/// The newest cases of the station that have a category, only those this officer may know of; a category
/// changed later counts as it is now.
///
/// # Errors
/// When they cannot be read.
pub fn past_cases(
    conn: &Connection,
    actor: &Actor,
    station: &StationId,
    limit: usize,
) -> Result<Vec<PastCase>> {
    let eyes = Eyes::of(actor)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT c.category, c.title FROM case_row c
         WHERE c.category IS NOT NULL AND c.title <> '' AND c.station = :station AND {}
         ORDER BY c.first_at DESC LIMIT :limit",
        visible::case_line()
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":me": eyes.me, ":circles": eyes.circles, ":station": station.0,
            ":limit": i64::try_from(limit).unwrap_or(i64::MAX)
        },
        |row| Ok(PastCase { category: row.get(0)?, title: row.get(1)? }),
    )?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
