//! What must hold: after every round, after every crash, and when the faults have stopped.

use crate::desk::{Desk, Version};
use crate::swarm;
use crate::world::{Broken, Step, World, broken};
use esik_domain::event::Envelope;
use esik_domain::ids::{DeviceId, EventId, OfficerId, Pos, Scope, StationId};
use esik_store::verify::{state_hash, verify};
use esik_wire::signed::{hash_bytes, key_from_text};
use esik_wire::{EventHash, Head, PushResponse, Segment};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Rounds after which, without faults, everything has to be everywhere (S12).
pub const ROUNDS: usize = 3;

/// An event as a desk's database holds it.
struct Held {
    id: EventId,
    hash: EventHash,
    stored_hash: Vec<u8>,
    device: DeviceId,
    /// Its column: a life, or a branch of one.
    incarnation: i64,
    seq: u64,
    pos: Option<u64>,
    verdict: Option<String>,
    circle: String,
}

fn held(desk: &Desk) -> Vec<Held> {
    desk.store()
        .read(|conn| {
            let mut ask = conn.prepare_cached(
                "SELECT id, bytes, hash, device_id, incarnation, device_seq, pos, verdict, circle
                 FROM event ORDER BY device_id, incarnation, device_seq",
            )?;
            let rows = ask.query_map([], |r| {
                let (id, device): ([u8; 16], [u8; 16]) = (r.get(0)?, r.get(3)?);
                let bytes: String = r.get(1)?;
                Ok(Held {
                    id: EventId(uuid::Uuid::from_bytes(id)),
                    hash: hash_bytes(bytes.as_bytes()),
                    stored_hash: r.get(2)?,
                    device: DeviceId(uuid::Uuid::from_bytes(device)),
                    incarnation: r.get(4)?,
                    seq: r.get::<_, i64>(5)?.unsigned_abs(),
                    pos: r.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
                    verdict: r.get(7)?,
                    circle: r.get(8)?,
                })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .expect("the database answers")
}

/// Ids of every event a desk holds.
pub fn ids(desk: &Desk) -> BTreeSet<EventId> {
    held(desk).into_iter().map(|h| h.id).collect()
}

/// S3, S5, S9: the region answers for every event, and what it says it accepted is on its disk.
pub fn verdicts(world: &mut World, n: usize, asked: &Segment, answer: &PushResponse) -> Step {
    world.ledger.lives.insert((asked.device_id, asked.incarnation));
    let region = world.region();
    let store = region.store();
    for seq in (asked.first_seq..).take(asked.events.len()) {
        if !answer.verdicts.iter().any(|v| v.seq == seq) {
            return broken("S9", format!("no verdict on {seq} of desk {n}"));
        }
    }
    let head = store.device_head(asked.device_id, asked.incarnation).expect("the store works");
    if head.seq < answer.acked.seq {
        return broken(
            "S3",
            format!("desk {n}: {} acknowledged, {} held", answer.acked.seq, head.seq),
        );
    }
    for v in &answer.verdicts {
        let Some(id) = v.id else { continue };
        let good = matches!(
            v.verdict,
            esik_wire::Verdict::Accepted { .. } | esik_wire::Verdict::Duplicate { .. }
        );
        let sent = (asked.first_seq..).zip(&asked.events).find(|(seq, _)| *seq == v.seq);
        let Some((_, sent)) = sent.filter(|_| good) else { continue };
        let known = store.known(&[id]).expect("the store works");
        match known.get(&id) {
            None => return broken("S3", format!("{} of desk {n} accepted, and not held", v.seq)),
            Some((_, hash)) if *hash != sent.hash() => {
                return broken("S5", format!("{} of desk {n} accepted with other bytes", v.seq));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// S1, S2: what was shown as saved is there after the program ended, however it ended; S8: without holes.
pub fn holds_its_own(world: &mut World, n: usize) -> Step {
    let desk = &world.desks[n];
    let held = held(desk);
    let ids: BTreeSet<EventId> = held.iter().map(|h| h.id).collect();
    for (id, w) in &world.ledger.saved {
        if w.at == n && !ids.contains(id) && !world.ledger.gone.contains(id) {
            return broken(
                "S2",
                format!("desk {n} lost {id} ({} of life {})", w.seq, w.incarnation),
            );
        }
    }
    let mut last: BTreeMap<i64, u64> = BTreeMap::new();
    // Of an earlier life a desk that was set back holds what the region gave it, no more.
    let life = i64::from(desk.incarnation());
    for h in held.iter().filter(|h| h.device == desk.device && h.incarnation == life) {
        let before = last.insert(h.incarnation, h.seq).unwrap_or(0);
        if h.seq != before + 1 {
            return broken(
                "S8",
                format!("desk {n}: {} of life {} after {before}", h.seq, h.incarnation),
            );
        }
    }
    Ok(())
}

/// A round is over; `whole` when it was done to its end.
pub fn after_round(world: &mut World, n: usize, whole: bool) -> Step {
    holds_its_own(world, n)?;
    let held = held(&world.desks[n]);
    only_what_was_signed(world, n, &held)?;
    only_what_it_may_know(world, n, &held)?;
    positions_are_the_regions(world, n, &held, whole)?;
    same_events_same_state(world, n, &held)
}

/// S14, S22: every event is, byte for byte, one that somebody signed.
fn only_what_was_signed(world: &World, n: usize, held: &[Held]) -> Step {
    for h in held {
        if h.stored_hash != h.hash.0 {
            return broken("S22", format!("desk {n} holds {} with other bytes", h.id));
        }
        let region = h.device == world.region.as_ref().map_or(h.device, |r| r.identity().device);
        let signed = world.ledger.signed.get(&h.id).is_some_and(|all| all.contains(&h.hash));
        if !signed && !region {
            return broken("S14", format!("desk {n} took {} which nobody signed", h.id));
        }
    }
    Ok(())
}

/// A restricted case is known to its circle and its author, and to no other desk.
fn only_what_it_may_know(world: &World, n: usize, held: &[Held]) -> Step {
    let desk = &world.desks[n];
    let circles = desk.circles();
    for h in held.iter().filter(|h| h.circle != "open") {
        if h.device != desk.device && !circles.contains(&h.circle.as_str()) {
            let ours = world.desks.iter().any(|d| d.device == h.device && d.n != n);
            if ours {
                return broken("circle", format!("desk {n} holds {} of {}", h.id, h.circle));
            }
        }
    }
    Ok(())
}

/// S3: what a desk takes for accepted is at the region, at that place, as long as both speak of the same history.
fn positions_are_the_regions(world: &mut World, n: usize, held: &[Held], whole: bool) -> Step {
    // What a liar said it took is nowhere.
    if !whole || world.plan.has(swarm::Fault::Liar) {
        return Ok(());
    }
    let region = world.region();
    let known: Option<esik_wire::KnownRegion> = world.desks[n]
        .store()
        .read(|conn| esik_store::meta::get(conn, esik_app::sync::KNOWN))
        .expect("the database answers");
    if known.map(|k| k.epoch) != Some(region.identity().epoch.clone()) {
        return Ok(());
    }
    let ids: Vec<EventId> = held.iter().filter(|h| h.pos.is_some()).map(|h| h.id).collect();
    let at = region.store().known(&ids).expect("the store works");
    for h in held.iter().filter(|h| h.pos.is_some()) {
        match at.get(&h.id) {
            Some((Pos(pos), hash)) if Some(*pos) == h.pos && *hash == h.hash => {}
            other => {
                return broken(
                    "S3",
                    format!("desk {n} has {} at {:?}, the region at {other:?}", h.id, h.pos),
                );
            }
        }
    }
    Ok(())
}

/// S10: the same events in the same order fold to the same state, whichever way they came.
fn same_events_same_state(world: &mut World, n: usize, held: &[Held]) -> Step {
    // Events that lost their place are folded in the order of their arrival until they get it again.
    if held.iter().any(|h| h.verdict.as_deref() == Some("accepted") && h.pos.is_none()) {
        return Ok(());
    }
    let mut order = Sha256::new();
    for h in held {
        order.update(format!("{} {:?} {:?}\n", h.id, h.pos, h.verdict));
    }
    let order = hex::encode(order.finalize());
    in_the_regions_order(world, n)?;
    let state = state_of(&world.desks[n], false);
    world.trace.say(format!("desk {n} holds {} events, state {}", held.len(), &state[..12]));
    let who = format!("desk {n} at {}", world.trace.len());
    let first = world.ledger.states.entry(order).or_insert_with(|| (state.clone(), who.clone()));
    if first.0 != state {
        return broken("S10", format!("the same events, another state: {} and {who}", first.1));
    }
    Ok(())
}

/// S19: the region's order is the order of the fold, whatever the clocks said.
fn in_the_regions_order(world: &World, n: usize) -> Step {
    for case in crate::work::cases(&world.desks[n]) {
        let entries = world.desks[n]
            .store()
            .read(|conn| esik_store::log::case_entries(conn, case))
            .expect("the database answers");
        let places: Vec<u64> = entries
            .iter()
            .filter_map(|e| match e.entry.standing {
                esik_domain::fold::Standing::Accepted(pos) => Some(pos.0),
                _ => None,
            })
            .collect();
        if !places.is_sorted() {
            return broken("S19", format!("desk {n} folds {case} in another order: {places:?}"));
        }
    }
    Ok(())
}

fn state_of(desk: &Desk, open_only: bool) -> String {
    desk.store().read(|conn| state_hash(conn, open_only)).expect("the database answers")
}

/// S6: lists and search show what the events say, and every chain and signature holds.
fn rows_follow_the_events(world: &World, n: usize) -> Step {
    let desk = &world.desks[n];
    let report = desk
        .store()
        .read(|conn| {
            let officers = esik_store::officers::keys(conn)?;
            let region: Option<esik_app::sync::Region> =
                esik_store::meta::get(conn, esik_app::sync::REGION)?;
            let region = region.and_then(|r| key_from_text(&r.region_key).ok());
            verify(conn, &|e| {
                if e.role == esik_domain::event::Role::Region {
                    region
                } else {
                    officers.get(&OfficerId(e.actor_id.0)).copied()
                }
            })
        })
        .expect("the database answers");
    if report.is_sound() { Ok(()) } else { broken("S6", format!("desk {n}: {:?}", report.faults)) }
}

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
        }
    }
    for station in crate::world::STATIONS {
        for e in feed_of(&region, &station.into()) {
            let follows = match e.device_seq.0 {
                1 => e.prev == esik_wire::ZERO_HASH.hex(),
                seq => chain
                    .iter()
                    .any(|(d, at, h)| *d == e.device_id && *at == seq - 1 && h.hex() == e.prev),
            };
            let by_the_region = e.device_id == region.identity().device;
            if !by_the_region && !follows {
                return broken("S8", format!("{} follows nothing the region holds", e.id));
            }
        }
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
    for id in promised {
        // In the order after a restore a decision may come too late: it goes back to its author as work.
        let refused = world.restored > 0 && came_back.contains(id);
        if world.ledger.saved.contains_key(id) && !at.contains_key(id) && !refused {
            return broken("S2", format!("the region lost {id}, which it had accepted"));
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
fn sent_back(world: &World, region: &esik_server::Region) -> BTreeSet<EventId> {
    let store = region.store();
    let mut out = BTreeSet::new();
    for device in store.devices().expect("the store works") {
        for life in lives(world, device.id) {
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

/// S17: whoever is told that another copy of it lives joins again, and nobody is told twice for nothing.
async fn copies_join_again(world: &mut World) -> Step {
    for _ in 0..ROUNDS {
        for n in 0..world.desks.len() {
            if world.desks[n].twinned {
                world.whole_round(n).await?;
                world.join_again(n).await?;
            }
        }
    }
    Ok(())
}

/// S17: when all copies have joined again the region keeps nothing of them apart and nobody is frozen.
fn nothing_is_kept_apart(world: &mut World) -> Step {
    let region = world.region();
    let store = region.store();
    let kept = store.forks(1000).expect("the store works").len();
    let frozen = store.devices().expect("the store works").iter().filter(|d| d.frozen).count();
    if kept + frozen > 0 && !world.plan.has(swarm::Fault::Poison) {
        return broken("S17", format!("{kept} events are kept apart, {frozen} devices are frozen"));
    }
    Ok(())
}

/// S12: without faults, everything is everywhere after [`ROUNDS`] rounds.
pub async fn converges(world: &mut World) -> Step {
    copies_join_again(world).await?;
    let mut last = Ok(());
    for round in 1..=ROUNDS {
        for n in 0..world.desks.len() {
            world.whole_round(n).await?;
        }
        last = all_is_everywhere(world);
        if last.is_ok() {
            world.trace.say(format!("everything is everywhere after {round} rounds"));
            break;
        }
    }
    last?;
    nothing_is_kept_apart(world)?;
    region_is_whole(world)?;
    for n in 0..world.desks.len() {
        rows_follow_the_events(world, n)?;
    }
    Ok(())
}

/// S23: desks one version before and one after the region work and synchronise. The newer ones do as if nothing were;
/// the older ones are told to bring their program up to date, deliver what they have and keep what is theirs; brought
/// up to date, everybody agrees.
pub async fn one_apart(world: &mut World) -> Step {
    for n in 0..world.desks.len() {
        // Two copies that both write only now are told of each other only now, whatever their version.
        if world.desks[n].twinned {
            continue;
        }
        let (version, wanted) = [(Version::After, "done"), (Version::Before, "too_old")][n % 2];
        world.desks[n].version = version;
        world.work(n);
        world.whole_round(n).await?;
        let desk = &world.desks[n];
        if desk.last.as_deref() != Some(wanted) {
            return broken("S23", format!("desk {n}, {version:?}: {:?}", desk.last));
        }
        let unsent = desk.store().read(esik_store::log::unsent_count).expect("it answers");
        if unsent > 0 {
            return broken("S23", format!("desk {n}, {version:?}, keeps {unsent} events"));
        }
        holds_its_own(world, n)?;
    }
    region_is_whole(world)?;
    world.calm().await?;
    converges(world).await
}

fn all_is_everywhere(world: &mut World) -> Step {
    let region = world.region();
    let back = sent_back(world, &region);
    let mut states: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for n in 0..world.desks.len() {
        let desk = &world.desks[n];
        if desk.last.as_deref() != Some("done") {
            return broken("S12", format!("desk {n} cannot finish: {:?}", desk.last));
        }
        let unsent = desk.store().read(esik_store::log::unsent_count).expect("it answers");
        if unsent > 0 {
            return broken("S12", format!("desk {n} keeps {unsent} events in its outbox"));
        }
        let feed: BTreeSet<EventId> =
            feed_of(&region, &desk.station).into_iter().map(|e| e.id).collect();
        let all = held(desk);
        let here: BTreeSet<EventId> = all.iter().map(|h| h.id).collect();
        if let Some(lacks) = feed.difference(&here).next() {
            let aside = desk.store().read(esik_store::log::poisoned).expect("it answers");
            return broken("S12", format!("desk {n} never got {lacks}; set aside: {aside:?}"));
        }
        // Not held by the program yet (docs/adr/0018-simulator.md, what is missing): a decision that another
        // desk took for accepted before the region was set back, and that comes too late in the new order.
        let stale = |h: &Held| {
            h.verdict.as_deref() == Some("accepted") && h.pos.is_none() && back.contains(&h.id)
        };
        if world.restored > 0 && all.iter().any(stale) {
            continue;
        }
        let state = state_of(desk, true);
        let first = states.entry(desk.station.to_string()).or_insert_with(|| (n, state.clone()));
        if first.1 != state {
            return broken("S10", format!("desks {} and {n} disagree when all is sent", first.0));
        }
    }
    Ok(())
}

/// Every event in a station's feed.
fn feed_of(region: &esik_server::Region, station: &StationId) -> Vec<Envelope> {
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

/// How a broken rule reads.
#[must_use]
pub fn words(broken: &Broken) -> String {
    format!("{}: {}", broken.rule, broken.what)
}
