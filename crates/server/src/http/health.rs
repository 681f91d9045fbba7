//! `/healthz`, `/readyz` and `/metrics`.

use crate::region::Region;
use crate::store::Counts;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::Arc;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "`ok`", content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// The store answers and the order has no gap.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, description = "`ready`"), (status = 503, description = "why not")))]
pub async fn readyz(State(region): State<Arc<Region>>) -> Response {
    match region.off(|r| r.store.head().map_err(crate::region::failed)).await {
        Ok(_) => "ready".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}

/// Prometheus text.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain")))]
pub async fn metrics(State(region): State<Arc<Region>>) -> Response {
    let counted = region.off(|r| r.store.counts().map_err(crate::region::failed)).await;
    match counted {
        Ok(c) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&c))
            .into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn text(c: &Counts) -> String {
    let gapless = u64::from(c.head_pos == c.max_pos && c.max_pos == c.events);
    let rows = [
        ("esik_region_pos", "Position of the region's head row.", c.head_pos),
        ("esik_events", "Events in the region's order.", c.events),
        ("esik_event_pos_max", "Highest position of an event.", c.max_pos),
        ("esik_order_gapless", "1 when head row, highest position and count agree.", gapless),
        ("esik_feed_entries", "Entries of all feeds.", c.feed_entries),
        ("esik_events_quarantined", "Events kept for a person to decide.", c.quarantined),
        ("esik_events_rejected", "Events refused by rule.", c.rejected),
        ("esik_devices", "Enrolled devices.", c.devices),
        ("esik_devices_frozen", "Devices seen twice and frozen for push.", c.devices_frozen),
        ("esik_officers", "Registered officers.", c.officers),
        ("esik_requests_open", "Requests agencies have not answered.", c.requests_open),
        ("esik_portal_sessions", "Clerks signed in.", c.sessions),
    ];
    let mut out = String::new();
    for (name, help, value) in rows {
        // Writing to a string does not fail.
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    }
    out
}
