//! How the lines of one officer are found: both ways give the same, and neither sorts a whole board.

use super::{Board, Mine, Only, Place, Queue, ask, page_of};
use crate::db::memory;
use crate::lists::ObligationBody;
use chrono::DateTime;
use esik_domain::case::{Obligation, ObligationKind, WaitingOn};
use esik_domain::catalog::Catalog;
use esik_domain::event::Role;
use esik_domain::ids::{Circle, OfficerId};
use esik_domain::policy::Actor;
use esik_domain::text::search_terms;
use rusqlite::{Connection, named_params, params};
use uuid::Uuid;

const LINES: u32 = 60;

fn officer(n: u128) -> OfficerId {
    OfficerId(Uuid::from_u128(n))
}

fn board(officer: OfficerId, limit: usize) -> Board {
    let only = Only { officer: Some(officer), ..Only::default() };
    Board { only, ..Board::of(Queue::All, "2026-11-26".parse().unwrap(), limit) }
}

/// Cases of two officers in turn, every tenth closed, each with a line of the board.
fn filled() -> Connection {
    let conn = memory().unwrap();
    for n in 0..LINES {
        let owner = officer(u128::from(n % 2) + 1);
        let id = Uuid::from_u128(u128::from(n) + 100).into_bytes();
        let due = format!("2026-12-{:02}", 1 + n * 7 % 28);
        let body = ObligationBody {
            obligation: Obligation {
                what: ObligationKind::DoTask,
                referral: None,
                task: None,
                agency: None,
                waiting_on: WaitingOn::Us,
                due: Some(due.parse().unwrap()),
                since: DateTime::UNIX_EPOCH,
                circle: Circle::open(),
                by: owner,
                moved_from: None,
                also: None,
            },
            referral_brief: None,
            caution: false,
        };
        conn.execute(
            "INSERT INTO case_row (case_id, layer, mixed, circle, author, station, title, address,
               applicant, first_at, last_at, phase, needs_review, refused, folder_version, controller)
             VALUES (?1, 0, 0, 'open', ?2, '07', '', '', '', ?3, ?3, ?4, 0, 0, 7, ?2)",
            params![id, owner.0.as_bytes(), n, if n % 10 == 0 { "closed" } else { "ours" }],
        )
        .unwrap();
        conn.execute(
            "INSERT INTO obligation (case_id, n, layer, what, waiting_on, due, since, circle, author,
               case_circle, case_author, body)
             VALUES (?1, 0, 0, 'do_task', 'us', ?2, 0, 'open', ?3, 'open', ?3, ?4)",
            params![id, due, owner.0.as_bytes(), serde_json::to_string(&body).unwrap()],
        )
        .unwrap();
    }
    conn
}

#[test]
fn an_officers_lines_are_the_same_whichever_way_they_are_found() {
    let conn = filled();
    let actor = Actor { id: officer(1), role: Role::Head, circles: Vec::new() };
    let pages = |mine| {
        let mut board = board(officer(1), 7);
        let mut keys = Vec::new();
        loop {
            let page = page_of(&conn, &actor, &board, mine).unwrap();
            board.place = page.rows.last().map_or(Place::Start, |r| Place::After(r.key.clone()));
            keys.extend(page.rows.into_iter().map(|r| r.key));
            if !page.more {
                return keys;
            }
        }
    };
    let walked = pages(Mine::Walked);
    assert_eq!(walked.len(), 24, "thirty cases, six of them closed");
    assert_eq!(walked, pages(Mine::First));
}

/// The lines of an officer with most of a station's cases were all sorted for a page of a hundred.
#[test]
fn the_board_of_an_officer_with_many_cases_is_walked_in_its_order() {
    let conn = filled();
    let plan = |mine| -> String {
        let board = board(officer(1), 100);
        conn.prepare(&format!("EXPLAIN QUERY PLAN {}", ask(&board, mine, false)))
            .unwrap()
            .query_map(
                named_params! { ":due": "", ":priority": 0, ":since": 0, ":id": [0u8; 16], ":n": 0,
                ":today": "", ":week": "", ":agency": None::<&str>, ":category": None::<&str>,
                ":officer": [0u8; 16], ":from": "", ":until": "9999", ":me": [0u8; 16], ":circles": "[]",
                ":among": "[]" },
                |r| r.get::<_, String>("detail"),
            )
            .unwrap()
            .collect::<rusqlite::Result<Vec<_>>>()
            .unwrap()
            .join("\n")
    };
    let walked = plan(Mine::Walked);
    assert!(walked.contains("obligation_board"), "{walked}");
    assert!(!walked.contains("FOR ORDER BY"), "{walked}");
    assert!(plan(Mine::First).contains("case_by_controller"));
    assert_eq!(Mine::of(&conn, &board(officer(1), 1).only).unwrap(), Mine::First, "few cases");
}

