//! Which versions hold at this desk, since when, and what waits for its day or for a newer program.

use crate::api::{Nothing, Publications, PublishedLine, PublishedState};
use crate::desk::Desk;
use crate::error::AppError;
use crate::paper::fault;
use esik_domain::calendar::Calendar;
use esik_domain::publication::{Kind, ONLY};
use esik_letters::Templates;
use esik_store::publications::{self, Kept};

/// Calendar, papers, cards: the version in force of each, then those that are not in force yet.
///
/// # Errors
/// The store's.
pub fn publications(desk: &Desk, _: Nothing) -> Result<Publications, AppError> {
    let open = desk.opened()?;
    let kept = open.store.read(publications::list)?;
    let papers: Vec<(String, u32)> =
        Templates::shipped().map_err(fault)?.all().map(|t| (t.id.clone(), t.version)).collect();
    let shipped = Calendar::shipped_ref();
    let mut lines = of_one(&kept, Kind::Calendar, ONLY, shipped.edition(), &shipped.version);
    for (id, version) in &papers {
        lines.extend(of_one(&kept, Kind::Paper, id, *version, &version.to_string()));
    }
    lines.extend(of_one(&kept, Kind::Knowledge, ONLY, 0, ""));
    // What only a newer program has a name for.
    let told = |k: &&Kept| {
        Kind::of(&k.kind).is_none()
            || (k.kind == Kind::Paper.code() && !papers.iter().any(|(id, _)| *id == k.name))
    };
    lines.extend(kept.iter().filter(told).map(|k| line(k, PublishedState::NewerProgram)));
    Ok(Publications { lines })
}

/// The version in force of one thing, then what is higher.
fn of_one(kept: &[Kept], kind: Kind, name: &str, shipped: u32, label: &str) -> Vec<PublishedLine> {
    let of: Vec<&Kept> = kept.iter().filter(|k| k.kind == kind.code() && k.name == name).collect();
    let held = of.iter().rev().find(|k| k.held_since.is_some() && k.version >= shipped);
    let in_force = held.map_or(shipped, |k| k.version);
    let first = match held {
        Some(k) => line(k, PublishedState::Holds),
        None => PublishedLine {
            kind: kind.code().to_owned(),
            name: name.to_owned(),
            version: shipped,
            label: label.to_owned(),
            state: PublishedState::Holds,
            ours: true,
            since: None,
            holds_from: None,
            by: String::new(),
        },
    };
    let later = of.iter().filter(|k| k.version > in_force).map(|k| {
        let state = match k.fault.as_str() {
            "" => PublishedState::Waits,
            super::NEWER => PublishedState::NewerProgram,
            _ => PublishedState::Unreadable,
        };
        line(k, state)
    });
    std::iter::once(first).chain(later).collect()
}

fn line(k: &Kept, state: PublishedState) -> PublishedLine {
    PublishedLine {
        kind: k.kind.clone(),
        name: k.name.clone(),
        version: k.version,
        label: k.label.clone(),
        state,
        ours: false,
        since: k.held_since,
        holds_from: Some(k.holds_from),
        by: k.by.clone(),
    }
}
