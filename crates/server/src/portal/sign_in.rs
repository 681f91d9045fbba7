//! Signing in and out. A form sent after the session had ended is kept through it.

use super::clerks::SignIn;
use super::forms::Typed;
use super::pages::{Frame, SignInPage, Switch, show};
use super::requests::{self, trouble};
use super::texts::Texts;
use super::visitor::{Visitor, lang_cookie, no_session_cookie, portal_lang, session_cookie};
use crate::page_asked::PageAsked;
use crate::region::Region;
use crate::retry_after::with_retry_after;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use esik_domain::ids::ReferralId;
use serde::Deserialize;
use std::sync::Arc;

const FORM: &str = "sign-in-form";

/// `?out=1`: told that one signed out.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    #[serde(default)]
    out: String,
}

/// The page of the sign-in; whoever is signed in goes on to the list.
#[utoipa::path(get, path = "/portal/sign-in", tag = "clerk", operation_id = "sign_in_page", params(PageQuery),
    responses((status = 200, description = "the form"), (status = 303, description = "signed in already")))]
pub async fn page(v: Visitor, PageAsked(q): PageAsked<PageQuery>) -> Response {
    if v.clerk.is_some() {
        return Redirect::to("/portal").into_response();
    }
    let notice = if v.ended {
        Some(v.t.get("sign-in-ended"))
    } else {
        (!q.out.is_empty()).then(|| v.t.get("signed-out"))
    };
    blank(&v, StatusCode::OK, notice, String::new(), None)
}

/// The empty page, and what a form brought that must not be lost.
pub fn blank(
    v: &Visitor,
    status: StatusCode,
    notice: Option<String>,
    next: String,
    kept: Option<Typed>,
) -> Response {
    let f = Frame::new(v, v.t.get("sign-in-title"), Switch::Form(FORM));
    let page = SignInPage { f: &f, login: String::new(), notice, fault: None, next, kept };
    show(status, &f, &page)
}

#[derive(Deserialize, Default, utoipa::ToSchema)]
#[serde(default)]
pub struct SignInForm {
    login: String,
    password: String,
    act: String,
    next: String,
    #[serde(flatten)]
    typed: Typed,
}

/// Signs in. `next` and what was typed come from a form whose session had ended.
#[utoipa::path(post, path = "/portal/sign-in", tag = "clerk",
    request_body(content = SignInForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "the form, or the request's page with what was typed"),
        (status = 303, description = "signed in"), (status = 400, description = "the form cannot be read"),
        (status = 401, description = "wrong"), (status = 403, description = "sent by another site"),
        (status = 404, description = "no such request"), (status = 422, description = "nothing typed"),
        (status = 429, description = "too often, Retry-After")))]
pub async fn sign_in(
    State(region): State<Arc<Region>>,
    v: Visitor,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return refuse(
            &v,
            SignInForm::default(),
            StatusCode::BAD_REQUEST,
            v.t.get("error-unreadable"),
        );
    };
    if let Some(lang) = form.act.strip_prefix("lang-").and_then(portal_lang) {
        let v = Visitor { t: Texts::of(lang), chosen: Some(lang), ..v };
        return again(&v, form, StatusCode::OK, None);
    }
    if v.foreign {
        let text = v.t.get("error-form-old");
        return refuse(&v, form, StatusCode::FORBIDDEN, text);
    }
    if form.login.trim().is_empty() || form.password.is_empty() {
        let text = v.t.get("sign-in-empty");
        return refuse(&v, form, StatusCode::UNPROCESSABLE_ENTITY, text);
    }
    match region.sign_in(&form.login, form.password.clone(), v.peer.clone()).await {
        Ok(SignIn::Done(token, clerk)) => {
            let next: Option<ReferralId> = form.next.parse().ok();
            let mut response = match next {
                Some(id) if form.typed.anything() => {
                    let v = Visitor { clerk: Some(clerk), ended: false, ..v };
                    requests::after_sign_in(&region, &v, id, form.typed).await
                }
                Some(id) => Redirect::to(&format!("/portal/requests/{id}")).into_response(),
                None => Redirect::to("/portal").into_response(),
            };
            if let Ok(value) = HeaderValue::from_str(&session_cookie(&token)) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            response
        }
        Ok(SignIn::Wrong) => {
            let text = v.t.get("sign-in-wrong");
            refuse(&v, form, StatusCode::UNAUTHORIZED, text)
        }
        Ok(SignIn::Wait(seconds)) => {
            let text = v.t.count("sign-in-wait", "minutes", seconds.div_ceil(60));
            let response = refuse(&v, form, StatusCode::TOO_MANY_REQUESTS, text);
            with_retry_after(response, Some(seconds))
        }
        Err(e) => trouble(&v, &e),
    }
}

fn refuse(v: &Visitor, form: SignInForm, status: StatusCode, fault: String) -> Response {
    again(v, form, status, Some(fault))
}

fn again(v: &Visitor, form: SignInForm, status: StatusCode, fault: Option<String>) -> Response {
    let title = v.t.get("sign-in-title");
    let title =
        if fault.is_some() { format!("{} {title}", v.t.get("error-prefix")) } else { title };
    let f = Frame::new(v, title, Switch::Form(FORM));
    let kept = form.typed.anything().then_some(form.typed);
    let notice = kept.is_some().then(|| v.t.get("sign-in-kept"));
    let page = SignInPage { f: &f, login: form.login, notice, fault, next: form.next, kept };
    show(status, &f, &page)
}

#[derive(Deserialize, Default, utoipa::ToSchema)]
#[serde(default)]
pub struct SignOutForm {
    csrf: String,
}

/// Signs out; without the form's own word nobody is.
#[utoipa::path(post, path = "/portal/sign-out", tag = "clerk",
    request_body(content = SignOutForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "signed out")))]
pub async fn sign_out(
    State(region): State<Arc<Region>>,
    v: Visitor,
    form: Result<Form<SignOutForm>, FormRejection>,
) -> Response {
    let csrf = form.map(|f| f.0.csrf).unwrap_or_default();
    if let Some(clerk) = v.clerk.as_ref().filter(|c| c.csrf == csrf) {
        let token = clerk.token_hash.clone();
        let ended =
            region.off(move |r| r.store.end_session(&token).map_err(crate::region::failed)).await;
        if let Err(e) = ended {
            return trouble(&v, &e);
        }
    }
    let mut response = Redirect::to("/portal/sign-in?out=1").into_response();
    for cookie in [no_session_cookie(), lang_cookie(v.t.lang())] {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
