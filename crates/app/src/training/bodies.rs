//! The region and the bodies of a practice desk, played inside the program: they accept what was
//! decided and answer what was sent, by events like the region's that say they are practice. They go
//! straight into the practice database; nothing here knows of sync or of a network.

use super::run::{News, Run};
use crate::desk::Open;
use crate::env::Env;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::case::{CaseState, Referral, ReferralState};
use esik_domain::catalog::{L10n, Lang};
use esik_domain::event::{
    AgencyAccepted, AgencyAnswered, AgencyRegistered, AgencyRejected, Body, DeliveryDelivered,
    ENVELOPE_VERSION, Envelope, Role,
};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, Pos, Scope};
use esik_domain::training::{Reaction, Scenario, not_ours};
use esik_store::{StoreError, log, meta, officers};
use esik_wire::signed::EventHash;
use esik_wire::{FeedEntry, FeedPage, Head, SignedEvent, ZERO_HASH};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const REGION: &str = "practice/region";
/// Stands where the clerk's name stands in a real case.
pub(super) const PLAYED_BY: &str = "СЫНАҚ / ПРОБА";
/// Events of one turn, at most: a scenario has a few dozen.
const TURN_EVENTS: usize = 5000;
const TURN_BYTES: usize = 64 * 1024 * 1024;

/// The played region: a throw-away key and the end of its chain.
#[derive(Clone, Serialize, Deserialize)]
struct Region {
    device: DeviceId,
    seed: [u8; 32],
    seq: u64,
    hash: EventHash,
}

/// What the bodies do next.
pub(super) struct Turn {
    pub events: Vec<(Body, Circle)>,
    pub news: Vec<News>,
}

/// The bodies' next moves on a case; changes the run's record of what they have played.
pub(super) fn moves(run: &mut Run, scenario: &Scenario, case: &CaseState, lang: Lang) -> Turn {
    let mut turn = Turn { events: Vec::new(), news: Vec::new() };
    for referral in case.referrals.iter().filter(|r| waits(r)) {
        if referral.state() == ReferralState::AnswerReturned {
            run.returned = true;
        }
        let played = run.turns.entry(referral.id).or_default();
        let Some(reaction) = reaction(scenario, referral, *played) else { continue };
        *played += 1;
        let number = format!("СЫНАҚ/ПРОБА-{}", run.news.len() + turn.news.len() + 1);
        react(referral, &reaction, number, lang, &mut turn);
    }
    turn
}

/// Will a body do something when time goes on?
pub(super) fn will_move(run: &Run, scenario: &Scenario, case: &CaseState) -> bool {
    case.referrals
        .iter()
        .filter(|r| waits(r))
        .any(|r| reaction(scenario, r, run.turns.get(&r.id).copied().unwrap_or(0)).is_some())
}

/// Every request of a case answered at once: the case that was there before the visitor came.
pub(super) fn answered(case: &CaseState, text: &str) -> Vec<(Body, Circle)> {
    let mut turn = Turn { events: Vec::new(), news: Vec::new() };
    let said = L10n { kk: text.to_owned(), ru: text.to_owned(), en: text.to_owned() };
    for (r, n) in case.referrals.iter().zip(1..) {
        let number = format!("СЫНАҚ/ПРОБА-0{n}");
        react(r, &Reaction::Answer { text: said.clone() }, number, Lang::Kk, &mut turn);
    }
    turn.events
}

/// True while the body has to move.
fn waits(r: &Referral) -> bool {
    use ReferralState as S;
    match r.state() {
        S::WaitsForRegion | S::Sent | S::Delivered | S::Registered | S::Accepted => true,
        S::AnswerReturned => true,
        S::Draft | S::Rejected | S::Answered | S::Checked | S::Withdrawn => false,
    }
}

/// A body the scenario does not name refuses: it is not theirs.
fn reaction(scenario: &Scenario, r: &Referral, played: usize) -> Option<Reaction> {
    match scenario.bodies.iter().find(|b| b.agency == r.agency) {
        Some(part) => part.steps.get(played).cloned(),
        // Nobody asked a supervisor with a copy whose it is: it stays read and unanswered.
        None if r.copy_of.is_some() => None,
        None if played == 0 => {
            Some(Reaction::Reject { code: "not_ours".to_owned(), reason: not_ours().clone() })
        }
        None => None,
    }
}

