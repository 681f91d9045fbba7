//! From one line to the events that are saved: decided by the same plan as an intake at the desk.

use chrono::{DateTime, Datelike as _, SubsecRound as _, Utc};
use esik_app::api::{IntakeForm, ReferralForm, Refusal, TaskForm};
use esik_app::env::Env;
use esik_app::intake::plan::{Ground, clean, plan, refusal as told};
use esik_app::{Open, refusal};
use esik_domain::calendar::local;
use esik_domain::catalog::{Catalog, circle_for, circle_for_agency};
use esik_domain::closing::needs_second;
use esik_domain::deadline::Counting;
use esik_domain::event::{
    AdviceGiven, Body, CaseClosed, Channel, ClosingAsked, ContactHow, ContactMade, Disclosed,
    NoteAdded, Party, PartyAdded, PartyRole, Reached, ReferralHanded, ReferralReminded,
    TEXT_BYTES_MAX, Told, VisitNoted, Way, Word,
};
use esik_domain::ids::{
    AgencyCode, CaseId, CategoryCode, Circle, DeviceId, EventId, PartyId, ReferralId,
};
use esik_domain::text::normalize_input;
use esik_store::exchange::cases::{CaseLine, EventLine, PartyLine};
use esik_store::log::NewEvent;
use esik_store::{StoreError, Tx};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Longest number of a register, in characters.
const NUMBER_CHARS_MAX: usize = 64;
/// Most events a line may carry.
const EVENTS_MAX: usize = 1000;
/// How far a desk's clock may be behind the system the data come from.
const AHEAD: chrono::Duration = chrono::Duration::days(1);

/// A line that was read and checked.
pub struct Ready {
    pub line: u64,
    pub case: CaseId,
    content: CaseLine,
}

impl Ready {
    /// The case's id follows from the line: importing a file again finds what is there.
    pub fn new(
        line: u64,
        content: CaseLine,
        source: &[u8],
        device: DeviceId,
        seen: &mut HashMap<CaseId, u32>,
    ) -> Self {
        let number = content.number.as_deref().map(str::trim).filter(|n| !n.is_empty());
        let mut hash = Sha256::new_with_prefix(b"esik/import/1\0");
        hash.update(device.0.as_bytes());
        match number {
            Some(number) => hash.update(number.as_bytes()),
            None => hash.update(source),
        }
        let case = id(&content, hash.clone());
        let case = if number.is_some() {
            case
        } else {
            let times = seen.entry(case).or_insert(0);
            *times += 1;
            if *times == 1 {
                case
            } else {
                hash.update(times.to_be_bytes());
                id(&content, hash)
            }
        };
        Self { line, case, content }
    }
}

