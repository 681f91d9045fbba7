//! The region's page of stations: who was heard of when, what waits there, what was set aside, whose clock is off.

use super::pages::{Frame, MessagePage, Switch, show};
use super::requests::{self, trouble};
use super::texts::Texts;
use super::visitor::Visitor;
use crate::region::{Region, failed};
use crate::store::{AsideCount, DeviceRow, StationRow};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use esik_domain::catalog::Lang;
use esik_domain::ids::{DeviceId, StationId};
use esik_domain::queue::desk_letter;
use std::collections::HashMap;
use std::sync::Arc;

/// A desk unheard of for so long is marked.
const SILENT: TimeDelta = TimeDelta::hours(24);
/// A clock off by so much is marked: the bound of the desk's own screen.
const CLOCK_OFF: TimeDelta = TimeDelta::minutes(2);

/// A cell with its mark: `late`, `warn`, `ok` or nothing.
pub struct Cell {
    pub text: String,
    pub mark: &'static str,
}

/// One desk.
pub struct DeskRow {
    pub name: String,
    pub id: String,
    pub seen: Cell,
    pub unsent: Cell,
    pub aside: Cell,
    pub rejected: Cell,
    pub clock: Cell,
    pub version: Cell,
    pub marks: Vec<Cell>,
}

impl DeskRow {
    /// The cells after the name, in the order of the head.
    fn cells(&self) -> [&Cell; 6] {
        [&self.seen, &self.unsent, &self.aside, &self.rejected, &self.clock, &self.version]
    }
}

/// One station with its desks.
pub struct Station {
    pub name: String,
    pub desks: Vec<DeskRow>,
}

#[derive(Template)]
#[template(path = "region.html")]
pub struct StationsPage<'a> {
    pub f: &'a Frame,
    pub region: String,
    pub pos: String,
    pub epoch: String,
    pub aside: u64,
    pub stations: Vec<Station>,
}

/// Only an operator learns that these pages are there.
pub fn operator(v: &Visitor) -> Result<super::clerks::SignedIn, Box<Response>> {
    match &v.clerk {
        None => Err(Box::new(requests::to_sign_in(v))),
        Some(c) if c.is_operator() => Ok(c.clone()),
        Some(_) => Err(Box::new(requests::not_found(v))),
    }
}

/// Letters of a station's desks, by the order in which they joined: as `hello` gives them.
pub fn letters(devices: &[DeviceRow]) -> HashMap<DeviceId, String> {
    let mut sorted: Vec<&DeviceRow> = devices.iter().collect();
    sorted.sort_by_key(|d| (d.enrolled_at, d.id));
    let mut next: HashMap<&StationId, u32> = HashMap::new();
    let mut out = HashMap::new();
    for d in sorted {
        let n = next.entry(&d.station).or_default();
        out.insert(d.id, desk_letter(*n));
        *n += 1;
    }
    out
}

/// Name of a station in the page's language.
pub fn station_name(t: &Texts, stations: &[StationRow], id: &StationId) -> String {
    let found = stations.iter().find(|s| s.id == *id);
    found.map_or_else(
        || id.to_string(),
        |s| if t.lang() == Lang::Ru { s.name.ru.clone() } else { s.name.kk.clone() },
    )
}

/// The region's stations and their desks.
#[utoipa::path(get, path = "/region", tag = "operator", responses((status = 200, description = "the page")))]
pub async fn stations(State(region): State<Arc<Region>>, v: Visitor) -> Response {
    if let Err(answer) = operator(&v) {
        return *answer;
    }
    let read = region
        .off(|r| {
            Ok((
                r.store.stations().map_err(failed)?,
                r.store.devices().map_err(failed)?,
                r.store.aside_counts().map_err(failed)?,
                r.store.head().map_err(failed)?,
                r.full_today(),
                r.env.now(),
            ))
        })
        .await;
    let (stations, devices, counts, head, full, now) = match read {
        Ok(read) => read,
        Err(e) => return trouble(&v, &e),
    };
    let t = v.t;
    let row = region.identity();
    let f = Frame::new(&v, t.get("region-title"), Frame::link(&v, "/region"));
    let letters = letters(&devices);
    let view = StationsPage {
        f: &f,
        region: if t.lang() == Lang::Ru { row.name.ru.clone() } else { row.name.kk.clone() },
        pos: head.0.to_string(),
        epoch: row.epoch.chars().take(8).collect(),
        aside: counts.iter().map(|c| c.quarantined + c.branch).sum(),
        stations: stations
            .iter()
            .map(|s| Station {
                name: station_name(t, &stations, &s.id),
                desks: devices
                    .iter()
                    .filter(|d| d.station == s.id)
                    .map(|d| {
                        let letter = letters.get(&d.id).cloned().unwrap_or_default();
                        let mut row = desk(t, d, &letter, &counts, now);
                        if full.contains_key(&d.id) {
                            row.marks.push(Cell { text: t.get("region-full"), mark: "warn" });
                        }
                        row
                    })
                    .collect(),
            })
            .collect(),
    };
    show(StatusCode::OK, &f, &view)
}

fn desk(t: &Texts, d: &DeviceRow, letter: &str, all: &[AsideCount], now: DateTime<Utc>) -> DeskRow {
    let mine = all.iter().filter(|c| c.device == d.id);
    let (aside, rejected) =
        mine.fold((0, 0), |(a, r), c| (a + c.quarantined + c.branch, r + c.rejected));
    let plain = |text: String| Cell { text, mark: "" };
    let marked = |text: String, bad: bool| Cell { text, mark: if bad { "warn" } else { "" } };
    let (seen, unsent, clock, version) = match &d.seen {
        None => (
            Cell { text: t.get("region-never"), mark: "warn" },
            plain("–".to_owned()),
            plain("–".to_owned()),
            "–".to_owned(),
        ),
        Some(s) => {
            let off = TimeDelta::milliseconds(s.clock_offset_ms).abs();
            let bad = off >= CLOCK_OFF;
            let minutes = u64::try_from(off.num_minutes()).unwrap_or(0);
            let text = match (bad, s.clock_offset_ms > 0) {
                (false, _) => t.get("region-clock-good"),
                // Region time minus device time: a desk that is behind gives more than nothing.
                (true, true) => t.count("region-clock-behind", "minutes", minutes),
                (true, false) => t.count("region-clock-ahead", "minutes", minutes),
            };
            (
                marked(t.moment(s.at), now - s.at > SILENT),
                marked(s.unsent.to_string(), s.unsent > 0),
                marked(text, bad),
                s.version.clone(),
            )
        }
    };
    let mut marks = Vec::new();
    if d.frozen {
        marks.push(Cell { text: t.get("region-frozen"), mark: "late" });
    }
    if d.revoked {
        marks.push(Cell { text: t.get("region-revoked"), mark: "calm" });
    }
    DeskRow {
        name: t.with("region-desk", "letter", letter),
        id: d.id.to_string().chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect(),
        seen,
        unsent,
        aside: Cell { text: aside.to_string(), mark: if aside > 0 { "late" } else { "" } },
        rejected: plain(rejected.to_string()),
        clock,
        version: plain(version),
        marks,
    }
}

/// A line of text instead of a page that could not be made.
pub fn message(v: &Visitor, status: StatusCode, text: String) -> Response {
    let f = Frame::new(v, v.t.get("region-title"), Frame::link(v, "/region/aside"));
    show(status, &f, &MessagePage { f: &f, text })
}
