//! The sync screen: what waits, what was refused and why, the clock, the log of contacts.

use chrono::Duration;
use esik_server::quota::Measure;
use esik_testkit::{Form, TestClock, TestDesk, World};
use serde_json::{Value, json};

fn board(desk: &TestDesk) -> Value {
    desk.ok("sync_board", json!({}))
}

fn kinds(line: &Value) -> Vec<String> {
    let all = line["kinds"].as_array().unwrap();
    all.iter().map(|k| k["kind"].as_str().unwrap().to_owned()).collect()
}

/// Every record that waits is either in a line or counted beside the lines.
fn sum(board: &Value) -> u64 {
    let lines = board["waiting"].as_array().unwrap();
    let told = lines.iter().flat_map(|l| l["kinds"].as_array().unwrap());
    told.map(|k| k["n"].as_u64().unwrap()).sum::<u64>() + board["waiting_others"].as_u64().unwrap()
}

/// S32 (part): what waits stands there by case, in full count, until the region has it.
#[test]
fn what_waits_stands_by_case_until_the_region_acknowledged_it() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    world.region_down();
    let case = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    desk.ok("note_add", json!({ "case": case, "text": "Ключ у соседки" }));
    desk.ok("note_add", json!({ "case": case, "text": "Кот" }));
    desk.sync();
    let seen = board(&desk);
    assert_eq!(seen["waiting"].as_array().unwrap().len(), 1, "{seen:#}");
    let line = &seen["waiting"][0];
    assert_eq!((&line["case"]["id"], &line["case"]["opens"]), (&json!(case), &json!(true)));
    assert_eq!(line["case"]["number"], "ESK-07-2026-1");
    assert!(kinds(line).contains(&"referral_sent".to_owned()), "{line:#}");
    assert!(line["kinds"].as_array().unwrap().contains(&json!({ "kind": "note_added", "n": 2 })));
    assert_eq!(sum(&seen), desk.unacknowledged());
    assert_eq!(seen["contacts"][0]["failure"]["code"], "region_unreachable");
    assert_eq!(seen["status"]["failure"]["code"], "region_unreachable");

    world.region_up();
    desk.sync();
    let seen = board(&desk);
    assert_eq!((&seen["waiting"], &seen["waiting_others"]), (&json!([]), &json!(0)));
    assert_eq!(seen["proof"]["pos"], seen["status"]["proof"]);
    assert!(seen["proof"]["recorded_at"].is_string() && seen["proof"]["hash"].is_string());
    assert_eq!(seen["contacts"][0]["failure"], json!(null));
    assert!(seen["contacts"][0]["sent"].as_u64().unwrap() > 5, "{seen:#}");
    assert_eq!(seen["status"]["progress"], json!(null), "nothing goes on any more");
}

/// A restricted case is in no line of another officer's screen, only in the count of the rest.
#[test]
fn a_restricted_record_is_no_line_for_another_officer() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Бекова", "officer", &[]);
    desk.officer("Шеңбер", "officer", &["dv"]);
    world.region_down();
    let disclosed = json!({ "name": false, "phone": true, "address": false });
    let case = desk.takes_in(
        Form::says("Боится идти домой", "ru")
            .category("FAM-01")
            .crime("КУИ-26-7781", "Нужны ночлег и юрист")
            .refer_with("E-CRS", disclosed),
    );
    let names = |desk: &TestDesk| board(desk)["waiting"].to_string().contains(&case);
    assert!(names(&desk), "its author sees what of it waits");
    let all = desk.unacknowledged();
    desk.sign_in("Бекова");
    let hers = board(&desk);
    assert!(!hers.to_string().contains(&case) && !hers.to_string().contains("crime"), "{hers:#}");
    assert_eq!(desk.unacknowledged(), all, "the count of the computer is everybody's");
    assert_eq!(sum(&hers), all);
    desk.sign_in("Шеңбер");
    assert!(names(&desk));
}

