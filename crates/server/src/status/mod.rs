//! The applicant's status page: how a case is, for whoever holds its coupon. Pages made on the server, without scripts
//! and cookies; who may read the region's case here, and say how it is, is proven by the coupon alone. A look changes
//! nothing (adr/0032); a word is an event (adr/0036).

mod answer;
pub(crate) mod ask;
pub(crate) mod form;
pub(crate) mod page;
mod say;
mod shown;

pub use ask::{Asked, PublicAddress};
pub(crate) use page::full;
pub use say::{FORM_SIGNS, Words};

use crate::portal::{mark, style};
use crate::region::Region;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// What stands behind this in an address proves who holds the coupon: it is written into no log.
pub const SECRET_PATH: &str = "/s/";

/// The form holds what proves the coupon and a thousand characters: at most twelve bytes each, as a browser sends them.
const FORM_BYTES_MAX: usize = 32 * 1024;

/// Routes of the page; the ones of its look are below it, so that a proxy need let only `/s` through.
pub fn routes() -> Router<Arc<Region>> {
    let no_store = HeaderValue::from_static("no-store");
    Router::new()
        .route("/s", get(page::form).post(page::typed))
        .route("/s/say", get(form::blank).post(form::said))
        // Everything else behind it, however it is broken, is one wrong coupon.
        .route("/s/{*rest}", get(page::scanned))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, no_store))
        .route("/s/esik.css", get(style))
        .route("/s/mark.svg", get(mark))
}
