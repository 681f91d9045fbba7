//! A household's plan: what comes after what, and days that move when something is done early or late.

use chrono::{DateTime, Utc};
use esik_domain::calendar::Calendar;
use esik_domain::case::{CaseState, ObligationKind};
use esik_domain::deadline::Counting;
use esik_domain::event::*;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::*;
use esik_domain::plan::{Scheduled, StepState, schedule};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Monday, 23 November 2026, noon in Kazakhstan.
const MONDAY: &str = "2026-11-23T07:00:00Z";

struct Log(Vec<Entry>);

impl Log {
    fn opened() -> Self {
        let mut log = Self(Vec::new());
        let opened =
            json!({ "number": "ESK-07-2026-1", "title": "Семья без света", "narrative": "" });
        log.add("case_opened", MONDAY, opened);
        log
    }

    fn add(&mut self, kind: &str, when: &str, body: Value) -> &mut Self {
        let n = self.0.len() as u64 + 1;
        let event = Envelope {
            v: ENVELOPE_VERSION,
            id: EventId(id(u128::from(n))),
            case_id: CaseId(id(900)),
            device_id: DeviceId(id(901)),
            incarnation: 1,
            device_seq: DeviceSeq(n),
            prev: String::new(),
            actor_id: OfficerId(id(902)),
            role: if kind.starts_with("agency_") { Role::Region } else { Role::Officer },
            station_id: "07".into(),
            kind: kind.to_owned(),
            version: 1,
            critical: false,
            occurred_at: at(when),
            clock: None,
            base: None,
            circle: Circle::open(),
            on_behalf: None,
            body,
        };
        self.0.push(Entry { event, standing: Standing::Accepted(Pos(n)) });
        self
    }

    fn step(&mut self, n: u128, days: u32, after: &[u128]) -> &mut Self {
        let after: Vec<Uuid> = after.iter().map(|n| id(*n)).collect();
        let body = json!({ "step_id": id(n), "text": format!("Шаг {n}"), "working_days": days,
                           "after": after });
        self.add("plan_step_added", MONDAY, body)
    }

    fn case(&self) -> CaseState {
        fold(&self.0).unwrap()
    }

    fn days(&self, now: &str) -> Vec<Scheduled> {
        schedule(&self.case(), &Calendar::shipped(), &Counting::default(), at(now))
    }

    /// State and day of each step, as text.
    fn told(&self, now: &str) -> Vec<String> {
        self.days(now)
            .iter()
            .map(|s| format!("{:?} {}", s.state, s.due.map(|d| d.to_string()).unwrap_or_default()))
            .collect()
    }
}

#[test]
fn a_day_moves_with_what_comes_before_it() {
    let mut log = Log::opened();
    // Papers in three days, then the allowance in ten, then the school; meals need nothing before.
    log.step(1, 3, &[]).step(2, 10, &[1]).step(3, 2, &[2]).step(4, 1, &[]);
    assert_eq!(
        log.told(MONDAY),
        ["Now 2026-11-25", "Waits 2026-12-09", "Waits 2026-12-11", "Now 2026-11-23"]
    );
    // Nothing happened for a week: what is late pushes on what comes after it.
    assert_eq!(
        log.told("2026-11-30T07:00:00Z"),
        ["Now 2026-11-25", "Waits 2026-12-11", "Waits 2026-12-15", "Now 2026-11-23"]
    );
    // Done a day early: everything after it is earlier than was thought.
    log.add(
        "plan_step_done",
        "2026-11-24T07:00:00Z",
        json!({ "step_id": id(1), "result": "есть" }),
    );
    assert_eq!(log.told("2026-11-24T07:00:00Z")[..2], ["Done 2026-11-25", "Now 2026-12-07"]);
    // It takes longer than was thought.
    log.add(
        "plan_step_moved",
        "2026-11-24T08:00:00Z",
        json!({ "step_id": id(2), "working_days": 12 }),
    );
    assert_eq!(log.told("2026-11-24T08:00:00Z")[1..3], ["Now 2026-12-09", "Waits 2026-12-11"]);
    // Not needed any more: the next one is free.
    log.add(
        "plan_step_dropped",
        "2026-11-25T07:00:00Z",
        json!({ "step_id": id(2), "reason": "есть" }),
    );
    assert_eq!(log.told("2026-11-25T07:00:00Z")[1..3], ["Dropped ", "Now 2026-11-25"]);
}

