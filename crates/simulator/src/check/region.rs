//! What must hold at the region: its logs have no holes, and what it accepted is there.

use crate::world::{Step, World, broken};
use esik_domain::event::Envelope;
use esik_domain::ids::{DeviceId, EventId, Pos, Scope, StationId};
use esik_server::codes::quarantine::LOST;
use esik_server::store::GIVEN_LIFE;
use esik_wire::{EventHash, Head};
use std::collections::BTreeSet;

/// S8, S2 at the region: every device's log is gap-free from 1, every event is there once, positions have
/// no holes, and everything acknowledged is there.
pub fn region_is_whole(world: &mut World) -> Step {
    let region = world.region();
    let store = region.store();
    let mut chain: BTreeSet<(DeviceId, u64, EventHash)> = BTreeSet::new();
    let came_back = sent_back(world, &region);
    for device in store.devices().expect("the store works") {
        for life in lives(world, device.id) {
            let Head { seq, hash } = store.device_head(device.id, life).expect("the store works");
            if seq == 0 {
                continue;
            }
            let log = store.verdicts(device.id, life, 1, seq).expect("the store works");
            chain.extend(log.iter().map(|row| (device.id, row.seq, row.hash)));
            // A branch of a copied desk is a life that begins where it left another one (S17).
            let wrote = world.ledger.saved.values();
            let branch = !wrote.into_iter().any(|w| w.device == device.id && w.incarnation == life);
            let first = log.first().map_or(0, |row| row.seq);
            let gapless = log.iter().zip(first..).all(|(row, at)| row.seq == at);
            let whole = log.last().map(|l| (l.seq, l.hash)) == Some((seq, hash));
            if !gapless || !whole || (first != 1 && !branch) {
                return broken("S8", format!("the log of {} has a hole", device.id));
            }
            // What a desk says is lost was there once, and nobody has it (adr/0042).
            let lost = |row: &&esik_server::store::LogRow| matches!(&row.kept, esik_server::store::Kept::Quarantined(code) if code == LOST);
            // A region that does not know that it was set back takes nothing of others than the author, and who waited a day in vain for
            // them says so, though somebody has it; it comes in when the operator accepts.
            let somebody_may_have_it = world.silent > 0;
            for row in log.iter().filter(lost) {
                let of = world.ledger.signed.iter().find(|(_, all)| all.contains(&row.hash));
                // Nobody has it, or whoever has it gave it back, and in the order of a region that was set back a rule stands
                // against it: it waits for a person there (adr/0048).
                let gone = |id: &EventId| {
                    somebody_may_have_it || world.ledger.gone.contains(id) || came_back.contains(id)
                };
                if !of.is_some_and(|(id, _)| gone(id)) {
                    return broken("S8", format!("{of:?} of {} is called lost", device.id));
                }
            }
        }
    }
    // Set back, it gets them again from whoever holds them, in any order: looked at when the faults have stopped.
    if world.restored == 0 || !world.stormy {
        every_event_follows_one(world, &region, &chain)?;
    }
    let head = store.head().expect("the store works").0;
    let saved: Vec<EventId> = world.ledger.saved.keys().copied().collect();
    let at = store.known(&saved).expect("the store works");
    let mut seen = BTreeSet::new();
    for (id, (pos, hash)) in &at {
        if pos.0 > head || !seen.insert(pos.0) {
            return broken("S8", format!("{id} at {}, the head at {head}", pos.0));
        }
        if !world.ledger.signed.get(id).is_some_and(|all| all.contains(hash)) {
            return broken("S22", format!("the region holds {id} with other bytes"));
        }
    }
    // Set back, it gets them again from the desks: looked at when the faults have stopped.
    let promised = world.ledger.acked.iter().filter(|_| world.restored == 0 || !world.stormy);
    let nobodys: BTreeSet<EventId> = (0..world.desks.len())
        .filter(|_| world.restored > 0 && !world.stormy)
        .flat_map(|n| super::nobodys(world, &region, n, &super::held(&world.desks[n])))
        .collect();
    let known = |id: &&EventId| !world.ledger.gone.contains(id) && !nobodys.contains(id);
    for id in promised.filter(known) {
        // In the order after a restore a decision may come too late: it goes back to its author as work. Where his disk rotted
        // meanwhile, it stands aside as what somebody else gave back.
        let refused = world.restored > 0 && came_back.contains(id);
        if world.ledger.saved.contains_key(id) && !at.contains_key(id) && !refused {
            return broken("S2", format!("the region lost {id}, which it had accepted"));
        }
    }
    Ok(())
}

