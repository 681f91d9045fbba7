//! The part of the suite about clerks, sessions and requests.

use super::{at, commit, founded, id};
use crate::store::copy::Adding;
use crate::store::{
    ClerkRow, Commit, Committed, CouponRow, NewEvent, RequestDoc, RequestList, RequestRow,
    SessionRow, Store,
};
use chrono::{NaiveDate, TimeDelta};
use esik_domain::case::Referral;
use esik_domain::event::Disclosed;
use esik_domain::ids::{AgencyCode, CaseId, Circle, EventId, OfficerId, Pos, ReferralId};
use std::sync::Arc;

/// Sessions end by signing out, by idling, by a changed password and by revocation.
pub fn sessions_end(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let clerk = ClerkRow {
        login: "heat".to_owned(),
        name: "Серік".to_owned(),
        agency: AgencyCode::from("E-HEA"),
        password_hash: "h".to_owned(),
        revoked: false,
    };
    assert!(s.add_clerk(&clerk).unwrap());
    assert!(!s.add_clerk(&ClerkRow { name: "Other".to_owned(), ..clerk.clone() }).unwrap());
    assert_eq!(s.clerk("heat").unwrap(), Some(clerk.clone()));
    assert_eq!(s.clerk("nobody").unwrap(), None);
    let session = |n: &str, ms| SessionRow {
        token_hash: n.to_owned(),
        login: "heat".to_owned(),
        csrf: "c".to_owned(),
        seen_at: at(ms),
    };
    s.put_session(&session("a", 0)).unwrap();
    s.put_session(&session("b", 10)).unwrap();
    s.put_session(&session("a", 20)).unwrap();
    assert_eq!(s.session("a").unwrap().unwrap().seen_at, at(20));
    assert_eq!(s.end_idle_sessions(at(15)).unwrap(), 1);
    assert!(s.session("b").unwrap().is_none());
    s.end_session("a").unwrap();
    assert!(s.session("a").unwrap().is_none());
    s.put_session(&session("c", 30)).unwrap();
    assert!(s.change_clerk("heat", Some("new"), false).unwrap());
    assert!(s.session("c").unwrap().is_none());
    assert!(s.change_clerk("heat", None, true).unwrap());
    let now = s.clerk("heat").unwrap().unwrap();
    assert!(now.revoked && now.password_hash == "new");
    assert!(!s.change_clerk("nobody", None, true).unwrap());
    assert_eq!(s.clerks().unwrap().len(), 1);
}

fn request(n: u128, agency: &str, due: Option<NaiveDate>) -> RequestRow {
    let referral = Referral {
        id: ReferralId(id(n)),
        agency: AgencyCode::from(agency),
        category: None,
        text: String::new(),
        disclosed: Disclosed::default(),
        leaves: vec![],
        circle: Circle::open(),
        by: OfficerId(id(20)),
        answer_due: due,
        ack_wd: 1,
        drafted_at: at(0),
        sent_at: Some(at(1)),
        at_region: true,
        delivered: None,
        by_hand: None,
        registered: None,
        incoming_number: None,
        accepted: None,
        rejected: None,
        answered: None,
        checked: None,
        escalations: vec![],
        withdrawn: None,
        withdrawn_why: String::new(),
        reminders: 0,
        remind_from: None,
        replaces: None,
        replaced_by: None,
        redirect: None,
        decision: None,
        basis: None,
        copy_of: None,
        files: Vec::new(),
    };
    RequestRow {
        referral: referral.id,
        case: CaseId(id(1)),
        agency: referral.agency.clone(),
        station: "07".into(),
        answer_due: due,
        doc: RequestDoc { referral },
    }
}

