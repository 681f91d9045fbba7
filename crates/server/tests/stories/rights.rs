//! Who may know and who may do: circles, decisions, roles, revocation.

use crate::common::{
    Desk, World, codes, drafted, fresh, kinds, note, opened, referral, refused, sent, visit,
};
use esik_domain::event::{
    Body, CaseAmended, CaseClosed, CaseReopened, CaseRestricted, ClockCorrected, CorrectedMoment,
    Envelope, KINDS, ReferralWithdrawn, Role, TaskAssigned, Word,
};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, Circle, EventId, Pos, ReferralId, Scope, TaskId};
use esik_domain::policy::may_author;
use esik_wire::{ApiErrorCode, CaseMoved, FeedPage, FeedRequest, SyncApi as _};
use serde_json::Map;

/// S13 (part).
#[tokio::test]
async fn a_restricted_referral_is_invisible_to_those_outside_the_circle() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let other = w.desk("07").await;
    let juvenile = w.desk_with("07", Role::Inspector, &["dv"]).await;
    let (case, id) = referral(&mut a, "E-CRS", "Баспана керек", "dv");
    // Even an event that forgot its circle stays with the referral it is about.
    let reminder = Body::ReferralReminded(esik_domain::event::ReferralReminded {
        referral_id: id,
        not_before: None,
        more: Map::new(),
    });
    a.say(case, &reminder, "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"; 5]);
    let open = ["visit_noted", "case_opened"];
    let closed = ["referral_drafted", "referral_sent", "delivery_by_hand", "referral_reminded"];
    assert_eq!(kinds(&other.read(&other.station_scope()).await.unwrap()), open);
    assert_eq!(kinds(&other.handle.case_events(case).await.unwrap().entries), open);
    let circle = Scope::circle(&"07".into(), "dv");
    assert_eq!(other.read(&circle).await, Err(refused(ApiErrorCode::NotFound)));
    let own = Scope::officer(a.card.id);
    assert_eq!(other.read(&own).await, Err(refused(ApiErrorCode::NotFound)));
    assert!(!other.hello(200).await.unwrap().scopes.contains(&circle));
    // The author and the circle see it, with what the region says about it.
    assert_eq!(kinds(&a.read(&own).await.unwrap()), closed);
    assert_eq!(kinds(&juvenile.read(&circle).await.unwrap()), closed);
    let said = a.read(&own).await.unwrap();
    let delivered = said.get(2).unwrap().event.envelope().unwrap();
    assert_eq!(delivered.circle, Circle("dv".to_owned()));
    // Whoever may not know of it cannot touch it either.
    let mut other = other;
    let withdrawn = Body::ReferralWithdrawn(ReferralWithdrawn {
        referral_id: id,
        reason: String::new(),
        more: Map::new(),
    });
    other.say(case, &withdrawn, "open");
    assert_eq!(codes(&other.push().await.unwrap()), ["rejected:foreign_case"]);
}

