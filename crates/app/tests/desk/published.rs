//! What the region publishes reaches its desks, holds from its day, and moves the days it has to move.

use chrono::Duration;
use ed25519_dalek::SigningKey;
use esik_domain::publication::Kind;
use esik_testkit::{Form, TestDesk, World};
use esik_wire::{Publication, SignedPublication};
use serde_json::{Value, json};

/// The shipped calendar with Thursday 10 December 2026 off, worked on Saturday 12 December instead.
fn transfer(version: &str) -> String {
    let mut all: Value =
        serde_json::from_str(include_str!("../../../domain/data/calendar-kz.json")).unwrap();
    all["version"] = json!(version);
    let years = all["years"].as_array_mut().unwrap();
    let year = years.iter_mut().find(|y| y["year"] == 2026).unwrap();
    year["off"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "date": "2026-12-10", "name": "transferred" }));
    year["working"] = json!([{ "date": "2026-12-12", "for": "2026-12-10" }]);
    all.to_string()
}

fn debt(desk: &TestDesk, task: bool) -> String {
    let mut form = Form::says("Спор с ОСИ о долге", "ru").category("ZKH-08").refer("E-KRM");
    if task {
        let task = json!([{ "unit": "P-UIP", "text": "Обойти подъезд", "due": "2026-12-10" }]);
        form = form.with("tasks", task);
    }
    desk.takes_in(form)
}

/// A case that can be closed: its own action is done.
fn ended(desk: &TestDesk) -> String {
    let task = json!([{ "unit": "P-UIP", "text": "Обойти подъезд", "due": "2026-12-10" }]);
    let case = desk.takes_in(Form::says("Спор с ОСИ", "ru").category("ZKH-08").with("tasks", task));
    let id = desk.case(&case)["tasks"][0]["id"].clone();
    desk.ok("task_finish", json!({ "case": case, "task": id, "result": "обошли" }));
    case
}

fn legal(desk: &TestDesk, case: &str) -> Value {
    let view = desk.case(case);
    let clocks = view["clocks"].as_array().cloned().unwrap_or_default();
    clocks.into_iter().find(|c| c["kind"] == "legal_answer").unwrap_or_else(|| panic!("{view}"))
}

/// Last days of a queue, each with what stood there before.
fn days(desk: &TestDesk, queue: &str) -> Vec<(Value, Value)> {
    let page = desk.ok("control", json!({ "queue": queue }));
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|r| (r["due"].clone(), r["moved_from"].clone())).collect()
}

fn sound(desk: &TestDesk) {
    let open = desk.desk.opened().unwrap();
    let report = open.store.read(|conn| esik_store::verify::verify(conn, &|_| None)).unwrap();
    assert!(report.faults.iter().all(|f| f.kind != esik_store::verify::FaultKind::Projection));
}

