//! Journals of a period: who stands in them, and what of a circle's cases does not.

use crate::clerk::Clerk;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

/// The rows of a journal as they were printed: cells as text, pairs by their Russian.
fn printed(desk: &TestDesk, journal: &str, from: &str, until: &str) -> Vec<Vec<String>> {
    let of = json!({ "of": "register", "journal": journal, "from": from, "until": until });
    desk.ok("paper_preview", of.clone());
    desk.ok("paper_print", of);
    let open = desk.desk.opened().unwrap();
    let data: String = open
        .store
        .read(|conn| {
            let newest = "SELECT data FROM paper WHERE kind = 'journal' ORDER BY at DESC, id DESC";
            Ok(conn.query_row(newest, [], |r| r.get(0))?)
        })
        .unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["kind"], journal);
    let text = |cell: &Value| match cell {
        Value::String(text) => text.clone(),
        pair if pair["kept"] == json!(true) => "kept".to_owned(),
        pair => pair["ru"].as_str().unwrap().to_owned(),
    };
    let rows = data["rows"].as_array().unwrap();
    rows.iter().map(|row| row.as_array().unwrap().iter().map(text).collect()).collect()
}

#[test]
fn each_journal_holds_its_own_of_the_period_and_nothing_of_a_circle_but_number_and_days() {
    let world = World::at("2026-11-16T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Шеңбер", "head", &["dv"]);
    let _clerk = Clerk::sign_in(&world, "jylu", "E-HEA");
    let form = |who: &str| {
        Form::says("Нет отопления", "ru").category("ZKH-01").person(who, "Анна", "").refer("E-HEA")
    };
    let case = desk.takes_in(form("Ким"));
    desk.sync();
    let number = desk.case(&case)["number"].as_str().unwrap().to_owned();
    let referral = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    desk.sign_in("Шеңбер");
    let hidden = Form::says("Боюсь мужа", "ru")
        .category("FAM-01")
        .person("Скрытая", "Мария", "")
        .crime("26-1", "Нужен ночлег")
        .refer_with("E-CRS", json!({ "name": false, "phone": false, "address": false }));
    let hidden = desk.takes_in(hidden);
    let hidden = desk.case(&hidden)["number"].as_str().unwrap().to_owned();
    // Answered in the next month: still a request of this one.
    world.clock.set("2026-12-01T06:00:00Z");
    let told = json!({ "way": "mail", "day": "2026-12-01", "who": "" });
    let answer = json!({ "case": case, "referral": referral, "what": "answered", "told": told,
        "text": "Тепло дали" });
    desk.ok("referral_hear", answer);
    let next = desk.takes_in(form("Вторая"));
    let next = desk.case(&next)["number"].as_str().unwrap().to_owned();

    let november = ("2026-11-01", "2026-11-30");
    let requests = printed(&desk, "requests", november.0, november.1);
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert_eq!((&requests[0][0], requests[0][1].as_str()), (&number, "16.11.2026"));
    assert_eq!((requests[0][5].as_str(), requests[0][6].as_str()), ("01.12.2026", "Ответ получен"));
    assert_eq!((&requests[1][0], requests[1][2].as_str()), (&hidden, "kept"));
    assert!(!requests.concat().concat().contains(&next), "the next month is another journal");
    let oral = printed(&desk, "oral", november.0, november.1);
    assert!(oral[0].contains(&"Ким Анна".to_owned()), "{oral:?}");
    assert!(!oral.concat().concat().contains("Скрытая"), "{oral:?}");
    assert_eq!(printed(&desk, "redirects", november.0, november.1), Vec::<Vec<String>>::new());
    let prints = printed(&desk, "prints", "2026-12-01", "2026-12-01");
    assert_eq!(prints.len(), 3, "{prints:?}");
    assert!(prints.iter().all(|row| row[1] == "Журнал" && row[3].starts_with("Шеңбер")));

    // Who is in no circle does not even see that there is a line.
    desk.sign_in("Әлиева");
    let seen = printed(&desk, "requests", november.0, november.1);
    assert!(seen.iter().all(|row| row[0] != hidden), "{seen:?}");
    let back =
        json!({ "of": "register", "journal": "oral", "from": "2026-11-30", "until": "2026-11-01" });
    assert_eq!(desk.call("paper_preview", back).unwrap_err().code, "period_backwards");
}

#[test]
fn the_journal_of_prints_is_the_controllers_and_the_heads() {
    let world = World::at("2026-11-16T05:00:00Z");
    let desk = world.desk("Әлиева");
    desk.officer("Басқа", "officer", &[]);
    let case = desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    let part = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok(
        "paper_print",
        json!({ "of": "case", "case": case, "paper": "referral", "part": part }),
    );
    let number = desk.case(&case)["number"].as_str().unwrap().to_owned();
    let rows = printed(&desk, "prints", "2026-11-16", "2026-11-16");
    assert_eq!((rows[0][1].as_str(), &rows[0][2]), ("Письмо в орган", &number));
    desk.sign_in("Басқа");
    let of = json!({ "of": "register", "journal": "prints", "from": "2026-11-16", "until": "2026-11-16" });
    assert_eq!(desk.call("paper_preview", of).unwrap_err().code, "forbidden");
}
