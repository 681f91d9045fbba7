//! What needs no profile: numbers, dates, suggestions. The shapes of docs/contract.md.

use crate::run::run;

#[test]
fn an_iin_is_checked_by_its_digit_only() {
    let check = |n: &str| run(&["check", "iin", n], b"").one().clone();
    for good in ["991231500006", "991231500016", "991231500707", "991231500719"] {
        let told = check(good);
        assert_eq!((&told["valid"], &told["reason"]), (&true.into(), &"ok".into()), "{good}");
        assert_eq!(told["hint"]["birth"], "2099-12-31");
    }
    for (bad, reason) in [
        ("991231500007", "wrong_check_digit"),
        ("123123123123", "wrong_check_digit"),
        ("99123150", "wrong_length"),
        ("", "empty"),
        ("abc", "not_digits"),
        ("-1", "wrong_length"),
    ] {
        let told = check(bad);
        assert_eq!((&told["valid"], &told["reason"]), (&false.into(), &reason.into()), "{bad}");
    }
}

#[test]
fn a_phone_is_read_as_people_say_it() {
    for (said, e164) in [
        ("8 (701) 000-45-67", "+77010004567"),
        ("+7 701 000 45 67", "+77010004567"),
        ("25-10-10", "+77162251010"),
    ] {
        let told = run(&["check", "phone", said], b"");
        assert_eq!(told.one()["e164"], e164, "{said}");
        assert_eq!(told.one()["region"], "KZ");
    }
    let told = run(&["check", "phone", "102"], b"");
    assert_eq!(told.one()["valid"], false);
}

#[test]
fn a_deadline_is_told_with_its_derivation() {
    let ask = |more: &[&str]| {
        let mut args = vec!["check", "deadline", "--from", "2026-11-20T05:00:00Z"];
        args.extend(more);
        run(&args, b"").one().clone()
    };
    // Friday 20 November 2026, ten in the morning: the day of receipt is day 1.
    let told = ask(&["--working-days", "3"]);
    assert_eq!(told["due"], "2026-11-24", "{told}");
    let days: Vec<(&str, Option<u64>)> = told["derivation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["date"].as_str().unwrap(), d["counted"].as_u64()))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-11-20", Some(1)),
            ("2026-11-21", None),
            ("2026-11-22", None),
            ("2026-11-23", Some(2)),
            ("2026-11-24", Some(3))
        ]
    );
    assert!(told["calendar"].is_string() || told["calendar"].is_object(), "{told}");
    assert_eq!(ask(&["--working-days", "3", "--first-day", "next"])["due"], "2026-11-25");
    // An hour later the desk is closed.
    let late =
        run(&["check", "deadline", "--from", "2026-11-20T14:00:00Z", "--working-days", "3"], b"");
    assert_eq!(late.one()["due"], "2026-11-25", "{late:?}");
}

#[test]
fn a_text_gets_its_category_its_body_and_its_red_flags() {
    let told = run(&["suggest", "В квартире холодно, батареи ледяные, нет отопления"], b"");
    let told = told.one();
    assert_eq!(told["categories"][0]["code"], "ZKH-01", "{told}");
    assert!(told["categories"][0]["score"].is_number() && told["categories"][0]["why"].is_array());
    assert_eq!(told["agencies"][0]["code"], "E-HEA");
    let told = run(&["suggest", "на кухне пахнет газом"], b"");
    assert_eq!(told.one()["red_flags"][0]["code"], "gas", "{told:?}");
    assert_eq!(told.one()["red_flags"][0]["why"][0]["word"], "пахнет");
    let nothing = run(&["suggest", ""], b"");
    assert_eq!(nothing.one()["categories"].as_array().unwrap().len(), 0);
}
