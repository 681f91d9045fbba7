//! What must hold when the faults have stopped: everything is everywhere (S12), and everybody agrees (S10).

use super::region::{feed_of, region_is_whole};
use super::{
    Held, ROUNDS, held, holds_its_own, nobodys, positions_are_the_regions, rows_follow_the_events,
};
use crate::desk::{Desk, Version};
use crate::swarm;
use crate::world::{Broken, Step, World, broken};
use esik_domain::audience::Audience;
use esik_domain::case::CaseState;
use esik_domain::fold::{Entry, Standing, fold};

use esik_domain::ids::{CaseId, EventId};
use esik_store::verify::state_hash_of;
use std::collections::{BTreeMap, BTreeSet};

/// What a desk takes for accepted the region does not hold (S12, S2).
const WITHOUT_PLACE: &str = "S12, place";

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
    // Of a copy that was put back by hand since, the region alone still has what it kept: a person decides about that.
    let gone = |hash| {
        let of = |id: &EventId| world.ledger.saved.get(id).map(|w| w.hash);
        world.ledger.gone.iter().any(|id| of(id) == Some(hash))
    };
    let forks = store.forks(1000).expect("the store works");
    let kept = forks.iter().filter(|f| !gone(f.hash)).count();
    let frozen = store.devices().expect("the store works").iter().filter(|d| d.frozen).count();
    if kept + frozen > 0 && !world.plan.has(swarm::Fault::Poison) {
        return broken("S17", format!("{kept} events are kept apart, {frozen} devices are frozen"));
    }
    Ok(())
}

/// S12: without faults, everything is everywhere after [`ROUNDS`] rounds. As many more, a day apart, where the region wants of
/// a desk what an earlier life of it lacks: so long it waits for somebody to bring it, then what is behind it goes on.
///
/// A region whose machine was set back without a word gets all back that its authors hold. What only others hold it says in its log it
/// never had, and takes when its operator has accepted the restore (docs/runbook.md).
pub async fn converges(world: &mut World) -> Step {
    copies_join_again(world).await?;
    let mut last = rounds(world).await?;
    if last.as_ref().is_err_and(|broken| broken.rule == WITHOUT_PLACE) && world.silent > 0 {
        world.accept_restore();
        last = rounds(world).await?;
    }
    last?;
    nothing_is_kept_apart(world)?;
    region_is_whole(world)?;
    for n in 0..world.desks.len() {
        rows_follow_the_events(world, n)?;
        let all = held(&world.desks[n]);
        positions_are_the_regions(world, n, &all)?;
    }
    Ok(())
}

/// Rounds of every desk until everything is everywhere; why it is not, when it is not in time.
async fn rounds(world: &mut World) -> Result<Step, Broken> {
    // Longer than a desk waits before it offers again what a restored region could not judge yet.
    let last = rounds_apart(world, 11).await?;
    let waiting = world.desks.iter().find(|desk| desk.waits()).map(|desk| desk.n);
    let Some(n) = waiting.filter(|_| last.is_err()) else { return Ok(last) };
    world.trace.say(format!("desk {n} waits for what an earlier life of it lacks"));
    rounds_apart(world, 25 * 60).await
}

/// [`ROUNDS`] of them, so far apart.
async fn rounds_apart(world: &mut World, minutes: i64) -> Result<Step, Broken> {
    let mut last = Ok(());
    for round in 1..=ROUNDS {
        world.time.pass(minutes * 60 * 1000);
        for n in 0..world.desks.len() {
            world.whole_round(n).await?;
        }
        last = all_is_everywhere(world).and_then(|()| cases_are_where_they_belong(world));
        if last.is_ok() {
            world.trace.say(format!("everything is everywhere after {round} rounds"));
            break;
        }
        heads_vouch(world);
    }
    Ok(last)
}

/// A head looks at who waits for a word, and knows the people who work at his station, and those who did.
fn heads_vouch(world: &mut World) {
    if !world.plan.has(swarm::Fault::LateVoucher) {
        return;
    }
    let seated = world.desks.iter().flat_map(|d| &d.seated).map(|s| s.card.id);
    let gone = world.ledger.forgotten.iter().chain(&world.ledger.left).copied();
    let real = seated.chain(gone).collect();
    for n in 0..world.desks.len() {
        if world.desks[n].vouch_for(&real) {
            world.trace.say(format!("desk {n}: the head vouches for a colleague"));
        }
    }
}

