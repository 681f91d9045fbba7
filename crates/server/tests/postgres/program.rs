//! The program over PostgreSQL, as an administrator runs it.

use super::certificates::Authority;
use crate::common::engine::Place;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

fn server(db: &str, state: &Path) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    c.args(["--db", db]).arg("--state").arg(state);
    c.env_remove("ESIK_SERVER_DB").env_remove("ESIK_SERVER_STATE").env_remove("PGPASSWORD");
    c.stderr(Stdio::null());
    c
}

fn said(c: &mut Command) -> (bool, Value) {
    let out = c.output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "one JSON value a line: {text}");
    (out.status.success(), serde_json::from_str(&text).unwrap())
}

const CREATE: [&str; 9] =
    ["admin", "region", "create", "--id", "akmola", "--name-kk", "Ақмола", "--name-ru", "Акмола"];

/// B30 (part): in the clear on this machine, and over TLS.
#[test]
fn a_region_is_made_administered_and_served_from_postgres() {
    for how in [Place::url, Place::encrypted] {
        let place = Place::new();
        made_administered_and_served(&place, how(&place));
    }
}

fn made_administered_and_served(place: &Place, db: String) {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let admin = |words: &[&str]| {
        let mut c = server(&db, &state);
        c.args(words);
        said(&mut c)
    };
    let code = |v: &Value| v.pointer("/error/code").and_then(Value::as_str).map(str::to_owned);
    let (good, v) = admin(&["admin", "station", "list"]);
    assert!(!good && code(&v).as_deref() == Some("not_founded"), "{v}");
    let (good, v) = admin(&CREATE);
    assert!(good, "{v}");
    assert_eq!(code(&admin(&CREATE).1).as_deref(), Some("founded_before"));
    let station =
        ["admin", "station", "add", "--id", "07", "--name-kk", "Жетінші", "--name-ru", "Седьмое"];
    assert!(admin(&station).0);
    assert_eq!(admin(&["admin", "region", "show"]).1["region"], "akmola");
    // It is served from there.
    let mut serving = server(&db, &state);
    let mut child =
        serving.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("listening"), "{line}");
    // An older copy of the database is noticed, as with a file.
    place.sql("UPDATE region SET epoch='of another day'");
    assert_eq!(code(&admin(&["admin", "region", "show"]).1).as_deref(), Some("restored"));
    assert!(admin(&["admin", "restore", "--accept"]).0);
    assert!(admin(&["admin", "region", "show"]).0);
}

/// B13 (part), B30 (part): the documented way from a file to PostgreSQL and, by a backup, on to another database, over TLS.
#[test]
fn a_region_moves_from_a_file_and_is_restored_into_another_database() {
    let (place, other, dir) = (Place::new(), Place::new(), tempfile::tempdir().unwrap());
    let at = |name: &str| dir.path().join(name);
    let file = format!("sqlite:{}", at("region.db").display());
    let run = |state: Option<&Path>, words: &[&str]| {
        let mut c = Command::new(env!("CARGO_BIN_EXE_esik-server"));
        c.env_remove("ESIK_SERVER_DB").env_remove("ESIK_SERVER_STATE").stderr(Stdio::null());
        if let Some(state) = state {
            c.arg("--state").arg(state);
        }
        said(c.args(words))
    };
    let good = |(good, v): (bool, Value)| {
        assert!(good, "{v}");
        v
    };
    let (state, second) = (at("state"), at("second"));
    good(run(None, &[&["--db", &file], &CREATE[..]].concat()));
    good(run(Some(&state), &["migrate", "--from", &file, "--to", &place.encrypted()]));
    let moved = good(run(Some(&state), &["--db", &place.encrypted(), "admin", "region", "show"]));
    let (_, closed) = run(None, &["--db", &file, "admin", "region", "show"]);
    assert_eq!(closed["error"]["code"], "moved");
    // A password in an address is refused here too, and nothing is said of it.
    let (fine, v) =
        run(Some(&state), &["migrate", "--from", &file, "--to", "postgres://e:secret@localhost/x"]);
    assert!(!fine && !v.to_string().contains("secret"), "{v}");

    let copy = at("copy");
    let copy = copy.to_str().unwrap();
    good(run(Some(&state), &["--db", &place.encrypted(), "backup", "--to", copy]));
    good(run(Some(&second), &["--db", &other.encrypted(), "restore", "--from", copy, "--accept"]));
    let restored =
        good(run(Some(&second), &["--db", &other.encrypted(), "admin", "region", "show"]));
    assert_ne!(restored["epoch"], moved["epoch"]);
    assert_eq!(restored["ca_fingerprint"], moved["ca_fingerprint"]);
}

