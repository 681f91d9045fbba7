//! The notice that another calendar moved days: how many, why, and that somebody has seen it.

use crate::api::{Changed, MovedDays, MovedSeen, MovedSeenDone, Nothing};
use crate::control::board::small;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::intake::plan::today;
use chrono::Days;
use esik_store::{lists, meta};

/// Days ahead in which a change of the calendar is worth telling: longer than any term of law.
const AHEAD: u64 = 400;
/// And back: a term that runs now began not long ago.
const BACK: u64 = 60;

/// Meta key: the calendar whose moved days an officer has seen.
fn key(open: &Open) -> String {
    format!("moved_seen/{}", open.actor.id)
}

/// What the calendar that holds moved, of what this officer may see.
///
/// # Errors
/// The store's.
pub fn moved_days(desk: &Desk, _: Nothing) -> Result<MovedDays, AppError> {
    let open = desk.opened()?;
    let calendars = open.calendars();
    let today = today(desk.env().now());
    let (count, seen) = open.store.read(|conn| {
        Ok((lists::moved(conn, &open.actor)?, meta::get::<String>(conn, &key(&open))?))
    })?;
    let from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let calendar = calendars.now().version.clone();
    Ok(MovedDays {
        count: small(count),
        seen: seen.as_deref() == Some(calendar.as_str()),
        changes: calendars.changes(calendars.before(), from, until),
        before: calendars.before().version.clone(),
        calendar,
    })
}

/// The officer has seen what this calendar moved.
///
/// # Errors
/// `not_found` when another calendar holds by now; the store's.
pub fn moved_days_seen(desk: &Desk, r: MovedSeen) -> Result<MovedSeenDone, AppError> {
    let open = desk.opened()?;
    if open.calendars().now().version != r.calendar {
        return Err(AppError::refused("not_found"));
    }
    let key = key(&open);
    open.store.write(move |tx| meta::put(tx, &key, &r.calendar))?;
    Ok(MovedSeenDone {
        changed: Changed { cases: Vec::new(), lists: vec!["publications".to_owned()] },
    })
}
