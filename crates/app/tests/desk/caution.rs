//! A contact that was unsafe, unwanted or feared is told before the next one, wherever somebody is about to call.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn heating() -> Form {
    Form::says("Нет отопления", "ru")
        .category("ZKH-01")
        .person("Ким", "Анна", "8 701 123 45 67")
        .refer("E-HEA")
}

fn spoke(desk: &TestDesk, case: &str, how: &str, reached: &str, text: &str) {
    let args = json!({ "case": case, "how": how, "reached": reached, "word": null, "text": text });
    desk.ok("contact_record", args);
}

/// Whether each line of the case on the home screen and the board carries the warning.
fn marked(desk: &TestDesk, case: &str) -> Vec<bool> {
    let home = desk.ok("reception", json!({}));
    let board = desk.ok("control", json!({ "limit": 50 }));
    [&home["we_owe"], &home["they_owe"], &board["rows"]]
        .into_iter()
        .flat_map(|rows| rows.as_array().cloned().unwrap_or_default())
        .filter(|row| row["case"] == case)
        .map(|row| row["caution"] == true)
        .collect()
}

#[test]
fn what_was_learnt_of_the_danger_stands_before_the_next_contact() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case = desk.takes_in(heating());
    let calm = desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    assert_eq!(desk.case(&case)["cautions"], json!([]));
    assert!(marked(&desk, &case).iter().all(|m| !m));

    desk.sync();
    spoke(&desk, &case, "call", "unsafe", "ответил муж");
    let told = desk.case(&case)["cautions"].clone();
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told:#}");
    assert_eq!((&told[0]["kind"], &told[0]["how"]), (&json!("unsafe"), &json!("call")));
    assert_eq!(told[0]["text"], "ответил муж");
    assert!(told[0]["who"].as_str().is_some_and(|who| who.starts_with("Әлиева")));
    assert!(told[0]["at"].is_string() && told[0]["spoken_at"].is_null());
    let marks = marked(&desk, &case);
    assert!(marks.len() >= 2 && marks.iter().all(|m| *m), "{marks:?}");
    assert!(marked(&desk, &calm).iter().all(|m| !m), "nobody else's case");

    // Spoken with at the desk since: that makes the telephone no safer.
    spoke(&desk, &case, "in_person", "yes", "");
    let told = desk.case(&case)["cautions"].clone();
    assert_eq!((&told[0]["kind"], &told[0]["spoken_how"]), (&json!("unsafe"), &json!("in_person")));

    // The person comes again: the warning is there before the first word is typed down.
    let help = desk.ok("intake_help", json!({ "who_line": "Ким Анна 87011234567" }));
    assert_eq!(help["who"]["known"][0]["cautions"], json!(["unsafe"]));
    desk.sync();
    assert_eq!(desk.case(&case)["refused"], json!([]));
}

#[test]
fn who_asked_not_to_be_called_or_is_afraid_is_told_with_the_day_it_was_said() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let case =
        desk.takes_in(heating().with("circumstances", json!(["afraid", "do_not_call", "baby"])));
    let kinds = |view: &Value| -> Vec<Value> {
        let told = view["cautions"].as_array().cloned().unwrap_or_default();
        assert!(told.iter().all(|c| c["at"].is_string() && c["who"] != ""), "{told:?}");
        told.into_iter().map(|c| c["kind"].clone()).collect()
    };
    assert_eq!(kinds(&desk.case(&case)), [json!("do_not_call"), json!("afraid")]);

    let view = desk.case(&case);
    assert_eq!(view["language"], "ru");
    // He came again and spoke Kazakh: that is how he is called.
    let again = Form::says("Жылу әлі жоқ", "kk")
        .with("existing_case", json!(case))
        .with("circumstances", json!(["no_home", "child", "language"]));
    desk.ok("intake_finish", json!({ "form": again.0 }));
    let view = desk.case(&case);
    assert_eq!(view["language"], "kk");
    for told in ["no_home", "child", "language", "baby"] {
        assert!(view["circumstances"].as_array().unwrap().contains(&json!(told)), "{told}");
    }

    // Said later, put into the data of the person.
    let later = desk.takes_in(heating());
    let party = desk.case(&later)["parties"][0].clone();
    let mut asked = party["party"].clone();
    asked["do_not_call"] = json!(true);
    let parties = json!([{ "id": party["id"], "party": asked }]);
    desk.ok("case_correct", json!({ "case": later, "parties": parties }));
    assert_eq!(kinds(&desk.case(&later)), [json!("do_not_call")]);
    assert!(marked(&desk, &later).iter().all(|m| *m));
}
