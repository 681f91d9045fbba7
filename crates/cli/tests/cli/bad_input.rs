//! Everything wrong is told as JSON with a code and a non-zero exit; nothing is half done.

use crate::run::{Place, command, files, run};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

#[test]
fn every_wrong_call_is_answered_with_its_code() {
    let place = Place::with_profile();
    let wrong = place.write("wrong", b"not the password");
    let empty = place.write("empty", b"");
    let (desk, right) = (place.text("desk"), place.text("password"));
    let (desk, right, wrong, empty) =
        (desk.as_str(), right.as_str(), wrong.as_str(), empty.as_str());
    let nowhere = place.text("nowhere");
    let nowhere = nowhere.as_str();
    let control = "\u{1}\u{7}\u{1b}[31m\u{0}x".replace('\u{0}', "");
    // The longest argument Linux hands over is 128 KiB; a whole MiB goes through `rpc` below.
    let long = "ж".repeat(60 * 1024);
    let table: &[(&[&str], &str)] = &[
        (&[], "unknown_command"),
        (&["fly"], "unknown_command"),
        (&["init", "--no-such-flag"], "bad_request"),
        (&["search", "x"], "missing_profile"),
        (&["--profile", nowhere, "--password-file", right, "search", "x"], "not_set_up"),
        (&["--profile", desk, "--password-file", wrong, "search", "x"], "wrong_password"),
        (&["--profile", desk, "--password-file", empty, "search", "x"], "wrong_password"),
        (&["--profile", desk, "--password-file", nowhere, "search", "x"], "password_file"),
        (&["--profile", desk, "--password-file", right, "--as", "Х", "search", "x"], "not_found"),
        (&["--profile", desk, "--password-file", right, "init"], "already_set_up"),
        (&["--profile", nowhere, "--password-file", empty, "init"], "password_short"),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--role", "king"],
            "bad_request",
        ),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--role", "region"],
            "bad_request",
        ),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--language", "xx"],
            "bad_request",
        ),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--circle", "all"],
            "bad_request",
        ),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--surname", ""],
            "surname_missing",
        ),
        (
            &["--profile", nowhere, "--password-file", right, "init", "--surname", " \t"],
            "surname_missing",
        ),
        (&["--profile", "/sys/esik", "--password-file", right, "init"], "read_only"),
        (&["--profile", "/dev/null/esik", "--password-file", right, "init"], "disk_failed"),
        (&["--profile", desk, "--password-file", right, "sync"], "bad_request"),
        (&["--profile", desk, "--password-file", right, "sync", "--once"], "not_enrolled"),
        (&["--profile", desk, "--password-file", right, "dump"], "bad_request"),
        (&["--profile", desk, "--password-file", right, "import", "/no/such/file"], "not_found"),
        (&["--profile", desk, "--password-file", right, "import", desk], "bad_request"),
        (&["--profile", desk, "--password-file", right, "restore", nowhere], "already_set_up"),
        (&["--profile", nowhere, "--password-file", right, "restore", desk], "not_found"),
        (
            &[
                "--profile",
                desk,
                "--password-file",
                right,
                "enroll",
                "--server",
                "x",
                "--code",
                "y",
            ],
            "region_code_bad",
        ),
        (&["check", "deadline", "--from", "yesterday", "--working-days", "3"], "bad_request"),
        (
            &[
                "check",
                "deadline",
                "--from",
                "2026-11-20T05:00:00Z",
                "--working-days",
                "3",
                "--first-day",
                "never",
            ],
            "bad_request",
        ),
    ];
    for (args, code) in table {
        let answer = run(args, b"");
        assert_eq!((answer.ok, answer.code()), (false, *code), "{args:?}: {answer:?}");
        assert_eq!(answer.lines.len(), 1, "{args:?}");
        assert!(answer.one()["error"]["params"].is_object(), "{args:?}");
    }
    assert!(!place.path("nowhere").join("esik.db").exists(), "a refused init leaves nothing");
    for text in ["", " ", &control, &long, "'; DROP TABLE event; --", "\"*\" OR NEAR(", "%"] {
        for args in [["search", text], ["suggest", text]] {
            let answer = place.run(&["--", args[0], args[1]]);
            // `--` before the command is not a command line; a script writes it before the text.
            assert!(!answer.ok);
            let answer = place.run(&[args[0], "--", args[1]]);
            assert!(answer.ok, "{} {:?}: {answer:?}", args[0], text.get(..20));
        }
    }
}