fn react(r: &Referral, reaction: &Reaction, number: String, lang: Lang, turn: &mut Turn) {
    let referral_id = r.id;
    let events = &mut turn.events;
    let mut put = |body: Body| events.push((body, r.circle.clone()));
    let more = || Map::from_iter([("practice".to_owned(), Value::Bool(true))]);
    if r.delivered.is_none() {
        put(Body::DeliveryDelivered(DeliveryDelivered {
            referral_id,
            channel: "practice".to_owned(),
            more: more(),
        }));
    }
    let takes_on = !matches!(reaction, Reaction::Reject { .. });
    if takes_on && r.registered.is_none() {
        put(Body::AgencyRegistered(AgencyRegistered {
            referral_id,
            incoming_number: number,
            more: more(),
        }));
    }
    if takes_on && r.accepted.is_none() {
        put(Body::AgencyAccepted(AgencyAccepted { referral_id, more: more() }));
    }
    let (does, text): (&str, Option<&L10n>) = match reaction {
        Reaction::Accept => ("accepted", None),
        Reaction::Reject { code, reason } => {
            put(Body::AgencyRejected(AgencyRejected {
                referral_id,
                code: code.clone(),
                reason: reason.get(lang).to_owned(),
                more: more(),
            }));
            ("rejected", Some(reason))
        }
        Reaction::Answer { text } => {
            put(Body::AgencyAnswered(AgencyAnswered {
                referral_id,
                text: text.get(lang).to_owned(),
                file: None,
                more: more(),
            }));
            ("answered", Some(text))
        }
    };
    turn.news.push(News { agency: r.agency.clone(), does: does.to_owned(), text: text.cloned() });
}

/// Accepts everything this desk has decided and appends what the bodies did, in one transaction.
///
/// # Errors
/// The store's; nothing happens then.
pub(super) fn play(
    open: &Open,
    env: &Env,
    case: Option<CaseId>,
    events: Vec<(Body, Circle)>,
) -> Result<(), AppError> {
    let now = env.now();
    let fresh =
        Region { device: DeviceId(env.uuid()), seed: env.random::<32>(), seq: 0, hash: ZERO_HASH };
    let ids: Vec<EventId> = events.iter().map(|_| EventId(env.uuid())).collect();
    let station = open.station.clone();
    let scope = Scope("practice".to_owned());
    open.store.write(move |tx| {
        let mut region = meta::get::<Region>(tx, REGION)?.unwrap_or(fresh);
        let key = SigningKey::from_bytes(&region.seed);
        let mut page: Vec<SignedEvent> = log::outbox(tx, TURN_EVENTS, TURN_BYTES)?;
        for ((body, circle), id) in events.into_iter().zip(ids) {
            let Some(case_id) = case else { break };
            page.push(sign(
                &mut region,
                &key,
                &Author { id, case_id, now, station: &station },
                body,
                circle,
            )?);
        }
        let first = log::cursor(tx, &scope)?.0;
        let entries: Vec<FeedEntry> = page
            .into_iter()
            .zip(first + 1..)
            .map(|(event, pos)| FeedEntry { pos: Pos(pos), recorded_at: now, event })
            .collect();
        let next = Pos(first + entries.len() as u64);
        let (officers, region_key) = (officers::keys(tx)?, key.verifying_key());
        let keys = |e: &Envelope| match e.role {
            Role::Region => Some(region_key),
            _ => officers.get(&e.actor_id).copied(),
        };
        let page = FeedPage { entries, next, more: false, moves: Vec::new(), root: None };
        let desk = log::Following { keys: &keys, scopes: std::slice::from_ref(&scope) };
        log::apply_feed(tx, &scope, &page, desk)?;
        meta::put(tx, REGION, &region)
    })?;
    Ok(())
}

struct Author<'a> {
    id: EventId,
    case_id: CaseId,
    now: DateTime<Utc>,
    station: &'a esik_domain::ids::StationId,
}

fn sign(
    region: &mut Region,
    key: &SigningKey,
    by: &Author<'_>,
    body: Body,
    circle: Circle,
) -> Result<SignedEvent, StoreError> {
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        id: by.id,
        case_id: by.case_id,
        device_id: region.device,
        incarnation: 1,
        device_seq: DeviceSeq(region.seq + 1),
        prev: region.hash.hex(),
        actor_id: OfficerId(region.device.0),
        role: Role::Region,
        station_id: by.station.clone(),
        kind: body.kind().to_owned(),
        version: 1,
        critical: body.critical(),
        occurred_at: by.now,
        clock: None,
        base: None,
        circle,
        on_behalf: Some(PLAYED_BY.to_owned()),
        body: body.to_value()?,
    };
    let signed = SignedEvent::sign(&envelope, key)?;
    let head = Head { seq: region.seq + 1, hash: signed.hash() };
    (region.seq, region.hash) = (head.seq, head.hash);
    Ok(signed)
}