/// S9: a record the region refused comes back to its author, with the reason and one thing to do.
#[test]
fn a_refused_record_stands_there_with_its_reason_and_one_action() {
    let mut world = World::new();
    let (a, b) = (world.desk("Әлиева"), world.desk("Бекова"));
    let case = a.takes_in(Form::says("Спор с ОСИ", "ru").category("ZKH-08").refer("E-KRM"));
    for desk in [&a, &b] {
        desk.sync();
    }
    world.region_down();
    let referral = a.case(&case)["referrals"][0]["id"].clone();
    let back = json!({ "case": case, "referral": referral, "reason": "ошиблись органом" });
    a.ok("referral_withdraw", back.clone());
    b.ok("referral_withdraw", back);
    world.region_up();
    a.sync();
    b.sync();
    let seen = board(&b);
    let refused = seen["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{seen:#}");
    let one = &refused[0];
    assert_eq!(
        (&one["kind"], &one["code"]),
        (&json!("referral_withdrawn"), &json!("already_withdrawn"))
    );
    assert_eq!((&one["action"], &one["set_aside"]), (&json!("correct"), &json!(false)));
    assert_eq!(one["case"]["id"], json!(case));
    assert!(one["by"].as_str().unwrap().starts_with("Бекова"), "{one}");
    assert_eq!(board(&a)["refused"], json!([]), "the first one was taken");
    assert_eq!(seen["contacts"][0]["refused"], 1);

    // Set aside, for a person of the region to decide: nothing for the officer to write anew.
    let officer = b.desk.officers()[0].id;
    assert!(world.region.store().revoke_officer(officer).unwrap());
    let later = b.takes_in(Form::says("Шум ночью", "ru").category("SOS-03"));
    b.sync();
    let seen = board(&b);
    let aside: Vec<&Value> = seen["refused"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["case"]["id"] == json!(later))
        .collect();
    assert!(!aside.is_empty(), "{seen:#}");
    for one in aside {
        assert_eq!((&one["code"], &one["action"]), (&json!("officer_revoked"), &json!("region")));
        assert_eq!(one["set_aside"], json!(true));
    }
}

/// S9 (part): what came back is dealt with by a word that stays, and the list of it can become empty.
#[test]
fn a_returned_record_is_dealt_with_by_a_word_that_everybody_of_the_case_reads() {
    let mut world = World::new();
    let (a, b) = (world.desk("Әлиева"), world.desk("Бекова"));
    b.officer("Серікбаев", "consultant", &[]);
    let case = a.takes_in(Form::says("Спор с ОСИ", "ru").category("ZKH-08").refer("E-KRM"));
    for desk in [&a, &b] {
        desk.sync();
    }
    world.region_down();
    let referral = a.case(&case)["referrals"][0]["id"].clone();
    let back = json!({ "case": case, "referral": referral, "reason": "ошиблись органом" });
    a.ok("referral_withdraw", back.clone());
    b.ok("referral_withdraw", back);
    world.region_up();
    a.sync();
    b.sync();
    let event = board(&b)["refused"][0]["event"].clone();
    let settle = |text: &str| json!({ "case": case, "events": [event], "text": text });
    for (args, code) in [
        (settle(" "), "refusal_needs_word"),
        (settle(&"ы".repeat(2_001)), "note_too_long"),
        (json!({ "case": case, "events": [], "text": "да" }), "bad_request"),
        (json!({ "case": case, "events": [case], "text": "да" }), "not_found"),
    ] {
        assert_eq!(b.call("refusal_settle", args).unwrap_err().code, code);
    }
    assert_eq!(board(&b)["refused"].as_array().unwrap().len(), 1);
    let done = b.ok("refusal_settle", settle("Әлиева уже отозвала, звонить не нужно"));
    assert_eq!(board(&b)["refused"], json!([]));
    assert_eq!(board(&b)["status"]["refused"], 0);
    assert_eq!(b.case(&case)["refused"], json!([]));
    assert_eq!(b.call("refusal_settle", settle("ещё раз")).unwrap_err().code, "not_found");
    // A slip comes back to the list; then for good.
    b.ok("undo", done["undo"].clone());
    assert_eq!(board(&b)["refused"].as_array().unwrap().len(), 1);
    b.ok("refusal_settle", settle("Әлиева уже отозвала"));
    b.sync();
    a.sync();
    // The other desk never had the record; the word says what it was.
    let told = a.case(&case)["timeline"].clone();
    let word = told
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["kind"] == "refusal_settled" && i["undone"].is_null());
    let word = word.unwrap();
    assert_eq!(word["values"]["text"], "Әлиева уже отозвала");
    assert_eq!(word["values"]["kinds"], "referral_withdrawn");
    assert!(word["who"].as_str().unwrap().starts_with("Бекова"), "{word}");
    b.sign_in("Серікбаев");
    assert_eq!(b.call("refusal_settle", settle("да")).unwrap_err().code, "forbidden");
}

