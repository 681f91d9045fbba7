//! What a question costs may not grow with the region: each is asked of a small one and of a large one, and the engine
//! has to take the same number of steps. `region_id` leads every key and is always the same, which the planner does not
//! know: without a word it may well read all of a region's events to find the one that names a file.

use super::SqliteStore;
use crate::store::{
    ChainMove, Commit, DeviceSeen, Kept, NewEvent, NewVerdict, RequestList, Store, StoreResult,
};
use chrono::DateTime;
use esik_domain::ids::{CaseId, DeviceId, EventId, OfficerId, Pos, ReferralId, Scope, StationId};
use esik_wire::{EventHash, Head, SignedEvent};
use rusqlite::params;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Rows of every kind that concern somebody else.
const SMALL: u32 = 50;
const LARGE: u32 = 1500;
/// Steps by which two plans may differ that do the same: a row more or less on the way.
const SLACK: u32 = 40;

fn id(kind: u128, n: u32) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(n) + 1)
}

/// What is asked about: in each region the same.
struct Own {
    device: DeviceId,
    officer: OfficerId,
    case: CaseId,
    station: StationId,
    scopes: [Scope; 2],
    file: String,
    /// The last position, which is its own.
    last: u32,
}

/// A region in which a case of three events, with a file, stands beside `others`.
fn region(others: u32) -> (SqliteStore, Own) {
    let store = SqliteStore::in_memory("akmola").unwrap();
    let all = others + 3;
    let own = Own {
        device: DeviceId(id(1, all)),
        officer: OfficerId(id(2, all)),
        case: CaseId(id(3, all)),
        station: StationId::from("07"),
        scopes: [Scope::from("station:07"), Scope::from("agency:E-01")],
        file: format!("{all:064x}"),
        last: all,
    };
    let mut db = store.write();
    let tx = db.transaction().unwrap();
    tx.execute("INSERT INTO region_head VALUES ('akmola', ?1)", [all]).unwrap();
    for n in 1..=all {
        let mine = n > others;
        let (device, officer) = if mine { (all, all) } else { (n, n) };
        let (device, officer) = (id(1, device).to_string(), id(2, officer).to_string());
        let case = if mine { own.case.0 } else { id(3, n) }.to_string();
        let station = if mine { "07".to_owned() } else { format!("1{n}") };
        let event = id(4, n).to_string();
        let run = |sql: &str, bound: &[&dyn rusqlite::ToSql]| {
            tx.prepare_cached(sql).unwrap().execute(bound).unwrap();
        };
        run("INSERT OR IGNORE INTO station VALUES ('akmola', ?1, 'a', 'a')", params![station]);
        run(
            "INSERT INTO enrol_code VALUES ('akmola', ?1, ?2, 1, NULL)",
            params![format!("code {n}"), station],
        );
        run(
            "INSERT OR IGNORE INTO device (region_id,device_id,station_id,key,incarnation,enrolled_at)
             VALUES ('akmola', ?1, ?2, 'k', 1, 1)",
            params![device, station],
        );
        let card = format!(
            r#"{{"id":"{officer}","name":"А","post":"","role":"officer","station":"{station}","key":"k","circles":[],"revoked":false}}"#
        );
        run(
            "INSERT OR IGNORE INTO officer VALUES ('akmola', ?1, ?2, ?3, ?4, 0, 1)",
            params![officer, station, device, card],
        );
        run(
            "INSERT INTO lease VALUES ('akmola', ?1, 2026, ?2, ?2, ?3, 1)",
            params![station, n, device],
        );
        // Bytes as long as they are: what is read by chance costs steps, not only time.
        run(
            "INSERT INTO event VALUES ('akmola', ?1, ?2, ?3, 'note_added', '{}', 's', ?4, 1)",
            params![n, event, case, format!("{n:064x}")],
        );
        run("INSERT INTO feed VALUES ('akmola', 'station:07', ?1)", params![n]);
        run("INSERT INTO event_file VALUES ('akmola', ?1, ?2)", params![format!("{n:064x}"), n]);
        run(
            "INSERT INTO device_log (region_id,device_id,incarnation,seq,hash,event_id,pos,recorded_at)
             VALUES ('akmola', ?1, 1, ?2, ?3, ?4, ?2, 1)",
            params![device, n, format!("{n:064x}"), event],
        );
        run(
            "INSERT OR IGNORE INTO device_head VALUES ('akmola', ?1, 1, ?2, ?3)",
            params![device, all, format!("{n:064x}")],
        );
        run(
            "INSERT INTO clerk VALUES ('akmola', ?1, 'c', 'E-01', 'h', 0)",
            params![format!("clerk {n}")],
        );
        run(
            "INSERT INTO session VALUES ('akmola', ?1, 'c', 'x', 9)",
            params![format!("session {n}")],
        );
        let agency = if mine { "E-01".to_owned() } else { format!("E-1{n}") };
        run(
            "INSERT INTO request VALUES ('akmola', ?1, ?2, ?3, ?4, '2026-12-01', 'sent', '{}')",
            params![id(5, n).to_string(), case, agency, station],
        );
        run(
            "INSERT INTO coupon VALUES ('akmola', ?1, ?2, 'C', 'S')",
            params![format!("ESK-07-2026-{n}"), case],
        );
        run(
            "INSERT INTO decision VALUES ('akmola', ?1, ?2, 1, NULL, 'accepted', 'c', '', 'l', 'n', 1)",
            params![device, format!("1/{n}")],
        );
        run("INSERT INTO tree_tile VALUES ('akmola', 1, ?1, ?2)", params![n, format!("{n:064x}")]);
        run(
            "INSERT INTO publication VALUES ('akmola', 'cards', ?1, 1, '1', '2026-01-01', 1, 'o', ?2, '{}', 's')",
            params![format!("card {n}"), format!("{n:064x}")],
        );
    }
    tx.commit().unwrap();
    drop(db);
    (store, own)
}