fn line(desk: &TestDesk, kind: &str, name: &str) -> Vec<(String, String)> {
    let all = desk.ok("publications", json!({}));
    let lines = all["lines"].as_array().cloned().unwrap_or_default();
    lines
        .into_iter()
        .filter(|l| l["kind"] == kind && l["name"] == name)
        .map(|l| (l["label"].as_str().unwrap().to_owned(), l["state"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_day_off_that_is_moved_moves_board_and_case_at_both_desks_and_no_closed_case() {
    let world = World::new().served("E-KRM");
    let (a, b) = (world.desk("Әлиева"), world.desk("Бекова"));
    let open = debt(&a, true);
    let done = ended(&a);
    let close = json!({ "case": done, "word": "solved", "outcome": "helped", "text": "",
        "not_called": "сам пришёл" });
    a.ok("case_close", close);
    for desk in [&a, &b, &a] {
        desk.sync();
    }
    for case in [&open, &done] {
        assert_eq!(legal(&a, case)["deadline"]["due"], "2026-12-10", "the 15th working day");
    }
    assert_eq!(days(&b, "moved"), []);

    world.publish(Kind::Calendar, &transfer("2026-4"), None).unwrap();
    for desk in [&a, &b] {
        assert_eq!(line(desk, "calendar", "region"), [("2026-3".into(), "holds".into())]);
        desk.sync();
        assert_eq!(line(desk, "calendar", "region"), [("2026-4".into(), "holds".into())]);
        // The term of law, and the day a person chose, which nobody works on any more.
        let to = |from: &str| (json!("2026-12-11"), json!(from));
        let moved = days(desk, "moved");
        assert!(moved.contains(&to("2026-12-10")), "{moved:?}");
        assert_eq!(moved.len(), 2, "{moved:?}");
        assert!(days(desk, "all").iter().all(|(due, _)| *due != json!("2026-12-10")));
        sound(desk);

        let clock = legal(desk, &open);
        assert_eq!(clock["deadline"]["due"], "2026-12-11");
        assert_eq!(clock["deadline"]["calendar"], "2026-4");
        let was = &clock["was"];
        assert_eq!((&was["due"], &was["now"]), (&json!("2026-12-10"), &json!("2026-12-11")));
        assert_eq!((&was["calendar"], &was["calendar_now"]), (&json!("2026-3"), &json!("2026-4")));
        let why = json!([{ "date": "2026-12-10", "working": false, "holiday": "transferred" }]);
        assert_eq!(was["changes"], why);
        let view = desk.case(&open);
        assert_eq!(view["tasks"][0]["due"], "2026-12-11");
        let kept = legal(desk, &done);
        assert_eq!((&kept["deadline"]["due"], &kept["was"]), (&json!("2026-12-10"), &json!(null)));

        let notice = desk.ok("moved_days", json!({}));
        assert_eq!((&notice["count"], &notice["seen"]), (&json!(2), &json!(false)));
        assert_eq!((&notice["calendar"], &notice["before"]), (&json!("2026-4"), &json!("2026-3")));
        assert_eq!(notice["changes"].as_array().unwrap().len(), 2, "off, and worked instead");
        let foreign = desk.call("moved_days_seen", json!({ "calendar": "2026-3" }));
        assert_eq!(foreign.unwrap_err().code, "not_found");
        desk.ok("moved_days_seen", json!({ "calendar": "2026-4" }));
        assert_eq!(desk.ok("moved_days", json!({}))["seen"], true);
    }
    // What is taken in from now on was never counted otherwise.
    let new = debt(&a, false);
    assert_eq!(legal(&a, &new)["deadline"]["due"], "2026-12-11");
    assert_eq!(legal(&a, &new)["was"], json!(null));
    // The calendar goes back to how it was: so do the days.
    let plain = include_str!("../../../domain/data/calendar-kz.json").replace("2026-3", "2026-5");
    world.publish(Kind::Calendar, &plain, None).unwrap();
    a.sync();
    assert_eq!(legal(&a, &open)["deadline"]["due"], "2026-12-10");
    assert_eq!(legal(&a, &open)["was"], json!(null), "it is the day the applicant was told");
    assert!(days(&a, "moved").contains(&(json!("2026-12-10"), json!("2026-12-11"))));
    sound(&a);
}

#[test]
fn the_coupon_says_the_day_it_was_given_with_and_the_case_says_both() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = debt(&desk, false);
    let service = |desk: &TestDesk| {
        let view = desk.case(&case);
        view["clocks"].as_array().unwrap().iter().find(|c| c["kind"] == "service_answer").cloned()
    };
    let promised = service(&desk).unwrap()["deadline"]["due"].clone();
    desk.ok("coupon_print", json!({ "id": case }));
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let again = json!({ "of": "printed", "id": shelf["printed"][0]["id"] });
    let before = desk.ok("paper_preview", again.clone());
    // The promised day itself becomes a day off.
    let body = transfer("2026-4")
        .replace("2026-12-10\",\"name", &format!("{}\",\"name", promised.as_str().unwrap()));
    assert!(body.contains(promised.as_str().unwrap()));
    world.publish(Kind::Calendar, &body, None).unwrap();
    desk.sync();
    let clock = service(&desk).unwrap();
    assert_ne!(clock["deadline"]["due"], promised);
    assert_eq!((&clock["was"]["due"], &clock["was"]["on_coupon"]), (&promised, &json!(true)));
    assert_eq!(desk.ok("paper_preview", again), before, "printed again as it was given");
}

#[test]
fn an_extension_by_the_new_calendar_is_taken_by_the_region() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = debt(&desk, false);
    desk.sync();
    world.publish(Kind::Calendar, &transfer("2026-4"), None).unwrap();
    desk.sync();
    let decide = |until: &str| {
        json!({ "case": case, "granted": true, "until": until, "reason": "ждём проверку",
            "decision_number": "7/12" })
    };
    let off = desk.call("extension_decide", decide("2026-12-10")).unwrap_err();
    assert_eq!(off.code, "extension_not_later");
    desk.ok("extension_decide", decide("2026-12-14"));
    assert_eq!(desk.sync()["refused"], 0, "the region counts with the same calendar");
    assert_eq!(desk.case(&case)["terms"]["extensions"][0]["first_due"], "2026-12-11");
}

#[test]
fn nothing_holds_before_its_day_and_no_line_is_needed_when_it_comes() {
    let mut world = World::new().served("E-KRM");
    let desk = world.desk("Әлиева");
    let case = debt(&desk, false);
    world.publish(Kind::Calendar, &transfer("2026-4"), Some("2026-11-25")).unwrap();
    desk.sync();
    world.region_down();
    let told = line(&desk, "calendar", "region");
    assert_eq!(told, [("2026-3".into(), "holds".into()), ("2026-4".into(), "waits".into())]);
    assert_eq!(legal(&desk, &case)["deadline"]["due"], "2026-12-10");
    world.clock.advance(Duration::days(5));
    assert_eq!(days(&desk, "moved").len(), 1);
    assert_eq!(legal(&desk, &case)["deadline"]["due"], "2026-12-11");
    let changes = desk.host.changes.lock().unwrap().clone();
    assert!(changes.iter().any(|c| c.cases.contains(&case) && c.lists.contains(&"control".into())));
    // It holds after the program was started anew, too.
    let desk = desk.restart();
    desk.sign_in("Әлиева");
    assert_eq!(line(&desk, "calendar", "region"), [("2026-4".into(), "holds".into())]);
    sound(&desk);
}

fn key(world: &World) -> SigningKey {
    let text = std::fs::read_to_string(world.region_key()).unwrap();
    SigningKey::from_bytes(&hex::decode(text.trim()).unwrap().try_into().unwrap())
}

fn said(kind: &str, name: &str, version: u32, label: &str, body: String) -> Publication {
    Publication {
        format: 1,
        region: "akmola".into(),
        kind: kind.into(),
        name: name.into(),
        version,
        label: label.into(),
        holds_from: "2026-11-20".parse().unwrap(),
        published_at: "2026-11-20T05:00:00Z".parse().unwrap(),
        by: "Кто-то".into(),
        body,
    }
}

fn plant(world: &World, said: &Publication, key: &SigningKey) {
    world.plant(said, &SignedPublication::sign(said, key).unwrap());
}

#[test]
fn what_the_regions_key_did_not_sign_is_not_kept_and_stops_nothing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let forged = said("calendar", "region", 2_026_004, "2026-4", transfer("2026-4"));
    plant(&world, &forged, &SigningKey::from_bytes(&[7; 32]));
    let other = Publication { region: "almaty".into(), version: 2_026_005, ..forged };
    plant(&world, &other, &key(&world));
    let case = debt(&desk, false);
    let status = desk.sync();
    assert_eq!((&status["failure"], &status["unacknowledged"]), (&json!(null), &json!(0)));
    assert_eq!(line(&desk, "calendar", "region"), [("2026-3".into(), "holds".into())]);
    assert_eq!(legal(&desk, &case)["deadline"]["due"], "2026-12-10");
}

#[test]
fn an_older_version_played_back_changes_no_day() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = debt(&desk, false);
    let replayed = said("calendar", "old", 2_026_004, "2026-4", transfer("2026-4"));
    let plain = include_str!("../../../domain/data/calendar-kz.json").replace("2026-3", "2026-5");
    world.publish(Kind::Calendar, &plain, None).unwrap();
    desk.sync();
    assert_eq!(line(&desk, "calendar", "region"), [("2026-5".into(), "holds".into())]);
    // Truly signed once, and handed out again under the region's name.
    let signed = Publication { name: "region".into(), ..replayed.clone() };
    let signed = SignedPublication::sign(&signed, &key(&world)).unwrap();
    world.plant(&replayed, &signed);
    desk.sync();
    assert_eq!(line(&desk, "calendar", "region"), [("2026-5".into(), "holds".into())]);
    assert_eq!(legal(&desk, &case)["deadline"]["due"], "2026-12-10");
    assert_eq!(legal(&desk, &case)["deadline"]["calendar"], "2026-5");
}

