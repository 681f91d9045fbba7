//! Practising, through the command list as a window uses it: a desk of its own that never meets a region.

use esik_app::api::Enroll;
use esik_app::{Desk, DeskConfig, commands};
use esik_testkit::{Form, RecordingHost, TestDesk, World};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

fn enter(desk: &TestDesk) -> Value {
    desk.ok("practice_enter", json!({}))
}

/// Folder of the practice desk of whoever is signed in.
fn folder(desk: &TestDesk) -> PathBuf {
    let who = desk.desk.state().session.map(|s| s.officer.to_string());
    desk.dir.join("training").join(who.unwrap_or_else(|| "guest".to_owned()))
}

/// The practice profile opened as a profile of its own, its officer signed in.
fn as_a_profile(desk: &TestDesk) -> Arc<Desk> {
    let config =
        DeskConfig { profile: folder(desk), background: true, ..desk.desk.config().clone() };
    let host = Arc::new(RecordingHost::default());
    let opened = Desk::open(config, desk.desk.env().clone(), host, desk.desk.runtime().clone());
    let officer = opened.officers()[0].id;
    opened.sign_in(officer, "practice").expect("the practice password is no secret");
    Arc::new(opened)
}

#[test]
fn the_practice_desk_is_another_desk_and_the_real_one_is_as_it_was() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let real = desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").refer("E-HEA"));
    let state = enter(&desk);
    assert_eq!((&state["practice"], &state["phase"]), (&json!(true), &json!("open")));
    assert_eq!(state["station"]["id"], "TRAIN");
    assert_eq!(state["session"]["name"], "Әлиева Д.");
    assert_eq!(state["enrolled"], json!(false));
    // Nothing of the real desk is here, and nothing of practice gets there.
    assert_eq!(desk.call("case_get", json!({ "id": real })).unwrap_err().code, "not_found");
    assert_eq!(desk.ok("control", json!({}))["counts"]["all"], 0);
    let practised =
        desk.takes_in(Form::says("Яма на дороге", "ru").category("BLG-04").refer("E-ZKH"));
    let number = desk.case(&practised)["number"].as_str().unwrap().to_owned();
    assert!(number.starts_with("ESK-TRAIN-2026-"), "{number}");
    let state = desk.ok("practice_leave", json!({}));
    assert_eq!((&state["practice"], &state["phase"]), (&json!(false), &json!("open")));
    assert_eq!(desk.call("case_get", json!({ "id": practised })).unwrap_err().code, "not_found");
    assert_eq!(desk.case(&real)["number"], "ESK-07-2026-1");
    // What was practised is there the next time; the real desk is locked together with it.
    enter(&desk);
    assert_eq!(desk.case(&practised)["number"], json!(number));
    let state = desk.ok("session_lock", json!({}));
    assert_eq!((&state["practice"], &state["phase"]), (&json!(false), &json!("locked")));
    assert_eq!(desk.call("case_get", json!({ "id": real })).unwrap_err().code, "locked");
}

#[test]
fn no_door_of_a_practice_desk_leads_to_a_region() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    enter(&desk);
    desk.takes_in(Form::says("Яма", "ru").category("BLG-04").refer("E-ZKH"));
    let code = world.code("07");
    let join = json!({ "server": world.url(), "code": code });
    // The command list, while somebody practises.
    assert_eq!(desk.call("profile_enroll", join).unwrap_err().code, "forbidden");
    assert_eq!(desk.call("sync_now", json!({})).unwrap_err().code, "practice");
    let status = desk.ok("sync_status", json!({}));
    assert_eq!((&status["enrolled"], &status["last_attempt"]), (&json!(false), &json!(null)));
    let folder = folder(&desk);
    desk.ok("practice_leave", json!({}));

    // The practice folder opened as a profile, as the command line would, past the list's permissions.
    let alone = as_a_profile(&desk);
    assert!(alone.state().practice, "{}", folder.display());
    let asked = Enroll { server: world.url(), code };
    let refused = esik_app::sync::enroll::profile_enroll(&alone, asked).unwrap_err();
    assert_eq!(esik_app::api::Refusal::from(refused).code, "practice");

    // Even with a region written into its database no client is made and no engine starts.
    let open = alone.opened().unwrap();
    let real = desk.desk.opened().unwrap();
    let region = esik_app::sync::region(&real).unwrap().unwrap();
    open.store.write(move |tx| esik_store::meta::put(tx, esik_app::sync::REGION, &region)).unwrap();
    assert!(esik_app::sync::client(&open).is_err());
    assert!(esik_app::sync::Background::start(&alone, &open).unwrap().is_none());
    let run = esik_app::sync::now::run(&alone).unwrap_err();
    assert_eq!(esik_app::api::Refusal::from(run).code, "practice");
    alone.close();

    // The code was never spent: a real desk joins with it.
    let other = world.unjoined_desk("Басқа");
    let spent = json!({ "server": world.url(), "code": world.code("07") });
    other.ok("profile_enroll", spent);
}

