//! The agency's requests: lists, one request, and what the clerk does with it.

use super::act::{Act, ActRefused, May};
use super::clerks::SignedIn;
use super::files::{Enclosed, attachment};
use super::forms::{self, Fault, Form, Text, Typed};
use super::pages::{
    Frame, LISTS, ListPage, MessagePage, Said, Switch, count_of, number, request_page, row, show,
    state_name, tabs,
};
use super::sign_in;
use super::texts::Texts;
use super::visitor::{Visitor, portal_lang};
use crate::page_asked::{PageAsked, PageNamed};
use crate::region::{Region, failed};
use crate::retry_after::with_retry_after;
use crate::store::{RequestList, RequestRow, StationRow};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Almaty;
use esik_domain::ids::ReferralId;
use esik_wire::{ApiError, ApiErrorCode};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Requests on one page of a list.
const ROWS: u32 = 50;
/// The form of a request's page.
const FORM: &str = "request-form";

/// `?list=new&page=1`.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ListQuery {
    list: String,
    page: String,
}

fn today(region: &Region) -> NaiveDate {
    region.env.now().with_timezone(&Almaty).date_naive()
}

/// The lists of the agency's requests.
#[utoipa::path(get, path = "/portal", tag = "clerk", operation_id = "requests", params(ListQuery),
    responses((status = 200, description = "the page"), (status = 303, description = "an operator's page is another one")))]
pub async fn list(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageAsked(q): PageAsked<ListQuery>,
) -> Response {
    let Some(clerk) = v.clerk.clone() else { return to_sign_in(&v) };
    if clerk.is_operator() {
        return Redirect::to("/region").into_response();
    }
    let (code, list) =
        LISTS.iter().find(|(c, _)| *c == q.list).copied().unwrap_or(("new", RequestList::New));
    let page = q.page.parse::<u32>().unwrap_or(1).clamp(1, 100_000);
    let read = region
        .off(move |r| {
            let today = today(r);
            let agency = clerk.agency.as_str();
            let counts = r.store.request_counts(agency, today).map_err(failed)?;
            let offset = (page - 1) * ROWS;
            let rows = r.store.requests(agency, list, today, ROWS, offset).map_err(failed)?;
            let stations = r.store.stations().map_err(failed)?;
            Ok((counts, rows, stations, today))
        })
        .await;
    let (counts, rows, stations, today) = match read {
        Ok(read) => read,
        Err(e) => return trouble(&v, &e),
    };
    let t = v.t;
    let path = format!("/portal?list={code}&page={page}");
    let f = Frame::new(&v, t.get("list-title"), Frame::link(&v, &path));
    let pages = count_of(&counts, list).div_ceil(u64::from(ROWS)).max(1);
    let (shown, of) = (page.to_string(), pages.to_string());
    let view = ListPage {
        f: &f,
        tabs: tabs(t, &counts, code),
        list: code,
        empty: t.get(&format!("list-empty-{code}")),
        rows: rows.iter().map(|r| row(t, r, &stations, today)).collect(),
        page: u64::from(page),
        pages,
        page_text: t.with2("list-page", ("page", &shown), ("of", &of)),
    };
    show(StatusCode::OK, &f, &view)
}

/// A request of the clerk's own agency with what its page needs; another agency's does not exist.
pub(super) struct Found {
    pub(super) request: RequestRow,
    pub(super) files: Vec<Enclosed>,
    pub(super) stations: Vec<StationRow>,
    /// Names of the agency's clerks by login: the log knows them by login.
    pub(super) clerks: HashMap<String, String>,
    pub(super) today: NaiveDate,
    pub(super) now: DateTime<Utc>,
}

pub(super) async fn find(
    region: &Arc<Region>,
    clerk: &SignedIn,
    id: ReferralId,
) -> Result<Option<Found>, ApiError> {
    let agency = clerk.agency.clone();
    let found = region
        .off(move |r| {
            let request = r.store.request(id).map_err(failed)?.filter(|x| x.agency == agency);
            let Some(request) = request else { return Ok(None) };
            let stations = r.store.stations().map_err(failed)?;
            let clerks = r.store.clerks().map_err(failed)?.into_iter();
            let clerks = clerks.filter(|c| c.agency == agency).map(|c| (c.login, c.name)).collect();
            let (today, now, files) = (today(r), r.env.now(), Vec::new());
            Ok(Some(Found { request, files, stations, clerks, today, now }))
        })
        .await?;
    match found {
        None => Ok(None),
        Some(mut found) => {
            found.files = region.enclosed(&found.request).await?;
            Ok(Some(found))
        }
    }
}

/// `?done=accept`: what was done a moment ago.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PageQuery {
    done: String,
}

/// One request.
#[utoipa::path(get, path = "/portal/requests/{id}", tag = "clerk", operation_id = "request",
    params(("id" = String, Path, description = "the request"), PageQuery),
    responses((status = 200, description = "the page")))]