/// Part of a word that one case has: its line alone is read; of a word nobody has, none is. What the index has not reached is
/// read all the same, and a part too short to be asked of it is looked for line by line.
#[test]
fn a_word_is_asked_of_the_index_before_the_lines_are_read() {
    let conn = filled();
    let actor = Actor { id: officer(1), role: Role::Head, circles: Vec::new() };
    conn.execute("UPDATE case_row SET address = 'ул. Сарыарқа, 5' WHERE first_at = 7", []).unwrap();
    conn.execute("UPDATE case_row SET address = 'Ауэзов, 9' WHERE first_at = 9", []).unwrap();
    conn.execute_batch(
        "INSERT INTO doc (case_id, layer, indexed) SELECT case_id, layer, first_at <> 9 FROM case_row",
    )
    .unwrap();
    conn.execute(
        "INSERT INTO doc_text (rowid, words) SELECT d.id, iif(c.first_at = 7, ?1, ?2)
         FROM doc d JOIN case_row c ON c.case_id = d.case_id WHERE d.indexed = 1",
        [search_terms("ул. Сарыарқа, 5"), search_terms("ничего")],
    )
    .unwrap();
    let found = |words: &str| {
        let board = Board {
            filter: words.to_owned(),
            ..Board::of(Queue::All, "2026-11-26".parse().unwrap(), 50)
        };
        page_of(&conn, &actor, &board, Mine::First).unwrap().rows.len()
    };
    let read = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|w| esik_domain::text::fold(w)).collect();
        crate::search::parts::cases_with(&conn, &words).unwrap().map(|cases| cases.len())
    };
    assert_eq!(
        (found("арыарқ"), read(&["арыарқ"])),
        (1, Some(2)),
        "its own, and the one not indexed"
    );
    assert_eq!((found("қайырбек"), read(&["қайырбек"])), (0, Some(1)));
    assert_eq!((found("ауэз"), found("ул. сарыарқа, 5")), (1, 1));
    assert_eq!((found("сарыарқа ауэзов"), read(&["арқа", "ничего"])), (0, Some(1)));
    assert_eq!((found("5"), read(&["5"])), (1, None), "too short for the index");
    conn.execute("UPDATE doc SET indexed = 1", []).unwrap();
    assert_eq!(read(&["қайырбек"]), Some(0));
}

/// The theme that a line shows by its name is looked for by that name too, in any language, alone and beside other words; also when
/// the index is asked, which knows no themes.
#[test]
fn a_line_is_found_by_the_name_of_its_theme() {
    let conn = filled();
    let actor = Actor { id: officer(1), role: Role::Head, circles: Vec::new() };
    conn.execute_batch(
        "UPDATE obligation SET category = 'ZKH-01'
         WHERE case_id IN (SELECT case_id FROM case_row WHERE first_at IN (7, 55));
         UPDATE case_row SET address = 'ул. Сарыарқа, 5' WHERE first_at = 55;
         INSERT INTO doc (case_id, layer, indexed) SELECT case_id, layer, 1 FROM case_row;
         INSERT INTO doc_text (rowid, words) SELECT id, 'x' FROM doc;",
    )
    .unwrap();
    conn.execute(
        "UPDATE doc_text SET words = ?1 WHERE rowid IN
           (SELECT d.id FROM doc d JOIN case_row c ON c.case_id = d.case_id WHERE c.first_at = 55)",
        [search_terms("ул. Сарыарқа, 5")],
    )
    .unwrap();
    let found = |words: &str| {
        let board = Board {
            filter: words.to_owned(),
            ..Board::of(Queue::All, "2026-11-26".parse().unwrap(), 50)
        };
        page_of(&conn, &actor, &board, Mine::First).unwrap().rows.len()
    };
    let name = &Catalog::shipped().category("ZKH-01").unwrap().name;
    for words in [&name.kk, &name.ru, &name.en] {
        assert_eq!(found(words), 2, "{words}");
    }
    assert_eq!(found(&format!("{} сарыарқа", name.ru)), 1);
    assert_eq!(found(&format!("{} қайырбек", name.ru)), 0);
}