#[test]
fn training_touches_no_real_desk() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    for command in
        ["practice_board", "practice_hint", "practice_go_on", "practice_finish", "practice_stop"]
    {
        assert_eq!(desk.call(command, json!({})).unwrap_err().code, "not_practice", "{command}");
    }
    let start = desk.call("practice_start", json!({ "scenario": "heating" })).unwrap_err();
    assert_eq!(start.code, "not_practice");
}

#[test]
fn a_guest_practises_before_anybody_signed_in_and_leaves_nothing_for_the_next_one() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.ok("session_lock", json!({}));
    enter(&desk);
    desk.ok("practice_start", json!({ "scenario": "heating" }));
    assert_eq!(desk.ok("practice_board", json!({}))["guest"], json!(true));
    let state = desk.ok("practice_leave", json!({}));
    assert_eq!(state["phase"], "locked");
    enter(&desk);
    let board = desk.ok("practice_board", json!({}));
    assert_eq!(board["run"], json!(null), "the last guest's visitor is gone");
}

#[test]
fn a_damaged_practice_desk_is_made_anew() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    enter(&desk);
    desk.ok("practice_leave", json!({}));
    std::fs::write(folder(&desk).join("esik.db"), b"not a database").unwrap();
    let state = enter(&desk);
    assert_eq!(state["phase"], "open");
}

fn ask(desk: &TestDesk, questions: &[&str]) {
    for q in questions {
        desk.ok("practice_ask", json!({ "question": q }));
    }
}

/// Finishes the intake of the visitor at the desk.
fn take_in(desk: &TestDesk, form: Form) -> String {
    let board = desk.ok("practice_board", json!({}));
    let draft = board["run"]["draft"].clone();
    let done = desk.ok("intake_finish", json!({ "draft": draft, "form": form.0 }));
    done["case"].as_str().expect("a case").to_owned()
}