/// S13 (part): an open case goes into a circle: what was in the station's feed of it is there no more, for whoever reads from the beginning and
/// for whoever asks for a page that was kept; both feeds say so, and what comes later follows.
#[tokio::test]
async fn a_case_that_goes_into_a_circle_goes_from_feed_to_feed() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let mut other = w.desk("07").await;
    let member = w.desk_with("07", Role::Inspector, &["dv"]).await;
    let (case, another) = (CaseId(fresh()), CaseId(fresh()));
    a.say(case, &visit(), "open");
    a.say(case, &opened("ESK-07-2026-1"), "open");
    a.say(another, &visit(), "open");
    a.push().await.unwrap();
    let station = other.station_scope();
    let ask = |scope: &Scope, after, limit| FeedRequest {
        scope: scope.clone(),
        after: Pos(after),
        epoch: w.region.identity().epoch.clone(),
        limit,
        wait_s: 0,
        seen: None,
    };
    let device = other.device;
    let first = |limit| {
        let (region, asked) = (w.region.clone(), ask(&station, 0, limit));
        async move { region.feed_sent(device, asked).await.unwrap() }
    };
    let before = first(1).await;
    assert_eq!(first(1).await, before, "a full page is kept");
    let restricted =
        Body::CaseRestricted(CaseRestricted { reason: String::new(), more: Map::new() });
    a.say(case, &restricted, "open");
    a.say(case, &restricted, "dv");
    a.say(case, &restricted, "juvenile");
    a.say(case, &note("forgot the circle"), "open");
    let verdicts = codes(&a.push().await.unwrap());
    assert_eq!(
        verdicts,
        ["rejected:circle_stays", "accepted", "rejected:circle_stays", "accepted"]
    );
    assert_ne!(first(1).await, before, "and not given when a case has left it");
    assert_eq!(kinds(&other.read(&station).await.unwrap()), ["visit_noted"]);
    let circle = Scope::circle(&"07".into(), "dv");
    let all = ["visit_noted", "case_opened", "case_restricted", "note_added"];
    assert_eq!(kinds(&member.read(&circle).await.unwrap()), all);
    assert_eq!(kinds(&a.read(&Scope::officer(a.card.id)).await.unwrap()), all, "its author");
    let told = |page: FeedPage| page.moves;
    let left = CaseMoved::CaseLeft { pos: Pos(4), case };
    let entered = CaseMoved::CaseEntered { pos: Pos(4), case, from: Pos(1) };
    let read = |scope: &Scope, after| w.region.feed(device, ask(scope, after, 9));
    assert_eq!(told(read(&station, 0).await.unwrap()), [left]);
    assert_eq!(told(read(&station, 4).await.unwrap()), []);
    let of_circle = w.region.feed(member.device, ask(&circle, 2, 9)).await.unwrap();
    assert_eq!(told(of_circle), [entered]);
    other.say(case, &note("has not heard of it"), "open");
    assert_eq!(codes(&other.push().await.unwrap()), ["rejected:foreign_case"]);
}

/// S13 (part), S15 (part): a region that was set back hears that a case went into a circle before it has anything else of it again: the
/// station's feed says so all the same, for the desks that still hold it.
#[tokio::test]
async fn a_case_leaves_the_stations_feed_also_when_the_region_had_lost_it() {
    let w = World::restored();
    let mut a = w.desk("07").await;
    let other = w.desk("07").await;
    let case = CaseId(fresh());
    let restricted =
        Body::CaseRestricted(CaseRestricted { reason: String::new(), more: Map::new() });
    a.say(case, &restricted, "dv");
    a.say(CaseId(fresh()), &visit(), "dv");
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"; 2]);
    let asked = FeedRequest {
        scope: other.station_scope(),
        after: Pos(0),
        epoch: w.region.identity().epoch.clone(),
        limit: 9,
        wait_s: 0,
        seen: None,
    };
    let page = w.region.feed(other.device, asked.clone()).await.unwrap();
    let left = CaseMoved::CaseLeft { pos: Pos(1), case };
    assert_eq!(
        (page.entries.len(), page.moves),
        (0, vec![left]),
        "and nothing of what was opened in it"
    );
    // Who opened it brings it at last, and hears of the restriction, which came before anybody knew that it was his.
    let mut author = w.desk("07").await;
    author.say(case, &visit(), "open");
    author.push().await.unwrap();
    let own = Scope::officer(author.card.id);
    let page = w.region.feed(author.device, FeedRequest { scope: own, ..asked }).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|e| e.pos.0).collect();
    let entered = CaseMoved::CaseEntered { pos: Pos(3), case, from: Pos(1) };
    assert_eq!((places, page.moves), (vec![1, 3], vec![entered]));
}

#[tokio::test]
async fn a_restricted_case_takes_everything_in_it_along() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let mut other = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "osb");
    a.say(case, &opened("ESK-07-2026-1"), "osb");
    a.say(case, &note("forgot the circle"), "open");
    a.push().await.unwrap();
    assert_eq!(other.read(&other.station_scope()).await.unwrap(), []);
    assert_eq!(a.read(&Scope::officer(a.card.id)).await.unwrap().len(), 3);
    other.say(case, &note("guessed the id"), "open");
    assert_eq!(codes(&other.push().await.unwrap()), ["rejected:foreign_case"]);
    let mut far = w.desk("08").await;
    far.say(case, &note("guessed the id"), "open");
    assert_eq!(codes(&far.push().await.unwrap()), ["rejected:foreign_case"]);
}

