//! The region's order as a desk holds it, before and after it was read anew.

use super::{FaultKind, VerifyReport};
use crate::error::Result;
use crate::sql;
use esik_domain::ids::Pos;
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Position, time of record, verdict.
type Stand = (Option<i64>, Option<i64>, Option<String>);

/// Where every event stands, and what is set aside. Some 100 bytes an event.
pub struct Order {
    events: HashMap<Uuid, Stand>,
    /// Scope, position and reason.
    aside: HashSet<(String, i64, String)>,
}

impl Order {
    /// As it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(conn: &Connection) -> Result<Self> {
        let mut events = HashMap::new();
        let mut statement = conn.prepare("SELECT id, pos, recorded_at, verdict FROM event")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            events.insert(sql::uuid(row, 0)?, (row.get(1)?, row.get(2)?, row.get(3)?));
        }
        let mut statement = conn.prepare("SELECT scope, pos, reason FROM poison")?;
        let aside = statement
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self { events, aside })
    }

    /// Tells what stands otherwise since, up to a position that had been read before: the region has given all of it once
    /// more, so nothing of that was to change.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn compare(&self, conn: &Connection, up_to: Pos, report: &mut VerifyReport) -> Result<()> {
        let up_to = sql::int(up_to.0)?;
        let now = Self::read(conn)?;
        for (id, stand) in &now.events {
            let placed = stand.0.is_some_and(|pos| pos <= up_to);
            if placed && self.events.get(id) != Some(stand) {
                report.fault(FaultKind::Region, id);
            }
        }
        for aside in now.aside.difference(&self.aside).filter(|(_, pos, _)| *pos <= up_to) {
            report.fault(FaultKind::Region, format!("{} {}", aside.0, aside.1));
        }
        report.faults.sort();
        report.faults.dedup();
        Ok(())
    }
}
