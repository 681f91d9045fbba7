//! What has to be known before a contact, as the screen says it.

use super::view::Sight;
use crate::api::CautionView;
use esik_domain::case::{CaseState, Caution, CautionKind};
use esik_domain::event::{Body, Party};
use esik_domain::fold::{Entry, Standing};

/// The warnings of a case, each with when, by whom and how it was learnt.
pub fn cautions(case: &CaseState, entries: &[Entry], sight: &Sight<'_>) -> Vec<CautionView> {
    let name = |c: &Caution| c.by.map(|by| (sight.officer_name)(by)).unwrap_or_default();
    let told = |c: Caution| {
        let noted = if c.kind == CautionKind::DoNotCall && c.at.is_none() {
            entries.iter().rfind(|e| asks_not_to_call(e)).map(|e| &e.event)
        } else {
            None
        };
        CautionView {
            kind: c.kind,
            at: c.at.or_else(|| noted.map(|e| e.occurred_at)),
            who: noted.map_or_else(|| name(&c), |e| (sight.officer_name)(e.actor_id)),
            how: c.how,
            text: c.text,
            spoken_at: c.spoken.map(|s| s.0),
            spoken_how: c.spoken.map(|s| s.1),
        }
    };
    case.cautions().into_iter().map(told).collect()
}

/// A person's data, put down or corrected, say so.
fn asks_not_to_call(entry: &Entry) -> bool {
    let says = |party: &Party| party.do_not_call;
    !matches!(entry.standing, Standing::Refused(_))
        && match entry.event.read_body() {
            Body::PartyAdded(b) => says(&b.party),
            Body::PartyAmended(b) => says(&b.party),
            _ => false,
        }
}
