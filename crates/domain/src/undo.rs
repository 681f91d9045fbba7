//! Taking a slip back in a log that forgets nothing: which acts, whose, how long (adr/0013).
//!
//! An undo is an event that names another one; the fold leaves that one out. Nothing is deleted, and what
//! a body was asked or told is not undone at all: that has a review step before it leaves.

use crate::event::{ActUndone, AttachmentWithdrawn, Body, Envelope, PartyRole, Role};
use crate::fold::{Entry, Standing};
use crate::ids::{EventId, OfficerId};
use chrono::{DateTime, Utc};
use serde_json::Map;
use std::collections::BTreeMap;

/// How long after an act its undo is taken, in seconds. The screen offers it for ten; the rest is for a
/// slow hand or a slow disk.
pub const WINDOW_S: i64 = 60;

/// Kinds that can be undone: each stays inside the station, and no paper, number or body hangs on it.
pub const UNDOABLE: &[&str] = &[
    "note_added",
    "advice_given",
    "contact_made",
    "word_read",
    "task_assigned",
    "task_done",
    "category_changed",
    "controller_named",
    "priority_set",
    "case_amended",
    "party_added",
    "party_amended",
    "person_matched",
    "review_settled",
    "refusal_settled",
    "referral_handed",
    "referral_heard",
    "referral_escalated",
    "closing_asked",
    "case_closed",
    "extension_asked",
    "notice_given",
    "plan_step_added",
    "plan_step_moved",
    "plan_step_done",
    "plan_step_dropped",
    "queue_called",
    "queue_left",
    "round_place_noted",
    "round_planned",
    "round_visited",
    "round_place_dropped",
    "shift_handed_over",
    "shift_taken",
    "owed_list_handed",
];

/// Of these, what opens a stream beside the cases. Taken back, nothing is left of the stream: so it stays while
/// anything else stands there.
const OPENINGS: &[&str] = &["round_place_noted", "shift_handed_over", "owed_list_handed"];

const KIND: &str = "act_undone";

/// Why an act stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UndoFault {
    /// Not there, another officer's, refused, undone before, or of a kind that is not undone.
    Impossible,
    /// The time for it is over.
    Late,
    /// Somebody else went on from it.
    Overtaken,
    /// More was written to what it opened.
    BuiltOn,
}

impl UndoFault {
    /// The code people's screens have words for.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Impossible => "undo_impossible",
            Self::Late => "undo_late",
            Self::Overtaken => "undo_overtaken",
            Self::BuiltOn => "undo_built_on",
        }
    }
}

/// Events of a stream that were taken back, each with when. An undo that breaks a rule does nothing:
/// the region keeps it, every reader ignores it alike.
#[must_use]
pub fn undone(entries: &[Entry]) -> BTreeMap<EventId, DateTime<Utc>> {
    let mut out = BTreeMap::new();
    if !entries.iter().any(|e| e.event.kind == KIND) {
        return out;
    }
    let mut acts: BTreeMap<EventId, OfficerId> = BTreeMap::new();
    for e in entries.iter().filter(|e| !matches!(e.standing, Standing::Refused(_))) {
        let e = &e.event;
        if let Body::ActUndone(b) = e.read_body() {
            if acts.get(&b.event) == Some(&e.actor_id) {
                out.entry(b.event).or_insert(e.occurred_at);
            }
        } else if can_be_undone(e) {
            acts.insert(e.id, e.actor_id);
        }
    }
    // Whatever the order they came in: a visit noted at another computer meanwhile keeps its address.
    if let Some(opening) = opening(entries).filter(|_| built_on(entries, &out)) {
        out.remove(&opening.id);
    }
    out
}

/// What opened a stream beside the cases, and can be taken back.
fn opening(entries: &[Entry]) -> Option<&Envelope> {
    entries.first().map(|e| &e.event).filter(|e| OPENINGS.contains(&e.kind.as_str()))
}

/// Does anything stand in the stream besides what opened it?
fn built_on(entries: &[Entry], undone: &BTreeMap<EventId, DateTime<Utc>>) -> bool {
    entries.iter().skip(1).any(|e| {
        e.event.kind != KIND
            && e.event.role != Role::Region
            && !matches!(e.standing, Standing::Refused(_))
            && !undone.contains_key(&e.event.id)
    })
}

/// True when what opened this stream was taken back: nothing is left of it.
pub(crate) fn is_gone(entries: &[Entry], undone: &BTreeMap<EventId, DateTime<Utc>>) -> bool {
    opening(entries).is_some_and(|e| undone.contains_key(&e.id))
}

/// What takes an act back: an undo; of a file that was put somewhere, that it goes again, since its bytes may have
/// travelled. `None` for what stays.
#[must_use]
pub fn taking_back(e: &Envelope) -> Option<Body> {
    if let Body::AttachmentLinked(b) = e.read_body() {
        let (attachment_id, reason) = (b.attachment_id, String::new());
        return Some(Body::AttachmentWithdrawn(AttachmentWithdrawn {
            attachment_id,
            reason,
            more: Map::new(),
        }));
    }
    can_be_undone(e).then(|| Body::ActUndone(ActUndone { event: e.id, more: Map::new() }))
}

/// A file that is gone already.
fn is_withdrawn(entries: &[Entry], e: &Envelope) -> bool {
    let Body::AttachmentLinked(linked) = e.read_body() else { return false };
    entries.iter().any(|e| match e.event.read_body() {
        Body::AttachmentWithdrawn(b) => {
            [Some(linked.attachment_id), linked.preview_of].contains(&Some(b.attachment_id))
        }
        _ => false,
    })
}

/// May this officer take this event of a stream back now? `entries` are those he may know of.
///
/// # Errors
/// Why not.
pub fn may_undo(
    entries: &[Entry],
    officer: OfficerId,
    event: EventId,
    now: DateTime<Utc>,
) -> Result<&Envelope, UndoFault> {
    let at = entries.iter().position(|e| e.event.id == event).ok_or(UndoFault::Impossible)?;
    let (done, later) = entries.split_at(at + 1);
    let act = done.last().ok_or(UndoFault::Impossible)?;
    let refused = matches!(act.standing, Standing::Refused(_));
    let e = &act.event;
    let before = undone(entries);
    if refused
        || e.actor_id != officer
        || taking_back(e).is_none()
        || before.contains_key(&event)
        || is_withdrawn(entries, e)
    {
        return Err(UndoFault::Impossible);
    }
    // A clock set in between makes an act old or of the future: neither is a slip of this minute.
    if (now - e.occurred_at).num_seconds().abs() > WINDOW_S {
        return Err(UndoFault::Late);
    }
    // What the region adds for a body (delivered, answered) is no step of ours that builds on this one.
    let others = |e: &&Entry| {
        e.event.actor_id != officer
            && e.event.role != Role::Region
            && !matches!(e.standing, Standing::Refused(_))
    };
    if later.iter().any(|e| others(&e)) {
        return Err(UndoFault::Overtaken);
    }
    let opens = opening(entries).is_some_and(|first| first.id == event);
    if opens && built_on(entries, &before) { Err(UndoFault::BuiltOn) } else { Ok(e) }
}

/// A ticket that ended because its intake was finished is over for good; so is who came with the trouble:
/// the coupon and the letters name them. Somebody of the household is only a line in the card.
fn can_be_undone(e: &Envelope) -> bool {
    UNDOABLE.contains(&e.kind.as_str())
        && match e.read_body() {
            Body::QueueLeft(b) => b.how != "served",
            Body::PartyAdded(b) => b.party.role == PartyRole::HouseholdMember,
            _ => true,
        }
}
