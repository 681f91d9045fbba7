//! What browsers are told with every page of the region, whoever it is for.

use crate::region::Region;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// No script, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// These routes with the headers of a page; `robots` is what searching machines are told. A page that sets one itself
/// keeps its own: a file has a stricter policy.
pub(crate) fn with_page_headers(
    routes: Router<Arc<Region>>,
    robots: &'static str,
) -> Router<Arc<Region>> {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(HeaderName::from_static("x-robots-tag"), robots))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
}