/// Grows with the time of opening, as every id of the product does; the rest is the hash.
fn id(content: &CaseLine, hash: Sha256) -> CaseId {
    let digest = hash.finalize();
    let mut rest = [0; 10];
    rest.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    let millis =
        content.opened_at.map_or(0, |at| u64::try_from(at.timestamp_millis()).unwrap_or(0));
    CaseId(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
}

/// What makes a line unusable.
pub fn check(line: &CaseLine, now: DateTime<Utc>) -> Result<(), Refusal> {
    if line.narrative.trim().is_empty() {
        return Err(refusal("missing_text"));
    }
    let texts = line
        .events
        .iter()
        .map(|e| e.text.len())
        .chain([line.narrative.len(), line.address.as_ref().map_or(0, |a| a.text.len())]);
    if texts.max().unwrap_or(0) > TEXT_BYTES_MAX / 2 || line.events.len() > EVENTS_MAX {
        return Err(refusal("text_too_long"));
    }
    if line.number.as_ref().is_some_and(|n| n.chars().count() > NUMBER_CHARS_MAX) {
        return Err(refusal("bad_number"));
    }
    if line.opened_at.is_some_and(|at| at > now + AHEAD || at.timestamp() < 0) {
        return Err(refusal("bad_time"));
    }
    let catalog = Catalog::shipped();
    if let Some(code) = &line.category
        && catalog.category(code).is_none_or(|c| c.level != 2)
    {
        return Err(told("unknown_category", &[("category", code)]));
    }
    if let Some(code) = &line.agency
        && catalog.agency(code).is_none()
    {
        return Err(told("unknown_agency", &[("agency", code)]));
    }
    Ok(())
}

/// Everything that is saved of a line, in order, each with its own time.
pub fn decide(
    tx: &Tx<'_>,
    ready: &Ready,
    open: &Open,
    env: &Env,
) -> Result<Vec<NewEvent>, StoreError> {
    let line = &ready.content;
    let opened_at = line.opened_at.unwrap_or_else(|| env.now()).trunc_subsecs(3);
    let given = line.number.as_deref().map(|n| normalize_input(n).trim().to_owned());
    let number = match given.filter(|n| !n.is_empty()) {
        Some(number) => number,
        None => {
            let year = local(opened_at).year();
            let (station, now) = (&open.station, env.now());
            esik_store::numbers::take_number(tx, station, year, open.device_id, now)?.number
        }
    };
    let uuid = || env.uuid();
    let calendars = esik_store::publications::calendars(tx)?;
    let ground = Ground {
        catalog: Catalog::shipped(),
        calendar: calendars.now(),
        counting: Counting::default(),
        now: opened_at,
        number,
        uuid: &uuid,
        officer: open.actor.id,
        knowledge: None,
        files: &[],
        ticket: Circle::open(),
        existing: None,
    };
    let planned = plan(&form(line), &ground);
    if let Some(missing) = planned.missing.into_iter().next() {
        return Err(StoreError::Refused(missing.code));
    }
    let circle = planned.circle;
    let closed = line.events.iter().any(|e| e.kind == "closed");
    let mut referral = None;
    let mut out = Vec::with_capacity(planned.events.len() + line.events.len());
    for mut event in planned.events {
        match &mut event.body {
            Body::CaseOpened(opened) => {
                opened.address.clone_from(&line.address);
                if let Some(address) = &mut opened.address {
                    address.text = normalize_input(&address.text);
                }
                opened.ext_number.clone_from(&line.ext_number);
            }
            Body::ReferralDrafted(drafted) => {
                referral = Some((drafted.referral_id, event.circle.clone()))
            }
            // What ended elsewhere is not sent to the body once more.
            Body::ReferralSent(_) if closed => continue,
            _ => {}
        }
        let sent = matches!(event.body, Body::ReferralSent(_));
        let circle = event.circle;
        out.push(new(env, event.body, opened_at).within(circle.clone()));
        // The body had it through the system this comes from: nobody hands it over once more.
        if let Some((referral_id, _)) = referral.as_ref().filter(|_| sent) {
            let day = local(opened_at).date_naive();
            let handed = ReferralHanded {
                referral_id: *referral_id,
                told: Told { way: Way::Import, day, who: String::new(), letter: None },
                incoming_number: String::new(),
                more: Map::new(),
            };
            out.push(new(env, Body::ReferralHanded(handed), opened_at).within(circle));
        }
    }
    for party in beside(line) {
        let party = clean(&party_of(party));
        let body = PartyAdded { party_id: PartyId(env.uuid()), party, more: Map::new() };
        out.push(new(env, Body::PartyAdded(body), opened_at).within(circle.clone()));
    }
    let mut ended = false;
    for event in &line.events {
        let ends = event.kind == "closed";
        let at = event.at.unwrap_or(opened_at).trunc_subsecs(3);
        let of_referral = event.kind == "reminder";
        let bodies = if ends && ended {
            // A case ends once; what is said of it a second time is kept as words.
            vec![note(format!("[closed] {}", normalize_input(&event.text)))]
        } else {
            bodies(event, line, referral.as_ref().map(|(id, _)| *id))
        };
        ended |= ends;
        let circle = match &referral {
            // That a crisis centre was reminded is as restricted as that it was asked.
            Some((_, circle)) if of_referral => circle.clone(),
            _ => circle.clone(),
        };
        out.extend(bodies.into_iter().map(|body| new(env, body, at).within(circle.clone())));
    }
    Ok(out)
}

fn new(env: &Env, body: Body, at: DateTime<Utc>) -> NewEvent {
    NewEvent::new(EventId(env.uuid()), body, at)
}

fn first_of(line: &CaseLine, role: PartyRole) -> Option<usize> {
    line.parties.iter().position(|p| p.role == role)
}

/// Everybody but the two people an intake has a place for.
fn beside(line: &CaseLine) -> impl Iterator<Item = &PartyLine> {
    let placed = [PartyRole::Applicant, PartyRole::Represented].map(|role| first_of(line, role));
    line.parties
        .iter()
        .enumerate()
        .filter(move |(i, _)| !placed.contains(&Some(*i)))
        .map(|(_, p)| p)
}

fn form(line: &CaseLine) -> IntakeForm {
    let first = |role| first_of(line, role).and_then(|i| line.parties.get(i)).map(party_of);
    let category = line.category.as_deref().map(CategoryCode::from);
    let restricted = line.category.as_deref().and_then(circle_for).is_some()
        || line.agency.as_deref().and_then(circle_for_agency).is_some();
    let mut form = IntakeForm {
        text: line.narrative.clone(),
        language: language(line),
        channel: channel(line.channel.as_deref()),
        applicant: first(PartyRole::Applicant).unwrap_or_default(),
        represented: first(PartyRole::Represented),
        category,
        ..IntakeForm::default()
    };
    let unit = |code: &str| Catalog::shipped().agency(code).is_some_and(|a| a.internal);
    match line.agency.as_deref() {
        None => {}
        Some(code) if unit(code) => form.tasks.push(TaskForm {
            unit: AgencyCode::from(code),
            text: esik_app::intake::plan::title(&line.narrative),
            due: None,
        }),
        Some(code) => form.referrals.push(ReferralForm {
            agency: AgencyCode::from(code),
            text: String::new(),
            // Where the trouble is, and nothing of the person.
            disclosed: Disclosed { address: !restricted, ..Disclosed::default() },
            answer_due: None,
            circle: None,
            consent: false,
            basis: None,
            copy: false,
            files: Vec::new(),
            issue: None,
        }),
    }
    if let Some(address) = &line.address {
        form.address.clone_from(&address.text);
    }
    form
}

fn party_of(p: &PartyLine) -> Party {
    Party {
        role: p.role,
        surname: p.surname.clone(),
        given: p.given.clone(),
        patronymic: p.patronymic.clone(),
        organisation: p.organisation.clone(),
        iin: p.iin.clone(),
        phone: p.phone.clone(),
        call_note: String::new(),
        do_not_call: false,
    }
}

fn channel(name: Option<&str>) -> Channel {
    name.and_then(|n| serde_json::from_value(Value::String(n.to_owned())).ok())
        .unwrap_or(Channel::Import)
}

fn language(line: &CaseLine) -> String {
    match line.language.as_deref().map(str::trim).filter(|l| !l.is_empty()) {
        Some(language) => language.chars().take(16).collect(),
        None if line.narrative.contains(['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і']) => {
            "kk".to_owned()
        }
        None => "ru".to_owned(),
    }
}

fn note(text: String) -> Body {
    Body::NoteAdded(NoteAdded { text, more: Map::new() })
}

fn bodies(event: &EventLine, line: &CaseLine, referral: Option<ReferralId>) -> Vec<Body> {
    let text = normalize_input(&event.text);
    let contact = |how, text| {
        let (reached, word) = (Reached::Yes, None);
        Body::ContactMade(ContactMade { how, reached, word, text, more: Map::new() })
    };
    let one = match (event.kind.as_str(), referral) {
        ("call", _) => contact(ContactHow::Call, text),
        ("message", _) => contact(ContactHow::Message, text),
        ("letter", _) => contact(ContactHow::Letter, text),
        ("in_person", _) => contact(ContactHow::InPerson, text),
        ("note", _) => note(text),
        ("advice", _) => Body::AdviceGiven(AdviceGiven {
            text,
            category: line.category.as_deref().map(CategoryCode::from),
            only: false,
            cards: Vec::new(),
            cited: Vec::new(),
            more: Map::new(),
        }),
        ("reminder", Some(referral_id)) => Body::ReferralReminded(ReferralReminded {
            referral_id,
            not_before: None,
            more: Map::new(),
        }),
        // Who loads the data has not looked at the case for a colleague: the second look is still owed.
        (kind, _)
            if kind == "closing_asked"
                || kind == "closed" && line.category.as_deref().is_some_and(needs_second) =>
        {
            Body::ClosingAsked(ClosingAsked {
                word: Word::NotAsked,
                outcome: "explained".to_owned(),
                text,
                satisfaction: None,
                not_called: String::new(),
                more: Map::new(),
            })
        }
        ("closed", _) => Body::CaseClosed(CaseClosed {
            word: Word::NotAsked,
            outcome: "explained".to_owned(),
            text,
            satisfaction: None,
            not_called: String::new(),
            more: Map::new(),
        }),
        ("visit", _) => {
            let visit = Body::VisitNoted(VisitNoted {
                channel: Channel::FrontOffice,
                language: language(line),
                circumstances: Vec::new(),
                minutes: None,
                more: Map::new(),
            });
            return if text.trim().is_empty() { vec![visit] } else { vec![visit, note(text)] };
        }
        // A kind of another system: the words are kept with its name before them.
        ("", _) => note(text),
        (kind, _) => note(format!("[{kind}] {text}")),
    };
    vec![one]
}