pub async fn page(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageNamed(id): PageNamed<ReferralId>,
    PageAsked(q): PageAsked<PageQuery>,
) -> Response {
    let Some(clerk) = v.clerk.clone() else { return to_sign_in(&v) };
    let Some(id) = id else { return not_found(&v) };
    let done = done_text(v.t, &q.done);
    match find(&region, &clerk, id).await {
        Ok(Some(found)) => one(&v, StatusCode::OK, &found, Said { done, ..Said::default() }),
        Ok(None) => not_found(&v),
        Err(e) => trouble(&v, &e),
    }
}

fn done_text(t: &Texts, act: &str) -> Option<String> {
    matches!(act, "register" | "accept" | "reject" | "answer")
        .then(|| t.get(&format!("done-{act}")))
}

/// The page of one request.
fn one(v: &Visitor, status: StatusCode, found: &Found, said: Said) -> Response {
    let referral = &found.request.doc.referral;
    let path = format!("/portal/requests/{}", found.request.referral);
    let switch =
        if May::of(referral).anything() { Switch::Form(FORM) } else { Frame::link(v, &path) };
    let mut title = format!("{} – {}", number(v.t, referral), state_name(v.t, referral.state()));
    if !said.faults.is_empty() {
        title = format!("{} {title}", v.t.get("error-prefix"));
    }
    let f = Frame::new(v, title, switch);
    show(status, &f, &request_page(&f, found, said))
}

/// What the agency does with a request: `act` is the button that was pressed.
#[utoipa::path(post, path = "/portal/requests/{id}", tag = "clerk",
    params(("id" = String, Path, description = "the request")),
    request_body(content = forms::Sent, content_type = "multipart/form-data"),
    responses((status = 200, description = "the page: in another language, or with what is typed beside what was done"),
        (status = 303, description = "done"), (status = 400, description = "the form did not come whole"),
        (status = 403, description = "an old form, or of another site"),
        (status = 409, description = "it is not possible now"),
        (status = 422, description = "something is missing or too long"),
        (status = 429, description = "the day's measure is full, Retry-After")))]
pub async fn submit(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageNamed(id): PageNamed<ReferralId>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let Some(id) = id else { return not_found(&v) };
    let form = match parts {
        Ok(parts) => forms::read(parts).await,
        Err(_) => Form { cut: true, ..Form::default() },
    };
    let Some(clerk) = v.clerk.clone() else {
        // The session ended while the clerk was writing: what was typed comes along.
        let kept = form.typed.anything().then_some(form.typed);
        let key = if kept.is_some() { "sign-in-kept" } else { "sign-in-ended" };
        let notice = Some(v.t.get(key));
        return sign_in::blank(&v, StatusCode::UNAUTHORIZED, notice, id.to_string(), kept);
    };
    let found = match find(&region, &clerk, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return not_found(&v),
        Err(e) => return trouble(&v, &e),
    };
    if let Some(lang) = form.act.strip_prefix("lang-").and_then(portal_lang) {
        let v = Visitor { t: Texts::of(lang), chosen: Some(lang), ..v };
        let said = Said { typed: form.typed, ..Said::default() };
        return one(&v, StatusCode::OK, &found, said);
    }
    let refuse = |status, typed: Typed, faults: Vec<Fault>, found: &Found| {
        one(&v, status, found, Said { typed, faults, ..Said::default() })
    };
    let whole = |text: Text| vec![Fault { field: "", text }];
    if form.cut {
        let faults = whole(Text::key("error-unreadable"));
        return refuse(StatusCode::BAD_REQUEST, form.typed, faults, &found);
    }
    if v.foreign || form.csrf != clerk.csrf {
        let faults = whole(Text::key("error-form-old"));
        return refuse(StatusCode::FORBIDDEN, form.typed, faults, &found);
    }
    let act = match forms::act(&form) {
        Ok(act) => act,
        Err(faults) => {
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, form.typed, faults, &found);
        }
    };
    let Form { act: name, typed, upload, .. } = form;
    let (now, who) = (region.env.now(), clerk.login.clone());
    let bytes = upload.bytes();
    let room = region.clerk_quota.room_for_events(who.clone(), now);
    if let Err(e) = room.and_then(|()| region.clerk_quota.file(who.clone(), now, bytes)) {
        return busy(&v, &found, typed, &e);
    }
    let act = match (act, region.keep_upload(upload).await) {
        (Act::Answer { text, .. }, Ok(file)) => Act::Answer { text, file },
        (act, Ok(_)) => act,
        (_, Err(e)) => return busy(&v, &found, typed, &e),
    };
    let done = region.act(clerk.clone(), id, act).await;
    // The page is written from what is true now.
    let found = match find(&region, &clerk, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return not_found(&v),
        Err(e) => return trouble(&v, &e),
    };
    if done.is_ok() {
        region.clerk_quota.events(who, now, 1, 0);
    }
    let fault = match done {
        Ok(()) if typed.left_after(&name) => {
            let done = done_text(v.t, &name);
            let said = Said { typed: typed.without(&name), done, kept: true, faults: vec![] };
            return one(&v, StatusCode::OK, &found, said);
        }
        Ok(()) => {
            return Redirect::to(&format!("/portal/requests/{id}?done={name}")).into_response();
        }
        Err(ActRefused::NotFound) => return not_found(&v),
        Err(ActRefused::Failed(e)) => return busy(&v, &found, typed, &e),
        Err(ActRefused::Registered(number)) => Fault {
            field: "incoming_number",
            text: Text::key("error-registered").arg("number", number),
        },
        Err(ActRefused::Answered) => Fault { field: "text", text: Text::key("error-answered") },
        Err(ActRefused::NotNow(state)) => Fault {
            field: "",
            text: Text::key("error-not-now").arg("state", state_name(v.t, state)),
        },
    };
    refuse(StatusCode::CONFLICT, typed, vec![fault], &found)
}

