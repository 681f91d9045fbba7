//! Papers of decisions the head or the deputy signs: redirect and extension.

use super::of_case::{Ground, body_name, number, opened_at, signer, topic};
use crate::error::AppError;
use esik_domain::case::{CaseState, Referral};
use esik_domain::event::Party;
use esik_domain::ids::EventId;
use esik_letters::{Entry, Extension, L10nPair, Redirect, Signer};
use uuid::Uuid;

/// Who signed; the officer at the desk while nobody has.
fn signed(name: &str, post: &str, ground: &Ground<'_>) -> Result<Signer, AppError> {
    if name.trim().is_empty() { Ok(ground.me.clone()) } else { signer(name, post) }
}

/// What moves, and only those data that left with it.
pub(super) fn redirect(
    case: &CaseState,
    r: &Referral,
    ground: &Ground<'_>,
) -> Result<Redirect, AppError> {
    let moved = r.redirect.as_ref().ok_or_else(|| AppError::refused("no_such_paper"))?;
    let left = |field: &str| {
        Entry::of(r.leaves.iter().find(|l| l.field == field).map_or("", |l| l.value.as_str()))
    };
    let parts: Vec<L10nPair> = case
        .issues
        .iter()
        .filter(|i| !moved.whole && moved.issues.contains(&i.id))
        .map(|i| topic(Some(&i.category)))
        .collect();
    let joined = |side: fn(&L10nPair) -> &str| {
        parts.iter().map(side).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    };
    let decision = r.decision.as_ref();
    Ok(Redirect {
        number: number(case),
        sent_at: r.sent_at.unwrap_or(r.drafted_at),
        decision_number: decision.map(|d| d.number.clone()).unwrap_or_default(),
        opened_at: opened_at(case),
        station: ground.station.clone(),
        agency: body_name(r.agency.as_str()),
        contact: Vec::new(),
        part: L10nPair::new(joined(|p| &p.kk), joined(|p| &p.ru)),
        ground: moved.ground.clone(),
        reason: moved.reason.clone(),
        applicant: left("name"),
        iin: left("iin"),
        address: left("address"),
        phone: left("phone"),
        essence: r.leaves.iter().find(|l| l.field == "text").map_or(&r.text, |l| &l.value).clone(),
        signer: match decision {
            Some(d) => signed(&d.name, &d.post, ground)?,
            None => ground.me.clone(),
        },
    })
}

pub(super) fn extension(
    case: &CaseState,
    part: Option<Uuid>,
    ground: &Ground<'_>,
) -> Result<Extension, AppError> {
    let none = || AppError::refused("no_such_paper");
    let of = part.map(EventId).ok_or_else(none)?;
    let decided = case.extensions.iter().find(|e| e.event == of && e.granted).ok_or_else(none)?;
    Ok(Extension {
        number: number(case),
        opened_at: opened_at(case),
        decided_at: decided.at,
        decision_number: decided.decision_number.clone(),
        decision_date: decided.decision_date,
        told_at: ground.now,
        station: ground.station.clone(),
        applicant: case.applicant().map(Party::full_name).unwrap_or_default(),
        previous_due: decided.previous_due,
        until: decided.until.ok_or_else(none)?,
        reason: decided.reason.clone(),
        signer: signed(&decided.signed_name, &decided.signed_post, ground)?,
    })
}
