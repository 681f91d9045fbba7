//! Pages as values: what a template shows, already in words.

use super::act::May;
use super::clerks::SignedIn;
use super::files::FileLine;
use super::forms::{Fault, Typed};
use super::requests::Found;
use super::texts::Texts;
use super::visitor::{Visitor, lang_cookie};
use crate::store::{RequestCounts, RequestList, RequestRow, StationRow};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{Referral, ReferralState};
use esik_domain::catalog::{Catalog, Lang};
use esik_domain::ids::StationId;
use std::collections::HashMap;

/// How the language is switched without losing what was typed.
pub enum Switch {
    /// A link: there is no form on the page.
    Link(String),
    /// A button of the form with this id.
    Form(&'static str),
}

/// What every page has.
pub struct Frame {
    pub t: &'static Texts,
    pub lang: &'static str,
    pub other: &'static str,
    pub title: String,
    pub clerk: Option<SignedIn>,
    pub agency: String,
    pub switch: Switch,
    cookie: Option<String>,
}

impl Frame {
    pub fn new(v: &Visitor, title: String, switch: Switch) -> Self {
        let lang = v.t.lang();
        let agency = v.clerk.as_ref().map(|c| {
            if c.is_operator() { v.t.get("operator") } else { agency_name(c.agency.as_str(), lang) }
        });
        Self {
            t: v.t,
            lang: lang.code(),
            other: v.t.other().code(),
            title,
            clerk: v.clerk.clone(),
            agency: agency.unwrap_or_default(),
            switch,
            cookie: v.chosen.map(lang_cookie),
        }
    }

    /// Is it an operator of the region who looks?
    pub fn operator(&self) -> bool {
        self.clerk.as_ref().is_some_and(SignedIn::is_operator)
    }

    /// The other language, for a link.
    pub fn link(v: &Visitor, path: &str) -> Switch {
        let sign = if path.contains('?') { '&' } else { '?' };
        Switch::Link(format!("{path}{sign}lang={}", v.t.other().code()))
    }
}

/// Name of an agency in a language; its code when the catalogue does not know it.
pub fn agency_name(code: &str, lang: Lang) -> String {
    Catalog::shipped().agency(code).map_or_else(|| code.to_owned(), |a| a.name.get(lang).to_owned())
}

/// Makes a page into an answer.
pub fn show<T: Template>(status: StatusCode, frame: &Frame, page: &T) -> Response {
    let html = match page.render() {
        Ok(html) => html,
        Err(e) => {
            tracing::error!(error = %e, "a page cannot be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    if let Some(value) = frame.cookie.as_deref().and_then(|c| HeaderValue::from_str(c).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// One line of text under a heading: not found, trouble.
#[derive(Template)]
#[template(path = "message.html")]
pub struct MessagePage<'a> {
    pub f: &'a Frame,
    pub text: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage<'a> {
    pub f: &'a Frame,
    pub login: String,
    pub notice: Option<String>,
    pub fault: Option<String>,
    /// The request whose form was sent after the session had ended, and what was typed there.
    pub next: String,
    pub kept: Option<Typed>,
}

/// A link to one list, with its count.
pub struct Tab {
    pub code: &'static str,
    pub name: String,
    pub count: u64,
    pub here: bool,
}

/// A row of a list.
pub struct Row {
    pub link: String,
    pub number: String,
    pub text: String,
    pub from: String,
    pub due: String,
    /// `late`, `warn` or nothing: which tag the date gets.
    pub due_mark: &'static str,
    pub state: String,
    pub state_mark: &'static str,
}

#[derive(Template)]
#[template(path = "list.html")]
pub struct ListPage<'a> {
    pub f: &'a Frame,
    pub tabs: Vec<Tab>,
    pub list: &'static str,
    pub empty: String,
    pub rows: Vec<Row>,
    pub page: u64,
    pub pages: u64,
    pub page_text: String,
}

pub const LISTS: [(&str, RequestList); 5] = [
    ("new", RequestList::New),
    ("work", RequestList::Work),
    ("late", RequestList::Late),
    ("answered", RequestList::Answered),
    ("back", RequestList::Back),
];

pub fn tabs(t: &Texts, c: &RequestCounts, here: &str) -> Vec<Tab> {
    LISTS
        .iter()
        .map(|(code, list)| Tab {
            code,
            name: t.get(&format!("list-{code}")),
            count: count_of(c, *list),
            here: *code == here,
        })
        .collect()
}

pub fn count_of(c: &RequestCounts, list: RequestList) -> u64 {
    match list {
        RequestList::New => c.new,
        RequestList::Work => c.work,
        RequestList::Late => c.late,
        RequestList::Answered => c.answered,
        RequestList::Back => c.back,
    }
}

/// State's name as the catalogues and the wire have it.
fn state_code(s: ReferralState) -> &'static str {
    use ReferralState as S;
    match s {
        S::Draft | S::WaitsForRegion | S::Sent => "sent",
        S::Delivered => "delivered",
        S::Registered => "registered",
        S::Accepted => "accepted",
        S::Rejected => "rejected",
        S::Answered => "answered",
        S::Checked => "checked",
        S::AnswerReturned => "answer_returned",
        S::Withdrawn => "withdrawn",
    }
}

pub fn state_name(t: &Texts, s: ReferralState) -> String {
    t.get(&format!("state-{}", state_code(s)))
}

fn state_mark(s: ReferralState) -> &'static str {
    use ReferralState as S;
    match s {
        S::Registered | S::Accepted => "acc",
        S::Answered | S::Checked => "ok",
        S::AnswerReturned => "warn",
        S::Rejected | S::Withdrawn => "calm",
        _ => "",
    }
}

/// The last day in words, with its mark; a finished request is never late.
fn due(t: &Texts, r: &Referral, today: NaiveDate) -> (String, &'static str) {
    use ReferralState as S;
    let Some(day) = r.answer_due else { return (t.get("due-none"), "") };
    let open = !matches!(r.state(), S::Answered | S::Checked | S::Rejected | S::Withdrawn);
    let late = (today - day).num_days();
    if open && late > 0 {
        (t.count("due-late", "days", late.unsigned_abs()), "late")
    } else if open && late == 0 {
        (t.get("due-today"), "warn")
    } else {
        (t.with("due-on", "date", &t.date(day)), "")
    }
}

fn leaving<'a>(r: &'a Referral, field: &str) -> Option<&'a str> {
    r.leaves.iter().find(|l| l.field == field).map(|l| l.value.as_str())
}