/// S13 (part).
#[tokio::test]
async fn a_decision_holds_only_when_the_case_allows_it() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let (case, id, task) = (CaseId(fresh()), ReferralId(fresh()), TaskId(fresh()));
    let closed = || {
        Body::CaseClosed(CaseClosed {
            word: Word::Solved,
            outcome: "helped".to_owned(),
            satisfaction: None,
            not_called: String::new(),
            text: String::new(),
            more: Map::new(),
        })
    };
    let reopened =
        || Body::CaseReopened(CaseReopened { reason: "жаңа".to_owned(), more: Map::new() });
    let withdrawn = || {
        Body::ReferralWithdrawn(ReferralWithdrawn {
            referral_id: id,
            reason: String::new(),
            more: Map::new(),
        })
    };
    let assigned = || {
        Body::TaskAssigned(TaskAssigned {
            task_id: task,
            text: "Тексеру".to_owned(),
            unit: "P-UIP".into(),
            owner: None,
            due: None,
            more: Map::new(),
        })
    };
    let strange = ReferralId(fresh());
    for body in [
        visit(),
        closed(),
        sent(id),
        opened("ESK-07-2026-1"),
        drafted(id, "E-HEA", "Жылу"),
        withdrawn(),
        sent(id),
        drafted(ReferralId(fresh()), "E-HEA", "Жылу"),
        drafted(strange, "E-NONE", "Кімге?"),
        sent(strange),
        assigned(),
        assigned(),
        reopened(),
        closed(),
        closed(),
        reopened(),
        closed(),
    ] {
        a.say(case, &body, "open");
    }
    assert_eq!(
        codes(&a.push().await.unwrap()),
        [
            "accepted",
            "rejected:not_a_case",
            "rejected:referral_unknown",
            "accepted",
            "accepted",
            "accepted",
            "rejected:already_withdrawn",
            "accepted",
            "accepted",
            "rejected:agency_unknown",
            "accepted",
            "rejected:task_exists",
            "rejected:not_closed",
            "accepted",
            "rejected:case_closed",
            "accepted",
            "accepted",
        ]
    );
    // A referral is sent once, also across pushes.
    let (_, again) = referral(&mut a, "E-HEA", "Жылу", "open");
    a.push().await.unwrap();
    let case = w.region.store().request(again).unwrap().unwrap().case;
    a.say(case, &sent(again), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["rejected:already_sent"]);
}

/// S13 (part).
#[tokio::test]
async fn the_registered_role_decides_not_the_claimed_one() {
    let w = World::new();
    let mut hall = w.desk_with("07", Role::Consultant, &[]).await;
    let case = CaseId(fresh());
    hall.say(case, &visit(), "open");
    let mut open = hall.envelope(case, &opened("ESK-07-2026-1"), "open");
    open.role = Role::Head;
    hall.save(&open);
    assert_eq!(codes(&hall.push().await.unwrap()), ["accepted", "rejected:not_allowed"]);
    // Nobody registers as the region, and nobody takes over another desk's officer.
    let mut thief = w.desk("07").await;
    thief.card = esik_wire::OfficerCard { role: Role::Region, ..thief.card.clone() };
    thief.card.id = esik_domain::ids::OfficerId(fresh());
    thief.hello(200).await.unwrap();
    let stolen = esik_wire::OfficerCard { key: thief.card.key.clone(), ..hall.card.clone() };
    thief.card = stolen;
    thief.hello(200).await.unwrap();
    let cards = hall.hello(200).await.unwrap().officers;
    let kept = cards.iter().find(|c| c.id == hall.card.id).unwrap();
    assert_eq!(kept.key, hall.card.key);
    assert_eq!(cards.iter().filter(|c| c.role == Role::Region).count(), 1);
}

/// S14 (part), B25 (part), T9 (part).
#[tokio::test]
async fn what_the_revoked_still_bring_is_set_aside_not_lost() {
    let w = World::new();
    let (mut a, mut b) = (w.desk("07").await, w.desk("07").await);
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    a.push().await.unwrap();
    assert!(w.region.store().revoke_officer(a.card.id).unwrap());
    a.say(case, &note("after"), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["quarantined:officer_revoked"]);
    assert!(w.region.store().revoke_device(b.device).unwrap());
    b.say(case, &note("after"), "open");
    assert_eq!(codes(&b.push().await.unwrap()), ["quarantined:device_revoked"]);
    assert_eq!(b.hello(200).await, Err(refused(ApiErrorCode::Unauthorised)));
    assert_eq!(b.read(&b.station_scope()).await, Err(refused(ApiErrorCode::Unauthorised)));
    let nobody = Desk::new(&w, "07", Role::Officer, &[]);
    assert_eq!(nobody.hello(200).await, Err(refused(ApiErrorCode::Unauthorised)));
}

