//! Nothing acts before what it rests on (`reliability.md` S11, adr/0030): an event that names a `base` waits until that
//! event is in the stream, and acts right after it when the order has it later.
//!
//! What the region refused is not in the stream. Which event waits follows from the set and the order alone, never from
//! what came first.

use super::{Entry, Standing};
use crate::case::Waiting;
use crate::ids::EventId;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The entries in the order in which they act, and those that wait for what they rest on.
pub(super) fn on_their_bases(entries: &[Entry]) -> (Cow<'_, [Entry]>, Vec<Waiting>) {
    let mut here = BTreeSet::new();
    let in_order = entries.iter().all(|e| {
        let rests = base_of(e).is_none_or(|base| here.contains(&base));
        if !is_refused(e) {
            here.insert(e.event.id);
        }
        rests
    });
    if in_order {
        return (Cow::Borrowed(entries), Vec::new());
    }
    let mut turn = Turn::default();
    for e in entries {
        match base_of(e).filter(|base| !turn.here.contains(base)) {
            Some(base) => turn.parked.entry(base).or_default().push(e),
            None => turn.place(e),
        }
    }
    let acting: BTreeSet<EventId> = turn.acting.iter().map(|e| e.event.id).collect();
    let waiting = entries
        .iter()
        .filter(|e| !acting.contains(&e.event.id))
        .filter_map(|e| {
            let base = e.event.base?;
            Some(Waiting { event: e.event.id, kind: e.event.kind.clone(), base })
        })
        .collect();
    (Cow::Owned(turn.acting), waiting)
}

/// What a live entry rests on. A refused one does nothing anyway; that it was refused is told at once.
fn base_of(e: &Entry) -> Option<EventId> {
    e.event.base.filter(|_| !is_refused(e))
}

fn is_refused(e: &Entry) -> bool {
    matches!(e.standing, Standing::Refused(_))
}

#[derive(Default)]
struct Turn<'a> {
    here: BTreeSet<EventId>,
    parked: BTreeMap<EventId, Vec<&'a Entry>>,
    acting: Vec<Entry>,
}

impl<'a> Turn<'a> {
    /// Lets an entry act, and after it, each in the order, what waited for it.
    fn place(&mut self, entry: &'a Entry) {
        let mut next = vec![entry];
        while let Some(e) = next.pop() {
            self.acting.push(e.clone());
            if is_refused(e) {
                continue;
            }
            self.here.insert(e.event.id);
            let mut freed = self.parked.remove(&e.event.id).unwrap_or_default();
            freed.reverse();
            next.append(&mut freed);
        }
    }
}