#[test]
fn a_password_on_the_command_line_and_a_missing_folder_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut c = server("postgres://esik:secret@127.0.0.1:1/esik", dir.path());
    c.args(["admin", "region", "show"]);
    let (good, v) = said(&mut c);
    let text = v.to_string();
    assert!(!good && text.contains("--db-password-file") && !text.contains("secret"), "{text}");
    let mut c = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    c.args(["--db", "postgres://esik@127.0.0.1:1/esik", "admin", "region", "show"]);
    c.env_remove("ESIK_SERVER_STATE").stderr(Stdio::null());
    assert!(said(&mut c).1.to_string().contains("--state DIR"));
}

/// B30 (part): every command that opens a database refuses a line that is weaker than `verify-full`, and a server it does
/// not know, before anything is written on either side.
#[test]
fn every_command_wants_the_right_server() {
    let (place, dir) = (Place::new(), tempfile::tempdir().unwrap());
    let foreign = dir.path().join("foreign.pem");
    std::fs::write(&foreign, Authority::new(&rcgen::PKCS_ECDSA_P256_SHA256).pem()).unwrap();
    let right = place.encrypted();
    let stranger =
        format!("{}sslrootcert={}", right.split("sslrootcert=").next().unwrap(), foreign.display());
    let weak = right.replace("verify-full", "require");
    let far = "postgres://esik@db.example.kz/esik".to_owned();
    let file = format!("sqlite:{}", dir.path().join("region.db").display());
    let copy = dir.path().join("copy");
    let copy = copy.to_str().unwrap();
    let mut made = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    assert!(said(made.env_remove("ESIK_SERVER_DB").args(["--db", &file]).args(CREATE)).0);
    let mut copied = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    let copied = copied.env_remove("ESIK_SERVER_DB").stderr(Stdio::null()).args(["--db", &file]);
    assert!(said(copied.args(["backup", "--to", copy])).0);
    let another = dir.path().join("another");
    for (db, code, word) in [
        (&stranger, "unfit_database", "none of the authorities"),
        (&weak, "failed", "sslmode=verify-full&sslrootcert=FILE"),
        (&far, "failed", "sslmode=verify-full&sslrootcert=FILE"),
    ] {
        let state = dir.path().join("state");
        for words in [
            &CREATE[..],
            &["admin", "region", "show"],
            &["backup", "--to", another.to_str().unwrap()],
            &["restore", "--from", copy],
            &["restore", "--accept"],
            &["migrate", "--from", &file, "--to", db],
            &["--listen", "127.0.0.1:0"],
            &["--read-only", "--listen", "127.0.0.1:0"],
        ] {
            let (good, v) = said(server(db, &state).args(words));
            assert!(!good && v["error"]["code"] == code, "{words:?}: {v}");
            assert!(v.to_string().contains(word), "{words:?}: {v}");
        }
    }
    let mut still = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    let still = still.env_remove("ESIK_SERVER_DB").stderr(Stdio::null()).args(["--db", &file]);
    assert!(said(still.args(["admin", "region", "show"])).0, "the file was not closed");
    assert!(!another.exists());
}