#[test]
fn what_only_a_newer_program_can_use_is_kept_told_and_left_alone() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let key = key(&world);
    let newer = said("calendar", "region", 2_027_001, "2027-1", "{\"years\":\"…\"}".into());
    plant(&world, &Publication { format: 2, ..newer.clone() }, &key);
    plant(&world, &Publication { version: 2_027_002, label: "2027-2".into(), ..newer }, &key);
    plant(&world, &said("map", "beats", 1, "1", "…".into()), &key);
    plant(&world, &said("paper", "coupon", 3, "3", "id = \"coupon\"".into()), &key);
    desk.sync();
    assert_eq!(desk.sync()["failure"], json!(null));
    let told = line(&desk, "calendar", "region");
    let state = |label: &str, state: &str| (label.to_owned(), state.to_owned());
    assert_eq!(
        told,
        [state("2026-3", "holds"), state("2027-1", "newer_program"), state("2027-2", "unreadable")]
    );
    assert_eq!(line(&desk, "map", "beats"), [state("1", "newer_program")]);
    assert_eq!(line(&desk, "paper", "coupon"), [state("2", "holds"), state("3", "unreadable")]);
    let broken = desk.call("paper_specimen", json!({ "name": "coupon", "version": 3 }));
    assert_eq!(broken.unwrap_err().code, "paper_unusable");
    let case = debt(&desk, false);
    desk.ok("coupon_preview", json!({ "id": case }));
}

