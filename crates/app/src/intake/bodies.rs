//! The bodies beside the text, best first: why each, what it did with such requests, how soon it answers, what the
//! directory says of it, and whether the theme may go there at all.

use crate::api::{BodyHelp, BodyRecord, HelpRequest};
use crate::desk::Open;
use crate::error::AppError;
use crate::intake::plan::today;
use crate::knowledge::look::Directory;
use chrono::{DateTime, Utc};
use esik_domain::catalog::Catalog;
use esik_domain::deadline::{Counting, working_days};
use esik_domain::event::Disclosed;
use esik_domain::ids::{AgencyCode, CategoryCode};
use esik_domain::leaving::{may_refer, supervisor};
use esik_domain::suggest::{self, AgencyHit, History, PastRoute, Suggestion};
use esik_store::lists;

/// Bodies told of at most; what the officer chose by hand is among them.
const BODIES_MAX: usize = 10;
/// Themes whose requests are looked at: those suggested, the chosen one and the further ones of the visit.
const THEMES_MAX: usize = 12;

/// What became of this station's requests of the themes at hand.
///
/// # Errors
/// The store's.
pub(super) fn routes(
    open: &Open,
    r: &HelpRequest,
    suggestion: &Suggestion,
) -> Result<Vec<PastRoute>, AppError> {
    let chosen = r.category.iter().chain(&r.more).map(CategoryCode::as_str);
    let mut themes: Vec<&str> = Vec::new();
    for theme in chosen.chain(suggestion.categories.iter().map(|c| c.code.as_str())) {
        if !themes.contains(&theme) && themes.len() < THEMES_MAX {
            themes.push(theme);
        }
    }
    Ok(open.store.read(|conn| lists::past_routes(conn, &open.station, &themes))?)
}

/// Ranked for the chosen theme, else for those the words speak of; then for the further themes, then those that were
/// chosen by hand.
///
/// # Errors
/// The store's.
pub(super) fn bodies(
    open: &Open,
    r: &HelpRequest,
    suggestion: &Suggestion,
    history: &History,
    now: DateTime<Utc>,
) -> Result<Vec<BodyHelp>, AppError> {
    let catalog = Catalog::shipped();
    let addressed = !r.address.trim().is_empty();
    let of = |code: &CategoryCode| suggest::bodies(catalog, code.as_str(), history, addressed);
    let mut hits = match &r.category {
        Some(category) => of(category),
        None => suggestion.agencies.clone(),
    };
    for theme in &r.more {
        suggest::join(&mut hits, of(theme).into_iter().take(1));
    }
    let by_hand: Vec<AgencyHit> = r
        .bodies
        .iter()
        .filter(|code| hits.iter().all(|hit| hit.code != code.as_str()))
        .filter_map(|code| {
            let theme = r.category.as_ref().or(r.more.first());
            suggest::chosen(catalog, theme.map(CategoryCode::as_str), code.as_str(), history)
        })
        .collect();
    let internal = |hit: &AgencyHit| catalog.agency(&hit.code).is_none_or(|a| a.internal);
    hits.retain(|hit| !internal(hit));
    hits.truncate(BODIES_MAX.saturating_sub(by_hand.len()));
    hits.extend(by_hand);
    let directory = Directory::of(open, today(now))?;
    hits.into_iter().map(|hit| told(open, hit, &directory, now)).collect()
}

fn told(
    open: &Open,
    hit: AgencyHit,
    directory: &Directory,
    now: DateTime<Utc>,
) -> Result<BodyHelp, AppError> {
    let agency = AgencyCode::from(hit.code.as_str());
    let theme = Some(hit.category.as_str()).filter(|c| !c.is_empty());
    let stays = may_refer(Catalog::shipped(), theme, &hit.code, Disclosed::default(), None).err();
    Ok(BodyHelp {
        record: record(open, &agency, now)?,
        service: directory.service(&agency),
        supervisor: supervisor(&hit.code).map(AgencyCode::from),
        stays: stays.map(|fault| fault.code().to_owned()),
        hit,
    })
}

/// How soon the body really answers: what we may tell the applicant honestly.
pub(super) fn record(
    open: &Open,
    agency: &AgencyCode,
    now: DateTime<Utc>,
) -> Result<Option<BodyRecord>, AppError> {
    let found = open.store.read(|conn| lists::answer_record(conn, agency))?;
    let calendars = open.calendars();
    let calendar = calendars.now();
    Ok(found.map(|r| BodyRecord {
        agency: agency.clone(),
        answers: r.answers,
        usual_wd: r.usual_wd,
        usual_day: working_days(calendar, now, r.usual_wd.max(1), &Counting::default()).due,
        nearly_all_wd: r.nearly_all_wd,
    }))
}
