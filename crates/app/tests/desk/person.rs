//! One person in several cases: who is alike is shown, an officer says who is the same or not, and nothing is ever merged.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

const IIN: &str = "851231300124";
const OTHER_IIN: &str = "991231500006";

fn comes(desk: &TestDesk, surname: &str, phone: &str, iin: &str, trouble: &str) -> String {
    let form = Form::says(trouble, "ru").category("ZKH-01").refer("E-HEA");
    let mut form = form.person(surname, "Айгүл", phone);
    form.0["applicant"]["iin"] = json!(iin);
    desk.takes_in(form)
}

/// The one person of a case.
fn who(desk: &TestDesk, case: &str) -> Value {
    desk.case(case)["parties"][0]["id"].clone()
}

fn history(desk: &TestDesk, case: &str) -> Value {
    desk.ok("person_history", json!({ "case": case, "party": who(desk, case) }))
}

fn cases(of: &Value) -> Vec<&str> {
    of.as_array().unwrap().iter().map(|one| one["of"]["case"].as_str().unwrap()).collect()
}

fn says(desk: &TestDesk, one: &str, two: &str, same: Option<bool>) -> Result<Value, String> {
    let args = json!({ "case": one, "party": who(desk, one), "other_case": two, "other_party": who(desk, two),
        "same": same, "reason": "сама сказала" });
    desk.call("person_match", args).map_err(|refusal| refusal.code)
}

#[test]
fn who_came_before_is_offered_with_reasons_and_linked_by_an_officer_alone() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let first = comes(&desk, "Қасымова", "+77011234567", "", "Нет отопления");
    let second = comes(&desk, "Касымова", "+77011234567", "", "Течёт крыша");
    let stranger = comes(&desk, "Ким", "+77029990000", "", "Нет воды");
    let told = history(&desk, &second);
    assert_eq!(cases(&told["alike"]), [&first], "the folded name and the telephone: {told:#}");
    assert_eq!(told["alike"][0]["why"], json!(["phone", "name"]));
    assert_eq!(told["same"], json!([]), "nobody is linked without an officer");
    assert_eq!(cases(&history(&desk, &stranger)["alike"]), [""; 0]);

    let done = says(&desk, &second, &first, Some(true)).unwrap();
    assert_eq!(says(&desk, &second, &first, Some(true)).unwrap_err(), "nothing_changed");
    for (here, there) in [(&second, &first), (&first, &second)] {
        let told = history(&desk, here);
        assert_eq!(cases(&told["same"]), [there], "from both sides");
        assert_eq!(told["alike"], json!([]));
        let word = &told["same"][0]["words"][0];
        assert!(word["who"].as_str().unwrap().starts_with("Әлиева"));
        assert_eq!(word["reason"], "сама сказала");
    }
    assert_eq!(
        desk.case(&first)["parties"][0]["party"]["surname"],
        "Қасымова",
        "as it was written"
    );
    let line = desk.case(&second)["timeline"][0].clone();
    assert_eq!(
        (&line["kind"], &line["values"]["said"]),
        (&json!("person_matched"), &json!("same"))
    );

    desk.ok("undo", done["undo"].clone());
    assert_eq!(cases(&history(&desk, &first)["alike"]), [&second], "a slip leaves nothing behind");
    says(&desk, &first, &second, Some(true)).unwrap();
    // Long after, from the other side.
    world.clock.advance(chrono::Duration::days(3));
    says(&desk, &second, &first, None).unwrap();
    assert_eq!(history(&desk, &first)["same"], json!([]));
    assert_eq!(says(&desk, &first, &second, None).unwrap_err(), "nothing_changed");
    desk.sync();
    assert_eq!(desk.case(&first)["refused"], json!([]), "the region agrees");
}

#[test]
fn two_right_iins_are_two_people_also_over_a_third_case() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let mother = comes(&desk, "Қасымова", "+77011234567", IIN, "Нет отопления");
    let daughter = comes(&desk, "Қасымова", "+77011234567", OTHER_IIN, "Нет света");
    let unknown = comes(&desk, "Қасымова", "+77011234567", "", "Течёт крыша");
    let told = history(&desk, &mother);
    assert_eq!(
        cases(&told["alike"]),
        [&unknown, &daughter],
        "the namesake with another IIN is last"
    );
    assert_eq!(told["alike"][1]["of"]["other_iin"], true);
    assert_eq!(says(&desk, &mother, &daughter, Some(true)).unwrap_err(), "person_iin_differs");
    says(&desk, &mother, &unknown, Some(true)).unwrap();
    assert_eq!(says(&desk, &unknown, &daughter, Some(true)).unwrap_err(), "person_iin_differs");
    // That they are two may always be said, and is then not asked again.
    says(&desk, &daughter, &unknown, Some(false)).unwrap();
    let told = history(&desk, &daughter);
    assert_eq!(
        (cases(&told["others"]), cases(&told["alike"])),
        (vec![unknown.as_str()], vec![mother.as_str()])
    );
    // The IIN becomes known after the link: the officer sees it.
    let own = desk.case(&unknown)["parties"][0].clone();
    let mut party = own["party"].clone();
    party["iin"] = json!(OTHER_IIN);
    desk.ok(
        "case_correct",
        json!({ "case": unknown, "parties": [{ "id": own["id"], "party": party }] }),
    );
    assert_eq!(history(&desk, &mother)["same"][0]["of"]["other_iin"], true);
}

