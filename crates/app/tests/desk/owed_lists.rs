//! “You owe us”: the list of a week, who is told to hand it over, what stands on it, and what never does.

use crate::clerk::Clerk;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// A request a body has and does not answer.
fn owed(world: &World, desk: &TestDesk, form: Form, at: &str) -> String {
    world.clock.set(at);
    let case = desk.takes_in(form);
    desk.sync();
    case
}

fn heating() -> Form {
    Form::says("Нет отопления, дома младенец", "ru")
        .category("ZKH-01")
        .at("Ауэзова, 12, кв. 5")
        .person("Ким", "Анна", "8 701 123 45 67")
        .refer("E-HEA")
}

fn due(desk: &TestDesk) -> Vec<(String, u64)> {
    let lists = desk.ok("owed_lists", json!({}));
    let due = lists["due"].as_array().unwrap();
    due.iter()
        .map(|d| (d["agency"].as_str().unwrap().to_owned(), d["total"].as_u64().unwrap()))
        .collect()
}

fn hand(desk: &TestDesk, agency: &str, way: &str) -> Result<Value, String> {
    desk.call("owed_list_hand", json!({ "agency": agency, "way": way, "who": "Ким, канцелярия" }))
        .map_err(|refused| refused.code)
}

#[test]
fn the_list_is_due_on_the_first_working_day_until_it_was_handed_over_and_then_next_week() {
    // A Monday.
    let world = World::at("2026-11-16T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    let _clerk = Clerk::sign_in(&world, "jylu", "E-HEA");
    owed(&world, &desk, heating(), "2026-11-16T05:00:00Z");
    // Sunday: nothing is due on a day nobody works; the week's lists were due since Monday.
    world.clock.set("2026-11-29T06:00:00Z");
    assert_eq!(due(&desk), [("E-HEA".to_owned(), 1)]);
    world.clock.set("2026-11-30T04:30:00Z");
    assert_eq!(due(&desk), [("E-HEA".to_owned(), 1)], "a new week, a new list");

    assert_eq!(hand(&desk, "E-HEA", "phone").unwrap_err(), "bad_request", "paper is not told");
    assert_eq!(hand(&desk, "E-ZKH", "mail").unwrap_err(), "no_such_paper", "it owes nothing");
    desk.host.no_viewer.store(true, Ordering::SeqCst);
    assert_eq!(hand(&desk, "E-HEA", "mail").unwrap_err(), "viewer_failed");
    assert_eq!(due(&desk).len(), 1, "what nobody printed nobody handed over");
    desk.host.no_viewer.store(false, Ordering::SeqCst);

    let done = hand(&desk, "E-HEA", "mail").unwrap();
    assert_eq!(desk.host.documents.lock().unwrap()[0].0, "owed-E-HEA-2026-11-30.pdf");
    assert_eq!(due(&desk), []);
    assert_eq!(hand(&desk, "E-HEA", "paper").unwrap_err(), "list_handed_before");
    let lists = desk.ok("owed_lists", json!({}));
    let line = &lists["handed"][0];
    assert_eq!((&line["lines"], &line["told"]["way"]), (&json!(1), &json!("mail")));
    assert!(line["who"].as_str().unwrap().starts_with("Әлиева"), "{line}");

    // Again from history, by a colleague too: it holds nothing that is not everybody's.
    desk.sign_in("Серікбаев");
    assert_eq!(due(&desk), [], "told once to a station");
    desk.ok("paper_print", json!({ "of": "printed", "id": line["paper"] }));
    {
        let documents = desk.host.documents.lock().unwrap();
        assert!(documents[0] == documents[1], "the same bytes");
    }
    let open = desk.desk.opened().unwrap();
    let journal = open.store.read(|conn| esik_store::journal::list(conn, None, 100)).unwrap();
    let printed: Vec<_> = journal.iter().filter(|l| l.action == "paper_print").collect();
    assert_eq!(printed.len(), 2);
    assert!(printed.iter().all(|l| l.subject.starts_with("owed_list/1 ")));

    world.clock.set("2026-12-07T04:30:00Z");
    assert_eq!(due(&desk), [("E-HEA".to_owned(), 1)]);
    desk.sign_in("Әлиева");
    desk.sync();
    let board = desk.ok("sync_board", json!({}));
    assert_eq!(board["refused"], json!([]), "the region took it");
    drop(done);
}

#[test]
fn a_hand_over_by_a_slip_is_taken_back_and_due_again() {
    let world = World::at("2026-11-16T05:00:00Z");
    let desk = world.desk("Әлиева");
    let _clerk = Clerk::sign_in(&world, "jylu", "E-HEA");
    owed(&world, &desk, heating(), "2026-11-16T05:00:00Z");
    world.clock.set("2026-12-07T04:30:00Z");
    let done = hand(&desk, "E-HEA", "paper").unwrap();
    assert_eq!(due(&desk), []);
    desk.ok("undo", done["undo"].clone());
    assert_eq!(due(&desk).len(), 1);
}

/// What a body has got already – our number, its own, the theme, the days – and nothing else; of a circle's cases nothing at
/// all, whoever prints it.
#[test]
fn the_list_tells_a_body_only_what_it_has_and_nothing_of_a_circle() {
    let world = World::at("2026-11-16T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Шеңбер", "officer", &["dv"]);
    let clerks =
        [("jylu", "E-HEA"), ("kommun", "E-ZKH")].map(|(l, a)| Clerk::sign_in(&world, l, a));
    let open = owed(&world, &desk, heating(), "2026-11-16T05:00:00Z");
    let number = desk.case(&open)["number"].as_str().unwrap().to_owned();
    desk.sign_in("Шеңбер");
    let hidden = Form::says("Боюсь мужа, топить нечем", "ru")
        .category("FAM-01")
        .with("circumstances", json!(["afraid"]))
        .crime("26-1", "Нечем топить")
        .refer_with("E-ZKH", json!({ "name": false, "phone": false, "address": false }));
    let hidden = owed(&world, &desk, hidden, "2026-11-16T06:00:00Z");
    let hidden_number = desk.case(&hidden)["number"].as_str().unwrap().to_owned();
    world.clock.set("2026-12-07T04:30:00Z");
    assert_eq!(desk.ok("bodies_owe", json!({}))["bodies"].as_array().unwrap().len(), 2);
    assert_eq!(due(&desk), [("E-HEA".to_owned(), 1)], "nothing of a circle is proposed");
    let of_hidden = desk.call("paper_preview", json!({ "of": "owed_list", "agency": "E-ZKH" }));
    assert_eq!(of_hidden.unwrap_err().code, "no_such_paper", "for who is in the circle neither");

    let also = Form::says("Ещё", "ru").category("BLG-02").refer("E-ZKH");
    owed(&world, &desk, also, "2026-12-07T05:00:00Z");
    world.clock.set("2027-01-11T05:00:00Z");
    let lists = desk.ok("owed_lists", json!({}));
    let zkh = lists["due"].as_array().unwrap().iter().find(|d| d["agency"] == "E-ZKH").unwrap();
    assert_eq!((&zkh["total"], &zkh["left_out"]), (&json!(1), &json!(1)));
    desk.ok("paper_print", json!({ "of": "owed_list", "agency": "E-ZKH" }));
    desk.ok("paper_print", json!({ "of": "owed_list", "agency": "E-HEA" }));
    let said = data(&desk);
    assert!(said.iter().any(|s| s.contains(&number) && s.contains("Нет отопления")), "{said:?}");
    for leak in ["Ким", "Ауэзова", "701", "младенец", &hidden_number, "мужа"]
    {
        assert!(said.iter().all(|s| !s.contains(leak)), "{leak}");
    }
    drop(clerks);
}

/// What printed papers were made of.
fn data(desk: &TestDesk) -> Vec<String> {
    let open = desk.desk.opened().unwrap();
    open.store
        .read(|conn| {
            let mut all = conn.prepare("SELECT data FROM paper")?;
            let rows = all.query_map([], |r| r.get::<_, String>(0))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .unwrap()
}
