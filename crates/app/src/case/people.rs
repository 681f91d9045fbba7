//! Who stands behind an event, as an officer reads it: a name, never a login or the name of a rule.

use esik_domain::case::{CaseState, Stamp};
use esik_domain::event::Envelope;
use esik_domain::fold::Entry;
use esik_domain::ids::{EventId, OfficerId};
use std::collections::BTreeMap;

/// The name behind an event: the officer's, the clerk's, or nothing when the region acted by a rule.
pub fn who(e: &Envelope, officer_name: &dyn Fn(OfficerId) -> String) -> String {
    e.on_behalf.as_deref().map_or_else(|| officer_name(e.actor_id), |raw| behind(e, raw))
}

/// The portal writes the clerk's name beside the login; a login alone is better than nobody.
fn behind(e: &Envelope, raw: &str) -> String {
    // A coupon names nobody: whoever holds it wrote.
    if raw.starts_with("rule:") || raw.starts_with("coupon:") {
        return String::new();
    }
    let name = e.body.get("clerk_name").and_then(|n| n.as_str()).map(str::trim);
    name.filter(|n| !n.is_empty()).unwrap_or(raw).to_owned()
}

/// Puts the names of people into the stamps that bodies set, where the fold keeps who signed.
pub fn name_stamps(
    case: &mut CaseState,
    entries: &[Entry],
    officer_name: &dyn Fn(OfficerId) -> String,
) {
    let by_officer = ["referral_handed", "referral_heard"];
    let names: BTreeMap<EventId, String> = entries
        .iter()
        .map(|entry| &entry.event)
        .filter(|e| e.on_behalf.is_some() || by_officer.contains(&e.kind.as_str()))
        .map(|e| (e.id, who(e, officer_name)))
        .collect();
    let name = |stamp: &mut Stamp| {
        if let Some(name) = names.get(&stamp.event) {
            stamp.by.clone_from(name);
        }
    };
    for r in &mut case.referrals {
        [&mut r.delivered, &mut r.registered, &mut r.accepted].into_iter().flatten().for_each(name);
        if let Some(rejected) = &mut r.rejected {
            name(&mut rejected.stamp);
        }
        if let Some(answered) = &mut r.answered {
            name(&mut answered.stamp);
        }
    }
}
