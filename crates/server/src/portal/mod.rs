//! The agencies' portal: pages made on the server, without scripts, in Kazakh and Russian.

mod act;
pub(crate) mod aside;
mod clerks;
pub(crate) mod files;
pub(crate) mod forms;
mod pages;
pub(crate) mod region;
pub(crate) mod requests;
pub(crate) mod sign_in;
pub(crate) mod texts;
mod visitor;

pub(crate) use clerks::SignedIn;
pub use clerks::{ClerkError, NewClerk, OPERATOR, PASSWORD_CHARS_MIN, normalise_login};

use crate::region::Region;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use esik_wire::ApiError;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// A form with its file, at most, in bytes; the file itself is bounded more narrowly, so that one
/// that is too large is named in words instead of a cut line.
const FORM_BYTES_MAX: usize = 48 * 1024 * 1024;
/// A form without a file, at most, in bytes.
const SMALL_FORM_BYTES_MAX: usize = 1024 * 1024;

/// Routes of the portal.
pub fn routes() -> Router<Arc<Region>> {
    let same_origin = HeaderValue::from_static("same-origin");
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
        // With none at all browsers send `Origin: null` from our own forms.
        .layer(SetResponseHeaderLayer::overriding(header::REFERRER_POLICY, same_origin))
}

/// The page for whoever comes while the house is full. Nobody looks who it is.
pub(crate) fn full(_: &Region, headers: &HeaderMap, e: ApiError) -> Response {
    requests::trouble(&visitor::Visitor::somebody(headers), &e)
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
