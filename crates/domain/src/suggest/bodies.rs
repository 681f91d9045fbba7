//! Which bodies answer for a theme, best first: the catalogue's order, moved by what bodies did with such
//! requests of this station, and by how near their territory is.

use super::{AgencyHit, AgencyWhy, CategoryHit, History, Territory};
use crate::catalog::Catalog;

/// How often a body must have accepted before the desk's own practice speaks.
const PRACTICE: u32 = 3;
/// Sent back so often, and more often than accepted, it stands lower.
const RETURNS: u32 = 2;
/// A body of a less likely category is named too when its category reaches this share of the first.
const CLOSE: f64 = 0.35;

/// Bodies of the first category in full; of close followers only the first body. `addressed` = the place of
/// the trouble is known, without which nobody finds the body of a building.
#[must_use]
pub fn bodies_of(
    catalog: &Catalog,
    categories: &[CategoryHit],
    history: &History,
    addressed: bool,
) -> Vec<AgencyHit> {
    let mut hits: Vec<AgencyHit> = Vec::new();
    let best = categories.first().map_or(0.0, |hit| hit.score);
    for (place, hit) in categories.iter().enumerate().filter(|(_, hit)| hit.score >= best * CLOSE) {
        let take = if place == 0 { usize::MAX } else { 1 };
        join(&mut hits, bodies(catalog, &hit.code, history, addressed).into_iter().take(take));
    }
    hits
}

/// Bodies of one category: one that keeps sending such matters back goes to the end, one that keeps accepting
/// them joins; behind the competent one, those who accept come first, then the nearer ones. Empty for an
/// unknown category.
#[must_use]
pub fn bodies(
    catalog: &Catalog,
    category: &str,
    history: &History,
    addressed: bool,
) -> Vec<AgencyHit> {
    let Some(category) = catalog.category(category) else { return Vec::new() };
    let hit = |code: &str, why| told(catalog, &category.code, code, why, history);
    let mut hits: Vec<AgencyHit> =
        category.agency_primary.iter().map(|code| hit(code, AgencyWhy::Primary)).collect();
    hits.extend(category.agency_secondary.iter().map(|code| hit(code, AgencyWhy::Secondary)));
    let mut practised: Vec<AgencyHit> = Vec::new();
    for route in history.routes.iter().filter(|route| route.category == category.code) {
        let known = |hit: &AgencyHit| hit.code == route.agency;
        if !hits.iter().any(known) && !practised.iter().any(known) {
            practised.push(hit(&route.agency, AgencyWhy::History));
        }
    }
    practised.retain(|hit| accepts(hit) && catalog.agency(&hit.code).is_some());
    practised.sort_by(|a, b| (b.accepted, &b.code).cmp(&(a.accepted, &a.code)));
    hits.extend(practised);
    hits.sort_by_key(|hit| {
        (
            hit.returns,
            hit.why != AgencyWhy::Primary,
            hit.why == AgencyWhy::History,
            !accepts(hit),
            far(hit.territory, addressed),
        )
    });
    hits
}

/// A body the officer chose by hand: what is known of it. None when there is no such body.
#[must_use]
pub fn chosen(
    catalog: &Catalog,
    category: Option<&str>,
    code: &str,
    history: &History,
) -> Option<AgencyHit> {
    catalog.agency(code)?;
    Some(told(catalog, category.unwrap_or_default(), code, AgencyWhy::Chosen, history))
}

/// Adds those that are not there yet.
pub fn join(hits: &mut Vec<AgencyHit>, more: impl IntoIterator<Item = AgencyHit>) {
    for agency in more {
        if !hits.iter().any(|known| known.code == agency.code) {
            hits.push(agency);
        }
    }
}

fn told(
    catalog: &Catalog,
    category: &str,
    code: &str,
    why: AgencyWhy,
    history: &History,
) -> AgencyHit {
    let of = history.routes.iter().filter(|r| r.category == category && r.agency == code);
    let (accepted, rejected) = of.fold((0u32, 0u32), |sum, route| {
        (sum.0.saturating_add(route.accepted), sum.1.saturating_add(route.rejected))
    });
    AgencyHit {
        code: code.to_owned(),
        why,
        category: category.to_owned(),
        accepted,
        rejected,
        returns: rejected >= RETURNS && rejected > accepted,
        territory: catalog.agency(code).and_then(|a| Territory::from_level(&a.level)),
    }
}

fn accepts(hit: &AgencyHit) -> bool {
    hit.accepted >= PRACTICE && hit.accepted > hit.rejected
}

/// How far from the person's trouble a body's territory reaches; 0 is near.
fn far(territory: Option<Territory>, addressed: bool) -> u8 {
    match territory {
        Some(Territory::Building) if !addressed => 1,
        Some(Territory::Building | Territory::District | Territory::City) => 0,
        Some(Territory::Region) | None => 1,
        Some(Territory::Republic) => 2,
    }
}
