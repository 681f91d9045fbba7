//! What was set aside, for a person to decide: by desk, case and reason; what was said so far; three ways on.

use super::clerks::SignedIn;
use super::pages::{Frame, Switch, show};
use super::region::{letters, operator, station_name};
use super::requests::trouble;
use super::texts::Texts;
use super::visitor::Visitor;
use crate::codes::quarantine::{self, LOST};
use crate::page_asked::PageAsked;
use crate::quarantine::{ASIDE_MAX, BRANCH, decision, may_be_judged_again, subject};
use crate::region::{Region, failed};
use crate::store::{AsideEvent, Decided, DecisionRow, ForkRow};
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use esik_domain::ids::DeviceId;
use esik_wire::{ApiError, SignedHole};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 1000;

/// One matter: events of one desk and one case with one reason, or a branch.
pub struct Matter {
    pub key: String,
    pub title: String,
    pub from: String,
    pub who: String,
    pub why: String,
    pub what: String,
    pub when: String,
    pub said: Vec<String>,
    pub decided: bool,
    /// It may be judged again.
    pub again: bool,
    /// What was typed before a fault.
    pub note: String,
    pub fault: Option<String>,
}

#[derive(Template)]
#[template(path = "aside.html")]
pub struct AsidePage<'a> {
    pub f: &'a Frame,
    pub done: Option<String>,
    pub matters: Vec<Matter>,
}

impl AsidePage<'_> {
    fn csrf(&self) -> &str {
        self.f.clerk.as_ref().map_or("", |c| c.csrf.as_str())
    }
}

/// `?done=left`: what was done a moment ago.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AsideQuery {
    done: String,
}

/// What an operator decided of a matter.
#[derive(Deserialize, Default, utoipa::ToSchema)]
#[serde(default)]
pub struct AsideForm {
    csrf: String,
    matter: String,
    note: String,
    act: String,
}

/// Events of one matter, in the order of their chain.
struct Group {
    key: String,
    events: Vec<AsideEvent>,
}

impl Group {
    /// What its author pushed and another desk gave back is one record.
    fn records(&self) -> u64 {
        self.events.iter().map(|e| e.hash.0).collect::<HashSet<_>>().len() as u64
    }
}

fn key_of(e: &AsideEvent) -> String {
    let case = e.event.envelope().map_or_else(
        |_| subject(e.row.incarnation, e.row.seq),
        |envelope| envelope.case_id.to_string(),
    );
    format!("{}.{}.{case}", e.row.device, e.row.code)
}

fn branch_key(device: DeviceId) -> String {
    format!("{device}.{BRANCH}")
}

fn grouped(all: Vec<AsideEvent>) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for e in all {
        let key = key_of(&e);
        if let Some(group) = place.get(&key).and_then(|n| out.get_mut(*n)) {
            group.events.push(e);
        } else {
            place.insert(key.clone(), out.len());
            out.push(Group { key, events: vec![e] });
        }
    }
    for group in &mut out {
        group.events.sort_by_key(|e| (e.row.incarnation, e.row.seq));
    }
    out
}

/// What is typed in the form that came back with a fault.
struct Kept {
    matter: String,
    note: String,
    fault: String,
}

/// What is set aside for a person to decide.
#[utoipa::path(get, path = "/region/aside", tag = "operator", operation_id = "aside", params(AsideQuery),
    responses((status = 200, description = "the page")))]
pub async fn list(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageAsked(q): PageAsked<AsideQuery>,
) -> Response {
    if let Err(answer) = operator(&v) {
        return *answer;
    }
    let done = matches!(q.done.as_str(), "accepted" | "left" | "asked")
        .then(|| v.t.get(&format!("aside-done-{}", q.done)));
    page(&region, &v, StatusCode::OK, done, None).await
}

async fn page(
    region: &Arc<Region>,
    v: &Visitor,
    status: StatusCode,
    done: Option<String>,
    kept: Option<Kept>,
) -> Response {
    let t = v.t;
    let read = region.off(move |r| matters(r, t, kept)).await;
    let matters = match read {
        Ok(matters) => matters,
        Err(e) => return trouble(v, &e),
    };
    let f = Frame::new(v, t.get("aside-title"), Frame::link(v, "/region/aside"));
    show(status, &f, &AsidePage { f: &f, done, matters })
}

