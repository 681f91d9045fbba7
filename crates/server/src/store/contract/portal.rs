//! The part of the suite about clerks, sessions and requests.

use super::{at, commit, founded, id};
use crate::store::{
    ClerkRow, Commit, Committed, RequestDoc, RequestList, RequestRow, SessionRow, Store,
};
use chrono::{NaiveDate, TimeDelta};
use esik_domain::case::Referral;
use esik_domain::event::Disclosed;
use esik_domain::ids::{AgencyCode, CaseId, Circle, EventId, OfficerId, ReferralId};
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
        registered: None,
        incoming_number: None,
        accepted: None,
        rejected: None,
        answered: None,
        checked: None,
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
    let stamp =
        |n| esik_domain::case::Stamp { at: at(n), by: "x".to_owned(), event: EventId(id(5)) };
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
