//! What the region's administrator decides about officers: one comes into the circle or leaves it, one leaves the service.

use crate::world::{Step, World, broken};
use esik_domain::ids::{OfficerId, Scope};
use std::collections::BTreeSet;

/// The circle there is.
const CIRCLE: &str = "crisis";

impl World {
    /// An officer of this desk comes into the circle; or one leaves it, or all who are in it: then the desk loses its feed.
    pub(crate) fn circle_changes(&mut self, n: usize) -> Step {
        let region = self.region();
        // A region that was set back may not know one of them.
        let mut cards =
            region.store().device_officers(self.desks[n].device).expect("the store works");
        cards.retain(|card| !card.revoked);
        let (inside, outside): (Vec<_>, Vec<_>) =
            cards.iter().map(|c| (c.id, c.circles.is_empty())).partition(|(_, none)| !none);
        let leaves = !inside.is_empty() && (outside.is_empty() || self.rng.percent(60));
        let (of, circles) =
            if leaves { (inside, Vec::new()) } else { (outside, vec![CIRCLE.to_owned()]) };
        let all = leaves && self.rng.percent(60);
        let picked = self.rng.pick(&of).copied();
        for (officer, _) in of.into_iter().filter(|o| all || Some(*o) == picked) {
            region.set_circles(officer, &circles).expect("the administrator may");
            self.trace.say(format!("{officer} of desk {n} is in the circles {circles:?}"));
        }
        Ok(())
    }

    /// An officer of this desk leaves the service; its head stays.
    pub(crate) fn officer_leaves(&mut self, n: usize) -> Step {
        let all: Vec<OfficerId> = self.desks[n].seated.iter().skip(1).map(|s| s.card.id).collect();
        let Some(officer) = self.rng.pick(&all).copied() else { return Ok(()) };
        if self.region().store().revoke_officer(officer).expect("the store works") {
            self.ledger.left.insert(officer);
            self.trace.say(format!("{officer} of desk {n} leaves the service"));
        }
        Ok(())
    }

    /// S13: every desk goes by what the region knows of its officers, and follows their feeds and no others.
    pub(crate) fn officers_are_the_regions(&mut self) -> Step {
        let region = self.region();
        for (n, desk) in self.desks.iter().enumerate() {
            let mut feeds = BTreeSet::from([Scope::station(&desk.station)]);
            let officers = desk.officers();
            for card in region.store().device_officers(desk.device).expect("the store works") {
                // Whoever joined after a copy that it was put back to is not its own any more.
                if let Some(here) = officers.iter().find(|here| here.id == card.id)
                    && (here.revoked != card.revoked || here.circles != card.circles)
                {
                    let (has, left) = (&here.circles, here.revoked);
                    let what = format!("desk {n} has {has:?} (left: {left}) of {card:?}");
                    return broken("S13", what);
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