#[test]
fn three_cases_are_one_persons_by_two_words_and_a_word_against_them_parts_them() {
    let world = World::new();
    let (one, two) = (world.desk("Әлиева"), world.desk("Серікбаев"));
    let a = comes(&one, "Қасымова", "+77011234567", "", "Нет отопления");
    let b = comes(&one, "Қасымова", "+77011234567", "", "Нет света");
    let c = comes(&one, "Қасымова", "+77011234567", "", "Нет воды");
    says(&one, &a, &b, Some(true)).unwrap();
    says(&one, &c, &b, Some(true)).unwrap();
    let told = history(&one, &a);
    let mut same = cases(&told["same"]);
    same.sort_unstable();
    let mut both = [b.as_str(), c.as_str()];
    both.sort_unstable();
    assert_eq!(same, both);
    let far =
        told["same"].as_array().unwrap().iter().find(|l| l["of"]["case"] == json!(c)).unwrap();
    assert_eq!((&far["words"], &far["through"]), (&json!([]), &json!(b)));
    one.sync();
    two.sync();
    // The colleague knows better, and says so at the other end.
    says(&two, &b, &a, Some(false)).unwrap();
    two.sync();
    one.sync();
    let told = history(&one, &a);
    assert_eq!((cases(&told["same"]), cases(&told["others"])), (vec![], vec![b.as_str()]));
    assert_eq!(cases(&history(&one, &b)["same"]), [&c]);
}

#[test]
fn nobody_learns_of_a_restricted_case_from_an_open_one() {
    let world = World::new();
    let (author, colleague) = (world.desk("Әлиева"), world.desk("Бекова"));
    let open = comes(&author, "Қасымова", "+77011234567", "", "Нет отопления");
    let beaten =
        Form::says("Муж бьёт", "ru").category("FAM-01").person("Қасымова", "Айгүл", "+77011234567");
    let beaten = author.takes_in(beaten);
    // Said in the open case, it is kept with the restricted one.
    says(&author, &open, &beaten, Some(true)).unwrap();
    assert_eq!(cases(&history(&author, &open)["same"]), [&beaten]);
    author.sync();
    colleague.sync();
    let told = history(&colleague, &open);
    assert_eq!((cases(&told["same"]), cases(&told["alike"])), (vec![], vec![]));
    let seen = colleague.case(&open);
    assert!(!seen.to_string().contains(&beaten));
    assert!(
        !seen["timeline"].to_string().contains("person_matched"),
        "nor that there is something"
    );
    assert_eq!(says_blindly(&colleague, &open, &beaten), "not_found");
}

/// The officer presses “this one” at the name that is offered: nobody has to say it a second time.
#[test]
fn whoever_is_known_again_at_the_intake_is_linked_with_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let first = comes(&desk, "Қасымова", "+77011234567", "", "Нет отопления");
    let again = Form::says("Течёт крыша", "ru").category("ZKH-01").refer("E-HEA");
    let again = again.with("who_line", json!("Қасымова Айгүл"));
    let help = desk.ok("intake_help", json!({ "text": "", "who_line": "Қасымова Айгүл" }));
    let known = help["who"]["known"][0].clone();
    assert_eq!(known["card"], json!({ "case": first, "party": who(&desk, &first) }));
    let taken =
        again.with("applicant", known["party"].clone()).with("known_as", known["card"].clone());
    let second = desk.takes_in(taken.clone());
    assert_eq!(cases(&history(&desk, &second)["same"]), [&first]);
    // Another name was typed over what was taken: nobody has said that these two are one.
    let mut other = taken.clone();
    other.0["applicant"]["surname"] = json!("Ержанова");
    let other = desk.takes_in(other);
    assert_eq!(cases(&history(&desk, &other)["same"]), [""; 0]);
    // Of a restricted matter the open case tells nothing: the word is kept with the restricted one.
    let beaten = Form::says("Муж бьёт", "ru").category("FAM-01");
    let beaten =
        beaten.with("applicant", known["party"].clone()).with("known_as", known["card"].clone());
    let beaten = desk.takes_in(beaten);
    assert_eq!(cases(&history(&desk, &beaten)["same"]).len(), 2);
    assert!(!desk.case(&first)["timeline"].to_string().contains("person_matched"));
    desk.sync();
    let colleague = world.desk("Бекова");
    colleague.sync();
    assert_eq!(cases(&history(&colleague, &first)["same"]), [&second]);
}

/// Somebody who knows the number of a case and may not know of it.
fn says_blindly(desk: &TestDesk, open: &str, other: &str) -> String {
    let party = who(desk, open);
    let args = json!({ "case": open, "party": party, "other_case": other, "other_party": party, "same": true });
    desk.call("person_match", args).unwrap_err().code
}
