//! Reading who looked.

use crate::api::{LookLine, Looks, LooksRequest};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::ids::{CaseId, OfficerId};
use esik_domain::policy::reads_looks;
use esik_store::lists;
use esik_store::looks::{self, Read};
use std::collections::HashMap;

/// Lines of one answer; older ones stay in the log.
const LINES_MAX: usize = 200;

/// Who looked at a case, or, without one, what was looked at lately: of everybody for the head, else the officer's own.
///
/// # Errors
/// `not_found` for a case he may not know of.
pub fn looks(desk: &Desk, r: LooksRequest) -> Result<Looks, AppError> {
    let open = desk.opened()?;
    // What was noted a moment ago is among it.
    if let Err(error) = super::save(&open, desk.env(), false) {
        tracing::warn!(%error, "a look was not saved yet");
    }
    let (found, names, numbers) = open.store.read(|conn| {
        let found = match r.case {
            Some(case) if lists::case_state(conn, &open.actor, case)?.is_none() => None,
            Some(case) => Some(looks::of_case(conn, &open.actor, case, LINES_MAX + 1)?),
            None => Some(looks::lately(conn, &open.actor, LINES_MAX + 1)?),
        };
        let mut numbers: HashMap<CaseId, Option<String>> = HashMap::new();
        for case in found.iter().flatten().filter_map(|l| l.looked.look.case) {
            if let std::collections::hash_map::Entry::Vacant(slot) = numbers.entry(case)
                && let Some(line) = lists::case_line(conn, &open.actor, case)?
            {
                slot.insert(line.number);
            }
        }
        let names: HashMap<OfficerId, String> = esik_store::officers::list(conn)?
            .into_iter()
            .map(|o| (o.card.id, o.card.name))
            .collect();
        Ok((found, names, numbers))
    })?;
    let mut found = found.ok_or_else(|| AppError::refused("not_found"))?;
    let more = found.len() > LINES_MAX;
    found.truncate(LINES_MAX);
    let line = |Read { by, looked }: Read| {
        let look = looked.look;
        LookLine {
            at: looked.at,
            who: names.get(&by).cloned().unwrap_or_default(),
            what: look.what,
            paper: look.paper,
            n: look.n,
            why: look.why,
            number: look.case.and_then(|id| numbers.get(&id).cloned().flatten()),
            // A case he may not know of any more is told as one that is not there.
            case: look.case.filter(|id| numbers.contains_key(id)),
        }
    };
    let lines = found.into_iter().map(line).collect();
    Ok(Looks { all: reads_looks(open.actor.role), lines, more })
}