/// S13 (part), B24 (part): whatever a desk lets through, the region refuses every kind to every role that may not
/// write it, and no other; the same table as `crates/domain/tests/rules/rights.rs` writes out.
#[tokio::test]
async fn the_region_judges_every_kind_by_every_role() {
    let w = World::new();
    let roles = [
        Role::Officer,
        Role::Consultant,
        Role::Duty,
        Role::Inspector,
        Role::Controller,
        Role::Head,
    ];
    for role in roles {
        let mut desk = w.desk_with("07", role, &[]).await;
        for (kind, _, _) in KINDS {
            let mut e = desk.envelope(CaseId(fresh()), &note("x"), "open");
            e.kind = (*kind).to_owned();
            e.body = serde_json::json!({});
            desk.save(&e);
        }
        let said = codes(&desk.push().await.unwrap());
        assert_eq!(said.len(), KINDS.len());
        for ((kind, _, _), said) in KINDS.iter().zip(said) {
            let refused = said == "rejected:not_allowed";
            assert_eq!(refused, !may_author(role, kind), "{kind} by {role:?}: {said}");
        }
    }
}

/// S13: every event is judged by its kind, the role its author had when he wrote it, his station, and the case
/// (above). No desk makes its officer a head, not for what he wrote before and not for what he writes now, and a kind
/// that this region does not know yet is taken only under his own role, by which it is judged once it is known
/// (`what_its_author_may_not_write_does_nothing`). A new kind is nobody's: without a word on who may write it the
/// list of kinds does not compile (`By` in `crates/domain/src/event.rs`).
#[tokio::test]
async fn the_role_he_had_when_he_wrote_decides_and_no_desk_changes_it() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let case = CaseId(fresh());
    let decided = |a: &Desk, role: Role, kind: &str, station: &str| {
        let mut e = a.envelope(case, &note("x"), "open");
        (e.role, e.kind, e.station_id) = (role, kind.to_owned(), station.into());
        e
    };
    a.say(case, &visit(), "open");
    a.say(case, &opened("ESK-07-2026-1"), "open");
    // Written without a line, as an officer; sent when his desk calls him the head.
    let before = decided(&a, Role::Officer, "dispute_opened", "07");
    a.save(&before);
    let card = a.card.clone();
    a.card.role = Role::Head;
    let cards = a.hello(200).await.unwrap().officers;
    assert_eq!(cards.iter().find(|c| c.id == card.id).unwrap().role, Role::Officer);
    for (role, kind, station) in [
        (Role::Head, "dispute_opened", "07"),
        (Role::Officer, "dispute_opened", "07"),
        (Role::Head, "note_added", "07"),
        (Role::Head, "verdict_of_elders", "07"),
        (Role::Region, "verdict_of_elders", "07"),
        (Role::Officer, "note_added", "08"),
        (Role::Officer, "verdict_of_elders", "07"),
        (Role::Officer, "note_added", "07"),
    ] {
        let e = decided(&a, role, kind, station);
        a.save(&e);
    }
    assert_eq!(
        codes(&a.push().await.unwrap()),
        [
            "accepted",
            "accepted",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "rejected:not_allowed",
            "rejected:foreign_station",
            "accepted",
            "accepted",
        ]
    );
}

/// S19 (part): a desk that compared its clock corrects what it wrote itself, never to a moment after the region had it.
#[tokio::test]
async fn a_corrected_moment_never_lengthens_a_term() {
    let w = World::new();
    let mut a = w.desk("07").await;
    let mut b = w.desk("07").await;
    let case = CaseId(fresh());
    a.say(case, &visit(), "open");
    let event = a.say(case, &opened("ESK-07-2026-1"), "open");
    a.push().await.unwrap();
    let there = a.read(&a.station_scope()).await.unwrap();
    let recorded = there.last().unwrap().recorded_at;
    w.pass(chrono::Duration::days(20));
    let corrected = |at: chrono::DateTime<chrono::Utc>| {
        Body::ClockCorrected(ClockCorrected {
            off_s: 0,
            measured_at: w.env.now(),
            moments: vec![CorrectedMoment { event, at, guessed: false }],
            referral_id: None,
            more: Map::new(),
        })
    };
    a.say(case, &corrected(recorded + chrono::Duration::days(19)), "open");
    a.say(case, &corrected(recorded - chrono::Duration::days(1)), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["rejected:moment_impossible", "accepted"]);
    b.say(case, &corrected(recorded - chrono::Duration::days(1)), "open");
    assert_eq!(codes(&b.push().await.unwrap()), ["rejected:moment_impossible"], "another desk's");
}

