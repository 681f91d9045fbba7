//! The sheet of a hand-over and the receipt of a day of rounds: from their events, as often as one likes.
//! What they say of the region is what it said by now.

use super::make::fault;
use super::of_case::{Ground, signer, topic};
use crate::error::AppError;

use esik_domain::ids::OfficerId;
use esik_domain::round::{RoundDay, VisitResult};
use esik_domain::shift::{AtRegion, Shift};
use esik_letters::{Document as _, L10nPair, RoundSheet, Sheet, ShiftSheet, Signer, VisitRow};

/// How a stream stands with the region: what is missing, why, and the proof.
struct Standing {
    unsent: u64,
    why: L10nPair,
    proof: String,
}

/// With the region's word on the stream itself everything written before it has arrived: its number is
/// the proof. Without, what was missing then and the stream itself are still on their way.
fn standing(receipt: Option<u64>, then: &AtRegion) -> Result<Standing, AppError> {
    Ok(match receipt {
        Some(pos) => Standing { unsent: 0, why: L10nPair::default(), proof: format!("№ {pos}") },
        None => Standing {
            unsent: then.unsent + 1,
            why: esik_letters::unsent_reason(&then.why).map_err(fault)?,
            proof: then.proof_text(),
        },
    })
}

fn officer(ground: &Ground<'_>, id: OfficerId) -> Result<Signer, AppError> {
    match ground.officers.iter().find(|o| o.card.id == id) {
        Some(o) => signer(&o.card.name, &o.card.post),
        None => signer(&id.to_string(), ""),
    }
}

pub(super) fn shift_sheet(shift: &Shift, ground: &Ground<'_>) -> Result<Sheet, AppError> {
    let handing = &shift.handing;
    let to = shift.taken.map(|(who, _)| who).or(handing.to);
    let received_by =
        to.map(|id| officer(ground, id)).transpose()?.map(|s| s.name).unwrap_or_default();
    let promised = handing
        .promised
        .iter()
        .map(|p| {
            let kind = serde_json::to_value(p.what).ok();
            let kind = kind.as_ref().and_then(|k| k.as_str()).unwrap_or_default();
            let what = esik_letters::owed_name(kind).map_err(fault)?;
            let about = topic(p.category.as_ref());
            let joined = |what: &str, about: &str| {
                if about.is_empty() { what.to_owned() } else { format!("{what}: {about}") }
            };
            let said = L10nPair::new(joined(&what.kk, &about.kk), joined(&what.ru, &about.ru));
            Ok((p.number.clone(), said, p.due))
        })
        .collect::<Result<_, AppError>>()?;
    let standing = standing(shift.receipt.map(|p| p.0), &handing.region)?;
    ShiftSheet {
        station: ground.station.clone(),
        from: handing.from,
        until: shift.at,
        handed_by: officer(ground, shift.by)?,
        received_by,
        taken: handing
            .taken
            .iter()
            .map(|c| (c.number.clone(), topic(c.category.as_ref())))
            .collect(),
        promised,
        unsent: standing.unsent,
        why: standing.why,
        proof: standing.proof,
        notes: handing.note.clone(),
    }
    .sheet(&ground.templates)
    .map_err(fault)
}

fn result_name(result: VisitResult) -> Result<L10nPair, AppError> {
    let code = serde_json::to_value(result).ok();
    let code = code.as_ref().and_then(|c| c.as_str()).unwrap_or_default();
    esik_letters::visit_name(code).map_err(fault)
}

pub(super) fn day_sheet(day: &RoundDay, ground: &Ground<'_>) -> Result<Sheet, AppError> {
    let handed = &day.handed;
    let standing = standing(day.receipt.map(|p| p.0), &handed.region)?;
    let visits = handed
        .lines
        .iter()
        .map(|l| {
            Ok(VisitRow { at: l.at, address: l.address.clone(), result: result_name(l.result)? })
        })
        .collect::<Result<_, AppError>>()?;
    RoundSheet {
        station: ground.station.clone(),
        day: handed.day,
        made_at: day.at,
        officer: officer(ground, day.by)?,
        visits,
        count: handed.counts.visits,
        results: handed
            .counts
            .by_result()
            .map(|(result, n)| Ok((result_name(result)?, n)))
            .collect::<Result<_, AppError>>()?,
        taken: handed.taken,
        files: handed.files,
        records: handed.records,
        unsent: standing.unsent,
        why: standing.why,
        proof: standing.proof,
    }
    .sheet(&ground.templates)
    .map_err(fault)
}