fn matters(r: &Region, t: &'static Texts, kept: Option<Kept>) -> Result<Vec<Matter>, ApiError> {
    let stations = r.store.stations().map_err(failed)?;
    let devices = r.store.devices().map_err(failed)?;
    let letters = letters(&devices);
    let officers: HashMap<_, _> = r
        .store
        .all_officers()
        .map_err(failed)?
        .into_iter()
        .map(|o| (o.card.id, o.card.name))
        .collect();
    let mut said: HashMap<(DeviceId, String), Vec<DecisionRow>> = HashMap::new();
    for d in r.store.decisions(None, ASIDE_MAX).map_err(failed)? {
        said.entry((d.device, d.subject.clone())).or_default().push(d);
    }
    let from = |device: DeviceId| {
        let station = devices.iter().find(|d| d.id == device).map(|d| &d.station);
        let name = station.map_or_else(String::new, |s| station_name(t, &stations, s));
        let letter = letters.get(&device).cloned().unwrap_or_default();
        format!("{name}, {}", t.with("region-desk", "letter", &letter))
    };
    let lines = |device: DeviceId, subject: String| -> Vec<String> {
        let all = said.get(&(device, subject));
        all.into_iter().flatten().map(|d| said_line(t, d)).collect()
    };
    let mut out = Vec::new();
    for group in grouped(r.store.asides(ASIDE_MAX).map_err(failed)?) {
        let Some(first) = group.events.first() else { continue };
        let said = lines(first.row.device, subject(first.row.incarnation, first.row.seq));
        if first.row.code == LOST {
            out.push(lost(t, &group, from(first.row.device), said));
            continue;
        }
        let envelope = first.event.envelope().ok();
        let who = envelope.as_ref().map(|e| {
            officers.get(&e.actor_id).cloned().unwrap_or_else(|| t.get("aside-who-unknown"))
        });
        let mut kinds: Vec<String> = Vec::new();
        for e in &group.events {
            let kind = e.event.envelope().map_or_else(
                |_| t.get("aside-kind-unreadable"),
                |e| t.get_or(&format!("kind-{}", e.kind), "kind-other"),
            );
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let records = group.records();
        out.push(Matter {
            key: group.key,
            title: t.count("aside-records", "n", records),
            from: from(first.row.device),
            who: who.unwrap_or_else(|| t.get("aside-who-unknown")),
            why: why(t, &first.row.code),
            what: kinds.join(", "),
            when: t.moment(first.row.recorded_at),
            decided: !said.is_empty(),
            said,
            again: may_be_judged_again(&first.row.code),
            note: String::new(),
            fault: None,
        });
    }
    let mut branches: HashMap<DeviceId, Vec<ForkRow>> = HashMap::new();
    for f in r.store.forks(ASIDE_MAX).map_err(failed)? {
        branches.entry(f.device).or_default().push(f);
    }
    for (device, branch) in branches {
        let Some(first) = branch.first() else { continue };
        let said = lines(device, BRANCH.to_owned());
        out.push(Matter {
            key: branch_key(device),
            title: t.count("aside-branch", "n", branch.len() as u64),
            from: from(device),
            who: String::new(),
            why: t.get("aside-why-branch"),
            what: String::new(),
            when: t.moment(first.recorded_at),
            decided: !said.is_empty(),
            said,
            again: false,
            note: String::new(),
            fault: None,
        });
    }
    // What nobody has looked at comes first.
    out.sort_by_key(|m| m.decided);
    if let Some(kept) = kept
        && let Some(m) = out.iter_mut().find(|m| m.key == kept.matter)
    {
        m.note = kept.note;
        m.fault = Some(kept.fault);
    }
    Ok(out)
}

/// What a desk says is lost of an earlier life: nothing to read and nobody to name, only how much.
fn lost(t: &Texts, group: &Group, from: String, said: Vec<String>) -> Matter {
    let holes = group
        .events
        .iter()
        .filter_map(|e| SignedHole::of(e.event.e.clone(), e.event.s.clone()).unproven().ok());
    let at = group.events.first().map(|e| t.moment(e.row.recorded_at));
    Matter {
        key: group.key.clone(),
        title: t.count("aside-lost", "n", holes.map(|h| h.events()).sum()),
        from,
        who: String::new(),
        why: t.get("aside-why-lost"),
        what: String::new(),
        when: at.unwrap_or_default(),
        decided: !said.is_empty(),
        said,
        again: false,
        note: String::new(),
        fault: None,
    }
}

/// Why it stands aside. A rule has no words of its own here: what it is about only the station may read.
fn why(t: &Texts, code: &str) -> String {
    let otherwise = if quarantine::is(code) { "aside-why-other" } else { "aside-why-rule" };
    t.get_or(&format!("aside-why-{code}"), otherwise)
}

fn said_line(t: &Texts, d: &DecisionRow) -> String {
    let what = t.get(&format!("aside-said-{}", d.what.code()));
    let who = t.with2("aside-said-by", ("name", &d.name), ("at", &t.moment(d.at)));
    if d.note.is_empty() { format!("{what}. {who}") } else { format!("{what}: {}. {who}", d.note) }
}

/// What came of a decision.
enum Came {
    Done(Decided),
    /// It was not taken: what to say beside it.
    Not(String),
    /// Somebody else decided meanwhile, or there is no such matter.
    Gone,
}

/// A person decides.
#[utoipa::path(post, path = "/region/aside", tag = "operator",
    request_body(content = AsideForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "done"), (status = 400, description = "the form cannot be read"),
        (status = 403, description = "an old form, or of another site"),
        (status = 409, description = "somebody else decided, or it cannot be taken"),
        (status = 422, description = "a reason is missing")))]
