//! Data in and out in bulk: what was loaded is found, proven and comes out again as it went in.

use crate::run::{Place, run};
use serde_json::Value;
use std::collections::BTreeMap;

fn generated(count: &str, seed: &str) -> String {
    run(&["generate", "--cases", count, "--seed", seed], b"").raw
}

fn by_number(lines: &[Value]) -> BTreeMap<String, Value> {
    lines.iter().map(|l| (l["number"].as_str().unwrap().to_owned(), l.clone())).collect()
}

#[test]
fn a_seed_is_a_fact_and_its_data_are_as_described() {
    let first = generated("300", "7");
    assert_eq!(first, generated("300", "7"));
    assert_ne!(first, generated("300", "8"));
    let lines: Vec<Value> = first.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 300);
    let kazakh = lines.iter().filter(|l| l["language"] == "kk").count();
    assert!((60..=120).contains(&kazakh), "{kazakh}");
    for line in &lines {
        let chars = line["narrative"].as_str().unwrap().chars().count();
        assert!((200..=860).contains(&chars), "{chars}");
        assert!((3..=12).contains(&line["events"].as_array().unwrap().len()));
        for party in line["parties"].as_array().into_iter().flatten() {
            if let Some(iin) = party["iin"].as_str() {
                // Born in 2099: nobody's.
                assert!(iin.starts_with("99"));
                let checked = run(&["check", "iin", iin], b"");
                assert_eq!(checked.one()["valid"], true, "{iin}");
                break;
            }
        }
    }
}

#[test]
fn loaded_cases_are_found_proven_and_exported_as_they_came() {
    let place = Place::with_profile();
    let file = place.write("in.ndjson", generated("120", "3").as_bytes());
    let loaded = place.run(&["import", &file]);
    assert!(loaded.ok, "{loaded:?}");
    assert_eq!((&loaded.last()["imported"], &loaded.last()["bad"]), (&120.into(), &0.into()));
    let before = place.run(&["state-hash", "--all"]).raw;

    // Again: everything is there already, and nothing changes.
    let again = place.run(&["import", &file]);
    assert_eq!((&again.last()["imported"], &again.last()["already"]), (&0.into(), &120.into()));
    assert_eq!(before, place.run(&["state-hash", "--all"]).raw);
    let proof = place.run(&["verify"]);
    assert!(proof.ok, "{proof:?}");

    let given: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let number = given[77]["number"].as_str().unwrap();
    let hits = place.run(&["search", number]);
    assert_eq!(hits.lines[0]["number"], *number);

    let out = place.text("out.ndjson");
    let told = place.run(&["export", "--file", &out]);
    assert!(told.ok, "{told:?}");
    let exported: Vec<Value> = std::fs::read_to_string(&out)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let (given, exported) = (by_number(&given), by_number(&exported));
    // The officer is in the dv circle and wrote everything herself: she sees all of it.
    assert_eq!(given.len(), exported.len());
    for (number, line) in &given {
        let back = &exported[number];
        for field in
            ["opened_at", "channel", "language", "narrative", "category", "agency", "address"]
        {
            assert_eq!(time(&line[field]), time(&back[field]), "{number} {field}");
        }
        assert_eq!(line["parties"], back["parties"], "{number}");
        let kinds = |l: &Value| -> Vec<(String, String)> {
            l["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| (e["kind"].as_str().unwrap().to_owned(), e["at"].to_string()))
                .map(|(k, at)| (k, at.replace(".000Z", "Z")))
                .collect()
        };
        assert_eq!(kinds(line), kinds(back), "{number}");
    }
    let refused = place.run(&["export", "--file", &out]);
    assert_eq!((refused.ok, refused.code()), (false, "exists"), "an old file is not written over");

    // Into another desk and out again: the same lines.
    let other = Place::with_profile();
    assert!(other.run(&["import", &out]).ok);
    assert_eq!(other.run(&["export"]).raw, std::fs::read_to_string(&out).unwrap());
}

fn time(value: &Value) -> String {
    value.to_string().replace(".000Z", "Z")
}

#[test]
fn generated_data_load_without_a_file() {
    let place = Place::with_profile();
    let loaded = place.run(&["generate", "--cases", "25", "--seed", "5", "--load"]);
    assert!(loaded.ok, "{loaded:?}");
    assert_eq!(loaded.last()["imported"], 25);
    let again = place.run(&["generate", "--cases", "25", "--seed", "5", "--load"]);
    assert_eq!(again.last()["already"], 25);
}

/// What the desk would refuse to send is in no generated line: such a line could not be loaded.
#[test]
fn generated_data_refers_only_to_bodies_that_take_requests() {
    use esik_domain::catalog::Catalog;
    use esik_domain::event::Disclosed;
    use esik_domain::leaving::may_refer;
    let place = Place::new();
    let mut referred = 0;
    // One case of about ten thousand would go to a court: of this seed it is the 4,980th.
    for line in place.run(&["generate", "--cases", "6000", "--seed", "11"]).lines {
        let Some(body) = line["agency"].as_str() else { continue };
        let category = line["category"].as_str();
        let unit = Catalog::shipped().agency(body).unwrap().internal;
        let may = may_refer(Catalog::shipped(), category, body, Disclosed::default(), None);
        assert!(unit || may.is_ok(), "{category:?} to {body}: {may:?}");
        referred += usize::from(!unit);
    }
    assert!(referred > 1000, "{referred}");
}

#[test]
fn what_ended_elsewhere_is_not_sent_to_the_body_again() {
    let place = Place::with_profile();
    let lines = [
        r#"{"narrative":"Нет воды","category":"ZKH-02","agency":"E-WAT","number":"A"}"#,
        r#"{"narrative":"Нет воды","category":"ZKH-02","agency":"E-WAT","number":"B","events":[{"kind":"closed","text":"дали воду"}]}"#,
    ];
    let file = place.write("in.ndjson", lines.join("\n").as_bytes());
    assert!(place.run(&["import", &file]).ok);
    let dump = place.run(&["dump", "--canonical"]);
    let count = |kind: &str| {
        dump.lines.iter().filter(|l| l["kind"] == kind && l["table"] == "event").count()
    };
    assert_eq!(
        (count("referral_drafted"), count("referral_sent"), count("case_closed")),
        (2, 1, 1)
    );
}

#[test]
fn a_consultant_cannot_load_cases() {
    let place = Place::with_profile();
    let theirs = place.write("theirs", "өз-құпиясөзі-7".as_bytes());
    let added = place.run(&[
        "officer-add",
        "--surname",
        "Серікбай",
        "--given",
        "Е",
        "--role",
        "consultant",
        "--new-password-file",
        &theirs,
    ]);
    assert!(added.ok);
    let file = place.write("in.ndjson", br#"{"narrative":"x"}"#);
    let answer = run(
        &[
            "--profile",
            &place.text("desk"),
            "--password-file",
            &theirs,
            "--as",
            "Серік",
            "import",
            &file,
        ],
        b"",
    );
    assert_eq!((answer.ok, answer.code()), (false, "forbidden"));
}