/// S13: whoever comes into a circle sees all that is in it, and whoever left it nothing more, once everybody has everything.
pub async fn circles_turn_over(world: &mut World) -> Step {
    for n in 0..world.desks.len() {
        world.circle_changes(n)?;
    }
    converges(world).await
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

/// After the region was set back, whatever a desk takes for accepted is in the new order again, or the desk was told
/// what stands against it; but for what nobody can answer for.
fn every_accepted_one_has_its_place(n: usize, all: &[Held], nobodys: &BTreeSet<EventId>) -> Step {
    // What is hidden is in no feed of the desk's, and what had its place before the region was set back hears of no other one.
    let wrong = |h: &&Held| h.is_without_place() && !h.gone && !nobodys.contains(&h.id);
    match all.iter().find(wrong) {
        Some(h) => {
            broken(WITHOUT_PLACE, format!("desk {n} takes {} for accepted, without place", h.id))
        }
        None => Ok(()),
    }
}

/// The first case that two desks fold otherwise, with the events each takes.
fn differs(a: &Desk, b: &Desk, shared: impl Fn(&CaseState, &Entry) -> bool) -> String {
    let of = |desk: &Desk, case| -> Vec<(EventId, Standing)> {
        let entries = desk.store().read(|conn| esik_store::log::case_entries(conn, case));
        let entries: Vec<Entry> =
            entries.expect("it answers").into_iter().map(|e| e.entry).collect();
        let whole = fold(&entries);
        let shared = |e: &&Entry| whole.as_ref().is_some_and(|case| shared(case, e));
        entries.iter().filter(shared).map(|e| (e.event.id, e.standing.clone())).collect()
    };
    let cases: BTreeSet<_> = [a, b].into_iter().flat_map(crate::work::cases).collect();
    let first = cases.into_iter().find(|case| of(a, *case) != of(b, *case));
    first.map_or_else(String::new, |case| {
        format!("case {case}: {:?} against {:?}", of(a, case), of(b, case))
    })
}

/// Every desk shows of a case what is in one of its feeds, and hides the rest.
fn cases_are_where_they_belong(world: &mut World) -> Step {
    if !world.plan.restricts() && !world.plan.changes_people() {
        return Ok(());
    }
    world.officers_are_the_regions()?;
    let region = world.region();
    let store = region.store();
    for n in 0..world.desks.len() {
        let desk = &world.desks[n];
        let scopes = desk.follows();
        let all = held(desk);
        let shown: BTreeSet<EventId> = all.iter().filter(|h| !h.gone).map(|h| h.id).collect();
        // What restricted it may wait for a person at the region, which shows the rest to everybody; whoever had heard of it does not.
        let undecided = undecided(world, &all);
        for case in all.iter().map(|h| h.case).collect::<BTreeSet<_>>() {
            let events: Vec<_> = store
                .case_events(case)
                .expect("the store works")
                .iter()
                .map(|e| e.event.envelope().expect("it was readable"))
                .collect();
            let mut audience = Audience::default();
            events.iter().for_each(|e| audience.add(e));
            for e in &events {
                let ours = audience.of(e).iter().any(|feed| scopes.contains(feed));
                if ours != shown.contains(&e.id) && !(ours && undecided.contains(&case)) {
                    let what = if ours { "does not show" } else { "still shows" };
                    return broken("S13", format!("desk {n} {what} {} of case {case}", e.id));
                }
            }
        }
    }
    Ok(())
}

/// Cases of which a part that the region took once waits there for a person now.
fn undecided(world: &World, all: &[Held]) -> BTreeSet<CaseId> {
    let may_wait = world.plan.changes_people();
    let waits = |h: &&Held| may_wait && h.waits && h.verdict.as_deref() == Some("accepted");
    all.iter().filter(waits).map(|h| h.case).collect()
}

fn all_is_everywhere(world: &mut World) -> Step {
    let region = world.region();
    let mut states: BTreeMap<String, (usize, String)> = BTreeMap::new();
    // Whoever had heard of such a part reads it until then (adr/0048).
    let undecided: BTreeSet<CaseId> =
        world.desks.iter().flat_map(|desk| undecided(world, &held(desk))).collect();
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
        let nobodys = nobodys(world, &region, n, &all);
        every_accepted_one_has_its_place(n, &all, &nobodys)?;
        let shared = |case: &CaseState, e: &Entry| {
            let refused = matches!(e.standing, Standing::Refused(_));
            let open = case.circle.is_open() && e.event.circle.is_open();
            open && !refused
                && !undecided.contains(&e.event.case_id)
                && !nobodys.contains(&e.event.id)
        };
        let state = desk.store().read(|conn| state_hash_of(conn, shared));
        let state = state.expect("the database answers");
        let first = states.entry(desk.station.to_string()).or_insert_with(|| (n, state.clone()));
        if first.1 != state {
            let other = differs(&world.desks[first.0], desk, shared);
            let what = format!("desks {} and {n} disagree when all is sent: {other}", first.0);
            return broken("S10", what);
        }
    }
    Ok(())
}
