//! Files that go with a request: only those that were chosen, and only where they may.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn add(desk: &TestDesk, to: &Value, name: &str) -> Value {
    let upload = desk.desk.env().uuid();
    let bytes = B64.encode(b"\xff\xd8\xff\xe0 a picture");
    desk.ok("attachment_part", json!({ "upload": upload, "from": 0, "base64": bytes }));
    let args = json!({ "upload": upload, "to": to, "name": name, "not_identity": true });
    desk.ok("attachment_add", args)["id"].clone()
}

/// The bodies of the requests in a case's log, as they are signed.
fn drafted(desk: &TestDesk, case: &Value) -> Vec<Value> {
    let open = desk.desk.opened().unwrap();
    let id = serde_json::from_value(case.clone()).unwrap();
    let events =
        open.store.read(|conn| esik_store::lists::case_events(conn, &open.actor, id)).unwrap();
    events
        .iter()
        .filter(|e| e.entry.event.kind == "referral_drafted")
        .map(|e| serde_json::to_value(&e.entry.event).unwrap())
        .collect()
}

fn with_files(mut form: Value, files: &[&Value], consent: bool) -> Value {
    form["referrals"][0]["files"] = json!(files);
    form["referrals"][0]["consent"] = json!(consent);
    form
}

#[test]
fn only_the_chosen_files_go_and_what_opens_them_goes_with_them_alone() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let to = json!({ "to": "draft", "id": draft });
    let hole = add(&desk, &to, "яма.jpg");
    add(&desk, &to, "другое.jpg");
    desk.ok("attachment_note", json!({ "to": to, "id": hole, "note": "дыра у качелей" }));
    let listed = desk.ok("attachment_list", to);
    assert_eq!(listed["files"][0]["identity"], false);
    let form = Form::says("Во дворе яма", "ru").category("BLG-04").refer("E-ZKH").0;
    let chosen = with_files(form, &[&hole], false);
    let preview = desk.ok("intake_preview", json!({ "form": chosen, "draft": draft }));
    let shown = &preview["referrals"][0];
    assert_eq!(shown["files"][0]["name"], "яма.jpg");
    assert_eq!(shown["files"][0]["bytes"], 14);
    assert_eq!(
        (shown["files"].as_array().map(Vec::len), &shown["files_stay"]),
        (Some(1), &Value::Null)
    );
    let leaves = shown["leaves"].as_array().unwrap();
    assert_eq!(leaves.last().unwrap()["value"], "яма.jpg: дыра у качелей");
    let case = desk.ok("intake_finish", json!({ "draft": draft, "form": chosen, "print": false }))
        ["case"]
        .clone();
    let request = drafted(&desk, &case).remove(0).to_string();
    assert!(request.contains("яма.jpg") && !request.contains("другое.jpg"));
    assert!(request.contains("\"key\""), "its key goes with the request");
    // The window has no use for it.
    let view = desk.case(case.as_str().unwrap());
    assert_eq!(view["referrals"][0]["files"][0]["note"], "дыра у качелей");
    assert!(!view["referrals"].to_string().contains("\"key\""));
    // One more body, from the case; what was taken back meanwhile is told.
    let of_case = json!({ "to": "case", "id": case });
    let late = add(&desk, &of_case, "акт.jpg");
    let send = |files: Value| {
        desk.call(
            "referral_send",
            json!({ "case": case, "agency": "E-SOC", "text": "Просим помочь",
                    "disclosed": {}, "files": files }),
        )
        .map_err(|e| e.code)
    };
    let gone = desk.desk.env().uuid();
    assert_eq!(send(json!([late, gone])).unwrap_err(), "referral_file_gone");
    let asked = json!({ "case": case, "agency": "E-SOC", "text": "Просим помочь",
        "disclosed": { "address": true }, "files": [late] });
    let before = drafted(&desk, &case).len();
    let shown = desk.ok("referral_preview", asked.clone());
    assert_eq!(drafted(&desk, &case).len(), before, "looking sends nothing");
    desk.ok("referral_send", asked);
    let sent = drafted(&desk, &case).pop().unwrap();
    assert_eq!(shown["leaves"], sent["body"]["leaves"], "what is looked at is what leaves");
    assert_eq!(shown["answer_due"], sent["body"]["answer_due"]);
    let second = sent.to_string();
    assert!(second.contains("акт.jpg") && !second.contains("яма.jpg"));
    desk.ok("attachment_withdraw", json!({ "to": of_case, "id": late, "reason": "не то" }));
    assert_eq!(send(json!([late])).unwrap_err(), "referral_file_gone");
    let none = desk.call(
        "referral_preview",
        json!({ "case": case, "agency": "E-XXX", "text": "x",
        "disclosed": {}, "answer_due": null, "replaces": null }),
    );
    assert_eq!(none.unwrap_err().code, "bad_request");
    desk.sync();
    assert_eq!(desk.case(case.as_str().unwrap())["refused"], json!([]), "the region agrees");
}

