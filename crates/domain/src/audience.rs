//! Who may know of an event: the feeds it enters at the region, and what a desk that follows some feeds may keep.
//!
//! The region computes it from a case's events in its order; a desk asks the same when it follows less than before
//! (docs/adr/0046).

use crate::event::{Envelope, KINDS, Role};
use crate::ids::{Circle, OfficerId, ReferralId, Scope, StationId};
use std::collections::HashMap;

/// What an audience rests on: whose a case is, its circle, and those of its referrals.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    station: Option<StationId>,
    author: Option<OfficerId>,
    circle: Circle,
    /// Circle and drafter of each referral.
    referrals: HashMap<ReferralId, (Circle, OfficerId)>,
}

/// The referral an event is about, whatever its kind.
#[must_use]
pub fn referral_of(event: &Envelope) -> Option<ReferralId> {
    event.body.get("referral_id")?.as_str()?.parse().ok()
}

/// Kinds that say into which circle a stream goes.
const CIRCLE_SAID: [&str; 3] = ["visit_noted", "case_opened", "case_restricted"];

/// Can an event of this kind put its stream into a circle?
#[must_use]
pub fn says_circle(kind: &str) -> bool {
    CIRCLE_SAID.contains(&kind)
}

/// The circle a case has after an event, when that event gives it one. What opens the stream says it; later on an open case may
/// become a circle's (`case_restricted`). It never comes out of one, nor into another: a further visit in a second circle is a part
/// of the case that only that one sees, and moves nothing (docs/adr/0046).
#[must_use]
pub fn circle_after(now: &Circle, event: &Envelope) -> Option<Circle> {
    let says = says_circle(&event.kind) && now.is_open();
    (says && !event.circle.is_open()).then(|| event.circle.clone())
}

/// Kinds that open a stream: a visit or a case, a ticket of the hall, a hand-over, an address of a beat, a day of rounds, a list handed to a body, an entry confirmed, looks noted.
const OPENINGS: [&str; 9] = [
    "visit_noted",
    "case_opened",
    "queue_joined",
    "shift_handed_over",
    "round_place_noted",
    "round_planned",
    "owed_list_handed",
    "knowledge_confirmed",
    "looks_noted",
];

/// Does this event open its stream, so that its author is whose the stream is? In the order of a region that was set back, or at
/// a desk that lost a part, anything may come first: who restricted a case or wrote a note in it did not open it by that. Of a kind
/// that this program does not know, it may be.
#[must_use]
pub fn opens(event: &Envelope) -> bool {
    OPENINGS.contains(&event.kind.as_str()) || !KINDS.iter().any(|(kind, _, _)| *kind == event.kind)
}

impl Audience {
    /// Takes one more accepted event of the case, in their order.
    pub fn add(&mut self, event: &Envelope) {
        self.station.get_or_insert_with(|| event.station_id.clone());
        if opens(event) {
            self.author.get_or_insert(event.actor_id);
        }
        if let Some(circle) = circle_after(&self.circle, event) {
            self.circle = circle;
        }
        if event.kind == "referral_drafted"
            && let Some(id) = referral_of(event)
        {
            self.referrals.entry(id).or_insert_with(|| (event.circle.clone(), event.actor_id));
        }
    }

    /// The station of the case; nothing before its first event.
    #[must_use]
    pub fn station(&self) -> Option<&StationId> {
        self.station.as_ref()
    }

    /// Who opened the stream; nothing while what opened it is not there.
    #[must_use]
    pub fn author(&self) -> Option<OfficerId> {
        self.author
    }

    /// Circle and drafter of a referral.
    #[must_use]
    pub fn referral(&self, id: ReferralId) -> Option<&(Circle, OfficerId)> {
        self.referrals.get(&id)
    }

    /// The case's own circle.
    #[must_use]
    pub fn circle(&self) -> &Circle {
        &self.circle
    }

    /// Puts the case into a circle of which this desk knows only that it is one: whoever is in none it follows sees nothing.
    pub fn leave_unknown(&mut self) {
        if self.circle.is_open() {
            self.circle = Circle("?".to_owned());
        }
    }

    /// The circle an event belongs to: its own, else its referral's, else the case's. An event never gets wider than what
    /// it is about.
    #[must_use]
    pub fn circle_of(&self, event: &Envelope) -> Circle {
        if !event.circle.is_open() {
            return event.circle.clone();
        }
        match referral_of(event).and_then(|id| self.referral(id)) {
            Some((circle, _)) if !circle.is_open() => circle.clone(),
            _ => self.circle.clone(),
        }
    }

    /// Feeds an event of the case enters; call it after [`Audience::add`].
    ///
    /// An open one: its station. A restricted one: the circle at the station, who opened the case (when the case itself is
    /// restricted), and where it is in another circle than the case: who drafted the referral and who did it. A part of a case
    /// without the case helps nobody.
    #[must_use]
    pub fn of(&self, event: &Envelope) -> Vec<Scope> {
        let station = self.station.as_ref().unwrap_or(&event.station_id);
        let circle = self.circle_of(event);
        if circle.is_open() {
            return vec![Scope::station(station)];
        }
        let mut out = vec![Scope::circle(station, circle.0.as_str())];
        let mut add = |officer: OfficerId| {
            let scope = Scope::officer(officer);
            if !out.contains(&scope) {
                out.push(scope);
            }
        };
        if !self.circle.is_open()
            && let Some(author) = self.author
        {
            add(author);
        }
        if circle == self.circle {
            return out;
        }
        if let Some((_, by)) = referral_of(event).and_then(|id| self.referral(id)) {
            add(*by);
        }
        if event.role != Role::Region {
            add(event.actor_id);
        }
        out
    }
}
