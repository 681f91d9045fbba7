//! Finishing an intake: one transaction makes the visit, the case, its referrals and the coupon's
//! number durable and removes the draft. Pressing twice finishes once.

use super::plan::{Becomes, Ground, Plan, Planned, plan, refusal, visit};
use crate::api::{
    Changed, IntakeDone, IntakeFinish, IntakeForm, Preview, PreviewRequest, RedirectPreview,
    ReferralPreview,
};
use crate::append::Pen;
use crate::attach;
use crate::case::person;
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::queue::leave::{in_hall, leave};
use crate::sync::moments::{region_time, year_of_number};
use chrono::{DateTime, Utc};
use esik_domain::calendars::Calendars;
use esik_domain::case::CaseState;
use esik_domain::catalog::{AppkBody, Catalog, CrimeFlag};
use esik_domain::deadline::Counting;
use esik_domain::event::{Body, CouponIssued, EnclosedFile, PartyRole};
use esik_domain::ids::{CaseId, CategoryCode, Circle, EventId, OfficerId};
use esik_domain::knowledge::Knowledge;
use esik_domain::person::{PersonRef, differ};
use esik_domain::priority::{Proposed, propose};
use esik_domain::round::own_circle;
use esik_domain::suggest::{FlagRoute, History, suggest};
use esik_store::numbers::Taken;
use esik_store::{StoreError, Tx};
use serde_json::Map;
use std::sync::Arc;

/// Letters and digits of a coupon's typed code: none that look alike.
const CODE_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What an intake is decided with: the region's publications, and the number that comes next.
struct Known {
    /// Of its register number.
    year: i32,
    /// The region's time, by which its block holds.
    now: DateTime<Utc>,
    calendars: Arc<Calendars>,
    knowledge: Arc<Knowledge>,
    next: Taken,
    /// Who may know of what was heard at the door.
    ticket: Circle,
    /// The case this visit belongs to, if the officer may know of it.
    existing: Option<CaseState>,
}

impl Known {
    fn of(open: &Open, clock: DateTime<Utc>, form: &IntakeForm) -> Result<Self, AppError> {
        Ok(open.store.read(|conn| {
            let year = year_of_number(conn, clock)?;
            let now = region_time(conn, clock)?;
            Ok(Self {
                year,
                now,
                calendars: esik_store::publications::calendars(conn)?,
                knowledge: crate::knowledge::look::as_confirmed(conn)?,
                next: esik_store::numbers::peek(conn, &open.station, year, open.device_id, now)?,
                ticket: match form.ticket {
                    Some(ticket) => esik_store::lists::ticket_circle(conn, ticket)?,
                    None => Circle::open(),
                },
                existing: match form.existing_case {
                    Some(id) => esik_store::lists::case_state(conn, &open.actor, id)?
                        .filter(|case| !case.is_beside()),
                    None => None,
                },
            })
        })?)
    }
}

fn ground<'a>(
    now: DateTime<Utc>,
    officer: OfficerId,
    number: String,
    uuid: &'a dyn Fn() -> uuid::Uuid,
    known: &'a Known,
    files: &'a [EnclosedFile],
) -> Ground<'a> {
    Ground {
        catalog: Catalog::shipped(),
        calendar: known.calendars.now(),
        counting: Counting::default(),
        now,
        number,
        uuid,
        officer,
        knowledge: Some(&known.knowledge),
        files,
        ticket: known.ticket.clone(),
        existing: known.existing.as_ref(),
    }
}

