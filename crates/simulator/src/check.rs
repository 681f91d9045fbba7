//! What must hold: after every round, after every crash, and when the faults have stopped.

pub mod calm;
pub mod region;

use crate::desk::Desk;
use crate::swarm;
use crate::world::{Broken, Step, World, broken};
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos};
use esik_store::Store;
use esik_store::verify::{state_hash, verify};
use esik_wire::signed::{hash_bytes, key_from_text};
use esik_wire::{EventHash, OfficerCard, PushResponse, Segment};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Rounds after which, without faults, everything has to be everywhere (S12).
pub const ROUNDS: usize = 3;

/// An event as a desk's database holds it.
struct Held {
    id: EventId,
    case: CaseId,
    hash: EventHash,
    stored_hash: Vec<u8>,
    device: DeviceId,
    /// Its column: a life, or a branch of one.
    incarnation: i64,
    seq: u64,
    pos: Option<u64>,
    verdict: Option<String>,
    circle: String,
    /// Hidden: no officer of the desk may know of it any more.
    gone: bool,
    /// A restored region keeps it for a person to decide (adr/0048).
    waits: bool,
}

impl Held {
    /// Accepted by a history of the region that is no more, and not by the one that is, nor kept there for a person.
    fn is_without_place(&self) -> bool {
        self.verdict.as_deref() == Some("accepted") && self.pos.is_none() && !self.waits
    }
}

/// What a desk holds and nobody can answer for: its author joined after the region's copy was made, his own desk was
/// put back behind that by hand, and nobody had stood for him, so that the region does not know whose signature it is and
/// takes it from nobody. It stays with those who have it (docs/adr/0018-simulator.md, “What is missing”).
fn nobodys(
    world: &World,
    region: &esik_server::Region,
    n: usize,
    all: &[Held],
) -> BTreeSet<EventId> {
    let of = |h: &&Held| {
        let entries = world.desks[n]
            .store()
            .read(|conn| esik_store::log::case_entries(conn, h.case))
            .expect("it answers");
        let by = entries.iter().find(|e| e.entry.event.id == h.id).map(|e| e.entry.event.actor_id);
        // Nobody lets the hostile one join again.
        let hostile = world.hostile.as_ref().is_some_and(|x| x.device == h.device);
        // A desk that still has him brings him back; so does one that has the word of a colleague on him.
        let brings = |d: &Desk| {
            let known = d.store().read(esik_store::officers::list).expect("it answers");
            known.iter().any(|o| Some(o.card.id) == by && (o.local || o.card.voucher.is_some()))
        };
        let forgotten = !world.desks.iter().any(brings);
        hostile
            || forgotten
                && region.store().officers(by.as_slice()).expect("the store works").is_empty()
    };
    all.iter().filter(|h| h.is_without_place()).filter(of).map(|h| h.id).collect()
}

