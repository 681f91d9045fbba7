//! The applicant's status page: how a case is, for whoever holds its coupon. Pages made on the server, without scripts
//! and cookies; who may read the region's case here, and say how it is, is proven by the coupon alone. A look changes
//! nothing (adr/0032); a word is an event (adr/0036).

mod answer;
pub(crate) mod ask;
mod form;
pub(crate) mod page;
mod say;
mod shown;

pub use ask::{Asked, PublicAddress};

use crate::portal::{mark, style};
use crate::region::Region;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// What stands behind this in an address proves who holds the coupon: it is written into no log.
pub const SECRET_PATH: &str = "/s/";

/// The form holds what proves the coupon and a thousand characters: at most twelve bytes each, as a browser sends them.
const FORM_BYTES_MAX: usize = 32 * 1024;

/// No script, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Routes of the page; the ones of its look are below it, so that a proxy need let only `/s` through.
pub fn routes() -> Router<Arc<Region>> {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/s", get(page::form).post(page::typed))
        .route("/s/say", get(page::form).post(form::said))
        // Everything else behind it, however it is broken, is one wrong coupon.
        .route("/s/{*rest}", get(page::scanned))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .route("/s/esik.css", get(style))
        .route("/s/mark.svg", get(mark))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
}