#[test]
fn a_visitor_is_helped_from_the_first_words_to_the_closing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    enter(&desk);
    let board = desk.ok("practice_start", json!({ "scenario": "heating" }));
    assert_eq!(board["run"]["questions"][0]["answer"], json!(null), "nothing is told unasked");
    let early = desk.call("practice_ask", json!({ "question": "solved" })).unwrap_err();
    assert_eq!(early.code, "not_open", "nobody is called before the visit is saved");
    ask(&desk, &["home", "where", "who"]);
    let case = take_in(
        &desk,
        Form::says("Нет отопления, грудной ребёнок", "ru")
            .category("ZKH-01")
            .at("Ауэзова, 12, кв. 5")
            .person("Ким", "Анна", "8 700 000 11 22")
            .with("circumstances", json!(["baby"]))
            .advice("Не грейтесь газовой плитой")
            .refer("E-HEA"),
    );
    assert_eq!(desk.ok("practice_board", json!({}))["run"]["waiting"], json!(true));
    // The body takes it on, then answers; both say they are practice.
    desk.ok("practice_go_on", json!({}));
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "accepted", "{view:#}");
    assert_eq!(view["waits_for_region"], 0);
    assert!(view["referrals"][0]["incoming_number"].as_str().unwrap().contains("ПРОБА"));
    let turn = desk.ok("practice_go_on", json!({}));
    assert_eq!(turn["board"]["run"]["news"][0]["does"], "answered");
    assert_eq!(turn["board"]["run"]["waiting"], json!(false), "it is our turn");
    let referral = desk.case(&case)["referrals"][0]["id"].clone();
    desk.ok(
        "referral_check",
        json!({ "case": case, "referral": referral, "good": true, "note": "",
                "has": ["facts", "decision", "who_when", "next", "appeal"] }),
    );
    ask(&desk, &["solved"]);
    desk.ok(
        "contact_record",
        json!({ "case": case, "how": "call", "reached": "yes", "word": "solved", "text": "" }),
    );
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "" }),
    );
    let board = desk.ok("practice_finish", json!({}));
    let result = &board["run"]["result"];
    assert_eq!((&result["percent"], &result["passed"]), (&json!(100), &json!(true)), "{result:#}");
    let line =
        board["scenarios"].as_array().unwrap().iter().find(|s| s["code"] == "heating").unwrap();
    assert_eq!(
        (&line["passed"], &line["best"], &line["tries"]),
        (&json!(true), &json!(100), &json!(1))
    );
    assert_eq!(board["passed"], 1);
    // The practice desk is a sound desk: chains, signatures, lists.
    desk.ok("practice_leave", json!({}));
    let alone = as_a_profile(&desk);
    let report = alone
        .opened()
        .unwrap()
        .store
        .read(|conn| esik_store::verify::verify(conn, &|_| None))
        .unwrap();
    assert!(report.is_sound(), "{report:?}");
    alone.close();
}

#[test]
fn a_supervisor_does_not_send_a_copy_back_in_practice() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    enter(&desk);
    desk.ok("practice_start", json!({ "scenario": "certificate" }));
    let mut form = Form::says("Лифт", "ru").category("ZKH-06").refer_with("E-OSI", json!({}));
    form.0["referrals"][0]["copy"] = json!(true);
    let case = take_in(&desk, form);
    desk.ok("practice_go_on", json!({}));
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "rejected", "the scenario does not name it");
    assert_eq!(view["referrals"][1]["agency"], "E-HIN");
    assert_ne!(view["referrals"][1]["state"], "rejected");
}

#[test]
fn a_body_that_the_scenario_does_not_name_says_not_ours_and_a_hint_tells_what_is_missing() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    enter(&desk);
    desk.ok("practice_start", json!({ "scenario": "heating" }));
    // Before anything is typed the first hint is the red flag.
    let hint = desk.ok("practice_hint", json!({}));
    assert_eq!(hint["run"]["hint"]["kind"], "asked");
    ask(&desk, &["home"]);
    // What is typed in the draft counts for the next hint, before anything is saved.
    let draft = hint["run"]["draft"].clone();
    let form =
        Form::says("Холодно", "ru").category("ZKH-01").with("circumstances", json!(["baby"]));
    desk.ok("draft_save", json!({ "id": draft, "form": form.0 }));
    assert_eq!(desk.ok("practice_hint", json!({}))["run"]["hint"]["kind"], "advice");
    let case = take_in(&desk, form.refer("E-AKM"));
    desk.ok("practice_go_on", json!({}));
    let view = desk.case(&case);
    assert_eq!(view["referrals"][0]["state"], "rejected");
    let board = desk.ok("practice_finish", json!({}));
    let result = &board["run"]["result"];
    assert_eq!(result["passed"], json!(false));
    assert_eq!(result["lines"][0]["hinted"], json!(true));
    assert_eq!(result["lines"][4]["met"], json!(false), "E-AKM is not E-HEA");
}

#[test]
fn commands_are_answered_by_the_real_desk_when_nobody_practises() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    assert_eq!(desk.ok("practice_leave", json!({}))["practice"], json!(false));
    assert!(commands::COMMANDS.iter().any(|c| c.name == "practice_enter"));
}