/// The request's number, when the station let it leave.
pub fn number(t: &Texts, r: &Referral) -> String {
    leaving(r, "number").map_or_else(|| t.get("no-number"), str::to_owned)
}

/// Who asks: the station's name in the page's language.
fn station_name(stations: &[StationRow], id: &StationId, lang: Lang) -> String {
    stations.iter().find(|s| s.id == *id).map_or_else(
        || id.0.clone(),
        |s| if lang == Lang::Ru { s.name.ru.clone() } else { s.name.kk.clone() },
    )
}

pub fn row(t: &Texts, r: &RequestRow, stations: &[StationRow], today: NaiveDate) -> Row {
    let referral = &r.doc.referral;
    let (due, due_mark) = due(t, referral, today);
    let text: String = leaving(referral, "text").unwrap_or_default().chars().take(160).collect();
    Row {
        link: format!("/portal/requests/{}", r.referral),
        number: number(t, referral),
        text,
        from: station_name(stations, &r.station, t.lang()),
        due,
        due_mark,
        state: state_name(t, referral.state()),
        state_mark: state_mark(referral.state()),
    }
}

/// A labelled value.
pub struct Field {
    pub label: String,
    pub value: String,
}

/// One reason an agency may choose.
pub struct Choice {
    pub code: &'static str,
    pub name: String,
    pub chosen: bool,
}

/// One line of what happened.
pub struct Happened {
    pub what: String,
    pub when: String,
    pub who: String,
}

/// The agency's own answer.
pub struct OwnAnswer {
    pub text: String,
    pub file: Option<String>,
}

#[derive(Template)]
#[template(path = "request.html")]
pub struct RequestPage<'a> {
    pub f: &'a Frame,
    pub id: String,
    pub number: String,
    pub from: String,
    pub due: String,
    pub due_mark: &'static str,
    pub state: String,
    pub state_mark: &'static str,
    pub leaves: Vec<Field>,
    pub files: Vec<FileLine>,
    pub happened: Vec<Happened>,
    pub answer: Option<OwnAnswer>,
    pub may: May,
    pub withdrawn: bool,
    /// The station's reason for taking it back; absent when none was given.
    pub withdrawn_why: Option<String>,
    /// Why the answer goes back, when it does.
    pub returned: Option<String>,
    pub reminded: Option<String>,
    pub choices: Vec<Choice>,
    pub typed: Typed,
    pub faults: Vec<(&'static str, String)>,
    pub done: Option<String>,
    pub kept: bool,
}

impl RequestPage<'_> {
    /// What is wrong with a field, for the template.
    pub fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(f, _)| *f == field).map(|(_, text)| text.as_str())
    }
    pub fn csrf(&self) -> &str {
        self.f.clerk.as_ref().map_or("", |c| c.csrf.as_str())
    }
}

/// What a request's page says beside the request itself.
#[derive(Default)]
pub struct Said {
    pub typed: Typed,
    pub faults: Vec<Fault>,
    pub done: Option<String>,
    pub kept: bool,
}