/// Every event in the order follows one that the region holds as well, or that is lost with everybody who held it.
fn every_event_follows_one(
    world: &World,
    region: &esik_server::Region,
    chain: &BTreeSet<(DeviceId, u64, EventHash)>,
) -> Step {
    let mut there: BTreeSet<String> = chain.iter().map(|(_, _, hash)| hash.hex()).collect();
    if world.restored > 0 {
        let gone = |id: &EventId| world.ledger.signed.get(id).into_iter().flatten();
        there.extend(world.ledger.gone.iter().flat_map(gone).map(EventHash::hex));
        // What was given back is in the order, and in no device's log.
        let saved: Vec<EventId> = world.ledger.signed.keys().copied().collect();
        let held = region.store().known(&saved).expect("the store works");
        there.extend(held.values().map(|(_, hash)| hash.hex()));
    }
    // What the hostile one sends is no log: it begins wherever the region stands.
    let hostile = world.hostile.as_ref().filter(|_| world.restored > 0).map(|h| h.device);
    for station in crate::world::STATIONS {
        for e in feed_of(region, &station.into()) {
            let first = e.device_seq.0 == 1 && e.prev == esik_wire::ZERO_HASH.hex();
            let by_the_region = e.device_id == region.identity().device;
            let by_the_hostile = hostile == Some(e.device_id);
            if !by_the_region && !by_the_hostile && !first && !there.contains(&e.prev) {
                return broken("S8", format!("{} follows nothing the region holds", e.id));
            }
        }
    }
    Ok(())
}

/// Lives of a device that wrote anything.
fn lives(world: &World, device: DeviceId) -> BTreeSet<u32> {
    let of = |w: &&crate::ledger::Written| w.device == device;
    let mut lives: BTreeSet<u32> =
        world.ledger.saved.values().filter(of).map(|w| w.incarnation).collect();
    lives.insert(1);
    lives.extend(world.ledger.lives.iter().filter(|(d, _)| *d == device).map(|(_, life)| *life));
    lives
}

/// What the region refused or set aside: its authors know.
pub fn sent_back(world: &World, region: &esik_server::Region) -> BTreeSet<EventId> {
    let store = region.store();
    let mut out = BTreeSet::new();
    for device in store.devices().expect("the store works") {
        // What another desk gave back and somebody has to decide about, too.
        for life in lives(world, device.id).into_iter().chain([GIVEN_LIFE]) {
            let head = store.device_head(device.id, life).expect("the store works");
            let log = store.verdicts(device.id, life, 1, head.seq).expect("the store works");
            let refused = |row: &&esik_server::store::LogRow| {
                !matches!(row.kept, esik_server::store::Kept::Accepted(_))
            };
            out.extend(log.iter().filter(refused).filter_map(|row| row.id));
        }
    }
    out
}

/// Every event in a station's feed.
pub fn feed_of(region: &esik_server::Region, station: &StationId) -> Vec<Envelope> {
    let scope = Scope::station(station);
    let mut out = Vec::new();
    let mut after = Pos(0);
    loop {
        let page = region.store().feed(&scope, after, 500).expect("the store works");
        out.extend(page.events.iter().filter_map(|e| e.event.envelope().ok()));
        match page.events.last() {
            Some(last) if page.more => after = last.pos,
            _ => return out,
        }
    }
}
