//! The run under way and how far an officer has come; both in the practice database and nowhere else.

use crate::desk::Open;
use crate::error::AppError;
use crate::intake::plan::{Ground, plan};
use chrono::{DateTime, Utc};
use esik_domain::case::CaseState;
use esik_domain::catalog::{Catalog, L10n};
use esik_domain::deadline::Counting;
use esik_domain::event::{ENVELOPE_VERSION, Envelope};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{AgencyCode, CaseId, Circle, DeviceSeq, DraftId, EventId, ReferralId};
use esik_domain::training::{Played, Scenario, scenario};
use esik_store::{StoreError, lists, meta};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const RUN: &str = "practice/run";
const PROGRESS: &str = "practice/progress";

/// A visitor at the practice desk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub scenario: String,
    pub started_at: DateTime<Utc>,
    pub draft: DraftId,
    /// The visitor's earlier case, and how many visits and reopenings it had when they came.
    pub earlier: Option<EarlierCase>,
    pub asked: BTreeSet<String>,
    /// Expectations for which a hint was given.
    pub hinted: BTreeSet<usize>,
    /// The hint that is shown.
    pub hint: Option<usize>,
    /// An empty answer went back at some time.
    pub returned: bool,
    /// Steps a body has played, by referral.
    pub turns: BTreeMap<ReferralId, usize>,
    pub news: Vec<News>,
    pub ended_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct EarlierCase {
    pub id: CaseId,
    pub visits: usize,
}

/// What a body did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct News {
    pub agency: AgencyCode,
    pub does: String,
    pub text: Option<L10n>,
}

/// How an officer stands with one scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    pub tries: u32,
    pub best: Option<u32>,
    pub passed_at: Option<DateTime<Utc>>,
}

/// The practice desk that is open here.
///
/// # Errors
/// `not_practice` on a real desk: nothing of training ever touches it.
pub(super) fn practising(desk: &crate::Desk) -> Result<std::sync::Arc<Open>, AppError> {
    let open = desk.opened()?;
    if open.is_practice() { Ok(open) } else { Err(AppError::refused("not_practice")) }
}

pub(super) fn load(open: &Open) -> Result<Option<(Run, &'static Scenario)>, AppError> {
    let run: Option<Run> = open.store.read(|conn| meta::get(conn, RUN))?;
    // A scenario that a newer program no longer ships ends its run.
    Ok(run.and_then(|run| scenario(&run.scenario).map(|s| (run, s))))
}

pub(super) fn save(open: &Open, run: &Run) -> Result<(), AppError> {
    let run = run.clone();
    Ok(open.store.write(move |tx| meta::put(tx, RUN, &run))?)
}

pub(super) fn forget(open: &Open) -> Result<(), AppError> {
    Ok(open.store.write(|tx| meta::remove(tx, RUN))?)
}

pub(super) fn progress(open: &Open) -> Result<BTreeMap<String, Progress>, AppError> {
    Ok(open.store.read(|conn| meta::get(conn, PROGRESS))?.unwrap_or_default())
}

/// Ends a run and counts it, in one transaction.
pub(super) fn end(open: &Open, run: &Run, percent: u32, passed: bool) -> Result<(), AppError> {
    let run = run.clone();
    Ok(open.store.write(move |tx| {
        let mut all: BTreeMap<String, Progress> = meta::get(tx, PROGRESS)?.unwrap_or_default();
        let mine = all.entry(run.scenario.clone()).or_default();
        mine.tries += 1;
        mine.best = mine.best.max(Some(percent));
        if passed {
            mine.passed_at = mine.passed_at.or(run.ended_at);
        }
        meta::put(tx, PROGRESS, &all)?;
        meta::put(tx, RUN, &run)
    })?)
}

/// The visitor's case: what the intake became, or the earlier case when it was worked on.
pub(super) fn case(open: &Open, run: &Run) -> Result<Option<CaseState>, AppError> {
    Ok(open.store.read(|conn| {
        let own = lists::case_state(conn, &open.actor, CaseId(run.draft.0))?;
        let Some(earlier) = run.earlier.filter(|_| own.is_none()) else { return Ok(own) };
        let old = lists::case_state(conn, &open.actor, earlier.id)?;
        Ok::<_, StoreError>(
            old.filter(|c| c.visits.len() > earlier.visits || c.last_at > run.started_at),
        )
    })?)
}

/// The run as the score looks at it. `imagine`: while nothing is saved, what is typed so far counts.
pub(super) fn played(
    open: &Open,
    run: &Run,
    now: DateTime<Utc>,
    imagine: bool,
) -> Result<Played, AppError> {
    let mut case = case(open, run)?;
    let joined = run.earlier.is_some_and(|e| case.as_ref().is_some_and(|c| c.id == e.id));
    if case.is_none() && imagine {
        case = imagined(open, run, now)?;
    }
    let end = run.ended_at.unwrap_or(now);
    Ok(Played {
        case,
        asked: run.asked.clone(),
        joined,
        returned: run.returned,
        seconds: u64::try_from((end - run.started_at).num_seconds()).unwrap_or(0),
        hinted: run.hinted.clone(),
    })
}

/// What the intake would become if it were finished as it stands.
fn imagined(open: &Open, run: &Run, now: DateTime<Utc>) -> Result<Option<CaseState>, AppError> {
    let row = open.store.read(|conn| esik_store::drafts::get(conn, open.actor.id, run.draft))?;
    let Some(row) = row else { return Ok(None) };
    let form = crate::intake::draft::read(&row.body);
    let calendars = open.calendars();
    let ground = Ground {
        catalog: Catalog::shipped(),
        calendar: calendars.now(),
        counting: Counting::default(),
        now,
        number: String::new(),
        uuid: &uuid::Uuid::nil,
        officer: open.actor.id,
        knowledge: None,
        files: &[],
        ticket: Circle::open(),
        existing: None,
    };
    let entries: Vec<Entry> = plan(&form, &ground)
        .events
        .into_iter()
        .map(|p| Entry {
            event: Envelope {
                v: ENVELOPE_VERSION,
                id: EventId(uuid::Uuid::nil()),
                case_id: CaseId(run.draft.0),
                device_id: open.device_id,
                incarnation: open.incarnation,
                device_seq: DeviceSeq(0),
                prev: String::new(),
                actor_id: open.actor.id,
                role: open.actor.role,
                station_id: open.station.clone(),
                kind: p.body.kind().to_owned(),
                version: 1,
                critical: p.body.critical(),
                occurred_at: now,
                clock: None,
                base: None,
                circle: p.circle,
                on_behalf: None,
                body: p.body.to_value().unwrap_or_default(),
            },
            standing: Standing::Unsent,
        })
        .collect();
    Ok(fold(&entries))
}
