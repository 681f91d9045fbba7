//! Queues of an officer's own: filters of the board under a name, kept with the officer's settings.

use super::board::in_order;
use crate::api::{CaseDone, Changed, Nothing, QueueAt, SavedQueue, SavedQueues, Undo};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use esik_domain::text::normalize_input;
use esik_store::officers;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// More than fit beside the queues everybody has are no help.
const MOST: usize = 12;
/// Characters of a name: it stands on a button.
const NAME_MAX_CHARS: usize = 32;
/// Where they lie among the officer's settings.
const KEY: &str = "queues";

/// The officer's own queues.
///
/// # Errors
/// The store's.
pub fn queues_saved(desk: &Desk, _: Nothing) -> Result<SavedQueues, AppError> {
    let open = desk.opened()?;
    let officer = open.store.read(|conn| officers::get(conn, open.actor.id))?;
    let settings = officer.map(|o| o.settings).unwrap_or_default();
    // What a newer program wrote and this one cannot read is no reason to show no board.
    let queues: Vec<SavedQueue> =
        settings.get(KEY).and_then(|v| serde_json::from_value(v.clone()).ok()).unwrap_or_default();
    Ok(SavedQueues { queues })
}

/// Keeps them all, in this order.
///
/// # Errors
/// `queue_needs_name`, `queue_name_too_long`, `queue_name_taken`, `too_many_queues`, `period_backwards`.
pub fn queues_save(desk: &Desk, r: SavedQueues) -> Result<CaseDone, AppError> {
    if r.queues.len() > MOST {
        return Err(AppError::refused("too_many_queues"));
    }
    let mut names = BTreeSet::new();
    let mut queues = Vec::new();
    for mut queue in r.queues {
        queue.name = normalize_input(&queue.name).trim().to_owned();
        queue.filter = normalize_input(&queue.filter).trim().to_owned();
        in_order(queue.from, queue.until)?;
        if queue.name.is_empty() {
            return Err(AppError::refused("queue_needs_name"));
        }
        if queue.name.chars().count() > NAME_MAX_CHARS {
            return Err(AppError::refused("queue_name_too_long"));
        }
        if !names.insert(esik_domain::text::fold(&queue.name)) {
            return Err(AppError::refused("queue_name_taken"));
        }
        queues.push(queue);
    }
    let open = desk.opened()?;
    let before = queues_saved(desk, Nothing {})?.queues;
    keep(&open, &queues)?;
    let undo = undoing(&before, &queues);
    Ok(CaseDone { changed: changed(), undo })
}

/// What leads from the queues as they are back to those that were.
fn undoing(before: &[SavedQueue], now: &[SavedQueue]) -> Option<Undo> {
    let out: Vec<String> =
        now.iter().filter(|q| !before.contains(q)).map(|q| q.name.clone()).collect();
    let back: Vec<QueueAt> = (0u32..)
        .zip(before)
        .filter(|(_, q)| !now.contains(q))
        .map(|(at, q)| QueueAt { at, queue: q.clone() })
        .collect();
    (!out.is_empty() || !back.is_empty()).then_some(Undo::Queues { back, out })
}

/// Takes one change of the own queues back; what was changed since stays.
///
/// # Errors
/// `queue_name_taken`, `too_many_queues` and the other rules of a queue.
pub(crate) fn undo(desk: &Desk, back: Vec<QueueAt>, out: &[String]) -> Result<Changed, AppError> {
    let mut queues = queues_saved(desk, Nothing {})?.queues;
    queues.retain(|q| !out.contains(&q.name));
    for one in back {
        let at = usize::try_from(one.at).unwrap_or(usize::MAX).min(queues.len());
        queues.insert(at, one.queue);
    }
    queues_save(desk, SavedQueues { queues }).map(|done| done.changed)
}

fn changed() -> Changed {
    Changed { cases: Vec::new(), lists: vec!["queues".to_owned()] }
}

fn keep(open: &Open, queues: &[SavedQueue]) -> Result<(), AppError> {
    let id = open.actor.id;
    let kept = serde_json::to_value(queues).map_err(|_| AppError::refused("bad_request"))?;
    open.store.write(move |tx| {
        let mut settings = officers::get(tx, id)?.map(|o| o.settings).unwrap_or_default();
        if !settings.is_object() {
            settings = json!({});
        }
        if let Value::Object(all) = &mut settings {
            all.insert(KEY.to_owned(), kept);
        }
        officers::set_settings(tx, id, &settings)
    })?;
    Ok(())
}
