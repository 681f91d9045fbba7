//! A case goes into a restricted circle, an officer leaves one: what other desks had of it is hidden at once and erased later.

use chrono::TimeDelta;
use esik_server::backup;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

const BEATEN: &str = "Соседка плачет за стеной";

fn neighbour() -> Form {
    Form::says(BEATEN, "ru").category("BLG-04").at("ул. Абая, 3")
}

fn sees(desk: &TestDesk, case: &str) -> bool {
    desk.call("case_get", json!({ "id": case, "why": { "code": "control" } })).is_ok()
}

/// Whether anything at this desk still tells of the case to who is signed in.
fn tells_of(desk: &TestDesk, case: &str) -> bool {
    let found = desk.ok("search", json!({ "query": "Соседка плачет", "limit": 50 }));
    let board = desk.ok("control", json!({ "queue": "all", "filter": "", "limit": 200 }));
    let reception = desk.ok("reception", json!({}));
    [found, board, reception].iter().any(|told| {
        let told = told.to_string();
        told.contains(case) || told.contains(BEATEN)
    })
}

fn into_circle(desk: &TestDesk, case: &str) {
    let issue = desk.case(case)["issues"][0]["id"].clone();
    desk.ok("category_change", json!({ "case": case, "issue": issue, "category": "FAM-01" }));
}

/// Of a case at a desk: events that are shown, that are hidden, and of those hidden the ones without their text.
fn rows(desk: &TestDesk, case: &str) -> (u32, u32, u32) {
    let case: esik_domain::ids::CaseId = case.parse().unwrap();
    let open = desk.desk.opened().unwrap();
    open.store
        .read(|conn| {
            let one = |gone: &str| {
                let ask = format!("SELECT count(*) FROM event WHERE case_id = ?1 AND {gone}");
                conn.query_row(&ask, [case.0.as_bytes().as_slice()], |r| r.get::<_, u32>(0))
            };
            Ok((one("gone = 0")?, one("gone = 1")?, one("gone = 1 AND bytes = ''")?))
        })
        .unwrap()
}

/// S13 (part), S4 (part): the case leaves the desks whose officers are not in the circle; its author and the circle have all of it, also
/// a desk that joins afterwards; and who comes too late is told.
#[test]
fn a_case_that_goes_into_a_circle_leaves_every_other_desk() {
    let world = World::new();
    let (author, colleague, late) =
        (world.desk("Әлиева"), world.desk("Бекова"), world.desk("Досанов"));
    let circle = world.desk("Ержанова");
    circle.officer("Омарова", "officer", &["dv"]);
    circle.sign_in("Омарова");
    let case = author.takes_in(neighbour());
    let other = author.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    for desk in [&author, &colleague, &late, &circle] {
        desk.sync();
    }
    colleague.ok("note_add", json!({ "case": case, "text": "стучала, не открыли" }));
    colleague.sync();
    late.sync();
    assert!(sees(&late, &case) && tells_of(&late, &case));

    into_circle(&colleague, &case);
    assert!(!sees(&colleague, &case), "from the moment it is saved, without a line");
    colleague.sync();
    late.ok("note_add", json!({ "case": case, "text": "не знал" }));
    for desk in [&late, &author, &circle, &colleague] {
        desk.sync();
    }
    let all = rows(&author, &case).0;
    assert!(all >= 6);
    for (name, desk) in [("colleague", &colleague), ("late", &late)] {
        desk.sync();
        // Of his own note, which came back, its author still knows; of nothing else.
        let still = desk
            .call("case_get", json!({ "id": case, "why": { "code": "control" } }))
            .map(|view| view.to_string());
        assert!(!still.clone().is_ok_and(|told| told.contains(BEATEN)), "{name}: {still:?}");
        assert_eq!(still.is_ok(), name == "late", "{name}");
        assert!(name == "late" || !tells_of(desk, &case), "{name}");
        assert!(sees(desk, &other));
        let (_, hidden, erased) = rows(desk, &case);
        assert!(hidden >= 5 && erased == 0, "{name}: {:?}", rows(desk, &case));
        desk.sound();
    }
    // What was written in ignorance is its author's: refused, and not lost.
    assert_eq!(late.unacknowledged(), 0);
    let refused = late.ok("sync_board", json!({}))["refused"].to_string();
    assert!(refused.contains("foreign_case"), "{refused}");
    for desk in [&author, &circle] {
        assert!(desk.case(&case).to_string().contains("стучала, не открыли"));
        assert_eq!(desk.case(&case)["circle"], "dv");
        assert_eq!(rows(desk, &case), (all, 0, 0));
        desk.sound();
    }
    let (stranger, member) = (world.desk("Жаңа"), world.desk("Кенжебаев"));
    member.officer("Сейтова", "officer", &["dv"]);
    member.sync();
    member.sign_in("Сейтова");
    stranger.sync();
    member.sync();
    assert_eq!(rows(&stranger, &case), (0, 0, 0), "it was never told");
    assert_eq!(rows(&member, &case), (all, 0, 0));
    assert_eq!(member.case(&case)["narrative"], BEATEN);
    member.sound();
}

