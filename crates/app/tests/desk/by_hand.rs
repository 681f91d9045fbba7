//! A body without anybody at the region's portal: the desk hands the request over and writes down what it hears.

use crate::clerk::Clerk;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn told(way: &str, day: &str) -> Value {
    json!({ "way": way, "day": day, "who": "Ким, канцелярия" })
}

fn today(desk: &TestDesk) -> String {
    desk.ok("control", json!({}))["today"].as_str().unwrap().to_owned()
}

fn heating(world: &World) -> (TestDesk, String, String) {
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    desk.sync();
    let id = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    (desk, case, id)
}

#[test]
fn a_request_nobody_sees_at_the_portal_is_handed_over_answered_by_mail_and_closed() {
    let world = World::new();
    let (desk, case, id) = heating(&world);
    let of = |view: &Value| view["referrals"][0].clone();
    let view = desk.case(&case);
    assert_eq!(of(&view)["state"], "sent", "the region delivers nothing to nobody");
    assert_eq!(of(&view)["may_hand_over"], true);
    assert_eq!(view["obligations"][0]["what"], "hand_over");
    let board = desk.ok("control", json!({ "queue": "waiting_us" }));
    assert_eq!(board["rows"][0]["what"], "hand_over");
    let owe = desk.ok("bodies_owe", json!({}));
    assert_eq!(owe["bodies"], json!([]), "what it was never given it does not owe");

    let today = today(&desk);
    let hand = |day: &str| {
        let told = told("paper", day);
        desk.call("referral_hand_over", json!({ "case": case, "referral": id, "told": told }))
    };
    assert_eq!(hand("2099-01-01").unwrap_err().code, "day_ahead");
    assert_eq!(hand("2020-01-01").unwrap_err().code, "day_before_sent");
    hand(&today).unwrap();
    assert_eq!(hand(&today).unwrap_err().code, "handed_before");
    let view = desk.case(&case);
    assert_eq!(of(&view)["state"], "delivered");
    assert_eq!(of(&view)["delivered"]["told"]["way"], "paper");
    assert!(of(&view)["delivered"]["by"].as_str().unwrap().contains("Әлиева"), "{view:#}");

    let hear = |what: &str, more: Value| {
        let mut asked = json!({ "case": case, "referral": id, "what": what,
            "told": told("phone", &today) });
        for (k, v) in more.as_object().unwrap() {
            asked[k] = v.clone();
        }
        desk.call("referral_hear", asked)
    };
    assert_eq!(hear("registered", json!({})).unwrap_err().code, "missing_number");
    let bare = json!({ "code": "not_ours" });
    assert_eq!(hear("rejected", bare).unwrap_err().code, "missing_reason");
    assert_eq!(hear("answered", json!({ "text": " " })).unwrap_err().code, "missing_answer");
    let long = json!({ "incoming_number": "1".repeat(65) });
    assert_eq!(hear("registered", long).unwrap_err().code, "text_too_long");
    hear("accepted", json!({ "incoming_number": "Ж- 207" })).unwrap();
    let view = desk.case(&case);
    assert_eq!(of(&view)["incoming_number"], "Ж- 207", "the number came along");
    assert_eq!(of(&view)["state"], "accepted");
    assert_eq!(hear("accepted", json!({})).unwrap_err().code, "heard_before");
    hear("answered", json!({ "text": "Трубу заменили 23 ноября." })).unwrap();
    let all = ["facts", "decision", "who_when", "next", "appeal"];
    let good = json!({ "case": case, "referral": id, "good": true, "has": all, "note": "" });
    desk.ok("referral_check", good);
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "",
            "not_called": "пришла сама" }),
    );
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region took every word of it");
    let told = desk.case(&case)["timeline"].to_string();
    assert!(told.contains("referral_handed") && told.contains("referral_heard"));
    assert_eq!(hear("accepted", json!({})).unwrap_err().code, "not_open");
}

#[test]
fn the_first_clerk_of_a_body_finds_what_waited_and_what_was_written_down() {
    let world = World::new();
    let (desk, case, id) = heating(&world);
    let second =
        desk.takes_in(Form::says("Прорвало трубу", "ru").category("ZKH-01").refer("E-HEA"));
    let other = desk.takes_in(Form::says("Нет воды", "ru").category("ZKH-03").refer("E-WAT"));
    desk.sync();
    let handed = json!({ "case": case, "referral": id, "told": told("paper", &today(&desk)),
        "incoming_number": "12" });
    desk.ok("referral_hand_over", handed);
    desk.sync();
    let clerk = Clerk::sign_in(&world, "heat", "E-HEA");
    desk.sync();
    let one = |case: &str| desk.case(case)["referrals"][0].clone();
    assert_eq!(one(&second)["state"], "delivered", "it is before the clerk now");
    assert_eq!(one(&case)["state"], "registered");
    for seen in [&second, &case] {
        assert_eq!(one(seen)["by_hand"], json!(null), "nobody hands anything over any more");
    }
    assert_eq!(one(&other)["state"], "sent", "another body has nobody yet");
    let page = clerk.page(&format!("/portal/requests/{id}"));
    assert!(page.contains("12") && page.contains("записано в отделе полиции"), "{page}");
    clerk.answers(&id, "Сделано.");
    desk.sync();
    assert_eq!(one(&case)["answered"]["text"], "Сделано.");
    // And what is sent from now on is delivered at once.
    let third = desk.takes_in(Form::says("Холодно", "ru").category("ZKH-01").refer("E-HEA"));
    desk.sync();
    assert_eq!(one(&third)["state"], "delivered");
}