#[test]
fn a_step_that_is_a_request_has_its_day_and_ends_with_a_good_answer() {
    let mut log = Log::opened();
    let referral = id(50);
    log.add(
        "referral_drafted",
        MONDAY,
        json!({ "referral_id": referral, "agency": "E-SOC", "text": "Прошу",
                "answer_due": "2026-12-01" }),
    )
    .add("referral_sent", MONDAY, json!({ "referral_id": referral }))
    .add(
        "plan_step_added",
        MONDAY,
        json!({ "step_id": id(1), "text": "Пособие", "agency": "E-SOC", "working_days": 5,
                "referral": referral }),
    )
    .step(2, 1, &[1]);
    assert_eq!(log.told(MONDAY), ["Now 2026-12-01", "Waits 2026-12-02"]);
    let owed: Vec<_> = log.case().obligations().iter().map(|o| o.what).collect();
    assert_eq!(owed, [ObligationKind::AwaitAnswer], "the request is owed once, as itself");
    log.add(
        "agency_answered",
        "2026-11-26T07:00:00Z",
        json!({ "referral_id": referral, "text": "Назначено" }),
    )
    .add(
        "referral_checked",
        "2026-11-27T07:00:00Z",
        json!({ "referral_id": referral, "good": true }),
    );
    assert_eq!(log.told("2026-11-27T07:00:00Z"), ["Done 2026-12-01", "Now 2026-11-27"]);
    let owed = log.case().obligations();
    assert_eq!(owed.len(), 1, "the last step is what is left: {owed:#?}");
    assert_eq!(owed[0].what, ObligationKind::PlanStep);
    assert_eq!(owed[0].due, Some("2026-11-27".parse().unwrap()));
}

proptest! {
    /// Whatever the steps, their order of coming and going: no step is due before what it waits for,
    /// and a plan with an open step always has one that can be done.
    #[test]
    fn a_plan_is_never_stuck_and_never_upside_down(
        steps in proptest::collection::vec((1u32..20, proptest::collection::vec(0usize..12, 0..3)), 1..12),
        ends in proptest::collection::vec((0usize..12, any::<bool>(), 0i64..20), 0..12),
        late in 0i64..40,
    ) {
        let mut log = Log::opened();
        for (n, (days, after)) in steps.iter().enumerate() {
            // Also steps that do not exist yet, or never: they are not waited for.
            let after: Vec<u128> = after.iter().map(|a| *a as u128 + 1).collect();
            log.step(n as u128 + 1, *days, &after);
        }
        for (n, done, hours) in &ends {
            let when = (at(MONDAY) + chrono::Duration::hours(*hours)).to_rfc3339();
            let kind = if *done { "plan_step_done" } else { "plan_step_dropped" };
            log.add(kind, &when, json!({ "step_id": id(*n as u128 + 1) }));
        }
        let now = (at(MONDAY) + chrono::Duration::days(late)).to_rfc3339();
        let days = log.days(&now);
        let case = log.case();
        for (step, day) in case.plan.iter().zip(&days) {
            for before in &step.after {
                let earlier = days.iter().find(|d| d.id == *before).unwrap();
                prop_assert!(days.iter().position(|d| d.id == *before) < days.iter().position(|d| d.id == day.id));
                if matches!(day.state, StepState::Waits) && matches!(earlier.state, StepState::Now | StepState::Waits) {
                    prop_assert!(day.due >= earlier.due);
                }
                if day.state == StepState::Now {
                    prop_assert!(matches!(earlier.state, StepState::Done | StepState::Dropped));
                }
            }
        }
        let open = days.iter().any(|d| matches!(d.state, StepState::Now | StepState::Waits));
        prop_assert_eq!(open, days.iter().any(|d| d.state == StepState::Now));
    }
}