/// S9 (part): also where the region takes nothing of this officer any more.
#[test]
fn the_list_of_returned_records_becomes_empty_even_when_the_region_refuses_the_word_on_them() {
    let world = World::new();
    let desk = world.desk("Бекова");
    desk.sync();
    let officer = desk.desk.officers()[0].id;
    assert!(world.region.store().revoke_officer(officer).unwrap());
    let case = desk.takes_in(Form::says("Шум ночью", "ru").category("SOS-03"));
    desk.ok("round_add", json!({ "address": "Абая, 7" }));
    desk.sync();
    let refused = board(&desk)["refused"].as_array().unwrap().clone();
    let streams: std::collections::BTreeSet<String> =
        refused.iter().map(|r| r["case"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(streams.len(), 2, "the visit and the address: {refused:#?}");
    assert!(streams.contains(&case));
    for stream in streams {
        let of_it = refused.iter().filter(|r| r["case"]["id"] == json!(stream));
        let events: Vec<&Value> = of_it.map(|r| &r["event"]).collect();
        desk.ok("refusal_settle", json!({ "case": stream, "events": events, "text": "на бумаге" }));
    }
    assert_eq!(board(&desk)["refused"], json!([]));
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    assert_eq!(board(&desk)["refused"], json!([]), "the word was set aside too, and is no work");
    let open = desk.desk.opened().unwrap();
    let report = open.store.read(|conn| esik_store::verify::verify(conn, &|_| None)).unwrap();
    assert!(report.is_sound(), "{report:?}");
}

/// A desk whose clock is wrong by so much.
fn wrong_by(world: &World, by: Duration) -> (TestDesk, TestClock) {
    let clock = TestClock::at(&(world.clock.now() + by).to_rfc3339());
    let dir = world.folder().join("desk-wrong");
    let desk = TestDesk::set_up(&dir, "Әлиева", &clock, world.runtime().handle());
    world.join(&desk);
    (desk, clock)
}

/// S20: a wrong clock is told from two minutes on, from a day on somebody says that he knows, and it is
/// asked again when it is wrong by another amount. `certificates_fail_for_their_own_reasons` names TLS.
#[test]
fn a_clock_a_day_off_is_acknowledged_once_and_again_when_it_changes() {
    let world = World::new();
    let (desk, clock) = wrong_by(&world, Duration::seconds(100));
    assert_eq!(desk.sync()["clock_off_s"], json!(null), "under two minutes nobody is bothered");
    assert_eq!(board(&desk)["clock"]["wrong"], json!(false));

    clock.advance(Duration::seconds(30));
    let status = desk.sync();
    let off = status["clock_off_s"].as_i64().unwrap();
    assert!((125..=135).contains(&off), "{off}");
    assert_eq!(status["clock_ask"], json!(false), "told, not asked");

    clock.advance(Duration::hours(23) + Duration::minutes(58));
    let status = desk.sync();
    let off = status["clock_off_s"].as_i64().unwrap();
    assert_eq!((off >= 86_400, &status["clock_ask"]), (true, &json!(true)), "{status}");
    let foreign = desk.call("clock_known", json!({ "off_s": off + 3600 })).unwrap_err();
    assert_eq!(foreign.code, "clock_changed", "only what was shown can be known");
    desk.ok("clock_known", json!({ "off_s": off }));
    let clock_now = board(&desk)["clock"].clone();
    assert_eq!((&clock_now["ask"], &clock_now["wrong"]), (&json!(false), &json!(true)));
    assert!(clock_now["known_by"].as_str().unwrap().starts_with("Әлиева"));
    // Kept over a restart; the same difference is not asked again.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(desk.sync()["clock_ask"], json!(false));

    clock.advance(Duration::hours(1));
    assert_eq!(desk.sync()["clock_ask"], json!(true), "another difference, asked again");
}

#[test]
fn tries_that_end_alike_are_one_line_and_the_log_stays_short() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    let before = board(&desk)["contacts"].as_array().unwrap().len();
    world.region_down();
    for _ in 0..3 {
        world.clock.advance(Duration::minutes(5));
        desk.sync();
    }
    let seen = board(&desk)["contacts"].clone();
    assert_eq!(seen.as_array().unwrap().len(), before + 1, "{seen:#}");
    assert_eq!(seen[0]["times"], 3);
    let at =
        |field: &str| seen[0][field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>();
    assert!(at("at").unwrap() - at("since").unwrap() >= Duration::minutes(10), "{seen:#}");
    world.region_up();
    for n in 0..30 {
        desk.takes_in(Form::says(&format!("Вопрос {n}"), "ru").category("DOC-04").advice("ЦОН"));
        desk.sync();
    }
    assert_eq!(board(&desk)["contacts"].as_array().unwrap().len(), 20);
}

/// S28 (part): what is over the day's measure waits at the desk, is told in words, also after a restart, and goes
/// when the day is over.
#[test]
fn what_is_too_much_for_one_day_goes_the_next() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    world.region.measure(Measure { events: 1, ..Measure::default() });
    let form = || Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA");
    desk.takes_in(form());
    assert_eq!(desk.sync()["unacknowledged"], 0, "one segment may go over the measure");
    desk.takes_in(form());
    let waits = desk.unacknowledged();
    let status = desk.sync();
    assert_eq!((&status["failure"]["code"], desk.unacknowledged()), (&json!("day_full"), waits));
    assert!(waits > 0, "{status}");

    let desk = desk.restart();
    desk.sign_in("Әлиева");
    world.region.measure(Measure::default());
    world.clock.advance(Duration::hours(1));
    assert_eq!(desk.sync()["failure"]["code"], "day_full", "the moment that was named is kept");
    world.clock.advance(Duration::hours(17));
    let status = desk.sync();
    assert_eq!((&status["failure"], desk.unacknowledged()), (&json!(null), 0), "{status}");
}
