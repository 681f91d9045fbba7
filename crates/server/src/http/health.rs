//! `/healthz`, `/readyz` and `/metrics`.

use crate::region::Region;
use crate::store::{Backup, Counts, DeviceRow, DeviceSeen, StationRow, StoreResult, waits};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use std::fmt::{Display, Write as _};
use std::sync::Arc;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "`ok`", content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// The store answers and is not behind what it was.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, description = "`ready`"), (status = 503, description = "why not")))]
pub async fn readyz(State(region): State<Arc<Region>>) -> Response {
    match region.off(|r| r.head_now().map_err(crate::region::failed)).await {
        Ok(_) => "ready".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}

/// Prometheus text.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain")))]
pub async fn metrics(State(region): State<Arc<Region>>) -> Response {
    let looked = region.off(|r| Seen::of(r).map_err(crate::region::failed)).await;
    match looked {
        Ok(seen) => {
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], seen.text(&region)).into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// What the store says at one moment.
struct Seen {
    counts: Counts,
    devices: Vec<DeviceRow>,
    stations: Vec<StationRow>,
    backup: Option<Backup>,
}

/// Families of metrics as they are written.
#[derive(Default)]
struct Text(String);

impl Text {
    // Writing to a string does not fail.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        let _ = writeln!(self.0, "{name} {value}");
    }
    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "counter", help);
        let _ = writeln!(self.0, "{name} {value}");
    }
    /// One value a label; ids and names of ours need no escaping.
    fn labelled<L: Display, V: Display>(
        &mut self,
        (name, kind): (&str, &str),
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (L, V)>,
    ) {
        self.family(name, kind, help);
        for (of, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{of}\"}} {value}");
        }
    }
}

impl Seen {
    fn of(region: &Region) -> StoreResult<Self> {
        let store = region.store();
        Ok(Self {
            counts: region.counted.get(|| store.counts())?,
            devices: store.devices()?,
            stations: store.stations()?,
            backup: store.backup()?,
        })
    }

    fn text(&self, region: &Region) -> String {
        let mut t = Text::default();
        self.region(&mut t);
        self.stations(&mut t, region);
        self.backup(&mut t, region);
        running(&mut t, region);
        t.0
    }

    fn region(&self, t: &mut Text) {
        let c = &self.counts;
        let gapless = u64::from(c.head_pos == c.max_pos && c.max_pos == c.events);
        for (name, help, value) in [
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
        ] {
            t.gauge(name, help, value);
        }
    }

    fn stations(&self, t: &mut Text, region: &Region) {
        let now = region.env.now();
        let seen = |s: &StationRow| -> Vec<DeviceSeen> {
            let here = self.devices.iter().filter(|d| !d.revoked && d.station == s.id);
            here.filter_map(|d| d.seen.clone()).collect()
        };
        let all: Vec<(&StationRow, Vec<DeviceSeen>)> =
            self.stations.iter().map(|s| (s, seen(s))).collect();
        let contact = all.iter().map(|(s, seen)| {
            let last = seen.iter().map(|d| d.at).max();
            (&s.id.0, last.map_or("+Inf".to_owned(), |at| seconds(now - at)))
        });
        let help = "Seconds since any desk of the station greeted; +Inf when none ever did.";
        t.labelled(("esik_station_last_contact_seconds", "gauge"), help, "station", contact);
        let unsent =
            all.iter().map(|(s, seen)| (&s.id.0, seen.iter().map(|d| d.unsent).sum::<u64>()));
        let help = "Events saved at the station's desks without a verdict, as they last told.";
        t.labelled(("esik_station_unsent", "gauge"), help, "station", unsent);
        let offset = all.iter().map(|(s, seen)| {
            let worst = seen.iter().map(|d| d.clock_offset_ms).max_by_key(|ms| ms.unsigned_abs());
            (&s.id.0, seconds(TimeDelta::milliseconds(worst.unwrap_or(0))))
        });
        let help = "Region time minus desk time where it is worst, in seconds.";
        t.labelled(("esik_station_clock_offset_seconds", "gauge"), help, "station", offset);
        let behind = region.meters.behind();
        let behind = behind.iter().map(|(s, n)| (&s.0, n));
        let help = "Positions the station's slowest desk was behind when it last greeted here.";
        t.labelled(("esik_feed_lag_positions", "gauge"), help, "station", behind);
    }

    fn backup(&self, t: &mut Text, region: &Region) {
        let age = self.backup.map_or("+Inf".to_owned(), |b| seconds(region.env.now() - b.made_at));
        let pos = self.backup.map_or(0, |b| b.pos.0);
        let help = "Seconds since the newest verified backup; +Inf when there is none.";
        t.gauge("esik_backup_age_seconds", help, age);
        t.gauge("esik_backup_pos", "The durable watermark: how far that backup goes.", pos);
        let lag = self.counts.head_pos.saturating_sub(pos);
        t.gauge("esik_watermark_lag_positions", "Positions no verified backup holds yet.", lag);
    }
}

/// What this process counted since it started.
fn running(t: &mut Text, region: &Region) {
    let m = &region.meters;
    let help = "Pushes of desks, by how they ended.";
    t.labelled(("esik_pushes_total", "counter"), help, "outcome", m.pushes());
    let help = "Verdicts given to events, repeated ones too.";
    t.labelled(("esik_verdicts_total", "counter"), help, "verdict", m.verdicts());
    let (pages, entries) = m.pages();
    t.counter("esik_feed_pages_total", "Pages of feeds that went out.", pages);
    t.counter("esik_feed_entries_sent_total", "Entries of feeds that went out.", entries);
    let help = "Greetings of desks that know more of the region than it does itself.";
    t.counter("esik_desks_ahead_total", help, m.ahead());
    let help = "Looks at the applicant's status page, by how they ended.";
    t.labelled(("esik_status_reads_total", "counter"), help, "outcome", m.statuses());
    let help = "Words said on the applicant's status page, by how they ended.";
    t.labelled(("esik_status_words_total", "counter"), help, "outcome", m.words());
    let help = "Calls of the store that had to come back later, by reason.";
    t.labelled(("esik_store_busy_total", "counter"), help, "why", waits::counts());
    let help = "Requests told to come back, by the room that was full.";
    t.labelled(("esik_full_total", "counter"), help, "room", m.full_rooms());
    let help = "Requests told to come back later than a tenth of a second after they came.";
    t.counter("esik_full_late_total", help, m.told_late());
    let (working, waiting) = region.turns.now();
    t.gauge("esik_pushes_working", "Pushes that are worked on.", working);
    t.gauge("esik_pushes_waiting", "Pushes that wait for their turn.", waiting);
    let help = "Requests that wait for news of a feed.";
    t.gauge("esik_feeds_waiting", help, region.listening());
    let pool = region.store().pool();
    t.gauge("esik_pool_connections", "Open connections to the database.", pool.open);
    t.gauge("esik_pool_connections_max", "Connections at most.", pool.most);
    t.gauge("esik_pool_connections_idle", "Open connections nobody uses.", pool.idle);
    t.gauge("esik_pool_waiting", "Calls that wait for a connection.", pool.waiting);
}

/// With thousandths, as Prometheus writes seconds.
fn seconds(span: TimeDelta) -> String {
    let ms = span.num_milliseconds();
    let sign = if ms < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)
}