/// What finishing would do; nothing is saved and no number is used.
///
/// # Errors
/// The store's.
pub fn intake_preview(desk: &Desk, r: PreviewRequest) -> Result<Preview, AppError> {
    let open = desk.opened()?;
    // By the moment that finishing would save: else another year, or another day, is promised here than there.
    let now = Pen::new(desk, Arc::clone(&open)).at;
    let known = Known::of(&open, desk.env().now(), &r.form)?;
    let next = known.next.clone();
    let env = desk.env().clone();
    let files = match r.draft {
        Some(draft) => open.store.read(|conn| attach::draft::enclosed(conn, &open, draft))?,
        None => Vec::new(),
    };
    let uuid = || env.uuid();
    let decided =
        plan(&r.form, &ground(now, open.actor.id, next.number.clone(), &uuid, &known, &files));
    let makes_case = decided.becomes == Becomes::Case;
    let mut warnings = decided.warnings;
    if decided.restricts {
        warnings.push(refusal("visit_restricts", &[("circle", &decided.circle.0)]));
    }
    if shows_a_crime(&r.form) {
        warnings.push(refusal("crime_sign", &[]));
    }
    Ok(Preview {
        becomes: decided.becomes.code().to_owned(),
        number: makes_case.then_some(next.number),
        own_series: makes_case && next.own_series,
        circle: decided.circle.0,
        referrals: decided
            .referrals
            .into_iter()
            .map(|x| ReferralPreview {
                private_body: Catalog::shipped()
                    .agency(x.agency.as_str())
                    .is_some_and(|a| a.appk_body == AppkBody::No),
                agency: x.agency,
                category: x.category,
                leaves: x.leaves,
                files: x.files.iter().map(EnclosedFile::enclosure).collect(),
                files_stay: x.files_stay.map(|fault| fault.code().to_owned()),
                answer: x.answer,
                circle: x.circle.0,
                copy_to: x.copy_to,
                copy_of: x.copy_of,
            })
            .collect(),
        redirect: decided.redirect.map(|r| RedirectPreview {
            agency: r.agency,
            leaves: r.leaves,
            by: r.by,
            circle: r.circle.0,
        }),
        warnings,
        missing: decided.missing,
        obligations: Vec::new(),
        priority: (makes_case || known.existing.as_ref().is_some_and(is_open))
            .then(|| priority(&r.form, known.existing.as_ref()))
            .flatten(),
    })
}

fn is_open(case: &CaseState) -> bool {
    case.is_case() && case.closed.is_none()
}

/// What the rule will propose, from this visit and those before; of a case there is, only where that makes it sooner.
fn priority(form: &IntakeForm, before: Option<&CaseState>) -> Option<Proposed> {
    let now =
        form.category.iter().chain(form.more_issues.iter().filter_map(|i| i.category.as_ref()));
    let known = before.into_iter().flat_map(|case| case.issues.iter().map(|i| &i.category));
    let told = before.into_iter().flat_map(|case| &case.visits).flat_map(|v| &v.circumstances);
    let proposed = propose(
        now.chain(known).map(CategoryCode::as_str),
        form.circumstances.iter().chain(told).map(String::as_str),
    );
    let sooner = |case: &CaseState| {
        let word = case.priority_word.as_ref().filter(|word| word.priority.is_some());
        let stands = word.is_some_and(|word| proposed.priority >= word.over);
        proposed.priority < case.priority() && !stands
    };
    before.is_none_or(sooner).then_some(proposed)
}

/// The words or the theme tell of a crime, and nobody wrote down that it was registered.
fn shows_a_crime(form: &IntakeForm) -> bool {
    let catalog = Catalog::shipped();
    let theme = form.category.as_ref().and_then(|c| catalog.category(c.as_str()));
    let by_theme = theme.is_some_and(|c| c.crime_flag == Some(CrimeFlag::Register));
    let by_words = || {
        let found = suggest(catalog, &form.text, &History::default());
        found.red_flags.iter().any(|flag| flag.route == FlagRoute::Register)
    };
    form.crime.is_none() && (by_theme || by_words())
}