/// S4: what is hidden keeps its text until a checked backup of the region has it and thirty days have passed; what is erased is a
/// stub that the proof of the log accepts, and comes back whole to who may know of it again.
#[test]
fn what_is_hidden_is_erased_when_the_region_cannot_need_it_and_comes_back_whole() {
    let world = World::new();
    let (author, colleague) = (world.desk("Әлиева"), world.desk("Бекова"));
    let case = author.takes_in(neighbour());
    author.sync();
    colleague.sync();
    colleague.ok("note_add", json!({ "case": case, "text": "стучала" }));
    colleague.sync();
    author.ok("case_restrict", json!({ "case": case, "circle": "dv", "reason": "боится мужа" }));
    author.sync();
    colleague.sync();
    let (shown, hidden, erased) = rows(&colleague, &case);
    assert_eq!((shown, erased), (0, 0));
    world.clock.advance(TimeDelta::days(31));
    colleague.sync();
    assert_eq!(rows(&colleague, &case).2, 0, "no backup has it");
    let fresh = author.takes_in(neighbour());
    author.sync();
    colleague.sync();
    author.ok("case_restrict", json!({ "case": fresh, "circle": "dv", "reason": "" }));
    author.sync();
    colleague.sync();
    back_up(&world);
    colleague.sync();
    let (_, of_fresh, erased) = rows(&colleague, &fresh);
    assert!(of_fresh > 0 && erased == 0, "thirty days have not passed");
    let own = 1;
    assert_eq!(rows(&colleague, &case), (0, hidden, hidden - own), "its own chain stays whole");
    colleague.sound();
    let colleague = colleague.restart();
    colleague.sign_in("Бекова");
    colleague.sound();
    assert!(!sees(&colleague, &case) && !tells_of(&colleague, &case));

    colleague.officer("Омарова", "officer", &["dv"]);
    colleague.sync();
    colleague.sync();
    assert!(!sees(&colleague, &case), "Бекова is in no circle");
    colleague.sign_in("Омарова");
    assert_eq!(colleague.case(&case)["narrative"], BEATEN);
    let (shown, hidden, _) = rows(&colleague, &case);
    assert_eq!((shown, hidden), (rows(&author, &case).0, 0));
    colleague.sound();
}

/// S13 (part), S14 (part): with the last officer of a circle a desk loses what was the circle's alone.
#[test]
fn a_desk_without_anybody_of_a_circle_hides_what_was_the_circles() {
    let world = World::new();
    let (author, desk) = (world.desk("Әлиева"), world.desk("Бекова"));
    desk.officer("Омарова", "officer", &["dv"]);
    desk.sync();
    let case = author.takes_in(Form::says("Муж бьёт", "ru").category("FAM-01"));
    let open = author.takes_in(Form::says("Во дворе яма", "ru").category("BLG-04"));
    author.sync();
    desk.sync();
    desk.sign_in("Омарова");
    assert!(sees(&desk, &case));
    let officer = desk.desk.opened().unwrap().actor.id;
    assert!(world.region.store().revoke_officer(officer).unwrap());
    desk.sync();
    let (shown, hidden, _) = rows(&desk, &case);
    assert!(shown == 0 && hidden >= 3, "{:?}", rows(&desk, &case));
    assert!(!sees(&desk, &case) && sees(&desk, &open));
    desk.sound();
    assert!(sees(&author, &case));
}

