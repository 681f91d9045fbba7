//! The fold told as stories: what a case is after each event, whatever order things arrived in.

use chrono::{DateTime, Duration, Utc};
use esik_domain::case::{CaseState, ObligationKind, ReferralState, WaitingOn};
use esik_domain::event::*;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::*;
use proptest::prelude::*;
use serde_json::{Map, json};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn t0() -> DateTime<Utc> {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

/// A desk's log of one case, written line by line.
struct Log {
    entries: Vec<Entry>,
    circle: Circle,
}

impl Log {
    fn new() -> Self {
        Self { entries: Vec::new(), circle: Circle::open() }
    }

    fn add(&mut self, body: Body, base: Option<EventId>, standing: Standing) -> EventId {
        let n = self.entries.len() as u64 + 1;
        let event = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId(id(u128::from(n))),
            case_id: CaseId(id(900)),
            device_id: DeviceId(id(901)),
            incarnation: 1,
            device_seq: DeviceSeq(n),
            prev: String::new(),
            actor_id: OfficerId(id(902)),
            role: if body.region_only() { Role::Region } else { Role::Head },
            station_id: "07".into(),
            kind: body.kind().to_owned(),
            version: 1,
            critical: body.critical(),
            occurred_at: t0() + Duration::minutes(i64::try_from(n).unwrap()),
            clock: None,
            base,
            circle: self.circle.clone(),
            on_behalf: None,
            body: body.to_value().unwrap(),
        };
        let event_id = event.id;
        self.entries.push(Entry { event, standing });
        event_id
    }

    fn done(&mut self, body: Body) -> EventId {
        let pos = Pos(self.entries.len() as u64 + 1);
        self.add(body, None, Standing::Accepted(pos))
    }

    fn case(&self) -> CaseState {
        fold(&self.entries).unwrap()
    }
}

fn none() -> Map<String, serde_json::Value> {
    Map::new()
}

const R: u128 = 77;

fn opened() -> Log {
    let mut log = Log::new();
    log.done(Body::VisitNoted(VisitNoted {
        channel: Channel::FrontOffice,
        language: "ru".into(),
        circumstances: vec!["baby".into()],
        minutes: None,
        more: none(),
    }));
    log.done(Body::CaseOpened(CaseOpened {
        number: "ESK-07-2026-1".into(),
        title: "Нет отопления".into(),
        narrative: "Второй день".into(),
        address: None,
        appeal_kind: "message".into(),
        ext_number: None,
        legal_due: None,
        calendar: String::new(),
        more: none(),
    }));
    log.done(Body::IssueAdded(IssueAdded {
        issue_id: IssueId(id(5)),
        category: "ZKH-01".into(),
        text: String::new(),
        more: none(),
    }));
    log
}

fn drafted(log: &mut Log, r: u128, replaces: Option<u128>) {
    log.done(Body::ReferralDrafted(ReferralDrafted {
        referral_id: ReferralId(id(r)),
        agency: "E-HEA".into(),
        text: "прошу".into(),
        category: None,
        disclosed: Disclosed::default(),
        answer_due: None,
        ack_wd: 0,
        leaves: vec![],
        replaces: replaces.map(|x| ReferralId(id(x))),
        redirect: None,
        basis: None,
        copy_of: None,
        files: vec![],
        more: none(),
    }));
}

fn sent(r: u128) -> Body {
    Body::ReferralSent(ReferralSent {
        referral_id: ReferralId(id(r)),
        decision: None,
        more: none(),
    })
}