pub fn request_page<'a>(f: &'a Frame, found: &Found, said: Said) -> RequestPage<'a> {
    let t = f.t;
    let Found { request: r, files, stations, clerks, today, now } = found;
    let referral = &r.doc.referral;
    let (due, due_mark) = due(t, referral, *today);
    let state = referral.state();
    RequestPage {
        f,
        id: r.referral.to_string(),
        number: number(t, referral),
        from: station_name(stations, &r.station, t.lang()),
        due,
        due_mark,
        state: state_name(t, state),
        state_mark: state_mark(state),
        leaves: referral
            .leaves
            .iter()
            .filter(|l| l.field != "number" && (l.field != "file" || files.is_empty()))
            .map(|l| Field { label: label(t, &l.field), value: l.value.clone() })
            .collect(),
        files: super::files::lines(t, r.referral, files),
        happened: happened(t, referral, clerks),
        answer: referral.answered.as_ref().map(|a| OwnAnswer {
            text: a.text.clone(),
            file: a.file.as_ref().map(|f| f.name.clone()),
        }),
        may: May::of(referral),
        withdrawn: state == ReferralState::Withdrawn,
        withdrawn_why: Some(referral.withdrawn_why.trim())
            .filter(|why| !why.is_empty())
            .map(|why| t.with("request-withdrawn-why", "reason", why)),
        returned: (state == ReferralState::AnswerReturned).then(|| returned(t, referral)),
        reminded: Some(reminders_seen(referral, *now))
            .filter(|n| *n > 0)
            .map(|n| t.count("request-reminded", "count", u64::from(n))),
        choices: esik_domain::answer::REFUSALS
            .iter()
            .map(|code| Choice {
                code,
                name: t.get(&format!("reject-{code}")),
                chosen: said.typed.code == *code,
            })
            .collect(),
        typed: said.typed,
        faults: said.faults.iter().map(|x| (x.field, x.text.say(t))).collect(),
        done: said.done,
        kept: said.kept,
    }
}

fn label(t: &Texts, field: &str) -> String {
    const KNOWN: [&str; 10] = [
        "number",
        "category",
        "text",
        "address",
        "name",
        "phone",
        "call_note",
        "copy_of",
        "circumstances",
        "file",
    ];
    let known = KNOWN.contains(&field);
    t.get(&if known { format!("leaves-{field}") } else { "leaves-other".to_owned() })
}

/// A reminder of the evening is there when the next working day begins.
fn reminders_seen(r: &Referral, now: DateTime<Utc>) -> u32 {
    let early = r.remind_from.is_some_and(|from| from > now);
    r.reminders.saturating_sub(u32::from(early))
}

/// Why another answer is owed: the case was reopened, or parts of the answer are missing, by name. The
/// officer's note stays at the station.
fn returned(t: &Texts, r: &Referral) -> String {
    let Some(check) = &r.checked else { return String::new() };
    if check.reopened {
        return t.with("request-reopened", "reason", &check.note);
    }
    let mut out = t.get("request-returned");
    let lacks: Vec<String> = check
        .lacks
        .iter()
        .filter(|code| esik_domain::answer::CHECKS.contains(&code.as_str()))
        .map(|code| t.get(&format!("lacks-{code}")))
        .collect();
    if !lacks.is_empty() {
        out.push(' ');
        out.push_str(&t.with("request-lacks", "what", &lacks.join("; ")));
    }
    out
}

/// What happened to a request, by time. Only what the agency did or was told.
fn happened(t: &Texts, r: &Referral, clerks: &HashMap<String, String>) -> Vec<Happened> {
    let mut out = Vec::new();
    let mut add = |stamp: &esik_domain::case::Stamp, what: String| {
        let login = stamp.by.split_once('@').map_or("", |(login, _)| login);
        // A login alone where its account is gone.
        let who = clerks.get(login).map_or(login, String::as_str).to_owned();
        let what = match stamp.told {
            Some(_) => format!("{what} ({})", t.get("event-told")),
            None => what,
        };
        out.push((stamp.at, Happened { what, when: t.moment(stamp.at), who }));
    };
    if let Some(s) = &r.delivered {
        add(s, t.get("event-delivered"));
    }
    if let Some(s) = &r.registered {
        let number = r.incoming_number.as_deref().unwrap_or_default();
        add(s, t.with("event-registered", "number", number));
    }
    if let Some(s) = &r.accepted {
        add(s, t.get("event-accepted"));
    }
    if let Some(x) = &r.rejected {
        let code = t.get(&format!("reject-{}", x.code));
        let what = t.with2("event-rejected", ("code", &code), ("reason", &x.reason));
        add(&x.stamp, what);
    }
    if let Some(a) = &r.answered {
        add(&a.stamp, t.get("event-answered"));
    }
    if let Some(c) = r.checked.as_ref().filter(|c| c.good) {
        let stamp = esik_domain::case::Stamp { by: String::new(), ..c.stamp.clone() };
        add(&stamp, t.get("event-checked"));
    }
    if let Some(w) = &r.withdrawn {
        let stamp = esik_domain::case::Stamp { by: String::new(), ..w.clone() };
        add(&stamp, t.get("event-withdrawn"));
    }
    out.sort_by_key(|(at, _)| *at);
    out.into_iter().map(|(_, h)| h).collect()
}