/// Saves everything at once.
///
/// # Errors
/// The first thing that is missing for the chosen way; a disk that refuses. The draft stays then.
pub fn intake_finish(desk: &Desk, r: IntakeFinish) -> Result<IntakeDone, AppError> {
    let open = desk.opened()?;
    let pen = Pen::new(desk, Arc::clone(&open));
    let known = Known::of(&open, desk.env().now(), &r.form)?;
    let (year, now) = (known.year, known.now);
    let fresh = r.draft.map_or_else(|| pen.uuid(), |d| d.0);
    // A draft becomes the case of its own id: pressing twice (or a retry) finds it there.
    let case = r.form.existing_case.unwrap_or(CaseId(fresh));
    if r.form.existing_case.is_none()
        && r.draft.is_some()
        && let Some(done) = already(desk, case)?
    {
        return Ok(done);
    }
    let expected = known.next.number.clone();
    let mut decided = plan(
        &r.form,
        &ground(pen.at, open.actor.id, expected.clone(), &|| pen.uuid(), &known, &[]),
    );
    let becomes = decided.becomes;
    if let Some(missing) = decided.missing.first() {
        return Err(AppError::Refused(missing.clone()));
    }
    if let Some(named) = r.form.undecided.as_ref().and_then(|u| u.controller) {
        crate::case::controller::may_answer(&open, named, &decided.circle, open.actor.id)?;
    }
    let into_circle = restricting(&known, &decided, &open)?;
    let secret = hex::encode(desk.env().random::<16>());
    let code = coupon_code(desk.env().random::<8>());
    let (form, draft, officer) = (r.form.clone(), r.draft, open.actor.id);
    let waits = match form.ticket {
        Some(ticket) => in_hall(desk, ticket)?,
        None => false,
    };
    let saved = open.store.write(move |tx| {
        let open = &pen.open;
        let files = match draft {
            Some(draft) => attach::draft::enclosed(tx, open, draft)?,
            None => Vec::new(),
        };
        let mut number = String::new();
        if becomes == Becomes::Case {
            number =
                esik_store::numbers::take_number(tx, &open.station, year, open.device_id, now)?
                    .number;
        }
        // Decided again inside the transaction, if its files or the number it really gets (another save was
        // faster; what becomes no case has none) make another thing of it.
        if !files.is_empty() || number != expected {
            let with = number.clone();
            decided = plan(
                &form,
                &ground(pen.at, pen.open.actor.id, with, &|| pen.uuid(), &known, &files),
            );
        }
        if becomes == Becomes::Case {
            let phone = crate::session::contacts::read(tx)?.phone;
            coupon(&mut decided, &pen, &number, (code, secret), phone);
        }
        let circle = circle_of(tx, &pen, form.existing_case, &decided.circle)?;
        // A visit says nothing more openly than the case it belongs to.
        for event in decided.events.iter_mut().filter(|e| e.circle.is_open()) {
            event.circle = circle.clone();
        }
        let mut wiped = Vec::new();
        match draft {
            // What a crime was about lives in КУИ (`settled.md` 2): its pictures too.
            Some(draft) if form.crime.is_some() => {
                wiped = attach::draft::addresses(tx, officer, draft)?;
                for (place, body) in attach::of_place::taken_back(tx, &wiped)? {
                    pen.append(tx, place, vec![(Planned { body, circle: own_circle() }, None)])?;
                }
            }
            Some(draft) => {
                decided.events.extend(attach::draft::linked(tx, &pen, draft, &circle)?);
            }
            None => {}
        }
        let base = |p: &Planned| visit::base(&p.body, known.existing.as_ref()?);
        // The case goes first: what this visit says is said in its circle already.
        let mut events = into_circle;
        for planned in decided.events {
            let base = base(&planned);
            events.push((planned, base));
        }
        let recognised = recognised(tx, &pen, &form, CaseId(fresh), &events)?;
        pen.append(tx, case, events)?;
        if let Some((of, known)) = recognised {
            pen.append(tx, of, vec![(known, None)])?;
        }
        if let Some(draft) = draft {
            esik_store::drafts::discard(tx, officer, draft)?;
        }
        if let Some(ticket) = form.ticket.filter(|_| waits) {
            leave(tx, &pen, ticket, "served")?;
        }
        Ok::<_, StoreError>((becomes, number, wiped))
    });
    let (becomes, number, wiped) = saved?;
    attach::draft::remove_files(&open, wiped);
    if r.form.crime.is_some() {
        // Entering the КУИ number wipes the rest: also out of the write-ahead log (`settled.md` 2).
        if let Err(error) = open.store.flush() {
            // The intake is saved; the log is emptied with the next save or at lock.
            tracing::warn!(%error, "the log could not be emptied yet");
        }
    }
    desk.wake();
    let coupon_opened = becomes == Becomes::Case
        && r.print
        && crate::case::coupon::print(desk, &open, case).unwrap_or_else(|error| {
            // The case is saved; that the viewer did not start is told, not failed.
            tracing::warn!(%error, "the coupon could not be shown");
            false
        });
    Ok(IntakeDone {
        case,
        number: Some(number).filter(|n| !n.is_empty()),
        becomes: becomes.code().to_owned(),
        coupon_opened,
        changed: Changed {
            cases: vec![case.to_string()],
            lists: ["reception", "control", "drafts", "queue", "sync"].map(str::to_owned).to_vec(),
        },
    })
}

