//! What was written down wrongly is made good: old and new stand beside each other, and who did it.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn case(desk: &TestDesk) -> String {
    desk.takes_in(
        Form::says("Нет отопления", "ru")
            .category("ZKH-01")
            .at("Абая 1")
            .person("Ким", "Анна", "8 701 123 45 67")
            .refer("E-HEA"),
    )
}

fn party(view: &Value) -> Value {
    view["parties"][0].clone()
}

fn last(view: &Value, kind: &str) -> Value {
    let mut told = view["timeline"].as_array().into_iter().flatten();
    told.find(|i| i["kind"] == kind).cloned().unwrap_or_default()
}

#[test]
fn a_name_an_address_and_a_title_are_corrected_and_the_history_says_from_what() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    let view = desk.case(&case);
    let mut person = party(&view);
    person["party"]["surname"] = json!("Ким-Ли ");
    person["party"]["phone"] = json!("8 701 765 43 21");
    let done = desk.ok(
        "case_correct",
        json!({ "case": case, "title": "Холодно  в подъезде", "address": "Абая 11",
            "ext_number": "ЖТ-77", "parties": [person], "seen": view["set_by"] }),
    );
    let after = desk.case(&case);
    assert_eq!(after["title"], "Холодно в подъезде");
    assert_eq!(after["address"]["text"], "Абая 11");
    assert_eq!(after["ext_number"], "ЖТ-77");
    assert_eq!(party(&after)["party"]["surname"], "Ким-Ли");
    assert_eq!(party(&after)["party"]["phone"], "+77017654321");
    assert_eq!(after["review"], json!([]));
    let told = last(&after, "party_amended");
    assert_eq!(
        told["changes"],
        json!([{ "field": "surname", "before": "Ким", "after": "Ким-Ли" },
               { "field": "phone", "before": "+77011234567", "after": "+77017654321" }])
    );
    assert!(told["who"].as_str().unwrap().starts_with("Әлиева"));
    assert_eq!(
        last(&after, "case_amended")["changes"],
        json!([{ "field": "ext_number", "before": "", "after": "ЖТ-77" }])
    );
    // The search knows the new and the external number.
    let hits = desk.ok("search", json!({ "query": "Ким-Ли", "limit": 5 }));
    assert_eq!(hits["hits"][0]["id"], json!(case));
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]));
    // What the body was sent stays as it was sent.
    assert_eq!(after["referrals"][0]["leaves"], view["referrals"][0]["leaves"]);
    desk.ok("undo", done["undo"].clone());
    let back = desk.case(&case);
    assert_eq!(back["title"], view["title"]);
    assert_eq!(party(&back), party(&view));
}

#[test]
fn nothing_that_is_not_changed_is_written_and_nonsense_is_told() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Кеңес", "consultant", &[]);
    let case = case(&desk);
    let view = desk.case(&case);
    let same = json!({ "case": case, "title": view["title"], "address": "Абая 1",
        "parties": [party(&view)] });
    assert_eq!(desk.call("case_correct", same).unwrap_err().code, "nothing_changed");
    for (args, code) in [
        (json!({ "case": case, "title": "  " }), "missing_title"),
        (json!({ "case": case, "title": "я".repeat(501) }), "text_too_long"),
        (json!({ "case": case, "parties": [{ "id": case, "party": {} }] }), "not_found"),
    ] {
        assert_eq!(desk.call("case_correct", args).unwrap_err().code, code);
    }
    desk.sign_in("Кеңес");
    let args = json!({ "case": case, "title": "x" });
    assert_eq!(desk.call("case_correct", args).unwrap_err().code, "forbidden");
}

/// Two desks correct the same title without knowing of each other; an officer looks and settles it.
#[test]
fn two_values_that_met_are_settled_by_an_officer() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Серікбаев"));
    let case = case(&one);
    one.sync();
    two.sync();
    let view = one.case(&case);
    let correct = |desk: &TestDesk, view: &Value, surname: &str, address: &str| {
        let mut person = party(view);
        person["party"]["surname"] = json!(surname);
        let seen = view["set_by"].clone();
        desk.ok(
            "case_correct",
            json!({ "case": case, "address": address, "parties": [person], "seen": seen }),
        );
    };
    let second = two.case(&case);
    correct(&one, &view, "Кимова", "Абая 2");
    correct(&two, &second, "Кимбаева", "Абая 3");
    one.sync();
    two.sync();
    one.sync();
    let view = one.case(&case);
    assert_eq!(view["review"].as_array().unwrap().len(), 2, "{view:#}");
    assert_eq!(view["address"]["text"], "Абая 3");
    let review = |view: &Value, field: &str| {
        view["review"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["field"].as_str().unwrap().starts_with(field))
            .cloned()
            .unwrap()
    };
    let settle = |r: &Value, take: &str| {
        one.ok("review_settle", json!({ "case": case, "event": r["event"], "take": take }))
    };
    let person = review(&view, "party");
    settle(&person, "earlier");
    let view = one.case(&case);
    assert_eq!(party(&view)["party"]["surname"], "Кимова");
    assert_eq!(party(&view)["party"]["phone"], "+77011234567", "the whole person, not the name");
    settle(&review(&view, "address"), "later");
    let view = one.case(&case);
    assert_eq!(view["address"]["text"], "Абая 3");
    assert_eq!(view["review"], json!([]));
    let again = json!({ "case": case, "event": person["event"], "take": "later" });
    assert_eq!(one.call("review_settle", again).unwrap_err().code, "not_found");
    one.sync();
    two.sync();
    assert_eq!(two.case(&case)["review"], json!([]));
    assert_eq!(party(&two.case(&case))["party"]["surname"], "Кимова");
}

