//! What the region publishes (docs/adr/0017-publications.md): calendars that move days, and cards. It goes behind the
//! events, signed, and a version that came is never another one.

use crate::swarm::Fault;
use crate::world::{Step, World, broken};
use chrono::{DateTime, Days, Utc};
use esik_domain::calendar::local;
use esik_domain::publication::Kind;
use esik_server::NewPublication;
use esik_store::{Store, publications};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The shipped calendar with one more day off in December 2026, another one each time.
fn calendar(n: u32) -> String {
    let mut all: Value =
        serde_json::from_str(include_str!("../../domain/data/calendar-kz.json")).expect("JSON");
    all["version"] = json!(format!("2026-{}", 3 + n));
    let years = all["years"].as_array_mut().expect("years");
    let year = years.iter_mut().find(|y| y["year"] == 2026).expect("the year");
    let day = format!("2026-12-{:02}", 7 + n % 5);
    let off = year["off"].as_array_mut().expect("days off");
    off.push(json!({ "date": day, "name": "transferred" }));
    year["working"] = json!([{ "date": "2026-12-12", "for": day }]);
    all.to_string()
}

fn cards(n: u32) -> String {
    let card = json!({ "code": "gas-stove", "version": 2, "categories": ["ZKH-01"],
        "title": { "kk": "Газ пеші", "ru": "Газовая плита", "en": "" },
        "say": { "kk": "Пешпен жылынбаңыз", "ru": "Плитой не греются", "en": "" }, "steps": [],
        "papers": { "kk": "", "ru": "", "en": "" }, "ground": { "kk": "", "ru": "", "en": "" },
        "confirmed": "2026-11-20" });
    json!({ "version": n, "cards": [card] }).to_string()
}

impl World {
    /// The region publishes something that holds from today on, or from a day to come.
    pub(crate) fn publish(&mut self) -> Step {
        // No number is used again: whoever publishes after a restore takes the next one.
        self.published += 1;
        let calendar_moves = self.rng.percent(60);
        let (kind, body) = if calendar_moves {
            (Kind::Calendar, calendar(self.published))
        } else {
            (Kind::Knowledge, cards(self.published))
        };
        let today = local(self.time.now()).date_naive();
        let days = self.rng.below(3) as u64;
        let holds_from = (days > 0).then(|| today + Days::new(days));
        let new = NewPublication { kind, body, holds_from, by: "Бекова А. Т.".to_owned() };
        let region = self.region();
        match region.publish(&new) {
            Ok(row) => {
                self.trace.say(format!("the region publishes {} {}", row.kind, row.label));
                Ok(())
            }
            Err(e) => broken("publications", format!("the region refuses {kind:?}: {e}")),
        }
    }
}

/// What holds, by kind.
type Editions = BTreeMap<&'static str, BTreeSet<String>>;

fn in_force(store: &Store) -> Editions {
    let holds = |kind: Kind| {
        let all = store.read(|conn| publications::in_force(conn, kind)).expect("it answers");
        (kind.code(), all.into_iter().map(|k| k.hash).collect())
    };
    [Kind::Calendar, Kind::Knowledge].map(holds).into()
}

/// Without faults every desk has what the region lists, byte for byte; when no region forgot what it had published, the
/// same holds at all of them on the same day.
pub fn are_everywhere(world: &mut World) -> Step {
    let region = world.region();
    let listed = region.store().publications().expect("the store works");
    let now: DateTime<Utc> = world.time.now();
    let mut first: Option<Editions> = None;
    for n in 0..world.desks.len() {
        let store = world.desks[n].store();
        let here = store.read(publications::list).expect("the database answers");
        for p in &listed {
            let same = |k: &&publications::Kept| k.hash == p.hash && k.version == p.version;
            if here.iter().find(same).is_none_or(|k| !k.fault.is_empty()) {
                let what = format!("desk {n} has no {} {}", p.kind, p.label);
                return broken("publications", what);
            }
        }
        store.write(move |tx| publications::settle(tx, now)).expect("the database writes");
        let holds = in_force(&store);
        let first = first.get_or_insert_with(|| holds.clone());
        // A clock that is ahead begins a day too early, and what holds goes on holding.
        let alike = world.restored == 0 && !world.plan.has(Fault::Clocks);
        if alike && *first != holds {
            return broken("publications", format!("at desk {n} another edition holds: {holds:?}"));
        }
    }
    Ok(())
}