pub async fn decide(
    State(region): State<Arc<Region>>,
    v: Visitor,
    form: Result<Form<AsideForm>, FormRejection>,
) -> Response {
    let who = match operator(&v) {
        Ok(who) => who,
        Err(answer) => return *answer,
    };
    let Ok(Form(form)) = form else {
        return super::region::message(&v, StatusCode::BAD_REQUEST, v.t.get("error-unreadable"));
    };
    let note: String = form
        .note
        .trim()
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .take(NOTE_CHARS_MAX)
        .collect();
    let keep = |fault: String| Kept { matter: form.matter.clone(), note: note.clone(), fault };
    if v.foreign || form.csrf != who.csrf {
        let kept = keep(v.t.get("error-form-old"));
        return page(&region, &v, StatusCode::FORBIDDEN, None, Some(kept)).await;
    }
    let what = match form.act.as_str() {
        "accepted" => Decided::Accepted,
        "left" => Decided::Left,
        "asked" => Decided::Asked,
        _ => {
            let text = v.t.get("error-unreadable");
            return super::region::message(&v, StatusCode::BAD_REQUEST, text);
        }
    };
    if what != Decided::Accepted && note.is_empty() {
        let kept = keep(v.t.get("aside-note-empty"));
        return page(&region, &v, StatusCode::UNPROCESSABLE_ENTITY, None, Some(kept)).await;
    }
    let (matter, text, t) = (form.matter.clone(), note.clone(), v.t);
    match region.off(move |r| act(r, t, &who, &matter, what, &text)).await {
        Ok(Came::Done(what)) => {
            Redirect::to(&format!("/region/aside?done={}", what.code())).into_response()
        }
        Ok(Came::Not(why)) => page(&region, &v, StatusCode::CONFLICT, None, Some(keep(why))).await,
        Ok(Came::Gone) => super::region::message(&v, StatusCode::CONFLICT, v.t.get("aside-gone")),
        Err(e) => trouble(&v, &e),
    }
}

fn act(
    r: &Region,
    t: &Texts,
    who: &SignedIn,
    matter: &str,
    what: Decided,
    note: &str,
) -> Result<Came, ApiError> {
    let group =
        grouped(r.store.asides(ASIDE_MAX).map_err(failed)?).into_iter().find(|g| g.key == matter);
    let Some(group) = group else {
        let forks = r.store.forks(ASIDE_MAX).map_err(failed)?;
        let Some(fork) = forks.iter().find(|f| branch_key(f.device) == matter) else {
            return Ok(Came::Gone);
        };
        if what == Decided::Accepted {
            return Ok(Came::Not(t.get("aside-why-branch")));
        }
        let row = DecisionRow {
            device: fork.device,
            subject: BRANCH.to_owned(),
            event: None,
            what,
            code: BRANCH.to_owned(),
            note: note.to_owned(),
            login: who.login.clone(),
            name: who.name.clone(),
            at: r.env.now(),
        };
        r.store.decide(&row).map_err(failed)?;
        return Ok(Came::Done(what));
    };
    for e in &group.events {
        if what == Decided::Accepted {
            if let Err(code) = r.judge_again(who, e, note)? {
                return Ok(Came::Not(t.with("aside-still", "why", &why(t, &code))));
            }
        } else {
            r.store.decide(&decision(r, who, e, what, note)).map_err(failed)?;
        }
    }
    Ok(Came::Done(what))
}
