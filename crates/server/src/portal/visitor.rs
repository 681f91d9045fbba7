//! Who looks at a page: the language, the clerk behind the cookie, the address.

use super::clerks::SignedIn;
use super::texts::Texts;
use crate::region::Region;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use esik_domain::catalog::Lang;
use std::convert::Infallible;
use std::sync::Arc;

/// `__Host-`: only over TLS, only from this host, for the whole of it.
pub const SESSION_COOKIE: &str = "__Host-esik";
const LANG_COOKIE: &str = "__Host-esik-lang";

/// Who looks.
pub struct Visitor {
    pub t: &'static Texts,
    pub clerk: Option<SignedIn>,
    /// There was a cookie, but its session is over.
    pub ended: bool,
    pub peer: String,
    /// The browser says that another site sent this.
    pub foreign: bool,
    /// The language was asked for in the address: remember it.
    pub chosen: Option<Lang>,
}

impl Visitor {
    /// Whoever it is.
    pub fn somebody(headers: &HeaderMap) -> Self {
        let t = Texts::of(language(headers));
        Self { t, clerk: None, ended: false, peer: String::new(), foreign: false, chosen: None }
    }
}

impl FromRequestParts<Arc<Region>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        region: &Arc<Region>,
    ) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let token = cookie(headers, SESSION_COOKIE).filter(|t| t.len() == 32).map(str::to_owned);
        let had = token.is_some();
        let clerk = match token {
            None => None,
            // A store that fails leaves the visitor signed out for this page; the log tells why.
            Some(token) => region.off(move |r| r.who(&token)).await.ok().flatten(),
        };
        let chosen = parts
            .uri
            .query()
            .and_then(|q| q.split('&').find_map(|p| p.strip_prefix("lang=")).and_then(portal_lang));
        Ok(Self {
            t: Texts::of(chosen.unwrap_or_else(|| language(headers))),
            ended: had && clerk.is_none(),
            clerk,
            peer: crate::peer::peer(region, &parts.extensions, headers),
            foreign: headers.get("sec-fetch-site").is_some_and(|v| v == "cross-site"),
            chosen,
        })
    }
}

/// The languages of the portal.
pub fn portal_lang(code: &str) -> Option<Lang> {
    Lang::from_code(code).filter(|l| *l != Lang::En)
}

pub fn lang_cookie(lang: Lang) -> String {
    let code = lang.code();
    format!("{LANG_COOKIE}={code}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=31536000")
}

pub fn session_cookie(token: &str) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

pub fn no_session_cookie() -> String {
    format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, value)| (n == name).then_some(value))
}

/// What was chosen before, else what the browser prefers of the two, else Kazakh.
fn language(headers: &HeaderMap) -> Lang {
    if let Some(lang) = cookie(headers, LANG_COOKIE).and_then(portal_lang) {
        return lang;
    }
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(',').find_map(|l| portal_lang(l.trim().get(..2).unwrap_or_default())))
        .unwrap_or(Lang::Kk)
}
