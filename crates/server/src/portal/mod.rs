//! The agencies' portal: pages made on the server, without scripts, in Kazakh and Russian.

mod act;
pub(crate) mod aside;
mod clerks;
mod files;
pub(crate) mod forms;
mod pages;
mod region;
mod requests;
pub(crate) mod sign_in;
pub(crate) mod texts;
mod visitor;

pub(crate) use clerks::SignedIn;
pub use clerks::{ClerkError, NewClerk, OPERATOR, PASSWORD_CHARS_MIN, normalise_login};

use crate::region::Region;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// A form with its file, at most, in bytes; the file itself is bounded more narrowly, so that one
/// that is too large is named in words instead of a cut line.
const FORM_BYTES_MAX: usize = 48 * 1024 * 1024;
/// A form without a file, at most, in bytes.
const SMALL_FORM_BYTES_MAX: usize = 1024 * 1024;
/// No script, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Routes of the portal.
pub fn routes() -> Router<Arc<Region>> {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(|| async { Redirect::to("/portal") }))
        .route("/portal", get(requests::list))
        .route("/portal/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/portal/sign-out", post(sign_in::sign_out))
        .route("/region", get(region::stations))
        .route("/region/aside", get(aside::list).post(aside::decide))
        .layer(DefaultBodyLimit::max(SMALL_FORM_BYTES_MAX))
        .merge(
            Router::new()
                .route("/portal/requests/{id}", get(requests::page).post(requests::submit))
                .layer(DefaultBodyLimit::max(FORM_BYTES_MAX)),
        )
        .route("/portal/requests/{id}/file", get(requests::file))
        .route("/portal/requests/{id}/files/{file}", get(files::enclosed))
        .route("/portal/esik.css", get(style))
        .route("/portal/mark.svg", get(mark))
        .route("/portal/{*rest}", get(requests::nowhere))
        // A file has a stricter one of its own.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ))
        // Same origin: with none at all browsers send `Origin: null` from our own forms.
        .layer(set(header::REFERRER_POLICY, "same-origin"))
        .layer(set(HeaderName::from_static("x-robots-tag"), "noindex"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
}

/// The one style of all pages of the region.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, include_str!("../../templates/esik.css"))
}

/// The door.
pub(crate) async fn mark() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("../../templates/mark.svg"))
}