#[test]
fn a_referral_lives_its_own_life_from_draft_to_checked() {
    let mut log = opened();
    drafted(&mut log, R, None);
    let state = |log: &Log| log.case().referrals[0].state();
    assert_eq!(state(&log), ReferralState::Draft);
    log.add(sent(R), None, Standing::Unsent);
    assert_eq!(state(&log), ReferralState::WaitsForRegion);
    let waits = log.case().obligations();
    assert_eq!(
        (waits[0].what, waits[0].waiting_on),
        (ObligationKind::ReachRegion, WaitingOn::Region)
    );
    log.entries.pop();
    log.done(sent(R));
    assert_eq!(state(&log), ReferralState::Sent);
    let rid = ReferralId(id(R));
    let steps: Vec<(Body, ReferralState, WaitingOn)> = vec![
        (
            Body::DeliveryDelivered(DeliveryDelivered {
                referral_id: rid,
                channel: "portal".into(),
                more: none(),
            }),
            ReferralState::Delivered,
            WaitingOn::Agency,
        ),
        (
            Body::AgencyRegistered(AgencyRegistered {
                referral_id: rid,
                incoming_number: "207".into(),
                more: none(),
            }),
            ReferralState::Registered,
            WaitingOn::Agency,
        ),
        (
            Body::AgencyAccepted(AgencyAccepted { referral_id: rid, more: none() }),
            ReferralState::Accepted,
            WaitingOn::Agency,
        ),
        (
            Body::AgencyAnswered(AgencyAnswered {
                referral_id: rid,
                text: "пуск".into(),
                file: None,
                more: none(),
            }),
            ReferralState::Answered,
            WaitingOn::Us,
        ),
        (
            Body::ReferralChecked(ReferralChecked {
                referral_id: rid,
                good: false,
                has: vec![],
                lacks: vec![],
                note: "отписка".into(),
                more: none(),
            }),
            ReferralState::AnswerReturned,
            WaitingOn::Agency,
        ),
        (
            Body::AgencyAnswered(AgencyAnswered {
                referral_id: rid,
                text: "тепло дано".into(),
                file: None,
                more: none(),
            }),
            ReferralState::Answered,
            WaitingOn::Us,
        ),
        (
            Body::ReferralChecked(ReferralChecked {
                referral_id: rid,
                good: true,
                has: vec![],
                lacks: vec![],
                note: String::new(),
                more: none(),
            }),
            ReferralState::Checked,
            WaitingOn::Us,
        ),
    ];
    for (body, expected, waiting) in steps {
        let kind = body.kind().to_owned();
        log.done(body);
        assert_eq!(state(&log), expected, "after {kind}");
        assert_eq!(log.case().obligations()[0].waiting_on, waiting, "after {kind}");
    }
    // An agency's “done” does not close the case: the applicant has to be told.
    assert_eq!(log.case().obligations()[0].what, ObligationKind::TellApplicant);
    assert!(log.case().closed.is_none());
}

#[test]
fn a_refused_referral_is_work_until_another_takes_its_place() {
    let mut log = opened();
    drafted(&mut log, R, None);
    log.done(sent(R));
    log.done(Body::AgencyRejected(AgencyRejected {
        referral_id: ReferralId(id(R)),
        code: "not_ours".into(),
        reason: "не наш дом".into(),
        more: none(),
    }));
    assert_eq!(log.case().obligations()[0].what, ObligationKind::FindAnother);
    drafted(&mut log, R + 1, Some(R));
    log.done(sent(R + 1));
    let case = log.case();
    assert_eq!(case.referrals[0].replaced_by, Some(ReferralId(id(R + 1))));
    let owed: Vec<_> = case.obligations().iter().map(|o| o.what).collect();
    assert_eq!(owed, [ObligationKind::AwaitAnswer]);
}

#[test]
fn a_case_without_any_way_asks_for_a_decision_and_a_closed_one_asks_for_nothing() {
    let mut log = opened();
    assert_eq!(log.case().obligations()[0].what, ObligationKind::Decide);
    log.done(Body::CaseClosed(CaseClosed {
        word: Word::Solved,
        outcome: "helped".into(),
        satisfaction: None,
        not_called: String::new(),
        text: String::new(),
        more: none(),
    }));
    assert!(log.case().obligations().is_empty());
    log.done(Body::CaseReopened(CaseReopened {
        reason: "снова холодно".into(), more: none()
    }));
    let case = log.case();
    assert_eq!((case.reopened, case.obligations().len()), (1, 1));
}

/// S10 (part).
#[test]
fn concurrent_amendments_keep_both_values_and_ask_an_officer() {
    let mut log = opened();
    let first = EventId(id(3));
    let change = |c: &str| {
        Body::CategoryChanged(CategoryChanged {
            issue_id: IssueId(id(5)),
            category: c.into(),
            more: none(),
        })
    };
    log.add(change("ZKH-02"), Some(first), Standing::Accepted(Pos(4)));
    assert!(log.case().review.is_empty(), "the first change knew the current value");
    log.add(change("ZKH-04"), Some(first), Standing::Accepted(Pos(5)));
    let case = log.case();
    assert_eq!(case.category().unwrap().as_str(), "ZKH-04", "server order wins");
    assert_eq!(
        (case.review[0].earlier.as_str(), case.review[0].later.as_str()),
        ("ZKH-02", "ZKH-04")
    );
    assert!(case.obligations().iter().any(|o| o.what == ObligationKind::Review));
    log.done(Body::ReviewSettled(ReviewSettled { note: String::new(), event: None, more: none() }));
    assert!(log.case().review.is_empty());
}

/// S9 (part).
#[test]
fn what_the_region_refused_is_not_applied_but_comes_back_as_work() {
    let mut log = opened();
    log.add(
        Body::CaseClosed(CaseClosed {
            word: Word::Solved,
            outcome: "helped".into(),
            satisfaction: None,
            not_called: String::new(),
            text: String::new(),
            more: none(),
        }),
        None,
        Standing::Refused("not_open".into()),
    );
    let case = log.case();
    assert!(case.closed.is_none());
    assert_eq!(case.refused[0].code, "not_open");
    assert_eq!(case.obligations()[0].what, ObligationKind::Refused);
}