/// The other desk's correction arrived while this officer still looked at the old value.
#[test]
fn what_came_while_the_officer_was_typing_is_not_run_over_unseen() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Серікбаев"));
    let case = case(&one);
    one.sync();
    two.sync();
    let seen = one.case(&case)["set_by"].clone();
    two.ok("case_correct", json!({ "case": case, "address": "Абая 2" }));
    two.sync();
    one.sync();
    assert_eq!(one.case(&case)["address"]["text"], "Абая 2");
    one.ok("case_correct", json!({ "case": case, "address": "Абая 3", "seen": seen }));
    let review = one.case(&case)["review"][0].clone();
    assert_eq!((&review["earlier"], &review["later"]), (&json!("Абая 2"), &json!("Абая 3")));
}

#[test]
fn a_request_sent_to_the_wrong_body_is_taken_back_with_a_reason() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = case(&desk);
    desk.sync();
    let view = desk.case(&case);
    let legal = view["terms"]["due"].clone();
    let referral = view["referrals"][0]["id"].clone();
    let withdraw = |reason: &str| json!({ "case": case, "referral": referral, "reason": reason });
    let refused = desk.call("referral_withdraw", withdraw(" ")).unwrap_err();
    assert_eq!(refused.code, "missing_reason");
    let done = desk.ok("referral_withdraw", withdraw("дом на балансе ОСИ"));
    assert_eq!(done["undo"], json!(null), "it leaves the station");
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "withdrawn");
    assert_eq!(view["referrals"][0]["withdrawn_why"], "дом на балансе ОСИ");
    assert_eq!(view["obligations"][0]["what"], "decide", "the trouble is ours again");
    assert_eq!(view["terms"]["due"], legal, "the law's own term goes on");
    assert!(
        !view["clocks"].as_array().unwrap().iter().any(|c| c["kind"] == "service_answer"),
        "nobody owes an answer to a request taken back"
    );
    assert_eq!(last(&view, "referral_withdrawn")["values"]["reason"], "дом на балансе ОСИ");
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]));
    let again = desk.call("referral_withdraw", withdraw("ещё раз")).unwrap_err();
    assert_eq!(again.code, "not_found");
}

#[test]
fn what_belongs_to_a_circle_is_corrected_and_withdrawn_by_the_circle_only() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    desk.officer("Шеңбер", "officer", &["dv"]);
    let case = desk.takes_in(
        Form::says("Нужна помощь", "ru")
            .category("ZKH-01")
            .person("Ким", "Анна", "87011234567")
            .refer_with("E-CRS", json!({ "name": false, "phone": true, "address": false })),
    );
    let view = desk.case(&case);
    let referral = view["referrals"][0]["id"].clone();
    let withdraw = json!({ "case": case, "referral": referral, "reason": "передумала" });
    desk.sign_in("Басқа");
    assert_eq!(desk.case(&case)["referrals"], json!([]), "he does not know of it");
    assert_eq!(desk.call("referral_withdraw", withdraw.clone()).unwrap_err().code, "not_found");
    desk.sign_in("Шеңбер");
    desk.ok("referral_withdraw", withdraw);
    desk.sign_in("Басқа");
    let told = desk.case(&case)["timeline"].to_string();
    assert!(!told.contains("withdrawn") && !told.contains("передумала"), "{told}");
    let dv = {
        desk.sign_in("Әлиева");
        desk.takes_in(Form::says("Муж", "ru").category("FAM-01").crime("26-7", "Ночлег"))
    };
    desk.sign_in("Басқа");
    let correct = json!({ "case": dv, "title": "x" });
    assert_eq!(desk.call("case_correct", correct).unwrap_err().code, "not_found");
    let settle = json!({ "case": dv, "event": dv, "take": "later" });
    assert_eq!(desk.call("review_settle", settle).unwrap_err().code, "not_found");
}