/// A word on the title that rests on this event.
fn amended(desk: &Desk, case: CaseId, base: EventId, circle: &str) -> Envelope {
    let body = Body::CaseAmended(CaseAmended {
        title: Some("Жылу жоқ".to_owned()),
        address: None,
        ext_number: None,
        more: Map::new(),
    });
    Envelope { base: Some(base), ..desk.envelope(case, &body, circle) }
}

/// S11 (part): what rests on an event that the region refused or set aside is set aside too, in the same push or a
/// later one, and in a chain; what rests on one that not all its readers may know of is refused.
#[tokio::test]
async fn what_rests_on_what_the_region_did_not_take_is_not_taken() {
    let w = World::new();
    let (mut a, mut b) = (w.desk("07").await, w.desk("07").await);
    let mut inspector = w.desk_with("07", Role::Inspector, &["dv"]).await;
    let (case, _) = referral(&mut a, "E-HEA", "Жылу жоқ", "open");
    a.push().await.unwrap();
    // Nobody but the head decides on terms of law.
    let mut refused = a.envelope(case, &note("x"), "open");
    refused.kind = "extension_decided".to_owned();
    a.save(&refused);
    let second = amended(&a, case, refused.id, "open");
    a.save(&second);
    let third = amended(&a, case, second.id, "open");
    a.save(&third);
    let set_aside = "quarantined:base_refused";
    assert_eq!(codes(&a.push().await.unwrap()), ["rejected:not_allowed", set_aside, set_aside]);
    let later = amended(&b, case, third.id, "open");
    b.save(&later);
    let good = a.say(case, &note("y"), "open");
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"]);
    let upon = amended(&b, case, good, "open");
    b.save(&upon);
    assert_eq!(codes(&b.push().await.unwrap()), [set_aside, "accepted"]);

    let secret = inspector.say(case, &note("z"), "dv");
    let within = amended(&inspector, case, secret, "dv");
    inspector.save(&within);
    let leaks = amended(&inspector, case, secret, "open");
    inspector.save(&leaks);
    let said = codes(&inspector.push().await.unwrap());
    assert_eq!(said, ["accepted", "accepted", "rejected:base_hidden"]);
}

/// S11 (part), S15 (part): a region that was restored gets an event before the one it rests on: both are taken in
/// whatever order, and the case says the same as if nothing had been lost.
#[tokio::test]
async fn what_rests_on_a_lost_event_is_kept_and_acts_when_that_one_comes_back() {
    let w = World::new();
    let (mut a, mut b) = (w.desk("07").await, w.desk("07").await);
    let (case, _) = referral(&mut a, "E-HEA", "Жылу жоқ", "open");
    a.push().await.unwrap();
    // What the other desk wrote is not here (any more); this one had read it.
    let lost = b.envelope(case, &note("x"), "open");
    let upon = amended(&a, case, lost.id, "open");
    a.save(&upon);
    assert_eq!(codes(&a.push().await.unwrap()), ["accepted"]);
    let state = |entries: Vec<esik_wire::FeedEntry>| {
        let all: Vec<Entry> = entries
            .iter()
            .map(|e| Entry {
                event: e.event.envelope().unwrap(),
                standing: Standing::Accepted(e.pos),
            })
            .collect();
        fold(&all).unwrap()
    };
    let before = state(b.handle.case_events(case).await.unwrap().entries);
    assert_eq!((before.title.as_str(), before.waiting.len()), ("Үй суық", 1));
    b.save(&lost);
    assert_eq!(codes(&b.push().await.unwrap()), ["accepted"]);
    let after = state(b.handle.case_events(case).await.unwrap().entries);
    assert_eq!((after.title.as_str(), after.waiting.len()), ("Жылу жоқ", 0));
}