#[test]
fn a_private_body_gets_no_file_without_consent() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let id = add(&desk, &json!({ "to": "draft", "id": draft }), "подъезд.jpg");
    let refer = Form::says("Темно в подъезде", "ru")
        .category("ZKH-06")
        .refer_with("E-OSI", json!({ "address": true }));
    let shown = |consent: bool| {
        let form = with_files(refer.0.clone(), &[&id], consent);
        desk.ok("intake_preview", json!({ "form": form, "draft": draft }))["referrals"][0].clone()
    };
    assert_eq!(shown(false)["files"], json!([]));
    assert_eq!(shown(false)["files_stay"], "leaving_file_consent");
    assert_eq!(shown(true)["files"][0]["name"], "подъезд.jpg");
    let form = with_files(refer.0.clone(), &[&id], false);
    let finish = json!({ "draft": draft, "form": form, "print": false });
    let case = desk.ok("intake_finish", finish)["case"].clone();
    assert!(!drafted(&desk, &case)[0].to_string().contains("подъезд.jpg"));
    let send = |basis: Value| {
        let args = json!({ "case": case, "agency": "E-OSI", "text": "Просим", "disclosed": {},
                           "files": [id], "basis": basis });
        desk.call("referral_send", args).map(|_| ()).map_err(|e| e.code)
    };
    assert_eq!(send(Value::Null).unwrap_err(), "leaving_file_consent");
    let ground = json!({ "kind": "override", "ground": "94-V", "reason": "опасно" });
    let consent = json!({ "kind": "consent" });
    assert!(send(ground).is_err(), "a ground is enough for a name, not for a picture");
    send(consent).unwrap();
}

#[test]
fn files_of_a_crime_go_nowhere_and_those_of_a_circle_stay_in_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let id = add(&desk, &json!({ "to": "draft", "id": draft }), "побои.jpg");
    let form = Form::says("Избили", "ru").crime("260000000000123", "Нужен юрист").refer("E-LAW");
    let finish =
        json!({ "draft": draft, "form": with_files(form.0, &[&id], true), "print": false });
    let case = desk.ok("intake_finish", finish)["case"].clone();
    assert!(!drafted(&desk, &case)[0].to_string().contains("побои.jpg"));

    let draft = desk.ok("draft_open", json!({}))["id"].clone();
    let id = add(&desk, &json!({ "to": "draft", "id": draft }), "синяк.jpg");
    let form = Form::says("Муж бьёт", "ru").category("FAM-01").refer("E-SOC");
    let finish =
        json!({ "draft": draft, "form": with_files(form.0, &[&id], false), "print": false });
    let case = desk.ok("intake_finish", finish)["case"].clone();
    let request = drafted(&desk, &case).remove(0);
    assert!(request.to_string().contains("синяк.jpg"));
    assert_eq!(request["circle"], "dv", "nobody outside has what opens it");
}