#[test]
fn a_regions_paper_is_looked_at_before_its_day_and_printed_from_it_on() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let coupon = include_str!("../../../letters/papers/coupon.2.toml")
        .replace("version = 2", "version = 3")
        .replace("Талон о приёме обращения", "Талон о приёме");
    world.publish(Kind::Paper, &coupon, Some("2026-11-23")).unwrap();
    desk.sync();
    let case = debt(&desk, false);
    let one = |desk: &TestDesk| {
        desk.ok(
            "paper_preview",
            json!({ "of": "case", "case": case, "paper": "coupon", "part": null }),
        )
    };
    let before = one(&desk);
    let specimen = |version: u32| {
        desk.ok("paper_specimen", json!({ "name": "coupon", "version": version }))["pages"][0]
            .clone()
    };
    assert!(specimen(3).as_str().unwrap().starts_with("<svg"));
    assert_ne!(specimen(2), specimen(3));
    let none = desk.call("paper_specimen", json!({ "name": "coupon", "version": 4 }));
    assert_eq!(none.unwrap_err().code, "not_found");
    world.clock.advance(Duration::days(3));
    assert_eq!(line(&desk, "paper", "coupon"), [("3".into(), "holds".into())]);
    assert_ne!(one(&desk)["pages"][0], before["pages"][0]);
}

#[test]
fn a_regions_card_is_found_cited_with_its_version_and_grows_stale() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let card = json!({ "code": "gas-stove", "version": 2, "categories": ["ZKH-01"],
        "title": { "kk": "Газ пеші", "ru": "Газовая плита", "en": "" },
        "say": { "kk": "Пешпен жылынбаңыз", "ru": "Плитой не греются", "en": "" }, "steps": [],
        "papers": { "kk": "", "ru": "", "en": "" }, "ground": { "kk": "", "ru": "", "en": "" },
        "confirmed": "2026-11-20" });
    let edition = json!({ "version": 1, "cards": [card] }).to_string();
    world.publish(Kind::Knowledge, &edition, None).unwrap();
    desk.sync();
    let found = |desk: &TestDesk| {
        let all = desk.ok("knowledge", json!({ "query": "плитой не греются" }));
        all["cards"][0].clone()
    };
    assert_eq!((&found(&desk)["version"], &found(&desk)["stale"]), (&json!(2), &json!(false)));
    let cited =
        json!([{ "code": "gas-stove", "version": 2 }, { "code": "gas-stove", "version": 1 }]);
    let form = Form::says("Холодно", "ru").category("ZKH-01").advice("Плитой не греются");
    let case = desk.takes_in(form.with("advice_cards", cited).refer("E-HEA"));
    let open = desk.desk.opened().unwrap();
    let id = case.parse().unwrap();
    let state = open
        .store
        .read(|conn| esik_store::lists::case_state(conn, &open.actor, id))
        .unwrap()
        .unwrap();
    let kept: Vec<u32> =
        state.advice.iter().flat_map(|a| a.cards.iter().map(|c| c.version)).collect();
    assert_eq!(kept, [2], "the version that is in force");
    world.clock.advance(Duration::days(93));
    assert_eq!(found(&desk)["stale"], true);
    // The same words under the same version, or a new version.
    let other =
        edition.replace("\"version\":1,", "\"version\":2,").replace("Газ пеші", "Газ плитасы");
    assert!(other.contains("Газ плитасы"));
    assert!(world.publish(Kind::Knowledge, &other, None).is_err());
}