/// Lists by state and due date, pages, and other agencies' requests in none of them.
pub fn requests_stand_in_their_lists(s: Arc<dyn Store>) {
    founded(s.as_ref());
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let stamp = |n| esik_domain::case::Stamp {
        at: at(n),
        by: "x".to_owned(),
        event: EventId(id(5)),
        told: None,
    };
    let mut work = request(32, "E-HEA", Some(day));
    work.doc.referral.accepted = Some(stamp(3));
    let mut back = request(33, "E-HEA", Some(day));
    back.doc.referral.withdrawn = Some(stamp(4));
    let rows = vec![
        request(30, "E-HEA", None),
        request(31, "E-HEA", Some(day - TimeDelta::days(2))),
        work,
        back,
        request(34, "E-WAT", Some(day)),
    ];
    let write = |expect, requests| {
        let c = Commit { requests, ..commit(expect, vec![]) };
        assert_eq!(s.commit(&c).unwrap(), Committed::Done);
    };
    write(0, rows);
    let list = |which, limit, offset| {
        let rows = s.requests("E-HEA", which, day, limit, offset).unwrap();
        rows.iter().map(|r| r.referral.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(list(RequestList::New, 9, 0), [31, 30]);
    assert_eq!(list(RequestList::New, 1, 1), [30]);
    assert_eq!(list(RequestList::Late, 9, 0), [31]);
    assert_eq!(list(RequestList::Work, 9, 0), [32]);
    assert_eq!(list(RequestList::Back, 9, 0), [33]);
    assert_eq!(list(RequestList::Answered, 9, 0), [0_u128; 0]);
    let mut answered = request(31, "E-HEA", Some(day - TimeDelta::days(2)));
    answered.doc.referral.answered =
        Some(esik_domain::case::Answer {
            stamp: stamp(5), text: "жауап".to_owned(), file: None
        });
    write(0, vec![answered.clone()]);
    assert_eq!(list(RequestList::Answered, 9, 0), [31]);
    let c = s.request_counts("E-HEA", day).unwrap();
    assert_eq!((c.new, c.work, c.late, c.answered, c.back), (1, 1, 0, 1, 1));
    assert_eq!(s.request(ReferralId(id(31))).unwrap(), Some(answered));
    assert_eq!(s.request(ReferralId(id(99))).unwrap(), None);
}

/// B32 (part): a coupon is found by its number, a later one of the same case in place of the earlier, and a copy of the
/// region makes the same ones from the events: not those that lack something, nor another station's.
pub fn coupons_are_found_by_number(new: super::Factory<'_>) {
    let (s, to) = (new(), new());
    founded(s.as_ref());
    let issued = |n: u64, case: u128, number: &str, code: serde_json::Value| {
        let e = serde_json::json!({ "station_id": "07",
            "body": { "number": number, "code": code, "secret": "ab" } });
        let coupon =
            code.as_str().filter(|_| number.starts_with("ESK-07-")).map(|code| CouponRow {
                number: number.to_owned(),
                case: CaseId(id(case)),
                code: code.to_owned(),
                secret: "ab".to_owned(),
            });
        let mut event = super::event(n, case, &["station:07"]);
        event.event.e = e.to_string();
        event.kind = "coupon_issued".to_owned();
        NewEvent { coupon, ..event }
    };
    let long = format!("ESK-07-{}", "9".repeat(9_000));
    let mut events = vec![
        issued(1, 1, "ESK-07-2026-1", "OLD".into()),
        issued(2, 1, "ESK-07-2026-1", "NEW".into()),
        issued(3, 2, "ESK-07-2026-1", "TWO".into()),
        issued(4, 3, "ESK-07-2026-2", "ALSO".into()),
        issued(5, 4, "ESK-08-2026-3", "FOREIGN".into()),
        issued(6, 5, "ESK-07-2026-4", serde_json::Value::Null),
        issued(7, 6, &long, "LONG".into()),
    ];
    events[6].coupon = None;
    assert_eq!(s.commit(&commit(0, events)).unwrap(), Committed::Done);
    let (mut rows, mut sum) = (Vec::new(), Adding::default());
    s.dump(&mut |row| {
        rows.push(row.clone());
        sum.add(row).map(drop)
    })
    .unwrap();
    assert!(to.load(Pos(7), &mut rows.into_iter().map(Ok), &sum.tally()).unwrap());
    for s in [s, to] {
        let of = |number: &str| {
            let found = s.coupons(number).unwrap().into_iter();
            found.map(|c| (c.case.0.as_u128(), c.code)).collect::<Vec<_>>()
        };
        assert_eq!(of("ESK-07-2026-1"), [(1, "NEW".to_owned()), (2, "TWO".to_owned())]);
        assert_eq!(of("ESK-07-2026-2"), [(3, "ALSO".to_owned())]);
        for none in ["ESK-08-2026-3", "ESK-07-2026-4", &long, "", "esk-07-2026-1", "a\0b"] {
            assert_eq!(of(none), [], "{none:.20}");
        }
    }
}