fn held(desk: &Desk) -> Vec<Held> {
    desk.store()
        .read(|conn| {
            let mut ask = conn.prepare_cached(
                "SELECT id, bytes, hash, device_id, incarnation, device_seq, pos, verdict, circle,
                   case_id, gone, verdict_code IS NOT NULL
                 FROM event ORDER BY device_id, incarnation, device_seq",
            )?;
            let rows = ask.query_map([], |r| {
                let (id, device): ([u8; 16], [u8; 16]) = (r.get(0)?, r.get(3)?);
                let bytes: String = r.get(1)?;
                Ok(Held {
                    id: EventId(uuid::Uuid::from_bytes(id)),
                    case: CaseId(uuid::Uuid::from_bytes(r.get(9)?)),
                    hash: hash_bytes(bytes.as_bytes()),
                    stored_hash: r.get(2)?,
                    device: DeviceId(uuid::Uuid::from_bytes(device)),
                    incarnation: r.get(4)?,
                    seq: r.get::<_, i64>(5)?.unsigned_abs(),
                    pos: r.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
                    verdict: r.get(7)?,
                    circle: r.get(8)?,
                    gone: r.get(10)?,
                    waits: r.get(11)?,
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

/// Own events the region has not spoken on.
pub fn unsent(store: &Store) -> Vec<EventId> {
    store
        .read(|conn| {
            let mut ask = conn.prepare_cached("SELECT id FROM event WHERE verdict IS NULL")?;
            let ids = ask.query_map([], |r| r.get::<_, [u8; 16]>(0))?;
            Ok(ids.map(|id| EventId(uuid::Uuid::from_bytes(id.expect("an id")))).collect())
        })
        .expect("the database answers")
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

/// A number is on one person's coupon, unless two copies of a desk gave it before either knew of the other (adr/0034, adr/0049).
pub fn a_number_is_one_cases(world: &World) -> Step {
    // A region whose whole machine was set back may give a block again before its first owner tells of it (adr/0049).
    match &world.ledger.given_twice {
        Some(number) if world.silent == 0 => broken("numbers", format!("two cases have {number}")),
        _ => Ok(()),
    }
}

/// A round is over; `whole` when it was done to its end.
pub fn after_round(world: &mut World, n: usize, whole: bool) -> Step {
    holds_its_own(world, n)?;
    nobody_is_accused(world, n)?;
    let held = held(&world.desks[n]);
    only_what_was_signed(world, n, &held)?;
    only_what_it_may_know(world, n, &held)?;
    // In the round under way it heard both histories; in the next its tree head finds the new one out, and it reads anew.
    let misled = world.desks[n].misled;
    world.desks[n].misled = misled.saturating_sub(usize::from(whole));
    if whole && misled == 0 {
        world.as_met_by(n, |world| positions_are_the_regions(world, n, &held))?;
    }
    if whole {
        world.two_orders_are_told(n)?;
    }
    same_events_same_state(world, n, &held)
}

/// S33: a region that neither lies nor was set back without a word is never contradicted by its own tree.
fn nobody_is_accused(world: &World, n: usize) -> Step {
    if world.silent > 0 || world.plan.has(swarm::Fault::Liar) {
        return Ok(());
    }
    let found: Option<Vec<esik_app::sync::TreeFinding>> = world.desks[n]
        .store()
        .read(|conn| esik_store::meta::get(conn, esik_app::sync::TREE_FINDINGS))
        .expect("the database answers");
    match found.as_deref() {
        None | Some([]) => Ok(()),
        Some([first, ..]) => {
            broken("S33", format!("desk {n} accuses an honest region: {:?}", first.what))
        }
    }
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
    // Copies are one device (adr/0034): the region gives each of them what an officer of either may read (seed 645).
    let twins = || world.desks.iter().filter(|d| d.device == desk.device);
    let officers: Vec<OfficerCard> =
        twins().flat_map(Desk::officers).filter(|card| !card.revoked).collect();
    let in_it = |h: &&Held| officers.iter().any(|card| card.circles.contains(&h.circle));
    // What a liar reads it can put into the feed of any officer (seed 2404); the desk shows it to nobody outside the
    // circle all the same.
    let given_away = |h: &&Held| world.given_away.contains(&h.id);
    // Who opened a case goes on seeing it when it goes into a circle.
    let authored = |h: &&Held| {
        let author = crate::work::audience(desk, h.case).and_then(|a| a.author());
        officers.iter().any(|card| Some(card.id) == author)
    };
    let restricted = held.iter().filter(|h| h.circle != "open" && !h.gone && !given_away(h));
    for h in restricted.filter(|h| !authored(h)) {
        if h.device != desk.device && !in_it(&h) {
            let ours = world.desks.iter().any(|d| d.device == h.device && d.n != n);
            if ours {
                return broken("circle", format!("desk {n} holds {} of {}", h.id, h.circle));
            }
        }
    }
    Ok(())
}

/// S3: what a desk takes for accepted is at the region, at that place, as long as both speak of the same history.
fn positions_are_the_regions(world: &mut World, n: usize, held: &[Held]) -> Step {
    // What a liar said it took is nowhere.
    if world.plan.has(swarm::Fault::Liar) {
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
        order.update(format!("{} {:?} {:?} {}\n", h.id, h.pos, h.verdict, h.gone));
    }
    let order = hex::encode(order.finalize());
    // The state follows from the events alone: what was looked at since the program started is not looked at again.
    if world.desks[n].looked_at.replace(order.clone()).as_ref() == Some(&order) {
        return Ok(());
    }
    in_the_regions_order(world, n)?;
    let state = state_of(&world.desks[n]);
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

fn state_of(desk: &Desk) -> String {
    desk.store().read(|conn| state_hash(conn, false)).expect("the database answers")
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

/// How a broken rule reads.
#[must_use]
pub fn words(broken: &Broken) -> String {
    format!("{}: {}", broken.rule, broken.what)
}