type Question = (&'static str, fn(&SqliteStore, &Own) -> usize);

fn many<T>(answer: StoreResult<Vec<T>>) -> usize {
    answer.unwrap().len()
}

fn one<T>(answer: StoreResult<Option<T>>) -> usize {
    usize::from(answer.unwrap().is_some())
}

/// Everything that a desk, a clerk or an applicant asks for by asking. What an operator looks at (all devices, all that
/// stands aside, counts) may grow with what is shown.
const QUESTIONS: &[Question] = &[
    ("code", |s, _| one(s.code("code 3"))),
    ("device", |s, o| one(s.device(o.device))),
    ("officers", |s, o| many(s.officers(&[o.officer]))),
    ("device_officers", |s, o| s.device_officers(o.device).map_or(1, |all| all.len().max(1))),
    ("station_officers", |s, o| s.station_officers(&o.station).map_or(1, |all| all.len().max(1))),
    ("leases", |s, o| many(s.leases(o.device))),
    ("head", |s, _| usize::from(s.head().unwrap().0 > 0)),
    ("device_head", |s, o| usize::from(s.device_head(o.device, 1).unwrap().seq > 0)),
    ("verdicts", |s, o| many(s.verdicts(o.device, 1, u64::from(o.last) - 1, o.last.into()))),
    ("known", |s, o| s.known(&[EventId(id(4, o.last)), EventId(id(9, 9))]).unwrap().len()),
    ("case_events", |s, o| many(s.case_events(o.case))),
    ("cases_events", |s, o| s.cases_events(&[o.case]).unwrap().len()),
    ("is_refused", |s, o| usize::from(!s.is_refused(EventId(id(4, o.last))).unwrap())),
    ("feed", |s, o| s.feed(&o.scopes[0], Pos(u64::from(o.last) - 2), 9).unwrap().events.len()),
    ("case_in_scopes", |s, o| many(s.case_in_scopes(o.case, &o.scopes))),
    ("file_in_scopes", |s, o| usize::from(s.file_in_scopes(&o.file, &o.scopes).unwrap())),
    ("file_events", |s, o| many(s.file_events(&o.file, Some(&o.scopes)))),
    ("file_events of all", |s, o| many(s.file_events(&o.file, None))),
    ("file_set_aside", |s, o| usize::from(!s.file_set_aside(&o.file).unwrap())),
    ("decisions", |s, o| many(s.decisions(Some(o.device), 9))),
    ("clerk", |s, _| one(s.clerk("clerk 3"))),
    ("session", |s, _| one(s.session("session 3"))),
    ("requests", |s, _| {
        let today = DateTime::UNIX_EPOCH.date_naive();
        s.requests("E-01", RequestList::New, today, 9, 0).map_or(1, |all| all.len().max(1))
    }),
    ("request_counts", |s, _| {
        s.request_counts("E-01", DateTime::UNIX_EPOCH.date_naive()).map(|_| 1).unwrap()
    }),
    ("request", |s, o| {
        s.request(ReferralId(id(5, o.last))).map_or(1, |r| usize::from(r.is_some()))
    }),
    ("coupons", |s, o| many(s.coupons(&format!("ESK-07-2026-{}", o.last)))),
    ("publication", |s, o| one(s.publication(&format!("{:064x}", o.last)))),
    ("leaves", |s, o| many(s.leaves(Pos(u64::from(o.last) - 1), 9))),
    ("tiles", |s, o| many(s.tiles(1, u64::from(o.last) - 1, 9))),
    ("touch_device", |s, o| {
        let at = DateTime::UNIX_EPOCH;
        let version = "0.1.0".to_owned();
        let seen = DeviceSeen { at, incarnation: 1, clock_offset_ms: 0, unsent: 0, version };
        s.touch_device(o.device, &seen, None).map(|()| 1).unwrap()
    }),
    ("lease", |s, o| {
        s.lease(&o.station, 2026, o.device, 9, DateTime::UNIX_EPOCH).map(|_| 1).unwrap()
    }),
    ("keep_branch", |s, o| {
        let event = SignedEvent { e: "{}".to_owned(), s: "s".to_owned() };
        let branch = [(EventHash([7; 32]), event)];
        s.keep_branch(o.device, &branch, false, DateTime::UNIX_EPOCH).map(|()| 1).unwrap()
    }),
    ("commit", |s, o| {
        let event = SignedEvent { e: "{}".to_owned(), s: "s".to_owned() };
        let (from, hash) = (s.device_head(o.device, 1).unwrap(), EventHash([8; 32]));
        let (id, pos, seq) = (EventId(id(6, 1)), Pos(u64::from(o.last) + 1), from.seq + 1);
        let new = NewEvent {
            pos,
            id,
            case: o.case,
            kind: "note_added".to_owned(),
            event,
            hash,
            scopes: o.scopes.to_vec(),
            file: Some(o.file.clone()),
            coupon: None,
        };
        let verdict =
            NewVerdict { seq, id: Some(id), hash, kept: Kept::Accepted(pos), aside: None };
        let chain = ChainMove {
            device: o.device,
            incarnation: 1,
            from,
            to: Head { seq, hash },
            verdicts: vec![verdict],
        };
        s.commit(&Commit {
            expect: Pos(o.last.into()),
            recorded_at: DateTime::UNIX_EPOCH,
            events: vec![new],
            chains: vec![chain],
            requests: Vec::new(),
            settled: Vec::new(),
            moves: crate::store::FeedMoves::default(),
        })
        .map(|_| 1)
        .unwrap()
    }),
    ("revoke_device", |s, o| usize::from(s.revoke_device(o.device).unwrap())),
    ("revoke_officer", |s, o| usize::from(s.revoke_officer(o.officer).unwrap())),
];

/// Steps of the engine for each question.
fn steps(others: u32) -> Vec<u32> {
    let (store, own) = region(others);
    let taken = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&taken);
    let each = move || count.fetch_add(1, Ordering::Relaxed) == u32::MAX;
    store.write().progress_handler(1, Some(each)).unwrap();
    let ask = |(name, question): &Question| {
        taken.store(0, Ordering::Relaxed);
        assert!(question(&store, &own) > 0, "{name} found nothing");
        taken.load(Ordering::Relaxed)
    };
    QUESTIONS.iter().map(ask).collect()
}

/// P7 (part), S30 (part), B32 (part): no question of a desk, a clerk or an applicant costs more in a large region.
#[test]
fn no_question_costs_more_in_a_large_region() {
    let (small, large) = (steps(SMALL), steps(LARGE));
    let dear: Vec<_> = QUESTIONS
        .iter()
        .zip(small.iter().zip(&large))
        .filter(|(_, (few, many))| **many > **few + SLACK)
        .map(|((name, _), (few, many))| {
            format!("{name}: {few} steps beside {SMALL}, {many} beside {LARGE}")
        })
        .collect();
    assert!(dear.is_empty(), "{}", dear.join("\n"));
}
