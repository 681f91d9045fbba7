//! A late answer goes up: each rung is somebody's act, with its letter, and stands in the case, on the board and before the head.

use crate::clerk::Clerk;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn rung(desk: &TestDesk, case: &str) -> Value {
    desk.case(case)["referrals"][0]["next_rung"].clone()
}

fn up(desk: &TestDesk, case: &str, rung: &str, more: Value) -> Result<Value, String> {
    let referral = desk.case(case)["referrals"][0]["id"].clone();
    let today = desk.ok("control", json!({}))["today"].clone();
    let mut asked = json!({ "case": case, "referral": referral, "rung": rung,
        "told": { "way": "mail", "day": today, "who": "" }, "text": "Дом без тепла вторую неделю" });
    for (k, v) in more.as_object().unwrap() {
        asked[k] = v.clone();
    }
    desk.call("referral_escalate", asked).map_err(|refused| refused.code)
}

#[test]
fn a_late_answer_goes_up_rung_by_rung_and_every_rung_has_its_officer_and_its_letter() {
    // Due the same day, Mon 23 Nov: the controller from the 26th, the head from the 30th.
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Серікбаев", "officer", &[]);
    desk.officer("Бақылаушы", "controller", &[]);
    let _clerk = Clerk::sign_in(&world, "jylu", "E-HEA");
    let form = Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая, 1").refer("E-HEA");
    let case = desk.takes_in(form);
    desk.sync();
    assert_eq!(rung(&desk, &case)["now"], false);
    world.clock.set("2026-11-26T06:00:00Z");
    desk.sign_in("Серікбаев");
    assert_eq!(rung(&desk, &case)["rung"], "remind");
    assert_eq!(rung(&desk, &case)["mine"], json!([]), "an officer reminds");
    assert_eq!(up(&desk, &case, "controller", json!({})).unwrap_err(), "not_your_rung");
    assert_eq!(desk.ok("reception", json!({})).get("take_up"), None);
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok("referral_remind", json!({ "referrals": [{ "case": case, "referral": referral }] }));

    desk.sign_in("Бақылаушы");
    assert_eq!(rung(&desk, &case)["mine"], json!(["controller", "region"]));
    let home = desk.ok("reception", json!({}));
    assert_eq!(home["take_up"][0]["rung"], "controller");
    assert_eq!(up(&desk, &case, "controller", json!({ "text": " " })).unwrap_err(), "missing_text");
    up(&desk, &case, "controller", json!({})).unwrap();
    assert_eq!(desk.ok("reception", json!({})).get("take_up"), None, "taken");
    let board = desk.ok("control", json!({ "queue": "waiting_agency" }));
    assert_eq!(board["rows"][0]["rung"], json!(null), "nobody has to, now");
    assert_eq!(up(&desk, &case, "controller", json!({})).unwrap_err(), "rung_taken");
    assert_eq!(up(&desk, &case, "region", json!({})).unwrap_err(), "rung_needs_reason");
    assert_eq!(up(&desk, &case, "head", json!({})).unwrap_err(), "not_your_rung");

    world.clock.set("2026-11-30T06:00:00Z");
    desk.sign_in("Әлиева");
    assert_eq!(desk.ok("reception", json!({}))["take_up"][0]["rung"], "head");
    assert_eq!(rung(&desk, &case)["rung"], "head");
    assert_eq!(up(&desk, &case, "head", json!({ "to": "P-UIP" })).unwrap_err(), "bad_request");
    let done = up(&desk, &case, "head", json!({ "to": "E-AKM" })).unwrap();
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let letters: Vec<&Value> =
        shelf["offers"].as_array().unwrap().iter().filter(|o| o["paper"] == "escalation").collect();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[1]["agency"], "E-AKM");
    for letter in &letters {
        let of =
            json!({ "of": "case", "case": case, "paper": "escalation", "part": letter["part"] });
        desk.ok("paper_preview", of.clone());
        desk.ok("paper_print", of);
    }
    let told = desk.case(&case)["timeline"].to_string();
    assert!(told.contains("referral_escalated") && told.contains("E-AKM"), "{told}");
    desk.ok("undo", done["undo"].clone());
    assert_eq!(rung(&desk, &case)["rung"], "head", "a slip is taken back");
    // By telephone there is no letter; the region's controller is told over the head with a reason.
    let phone = json!({ "way": "phone", "day": "2026-11-30", "who": "Дежурный" });
    let why = json!({ "told": phone, "reason": "начальник в отпуске" });
    up(&desk, &case, "region", why).unwrap();
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let count = shelf["offers"].as_array().unwrap().iter();
    assert_eq!(count.filter(|o| o["paper"] == "escalation").count(), 1);
    assert_eq!(rung(&desk, &case), Value::Null, "there is none above");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]), "the region agrees");
}

/// A restricted matter goes up to the head of the body that has it, and to nobody else; its letter names no theme.
#[test]
fn of_a_restricted_matter_no_other_body_learns() {
    let world = World::at("2026-11-23T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "controller", &[]);
    let _clerk = Clerk::sign_in(&world, "panah", "E-CRS");
    let form = Form::says("Нужен ночлег", "ru").category("SOC-01").refer("E-CRS");
    let case = desk.takes_in(form);
    desk.sync();
    world.clock.set("2027-01-11T06:00:00Z");
    let why = |to: Value| json!({ "reason": "срочно", "to": to });
    assert_eq!(up(&desk, &case, "controller", why(json!("E-AKM"))).unwrap_err(), "rung_circle");
    up(&desk, &case, "controller", why(Value::Null)).unwrap();
    let shelf = desk.ok("paper_list", json!({ "id": case }));
    let letter = shelf["offers"].as_array().unwrap().iter().find(|o| o["paper"] == "escalation");
    let part = letter.unwrap()["part"].clone();
    let of = json!({ "of": "case", "case": case, "paper": "escalation", "part": part });
    desk.ok("paper_print", of.clone());
    let open = desk.desk.opened().unwrap();
    let data: String = open
        .store
        .read(|conn| Ok(conn.query_row("SELECT data FROM paper", [], |r| r.get(0))?))
        .unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["topic"], json!(null), "the body knows what it is about");
    desk.sign_in("Басқа");
    assert_eq!(desk.call("paper_preview", of).unwrap_err().code, "no_such_paper");
    let seen = desk.case(&case);
    assert!(!seen["timeline"].to_string().contains("referral_escalated"));
}