#[test]
fn rpc_answers_every_line_whatever_it_is() {
    let place = Place::with_profile();
    let mut input: Vec<u8> = Vec::new();
    input.extend(b"not json\n");
    input.extend(b"\n   \n");
    input.extend(b"{\"id\":2}\n");
    input.extend(b"[1,2]\n");
    input.extend(b"\xff\xfe\n");
    input.extend(
        b"{\"id\":3,\"cmd\":\"search\",\"args\":{\"query\":\"\\u0000\\u0007\",\"limit\":5}}\n",
    );
    let big = json!({ "id": 4, "cmd": "search", "args": { "query": "ж".repeat(512 * 1024), "limit": 5 } });
    input.extend(format!("{big}\n").into_bytes());
    input.extend(std::iter::repeat_n(b'x', 9 * 1024 * 1024));
    input.extend(b"\n{\"id\":5,\"cmd\":\"app_state\",\"args\":{}}");
    let answer = place.run_in("desk", &["rpc"], &input);
    assert!(answer.ok);
    let codes: Vec<&str> =
        answer.lines.iter().map(|l| l["error"]["code"].as_str().unwrap_or("ok")).collect();
    assert_eq!(
        codes,
        [
            "bad_request",
            "bad_request",
            "bad_request",
            "bad_request",
            "ok",
            "ok",
            "text_too_long",
            "ok"
        ]
    );
    assert_eq!(answer.lines[1]["id"], 2, "answered under its own id");
    assert_eq!(answer.last()["id"], 5);
}

#[test]
fn a_locked_desk_gives_nothing_away() {
    let place = Place::with_profile();
    let profile = place.text("desk");
    let ask = |cmd: &str| format!("{}\n", json!({ "id": 1, "cmd": cmd, "args": {} }));
    for info in run(&["commands"], b"").lines {
        let name = info["name"].as_str().unwrap();
        let answer = run(&["--profile", &profile, "rpc"], ask(name).as_bytes());
        let told = answer.one();
        if info["permission"] == "anyone" {
            continue;
        }
        let code = told["error"]["code"].as_str().unwrap_or("answered");
        assert_eq!(code, "locked", "{name}");
    }
}

/// S35 (part), T32 (part).
#[test]
fn a_profile_has_one_program_at_a_time() {
    let place = Place::with_profile();
    let mut holder = command()
        .args(["--profile", &place.text("desk"), "--password-file", &place.text("password")])
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert!(told["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    for args in
        [["state-hash"].as_slice(), &["lock"], &["backup", "x"], &["restore", "x"], &["init"]]
    {
        let answer = place.run(args);
        assert_eq!((answer.ok, answer.code()), (false, "profile_in_use"), "{args:?}");
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    // However it ended, the lock is gone with it.
    assert_eq!(place.run(&["lock"]).one()["locked"], true);
    assert!(place.run(&["state-hash"]).ok);
}

#[test]
fn only_this_machine_is_served() {
    let place = Place::with_profile();
    for listen in ["0.0.0.0:0", "192.0.2.1:80", "nonsense"] {
        let answer = place.run(&["serve", "--listen", listen]);
        let wanted = if listen == "nonsense" { "bad_request" } else { "loopback_only" };
        assert_eq!((answer.ok, answer.code()), (false, wanted));
    }
}

#[test]
fn a_bad_line_is_told_and_the_next_one_is_taken() {
    let place = Place::with_profile();
    let mut input: Vec<u8> = Vec::new();
    let good = json!({ "narrative": "Нет воды с утра" }).to_string();
    let long = json!({ "narrative": "ж".repeat(20 * 1024) }).to_string();
    let future = json!({ "narrative": "x", "opened_at": "2999-01-01T00:00:00Z" }).to_string();
    let lines: [&[u8]; 14] = [
        good.as_bytes(),
        b"{",
        b"[]",
        b"{\"narrative\":7}",
        b"{\"number\":\"1\"}",
        b"{\"narrative\":\"  \"}",
        "{\"narrative\":\"x\",\"category\":\"NO-1\"}".as_bytes(),
        b"{\"narrative\":\"x\",\"category\":\"ZKH\"}",
        b"{\"narrative\":\"x\",\"agency\":\"E-NO\"}",
        b"{\"narrative\":\"x\",\"opened_at\":\"yesterday\"}",
        future.as_bytes(),
        b"\xff\xfe",
        long.as_bytes(),
        // The same words again are another person with the same trouble.
        good.as_bytes(),
    ];
    for line in lines {
        input.extend(line);
        input.push(b'\n');
    }
    input.extend(std::iter::repeat_n(b'x', 2 * 1024 * 1024));
    input.push(b'\n');
    input.extend(b"{\"narrative\":\"\\u0000\\u0007\xd0\xbe\xd0\xba\"}");
    let answer = place.run_in("desk", &["import", "-"], &input);
    assert!(!answer.ok, "something was refused");
    let told: Vec<(u64, &str)> = answer
        .lines
        .iter()
        .filter_map(|l| Some((l["line"].as_u64()?, l["error"]["code"].as_str()?)))
        .collect();
    assert_eq!(
        told,
        [
            (2, "bad_line"),
            (3, "bad_line"),
            (4, "bad_line"),
            (5, "bad_line"),
            (6, "missing_text"),
            (7, "unknown_category"),
            (8, "unknown_category"),
            (9, "unknown_agency"),
            (10, "bad_line"),
            (11, "bad_time"),
            (12, "bad_line"),
            (13, "text_too_long"),
            (15, "text_too_long"),
        ],
        "{answer:?}"
    );
    assert_eq!(answer.last()["imported"], 3);
    assert_eq!(answer.last()["bad"], 13);
    assert!(place.run(&["verify"]).ok);
    assert!(files(&place.path("desk")).len() >= 4);
}