/// S22 (part), B37 (part).
#[test]
fn a_kind_from_the_future_is_counted_and_a_critical_one_locks_the_case() {
    let mut log = opened();
    log.done(Body::Unknown { kind: "mediation_offered".into(), body: json!({"who": "elder"}) });
    assert_eq!((log.case().unknown, log.case().read_only), (1, false));
    log.entries.last_mut().unwrap().event.critical = true;
    assert!(log.case().read_only);
}

/// S22 (part): so is what somebody wrote in a role of the future, whatever its kind.
#[test]
fn what_a_role_from_the_future_wrote_is_counted_and_a_critical_kind_locks_the_case() {
    let mut log = opened();
    log.done(Body::read("case_reopened", 1, &json!({ "reason": "x" })));
    let last = &mut log.entries.last_mut().unwrap().event;
    (last.role, last.critical) = (serde_json::from_value(json!("analyst")).unwrap(), false);
    assert_eq!((log.case().unknown, log.case().read_only), (1, false));
    log.entries.last_mut().unwrap().event.critical = true;
    assert!(log.case().read_only);
}

/// S22 (part).
#[test]
fn fields_of_a_newer_program_survive_reading() {
    let body = Body::read("note_added", 1, &json!({"text": "x", "mood": "calm"}));
    assert_eq!(body.to_value().unwrap(), json!({"text": "x", "mood": "calm"}));
}

/// S14 (part), T12 (part).
#[test]
fn only_the_region_may_speak_for_an_agency() {
    use esik_domain::policy::may_author;
    for (kind, _, by) in KINDS {
        let regions = *by == By::Region;
        assert_eq!(may_author(Role::Region, kind), regions, "{kind}");
        assert_eq!(may_author(Role::Head, kind), !regions, "{kind}");
    }
    assert!(!may_author(Role::Head, "no_such_kind"), "default deny");
}

/// S13 (part), S14 (part): what its author's role may not write does nothing, however it got into the log: an older
/// region took a kind that it did not know, and a lying one lets an officer speak for a body.
#[test]
fn what_its_author_may_not_write_does_nothing() {
    let mut log = opened();
    drafted(&mut log, R, None);
    log.done(sent(R));
    let before = log.case();
    let rid = ReferralId(id(R));
    let answer =
        AgencyAnswered {
            referral_id: rid, text: "Бәрі жақсы".into(), file: None, more: none()
        };
    log.done(Body::AgencyAnswered(answer));
    assert_ne!(log.case(), before, "the region speaks for the body");
    for role in [Role::Head, Role::Consultant] {
        log.entries.last_mut().unwrap().event.role = role;
        assert_eq!(log.case(), before, "{role:?}");
    }
    log.entries.pop();
    log.done(Body::CaseReopened(CaseReopened { reason: "x".into(), more: none() }));
    log.entries.last_mut().unwrap().event.role = Role::Consultant;
    assert_eq!(log.case(), before);
}

proptest! {
    /// Any order, any repetition of any events: the fold ends in a state, and replaying changes nothing.
    #[test]
    fn the_fold_is_total(order in proptest::collection::vec(0usize..9, 0..40)) {
        let rid = ReferralId(id(R));
        let mut log = opened();
        for step in order {
            let body = match step {
                0 => sent(R),
                1 => Body::DeliveryDelivered(DeliveryDelivered { referral_id: rid, channel: "p".into(), more: none() }),
                2 => Body::AgencyRegistered(AgencyRegistered { referral_id: rid, incoming_number: "1".into(), more: none() }),
                3 => Body::AgencyAccepted(AgencyAccepted { referral_id: rid, more: none() }),
                4 => Body::AgencyRejected(AgencyRejected { referral_id: rid, code: "c".into(), reason: "r".into(), more: none() }),
                5 => Body::AgencyAnswered(AgencyAnswered { referral_id: rid, text: "t".into(), file: None, more: none() }),
                6 => Body::ReferralChecked(ReferralChecked { referral_id: rid, good: true, has: vec![], lacks: vec![], note: String::new(), more: none() }),
                7 => { drafted(&mut log, R, None); continue; }
                _ => Body::CaseReopened(CaseReopened { reason: "r".into(), more: none() }),
            };
            log.done(body);
        }
        let once = log.case();
        prop_assert_eq!(&once, &log.case());
        prop_assert!(once.referrals.len() <= 1, "a referral is drafted once");
        if let Some(r) = once.referrals.first() {
            prop_assert!(r.checked.is_none() || r.answered.is_some(), "nothing is checked before it is answered");
        }
        let _ = once.obligations();
    }
}
