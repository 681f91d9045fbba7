//! What rests on an event that is not here waits for it, and acts when it comes (`reliability.md` S11).

use crate::log::Log;
use esik_domain::case::CaseState;
use esik_domain::event::KINDS;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{EventId, Pos};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn title(text: &str) -> serde_json::Value {
    json!({ "title": text })
}

/// The stream without these events, as a desk has it that did not get them yet.
fn without(log: &Log, missing: &[EventId]) -> CaseState {
    let here: Vec<Entry> =
        log.entries().iter().filter(|e| !missing.contains(&e.event.id)).cloned().collect();
    fold(&here).unwrap()
}

fn waiting(case: &CaseState) -> Vec<EventId> {
    case.waiting.iter().map(|w| w.event).collect()
}

/// The case but for what waits: the rest is as if those had not been written.
fn rest(mut case: CaseState) -> CaseState {
    case.waiting.clear();
    case
}

/// S11: whatever kind it is, an event does nothing while what it rests on is not here, is counted, and acts when
/// that comes.
#[test]
fn nothing_acts_before_what_it_rests_on() {
    let missing = EventId(Uuid::from_u128(4_000));
    for (kind, _, _) in KINDS {
        let mut log = Log::opened().referred(10, "E-HEA");
        let before = log.case();
        log.add("note_added", json!({ "text": "x" }));
        // Any body will do: it is not looked at.
        let e = log.rebase_last(missing);
        log.call_last(kind);
        let case = log.case();
        assert_eq!(waiting(&case), [e], "{kind}");
        assert_eq!((case.waiting[0].base, case.waiting[0].kind.as_str()), (missing, *kind));
        assert_eq!(rest(case), before, "{kind}");
    }
}

/// S11 (part): the later word on a title, whose earlier one has not come, waits with all that rests on it.
#[test]
fn a_chain_of_amendments_waits_for_its_first_and_acts_when_it_comes() {
    let mut log = Log::opened();
    let first = log.add("case_amended", title("Первое"));
    log.add("case_amended", title("Второе"));
    let second = log.rebase_last(first);
    log.add("case_amended", title("Третье"));
    let third = log.rebase_last(second);
    let whole = log.case();
    assert_eq!((whole.title.as_str(), whole.waiting.len(), whole.review.len()), ("Третье", 0, 0));
    let late = without(&log, &[first]);
    assert_eq!((late.title.as_str(), waiting(&late)), ("Нет отопления", vec![second, third]));
    assert_eq!(waiting(&without(&log, &[second])), [third]);
}

/// S11 (part), S15 (part): a restored region may place an event before the one it rests on, which another desk gave back.
#[test]
fn what_the_order_has_before_its_base_acts_right_after_it() {
    let mut log = Log::opened();
    log.add("case_amended", title("Второе"));
    let base = EventId(Uuid::from_u128(6));
    let early = log.rebase_last(base);
    let note =
        log.add("issue_added", json!({ "issue_id": Uuid::from_u128(6), "category": "ZKH-07" }));
    assert_eq!(waiting(&log.case()), [early]);
    assert_eq!(log.add("case_amended", title("Первое")), base);
    log.add("case_amended", title("После"));
    let last = log.rebase_last(base);
    let case = log.case();
    // The two that rest on one value met: the later place wins, both stay to be looked at.
    assert_eq!((case.title.as_str(), case.review.len(), case.waiting.len()), ("После", 1, 0));
    assert_eq!((case.review[0].event, case.review[0].earlier.as_str()), (last, "Второе"));
    assert_ne!(note, last);
}

/// S11 (part): what the region refused is nothing to rest on, for its author no more than for others who never get
/// it; the follower is refused in its turn and then waits for nothing.
#[test]
fn what_rests_on_a_refused_event_waits_like_elsewhere_until_it_is_refused_too() {
    let mut log = Log::opened();
    let refused = log.add("case_amended", title("Первое"));
    log.refuse_last("officer_revoked");
    log.add("case_amended", title("Второе"));
    let follower = log.rebase_last(refused);
    let case = log.case();
    assert_eq!((case.title.as_str(), waiting(&case)), ("Нет отопления", vec![follower]));
    assert_eq!(waiting(&without(&log, &[refused])), [follower]);
    log.refuse_last("base_refused");
    let case = log.case();
    assert_eq!((case.waiting.len(), case.refused.len()), (0, 2));
    // A person of the region let the first one in after all.
    log.refuse_last("base_refused");
    let mut entries = log.entries().to_vec();
    let n = entries.len();
    entries[n - 2].standing = Standing::Accepted(Pos(90));
    entries[n - 1].standing = Standing::Accepted(Pos(91));
    assert_eq!(fold(&entries).unwrap().title, "Второе");
}

/// S11 (part): events that rest on each other never act and never hang.
#[test]
fn a_ring_of_events_waits_and_ends() {
    let mut log = Log::opened();
    let one = log.add("case_amended", title("Одно"));
    log.add("case_amended", title("Другое"));
    let other = log.rebase_last(one);
    let mut entries = log.entries().to_vec();
    let n = entries.len();
    entries[n - 2].event.base = Some(other);
    let mut alone = entries[n - 1].clone();
    alone.event.id = EventId(Uuid::from_u128(77));
    alone.event.base = Some(alone.event.id);
    entries.push(alone);
    let case = fold(&entries).unwrap();
    assert_eq!((case.title.as_str(), case.waiting.len()), ("Нет отопления", 3));
}

proptest! {
    /// S10 (part), S11: of a stream whose events rest on each other at random, some of which have not come, exactly those
    /// act whose whole chain is here; and in the place of the order where the last of the chain stands.
    #[test]
    fn exactly_those_act_whose_chain_is_here(
        bases in prop::collection::vec(prop::option::of(0usize..40), 1..40),
        here in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut log = Log::opened();
        let first = log.entries().len();
        let id = |n: usize| EventId(Uuid::from_u128(u128::try_from(first + n + 1).unwrap()));
        for (n, base) in bases.iter().enumerate() {
            log.add("contact_made", json!({ "how": "call", "reached": "yes", "text": n.to_string() }));
            if let Some(base) = base {
                log.rebase_last(id(*base));
            }
        }
        let entries: Vec<Entry> = log.entries().iter().enumerate()
            .filter(|(n, _)| *n < first || here[n - first]).map(|(_, e)| e.clone()).collect();
        let acts = |n: usize| {
            let (mut at, mut steps) = (n, 0);
            loop {
                if at >= bases.len() || !here[at] || steps > 40 {
                    return false;
                }
                match bases[at] {
                    None => return true,
                    Some(next) => (at, steps) = (next, steps + 1),
                }
            }
        };
        let case = fold(&entries).unwrap();
        let mut acted: Vec<usize> = case.contacts.iter().map(|c| c.text.parse().unwrap()).collect();
        let place = |n: usize| acted.iter().position(|a| *a == n);
        for (n, base) in bases.iter().enumerate() {
            prop_assert_eq!(place(n).is_some(), acts(n), "{}", n);
            if let (Some(at), Some(base)) = (place(n), base) {
                prop_assert!(place(*base).unwrap() < at);
            }
        }
        let present = |n: &usize| here[*n] && !acts(*n);
        prop_assert_eq!(waiting(&case), (0..bases.len()).filter(present).map(id).collect::<Vec<_>>());
        acted.sort_unstable();
        acted.dedup();
        prop_assert_eq!(acted.len(), case.contacts.len());
    }
}
