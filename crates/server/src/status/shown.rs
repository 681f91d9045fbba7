//! What of a case the page may show: a list of what is allowed, and nothing that is not on it.

use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendar::local;
use esik_domain::case::{CaseState, Referral, ReferralState};
use esik_domain::catalog::Catalog;
use esik_domain::event::Word;
use esik_domain::ids::AgencyCode;
use serde::Serialize;

/// As its head may set it.
const PHONE_CHARS_MAX: usize = 60;

/// How a case is, in five words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written down; nothing was sent yet.
    Received,
    /// Somebody works on it.
    Work,
    /// Every body answered; the station looks at it and tells the applicant.
    Answered,
    /// It is over.
    Closed,
    /// Whatever becomes of it is said in person only.
    InPerson,
}

/// Everything that leaves. No name, no address, no telephone, no text, no theme: there is no field for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shown {
    pub number: String,
    /// Whom to call: as the paper tells it.
    pub phone: Option<String>,
    pub state: State,
    pub received: NaiveDate,
    /// What was promised, as on the coupon.
    pub promised: Vec<Promised>,
    /// By when something has to come next.
    pub next: Option<NaiveDate>,
    /// The last day on which something changed that stands here.
    pub changed: NaiveDate,
    /// Is it asked whether the trouble is over? Told by what stands on the page anyway.
    pub asks: bool,
    /// What was said here last; never where somebody else may look.
    pub said: Option<LastSaid>,
}

/// What was said here last: in one word, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct LastSaid {
    /// None = a message.
    pub word: Option<Word>,
    pub on: NaiveDate,
}

/// One promise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Promised {
    /// The body; none where it must not be named.
    pub body: Option<AgencyCode>,
    pub until: NaiveDate,
    pub kept: bool,
}

impl Shown {
    /// None for what never became a case.
    pub fn of(case: &CaseState, today: NaiveDate) -> Option<Self> {
        let coupon = case.coupon.as_ref().filter(|_| case.is_case())?;
        let opened = case.opened_at.unwrap_or(case.first_at);
        let in_person = case.in_person_only();
        let promised = promised(case, in_person);
        let closed = case.closed.is_some();
        let open = promised.iter().filter(|p| !p.kept).map(|p| p.until).min();
        let next = open.or_else(|| case.legal_last_day()).filter(|_| !closed);
        let day = |at: DateTime<Utc>| local(at).date_naive();
        let state = state(case, in_person);
        // Where nothing of the progress is told, that an answer came shows nowhere either.
        let asks =
            matches!(state, State::Answered | State::Closed) || next.is_some_and(|day| day < today);
        let last = case.said.last().filter(|_| !in_person);
        Some(Self {
            asks,
            said: last.map(|s| LastSaid { word: s.word, on: day(s.at) }),
            number: coupon.number.clone(),
            phone: phone(&coupon.phone),
            state,
            received: day(opened),
            next,
            changed: day(changed(case, opened, in_person)),
            promised,
        })
    }
}

/// A telephone in a line, of the signs that telephones are written with and a word or two beside; of anything else none.
fn phone(kept: &str) -> Option<String> {
    let kept = kept.trim();
    let sign = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '+' | '-' | '–' | '(' | ')' | ',' | ';' | '.' | '/')
    };
    let fits = kept.chars().count() <= PHONE_CHARS_MAX && kept.chars().all(sign);
    (fits && kept.chars().any(|c| c.is_ascii_digit())).then(|| kept.to_owned())
}

/// Referrals that stand: sent, not taken back, not refused, nor followed by another.
fn standing(case: &CaseState) -> impl Iterator<Item = &Referral> {
    case.referrals.iter().filter(|r| {
        r.sent_at.is_some()
            && r.withdrawn.is_none()
            && r.rejected.is_none()
            && r.replaced_by.is_none()
    })
}

fn answered(r: &Referral) -> bool {
    matches!(r.state(), ReferralState::Answered | ReferralState::Checked)
}

fn state(case: &CaseState, in_person: bool) -> State {
    let mut sent = standing(case).peekable();
    let under_way = sent.peek().is_some() || !case.tasks.is_empty();
    let done = case.tasks.iter().all(|t| t.done.is_some());
    match () {
        () if case.closed.is_some() => State::Closed,
        () if in_person => State::InPerson,
        () if !under_way && case.referrals.iter().all(|r| r.sent_at.is_none()) => State::Received,
        () if under_way && done && sent.all(answered) => State::Answered,
        () => State::Work,
    }
}

/// As the coupon tells it (`crates/app/src/paper/of_case.rs`), and whether it was kept.
fn promised(case: &CaseState, in_person: bool) -> Vec<Promised> {
    let of_bodies = standing(case).map(|r| (&r.agency, r.answer_due, answered(r)));
    let of_tasks = case.tasks.iter().map(|t| (&t.unit, t.due, t.done.is_some()));
    let mut all: Vec<Promised> = of_bodies
        .chain(of_tasks)
        .filter_map(|(body, until, kept)| {
            let named = !in_person && Catalog::shipped().agency(body.as_str()).is_some();
            let kept = kept && !in_person;
            Some(Promised { body: named.then(|| body.clone()), until: until?, kept })
        })
        .collect();
    if in_person {
        // How many bodies there are would tell of them, too.
        all.sort_by_key(|p| p.until);
        all.truncate(1);
    }
    all
}

/// The last moment at which something changed that stands on the page.
fn changed(case: &CaseState, opened: DateTime<Utc>, in_person: bool) -> DateTime<Utc> {
    let mut moments = vec![opened];
    moments.extend(case.closed.as_ref().map(|c| c.at));
    if in_person {
        return moments.into_iter().max().unwrap_or(opened);
    }
    for r in &case.referrals {
        moments.extend(r.sent_at);
        let stamps = [
            r.withdrawn.as_ref(),
            r.rejected.as_ref().map(|x| &x.stamp),
            r.answered.as_ref().map(|x| &x.stamp),
            r.checked.as_ref().map(|x| &x.stamp),
        ];
        moments.extend(stamps.into_iter().flatten().map(|s| s.at));
    }
    for t in &case.tasks {
        moments.push(t.assigned_at);
        moments.extend(t.done.as_ref().map(|s| s.at));
    }
    moments.extend(case.extensions.iter().filter(|e| e.granted).map(|e| e.at));
    if case.reopened > 0 && case.closed.is_none() {
        // When it was opened again is not kept; nothing of it is earlier than this.
        moments.push(case.last_at);
    }
    moments.into_iter().max().unwrap_or(opened)
}