/// What puts the case of this visit into a circle, when a theme it brings wants that.
fn restricting(
    known: &Known,
    decided: &Plan,
    open: &Open,
) -> Result<Vec<(Planned, Option<EventId>)>, AppError> {
    let Some(case) = known.existing.as_ref().filter(|_| decided.restricts) else {
        return Ok(Vec::new());
    };
    let circle = decided.circle.clone();
    let lines = crate::case::restrict::into_circle(case, open, &circle.0, String::new())?;
    Ok(lines
        .into_iter()
        .map(|l| (Planned { body: l.body, circle: circle.clone() }, l.base))
        .collect())
}

/// The officer took the applicant over from an earlier case: that is a word on who they are, kept where [`person::kept_with`]
/// says. None where somebody else was typed over it since, or where nobody could know of both.
fn recognised(
    tx: &Tx<'_>,
    pen: &Pen,
    form: &IntakeForm,
    case: CaseId,
    events: &[(Planned, Option<EventId>)],
) -> Result<Option<(CaseId, Planned)>, StoreError> {
    let Some(card) = form.known_as.filter(|_| form.existing_case.is_none()) else {
        return Ok(None);
    };
    let applicant = events.iter().find_map(|(p, _)| match &p.body {
        Body::PartyAdded(b) if b.party.role == PartyRole::Applicant => Some((b, &p.circle)),
        _ => None,
    });
    let Some((added, circle)) = applicant else { return Ok(None) };
    let Some(known) = person::known(tx, &pen.open.actor, card)? else { return Ok(None) };
    let named = added.party.full_name() == known.party.full_name();
    let numbered = !added.party.iin.is_empty() && added.party.iin == known.party.iin;
    if !(named || numbered) || differ(&added.party, &known.party) {
        return Ok(None);
    }
    let here = (PersonRef { case, party: added.party_id }, circle.clone());
    let kept = person::kept_with(here, (card, known.circle));
    Ok(kept.map(|(at, other, circle)| {
        (
            at.case,
            Planned { body: person::word(at.party, other, Some(true), String::new()), circle },
        )
    }))
}

/// Who may know of it: as of the case it goes to, and never more than this intake's own circle.
fn circle_of(
    tx: &Tx<'_>,
    pen: &Pen,
    existing: Option<CaseId>,
    own: &Circle,
) -> Result<Circle, StoreError> {
    let Some(id) = existing else { return Ok(own.clone()) };
    let case = esik_store::lists::case_state(tx, &pen.open.actor, id)?;
    // A case the officer may not know of is none.
    let case = case.ok_or_else(|| StoreError::Refused("not_found".to_owned()))?;
    Ok(if own.is_open() { case.circle } else { own.clone() })
}

/// The answer of an intake that was finished before.
fn already(desk: &Desk, case: CaseId) -> Result<Option<IntakeDone>, AppError> {
    let open = desk.opened()?;
    let state = open.store.read(|conn| esik_store::lists::case_state(conn, &open.actor, case))?;
    Ok(state.map(|s| IntakeDone {
        case,
        becomes: match (&s.number, &s.crime) {
            (Some(_), _) => Becomes::Case,
            (None, Some(_)) => Becomes::Crime,
            (None, None) => Becomes::Advice,
        }
        .code()
        .to_owned(),
        number: s.number,
        coupon_opened: false,
        changed: Changed::default(),
    }))
}

fn coupon(
    decided: &mut Plan,
    pen: &Pen,
    number: &str,
    (code, secret): (String, String),
    phone: String,
) {
    let circle = decided.circle.clone();
    decided.events.push(super::plan::Planned {
        body: Body::CouponIssued(CouponIssued {
            number: number.to_owned(),
            code,
            secret,
            receiver_name: pen.open.name.clone(),
            receiver_post: pen.open.post.clone(),
            phone,
            more: Map::new(),
        }),
        circle,
    });
}

fn coupon_code(random: [u8; 8]) -> String {
    random
        .iter()
        .filter_map(|b| CODE_ALPHABET.get(usize::from(b % 32)))
        .map(|b| char::from(*b))
        .collect()
}
