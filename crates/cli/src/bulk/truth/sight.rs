//! Which lines of a dump an officer may see: existence is hidden from those who may not know.

use esik_domain::ids::CaseId;
use esik_domain::policy::Actor;
use esik_store::lists::case_events;
use esik_store::log::case_entries;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What is hidden, by id as the dump writes it.
pub struct Sight {
    /// Cases with restricted parts he may not see all of; true = he may not know of the case at all.
    cases: HashMap<String, bool>,
    events: HashSet<String>,
}

impl Sight {
    /// # Errors
    /// When the database cannot be read.
    pub fn of(conn: &Connection, actor: &Actor) -> esik_store::Result<Self> {
        let mut sight = Self { cases: HashMap::new(), events: HashSet::new() };
        // A case without a restricted event is open to everybody.
        let mut statement =
            conn.prepare("SELECT DISTINCT case_id FROM event WHERE circle <> 'open'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = CaseId(uuid::Uuid::from_bytes(row.get(0)?));
            let seen: HashSet<_> =
                case_events(conn, actor, id)?.into_iter().map(|e| e.entry.event.id).collect();
            let all = case_entries(conn, id)?;
            if seen.len() < all.len() {
                sight.cases.insert(id.0.simple().to_string(), seen.is_empty());
                let hidden =
                    all.into_iter().map(|e| e.entry.event.id).filter(|e| !seen.contains(e));
                sight.events.extend(hidden.map(|e| e.0.simple().to_string()));
            }
        }
        Ok(sight)
    }

    /// True when the line may be shown. A line that cannot be read is not.
    pub fn shows(&self, line: &str) -> bool {
        if self.cases.is_empty() {
            return true;
        }
        let Ok(row) = serde_json::from_str::<Value>(line) else { return false };
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        match self.cases.get(text("case_id")) {
            None => true,
            Some(true) => false,
            Some(false) if text("table") == "event" => !self.events.contains(text("id")),
            // Of a case he sees in part: the rows that are for everybody.
            Some(false) => {
                text("table") != "case_secret"
                    && row.get("layer").and_then(Value::as_i64) == Some(0)
            }
        }
    }
}
