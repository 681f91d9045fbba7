//! What the region's administrator decides about officers: one comes into the circle or leaves it, one leaves the service.

use crate::world::{Step, World, broken};
use esik_domain::ids::{OfficerId, Scope};
use std::collections::BTreeSet;

/// The circle there is.
const CIRCLE: &str = "crisis";

impl World {
    /// An officer of this desk comes into the circle, or leaves it.
    pub(crate) fn circle_changes(&mut self, n: usize) -> Step {
        let Some(officer) = self.officer_of(n, 0) else { return Ok(()) };
        let region = self.region();
        let row = region.store().officers(&[officer]).expect("the store works").pop();
        // A region that was set back may not know him.
        let Some(row) = row.filter(|row| !row.card.revoked) else { return Ok(()) };
        let circles: Vec<String> =
            if row.card.circles.is_empty() { vec![CIRCLE.to_owned()] } else { Vec::new() };
        region.set_circles(officer, &circles).expect("the administrator may");
        self.trace.say(format!("{officer} of desk {n} is in the circles {circles:?}"));
        Ok(())
    }

    /// An officer of this desk leaves the service; its head stays.
    pub(crate) fn officer_leaves(&mut self, n: usize) -> Step {
        let Some(officer) = self.officer_of(n, 1) else { return Ok(()) };
        if self.region().store().revoke_officer(officer).expect("the store works") {
            self.trace.say(format!("{officer} of desk {n} leaves the service"));
        }
        Ok(())
    }

    fn officer_of(&mut self, n: usize, from: usize) -> Option<OfficerId> {
        let all: Vec<_> = self.desks[n].seated.iter().skip(from).map(|s| s.card.id).collect();
        self.rng.pick(&all).copied()
    }

    /// S13: every desk goes by what the region knows of its officers, and follows their feeds and no others.
    pub(crate) fn officers_are_the_regions(&mut self) -> Step {
        let region = self.region();
        for (n, desk) in self.desks.iter().enumerate() {
            let mut feeds = BTreeSet::from([Scope::station(&desk.station)]);
            for card in region.store().device_officers(desk.device).expect("the store works") {
                let seated = desk.seated.iter().find(|s| s.card.id == card.id);
                if let Some(seated) = seated
                    && (card.revoked || seated.card.circles != card.circles)
                {
                    let has = &seated.card.circles;
                    return broken("S13", format!("desk {n} has {has:?} of {card:?}"));
                }
                if !card.revoked {
                    feeds.extend(card.circles.iter().map(|c| Scope::circle(&desk.station, c)));
                    feeds.insert(Scope::officer(card.id));
                }
            }
            let follows = desk.follows();
            if follows != feeds {
                return broken("S13", format!("desk {n} follows {follows:?}, not {feeds:?}"));
            }
        }
        Ok(())
    }
}