/// Nobody but an officer who sees it restricts a case, into a circle there is, and once.
#[test]
fn a_case_goes_into_a_circle_once_and_somebody_answers_for_it_there() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.officer("Омарова", "officer", &["integrity"]);
    let case = desk.takes_in(neighbour());
    let colleagues = desk.ok("colleagues", json!({}));
    let officer = |name: &str| -> Value {
        let list = colleagues["officers"].as_array().unwrap();
        list.iter().find(|o| o["name"].as_str().unwrap().contains(name)).unwrap()["id"].clone()
    };
    desk.ok(
        "controller_name",
        json!({ "case": case, "officer": officer("Серікбаев"), "reason": "" }),
    );
    let restrict = |circle: &str| {
        desk.call("case_restrict", json!({ "case": case, "circle": circle, "reason": "" }))
            .map_err(|e| e.code)
    };
    assert_eq!(restrict("own").unwrap_err(), "bad_request");
    assert_eq!(restrict("").unwrap_err(), "bad_request");
    desk.sign_in("Омарова");
    restrict("integrity").unwrap();
    assert_eq!(desk.case(&case)["controller"]["id"], officer("Омарова"), "not who sees it no more");
    assert_eq!(restrict("dv").unwrap_err(), "circle_stays");
    assert_eq!(desk.case(&case)["may_restrict"], false);
    desk.sign_in("Серікбаев");
    assert_eq!(restrict("dv").unwrap_err(), "not_found");
    assert!(!sees(&desk, &case) && !tells_of(&desk, &case));
    desk.sign_in("Әлиева");
    assert!(sees(&desk, &case), "who took it in");
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    desk.sound();
}

fn back_up(world: &World) {
    let to = world.folder().join("copy");
    backup::backup(world.site(), world.env(), &to).unwrap();
}

/// What the intake would be: who may know of it.
fn circle(desk: &TestDesk, form: &Value) -> String {
    let preview = desk.ok("intake_preview", json!({ "form": form }));
    preview["circle"].as_str().unwrap().to_owned()
}

/// `settled.md` 11 (part): a matter of a circle is in it from the first minute, whether the officer chose its theme, chose none,
/// or wrote it down as the second trouble; and the preview says so before anything is saved.
#[test]
fn what_is_taken_down_is_in_its_circle_from_the_first_minute() {
    let world = World::new();
    let (author, colleague) = (world.desk("Әлиева"), world.desk("Бекова"));
    let beaten = json!({ "text": "Муж избил, боится идти домой", "language": "ru" });
    let second = json!({ "text": "Нет отопления, и участковый требует деньги", "language": "ru",
        "category": "ZKH-01", "more_issues": [{ "category": "GOV-01", "text": "участковый" }] });
    let calm = json!({ "text": "Нет отопления в квартире", "language": "ru" });
    assert_eq!(circle(&author, &beaten), "dv");
    assert_eq!(circle(&author, &second), "integrity");
    assert_eq!(circle(&author, &calm), "open");
    let told_along = json!({ "text": "Нет отопления в квартире", "language": "ru", "category": "ZKH-01",
        "more_issues": [{ "text": "Муж избил, боится идти домой" }] });
    assert_eq!(circle(&author, &told_along), "dv", "a further trouble that has only words");
    let take = |form: &Value| {
        let done = author.ok("intake_finish", json!({ "form": form, "draft": null }));
        done["case"].as_str().unwrap().to_owned()
    };
    let [beaten, second, calm] = [&beaten, &second, &calm].map(take);
    for desk in [&author, &colleague] {
        desk.sync();
    }
    assert!(sees(&author, &beaten) && sees(&author, &second));
    assert!(!sees(&colleague, &beaten) && !sees(&colleague, &second), "nobody else knows of it");
    assert!(sees(&colleague, &calm));
    let again = json!({ "text": "Пришёл снова", "language": "ru", "existing_case": calm,
        "more_issues": [{ "category": "GOV-01", "text": "участковый требует деньги" }] });
    assert_eq!(circle(&author, &again), "integrity", "a further trouble of a further visit");
}

/// What the hall kept in a circle stays in it when the person is called in; the officer who hears the matter may name another theme.
#[test]
fn what_was_heard_at_the_door_stays_in_its_circle() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Омарова", "officer", &["dv"]);
    desk.sign_in("Омарова");
    let joined =
        desk.ok("queue_join", json!({ "words": "муж избил, боится идти домой", "language": "ru" }));
    assert_eq!(joined["circle"], "dv");
    let called = desk.ok("queue_call", json!({}));
    let mut form = called["draft"]["form"].clone();
    form["text"] = json!("Рассказывает тихо, подробности устно");
    assert_eq!(circle(&desk, &form), "dv");
    form["category"] = json!("ZKH-01");
    assert_eq!(circle(&desk, &form), "open");
}