#[test]
fn without_a_line_it_is_handed_over_all_the_same_and_a_slip_is_taken_back() {
    let mut world = World::new();
    let desk = world.desk("Әлиева");
    world.region_down();
    let case = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    let id = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    let told = told("phone", &today(&desk));
    let hand = json!({ "case": case, "referral": id, "told": told });
    let done = desk.ok("referral_hand_over", hand.clone());
    assert_eq!(desk.case(&case)["referrals"][0]["state"], "delivered");
    desk.ok("undo", done["undo"].clone());
    assert_eq!(desk.case(&case)["referrals"][0]["state"], "waits_for_region");
    desk.ok("referral_hand_over", hand);
    world.region_up();
    desk.sync();
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "delivered");
    assert_eq!(view["obligations"][0]["what"], "await_answer", "it is with the body");
}

#[test]
fn among_many_a_body_that_sees_no_reminder_is_told_to_be_called() {
    let world = World::new().served("E-WAT");
    let (desk, case, id) = heating(&world);
    let water = desk.takes_in(Form::says("Нет воды", "ru").category("ZKH-03").refer("E-WAT"));
    desk.sync();
    let handed = json!({ "case": case, "referral": id, "told": told("paper", &today(&desk)) });
    desk.ok("referral_hand_over", handed);
    let heat = json!({ "case": case, "referral": id });
    let water = json!({ "case": water, "referral": desk.case(&water)["referrals"][0]["id"] });
    let both = desk.ok("referral_remind", json!({ "referrals": [heat, water] }));
    assert_eq!(both["reminded"], 1);
    let over = both["passed_over"].as_array().unwrap();
    assert_eq!((over.len(), &over[0]["code"]), (1, &json!("reminds_nobody")));
    let alone = desk.ok("referral_remind", json!({ "referrals": [heat] }));
    assert_eq!(alone["reminded"], 1, "the officer called, and says so");
}

/// What came on paper lies with the stamp it proves. A letter about a restricted request is for who may know of the request:
/// one that everybody may open is not taken for it.
#[test]
fn the_letter_of_a_body_is_attached_to_what_it_said_and_no_wider_than_the_request() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    let form = Form::says("Нужен ночлег", "ru")
        .category("SOC-01")
        .refer("E-SOC")
        .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false }));
    let case = desk.takes_in(form);
    desk.sync();
    let view = desk.case(&case);
    let [open, restricted] = [0, 1].map(|n| view["referrals"][n]["id"].clone());
    assert_eq!(view["circle"], "open");
    assert_ne!(view["referrals"][1]["circle"], "open");
    let scan = |referral: &Value, name: &str| {
        let upload = desk.desk.env().uuid();
        let part = json!({ "upload": upload, "from": 0, "base64": "/9j/4CBhIHBpY3R1cmU=" });
        desk.ok("attachment_part", part);
        let mut to = json!({ "to": "case", "id": case });
        if !referral.is_null() {
            to["referral"] = referral.clone();
        }
        desk.ok("attachment_add", json!({ "upload": upload, "to": to, "name": name }))["id"].clone()
    };
    let hear = |referral: &Value, letter: &Value| {
        let mut told = told("mail", &today(&desk));
        told["letter"] = letter.clone();
        let asked = json!({ "case": case, "referral": referral, "what": "answered",
            "told": told, "text": "Место есть" });
        desk.call("referral_hear", asked).map_err(|refused| refused.code)
    };
    let strange = json!("00000000-0000-7000-8000-000000000001");
    assert_eq!(hear(&open, &strange).unwrap_err(), "referral_file_gone");
    let letter = scan(&Value::Null, "ответ.jpg");
    hear(&open, &letter).unwrap();
    assert_eq!(desk.case(&case)["referrals"][0]["answered"]["stamp"]["told"]["letter"], letter);
    assert_eq!(hear(&restricted, &letter).unwrap_err(), "letter_circle");
    let hidden = scan(&restricted, "приют.jpg");
    hear(&restricted, &hidden).unwrap();
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");

    desk.sign_in("Басқа");
    let files = desk.ok("attachment_list", json!({ "to": "case", "id": case }));
    let files = files["files"].as_array().unwrap();
    assert_eq!(files.iter().map(|f| &f["name"]).collect::<Vec<_>>(), ["ответ.jpg"]);
}