/// The form again, with everything typed, when the server could not do it now, or does no more of it today.
fn busy(v: &Visitor, found: &Found, typed: Typed, e: &ApiError) -> Response {
    let (status, text) = match e.code {
        ApiErrorCode::Quota => (StatusCode::TOO_MANY_REQUESTS, "error-quota"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "error-busy"),
    };
    let faults = vec![Fault { field: "", text: Text::key(text) }];
    let said = Said { typed, faults, ..Said::default() };
    with_retry_after(one(v, status, found, said), e.retry_after_s.or(Some(5)))
}

/// A request's page with what was typed before the session ended; nothing is sent by it.
pub async fn after_sign_in(
    region: &Arc<Region>,
    v: &Visitor,
    id: ReferralId,
    typed: Typed,
) -> Response {
    let Some(clerk) = &v.clerk else { return to_sign_in(v) };
    match find(region, clerk, id).await {
        Ok(Some(found)) => {
            one(v, StatusCode::OK, &found, Said { typed, kept: true, ..Said::default() })
        }
        Ok(None) => not_found(v),
        Err(e) => trouble(v, &e),
    }
}

/// The agency's own file, as an attachment: no browser of ours opens it.
#[utoipa::path(get, path = "/portal/requests/{id}/file", tag = "clerk", operation_id = "answers_file",
    params(("id" = String, Path, description = "the request")),
    responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn file(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageNamed(id): PageNamed<ReferralId>,
) -> Response {
    let Some(clerk) = v.clerk.clone() else { return to_sign_in(&v) };
    let Some(id) = id else { return not_found(&v) };
    let file = match find(&region, &clerk, id).await {
        Ok(Some(found)) => found.request.doc.referral.answered.and_then(|a| a.file),
        Ok(None) => None,
        Err(e) => return trouble(&v, &e),
    };
    let Some(file) = file else { return not_found(&v) };
    let hash = file.hash.clone();
    let bytes = region
        .off(move |r| {
            r.files.read(&hash).map_err(|e| {
                tracing::error!(error = %e, hash, "a kept file cannot be read");
                ApiError::new(ApiErrorCode::Internal)
            })
        })
        .await;
    match bytes {
        Ok(Some(bytes)) => attachment(&file.name, bytes),
        Ok(None) => not_found(&v),
        Err(e) => trouble(&v, &e),
    }
}

pub(super) fn to_sign_in(v: &Visitor) -> Response {
    if v.ended {
        let notice = Some(v.t.get("sign-in-ended"));
        return sign_in::blank(v, StatusCode::UNAUTHORIZED, notice, String::new(), None);
    }
    Redirect::to("/portal/sign-in").into_response()
}

pub async fn nowhere(v: Visitor) -> Response {
    not_found(&v)
}

pub(super) fn not_found(v: &Visitor) -> Response {
    let f = Frame::new(v, v.t.get("not-found-title"), Frame::link(v, "/portal"));
    show(StatusCode::NOT_FOUND, &f, &MessagePage { f: &f, text: v.t.get("not-found-text") })
}

/// A page for a file of which no copy can be made that tells nothing beside what it shows.
pub(super) fn not_bare(v: &Visitor) -> Response {
    let f = Frame::new(v, v.t.get("not-found-title"), Frame::link(v, "/portal"));
    show(StatusCode::UNPROCESSABLE_ENTITY, &f, &MessagePage { f: &f, text: v.t.get("file-told") })
}

/// A page for what the server could not do; the log has the cause.
pub fn trouble(v: &Visitor, e: &ApiError) -> Response {
    let f = Frame::new(v, v.t.get("trouble-title"), Frame::link(v, "/portal"));
    let status = if e.code == ApiErrorCode::Busy {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let page = show(status, &f, &MessagePage { f: &f, text: v.t.get("trouble-text") });
    with_retry_after(page, e.retry_after_s)
}
